package wecom_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

// Each benchmark runs beside a floor: the same call as a program without an
// SDK would write it, with net/http and encoding/json, the token in a variable
// and no limiter. The ratio of the two is what counts.

type benchCustomer struct {
	ExternalContact struct {
		ExternalUserID  string `json:"external_userid"`
		Name            string `json:"name"`
		Position        string `json:"position"`
		Avatar          string `json:"avatar"`
		CorpName        string `json:"corp_name"`
		CorpFullName    string `json:"corp_full_name"`
		Type            int    `json:"type"`
		Gender          int    `json:"gender"`
		UnionID         string `json:"unionid"`
		ExternalProfile struct {
			ExternalAttr []struct {
				Type int    `json:"type"`
				Name string `json:"name"`
				Text struct {
					Value string `json:"value"`
				} `json:"text"`
			} `json:"external_attr"`
		} `json:"external_profile"`
	} `json:"external_contact"`
	FollowInfo struct {
		UserID         string   `json:"userid"`
		Remark         string   `json:"remark"`
		Description    string   `json:"description"`
		CreateTime     int64    `json:"createtime"`
		TagID          []string `json:"tag_id"`
		RemarkCorpName string   `json:"remark_corp_name"`
		RemarkMobiles  []string `json:"remark_mobiles"`
		OperUserID     string   `json:"oper_userid"`
		AddWay         int      `json:"add_way"`
		State          string   `json:"state"`
	} `json:"follow_info"`
}

type benchPage struct {
	ExternalContactList []benchCustomer `json:"external_contact_list"`
	NextCursor          string          `json:"next_cursor"`
}

type benchRead struct {
	ExternalContact struct {
		ExternalUserID string `json:"external_userid"`
		Name           string `json:"name"`
		Avatar         string `json:"avatar"`
		Type           int    `json:"type"`
		Gender         int    `json:"gender"`
		UnionID        string `json:"unionid"`
	} `json:"external_contact"`
	FollowUser []struct {
		UserID      string `json:"userid"`
		Remark      string `json:"remark"`
		Description string `json:"description"`
		CreateTime  int64  `json:"createtime"`
		Tags        []struct {
			GroupName string `json:"group_name"`
			TagName   string `json:"tag_name"`
			TagID     string `json:"tag_id"`
			Type      int    `json:"type"`
		} `json:"tags"`
		RemarkMobiles []string `json:"remark_mobiles"`
		OperUserID    string   `json:"oper_userid"`
		AddWay        int      `json:"add_way"`
		State         string   `json:"state"`
	} `json:"follow_user"`
	NextCursor string `json:"next_cursor"`
}

const readReply = `{"errcode":0,"errmsg":"ok","external_contact":{"external_userid":"woAJ2GCAAAXtWyujaWJHDDGi0mACHAAA","name":"李四","avatar":"https://p.qlogo.cn/bizmail/IcsdgagqefergqerhewSdage/0","type":1,"gender":1,"unionid":"ozynqsulJFCZ2z1aYeS8h-nuasdAAA"},"follow_user":[{"userid":"rocky","remark":"李部长","description":"对接采购事务","createtime":1525779812,"tags":[{"group_name":"标签分组名称","tag_name":"标签名称","tag_id":"etAJ2GCAAAXtWyujaWJHDDGi0mACHAAA","type":1}],"remark_mobiles":["13800000001","13000000002"],"oper_userid":"rocky","add_way":10,"state":"外联二维码1"}],"next_cursor":""}`

