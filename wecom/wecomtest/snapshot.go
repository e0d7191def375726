package wecomtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest/internal/graph"
)

// snapshotVersion is raised whenever the shape of [snapshot] changes, which
// testdata/snapshot.shape shows. Only what has the same version is read.
const snapshotVersion = 1

// snapshot is what [Server.Snapshot] saves. Whatever can be reached from it is
// saved, so that a new store needs no line here.
type snapshot struct {
	version   int // first, to be found by who cannot read the rest
	time      time.Time
	frozen    bool
	corps     []*corp
	state     state
	callbacks []savedCallback
}

// state is what the corps of a server have in common, and nothing that is not
// data.
type state struct {
	routes    routes
	providers providerStore
	agenda    []*appointment // in the order in which they were made
	swept     time.Time      // when what had ended went last
}

func newState() state { return state{routes: newRoutes(), providers: newProviderStore()} }

// snapshots is made of types and has no state. A type that cannot be saved
// shows in the first test of it.
//
//nolint:gochecknoglobals // a cache of types
var snapshots = sync.OnceValues(func() (*graph.Codec[snapshot, *Server], error) {
	return graph.New[snapshot, *Server](
		graph.Named[quotaEnd]("quota"),
		graph.Named[streamRefresh]("stream"),
		graph.Named[ticketPush]("ticket"),
		graph.Named[transferEnd]("transfer"),
		graph.Named[uploadEnd]("upload"),
	)
})

