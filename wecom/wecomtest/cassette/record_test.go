package cassette_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest/cassette"
)

// outcomes collects what a recorder tells.
type outcomes struct {
	mu   sync.Mutex
	list []cassette.Outcome
}

func (o *outcomes) add(out cassette.Outcome) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, out)
}

func (o *outcomes) len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.list)
}

func (o *outcomes) last(t *testing.T) cassette.Outcome {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	require.NotEmpty(t, o.list)
	return o.list[len(o.list)-1]
}

// proxy is a recorder as a program's server, before an upstream of the test's.
func proxy(t *testing.T, upstream http.HandlerFunc) (rec *cassette.Recorder, base string, told *outcomes) {
	t.Helper()
	up := httptest.NewServer(upstream)
	t.Cleanup(up.Close)
	told = &outcomes{}
	rec, err := cassette.NewRecorder(up.URL, cassette.WithOutcomes(told.add))
	require.NoError(t, err)
	t.Cleanup(rec.Close)
	site := httptest.NewServer(rec)
	t.Cleanup(site.Close)
	return rec, site.URL, told
}

func post(t *testing.T, url, body string) (*http.Response, string, error) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res, string(text), err
}

const mark = "/cgi-bin/externalcontact/mark_tag?access_token=SECRET-TOKEN-0001"

func TestRecorderAsAProxy(t *testing.T) {
	t.Parallel()
	rec, base, told := proxy(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		assert.JSONEq(t, `{"userid":"zhangxiaoming"}`, string(body))
		assert.Empty(t, r.Header.Get("X-Forwarded-For"), "it passes for the program")
		assert.Equal(t, "identity", r.Header.Get("Accept-Encoding"))
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Set-Cookie", "session=SECRET-COOKIE")
		w.Header().Set("X-Debug", "SECRET-HEADER")
		fmt.Fprint(w, `{"errcode":40014,"errmsg":"invalid access_token SECRET-TOKEN-0001 of zhangxiaoming, hint: [1_2_3]","trace":"zhangxiaoming was here","count":3}`)
	})
	res, text, err := post(t, base+mark+"&x=1;2", `{"userid":"zhangxiaoming"}`)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.Contains(t, text, "zhangxiaoming was here", "the program sees what WeCom said")
	assert.Equal(t, cassette.Outcome{N: 1, Name: "POST externalcontact/mark_tag", Status: 200, Code: 40014}, told.last(t))

	data, err := rec.Cassette().Encode()
	require.NoError(t, err)
	for _, secret := range []string{"SECRET", "zhangxiaoming", "was here"} {
		assert.NotContains(t, string(data), secret)
	}
	token, user := rec.Pseudonym("SECRET-TOKEN-0001"), rec.Pseudonym("zhangxiaoming")
	assert.Contains(t, string(data), `"errmsg": "invalid access_token `+token+` of `+user+`, hint: [`)
	assert.Contains(t, string(data), `"count": 3`)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	rec, base, _ := proxy(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example.com/zhangxiaoming?access_token="+r.URL.Query().Get("access_token"), http.StatusFound)
	})
	res, _, err := post(t, base+mark, "{}")
	require.NoError(t, err)
	assert.Equal(t, http.StatusFound, res.StatusCode)
	in := rec.Cassette().Interactions[0]
	assert.Equal(t, http.StatusFound, in.Response.Status)
	assert.Regexp(t, `^https://[a-z.]+/[a-z]+\?access_token=`+rec.Pseudonym("SECRET-TOKEN-0001")+`$`, in.Response.Header["Location"])
	assert.NotContains(t, in.Response.Header["Location"], "example")
}