func pageReply() string {
	var b bytes.Buffer
	b.WriteString(`{"errcode":0,"errmsg":"ok","external_contact_list":[`)
	for i := range 100 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"external_contact":{"external_userid":"woAJ2GCAAAXtWyujaWJHDDGi0mAC%04d","name":"李四","position":"Manager","avatar":"https://p.qlogo.cn/bizmail/IcsdgagqefergqerhewSdage/0","corp_name":"腾讯","corp_full_name":"腾讯科技有限公司","type":2,"gender":1,"unionid":"ozynqsulJFCZ2z1aYeS8h-nuasdAAA","external_profile":{"external_attr":[{"type":0,"name":"文本名称","text":{"value":"文本"}}]}},"follow_info":{"userid":"rocky","remark":"李部长","description":"对接采购事务","createtime":1525779812,"tag_id":["etAJ2GCAAAXtWyujaWJHDDGi0mACHAAA","stAJ2GCAAAXtWyujaWJHDDGi0mACHAAA"],"remark_corp_name":"腾讯科技","remark_mobiles":["13800000001","13000000002"],"oper_userid":"rocky","add_way":10,"state":"外联二维码1"}}`, i)
	}
	b.WriteString(`],"next_cursor":"r9FqSqsI8fgNbHLHE5QoCP50UIg2cFQbfma3l2QsmwI"}`)
	return b.String()
}

// cannedTransport answers at once, so that what is measured is the client.
type cannedTransport struct{ body []byte }

func (t cannedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	if r.URL.Path == "/cgi-bin/gettoken" {
		t.body = []byte(tokenReply("tok-bench", 7200))
	}
	return &http.Response{
		StatusCode:    http.StatusOK,
		Header:        http.Header{"Content-Type": {"application/json; charset=UTF-8"}},
		Body:          io.NopCloser(bytes.NewReader(t.body)),
		ContentLength: int64(len(t.body)),
		Request:       r,
	}, nil
}

const benchBase = "https://qyapi.weixin.qq.com"

type benchQuery struct {
	ExternalUserID string `json:"external_userid"`
}

type benchList struct {
	UserIDList []string `json:"userid_list"`
	Limit      int      `json:"limit"`
}

func floorGet(ctx context.Context, h *http.Client, base, path string, query url.Values, out any) error {
	query.Set("access_token", "tok-bench")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	return floorDo(h, req, out)
}

func floorPost(ctx context.Context, h *http.Client, base, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+path+"?access_token=tok-bench", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	return floorDo(h, req, out)
}

func floorDo(h *http.Client, req *http.Request, out any) error {
	res, err := h.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, out)
}

// floorRead is what the floor decodes into: status and content at once.
type floorRead struct {
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
	benchRead
}

type floorPage struct {
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
	benchPage
}

var (
	opBenchRead = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/externalcontact/get", Read: true}
	opBenchPage = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/batch/get_by_user", Read: true}
)

func benchClient(b *testing.B, base string, rt http.RoundTripper) *wecom.Client {
	b.Helper()
	c, err := wecom.New(cred, wecom.WithBaseURL(base), wecom.WithHTTPClient(&http.Client{Transport: rt}),
		wecom.WithLimiter(wecom.NewLimiter(
			wecom.LimiterPerCorp(wecom.Limit{N: 1 << 30, Per: 60e9}, wecom.Limit{N: 1 << 30, Per: 3600e9}),
			wecom.LimiterPerIP(wecom.Limit{N: 1 << 30, Per: 60e9}, wecom.Limit{N: 1 << 30, Per: 3600e9}))))
	require.NoError(b, err)
	return c
}

// BenchmarkRead is one read call: token in hand, limiter on, observer off.
func BenchmarkRead(b *testing.B) {
	benchmarkRead(b, benchBase, cannedTransport{[]byte(readReply)})
}

// BenchmarkReadLoopback is the same over a TCP connection.
func BenchmarkReadLoopback(b *testing.B) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		if r.URL.Path == "/cgi-bin/gettoken" {
			_, _ = io.WriteString(w, tokenReply("tok-bench", 7200))
			return
		}
		_, _ = io.WriteString(w, readReply)
	}))
	defer srv.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	benchmarkRead(b, srv.URL, transport)
}

func benchmarkRead(b *testing.B, base string, rt http.RoundTripper) {
	b.Helper()
	b.Run("sdk", func(b *testing.B) {
		c := benchClient(b, base, rt)
		b.ReportAllocs()
		for b.Loop() {
			res, err := wecom.Do[benchRead](b.Context(), c, opBenchRead, benchQuery{"woAJ2GCAAAXtWyujaWJHDDGi0mACHAAA"})
			if err != nil || len(res.FollowUser) != 1 {
				b.Fatal(res, err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		h := &http.Client{Transport: rt}
		b.ReportAllocs()
		for b.Loop() {
			var res floorRead
			err := floorGet(b.Context(), h, base, opBenchRead.Path, url.Values{"external_userid": {"woAJ2GCAAAXtWyujaWJHDDGi0mACHAAA"}}, &res)
			if err != nil || len(res.FollowUser) != 1 {
				b.Fatal(res, err)
			}
		}
	})
}

// BenchmarkPage is one page of 100 customers.
func BenchmarkPage(b *testing.B) {
	rt := cannedTransport{[]byte(pageReply())}
	req := benchList{UserIDList: []string{"rocky"}, Limit: 100}
	b.Run("sdk", func(b *testing.B) {
		c := benchClient(b, benchBase, rt)
		b.ReportAllocs()
		for b.Loop() {
			res, err := wecom.Do[benchPage](b.Context(), c, opBenchPage, req)
			if err != nil || len(res.ExternalContactList) != 100 {
				b.Fatal(res, err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		h := &http.Client{Transport: rt}
		b.ReportAllocs()
		for b.Loop() {
			var res floorPage
			if err := floorPost(b.Context(), h, benchBase, opBenchPage.Path, req, &res); err != nil || len(res.ExternalContactList) != 100 {
				b.Fatal(res, err)
			}
		}
	})
}
