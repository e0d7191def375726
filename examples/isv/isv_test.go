package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A logBook is what a server logged.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// A play is a stage with one server and no callback yet.
type play struct {
	*stage
	*instance

	t   *testing.T
	log *logBook
}

func newPlay(t *testing.T) *play {
	t.Helper()
	p := &play{t: t, log: new(logBook)}
	var err error
	p.stage, err = newStage(t.Context(), "miniredis", slog.New(slog.NewTextHandler(p.log, nil)))
	require.NoError(t, err)
	t.Cleanup(p.tearDown)
	p.instance = p.another()
	return p
}

// another starts a server beside the others.
func (p *play) another() *instance {
	p.t.Helper()
	i, err := p.start(p.t.Context())
	require.NoError(p.t, err)
	p.t.Cleanup(func() {
		assert.NoError(p.t, p.checkEnd(i))
	})
	return i
}

// checkEnd ends a server, which the test may have done.
func (p *play) checkEnd(i *instance) error {
	select {
	case <-i.ended:
		return nil
	default:
		return i.end()
	}
}

// open sets up the callback and waits for the ticket.
func (p *play) open() *play {
	p.t.Helper()
	require.NoError(p.t, p.callTheSuite())
	p.await("a ticket", func() bool {
		t, err := p.tickets.Ticket(p.t.Context(), p.cfg.Suite.SuiteID)
		return err == nil && t.Value != ""
	})
	return p
}

func (p *play) await(what string, done func() bool) {
	p.t.Helper()
	require.NoError(p.t, await(p.t.Context(), what, done))
}

// install lets a corp install from the market.
func (p *play) install() *shop {
	p.t.Helper()
	shop := p.addShop("Shop")
	shop.Act().AuthorizeSuite(p.cfg.Suite.SuiteID, wecomtest.Authorization{Admin: shop.admin})
	p.await("the shop to be a tenant", func() bool { return p.knows(shop) })
	return shop
}

func (p *play) knows(s *shop) bool {
	_, err := p.instance.suite.Client(p.t.Context(), s.id())
	return err == nil
}

func (p *play) get(b *browser, path string) page {
	p.t.Helper()
	got, err := b.get(p.t.Context(), path)
	require.NoError(p.t, err)
	return got
}

func (p *play) post(b *browser, path string, form url.Values) page {
	p.t.Helper()
	got, err := b.post(p.t.Context(), path, form)
	require.NoError(p.t, err)
	return got
}

// ask sends one request with headers, in pairs, and returns the answer's status
// and body.
func (p *play) ask(method, path string, header ...string) (int, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.site+path, nil)
	require.NoError(p.t, err)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(p.t, err)
	defer res.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(res.Body)
	require.NoError(p.t, err)
	return res.StatusCode, body.String()
}

func (p *play) calls(op string) int { return p.sim.Calls().Op(op).Len() }

func TestDemo(t *testing.T) {
	t.Parallel()
	for where, what := range map[string]string{"": "", "miniredis": "Redis: miniredis, in this process."} {
		t.Run("on "+where, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			require.NoError(t, run(t.Context(), []string{"-demo", "-redis", where}, func(string) string { return "" }, &out), "%s", &out)
			assert.Contains(t, out.String(), what)
			assert.Contains(t, out.String(), "晴天书店 → Ann: 晴天书店欢迎你")
			assert.Contains(t, out.String(), "suite tokens fetched 1, corp tokens 3, customers greeted 9")
		})
	}
}

// Nothing works before the first ticket, and nothing is lost by that.
func TestBeforeTheFirstTicket(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	shop := p.addShop("Early")
	got := p.post(shop.browser, "/install", url.Values{})
	assert.Equal(t, http.StatusServiceUnavailable, got.Status)
	assert.Contains(t, got.Body, "应用正在启动")

	p.sim.Deliver().Of("suite_ticket").Times(1).Lose()
	require.NoError(t, p.callTheSuite())
	shop.Act().AuthorizeSuite(p.cfg.Suite.SuiteID, wecomtest.Authorization{Admin: shop.admin})
	p.await("the exchange to be postponed", func() bool { return p.callbacks.Stats().Postponed > 0 })
	assert.False(t, p.knows(shop))

	p.sim.PushTicket(p.cfg.Suite.SuiteID)
	p.await("the exchange", func() bool { return p.knows(shop) })
	zoe := shop.AddCustomer(shop.admin, wecomtest.Customer{Name: "Zoe"})
	p.await("a greeting", func() bool { return shop.served(zoe) })
	assert.Equal(t, defaultText, shop.Received(zoe)[0].Text)
}

