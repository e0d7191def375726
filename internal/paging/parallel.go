package paging

import (
	"context"
	"iter"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Parallel is [All] for several walks, up to n of them at a time: one for each
// job, in no promised order. A walk fetches its next page when the loop is
// through with the one before, so that at most n pages are in memory. The first
// error ends all walks. Nothing runs any more when the loop is left.
func Parallel[J, T any](ctx context.Context, n int, jobs []J, fetch func(ctx context.Context, job J, cursor string) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		out := make(chan page[T])
		var failure error // of the first walk that failed; set before out is closed
		defer func() {
			cancel()
			for range out { // wait for the walks
			}
		}()

		group, ctx := errgroup.WithContext(ctx)
		var next atomic.Int64
		for range min(n, len(jobs)) {
			group.Go(func() error {
				for {
					i := next.Add(1) - 1
					if i >= int64(len(jobs)) {
						return nil
					}
					if err := walk(ctx, out, func(cursor string) ([]T, string, error) { return fetch(ctx, jobs[i], cursor) }); err != nil {
						return err
					}
				}
			})
		}
		go func() {
			failure = group.Wait()
			close(out)
		}()

		for p := range out {
			for _, item := range p.items {
				if !yield(item, nil) {
					return
				}
			}
			close(p.done)
		}
		if failure != nil {
			var zero T
			yield(zero, failure)
		}
	}
}

// A page waits in a channel for the loop, which closes done when it has seen
// all items.
type page[T any] struct {
	items []T
	done  chan struct{}
}

// walk hands all pages of one walk to out.
func walk[T any](ctx context.Context, out chan<- page[T], fetch func(cursor string) ([]T, string, error)) error {
	for items, err := range pages(fetch) {
		if err != nil {
			return err
		}
		p := page[T]{items, make(chan struct{})}
		select {
		case out <- p:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case <-p.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
