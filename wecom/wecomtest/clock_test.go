package wecomtest_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestClockFollowsTheSystem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := wecomtest.New(t).Clock()
		start := clock.Now()
		require.Equal(t, time.Now(), start)

		require.NoError(t, clock.Sleep(t.Context(), time.Hour))
		assert.Equal(t, start.Add(time.Hour), clock.Now())
		clock.Advance(time.Hour)
		assert.Equal(t, start.Add(2*time.Hour), clock.Now())
		assert.Equal(t, start.Add(time.Hour), time.Now())
	})
}

func TestAdvanceWakesSleepersInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := wecomtest.New(t).Clock()
		clock.Freeze(time.Unix(1700000000, 0))
		woken := make(chan time.Duration, 3)
		for _, d := range []time.Duration{3 * time.Second, time.Second, time.Hour} {
			go func() {
				if clock.Sleep(t.Context(), d) == nil {
					woken <- d
				}
			}()
		}
		synctest.Wait()

		clock.Advance(time.Second)
		assert.Equal(t, time.Second, <-woken)
		clock.Advance(2 * time.Second)
		assert.Equal(t, 3*time.Second, <-woken)
		assert.Equal(t, time.Unix(1700000003, 0), clock.Now())
		synctest.Wait()
		assert.Empty(t, woken)
		clock.Advance(time.Hour)
		<-woken
	})
}

func TestAdvanceBringsSystemTimersForward(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := wecomtest.New(t).Clock()
		start := time.Now()
		done := make(chan error)
		go func() { done <- clock.Sleep(t.Context(), time.Minute) }()
		synctest.Wait()

		clock.Advance(50 * time.Second)

		require.NoError(t, <-done)
		assert.Equal(t, 10*time.Second, time.Since(start))
	})
}

func TestSleepObeysItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := wecomtest.New(t).Clock()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		require.ErrorIs(t, clock.Sleep(ctx, time.Hour), context.DeadlineExceeded)
		require.ErrorIs(t, clock.Sleep(ctx, 0), context.DeadlineExceeded)
	})
}

func TestClockDoesNotRunBackwards(t *testing.T) {
	t.Parallel()
	clock := wecomtest.New(t).Clock()

	assert.Panics(t, func() { clock.Advance(-1) })
}

func TestSleepOutlivesTheServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		woken := make(chan error, 1)
		go func() { woken <- srv.Clock().Sleep(t.Context(), time.Minute) }()
		synctest.Wait()
		start := time.Now()

		srv.Close()

		require.NoError(t, <-woken, "a client of a closed server must not hang in its back-off")
		require.NoError(t, srv.Clock().Sleep(t.Context(), time.Minute))
		assert.Equal(t, 2*time.Minute, time.Since(start))
	})
}

func TestFreezeLetsTimePassFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := wecomtest.New(t).Clock()
		woken := make(chan error, 1)
		go func() { woken <- clock.Sleep(t.Context(), time.Hour) }()
		synctest.Wait()
		then := clock.Now().Add(2 * time.Hour)

		clock.Freeze(then)

		require.NoError(t, <-woken)
		assert.Equal(t, then, clock.Now())
		clock.Freeze(then.Add(-time.Hour))
		assert.Equal(t, then.Add(-time.Hour), clock.Now(), "a test may live in the past")
	})
}

func TestUnfreeze(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		clock := srv.Clock()
		clock.Unfreeze() // it flows already
		assert.False(t, clock.Frozen())
		start := clock.Now().Add(time.Hour)
		clock.Freeze(start)
		assert.True(t, clock.Frozen())
		woken := make(chan time.Time, 1)
		go func() {
			_ = clock.Sleep(context.Background(), 10*time.Second)
			woken <- clock.Now()
		}()
		synctest.Wait()
		time.Sleep(time.Minute)
		assert.Equal(t, start, clock.Now())

		clock.Unfreeze()
		assert.False(t, clock.Frozen())
		assert.Equal(t, start, clock.Now(), "it goes on from where it stood")
		assert.Equal(t, start.Add(10*time.Second), <-woken)
	})
}