func TestInstallFromTheSite(t *testing.T) {
	t.Parallel()
	p := newPlay(t).open()
	shop := p.addShop("Tea <House>")

	got := p.post(shop.browser, "/install", url.Values{})

	require.Equal(t, http.StatusOK, got.Status, got.Body)
	assert.Equal(t, []string{"https://open.work.weixin.qq.com/3rdapp/install", "/installed", "/"}, got.Via)
	assert.Contains(t, got.Body, "Tea &lt;House&gt;")
	assert.Contains(t, got.Body, "应用「欢迎助手」")
	assert.NotEmpty(t, shop.TagGroups(), "the tag is there before the first customer")
	tenants, err := p.list(t.Context())
	require.NoError(t, err)
	require.Len(t, tenants, 1)
	assert.Equal(t, shop.id(), tenants[0].CorpID)
	assert.Equal(t, "Tea <House>", tenants[0].CorpName)
	assert.NotZero(t, tenants[0].AgentID)
	assert.WithinDuration(t, time.Now(), tenants[0].Authorized, time.Minute)
}

// A state is good for the browser that began, and an auth code for nothing
// without one.
func TestStrangersState(t *testing.T) {
	t.Parallel()
	p := newPlay(t).open()
	shop, victim := p.addShop("Shop"), p.addShop("Victim")
	status, _ := p.ask(http.MethodGet, "/installed?auth_code=made-up&state=made-up")
	assert.Equal(t, http.StatusForbidden, status)

	link, err := p.instance.suite.InstallURL(t.Context(), isv.InstallURLRequest{RedirectURI: p.site + "/installed", State: "made0up"})
	require.NoError(t, err)
	forged, err := shop.Act().AuthorizeByLink(link, wecomtest.Authorization{})
	require.NoError(t, err)
	got := p.get(victim.browser, strings.TrimPrefix(forged, p.site))

	assert.Equal(t, http.StatusForbidden, got.Status)
	assert.Empty(t, victim.browser.cookies, "nobody is logged in")
	assert.Zero(t, p.calls("service/v2/get_permanent_code"))
	assert.False(t, p.knows(shop))
}

func TestForeignSitesCannotPost(t *testing.T) {
	t.Parallel()
	p := newPlay(t).open()
	for _, path := range []string{"/install", "/greeting"} {
		status, _ := p.ask(http.MethodPost, path, "Sec-Fetch-Site", "cross-site")
		assert.Equal(t, http.StatusForbidden, status, path)
	}
	assert.Zero(t, p.calls("service/get_pre_auth_code"))
}

func TestTenantsNeedTheToken(t *testing.T) {
	t.Parallel()
	p := newPlay(t).open()
	shop := p.install()
	for _, token := range []string{"", "Bearer ", "Bearer wrong", adminToken} {
		status, body := p.ask(http.MethodGet, "/tenants", "Authorization", token)
		assert.Equal(t, http.StatusUnauthorized, status, token)
		assert.NotContains(t, body, shop.id())
	}
	status, body := p.ask(http.MethodGet, "/tenants", "Authorization", "Bearer "+adminToken)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, shop.id())
	assert.NotContains(t, body, shop.PermanentCode(p.cfg.Suite.SuiteID))
}

func TestOnlyAdminsChangeTheGreeting(t *testing.T) {
	t.Parallel()
	p := newPlay(t).open()
	shop, other := p.install(), p.addShop("Never installed")
	bob := shop.AddMember(wecomtest.Member{UserID: "bob"})
	member := &browser{site: p.site, corp: shop.Server, person: bob, cookies: map[string]string{}}

	got := p.get(member, "/")
	assert.Equal(t, http.StatusForbidden, got.Status)
	assert.Contains(t, got.Body, "只有应用管理员")
	got = p.get(other.browser, "/")
	assert.Equal(t, http.StatusForbidden, got.Status)
	assert.Contains(t, got.Body, "尚未安装")
	for _, b := range []*browser{member, other.browser} {
		assert.Equal(t, http.StatusForbidden, p.post(b, "/greeting", url.Values{"text": {"hacked"}}).Status)
	}
	assert.Equal(t, http.StatusOK, p.get(shop.browser, "/").Status)

	rival := p.addShop("Rival")
	require.Equal(t, http.StatusOK, p.post(rival.browser, "/install", url.Values{}).Status)
	_, rest, _ := strings.Cut(rival.browser.cookies[sessionCookie], ".")
	rival.browser.cookies[sessionCookie] = base64.RawURLEncoding.EncodeToString([]byte(shop.id())) + "." + rest
	assert.Equal(t, http.StatusForbidden, p.post(rival.browser, "/greeting", url.Values{"text": {"hacked"}}).Status)

	member.cookies = shop.browser.cookies
	p.sim.Clock().Advance(sessionLife)
	assert.Equal(t, http.StatusForbidden, p.post(member, "/greeting", url.Values{"text": {"hacked"}}).Status, "logged in for too long")
	g, err := p.greetings.get(t.Context(), shop.id())
	require.NoError(t, err)
	assert.Equal(t, defaultText, g.Text)
}

