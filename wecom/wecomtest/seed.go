package wecomtest

// A Seeder puts things into the corp without anybody being told.
type Seeder struct{ s *Server }

// Seed returns the silent way in: no event is sent for what it adds.
// The Add methods and [Server.Act] are people at work, whom WeCom reports.
func (s *Server) Seed() Seeder { return Seeder{s} }

// Member adds a member and returns the userid.
func (d Seeder) Member(m Member) string { return d.s.AddMember(m) }

// Customer adds a customer with the relations in FollowUser and returns the
// external_userid.
func (d Seeder) Customer(c Customer) string {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	if d.s.corp.customers.byID[c.ExternalUserID] != nil {
		d.s.fatalf("wecomtest: Seed: customer %q is there already", c.ExternalUserID)
	}
	for _, f := range c.FollowUser {
		if d.s.corp.members.byID[f.UserID] == nil {
			d.s.fatalf("wecomtest: Seed: no member %q to follow the customer", f.UserID)
		}
	}
	return d.s.corp.customers.add(d.s.corp, d.s.clock.Now(), c).ExternalUserID
}
