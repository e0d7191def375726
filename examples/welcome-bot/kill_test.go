package main

import (
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A gate is the load balancer before a bot that is killed: requests wait there
// for the next bot, and one that a bot died with breaks off.
type gate struct {
	transport *http.Transport

	mu sync.Mutex
	to *url.URL      // nil while no bot is there; guarded by mu
	up chan struct{} // closed when one is there; guarded by mu
}

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{transport: &http.Transport{DisableKeepAlives: true}, up: make(chan struct{})}
	t.Cleanup(g.transport.CloseIdleConnections)
	return g
}

func (g *gate) open(addr string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.to = &url.URL{Scheme: "http", Host: addr, Path: "/wecom/callback"}
	close(g.up)
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.to, g.up = nil, make(chan struct{})
}

func (g *gate) bot() (*url.URL, <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.to, g.up
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	to, up := g.bot()
	for to == nil {
		select {
		case <-up:
			to, up = g.bot()
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	proxy := &httputil.ReverseProxy{
		Transport: g.transport,
		ErrorLog:  log.New(io.Discard, "", 0),
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host, p.Out.URL.Path = to.Scheme, to.Host, to.Path
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	proxy.ServeHTTP(w, r)
}

// A crash test runs bots in processes of their own, one after the other.
type crashTest struct {
	sim  *wecomtest.Server
	gate *gate
	run  func() *process

	member string
	logs   []logLine // of all bots that are gone
}

func newCrashTest(t *testing.T, rulesFile string) *crashTest {
	t.Helper()
	sim := wecomtest.New(t)
	require.NoError(t, sim.Start("127.0.0.1:0"))
	c := &crashTest{sim: sim, gate: newGate(t), member: sim.AddMember(wecomtest.Member{})}
	inbox := filepath.Join(t.TempDir(), "inbox")
	newCommand := command(t)
	c.run = func() *process {
		t.Helper()
		cmd := newCommand("-rules", rulesFile, "-inbox", inbox)
		cmd.Env = append(cmd.Env, environ(sim, "")...)
		p, err := startProcess(t.Context(), cmd)
		require.NoError(t, err)
		t.Cleanup(p.kill)
		c.gate.open(p.addr)
		return p
	}
	return c
}

// kill ends a bot in the midst of what it does.
func (c *crashTest) kill(p *process) {
	p.kill()
	c.gate.shut()
	c.logs = append(c.logs, p.log()...)
}

// settle waits until everybody is tagged and nothing is left to do, and ends
// the last bot.
func (c *crashTest) settle(t *testing.T, p *process, customers []string) {
	t.Helper()
	c.sim.WaitDeliveries(len(customers))
	require.NoError(t, await(t.Context(), "everybody to be tagged", func() bool {
		for _, id := range customers {
			if len(tagsOf(c.sim, id)) == 0 {
				return false
			}
		}
		return true
	}))
	require.NoError(t, await(t.Context(), "the inbox to be empty", func() bool { return unfinished(t, p) == 0 }))
	require.NoError(t, p.stop())
	c.logs = append(c.logs, p.log()...)
}

// unfinished asks a bot how much it has to do.
func unfinished(t *testing.T, p *process) int {
	t.Helper()
	return askHealth(t, "http://"+p.addr).Unfinished
}

// late are the customers whom a bot says it did not greet in time.
func (c *crashTest) late() map[string]bool {
	ids := map[string]bool{}
	for _, line := range c.logs {
		if line.Msg == "not greeted: the welcome code is over" {
			ids[line.Customer.ExternalUserID] = true
		}
	}
	return ids
}

// Bots die at any moment, calls hang and replies get lost; in the end each
// customer has one greeting and the tag.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	const (
		lives     = 4
		perLife   = 15
		seed      = 20260101
		longest   = 150 * time.Millisecond
		callDelay = 20 * time.Millisecond
	)
	c := newCrashTest(t, writeRules(t, `{"rules": [{"state": "a", "text": "hello", "tags": {"g": ["t"]}}]}`))
	random := rand.New(rand.NewPCG(seed, 0))
	c.sim.Fault(opWelcome).Prob(0.5, seed).Delay(callDelay)
	c.sim.Fault(opMark).Prob(0.5, seed+1).Delay(callDelay)
	lost := []*wecomtest.Fault{c.sim.Fault(opWelcome).Prob(0.1, seed+2).Lost(), c.sim.Fault(opMark).Prob(0.1, seed+3).Lost()}

	var customers []string
	var p *process
	for life := range lives {
		p = c.run()
		if life == 0 {
			c.sim.Callback(c.gate)
		}
		for range perLife {
			customers = append(customers, c.sim.AddCustomer(c.member, from("a")))
		}
		<-time.After(time.Duration(random.Int64N(int64(longest))))
		c.kill(p)
	}
	for _, f := range lost {
		f.Remove() // who fails again and again waits ever longer
	}
	c.settle(t, c.run(), customers)

	late, greeted := c.late(), 0
	tag := tagsOf(c.sim, customers[0])
	for _, id := range customers {
		n := greetings(c.sim, id)
		greeted += n
		if n == 0 {
			assert.Contains(t, late, id, "not greeted, and nobody said so")
		}
		assert.LessOrEqual(t, n, 1, "greeted twice: %s", id)
		assert.Equal(t, tag, tagsOf(c.sim, id))
	}
	for _, d := range c.sim.Deliveries() {
		assert.True(t, d.Delivered(), "%d is lost", d.N)
	}
	asked := c.sim.Calls().Op(opWelcome).Len()
	t.Logf("%d customers, %d greeted with %d calls, %d too late", len(customers), greeted, asked, len(customers)-greeted)
	assert.Greater(t, asked, len(customers), "nobody died in the middle")
	assert.Equal(t, 1, c.sim.Calls().Op("externalcontact/add_corp_tag").Len())
}

// The moments that matter, one by one.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fault func(*wecomtest.Server) *wecomtest.Fault
		calls []int // errcodes of send_welcome_msg that are answered, in all lives
	}{
		{"while WeCom has not begun to greet", func(s *wecomtest.Server) *wecomtest.Fault { return s.Fault(opWelcome).Times(1).Hang() }, []int{0}},
		{"when WeCom has greeted and not said so", func(s *wecomtest.Server) *wecomtest.Fault { return s.Fault(opWelcome).Times(1).Lost() }, []int{41051}},
		{"between greeting and tag", func(s *wecomtest.Server) *wecomtest.Fault { return s.Fault(opMark).Times(1).Hang() }, []int{0, 41051}},
		{"when WeCom has tagged and not said so", func(s *wecomtest.Server) *wecomtest.Fault { return s.Fault(opMark).Times(1).Lost() }, []int{0, 41051}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCrashTest(t, "rules.json")
			p := c.run()
			c.sim.Callback(c.gate)
			fault := tt.fault(c.sim)
			zoe := c.sim.AddCustomer(c.member, from("store-shanghai"))
			require.NoError(t, await(t.Context(), "the moment", func() bool { return fault.Hits() == 1 }))
			c.kill(p)
			c.settle(t, c.run(), []string{zoe})

			assert.Equal(t, 1, greetings(c.sim, zoe))
			assert.Len(t, tagsOf(c.sim, zoe), 2)
			assert.Empty(t, c.late())
			var codes []int
			for call := range c.sim.Calls().Op(opWelcome).All() {
				if call.HTTPStatus != 0 {
					codes = append(codes, call.Code)
				}
			}
			assert.Equal(t, tt.calls, codes)
		})
	}
}

// Whoever was not greeted within twenty seconds is tagged only, also if the
// bot dies over it.
func TestKilledWithALateEvent(t *testing.T) {
	t.Parallel()
	c := newCrashTest(t, "rules.json")
	p := c.run()
	c.sim.Callback(c.gate)
	hang := c.sim.Fault(opMark).Times(1).Hang()
	zoe := c.sim.Seed().Customer(wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{UserID: c.member, State: "store-shanghai"}}})
	event, err := c.sim.NewEvent("change_external_contact/add_external_contact",
		wecomtest.Set("UserID", c.member), wecomtest.Set("ExternalUserID", zoe), wecomtest.Set("State", "store-shanghai"),
		wecomtest.Set("CreateTime", c.sim.Clock().Now().Add(-20*time.Second)))
	require.NoError(t, err)
	c.sim.Emit(event)
	require.NoError(t, await(t.Context(), "the tag", func() bool { return hang.Hits() == 1 }))
	c.kill(p)
	c.settle(t, c.run(), []string{zoe})

	assert.Zero(t, c.sim.Calls().Op(opWelcome).Len())
	assert.Equal(t, map[string]bool{zoe: true}, c.late())
	assert.Len(t, tagsOf(c.sim, zoe), 2)
}
