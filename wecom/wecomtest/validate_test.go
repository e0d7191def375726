package wecomtest_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestValidation(t *testing.T) {
	t.Parallel()
	const remark = "externalcontact/remark"
	for _, tt := range []struct {
		name, op, body string
		code           int
		msg            string
		errors         []string
	}{
		{name: "right", op: remark, body: `{"userid":"a","external_userid":"b"}`},
		{name: "missing", op: remark, body: `{"userid":"a"}`, code: 40058, msg: "external_userid is missing"},
		{name: "empty", op: remark, body: `{"userid":"","external_userid":"b"}`, code: 40063, msg: "userid is empty"},
		{name: "no body", op: remark, code: 40058, msg: "userid is missing"},
		{name: "number for string", op: remark, body: `{"userid":1,"external_userid":"b"}`, code: 40058, msg: "userid is not a string"},
		{name: "string for array", op: remark, body: `{"userid":"a","external_userid":"b","remark_mobiles":"1"}`, code: 40058, msg: "remark_mobiles is not an array"},
		{name: "inside an array", op: remark, body: `{"userid":"a","external_userid":"b","remark_mobiles":["1",2]}`, code: 40058, msg: "remark_mobiles[1] is not a string"},
		{name: "string for number", op: "message/send", body: `{"msgtype":"text","agentid":"1"}`, code: 40058, msg: "agentid is not a number"},
		{name: "nested", op: "externalcontact/add_msg_template", body: `{"chat_type":"single","text":{"content":3}}`, code: 40058, msg: "text.content is not a string"},
		{name: "unicode escape", op: remark, body: `{"userid":"a\u003c","external_userid":"b"}`, code: 40033, msg: `\u escape`},
		{name: "escaped backslash", op: remark, body: `{"userid":"a\\u003c","external_userid":"b"}`},
		{name: "unknown field", op: remark, body: `{"userid":"a","external_userid":"b","remrk":"x"}`,
			errors: []string{"wecomtest: externalcontact/remark: remrk is not a field of this request"}},
		{name: "null", op: remark, body: `{"userid":"a","external_userid":"b","remark_mobiles":null}`,
			errors: []string{"wecomtest: externalcontact/remark: remark_mobiles is null, which no official page describes"}},
		{name: "broken json", op: remark, body: `{"userid":"a","external_userid":"b","remark":`, msg: "Warning: wrong json format."},
		{name: "more than json", op: remark, body: `{"userid":"a","external_userid":"b"}{`, msg: "Warning: wrong json format."},
		{name: "broken too early", op: remark, body: `{"userid":"a","ext`, code: 40058, msg: "external_userid is missing"},
		{name: "not json", op: remark, body: `userid=a`, code: 40058, msg: "userid is missing"},
		{name: "deep", op: remark, body: strings.Repeat("[", 100_000), code: 40058, msg: "userid is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got reply

			r := record(t, func(srv *wecomtest.Server) {
				srv.AddApp(wecomtest.App{})
				srv.Handle(tt.op, func(wecomtest.Call) (any, error) { return nil, nil })
				c := newCaller(t, srv)
				got = c.post(tt.op, tt.body)
			})

			assert.Equal(t, tt.code, got.code(), got.Body)
			assert.Contains(t, got.JSON["errmsg"], tt.msg)
			assert.Equal(t, tt.errors, r.errors)
		})
	}
}

func TestLenientKeepsQuiet(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithLenient())
	c := newCaller(t, srv)

	c.post("externalcontact/remark", `{"userid":"a","external_userid":"b","remrk":"x"}`)

	assert.Equal(t, []string{"wecomtest: externalcontact/remark: remrk is not a field of this request"}, srv.Problems())
}

func TestUnknownQueryParameter(t *testing.T) {
	t.Parallel()

	r := record(t, func(srv *wecomtest.Server) {
		newCaller(t, srv).get("getcallbackip", "usreid", "x", "debug", "1")
	})

	assert.Equal(t, []string{"wecomtest: getcallbackip: usreid is not a field of this request"}, r.errors)
}

func TestWrongMethod(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)

	assert.Equal(t, 40058, c.get("externalcontact/remark").code())
	assert.Equal(t, 40058, c.post("externalcontact/list", "{}").code())
}

func TestUnknownEndpoint(t *testing.T) {
	t.Parallel()
	var got reply

	r := record(t, func(srv *wecomtest.Server) { got = newCaller(t, srv).get("externalcontact/lst") })

	assert.Equal(t, http.StatusNotFound, got.Status)
	assert.Equal(t, 404, got.code())
	assert.Equal(t, []string{"wecomtest: GET /cgi-bin/externalcontact/lst is no known operation; nearest: externalcontact/list, externalcontact/get, externalcontact/remark"}, r.errors)
}

