package cassette_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest/cassette"
)

// upstream answers every call by a function.
type upstream func(r *http.Request) *http.Response

func (u upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return u(r), nil
}

// answer is one with a body.
func answer(body string, header ...string) *http.Response {
	res := &http.Response{StatusCode: http.StatusOK, Header: make(http.Header), Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
	for i := 0; i+1 < len(header); i += 2 {
		res.Header.Set(header[i], header[i+1])
	}
	return res
}

// A tape is a recorder before a WeCom whose answers a test gives.
type tape struct {
	*cassette.Recorder
	t    *testing.T
	next *http.Response
}

func newTape(t *testing.T, opts ...cassette.RecordOption) *tape {
	t.Helper()
	p := &tape{t: t}
	var err error
	p.Recorder, err = cassette.NewRecorder("https://qyapi.weixin.qq.com", append(opts, cassette.WithTransport(upstream(func(*http.Request) *http.Response { return p.next })))...)
	require.NoError(t, err)
	return p
}

// call makes a call and has it answered.
func (p *tape) call(path, body string, next *http.Response) {
	p.t.Helper()
	p.next = next
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, "https://qyapi.weixin.qq.com"+path, strings.NewReader(body))
	require.NoError(p.t, err)
	res, err := p.RoundTrip(req)
	require.NoError(p.t, err)
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(p.t, err)
	require.NoError(p.t, res.Body.Close())
}

// text is the file.
func (p *tape) text() string {
	p.t.Helper()
	data, err := p.Cassette().Encode()
	require.NoError(p.t, err)
	return string(data)
}

const okBody = `{"errcode":0,"errmsg":"ok"}`

// What is kept, or is too short to tell, is looked at again when more is known.
func TestWhatIsKnownLater(t *testing.T) {
	t.Parallel()
	p := newTape(t, cassette.WithKept("text.content", "note"))
	p.call("/cgi-bin/message/send?access_token=T0KEN-T0KEN-T0KEN",
		`{"touser":"ZhangXiaoMing","msgtype":"text","text":{"content":"ZhangXiaoMing: ask 王芳芳 (bob knows, bobby not) at ZHANGXIAOMING, https://x.example/?n=%E7%8E%8B%E8%8A%B3%E8%8A%B3, 65551234"},"agentid":65551234}`, answer(okBody))
	p.call("/cgi-bin/unknown/thing", `{"note":65551234,"wangff":{"x":1}}`, answer(okBody))
	before := p.text()
	assert.NotContains(t, before, "ZhangXiaoMing", "it stands behind the text, in the same call")
	assert.Contains(t, before, "王芳芳", "nobody knows her yet")
	p.call("/cgi-bin/externalcontact/get_by_user", `{}`, answer(`{"errcode":0,"errmsg":"ok","name":"王芳芳","userid":"bob","alias":"wangff","telephone":"65551234"}`))
	text := p.text()
	for _, gone := range []string{"王芳芳", "bob ", "ZHANGXIAOMING", url.QueryEscape("王芳芳"), "65551234", "wangff"} {
		assert.NotContains(t, text, gone)
	}
	assert.Contains(t, text, "bobby not", "a part of a word is nobody")
	assert.Contains(t, text, `ask `+p.Pseudonym("王芳芳")+` (`+p.Pseudonym("bob")+` knows`)
	assert.Contains(t, text, `"agentid": `+p.Pseudonym("65551234"))
	assert.Equal(t, text, p.text(), "asked once more")
}

// Names of parameters and fields that are no names of fields are values.
func TestNamesThatAreValues(t *testing.T) {
	t.Parallel()
	p := newTape(t)
	p.call("/cgi-bin/externalcontact/get?zhangsan&userid%23zhangsan=1&x%23zhangsan=1&a=1&a=2&link=https%3A%2F%2Facme.example%2F%3Fzhangsan%3D1%26state%3Dx",
		`{"name#zhangsan":{"userid#zhangsan":1}}`, answer(okBody))
	text := p.text()
	assert.NotContains(t, text, "zhangsan")
	assert.Contains(t, text, `"a#2": `, "a second value")
}

// Numbers are somebody's however they are written.
func TestNumbersInOtherForms(t *testing.T) {
	t.Parallel()
	p := newTape(t)
	p.call("/cgi-bin/checkin/getcheckindata", `{}`, answer(`{"errcode":0,"errmsg":"ok","a":-13812345678,"b":13812345678.0,"c":1.3812345678e10,"userid":"80012345","d":-80012345,"e":80012345.5,
		"lat":39904211,"lng":116407395,"latitude":3.9904211e1,"ratio":0.25,"percent":1.5e3,"n":-12}`))
	text := p.text()
	for _, gone := range []string{"13812345678", "3812345678", "80012345", "904211", "407395", "9904211"} {
		assert.NotContains(t, text, gone)
	}
	for _, kept := range []string{`"ratio": 0.25`, `"percent": 1.5e3`, `"n": -12`, `"lat": 39000000`, `"lng": 116000000`} {
		assert.Contains(t, text, kept)
	}
	_, err := cassette.Decode([]byte(text))
	require.NoError(t, err)
}

// WithMedia keeps files, not answers that cannot be read.
func TestOnlyFilesAreKept(t *testing.T) {
	t.Parallel()
	p := newTape(t, cassette.WithMedia())
	const secret = `{"errcode":0,"access_token":"T0KEN-T0KEN-T0KEN","name":"` + "\xff" + `"}`
	p.call("/cgi-bin/user/get", "", answer(secret, "Content-Type", "application/json"))
	p.call("/cgi-bin/user/get", "", answer(`{"errcode":0,"errcode":0,"access_token":"T0KEN-T0KEN-T0KEN"}`))
	p.call("/cgi-bin/media/get", "", answer(secret, "Content-Type", "application/json"))
	p.call("/cgi-bin/media/get", "", answer("picture", "Content-Type", "image/png"))
	p.call("/cgi-bin/other/get", "", answer("picture", "Content-Type", "image/png", "Content-Disposition", `attachment; filename="a.png"`))
	c := p.Cassette()
	for _, in := range c.Interactions[:3] {
		require.NotNil(t, in.Response.File)
		assert.Empty(t, in.Response.File.Data)
	}
	for _, in := range c.Interactions[3:] {
		assert.True(t, bytes.Equal([]byte("picture"), in.Response.File.Data))
	}
}

// A parameter that is called as a second value is recorded is no such value.
func TestSecondValues(t *testing.T) {
	t.Parallel()
	const path = "/cgi-bin/user/get?access_token=x&"
	p := newTape(t)
	p.call(path+"debug=1&debug=2", "", answer(okBody))
	player := cassette.NewPlayer(p.Cassette())
	one, two := p.Pseudonym("1"), p.Pseudonym("2")
	for query, want := range map[string]int{"debug=" + one + "&debug%232=" + two: http.StatusNotFound, "debug=" + one + "&debug=" + two: http.StatusOK} {
		req, err := http.NewRequest(http.MethodPost, "https://qyapi.weixin.qq.com"+path+query, http.NoBody)
		require.NoError(t, err)
		res, err := player.RoundTrip(req)
		require.NoError(t, err)
		assert.Equal(t, want, res.StatusCode, query)
		require.NoError(t, res.Body.Close())
	}
}
