package wecomtest

// Handle answers an operation with f from now on, in place of the simulator:
// for an endpoint it does not know, or an answer it would not give. The token
// and the fields of a known operation are checked before. f returns any value
// that encodes to a JSON object, or a [Refusal] as error; it may call the
// server's other methods.
func (s *Server) Handle(op string, f func(Call) (any, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.customs == nil {
		s.customs = make(map[string]func(Call) (any, error))
	}
	s.customs[fullPath(op)] = f
}

func (s *Server) custom(path string) func(Call) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.customs[path]
}

// Coverage is how well the simulator knows one endpoint.
type Coverage struct {
	Method   string `json:"method"`
	Path     string `json:"path"`
	Stateful bool   `json:"stateful"`      // else it answers a reply of the documented shape, with nothing in it
	Read     string `json:"read,omitzero"` // day on which its row was checked with the official page
}

// Coverage lists every endpoint of the spec table.
func (s *Server) Coverage() []Coverage {
	rows := spec.all()
	out := make([]Coverage, 0, len(rows))
	for _, e := range rows {
		out = append(out, Coverage{e.Method, e.Path, s.handlers[e.Path] != nil, e.Read})
	}
	return out
}
