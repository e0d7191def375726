package callback

import (
	"container/list"
	"context"
	"slices"
	"sync"
)

// A pool runs jobs on at most size goroutines, which live only as long as
// there is work. Jobs of one key run one after the other, in the order of
// submission: they form a lane, and the lanes take turns, so that a slow key
// has one goroutine and the others have the rest. A job without a key has a
// lane to itself.
//
// A job that does not run yet holds one of the pool's places. A lane may hold
// no more of them than it leaves free: one slow key fills half of the places
// at most, and two keys two thirds, so that there is always room for a key
// that is not slow. A job may also run without ever having had a place.
type pool struct {
	size int

	mu      sync.Mutex
	lanes   map[string]*lane // by key, while they have a job; guarded by mu
	ready   list.List        // of lanes whose next job may run, in turn; guarded by mu
	blocked list.List        // of lanes with a job that has no place; guarded by mu
	free    int              // places; guarded by mu
	running int              // goroutines; guarded by mu
}

// A lane is a key's jobs. The pool's mutex guards it.
type lane struct {
	key     string
	busy    bool   // one of its jobs runs
	jobs    []*job // those that wait
	placed  int    // how many of them hold a place: the first ones
	ready   *list.Element
	blocked *list.Element
}

type job struct {
	run   func()
	taken chan struct{} // closed when it runs or holds a place: it will not be dropped
}

func newPool(size, places int) *pool {
	return &pool{size: size, lanes: make(map[string]*lane), free: places}
}

// submit takes in a job, or fails with ctx's error if no place came free in time.
func (p *pool) submit(ctx context.Context, key string, run func()) error {
	j := &job{run: run, taken: make(chan struct{})}
	l := p.enter(key, j)
	select {
	case <-j.taken:
		return nil
	case <-ctx.Done():
		return p.giveUp(l, j, ctx.Err())
	}
}

// add takes in a job, also one that there is no place for.
func (p *pool) add(key string, run func()) {
	p.enter(key, &job{run: run, taken: make(chan struct{})})
}

func (p *pool) enter(key string, j *job) *lane {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lanes[key]
	if l == nil {
		l = &lane{key: key}
		if key != "" {
			p.lanes[key] = l
		}
	}
	l.jobs = append(l.jobs, j)
	p.queue(l)
	p.place(l)
	p.hire()
	return l
}

// giveUp takes back a job, unless it was taken in just now.
func (p *pool) giveUp(l *lane, j *job, err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-j.taken:
		return nil
	default:
	}
	i := slices.Index(l.jobs, j)
	l.jobs = slices.Delete(l.jobs, i, i+1)
	p.place(l)
	p.queue(l)
	return err
}

// queue sees to it that l has its turn if it has a job to run, and that
// nothing remembers it if it has none.
func (p *pool) queue(l *lane) {
	switch waits := len(l.jobs) > 0; {
	case l.busy:
	case waits && l.ready == nil:
		l.ready = p.ready.PushBack(l)
	case !waits:
		if l.ready != nil {
			p.ready.Remove(l.ready)
			l.ready = nil
		}
		delete(p.lanes, l.key)
	}
}

// place gives places to l's jobs, as many as it may have.
func (p *pool) place(l *lane) {
	for l.placed < len(l.jobs) && l.placed < p.free {
		close(l.jobs[l.placed].taken)
		l.placed++
		p.free--
	}
	switch all := l.placed == len(l.jobs); {
	case all && l.blocked != nil:
		p.blocked.Remove(l.blocked)
		l.blocked = nil
	case !all && l.blocked == nil:
		l.blocked = p.blocked.PushBack(l)
	}
}

// hire starts a goroutine if there is work for it.
func (p *pool) hire() {
	if p.ready.Len() > 0 && p.running < p.size {
		p.running++
		go p.work()
	}
}

func (p *pool) work() {
	defer p.leave()
	for {
		l, j := p.next()
		if j == nil {
			return
		}
		p.run(l, j)
	}
}

// leave ends a goroutine, also one that a job has ended. Another takes over
// if a job came after the last look, when it could not start one.
func (p *pool) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running--
	p.hire()
}

// next takes the job whose turn it is, and passes its place on.
func (p *pool) next() (*lane, *job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	front := p.ready.Front()
	if front == nil {
		return nil, nil
	}
	l := laneOf(front)
	p.ready.Remove(front)
	l.ready, l.busy = nil, true
	j := l.jobs[0]
	l.jobs[0] = nil
	l.jobs = l.jobs[1:]
	if l.placed > 0 {
		l.placed--
		p.free++
	} else {
		close(j.taken)
	}
	for e := p.blocked.Front(); e != nil && p.free > 0; {
		other := laneOf(e)
		e = e.Next()
		p.place(other)
	}
	p.place(l)
	return l, j
}

func (p *pool) run(l *lane, j *job) {
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		l.busy = false
		p.queue(l)
	}()
	j.run()
}

func laneOf(e *list.Element) *lane {
	return e.Value.(*lane) //nolint:forcetypeassert // the lists hold nothing else
}
