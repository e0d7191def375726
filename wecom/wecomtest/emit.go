package wecomtest

// emit sends an event to every app with a callback that may see it. The
// caller holds s.mu.
func (s *Server) emit(e Event) { s.events = append(s.events, e) }
