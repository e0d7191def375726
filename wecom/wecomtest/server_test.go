package wecomtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// reply is what came back.
type reply struct {
	Status int
	Header http.Header
	Body   string
	JSON   map[string]any
}

func (r reply) code() int {
	n, _ := r.JSON["errcode"].(float64)
	return int(n)
}

// caller calls a server with bare net/http.
type caller struct {
	t     *testing.T
	srv   *wecomtest.Server
	token string
}

func newCaller(t *testing.T, srv *wecomtest.Server) *caller {
	c := &caller{t: t, srv: srv}
	c.token = c.fetchToken(srv.Credential().Secret)
	return c
}

func (c *caller) fetchToken(secret string) string {
	c.t.Helper()
	r := c.do(http.MethodGet, "gettoken", url.Values{"corpid": {c.srv.Credential().CorpID}, "corpsecret": {secret}}, "")
	require.Zero(c.t, r.code(), r.Body)
	return r.JSON["access_token"].(string)
}

func (c *caller) get(op string, query ...string) reply {
	c.t.Helper()
	q := url.Values{"access_token": {c.token}}
	for i := 0; i < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	return c.do(http.MethodGet, op, q, "")
}

func (c *caller) post(op, body string) reply {
	c.t.Helper()
	return c.do(http.MethodPost, op, url.Values{"access_token": {c.token}}, body)
}

func (c *caller) do(method, op string, query url.Values, body string) reply {
	c.t.Helper()
	r, err := c.try(method, op, query, body)
	require.NoError(c.t, err)
	return r
}

func (c *caller) try(method, op string, query url.Values, body string) (reply, error) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.srv.URL()+"/cgi-bin/"+op+"?"+query.Encode(), strings.NewReader(body))
	require.NoError(c.t, err)
	res, err := c.srv.HTTPClient().Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	r := reply{Status: res.StatusCode, Header: res.Header, Body: string(data)}
	_ = json.Unmarshal(data, &r.JSON)
	if r.Status == http.StatusOK && r.JSON["errcode"] == 0.0 && err == nil {
		assert.Empty(c.t, wecomtest.CheckReply(op, data), "the reply of %s against the table", op)
	}
	return r, err
}

func TestCustomerListAndGet(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{UserID: "alice", Name: "Alice"})
	zoe := srv.Seed().Customer(wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{UserID: alice, State: "shop"}}})
	c := newCaller(t, srv)

	list := c.get("externalcontact/list", "userid", alice)
	got := c.get("externalcontact/get", "external_userid", zoe)

	assert.Equal(t, "wmSIM00000000000000000001", zoe)
	assert.JSONEq(t, `{"errcode":0,"errmsg":"ok","external_userid":["wmSIM00000000000000000001"]}`, list.Body)
	assert.Equal(t, "Zoe", got.JSON["external_contact"].(map[string]any)["name"])
	follow := got.JSON["follow_user"].([]any)[0].(map[string]any)
	assert.Equal(t, "alice", follow["userid"])
	assert.Equal(t, "shop", follow["state"])
	assert.NotContains(t, got.JSON, "next_cursor")
}

func TestServesOverTCP(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	require.NoError(t, srv.Start("127.0.0.1:0"))

	require.True(t, strings.HasPrefix(srv.URL(), "http://127.0.0.1:"), srv.URL())
	assert.NotEmpty(t, newCaller(t, srv).token)
}

func TestAnswersForTheOfficialHost(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)

	res, err := srv.HTTPClient().Get("https://qyapi.weixin.qq.com/cgi-bin/getcallbackip")

	require.NoError(t, err)
	defer res.Body.Close()
	assert.Equal(t, "41001", res.Header.Get("Error-Code"))
}

func TestReachesNothingElse(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)

	_, err := srv.HTTPClient().Get("http://example.com/")

	require.ErrorContains(t, err, "example.com:80 is not the simulator")
}

func TestStatelessEndpointAnswersItsShape(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)

	r := c.get("security/get_server_domain_ip")

	assert.JSONEq(t, `{"errcode":0,"errmsg":"ok","domain_list":[],"ip_list":[]}`, r.Body)
	coverage := srv.Coverage()
	assert.GreaterOrEqual(t, len(coverage), 744)
	assert.Contains(t, coverage, wecomtest.Coverage{Method: "GET", Path: "/cgi-bin/externalcontact/list", Stateful: true, Read: "2026-11-21"})
	assert.Contains(t, coverage, wecomtest.Coverage{Method: "GET", Path: "/cgi-bin/security/get_server_domain_ip"})
}

func TestTokenLife(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)

	srv.Clock().Advance(2*time.Hour - time.Minute)
	require.Zero(t, c.get("getcallbackip").code())
	srv.Clock().Advance(time.Minute)
	r := c.get("getcallbackip")

	assert.Equal(t, 42001, r.code())
	assert.Equal(t, "42001", r.Header.Get("Error-Code"))
	assert.Regexp(t, `^access_token expired, hint: \[\d+_\d+_[0-9a-f]{32}\], from ip: 203\.0\.113\.1, more info at https://open\.work\.weixin\.qq\.com/devtool/query\?e=42001$`, r.JSON["errmsg"])
}

