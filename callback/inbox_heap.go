package callback

import (
	"cmp"
	"container/heap"
)

// An itemHeap is a heap of items in the order of less.
type itemHeap struct {
	items []*item
	less  func(a, b *item) bool
}

func byRank(a, b *item) bool { return a.rank < b.rank }

func byTime(a, b *item) bool {
	return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.seq, b.seq)) < 0
}

func (h *itemHeap) push(it *item) { heap.Push(h, it) }

func (h *itemHeap) pop() *item {
	return heap.Pop(h).(*item) //nolint:forcetypeassert // the heap holds nothing else
}

func (h *itemHeap) remove(it *item) {
	if i := it.index; i >= 0 && i < len(h.items) && h.items[i] == it {
		heap.Remove(h, i)
	}
}

// Len, Less, Swap, Push and Pop are for container/heap.
func (h *itemHeap) Len() int           { return len(h.items) }
func (h *itemHeap) Less(i, j int) bool { return h.less(h.items[i], h.items[j]) }

func (h *itemHeap) Swap(i, j int) {
	h.items[i], h.items[j] = h.items[j], h.items[i]
	h.items[i].index, h.items[j].index = i, j
}

func (h *itemHeap) Push(x any) {
	it := x.(*item) //nolint:forcetypeassert // the heap holds nothing else
	it.index = len(h.items)
	h.items = append(h.items, it)
}

func (h *itemHeap) Pop() any {
	last := len(h.items) - 1
	it := h.items[last]
	h.items[last] = nil
	h.items = h.items[:last]
	it.index = -1
	return it
}
