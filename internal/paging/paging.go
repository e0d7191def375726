// Package paging walks cursor-paged endpoints.
package paging

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"iter"
	"slices"
)

// All yields the items of every page that fetch returns, beginning with the
// empty cursor, until a page brings no next cursor. It fetches a page only
// when the loop needs it, can be ranged over again, goes on after an empty
// page that has a cursor, and yields an error once, last, with a zero T.
//
// fetch keeps nothing between calls: walks may run at the same time.
func All[T any](fetch func(cursor string) (items []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		for items, err := range pages(fetch) {
			if err != nil {
				yield(zero, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// pages is [All] page by page.
func pages[T any](fetch func(cursor string) (items []T, next string, err error)) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		// Hashes instead of cursors: a walk over 80,000 pages remembers about a
		// megabyte, however long its cursors are. The chance that two of
		// its cursors share a hash is below one in five billion.
		seed, seen := maphash.MakeSeed(), map[uint64]struct{}{}
		for cursor := ""; ; {
			items, next, err := fetch(cursor)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(items, nil) || next == "" {
				return
			}
			hash := maphash.String(seed, next)
			if _, again := seen[hash]; again {
				yield(nil, fmt.Errorf("wecom: the server sent cursor %.32q twice; stopped to avoid an endless loop", next))
				return
			}
			seen[hash] = struct{}{}
			cursor = next
		}
	}
}

// AllOf is [All] for an endpoint that takes at most n ids a call: it walks the
// pages of the first n, from the cursor start on, then those of the next n, and
// so on. For no ids at all it calls nothing.
func AllOf[T any](ids []string, n int, start string, fetch func(some []string, cursor string) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		from := start
		for some := range slices.Chunk(ids, n) {
			for item, err := range All(func(cursor string) ([]T, string, error) { return fetch(some, cmp.Or(cursor, from)) }) {
				if !yield(item, err) || err != nil {
					return
				}
			}
			from = ""
		}
	}
}