func TestGreetingsThatAreRefused(t *testing.T) {
	t.Parallel()
	p := newPlay(t).open()
	shop := p.install()
	p.get(shop.browser, "/")
	for name, form := range map[string]url.Values{
		"empty":    {"text": {" \r\n "}},
		"too long": {"text": {strings.Repeat("你", 1334)}},
		"long tag": {"text": {"hello"}, "tag": {strings.Repeat("标", 31)}},
		"huge":     {"text": {strings.Repeat("x", maxForm)}},
	} {
		assert.Equal(t, http.StatusBadRequest, p.post(shop.browser, "/greeting", form).Status, name)
	}
	got := p.post(shop.browser, "/greeting", url.Values{"text": {"one\r\ntwo <b>"}, "tag": {" VIP "}})
	assert.Equal(t, http.StatusOK, got.Status)
	assert.Contains(t, got.Body, "one\ntwo &lt;b&gt;")

	zoe := shop.AddCustomer(shop.admin, wecomtest.Customer{Name: "Zoe"})
	p.await("a greeting", func() bool { return shop.served(zoe) })
	assert.Equal(t, "one\ntwo <b>", shop.Received(zoe)[0].Text)
	assert.Equal(t, "VIP", shop.tagOf(zoe))
}

func TestStrangersWhoAddAMember(t *testing.T) {
	t.Parallel()
	p := newPlay(t).open()
	shop := p.install()

	zoe := shop.Act().AddHalfCustomer(shop.admin, wecomtest.Customer{Name: "Zoe"})
	p.await("a greeting", func() bool { return len(shop.Received(zoe)) == 1 })
	shop.Act().AcceptCustomer(shop.admin, zoe)

	p.await("a tag", func() bool { return shop.served(zoe) })
	assert.Len(t, shop.Received(zoe), 1)
}

// Somebody deletes the tag in the console.
func TestDeletedTag(t *testing.T) {
	t.Parallel()
	p := newPlay(t).open()
	shop := p.install()
	zoe := shop.AddCustomer(shop.admin, wecomtest.Customer{Name: "Zoe"})
	p.await("a greeting", func() bool { return shop.served(zoe) })
	shop.Act().DeleteTag(shop.TagGroups()[0].Tag[0].ID)

	next := shop.AddCustomer(shop.admin, wecomtest.Customer{Name: "Max"})

	p.await("a new tag", func() bool { return shop.served(next) })
	assert.Equal(t, defaultTag, shop.tagOf(next))
}

// A corp cancels: every server forgets it, and what is still under way is
// dropped in the end.
func TestCancelledTenant(t *testing.T) {
	t.Parallel()
	p := newPlay(t).open()
	other := p.another()
	shop := p.install()
	p.get(shop.browser, "/")
	require.Equal(t, http.StatusOK, p.post(shop.browser, "/greeting", url.Values{"text": {"ours"}}).Status)
	_, err := other.suite.Client(t.Context(), shop.id())
	require.NoError(t, err)

	shop.Act().CancelAuthorization(p.cfg.Suite.SuiteID)
	p.await("the corp to be gone", func() bool {
		g, err := p.greetings.get(t.Context(), shop.id())
		return err == nil && !p.knows(shop) && g.Text == defaultText
	})

	_, err = other.suite.Client(t.Context(), shop.id())
	require.ErrorIs(t, err, isv.ErrNotAuthorized)
	got := p.get(shop.browser, "/")
	assert.Equal(t, http.StatusForbidden, got.Status)
	assert.Contains(t, got.Body, "尚未安装")
	assert.Equal(t, http.StatusForbidden, p.post(shop.browser, "/greeting", url.Values{"text": {"ours"}}).Status)
	g, err := p.greetings.get(t.Context(), shop.id())
	require.NoError(t, err)
	assert.Equal(t, defaultText, g.Text, "what is gone stays gone")
	tenants, err := p.list(t.Context())
	require.NoError(t, err)
	assert.Empty(t, tenants)

	before := p.stats(other)
	p.tell(shop, time.Now().Add(-2*time.Minute))
	p.await("the old event to be dropped", func() bool { return p.stats(other).Handled == before.Handled+1 })
	assert.Equal(t, before.Postponed, p.stats(other).Postponed)
	p.tell(shop, time.Now())
	p.await("the new event to wait for an authorisation", func() bool { return p.stats(other).Postponed > before.Postponed })
	assert.Zero(t, p.calls("externalcontact/send_welcome_msg"))
	assert.Zero(t, p.stats(other).Failed)
}