// accessToken reads the reply of gettoken.
func accessToken(tb testing.TB, body io.Reader) string {
	tb.Helper()
	var r struct {
		AccessToken string `json:"access_token"`
	}
	require.NoError(tb, json.NewDecoder(body).Decode(&r))
	return r.AccessToken
}

func TestCloseEndsHangingCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		c := newCaller(t, srv)
		srv.Fault("getcallbackip").Hang()
		done := make(chan error)
		go func() {
			_, err := c.try(http.MethodGet, "getcallbackip", url.Values{"access_token": {c.token}}, "")
			done <- err
		}()
		synctest.Wait()

		srv.Close()

		require.Error(t, <-done)
		srv.Close()
	})
}

func TestClientOfTheServer(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	client := srv.NewClient()
	op := wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/externalcontact/list", Doc: 92113, Read: true}
	list := func() string {
		got, err := wecom.Do[json.RawMessage](t.Context(), client, op, map[string]string{"userid": alice})
		require.NoError(t, err)
		return string(*got)
	}

	assert.Contains(t, list(), zoe)
	srv.RevokeTokens()
	assert.Contains(t, list(), zoe)

	assert.Equal(t, 2, srv.Calls().Op("gettoken").Len())
	assert.Equal(t, 3, srv.Calls().Op("externalcontact/list").Len())
}

func TestBaseURLHasAPath(t *testing.T) {
	t.Parallel()

	r := record(t, func(srv *wecomtest.Server) {
		res, err := srv.HTTPClient().Get(strings.TrimSuffix(srv.URL(), "/proxy") + "/cgi-bin/getcallbackip")
		assert.NoError(t, err)
		defer res.Body.Close()
		assert.Equal(t, http.StatusNotFound, res.StatusCode)
	})

	assert.Equal(t, []string{"wecomtest: GET /cgi-bin/getcallbackip lacks the path of the base URL, /proxy"}, r.errors)
}

func TestHandlerMountedElsewhere(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	web := httptest.NewServer(srv.Handler())
	defer web.Close()

	res, err := http.Get(web.URL + "/cgi-bin/getcallbackip")

	require.NoError(t, err)
	defer res.Body.Close()
	assert.Equal(t, "41001", res.Header.Get("Error-Code"))
}

// TestManyServers runs tenants side by side: none sees what another one does.
func TestManyServers(t *testing.T) {
	t.Parallel()
	for i := range 20 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			a, b := wecomtest.New(t), wecomtest.New(t)
			alice := a.AddMember(wecomtest.Member{})
			zoe := a.AddCustomer(alice, wecomtest.Customer{Name: strconv.Itoa(i)})
			ca, cb := newCaller(t, a), newCaller(t, b)

			assert.Equal(t, strconv.Itoa(i), ca.get("externalcontact/get", "external_userid", zoe).at("external_contact.name"))
			assert.Equal(t, 40096, cb.get("externalcontact/get", "external_userid", zoe).code())
			b.RevokeTokens()
			a.Clock().Advance(time.Minute)
			assert.Zero(t, ca.get("getcallbackip").code())
			assert.Equal(t, 3, a.Calls().Len())
			assert.Equal(t, 2, b.Calls().Len())
		})
	}
}

// TestParallelSubtestsShareAServer closes the server when the last of them ends.
func TestParallelSubtestsShareAServer(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{})
	for i := range 10 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			c := newCaller(t, srv)
			for range 10 {
				zoe := srv.AddCustomer(alice, wecomtest.Customer{})
				c.ok("externalcontact/remark", object{"userid": alice, "external_userid": zoe, "remark": "VIP"})
			}
		})
	}
}

func TestStartAgain(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	require.NoError(t, srv.Start("127.0.0.1:0"))

	require.ErrorContains(t, srv.Start("127.0.0.1:0"), "already listening on 127.0.0.1:")
	srv.Close()
	require.Error(t, wecomtest.New(t).Start("256.0.0.1:0"))
}

func TestWaitOnAClosedServer(t *testing.T) {
	t.Parallel()

	r := record(t, func(srv *wecomtest.Server) {
		srv.Close()
		srv.WaitCalls("gettoken", 1)
	})

	assert.Equal(t, "wecomtest: closed while waiting for 1 calls of gettoken, got 0", r.fatal)
}

func TestWithURL(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithURL("https://wecom.example/sim/"))
	assert.Equal(t, "https://wecom.example/sim", srv.URL())
	require.NoError(t, srv.Start("127.0.0.1:0"))
	assert.NotEqual(t, "https://wecom.example/sim", srv.URL(), "its own address comes first")
}
