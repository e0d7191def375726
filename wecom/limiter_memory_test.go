package wecom_test

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

func TestLimiterForgetsIdleKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := wecom.NewLimiter()

		// Each corp calls once and never again: 600 an hour, for two days.
		most := 0
		for i := range 48 * 600 {
			acquire(t, limiter, callOf(fmt.Sprint("ww", i), opPlain), 1)
			time.Sleep(time.Hour / 600)
			most = max(most, limiter.Lines())
		}

		assert.LessOrEqual(t, most, 2*610+1, "at most about twice what an hour brings")
		assert.GreaterOrEqual(t, most, 600)
		time.Sleep(2 * time.Hour)
		for range 2000 {
			acquire(t, limiter, callOf("ww", opPlain), 1)
		}
		assert.Equal(t, 2, limiter.Lines(), "one of the corp, one of the IP")
	})
}

func TestLimiterKeepsKeysInUse(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name string
		use  func(*testing.T, wecom.Limiter, wecom.LimitRequest)
	}{
		{"calls in its windows", func(*testing.T, wecom.Limiter, wecom.LimitRequest) {}},
		{"a call in flight", func(t *testing.T, _ wecom.Limiter, _ wecom.LimitRequest) {
			t.Helper()
			time.Sleep(5 * time.Hour)
		}},
		{"a waiter", func(t *testing.T, l wecom.Limiter, req wecom.LimitRequest) {
			t.Helper()
			go func() {
				release, err := l.Acquire(t.Context(), req)
				if err == nil {
					release()
				}
			}()
			time.Sleep(5 * time.Hour)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := wecom.NewLimiter()
				req := callOf("ww1", wecom.Operation{Path: "/cgi-bin/a", InFlight: 1})
				release := acquire(t, limiter, req, 1)
				tt.use(t, limiter, req)

				acquire(t, limiter, callOf("ww2", opPlain), 100)

				assert.GreaterOrEqual(t, limiter.Lines(), 3)
				release()
				synctest.Wait()
			})
		})
	}
}

func TestLimiterMemory(t *testing.T) {
	limiter, reqs := wecom.NewLimiter(), manyCorps()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 3 {
		for _, req := range reqs {
			_, err := limiter.Acquire(t.Context(), req)
			require.NoError(t, err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)

	perKey := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / int64(len(reqs))
	t.Logf("%d bytes for each corp and API", perKey)
	assert.Less(t, perKey, int64(1024))
	runtime.KeepAlive(limiter)
}

func TestLimiterAllocatesNothing(t *testing.T) {
	limiter := roomy()
	for _, op := range []wecom.Operation{opPlain, {Path: "/cgi-bin/a", InFlight: 5}} {
		req := callOf("ww1", op)
		allocs := testing.AllocsPerRun(1000, func() {
			release, err := limiter.Acquire(t.Context(), req)
			if err == nil {
				release()
			}
		})
		assert.Zero(t, allocs, op.Path)
	}
}
