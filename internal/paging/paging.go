// Package paging walks cursor-paged endpoints.
package paging

import (
	"fmt"
	"iter"
)

// All yields the items of every page that fetch returns, beginning with the
// empty cursor, until a page brings no next cursor. It fetches a page only
// when the loop needs it, can be ranged over again, goes on after an empty
// page that has a cursor, and yields an error once, last, with a zero T.
func All[T any](fetch func(cursor string) (items []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		seen := map[string]struct{}{}
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
			if _, again := seen[next]; again {
				yield(zero, fmt.Errorf("wecom: the server sent cursor %.32q twice; stopped to avoid an endless loop", next))
				return
			}
			seen[next] = struct{}{}
			cursor = next
		}
	}
}
