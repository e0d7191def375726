package wecomtest

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
)

// Members returns every member, in the order in which they came.
func (s *Server) Members() []Member {
	return listed(s, func(c *corp) []string { return c.members.order }, s.Member)
}

// Customers returns everybody outside the corp whom it has met, by their ids.
// Who is nobody's customer any more has no FollowUser.
func (s *Server) Customers() []Customer {
	return listed(s, func(c *corp) []string { return slices.Sorted(maps.Keys(c.customers.byID)) }, s.Customer)
}

// TagGroups returns the tag groups that are and were, in the order in which
// they came.
func (s *Server) TagGroups() []TagGroup {
	return listed(s, func(c *corp) []string {
		return idsOf(c.tags.groups, func(g *tagGroup) string { return g.GroupID })
	}, s.TagGroup)
}

// GroupChats returns the group chats that are not dismissed, in the order in
// which they came.
func (s *Server) GroupChats() []GroupChat {
	return listed(s, func(c *corp) []string {
		return idsOf(c.groupChats.order, func(g *groupChat) string { return g.ChatID })
	}, s.GroupChat)
}

// MassSends returns the mass sends of apps and members, oldest first.
func (s *Server) MassSends() []MassSend {
	return listed(s, func(c *corp) []string {
		return idsOf(c.massSends.order, func(m *massSend) string { return m.MsgID })
	}, s.MassSend)
}

// Moments returns the moments of apps and members, oldest first.
func (s *Server) Moments() []Moment {
	return listed(s, func(c *corp) []string {
		return idsOf(c.moments.order, func(m *Moment) string { return m.MomentID })
	}, s.Moment)
}

// ContactWays returns the contact ways, the temporary ones included, by their
// ids.
func (s *Server) ContactWays() []ContactWay {
	return listed(s, func(c *corp) []string { return slices.Sorted(maps.Keys(c.contactWays.byID)) }, s.ContactWay)
}

// JoinWays returns the join ways by their ids.
func (s *Server) JoinWays() []JoinWay {
	return listed(s, func(c *corp) []string { return slices.Sorted(maps.Keys(c.joinWays.byID)) }, s.JoinWay)
}

// AcquisitionLinks returns the acquisition links, in the order in which they
// came.
func (s *Server) AcquisitionLinks() []AcquisitionLink {
	return listed(s, func(c *corp) []string {
		return idsOf(c.links.order, func(l *acquisitionLink) string { return l.LinkID })
	}, s.AcquisitionLink)
}

// GroupWelcomes returns the group greetings by their ids.
func (s *Server) GroupWelcomes() []GroupWelcome {
	return listed(s, func(c *corp) []string { return slices.Sorted(maps.Keys(c.greetings.byID)) }, s.GroupWelcome)
}

// MediaFiles returns the uploaded files, expired ones included, oldest first.
func (s *Server) MediaFiles() []Media {
	list := listed(s, func(c *corp) []string { return slices.Sorted(maps.Keys(c.media.byID)) }, s.Media)
	slices.SortStableFunc(list, func(a, b Media) int { return a.CreateTime.Compare(b.CreateTime) })
	return list
}

// AppChats returns the chats that apps made, by their ids.
func (s *Server) AppChats() []AppChat {
	return listed(s, func(c *corp) []string { return slices.Sorted(maps.Keys(c.appChats.byID)) }, s.AppChat)
}

// Apps returns the corp's apps, those of suites included, in the order in which
// they came.
func (s *Server) Apps() []App {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]App, 0, len(s.corp.apps))
	for _, a := range s.corp.apps {
		list = append(list, a.clone())
	}
	return list
}

// Robots returns the group robots by their keys.
func (s *Server) Robots() []Robot {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Robot, 0, len(s.corp.robots))
	for _, r := range s.corp.robots {
		list = append(list, r.Robot)
	}
	slices.SortFunc(list, func(a, b Robot) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

// AIBots returns the intelligent robots by their ids.
func (s *Server) AIBots() []AIBot {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]AIBot, 0, len(s.corp.aiBots.byID))
	for _, b := range s.corp.aiBots.byID {
		list = append(list, b.AIBot)
	}
	slices.SortFunc(list, func(a, b AIBot) int { return cmp.Compare(a.AIBotID, b.AIBotID) })
	return list
}

// Suites returns the suites of all providers, in the order in which they came.
func (s *Server) Suites() []Suite {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Suite, 0, len(s.providers.suites))
	for _, su := range s.providers.suites {
		list = append(list, su.clone())
	}
	return list
}

// Corps returns the corps behind the address, the first one first.
func (s *Server) Corps() []*Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.servers)
}

// CorpName returns the corp's name.
func (s *Server) CorpName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.corp.name
}

// listed gets the things that have these ids. One that goes meanwhile is left
// out.
func listed[T any](s *Server, ids func(*corp) []string, get func(id string) T) []T {
	s.mu.Lock()
	list := slices.Clone(ids(s.corp))
	s.mu.Unlock()
	out := make([]T, 0, len(list))
	for _, id := range list {
		if v := get(id); !reflect.ValueOf(v).IsZero() {
			out = append(out, v)
		}
	}
	return out
}

func idsOf[T any](list []T, id func(T) string) []string {
	out := make([]string, 0, len(list))
	for _, v := range list {
		out = append(out, id(v))
	}
	return out
}
