package soak_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A stage is a corp on a server under chaos, and what its flows share: one
// client, and one callback.
type stage struct {
	t       *testing.T
	profile profile
	seed    uint64

	srv     *wecomtest.Server
	chaos   []*wecomtest.Chaos
	faults  []*wecomtest.Fault // of the proxy
	tap     *wiretap
	log     *slog.Logger
	writes  *writes
	waits   bool // the client waits when WeCom closes an API
	client  *wecom.Client
	workers *desk // a handler that works before or after it answers

	hurried bool // one of the flows is hasty

	runs sync.WaitGroup

	mu    sync.Mutex
	desks []*desk  // guarded by mu
	later []func() // checks for when all is quiet; guarded by mu
}

// patient is how long a flow waits that is in no hurry, on the bubble's clock.
const patient = 5 * 24 * time.Hour

func newStage(t *testing.T, p profile, seed uint64) *stage {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 1))
	st := &stage{t: t, profile: p, seed: seed, writes: newWrites()}
	var opts []wecomtest.Option
	if rnd.IntN(2) == 0 {
		opts = append(opts, wecomtest.WithEmptyPages())
	}
	if rnd.IntN(3) == 0 {
		opts = append(opts, wecomtest.WithSameToken())
	}
	if rnd.IntN(3) == 0 {
		opts = append(opts, wecomtest.WithOfficialLimits())
	}
	if rnd.IntN(4) == 0 {
		opts = append(opts, wecomtest.WithRedeliverOnError())
	}
	if rnd.IntN(2) == 0 {
		opts = append(opts, wecomtest.WithWelcomeDelay(time.Duration(rnd.IntN(2000))*time.Millisecond))
	}
	st.srv = wecomtest.New(goroutineTB{t}, opts...)
	for _, op := range []string{
		"externalcontact/batch/get_by_user", "externalcontact/groupchat/list", "externalcontact/get_groupmsg_task",
		"externalcontact/get_groupmsg_send_result", "externalcontact/list_contact_way", "externalcontact/get_moment_task",
		"externalcontact/resigned/transfer_result", "externalcontact/customer_acquisition/customer",
	} {
		st.srv.PageSize(op, 1+rnd.IntN(3))
	}
	// A bubble begins in the year 2000, when there was no WeCom.
	st.srv.Clock().Advance(time.Date(2026, time.March, 3, 10, 0, 0, 0, time.UTC).Sub(st.srv.Clock().Now()))
	st.srv.Act().BuyAcquisitionQuota(100, st.srv.Clock().Now().Add(patient))
	st.tap = newWiretap(st.srv.HTTPClient().Transport)
	st.log = slog.New(slog.NewTextHandler(st.tap, &slog.HandlerOptions{Level: slog.LevelDebug}))
	st.waits = rnd.IntN(3) == 0
	st.client = st.clientOf(st.srv.Credential())
	st.workers = st.newWorkerDesk(rnd.IntN(3) * 2)
	if !p.calm() {
		st.disturb(rnd)
	}
	for _, c := range p.chaos {
		st.chaos = append(st.chaos, st.srv.Chaos(c, seed))
	}
	if p.proxy {
		st.breakProxy()
	}
	return st
}

// disturb does to some callbacks what no profile does.
func (st *stage) disturb(rnd *rand.Rand) {
	mishap := st.srv.Deliver().Of("add_external_contact").After(rnd.IntN(6)).Times(1).Optional()
	switch rnd.IntN(5) {
	case 0:
		mishap.Lose() // WeCom does not promise to deliver
	case 1:
		mishap.BadSignature()
	case 2:
		mishap.WrongReceiveID()
	case 3:
		mishap.OldTimestamp(time.Hour)
	default:
		mishap.Remove()
	}
}

