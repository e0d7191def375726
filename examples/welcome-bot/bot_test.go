package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const (
	opWelcome = "externalcontact/send_welcome_msg"
	opMark    = "externalcontact/mark_tag"
	opRemark  = "externalcontact/remark"
)

// A running bot is one in this process, and the simulator around it.
type running struct {
	*server

	sim  *wecomtest.Server
	url  string
	log  *logBuffer
	stop func() error
}

// A logBuffer may be read while others write to it.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func configFor(t *testing.T, sim *wecomtest.Server, rulesFile string) config {
	t.Helper()
	rules, err := readRules(rulesFile)
	require.NoError(t, err)
	return config{
		Keys: callback.Keys(sim.Keys()), Secret: sim.Credential().Secret, Options: sim.Options(),
		Rules: rules, InboxDir: t.TempDir(),
	}
}

// startBot runs a bot until stop is called or the test ends.
func startBot(t *testing.T, sim *wecomtest.Server, cfg config) *running {
	t.Helper()
	log := new(logBuffer)
	srv, err := newServer(t.Context(), cfg, slog.New(slog.NewJSONHandler(log, nil)))
	require.NoError(t, err)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- srv.serve(ctx, listener) }()
	b := &running{server: srv, sim: sim, url: "http://" + listener.Addr().String(), log: log}
	b.stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-stopped:
			return err
		case <-time.After(30 * time.Second):
			return context.DeadlineExceeded
		}
	})
	t.Cleanup(func() { assert.NoError(t, b.stop()) })
	require.NoError(t, sim.SetCallback(wecomtest.Callback{URL: b.url + "/wecom/callback"}))
	return b
}

// settle waits until the bot has nothing to do.
func (b *running) settle(t *testing.T, deliveries int) {
	t.Helper()
	b.sim.WaitDeliveries(deliveries)
	require.NoError(t, await(t.Context(), "all events to be done", func() bool {
		s := b.callbacks.Stats()
		return b.inbox.Len() == 0 && s.Received <= s.Handled+s.Failed+s.Duplicates+s.Ignored
	}))
}

func from(state string) wecomtest.Customer {
	return wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{State: state}}}
}

func greetings(sim *wecomtest.Server, id string) int { return len(sim.Received(id)) }

func tagsOf(sim *wecomtest.Server, id string) []string { return sim.Customer(id).FollowUser[0].TagID }

func TestGreetsByState(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	b := startBot(t, sim, configFor(t, sim, "rules.json"))
	alice := sim.AddMember(wecomtest.Member{})
	fair, other := sim.AddCustomer(alice, from("spring-fair")), sim.AddCustomer(alice, from(""))
	b.settle(t, 2)

	got := sim.Received(fair)
	require.Len(t, got, 1)
	assert.Contains(t, got[0].Text, "春茶已到店")
	require.Len(t, got[0].Attachments, 2)
	assert.Equal(t, "image", got[0].Attachments[0].MsgType)
	assert.Equal(t, "春茶预订", got[0].Attachments[1].Title)
	assert.Len(t, tagsOf(sim, fair), 2)
	assert.Equal(t, "Zoe · 春季展会", sim.Customer(fair).FollowUser[0].Remark)

	got = sim.Received(other)
	require.Len(t, got, 1)
	assert.Contains(t, got[0].Text, "很高兴认识你")
	assert.Empty(t, tagsOf(sim, other))

	assert.NotContains(t, b.log.String(), "Zoe", "ids, not people")
	assert.NotContains(t, b.log.String(), "春茶", "nor what they are told")
}

func TestRulesWithoutADefaultLeaveOthersAlone(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	b := startBot(t, sim, configFor(t, sim, writeRules(t, `{"rules": [{"state": "a", "tags": {"g": ["only tagged"]}}]}`)))
	alice := sim.AddMember(wecomtest.Member{})
	other, silent := sim.AddCustomer(alice, from("b")), sim.AddCustomer(alice, from("a"))
	b.settle(t, 2)

	assert.Zero(t, greetings(sim, other))
	assert.Empty(t, tagsOf(sim, other))
	assert.Zero(t, greetings(sim, silent))
	assert.Len(t, tagsOf(sim, silent), 1)
	assert.Contains(t, b.log.String(), `"msg":"no rule"`)
}