func TestHandleTakesOver(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	srv.Handle("webhook/made_up", func(call wecomtest.Call) (any, error) {
		if call.Value("text.content") == nil {
			return nil, wecomtest.Refuse(40058, "no text")
		}
		return map[string]any{"said": call.Value("text.content")}, nil
	})

	assert.JSONEq(t, `{"errcode":0,"errmsg":"ok","said":"<hi>"}`, c.post("webhook/made_up", `{"text":{"content":"<hi>"}}`).Body)
	assert.Equal(t, 40058, c.post("webhook/made_up", `{}`).code())
}

func TestPanickingHandleFailsTheTest(t *testing.T) {
	t.Parallel()

	r := record(t, func(srv *wecomtest.Server) {
		srv.Handle("getcallbackip", func(wecomtest.Call) (any, error) { panic("oops") })
		c := newCaller(t, srv)
		_, err := c.try(http.MethodGet, "getcallbackip", url.Values{"access_token": {c.token}}, "")
		assert.Error(t, err)
	})

	assert.Len(t, r.errors, 1)
	assert.Contains(t, r.errors[0], "panic: oops")
}

func TestUpload(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	const body = "--b\r\nContent-Disposition: form-data; name=\"media\"; filename=\"报价 单.pdf\"; filelength=6\r\n" +
		"Content-Type: application/octet-stream\r\n\r\nhello!\r\n--b--\r\n"
	for _, tt := range []struct {
		name, query, contentType, body, log string
		code                                int
	}{
		{name: "right", query: "&type=file", contentType: "multipart/form-data; boundary=b", body: body, log: `file "报价 单.pdf", 6 bytes`},
		{name: "no type", contentType: "multipart/form-data; boundary=b", body: body, log: `file "报价 单.pdf", 6 bytes`, code: 40058},
		{name: "cut off", query: "&type=file", contentType: "multipart/form-data; boundary=b", body: body[:120], code: 44001},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res, err := srv.HTTPClient().Post(srv.URL()+"/cgi-bin/media/upload?access_token="+c.token+tt.query, tt.contentType, strings.NewReader(tt.body))
			require.NoError(t, err)
			defer res.Body.Close()

			assert.Equal(t, strconv.Itoa(tt.code), res.Header.Get("Error-Code"))
			calls := srv.Calls().Code(tt.code).Op("media/upload")
			assert.Equal(t, tt.log, calls.N(0).Body)
		})
	}
}

// TestWhatNobodyReads fails the test: such a request means something else than
// its author thinks.
func TestWhatNobodyReads(t *testing.T) {
	t.Parallel()

	r := record(t, func(srv *wecomtest.Server) {
		c := newCaller(t, srv)
		token := url.Values{"access_token": {c.token}}
		c.do(http.MethodGet, "getcallbackip", token, `{"a":1}`)
		token.Set("userid", "alice")
		token.Set("debug", "1")
		c.do(http.MethodPost, "externalcontact/get_corp_tag_list", token, `{}`)
	})

	assert.Equal(t, []string{
		"wecomtest: getcallbackip: a GET has a body, which nobody reads",
		"wecomtest: externalcontact/get_corp_tag_list: userid is not a field of this request",
	}, r.errors)
}

func TestBodyIsBounded(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithCallLog(1<<20))

	r := newCaller(t, srv).post("externalcontact/remark", strings.Repeat(" ", 32<<20+1))

	assert.Equal(t, 45002, r.code())
}

// TestCursorsAreOpaque refuses what another endpoint gave, or somebody made up.
func TestCursorsAreOpaque(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	var ids []string
	for range 6 {
		ids = append(ids, seedFollow(srv, "Zoe", "alice"))
	}
	srv.PageSize("externalcontact/batch/get_by_user", 2)
	c := newCaller(t, srv)
	page := func(cursor string) reply {
		return c.send("externalcontact/batch/get_by_user", object{"userid_list": []string{"alice"}, "cursor": cursor})
	}
	second := page("").text("next_cursor")
	last := page(second).text("next_cursor")
	require.NotEmpty(t, last)

	assert.Equal(t, 50100, c.send("externalcontact/transfer_result", object{"handover_userid": "alice", "takeover_userid": "bob", "cursor": last}).code())
	for _, cursor := range []string{"x", "NA", "NC4w", last[:len(last)-1], last + "A"} {
		assert.Equal(t, 50100, page(cursor).code(), cursor)
	}
	for _, id := range ids[1:] {
		srv.Act().DeleteCustomer("alice", id)
	}
	r := page(last)
	assert.Zero(t, r.code(), r.Body)
	assert.Empty(t, r.at("external_contact_list"), "fewer are left than the cursor has passed")
	assert.Empty(t, r.text("next_cursor"))
}

func TestRepliesAreNotEscaped(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Handle("webhook/made_up", func(wecomtest.Call) (any, error) { return map[string]any{"said": "<a> & b"}, nil })

	assert.Contains(t, newCaller(t, srv).post("webhook/made_up", `{}`).Body, `"said":"<a> & b"`)
}
