package wecomtest

// deliveryLog keeps the latest deliveries, and those that are not done.
type deliveryLog struct {
	list    []loggedDelivery
	dropped int // before list[0]
	bytes   int // about what list takes
	max     int
}

type loggedDelivery struct {
	d    *Delivery
	from origin
}

// add numbers a delivery and drops what there is no room for.
func (l *deliveryLog) add(d *Delivery, from origin) {
	d.N = l.total() + 1
	l.list = append(l.list, loggedDelivery{d, from})
	l.bytes += d.size()
	for l.bytes > l.max && len(l.list) > 1 && l.list[0].d.Done {
		l.drop()
	}
}

// clear drops those before the first that is not done.
func (l *deliveryLog) clear() {
	for len(l.list) > 0 && l.list[0].d.Done {
		l.drop()
	}
}

func (l *deliveryLog) drop() {
	l.bytes -= l.list[0].d.size()
	l.list[0] = loggedDelivery{}
	l.list = l.list[1:]
	l.dropped++
}

// total is how many there were.
func (l *deliveryLog) total() int { return l.dropped + len(l.list) }

// find returns the delivery of a number if it is still there, or nil.
func (l *deliveryLog) find(n int) *loggedDelivery {
	if i := n - 1 - l.dropped; i >= 0 && i < len(l.list) {
		return &l.list[i]
	}
	return nil
}

// done counts those that are.
func (l *deliveryLog) done() int {
	n := l.dropped
	for _, e := range l.list {
		if e.d.Done {
			n++
		}
	}
	return n
}

// size is about what a delivery takes: the event is there twice.
func (d *Delivery) size() int {
	n := 4*len(d.Body) + 1024
	for i := range d.Attempts {
		n += d.Attempts[i].size()
	}
	return n
}

func (a *Attempt) size() int { return len(a.Err) + len(a.Response) + len(a.Reply) + 128 }