// A stranger who needs no approval is greeted at once, and tagged when the
// member has confirmed them.
func TestHalfFriend(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	b := startBot(t, sim, configFor(t, sim, "rules.json"))
	alice := sim.AddMember(wecomtest.Member{})
	zoe := sim.Act().AddHalfCustomer(alice, from("store-shanghai"))
	b.settle(t, 1)
	assert.Equal(t, 1, greetings(sim, zoe))
	assert.Zero(t, sim.Calls().Op(opMark).Len())

	sim.Act().AcceptCustomer(alice, zoe)
	b.settle(t, 2)
	assert.Equal(t, 1, greetings(sim, zoe))
	assert.Len(t, tagsOf(sim, zoe), 2)
	assert.NotContains(t, b.log.String(), `"level":"ERROR"`)
}

func TestTagsAreMadeOnce(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	there := sim.Act().AddTagGroup(wecomtest.TagGroup{GroupName: "来源渠道", Tag: []wecomtest.Tag{{Name: "春季展会"}}})
	cfg := configFor(t, sim, "rules.json")
	for range 2 {
		require.NoError(t, startBot(t, sim, cfg).stop())
	}
	assert.Len(t, sim.TagGroup(there.GroupID).Tag, 2, "上海门店 joins the group")
	assert.Equal(t, 2, sim.Calls().Op("externalcontact/add_corp_tag").Len(), "one for each group")
}

func TestTagThatSomebodyDeletedIsMadeAgain(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	b := startBot(t, sim, configFor(t, sim, writeRules(t, `{"rules": [{"state": "a", "tags": {"g": ["t"]}}]}`)))
	alice := sim.AddMember(wecomtest.Member{})
	first := sim.AddCustomer(alice, from("a"))
	b.settle(t, 1)
	old := tagsOf(sim, first)
	require.Len(t, old, 1)
	sim.Act().DeleteTag(old[0])

	second := sim.AddCustomer(alice, from("a"))
	b.settle(t, 4) // with those of the tag and its group

	require.Len(t, tagsOf(sim, second), 1)
	assert.NotEqual(t, old, tagsOf(sim, second))
}

func TestRemarkOfTheMemberStays(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	b := startBot(t, sim, configFor(t, sim, "rules.json"))
	customer := from("spring-fair")
	customer.FollowUser[0].Remark = "my aunt"
	zoe := sim.AddCustomer(sim.AddMember(wecomtest.Member{}), customer)
	b.settle(t, 1)
	assert.Equal(t, "my aunt", sim.Customer(zoe).FollowUser[0].Remark)
}

// Media ids live three days.
func TestPicturesAreUploadedAgain(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	b := startBot(t, sim, configFor(t, sim, "rules.json"))
	alice := sim.AddMember(wecomtest.Member{})
	for i := range 3 {
		zoe := sim.AddCustomer(alice, from("spring-fair"))
		b.settle(t, i+1)
		assert.Equal(t, 1, greetings(sim, zoe))
		sim.Clock().Advance(30 * time.Hour)
	}
	assert.Equal(t, 2, sim.Calls().Op("media/upload").Len())
}

