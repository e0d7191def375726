package paging_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/wecomkit/wecom-go/internal/paging"
)

// BenchmarkAll80000Pages shows what a walk keeps in memory: the bytes per
// operation, less the cursors that the benchmark itself makes.
func BenchmarkAll80000Pages(b *testing.B) {
	cursors := make([]string, 80_000)
	for i := range cursors {
		cursors[i] = strings.Repeat("x", 40) + strconv.Itoa(i)
	}
	b.ReportAllocs()
	for b.Loop() {
		page := 0
		for range paging.All(func(string) ([]struct{}, string, error) {
			page++
			if page == len(cursors) {
				return nil, "", nil
			}
			return nil, cursors[page], nil
		}) {
			b.Fatal("an item")
		}
	}
}
