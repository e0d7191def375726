package wecomtest

// CheckReply compares a successful reply with the endpoint's row in the table
// and says what differs. An operation without a row passes.
func CheckReply(op string, body []byte) []string {
	e := spec.find(fullPath(op))
	if e == nil {
		return nil
	}
	reply, ok := parseBody(body)
	if !ok {
		return []string{"not a JSON object"}
	}
	delete(reply, "errcode")
	delete(reply, "errmsg")
	fields := make([]field, len(e.Response))
	for i := range e.Response {
		fields[i] = asReply(e.Response[i])
	}
	v := &validator{}
	v.object("", reply, fields)
	if v.refusal != nil {
		v.odd = append(v.odd, v.refusal.Msg)
	}
	return v.odd
}

// asReply lets strings be empty: in a request that is an error.
func asReply(f field) field {
	f.Empty = true
	if f.Items != nil {
		f.Items = new(asReply(*f.Items))
	}
	fields := make([]field, len(f.Fields))
	for i := range f.Fields {
		fields[i] = asReply(f.Fields[i])
	}
	f.Fields = fields
	return f
}

// LimitContactWays lowers how many contact ways the corp may have, for good
// and temporary ones.
func (s *Server) LimitContactWays(n, temps int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.corp.contactWays.limit, s.corp.contactWays.tempLimit = n, temps
}

// UseWelcomeCode marks a welcome code as used.
func (s *Server) UseWelcomeCode(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.corp.welcomes[code].used = true
}

// SnapshotShape is what a snapshot is made of, and its version.
func SnapshotShape() (shape string, version int, err error) {
	codec, err := snapshots()
	if err != nil {
		return "", 0, err
	}
	return codec.Shape(), snapshotVersion, nil
}
