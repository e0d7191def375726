package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/redisstore"
	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
)

// Outages that follow upon each other do not each give a part of the same
// window.
func TestLimiterAnotherOutage(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Persistent())
	l := newLimiter(t, server.Client(), redisstore.LimiterPerIP(), redisstore.LimiterProcesses(1), redisstore.LimiterTimeout(fast))
	req := callOf(wecom.Limit{N: 100, Per: time.Hour})
	require.Equal(t, 99, drain(t, l, req))
	server.Kill()
	require.Equal(t, 1, drain(t, l, req), "what was kept aside")
	server.Restart()
	eventually(t, "back", func() bool { return !l.Degraded() })

	for range 2 { // while it is cautious, and when it is not any more
		server.Kill()
		assert.Zero(t, drain(t, l, req))
		server.Restart()
		eventually(t, "back", func() bool { return !l.Degraded() })
		wait(time.Second + 2*fast)
	}
}

// What Redis says just after an outage is not all: others have yet to tell.
func TestLimiterTrustsNothingTooSoon(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Persistent())
	l := newLimiter(t, server.Client(), redisstore.LimiterPerIP(), redisstore.LimiterProcesses(1), redisstore.LimiterTimeout(fast))
	req := callOf(wecom.Limit{N: 1000, Per: time.Minute}, wecom.Limit{N: 10_000, Per: time.Hour})
	acquire(t, l, req, 2)
	require.Equal(t, []int{990, 1002}, l.Used(req), "another minute may be full by now")

	server.Kill()
	acquire(t, l, req, 1)
	server.Restart()
	eventually(t, "back", func() bool { return !l.Degraded() })
	acquire(t, l, req, 1)
	assert.Equal(t, []int{990, 9900}, l.Used(req))

	wait(time.Second + 2*fast)
	acquire(t, l, req, 1)
	assert.Equal(t, []int{990, 1005}, l.Used(req))
}

// Until all have told what they did in an outage, a process keeps to its part,
// and asks Redis no more than it must. Then it goes on.
func TestLimiterIsCautious(t *testing.T) {
	t.Parallel()
	server, s := redistest.Start(t, redistest.Persistent()), new(spy)
	client := server.Client()
	client.AddHook(s)
	l := newLimiter(t, client, redisstore.LimiterPerIP(), redisstore.LimiterProcesses(2), redisstore.LimiterTimeout(fast))
	req := callOf(wecom.Limit{N: 1000, Per: time.Hour})
	server.Kill()
	acquire(t, l, req, 1)
	server.Restart()
	eventually(t, "back", func() bool { return !l.Degraded() })
	before := s.count()

	var passed atomic.Int64
	ctx, cancel := context.WithTimeout(t.Context(), fast)
	defer cancel()
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := l.Acquire(ctx, req); err == nil {
				passed.Add(1)
			}
		})
	}
	wg.Wait()
	assert.LessOrEqual(t, passed.Load(), int64(4), "five are its part of what was kept aside")
	acquireIn(t, l, req, 10*time.Second)
	assert.Less(t, s.count()-before, 20)
}

// scriptless is a Redis that answers, and refuses scripts for a while.
type scriptless struct {
	twice

	refuses atomic.Bool
}

func (s *scriptless) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if s.refuses.Load() && strings.HasPrefix(cmd.Name(), "eval") {
			err := errors.New("refused")
			cmd.SetErr(err)
			return err
		}
		return next(ctx, cmd)
	}
}

// A Redis that is back for a moment is not worth a word.
func TestLimiterSaysItOnce(t *testing.T) {
	t.Parallel()
	var said diary
	book, hook, client := new(logBook), new(scriptless), redistest.Start(t).Client()
	client.AddHook(hook)
	l := newLimiter(t, client, redisstore.WithLogger(book.logger()), redisstore.LimiterOnDegraded(said.note))
	req := callOf(wecom.Limit{N: 10_000, Per: time.Minute})
	hook.refuses.Store(true)
	acquire(t, l, req, 1)
	wait(4 * fast) // it is not told what was done, several times

	assert.Equal(t, []bool{true}, said.read())
	assert.Equal(t, 1, strings.Count(book.String(), "without Redis"))
	hook.refuses.Store(false)
	eventually(t, "back", func() bool { return len(said.read()) > 1 })
	assert.Equal(t, []bool{true, false}, said.read())
	assert.False(t, l.Degraded())
}

// A refusal that nobody heeds any more when Redis is back closes nothing.
func TestLimiterForgetsAnOldRefusal(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Persistent())
	one, two := newLimiter(t, server.Client()), newLimiter(t, server.Client())
	req := callOf(wecom.Limit{N: 10_000, Per: time.Minute})
	server.Kill()
	acquire(t, one, req, 1)
	one.Refused(t.Context(), req)
	one.Pass(time.Minute)
	server.Restart()
	eventually(t, "back", func() bool { return !one.Degraded() })
	wait(fast)

	acquire(t, one, req, 1)
	acquire(t, two, req, 1)
	opens := two.Refused(t.Context(), req)
	eventually(t, "one hears of others' refusals again", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), fast)
		defer cancel()
		_, err := one.Acquire(ctx, req)
		var e *wecom.Error
		return errors.As(err, &e) && e.RetryAt.Sub(opens).Abs() < time.Second
	})
}

// However many corps there are, Redis is told of all before others trust it.
func TestLimiterTellsInTime(t *testing.T) {
	t.Parallel()
	const corps = 1000
	server, s := redistest.Start(t), new(spy)
	client := server.Client()
	client.AddHook(s)
	l := newLimiter(t, client, redisstore.LimiterPerIP(), redisstore.LimiterProcesses(1))
	server.Kill()
	for i := range corps {
		req := callOf(wecom.Limit{N: 1000, Per: time.Hour})
		req.CorpID = fmt.Sprint("ww", i)
		acquire(t, l, req, 1)
	}
	before := s.count()
	s.slow(5 * time.Millisecond) // as far away as another region
	server.Restart()
	eventually(t, "back", func() bool { return !l.Degraded() })

	wait(2 * time.Second)
	assert.GreaterOrEqual(t, s.count()-before, corps)
}

// What ends while Redis is away for a moment does not hold its place until the
// lease is over.
func TestLimiterFreesPlacesAfterAnOutage(t *testing.T) {
	t.Parallel()
	for _, outage := range outages() {
		t.Run(outage.name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t, redistest.Persistent())
			one, two := newLimiter(t, server.Client(), redisstore.LimiterTimeout(fast)), newLimiter(t, server.Client())
			req := callOf(wecom.Limit{N: 10_000, Per: time.Minute})
			req.Op.InFlight = 2
			first, second := acquire(t, one, req, 1), acquire(t, one, req, 1)

			outage.begin(server)
			first() // finds out
			patient(t, fast/2, second)
			require.True(t, one.Degraded())
			outage.over(server)
			eventually(t, "back", func() bool { return !one.Degraded() })

			acquire(t, two, req, 2)
		})
	}
}