// stats are those of both servers.
func (p *play) stats(other *instance) callback.Stats {
	a, b := p.callbacks.Stats(), other.callbacks.Stats()
	return callback.Stats{Handled: a.Handled + b.Handled, Failed: a.Failed + b.Failed, Postponed: a.Postponed + b.Postponed}
}

// tell sends an event of a corp to the data callback, which the simulator does
// not do once the corp has cancelled.
func (p *play) tell(s *shop, at time.Time) {
	p.t.Helper()
	keys := p.cfg.Keys
	codec, err := callback.NewCodec(callback.Keys{Token: keys.Token, EncodingAESKey: keys.EncodingAESKey, ReceiveID: s.id()})
	require.NoError(p.t, err)
	body := fmt.Sprintf("<xml><ToUserName>%s</ToUserName><CreateTime>%d</CreateTime><MsgType>event</MsgType><Event>change_external_contact</Event>"+
		"<ChangeType>add_external_contact</ChangeType><UserID>alice</UserID><ExternalUserID>wm1</ExternalUserID><WelcomeCode>C</WelcomeCode></xml>", s.id(), at.Unix())
	env, err := codec.Encrypt(callback.Message{Body: []byte(body)}, time.Now())
	require.NoError(p.t, err)
	res, err := http.Post(p.site+"/callback/data?"+env.Query().Encode(), "text/xml", bytes.NewReader(env.XML()))
	require.NoError(p.t, err)
	defer res.Body.Close()
	require.Equal(p.t, http.StatusOK, res.StatusCode)
}

// Whoever reads Redis or the logs has no credential of anybody.
func TestNothingSecretIsKeptOrLogged(t *testing.T) {
	t.Parallel()
	p := newPlay(t).open()
	shop := p.install()
	zoe := shop.AddCustomer(shop.admin, wecomtest.Customer{Name: "Zoe"})
	p.await("a greeting", func() bool { return shop.served(zoe) })
	p.post(p.addShop("Site").browser, "/install", url.Values{})
	p.get(shop.browser, "/")

	secret := []string{p.cfg.Suite.Secret, shop.PermanentCode(p.cfg.Suite.SuiteID), p.cfg.Keys.Token, p.cfg.Keys.EncodingAESKey}
	for _, d := range p.sim.Deliveries() {
		for _, name := range []string{"SuiteTicket", "AuthCode", "WelcomeCode"} {
			if v, ok := d.Event.Get(name).(string); ok && v != "" {
				secret = append(secret, v)
			}
		}
	}
	require.Greater(t, len(secret), 5)
	dump := p.dump(t.Context())
	require.Contains(t, dump, shop.id(), "it is Redis' whole content")
	require.Contains(t, p.log.String(), "corp arrived")
	for _, s := range secret {
		assert.NotContains(t, dump, s)
		assert.NotContains(t, p.log.String(), s)
	}
}

// dump is all that is in Redis.
func (p *play) dump(ctx context.Context) string {
	p.t.Helper()
	var b strings.Builder
	keys, err := p.rdb.Keys(ctx, "*").Result()
	require.NoError(p.t, err)
	for _, key := range keys {
		kind := p.rdb.Type(ctx, key).Val()
		var v any
		switch kind {
		case "string":
			v = p.rdb.Get(ctx, key).Val()
		case "hash":
			v = p.rdb.HGetAll(ctx, key).Val()
		case "zset":
			v = p.rdb.ZRangeWithScores(ctx, key, 0, -1).Val()
		case "stream":
			v = p.rdb.XRange(ctx, key, "-", "+").Val()
		default:
			p.t.Fatalf("%s is a %s", key, kind)
		}
		fmt.Fprintln(&b, key, v)
	}
	return b.String()
}

