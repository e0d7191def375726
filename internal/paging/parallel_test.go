package paging_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/leakcheck"
	"github.com/wecomkit/wecom-go/internal/paging"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

// A source has pages of two items each for every job; a page takes a second.
type source struct {
	pages   int
	fetched atomic.Int64 // pages, in all
	running atomic.Int64
	most    atomic.Int64 // pages that were fetched at the same time
	fail    func(job, page int) error
}

func (s *source) fetch(ctx context.Context, job int, cursor string) ([]string, string, error) {
	now := s.running.Add(1)
	defer s.running.Add(-1)
	for most := s.most.Load(); now > most && !s.most.CompareAndSwap(most, now); most = s.most.Load() {
	}
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return nil, "", ctx.Err()
	}
	s.fetched.Add(1)
	page := 0
	if cursor != "" {
		_, _ = fmt.Sscanf(cursor, "after %d", &page)
	}
	if s.fail != nil {
		if err := s.fail(job, page); err != nil {
			return nil, "", err
		}
	}
	items := []string{fmt.Sprintf("%d.%d.a", job, page), fmt.Sprintf("%d.%d.b", job, page)}
	if page+1 == s.pages {
		return items, "", nil
	}
	return items, fmt.Sprintf("after %d", page+1), nil
}

func (s *source) walk(ctx context.Context, n, jobs int) iter.Seq2[string, error] {
	all := make([]int, jobs)
	for i := range all {
		all[i] = i
	}
	return paging.Parallel(ctx, n, all, s.fetch)
}

func TestParallelYieldsEverythingOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{pages: 3}
		start := time.Now()

		var got []string
		for item, err := range s.walk(t.Context(), 4, 10) {
			require.NoError(t, err)
			got = append(got, item)
		}

		var want []string
		for job := range 10 {
			for page := range 3 {
				want = append(want, fmt.Sprintf("%d.%d.a", job, page), fmt.Sprintf("%d.%d.b", job, page))
			}
		}
		assert.ElementsMatch(t, want, got)
		assert.Equal(t, int64(4), s.most.Load(), "calls at a time")
		assert.Equal(t, 9*time.Second, time.Since(start), "30 pages, the last two jobs side by side")
		for job := range 10 { // within a job the order is the server's
			prefix := fmt.Sprintf("%d.", job)
			ofJob := slices.DeleteFunc(slices.Clone(got), func(item string) bool { return item[:2] != prefix })
			assert.True(t, slices.IsSorted(ofJob), "%v", ofJob)
		}
	})
}

func TestParallelFetchesNothingAheadOfASlowLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{pages: 100}
		items := 0
		for _, err := range s.walk(t.Context(), 3, 3) {
			require.NoError(t, err)
			items++
			if items == 10 {
				break
			}
			time.Sleep(time.Hour) // the fake clock's
			read := int64(items/2 + 3)
			require.LessOrEqual(t, s.fetched.Load(), read, "pages in memory")
		}
	})
}

func TestParallelEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := errors.New("refused")
		s := &source{pages: 5, fail: func(job, page int) error {
			if job == 1 && page == 2 {
				return refused
			}
			return nil
		}}

		var errs []error
		var items int
		for item, err := range s.walk(t.Context(), 3, 6) {
			if err != nil {
				assert.Empty(t, item)
				errs = append(errs, err)
				continue
			}
			require.Empty(t, errs, "an item after the error")
			items++
		}

		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], refused)
		assert.LessOrEqual(t, items, 2*3*3, "other walks go on")
		synctest.Wait()
		assert.Zero(t, s.running.Load())
	})
}

func TestParallelLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{pages: 5}
		start := time.Now()
		for _, err := range s.walk(t.Context(), 3, 6) {
			require.NoError(t, err)
			break
		}
		assert.Zero(t, s.running.Load(), "a call is still under way")
		assert.Equal(t, time.Second, time.Since(start), "the break waits for replies")
	})
}

func TestParallelPassesAPanicOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{pages: 5}
		assert.PanicsWithValue(t, "mine", func() {
			for range s.walk(t.Context(), 3, 6) {
				panic("mine")
			}
		})
		assert.Zero(t, s.running.Load())
	})
}

func TestParallelWithoutJobs(t *testing.T) {
	t.Parallel()
	for item, err := range paging.Parallel(t.Context(), 3, nil, new(source).fetch) {
		t.Fatal(item, err)
	}
}