// breakProxy puts a proxy before every endpoint that hangs or answers by itself
// now and then.
func (st *stage) breakProxy() {
	for i, c := range st.srv.Coverage() {
		if !c.Stateful {
			continue
		}
		seed := st.seed<<16 + uint64(i)
		st.faults = append(st.faults,
			st.srv.Fault(c.Path).Prob(0.01, seed).HTTP(http.StatusBadGateway, "<html>502 Bad Gateway</html>"),
			st.srv.Fault(c.Path).Prob(0.01, seed+1).HTTP(http.StatusTooManyRequests, "slow down"),
			st.srv.Fault(c.Path).Prob(0.005, seed+2).NotJSON(),
			st.srv.Fault(c.Path).Prob(0.005, seed+3).Hang(),
		)
	}
}

// options are those of every client here: what it says and sends is overheard.
func (st *stage) options() []wecom.Option {
	return append(st.srv.Options(),
		wecom.WithHTTPClient(&http.Client{Transport: st.tap}),
		wecom.WithLogger(st.log),
		wecom.WithObserver(st.observe),
		wecom.WithRetry(wecom.Retry{WaitBlock: st.waits}),
	)
}

func (st *stage) clientOf(cred wecom.Credential, opts ...wecom.Option) *wecom.Client {
	st.tap.secret(cred.Secret)
	client, err := wecom.New(cred, append(st.options(), opts...)...)
	require.NoError(st.t, err)
	return client
}

func (st *stage) observe(_ context.Context, a wecom.Attempt) {
	st.tap.show(a.Err)
	st.writes.attempted(&a)
}

// play starts a flow.
func (st *stage) play(sum *tally, name string, f flow) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	r := &run{stage: st, name: name, rnd: rand.New(rand.NewPCG(st.seed, h.Sum64()))}
	patience := patient
	if !st.profile.calm() && r.rnd.IntN(10) == 0 { // somebody hangs up in the middle
		patience = time.Duration(r.rnd.IntN(2000)) * time.Millisecond
		r.hasty, st.hurried = true, true
	}
	r.ctx = st.ctx(patience, r.hasty && r.rnd.IntN(2) == 0)
	st.runs.Go(func() {
		sum.note(name, f(r))
	})
}

// ctx ends after a time that the SDK knows of, or not.
func (st *stage) ctx(d time.Duration, suddenly bool) context.Context {
	if !suddenly {
		ctx, cancel := context.WithTimeout(st.t.Context(), d)
		st.t.Cleanup(cancel)
		return ctx
	}
	ctx, cancel := context.WithCancel(st.t.Context())
	timer := time.AfterFunc(d, cancel)
	st.t.Cleanup(func() {
		timer.Stop()
		cancel()
	})
	return ctx
}

// settling is longer than callbacks are late and calls hang, and ends when no
// ticket comes.
const settling = 10*time.Minute + 37*time.Second

// end waits for the flows, and until nothing is under way any more. Then it
// looks at what only the end can show.
func (st *stage) end(sum *tally) {
	st.runs.Wait()
	hits := 0
	for _, c := range st.chaos {
		c.Stop()
		hits += c.State().Hits
	}
	for _, f := range st.faults {
		f.Remove()
		hits += f.Hits()
	}
	require.NoError(st.t, st.srv.Clock().Sleep(context.Background(), settling))
	for _, d := range slices.Clone(st.desks) {
		d.close()
	}
	r := &run{stage: st, name: "end"}
	for _, check := range st.later {
		check()
	}
	st.writes.check(r)
	events := 0
	for _, d := range st.desks {
		events += d.check(r)
	}
	st.tap.check(r)
	st.tap.tokens.check(r)
	sum.noteStage(events, hits)
}

func (st *stage) atEnd(check func()) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.later = append(st.later, check)
}

// A goroutineTB is a test whose goroutines may fail it fatally, too.
type goroutineTB struct{ *testing.T }

func (g goroutineTB) Fatalf(format string, args ...any) {
	g.Helper()
	g.Errorf(format, args...)
	runtime.Goexit()
}

// how says how to repeat what failed.
func (st *stage) how(flow string) string {
	return fmt.Sprintf("%s, seed %d, flow %s: go test ./internal/soak -run '^%s$' -args -seed=%d", st.profile.name, st.seed, flow, st.t.Name(), st.seed)
}