// A key is replaced while the servers run, one after the other.
func TestNewKey(t *testing.T) {
	t.Parallel()
	p := newPlay(t).open()
	shop := p.install()
	require.NoError(t, p.end())
	p.cfg.Secrets = append(secrets{[]byte("another secret, the newer of two")}, p.cfg.Secrets...)

	p.instance = p.another()

	zoe := shop.AddCustomer(shop.admin, wecomtest.Customer{Name: "Zoe"})
	p.await("a greeting", func() bool { return shop.served(zoe) })
}

func TestWithoutRedis(t *testing.T) {
	t.Parallel()
	p := newPlay(t).open()
	shop := p.install()
	p.get(shop.browser, "/")
	status, body := p.ask(http.MethodGet, "/healthz")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `"ticket_age_s"`)

	broken := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1})
	t.Cleanup(func() { _ = broken.Close() })
	p.greetings.redis = broken
	assert.Equal(t, http.StatusServiceUnavailable, p.get(shop.browser, "/").Status)
	status, _ = p.ask(http.MethodGet, "/tenants", "Authorization", "Bearer "+adminToken)
	assert.Equal(t, http.StatusServiceUnavailable, status)
}

func TestReadConfig(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"WECOM_SUITE_ID": "ww1", "WECOM_SUITE_SECRET": "s", "WECOM_CALLBACK_TOKEN": "t", "WECOM_CALLBACK_AES_KEY": "k",
		"ISV_URL": "https://isv.example.com/", "ISV_KEY": strings.Repeat("ab", 32) + ", " + strings.Repeat("cd", 32), "ISV_ADMIN_TOKEN": "0123456789abcdef",
	}
	cfg, err := readConfig(func(name string) string { return env[name] })
	require.NoError(t, err)
	assert.Equal(t, "https://isv.example.com", cfg.URL)
	assert.Len(t, cfg.Secrets, 2)
	assert.Equal(t, "ww1", cfg.Keys.SuiteID)

	for name, bad := range map[string]string{
		"WECOM_SUITE_ID": "", "WECOM_SUITE_SECRET": "", "WECOM_CALLBACK_TOKEN": "", "WECOM_CALLBACK_AES_KEY": "",
		"ISV_URL": "http://isv.example.com", "ISV_KEY": "abcd", "ISV_ADMIN_TOKEN": "short",
	} {
		_, err := readConfig(func(n string) string {
			if n == name {
				return bad
			}
			return env[n]
		})
		assert.ErrorContains(t, err, name)
	}
}

// What a deployment gets wrong is said before it serves.
func TestRunRefuses(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	require.ErrorContains(t, run(t.Context(), nil, none, new(strings.Builder)), "WECOM_SUITE_ID is not set")
	err := run(t.Context(), []string{"-demo", "-redis", "user:pa55word@host"}, none, new(strings.Builder))
	require.ErrorContains(t, err, "redis://")
	assert.NotContains(t, err.Error(), "pa55word")
}

func TestRun(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"WECOM_SUITE_ID": "ww1", "WECOM_SUITE_SECRET": "s3cr3t", "WECOM_CALLBACK_TOKEN": "t", "WECOM_CALLBACK_AES_KEY": strings.Repeat("k", 43),
		"ISV_URL": "https://isv.example.com", "ISV_KEY": strings.Repeat("ab", 32), "ISV_ADMIN_TOKEN": adminToken, "ADDR": "127.0.0.1:0",
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, ended := new(logBook), make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"-redis", "miniredis"}, func(name string) string { return env[name] }, out)
	}()
	listening := regexp.MustCompile(`"msg":"listening","addr":"([^"]+)"`)
	require.NoError(t, await(ctx, "the server to listen", func() bool { return listening.MatchString(out.String()) }))
	res, err := http.Get("http://" + listening.FindStringSubmatch(out.String())[1] + "/healthz")
	require.NoError(t, err)
	defer res.Body.Close()
	assert.Equal(t, http.StatusOK, res.StatusCode)

	stop()
	require.NoError(t, <-ended)
	assert.Contains(t, out.String(), `"redis":"miniredis, in this process","lasting":false`)
	assert.NotContains(t, out.String(), "s3cr3t")
}
