// Package paging walks cursor-paged endpoints.
package paging

import (
	"fmt"
	"hash/maphash"
	"iter"
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
		// Hashes instead of cursors: a walk over 80,000 pages remembers about a
		// megabyte, however long its cursors are. The chance that two of
		// its cursors share a hash is below one in five billion.
		seed, seen := maphash.MakeSeed(), map[uint64]struct{}{}
		for cursor := ""; ; {
			items, next, err := fetch(cursor)
			if err != nil {
				yield(zero, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			hash := maphash.String(seed, next)
			if _, again := seen[hash]; again {
				yield(zero, fmt.Errorf("wecom: the server sent cursor %.32q twice; stopped to avoid an endless loop", next))
				return
			}
			seen[hash] = struct{}{}
			cursor = next
		}
	}
}