// Snapshot saves the server as JSON, for [Server.Restore]: all that its corps,
// apps, providers, suites and people know, with files, tokens and the ids that
// were given out; what WeCom is to do later, such as the end of a transfer;
// the clock; and the callbacks that are URLs. Of a server of [Server.AddCorp]
// it saves all corps, too. The same state gives the same bytes, and what was
// restored gives the bytes that it was restored from, as long as the clock is
// frozen.
//
// It does not hold what is code or belongs to the test: callbacks that are
// handlers or have a client of their own, [Server.Handle], options, faults,
// mishaps, limits and page sizes, the logs of calls and deliveries, and
// deliveries that are not done.
//
// A snapshot has the secrets of the simulated corps in it. It is read by the
// version of this package that wrote it. What people write and read is a [Seed].
func (s *Server) Snapshot() ([]byte, error) {
	codec, err := snapshots()
	if err != nil {
		return nil, fmt.Errorf("wecomtest: Snapshot: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	snap := snapshot{version: snapshotVersion, time: s.clock.Now(), frozen: s.clock.Frozen(), state: s.state}
	for _, srv := range s.servers {
		snap.corps = append(snap.corps, srv.corp)
	}
	s.deliverMu.Lock()
	for _, cb := range s.callbacks {
		if cb.portable() {
			snap.callbacks = append(snap.callbacks, cb.save())
		}
	}
	s.deliverMu.Unlock()
	data, err := codec.Marshal(&snap, s.nameOf)
	if err != nil {
		return nil, fmt.Errorf("wecomtest: Snapshot: %w", err)
	}
	return data, nil
}

// nameOf is how a snapshot calls a server: by the number of its corp. The
// caller holds s.mu.
func (w *world) nameOf(s *Server) (string, error) {
	if n := s.corp.number; n > len(w.servers) || w.servers[n-1] != s {
		return "", fmt.Errorf("the corp %q was used after Restore had taken it away", s.corp.id)
	}
	return strconv.Itoa(s.corp.number), nil
}

// Restore makes the server what it was when the snapshot was taken, here or on
// another server; after an error it is what it was before.
//
// The clock is set to the time of the snapshot, also back, and is frozen if it
// was then; who sleeps on it sleeps on for as long as they had left to. What
// WeCom is to do later happens when it would have happened, and nothing of what
// the server had before does. Deliveries that are not done are given up, a call
// that is being answered is answered by the one state or the other, and what
// [Limits] counted is forgotten.
//
// Corps are known by their order: this server stays a server of the first corp,
// and one of [Server.AddCorp] stays the server of the corp that has its place
// now. If there is none it must not be used any more; [Server.Corps] has those of
// the corps that are there. Callbacks that are handlers stay if their app, robot,
// suite or provider is there in the snapshot, and has no URL in it.
//
// Tokens are in the snapshot. A client that has a newer one is refused and, if
// it is the SDK's, asks for another; a client of another server needs one in
// any case.
func (s *Server) Restore(data []byte) error {
	stops, err := s.restore(data)
	for _, stop := range stops {
		stop()
	}
	if err != nil {
		return fmt.Errorf("wecomtest: Restore: %w", err)
	}
	s.noteNews()
	return nil
}

// Fork returns a new server for a test, with the options of s, and then opts,
// and all that [Server.Snapshot] says of s. It is a server of the same corp. A
// seed among opts comes on top; those of s are not loaded again. The two share
// nothing, so that each of many parallel subtests can have its own copy of what
// took long to set up:
//
//	shop := newShop(t)
//	t.Run("refund", func(t *testing.T) {
//		t.Parallel()
//		srv := shop.Fork(t)
//		…
//	})
//
// Clients are made of the new server, [Server.NewClient], and handlers set up for
// it, [Server.Callback].
func (s *Server) Fork(t TB, opts ...Option) *Server {
	t.Helper()
	data, err := s.Snapshot()
	if err != nil {
		t.Fatalf("%v", err)
	}
	same := func(set *settings) {
		*set = s.set
		set.url = ""    // that is where s is
		set.seeds = nil // the snapshot has them
	}
	var seeds []seedFunc
	later := func(set *settings) { seeds, set.seeds = set.seeds, nil }
	fork := New(t, slices.Concat([]Option{same}, opts, []Option{later})...)
	if err := fork.Restore(data); err != nil {
		t.Fatalf("%v", err)
	}
	s.mu.Lock()
	n := s.corp.number
	s.mu.Unlock()
	fork = fork.Corps()[n-1]
	fork.sow(seeds)
	return fork
}

// restoration is what is ready to take the place of what a server has.
type restoration struct {
	snapshot
	servers []*Server
}

// corpOf returns what a server's corp will be, or nil.
func (r *restoration) corpOf(s *Server) *corp {
	if i := slices.Index(r.servers, s); i >= 0 {
		return r.corps[i]
	}
	return nil
}

// restore returns the ends of what is no longer needed, to be called without a
// lock.
func (s *Server) restore(data []byte) (stops []func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stops, err = s.replace(data); err == nil {
		s.startTickets()
	}
	return stops, err
}

// replace is restore without what happens next. The caller holds s.mu.
func (s *Server) replace(data []byte) (stops []func(), err error) {
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	next, err := s.read(data)
	if err != nil {
		return nil, err
	}
	bound, err := s.bindSaved(next)
	if err != nil {
		return bound.stops(), err
	}
	bound, gone := s.bindHandlers(next, bound)
	for _, stop := range s.alarms {
		stop()
	}
	clear(s.alarms)
	for _, cb := range s.callbacks {
		cb.giveUp()
	}
	for _, e := range s.deliveries.list {
		e.d.Done = true // also one that is late, or being answered
	}
	s.state, s.servers, s.callbacks = next.state, next.servers, bound
	for i, srv := range s.servers {
		srv.corp = next.corps[i]
	}
	s.restores++
	s.clock.reset(next.time, next.frozen)
	s.limits.Reset()
	for _, a := range s.agenda {
		s.arm(a)
	}
	s.noteDelivered()
	return gone.stops(), nil
}

// read decodes a snapshot. Its servers are those of the world, as far as there
// are any, and have their corps still. The caller holds s.mu.
func (w *world) read(data []byte) (*restoration, error) {
	if err := checkVersion(data); err != nil {
		return nil, err
	}
	codec, err := snapshots()
	if err != nil {
		return nil, err
	}
	next := &restoration{}
	servers := make(map[int]*Server)
	most := 0
	err = codec.Unmarshal(data, &next.snapshot, func(name string) (*Server, bool) {
		n, err := strconv.Atoi(name)
		if err != nil || n < 1 {
			return nil, false
		}
		most = max(most, n)
		if servers[n] == nil {
			servers[n] = w.serverOf(n)
		}
		return servers[n], true
	})
	if err != nil {
		return nil, fmt.Errorf("this is no snapshot, or another version of wecomtest wrote it: %w", err)
	}
	if most > len(next.corps) || len(next.corps) == 0 {
		return nil, fmt.Errorf("the snapshot has %d corps, and names number %d", len(next.corps), most)
	}
	for i, c := range next.corps {
		if c == nil || c.number != i+1 || len(c.apps) == 0 || slices.Contains(c.apps, nil) {
			return nil, fmt.Errorf("the snapshot's corp %d is none", i+1)
		}
		next.servers = append(next.servers, w.serverOf(i+1))
		if known := servers[i+1]; known != nil {
			next.servers[i] = known
		}
	}
	if next.time.IsZero() {
		return nil, errors.New("the snapshot has no time")
	}
	if slices.ContainsFunc(next.state.agenda, func(a *appointment) bool { return a == nil || a.server == nil || a.task == nil }) {
		return nil, errors.New("the snapshot has something to do that says nothing")
	}
	return next, nil
}

// serverOf returns the server of a corp by its number, or a new one.
func (w *world) serverOf(n int) *Server {
	if n <= len(w.servers) {
		return w.servers[n-1]
	}
	return &Server{world: w}
}

// checkVersion reads no further than the version.
func checkVersion(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	for _, want := range []json.Token{json.Delim('{'), "version"} {
		if got, err := dec.Token(); err != nil || got != want {
			return errors.New("this is no snapshot: it does not begin with its version")
		}
	}
	if got, err := dec.Token(); err != nil || got != float64(snapshotVersion) {
		return fmt.Errorf("the snapshot is of version %v; this is version %d, and reads no other", got, snapshotVersion)
	}
	return nil
}
