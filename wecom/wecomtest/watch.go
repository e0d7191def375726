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

// Delivery returns one delivery by its number, or the zero Delivery.
func (s *Server) Delivery(n int) Delivery {
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	if n < 1 || n > len(s.deliveries) {
		return Delivery{}
	}
	return s.deliveries[n-1].clone()
}

func (d *Delivery) clone() Delivery {
	out := *d
	out.Attempts = slices.Clone(d.Attempts)
	out.Event = d.Event.clone()
	return out
}
