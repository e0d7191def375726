package wecomtest

import "slices"

// Changed returns a channel that is closed when there is more to see in
// [Server.Calls] or [Server.Deliveries]: for who watches a server without
// asking again and again. Ask for the channel first and look then.
//
//	for {
//		changed := srv.Changed()
//		show(srv.Deliveries())
//		<-changed
//	}
func (s *Server) Changed() <-chan struct{} {
	s.newsMu.Lock()
	defer s.newsMu.Unlock()
	if s.news == nil {
		s.news = make(chan struct{})
	}
	return s.news
}

func (s *Server) noteNews() {
	s.newsMu.Lock()
	defer s.newsMu.Unlock()
	if s.news != nil {
		close(s.news)
		s.news = nil
	}
}

// Delivery returns one delivery by its number, or the zero Delivery: also for
// one that the log no longer holds.
func (s *Server) Delivery(n int) Delivery {
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	if e := s.deliveries.find(n); e != nil {
		return e.d.clone()
	}
	return Delivery{}
}

// DeliveryCount is how many deliveries there were so far, which is the number
// of the latest one. The log may hold fewer: see [WithDeliveryLog].
func (s *Server) DeliveryCount() int {
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	return s.deliveries.total()
}

// ClearLogs forgets the calls so far, and the deliveries before the first that
// is not done. Those that come have the numbers that they would have had.
func (s *Server) ClearLogs() {
	s.log.clear()
	s.deliverMu.Lock()
	s.deliveries.clear()
	s.deliverMu.Unlock()
	s.noteNews()
}

func (d *Delivery) clone() Delivery {
	out := *d
	out.Attempts = slices.Clone(d.Attempts)
	out.Event = d.Event.clone()
	return out
}