// WeCom refuses, loses a reply, or is not there for a moment.
func TestTriesAgain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fault func(*wecomtest.Server)
	}{
		{"greeting lost", func(s *wecomtest.Server) { s.Fault(opWelcome).Times(1).Lost() }},
		{"greeting reset", func(s *wecomtest.Server) { s.Fault(opWelcome).Times(1).Reset() }},
		{"greeting at a bad gateway", func(s *wecomtest.Server) { s.Fault(opWelcome).Times(1).HTTP(502, "bad gateway") }},
		{"address not trusted yet", func(s *wecomtest.Server) { s.Fault(opWelcome).Times(1).Code(60020) }},
		{"tag lost", func(s *wecomtest.Server) { s.Fault(opMark).Times(1).Lost() }},
		{"tag busy", func(s *wecomtest.Server) { s.Fault(opMark).Times(1).HTTP(503, "busy") }},
		{"remark reset", func(s *wecomtest.Server) { s.Fault(opRemark).Times(1).Reset() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sim := wecomtest.New(t)
			b := startBot(t, sim, configFor(t, sim, "rules.json"))
			tt.fault(sim)
			zoe := sim.AddCustomer(sim.AddMember(wecomtest.Member{}), from("spring-fair"))
			b.sim.WaitDeliveries(1)
			require.NoError(t, await(t.Context(), "the event to wait", func() bool { return b.callbacks.Stats().Postponed == 1 }))
			sim.Clock().Advance(time.Second)
			b.settle(t, 1)
			assert.Equal(t, 1, greetings(sim, zoe))
			assert.Len(t, tagsOf(sim, zoe), 2)
			assert.Equal(t, "Zoe · 春季展会", sim.Customer(zoe).FollowUser[0].Remark)
		})
	}
}

