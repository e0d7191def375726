package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/leakcheck"
	"github.com/wecomkit/wecom-go/wecom/jssdk"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

const site = "https://crm.example.com"

// A tester is a browser, and the shop behind the site.
type tester struct {
	*shop

	t       *testing.T
	app     *app
	cookies []*http.Cookie
}

func newTester(t *testing.T) *tester {
	t.Helper()
	s := newShop()
	t.Cleanup(func() {
		assert.Empty(t, s.sim.Problems())
		s.sim.Close()
	})
	a, err := newApp(s.config(site))
	require.NoError(t, err)
	return &tester{shop: s, t: t, app: a}
}

// as gives the browser the session of a member.
func (b *tester) as(member string) *tester {
	w := httptest.NewRecorder()
	b.app.sessions.begin(w, member)
	b.cookies = w.Result().Cookies()
	return b
}

func (b *tester) send(r *http.Request) *http.Response {
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.app.ServeHTTP(w, r)
	return w.Result()
}

func (b *tester) get(target string) *http.Response {
	return b.send(httptest.NewRequest(http.MethodGet, target, nil))
}

func (b *tester) post(target string, form url.Values) *http.Response {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	var text bytes.Buffer
	_, err := text.ReadFrom(res.Body)
	require.NoError(t, err)
	return text.String()
}

func TestDemo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, runDemo(t.Context(), &out))
	for _, want := range []string{"back on /?from=toolbar", "卓小姐 · 春茶展", "一般 [重要] 核心", "一般 [重要] [核心]", "404 这位联系人还不是你的客户。"} {
		assert.Contains(t, out.String(), want)
	}
}

func TestReadConfig(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"WECOM_CORP_ID": "ww1", "WECOM_SECRET": "secret", "WECOM_AGENT_ID": "1000002",
		"SIDEBAR_URL": site + "/", "SIDEBAR_KEY": strings.Repeat("ab", 32),
	}
	cfg, err := readConfig(func(name string) string { return env[name] })
	require.NoError(t, err)
	assert.Equal(t, site, cfg.URL)
	assert.Equal(t, ":8080", cfg.Addr)
	_, err = newApp(cfg)
	require.NoError(t, err)

	_, err = readConfig(func(string) string { return "" })
	for name := range env {
		require.ErrorContains(t, err, name)
	}
}

func TestMemberLogsInOnTheWay(t *testing.T) {
	t.Parallel()
	b := newTester(t)

	res := b.get("/?from=toolbar")
	require.Equal(t, http.StatusFound, res.StatusCode)
	b.cookies = res.Cookies()
	res = b.get(b.sim.Act().Authorize(b.alice, res.Header.Get("Location")))
	require.Equal(t, http.StatusFound, res.StatusCode)
	assert.Equal(t, "/?from=toolbar", res.Header.Get("Location"))
	b.cookies = res.Cookies()
	res = b.get("/?from=toolbar")

	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.Contains(t, body(t, res), "当前成员 alice")
}

func TestOnlyMembersGetIn(t *testing.T) {
	t.Parallel()
	b := newTester(t)
	res := b.get("/")
	b.cookies = res.Cookies()

	res = b.get(b.sim.Act().Authorize(b.zoe, res.Header.Get("Location")))

	assert.Equal(t, http.StatusForbidden, res.StatusCode)
	assert.Contains(t, body(t, res), "只有本企业成员")
	for _, c := range res.Cookies() {
		assert.NotEqual(t, sessionCookie, c.Name)
	}
}

func TestLoginsOfOtherBrowsersAreRefused(t *testing.T) {
	t.Parallel()
	b := newTester(t)
	res := b.get("/")
	back := b.sim.Act().Authorize(b.alice, res.Header.Get("Location"))

	res = b.get(back) // without the cookie

	assert.Equal(t, http.StatusForbidden, res.StatusCode)
	assert.Zero(t, b.sim.Calls().Op("auth/getuserinfo").Len())
}

func TestNothingWithoutASession(t *testing.T) {
	t.Parallel()
	b := newTester(t)
	forged := b.as(b.alice).cookies[0]
	userID, rest, _ := strings.Cut(forged.Value, ".")
	for name, value := range map[string]string{
		"none": "", "rubbish": "x", "another member": "Ym9i." + rest, "a longer life": userID + ".9" + rest, "no signature": userID + ".9999999999.",
	} {
		b.cookies = []*http.Cookie{{Name: sessionCookie, Value: value}}
		for _, r := range []*http.Request{
			httptest.NewRequest(http.MethodGet, "/customer?external_userid="+b.zoe, nil),
			httptest.NewRequest(http.MethodGet, "/sign?url="+site+"/", nil),
			httptest.NewRequest(http.MethodPost, "/sign/refused", nil),
			httptest.NewRequest(http.MethodPost, "/customer/tag", nil),
		} {
			assert.Equal(t, http.StatusUnauthorized, b.send(r).StatusCode, "%s: %s", name, r.URL.Path)
		}
	}
	b.as(b.alice).sim.Clock().Advance(sessionLife)
	assert.Equal(t, http.StatusUnauthorized, b.get("/customer?external_userid="+b.zoe).StatusCode, "after twelve hours")
	assert.Zero(t, b.sim.Calls().Op("externalcontact/get").Len())
}

