package wecom

// A queue holds waiters in the order in which they came. Its zero value is
// empty. Unlike a slice it lets anybody leave from the middle at no cost, and
// unlike container/list it knows what it holds.
type queue struct {
	first, last *place
	n           int
}

// A place is where a waiter stands in a queue, or would.
type place struct {
	w          *waiter
	in         *queue // nil outside
	prev, next *place
}

func (q *queue) push(p *place) {
	p.in, p.prev = q, q.last
	if q.last == nil {
		q.first = p
	} else {
		q.last.next = p
	}
	q.last = p
	q.n++
}

func (q *queue) remove(p *place) {
	if p.prev == nil {
		q.first = p.next
	} else {
		p.prev.next = p.next
	}
	if p.next == nil {
		q.last = p.prev
	} else {
		p.next.prev = p.prev
	}
	*p = place{w: p.w}
	q.n--
}