// What WeCom will not like tomorrow either is not tried again, and does not
// keep the customer from being tagged.
func TestGivesUp(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		code int
		log  string
	}{
		{"bad request", 40058, `"msg":"callback: the handler failed"`},
		{"welcome code refused", 41050, `"msg":"not greeted: the welcome code is over"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sim := wecomtest.New(t)
			b := startBot(t, sim, configFor(t, sim, "rules.json"))
			sim.Fault(opWelcome).Times(1).Code(tt.code)
			zoe := sim.AddCustomer(sim.AddMember(wecomtest.Member{}), from("spring-fair"))
			b.settle(t, 1)
			assert.Zero(t, greetings(sim, zoe))
			assert.Len(t, tagsOf(sim, zoe), 2)
			assert.Contains(t, b.log.String(), tt.log)
		})
	}
}

func TestCustomerWhoLeftIsNoFailure(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	b := startBot(t, sim, configFor(t, sim, "rules.json"))
	sim.Fault(opMark).Code(84061)
	sim.Fault("externalcontact/get").Code(84061)
	sim.AddCustomer(sim.AddMember(wecomtest.Member{}), from("spring-fair"))
	b.settle(t, 1)
	assert.EqualValues(t, 1, b.callbacks.Stats().Handled)
	assert.Contains(t, b.log.String(), "the customer has left")
}

// An event from before a stop is worked off by the next bot; one whose twenty
// seconds are over is not greeted, and WeCom is not even asked.
func TestNextBotGreetsInTimeOrNotAtAll(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		down      time.Duration
		greetings int
	}{
		{"in time", 10 * time.Second, 1},
		{"too late", 20 * time.Second, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sim := wecomtest.New(t)
			cfg := configFor(t, sim, "rules.json")
			b := startBot(t, sim, cfg)
			refuse := sim.Fault(opWelcome).Reset()
			busy := sim.Fault(opMark).Reset()
			zoe := sim.AddCustomer(sim.AddMember(wecomtest.Member{}), from("store-shanghai"))
			sim.WaitDeliveries(1)
			require.NoError(t, await(t.Context(), "the event to wait", func() bool { return b.callbacks.Stats().Postponed == 1 }))
			require.NoError(t, b.stop())
			refuse.Remove()
			busy.Remove()
			calls := sim.Calls().Op(opWelcome).Len()
			sim.Clock().Advance(tt.down)

			b = startBot(t, sim, cfg)
			b.settle(t, 1)
			assert.Equal(t, tt.greetings, greetings(sim, zoe))
			assert.Equal(t, calls+tt.greetings, sim.Calls().Op(opWelcome).Len())
			assert.Len(t, tagsOf(sim, zoe), 2)
			assert.EqualValues(t, 1-tt.greetings, b.metrics.late.Load())
		})
	}
}

// A stop while customers come: each of whom WeCom could tell is greeted before
// it is over.
func TestStopFinishesWhatIsInHand(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	b := startBot(t, sim, configFor(t, sim, "rules.json"))
	alice := sim.AddMember(wecomtest.Member{})
	for range 50 {
		sim.AddCustomer(alice, from("store-shanghai"))
	}
	sim.WaitDeliveries(10)
	require.NoError(t, b.stop())
	sim.WaitDeliveries(50) // the rest is given up

	acknowledged := 0
	for _, d := range sim.Deliveries() {
		if d.Delivered() {
			acknowledged++
		}
	}
	stats := b.callbacks.Stats()
	assert.GreaterOrEqual(t, acknowledged, 10)
	assert.Equal(t, acknowledged, int(stats.Handled)+b.inbox.Len())
	assert.Zero(t, stats.Lost)
	assert.Equal(t, stats.Handled, uint64(sim.Calls().Op(opWelcome).Code(0).Len()))
	assert.Contains(t, b.log.String(), `"msg":"metrics"`)
}

func TestWrongSecretStopsTheDeployment(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	cfg := configFor(t, sim, "rules.json")
	cfg.Secret = "wrong"
	_, err := newServer(t.Context(), cfg, slog.New(slog.DiscardHandler))
	require.ErrorIs(t, err, wecom.ErrInvalidCredential)
}

// A bot that does not listen while WeCom is away misses the events that come
// when it is back.
func TestStartsWithoutWeCom(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	away := sim.Fault("get_api_domain_ip").HTTP(502, "bad gateway")
	b := startBot(t, sim, configFor(t, sim, "rules.json"))
	away.Remove()
	assert.Contains(t, b.log.String(), "starting without WeCom")
	zoe := sim.AddCustomer(sim.AddMember(wecomtest.Member{}), from("spring-fair"))
	b.settle(t, 1)
	assert.Equal(t, 1, greetings(sim, zoe))
	assert.Len(t, tagsOf(sim, zoe), 2)
}

func TestTwoBotsDoNotShareAnInbox(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	cfg := configFor(t, sim, "rules.json")
	startBot(t, sim, cfg)
	_, err := newServer(t.Context(), cfg, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "another process has it open")
}

func TestHealth(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	b := startBot(t, sim, configFor(t, sim, "rules.json"))
	sim.AddCustomer(sim.AddMember(wecomtest.Member{}), from(""))
	b.settle(t, 1)

	assert.Equal(t, health{Unfinished: 0, Events: callback.Stats{Received: 1, Handled: 1}}, askHealth(t, b.url))
}

func askHealth(t *testing.T, url string) health {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/healthz", http.NoBody)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	var h health
	require.NoError(t, json.NewDecoder(res.Body).Decode(&h))
	return h
}

func TestServerHasTimeouts(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	b := startBot(t, sim, configFor(t, sim, "rules.json"))
	assert.Positive(t, b.http.ReadHeaderTimeout)
	assert.Positive(t, b.http.ReadTimeout)
	assert.Positive(t, b.http.IdleTimeout)
	assert.Greater(t, b.http.WriteTimeout, 6*time.Second)
}

func TestLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	b := startBot(t, sim, configFor(t, sim, "rules.json"))
	sim.Fault(opMark).Code(40058)
	alice := sim.AddMember(wecomtest.Member{})
	zoe := sim.AddCustomer(alice, from("spring-fair"))
	b.settle(t, 1)
	require.NoError(t, b.stop())
	assert.Contains(t, b.log.String(), "40058")
	for _, secret := range []string{sim.Credential().Secret, sim.Keys().Token, sim.Keys().EncodingAESKey, sim.WelcomeCode(alice, zoe)} {
		assert.NotContains(t, b.log.String(), secret)
	}
}