func TestMembersSeeTheirOwnCustomersOnly(t *testing.T) {
	t.Parallel()
	b := newTester(t).as("alice")
	seen := b.get("/customer?external_userid=" + b.zoe)
	assert.Equal(t, http.StatusOK, seen.StatusCode)
	assert.Contains(t, body(t, seen), "卓小姐")

	stray, unknown := b.get("/customer?external_userid="+b.stray), b.get("/customer?external_userid=wmNobody")
	assert.Equal(t, http.StatusNotFound, stray.StatusCode)
	assert.Equal(t, http.StatusNotFound, unknown.StatusCode)
	assert.Equal(t, body(t, stray), body(t, unknown), "nobody learns who is a customer")
	assert.Equal(t, http.StatusNotFound, b.get("/customer").StatusCode)
}

func TestColleaguesNotesStayTheirs(t *testing.T) {
	t.Parallel()
	b := newTester(t).as("bob")
	card := body(t, b.get("/customer?external_userid="+b.zoe))
	assert.Contains(t, card, "群聊")
	assert.NotContains(t, card, "卓小姐")
	assert.NotContains(t, card, "13800000001")
	assert.NotContains(t, card, `aria-pressed="true"`)
}

func TestFollowerOnALaterPage(t *testing.T) {
	t.Parallel()
	b := newTester(t).as("bob")
	b.sim.PageSize("externalcontact/get", 1)
	res := b.get("/customer?external_userid=" + b.zoe)
	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.Contains(t, body(t, res), "另有 1 位同事")
	assert.Equal(t, 2, b.sim.Calls().Op("externalcontact/get").Len())
}

func TestTags(t *testing.T) {
	t.Parallel()
	b := newTester(t).as("alice")
	tags := b.sim.Customer(b.zoe).FollowUser[0].TagID
	mark := func(customer, what, id string) *http.Response {
		return b.post("/customer/tag", url.Values{"external_userid": {customer}, what: {id}})
	}

	res := mark(b.zoe, "remove", tags[0])
	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.Contains(t, body(t, res), `name="add" value="`+tags[0]+`"`)
	assert.Equal(t, tags[1:], b.sim.Customer(b.zoe).FollowUser[0].TagID)
	assert.Equal(t, http.StatusOK, mark(b.zoe, "add", tags[0]).StatusCode)
	assert.ElementsMatch(t, tags, b.sim.Customer(b.zoe).FollowUser[0].TagID)

	assert.Equal(t, http.StatusConflict, mark(b.zoe, "add", "etGone").StatusCode)
	before := b.sim.Calls().Op("externalcontact/mark_tag").Len()
	assert.Equal(t, http.StatusNotFound, mark(b.stray, "add", tags[0]).StatusCode)
	assert.Equal(t, before, b.sim.Calls().Op("externalcontact/mark_tag").Len(), "not even tried")
}

func TestOtherSitesCannotTag(t *testing.T) {
	t.Parallel()
	b := newTester(t).as("alice")
	r := httptest.NewRequest(http.MethodPost, "/customer/tag", strings.NewReader("external_userid="+b.zoe+"&remove=x"))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	assert.Equal(t, http.StatusForbidden, b.send(r).StatusCode)
	assert.Zero(t, b.sim.Calls().Len())
}

func TestSignature(t *testing.T) {
	t.Parallel()
	b := newTester(t).as("alice")
	taken := func() error {
		page := site + "/?from=toolbar"
		res := b.get("/sign?url=" + url.QueryEscape(page))
		require.Equal(t, http.StatusOK, res.StatusCode)
		var sig jssdk.AgentConfigSignature
		require.NoError(t, json.NewDecoder(res.Body).Decode(&sig))
		return b.sim.CheckPageSignature(wecomtest.PageSignature{
			AgentID: sig.AgentID, URL: page, NonceStr: sig.NonceStr, Timestamp: sig.Timestamp, Signature: sig.Signature,
		})
	}
	require.NoError(t, taken())

	b.sim.RevokePageTickets()
	require.Error(t, taken())
	assert.Equal(t, http.StatusNoContent, b.post("/sign/refused", nil).StatusCode)
	require.NoError(t, taken())
}

func TestForeignPagesAreNotSigned(t *testing.T) {
	t.Parallel()
	b := newTester(t).as("alice")
	for _, page := range []string{"", "/", "https://evil.example/", site + ".evil.example/", "http://crm.example.com/", site} {
		assert.Equal(t, http.StatusBadRequest, b.get("/sign?url="+url.QueryEscape(page)).StatusCode, "%q", page)
	}
}

func TestCustomersCannotWriteIntoThePage(t *testing.T) {
	t.Parallel()
	b := newTester(t).as("alice")
	mallory := b.sim.AddCustomer(b.alice, wecomtest.Customer{Name: `<img src=x onerror=alert(1)>`})
	res := b.get("/customer?external_userid=" + mallory)
	assert.Contains(t, res.Header.Get("Content-Security-Policy"), "script-src 'self'")
	card := body(t, res)
	assert.NotContains(t, card, "<img")
	assert.Contains(t, card, "&lt;img")
}

func TestWeComIsDown(t *testing.T) {
	t.Parallel()
	b := newTester(t).as("alice")
	b.sim.Fault("externalcontact/get").Times(1).Code(60020)
	res := b.get("/customer?external_userid=" + b.zoe)
	assert.Equal(t, http.StatusBadGateway, res.StatusCode)
	assert.Contains(t, body(t, res), "请稍后再试")
}

func TestServerStops(t *testing.T) {
	t.Parallel()
	start := time.Now()
	require.NoError(t, withShop(t.Context(), "localhost:0", func(_ *shop, site string) error {
		res, err := http.Get(site + "/healthz")
		if err != nil {
			return err
		}
		http.DefaultClient.CloseIdleConnections()
		return res.Body.Close()
	}))
	assert.Less(t, time.Since(start), stopLimit)
}