func TestWhatIsNotRecorded(t *testing.T) {
	t.Parallel()
	const large = 33 << 20
	for _, tt := range []struct {
		name     string
		upstream http.HandlerFunc
		body     func() io.Reader
		status   int // 0: the answer breaks off
		want     error
	}{
		{"an answer that breaks off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"errcode":0`)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, nil, 0, io.ErrUnexpectedEOF},
		{"no answer", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil, http.StatusBadGateway, nil},
		{"a request that is too large", func(http.ResponseWriter, *http.Request) { t.Error("it got through") },
			func() io.Reader { return bytes.NewReader(make([]byte, large)) }, http.StatusRequestEntityTooLarge, cassette.ErrTooLarge},
		{"one that does not say how large", func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) },
			func() io.Reader { return io.LimitReader(zeros{}, large) }, http.StatusRequestEntityTooLarge, cassette.ErrTooLarge},
		{"an answer that is too large", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.CopyN(w, zeros{}, large) }, nil, 0, cassette.ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rec, base, told := proxy(t, tt.upstream)
			body := io.Reader(strings.NewReader("{}"))
			if tt.body != nil {
				body = tt.body()
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+mark, body)
			require.NoError(t, err)
			res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
			if err == nil {
				defer res.Body.Close()
				_, err = io.Copy(io.Discard, res.Body)
			}
			switch {
			case tt.status == 0:
				require.Error(t, err)
			case err == nil: // else it was still sending when the answer came
				assert.Equal(t, tt.status, res.StatusCode)
			}
			assert.Empty(t, rec.Cassette().Interactions)
			out := told.last(t)
			require.Error(t, out.Err)
			if tt.want != nil {
				require.ErrorIs(t, out.Err, tt.want)
			}
			assert.NotContains(t, out.Err.Error(), "SECRET")
			assert.Equal(t, "POST externalcontact/mark_tag", out.Name)
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestNobodyUpstream(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	told := &outcomes{}
	rec, err := cassette.NewRecorder("http://"+l.Addr().String(), cassette.WithOutcomes(told.add))
	require.NoError(t, err)
	w := httptest.NewRecorder()
	rec.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/cgi-bin/secret/path-of-zhangxiaoming", http.NoBody))
	assert.Equal(t, http.StatusBadGateway, w.Code)
	assert.Contains(t, told.last(t).Err.Error(), "refused")
	assert.Equal(t, "GET (unknown)", told.last(t).Name)
}

// A program that gives up has no answer to record.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	arrived, leave := make(chan struct{}), make(chan struct{})
	rec, base, told := proxy(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		close(leave)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/cgi-bin/externalcontact/list", http.NoBody)
	require.NoError(t, err)
	_, err = http.DefaultTransport.RoundTrip(req)
	require.ErrorIs(t, err, context.Canceled)
	<-leave
	assert.Empty(t, rec.Cassette().Interactions)
	require.Eventually(t, func() bool { return told.len() == 1 }, time.Minute, time.Millisecond)
	assert.ErrorIs(t, told.last(t).Err, context.Canceled)
}

func TestUpstreamMustProveItself(t *testing.T) {
	t.Parallel()
	up := httptest.NewUnstartedServer(http.NotFoundHandler())
	up.Config.ErrorLog = log.New(io.Discard, "", 0)
	up.StartTLS()
	t.Cleanup(up.Close)
	told := &outcomes{}
	rec, err := cassette.NewRecorder(up.URL, cassette.WithOutcomes(told.add))
	require.NoError(t, err)
	t.Cleanup(rec.Close)
	w := httptest.NewRecorder()
	rec.ServeHTTP(w, httptest.NewRequest(http.MethodGet, mark, http.NoBody))
	assert.Equal(t, http.StatusBadGateway, w.Code)
	assert.ErrorContains(t, told.last(t).Err, "certificate")

	for _, upstream := range []string{"http://qyapi.weixin.qq.com", "http://10.0.0.1", "qyapi.weixin.qq.com", "ftp://localhost", "https://", "https://user:pass@host", "https://host?x=1", "::"} {
		_, err := cassette.NewRecorder(upstream)
		assert.Error(t, err, upstream)
	}
	for _, upstream := range []string{"https://qyapi.weixin.qq.com", "http://127.0.0.1:7070", "http://[::1]:7070", "http://localhost:7070/proxy"} {
		_, err := cassette.NewRecorder(upstream)
		assert.NoError(t, err, upstream)
	}
}

// Calls that run side by side are recorded in the order in which they began,
// each with its own answer.
func TestConcurrentRecording(t *testing.T) {
	t.Parallel()
	rec, base, _ := proxy(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"errcode":0,"errmsg":"ok","name":%q}`, r.URL.Query().Get("external_userid"))
	})
	const people, calls = 8, 25
	var wg sync.WaitGroup
	for i := range people {
		wg.Go(func() {
			for range calls {
				_, _, err := post(t, fmt.Sprintf("%s/cgi-bin/externalcontact/get?access_token=t&external_userid=wmCustomerCustomer%05d", base, i), "")
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
	list := rec.Cassette().Interactions
	require.Len(t, list, people*calls)
	names := make(map[string]int)
	for _, in := range list {
		body, _ := in.Response.Body.(map[string]any)
		assert.Equal(t, in.Request.Query["external_userid"], body["name"])
		names[in.Request.Query["external_userid"]]++
	}
	assert.Len(t, names, people)
	player := cassette.NewPlayer(rec.Cassette())
	site := httptest.NewServer(player)
	defer site.Close()
	for i := range people {
		id := rec.Pseudonym(fmt.Sprintf("wmCustomerCustomer%05d", i))
		for range calls {
			_, text, err := post(t, site.URL+"/cgi-bin/externalcontact/get?access_token=other&external_userid="+id, "")
			require.NoError(t, err)
			assert.Contains(t, text, id)
		}
	}
	assert.Empty(t, player.Unused())
}

func TestErrorsOfTransports(t *testing.T) {
	t.Parallel()
	told := &outcomes{}
	secret := errors.New(`malformed response "SECRET"`)
	rec, err := cassette.NewRecorder("https://qyapi.weixin.qq.com", cassette.WithOutcomes(told.add), cassette.WithTransport(broken{secret}))
	require.NoError(t, err)
	req := httptest.NewRequest(http.MethodGet, mark, http.NoBody)
	_, err = rec.RoundTrip(req)
	require.ErrorIs(t, err, secret, "the program is told")
	assert.NotContains(t, told.last(t).Err.Error(), "SECRET", "and nobody else")
}

type broken struct{ err error }

func (b broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, b.err }

// Numbers stay numbers. Those that are somebody's are others.
func TestNumbers(t *testing.T) {
	t.Parallel()
	body, err := cassette.ParseJSON([]byte(`{"errcode":60011,"limit":100,"createtime":1700000000,"created_at":1700000000123,"mobile":13812345678,
		"telephone":65551234,"x":110101199001011234,"msgid":9223372036854775807,"seq":18446744073709551615,"ratio":1.5e3,"latitude":39.904211,"longitude":-116.4074,
		"userid":"65551234","y":65551234,"z":6555,"ok":true,"none":null}`))
	require.NoError(t, err)
	in := cassette.Veil([32]byte{}, cassette.Request{Method: "GET", Path: "/cgi-bin/user/get"}, cassette.Response{Status: 200, Body: body})
	text := encode(t, in.Response.Body)
	for _, want := range []string{
		`"errcode":60011`, `"limit":100`, `"createtime":1700000000`, `"created_at":1700000000123`, `"mobile":1\d{10},`, `"telephone":[1-9]\d{7},`, `"x":[1-9]\d{17}[,}]`,
		`"ratio":1.5e3`, `"latitude":39.000000`, `"longitude":-116.0000`, `"z":6555`, `"ok":true`, `"none":null`,
	} {
		assert.Regexp(t, want, text)
	}
	for _, gone := range []string{"13812345678", "65551234", "110101199001011234", "9223372036854775807", "18446744073709551615"} {
		assert.NotContains(t, text, gone)
	}
	var back struct {
		MsgID int64  `json:"msgid"`
		Seq   uint64 `json:"seq"`
		Tel   int    `json:"telephone"`
		Y     int    `json:"y"`
		User  string `json:"userid"`
	}
	require.NoError(t, json.Unmarshal([]byte(text), &back), "they still fit")
	assert.Equal(t, back.Tel, back.Y, "the same number, wherever it stands")
	assert.Equal(t, strconv.Itoa(back.Tel), back.User)
}
