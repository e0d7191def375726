package wecomtest

import (
	"cmp"
	"slices"
	"time"
)

// A TagGroup is a group of corp tags, or of a rule group's tags.
type TagGroup struct {
	GroupID    string    `json:"group_id,omitzero"` // "" is a made-up one
	GroupName  string    `json:"group_name,omitzero"`
	Order      int64     `json:"order,omitzero"`
	CreateTime time.Time `json:"create_time,omitzero"` // zero is now
	Tag        []Tag     `json:"tag,omitzero"`
	Deleted    bool      `json:"deleted,omitzero"`
	AgentID    int64     `json:"agentid,omitzero"`     // the app that made it and alone may edit it; 0 is the console
	StrategyID int64     `json:"strategy_id,omitzero"` // of the rule group whose members may use it; 0 is everyone's
}

// A Tag is a corp tag, or a rule group's.
type Tag struct {
	ID         string    `json:"id,omitzero"` // "" is a made-up one
	Name       string    `json:"name,omitzero"`
	Order      int64     `json:"order,omitzero"`
	CreateTime time.Time `json:"create_time,omitzero"` // zero is now
	Deleted    bool      `json:"deleted,omitzero"`
	AgentID    int64     `json:"agentid,omitzero"` // as TagGroup.AgentID
}

// maxCorpTags is how many tags a corp may have, with those of rule groups.
const maxCorpTags = 10000

// tagStore keeps deleted tags, too: whoever asks for one by its id is told.
type tagStore struct {
	groups  []*tagGroup // as they came
	byGroup map[string]*tagGroup
	byID    map[string]*corpTag
	live    int // tags not deleted
}

type tagGroup struct {
	TagGroup // without Tag
	tags     []*corpTag
}

type corpTag struct {
	Tag
	group *tagGroup
}

func newTagStore() tagStore {
	return tagStore{byGroup: make(map[string]*tagGroup), byID: make(map[string]*corpTag)}
}

// add puts in a group without its tags.
func (s *tagStore) add(c *corp, now time.Time, in TagGroup) *tagGroup {
	in.Tag = nil
	in.GroupID = c.idOr(in.GroupID, "et")
	if in.CreateTime.IsZero() {
		in.CreateTime = now
	}
	g := &tagGroup{TagGroup: in}
	s.groups = append(s.groups, g)
	s.byGroup[g.GroupID] = g
	return g
}

// addTag puts a tag into a group. One of that name stays as it is.
func (s *tagStore) addTag(c *corp, now time.Time, g *tagGroup, in Tag) *corpTag {
	if old := g.named(in.Name); old != nil && !in.Deleted {
		return old
	}
	in.ID = c.idOr(in.ID, "et")
	if in.CreateTime.IsZero() {
		in.CreateTime = now
	}
	t := &corpTag{Tag: in, group: g}
	g.tags = append(g.tags, t)
	s.byID[t.ID] = t
	if !t.Deleted {
		s.live++
	}
	return t
}

// tag returns a tag that is not deleted, or nil.
func (s *tagStore) tag(id string) *corpTag {
	if t := s.byID[id]; t != nil && !t.Deleted {
		return t
	}
	return nil
}

// group returns a group that is not deleted, or nil.
func (s *tagStore) group(id string) *tagGroup {
	if g := s.byGroup[id]; g != nil && !g.Deleted {
		return g
	}
	return nil
}

// groupNamed returns the living group of that name among those of a rule
// group, or among the corp's, or nil.
func (s *tagStore) groupNamed(strategyID int64, name string) *tagGroup {
	i := slices.IndexFunc(s.groups, func(g *tagGroup) bool { return !g.Deleted && g.StrategyID == strategyID && g.GroupName == name })
	if i < 0 {
		return nil
	}
	return s.groups[i]
}

// named returns the living tag of that name, or nil.
func (g *tagGroup) named(name string) *corpTag {
	i := slices.IndexFunc(g.tags, func(t *corpTag) bool { return !t.Deleted && t.Name == name })
	if i < 0 {
		return nil
	}
	return g.tags[i]
}

// remove deletes tags, takes them off every customer, and deletes the groups
// that are left empty. It returns these.
func (s *tagStore) remove(customers *customerStore, tags []*corpTag) []*tagGroup {
	gone := make(map[string]bool, len(tags))
	var emptied []*tagGroup
	for _, t := range tags {
		if t.Deleted {
			continue
		}
		t.Deleted = true
		s.live--
		gone[t.ID] = true
		if !slices.ContainsFunc(t.group.tags, func(t *corpTag) bool { return !t.Deleted }) {
			t.group.Deleted = true
			emptied = append(emptied, t.group)
		}
	}
	for _, cust := range customers.byID {
		for i := range cust.FollowUser {
			f := &cust.FollowUser[i]
			f.TagID = slices.DeleteFunc(f.TagID, func(id string) bool { return gone[id] })
		}
	}
	return emptied
}

func (g *tagGroup) copy() TagGroup {
	out := g.TagGroup
	for _, t := range g.tags {
		out.Tag = append(out.Tag, t.Tag)
	}
	return out
}

// TagGroup returns a copy of a tag group with the tags that are and were in
// it, or the zero TagGroup.
func (s *Server) TagGroup(groupID string) TagGroup {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.corp.tags.byGroup[groupID]
	if g == nil {
		return TagGroup{}
	}
	return g.copy()
}

// TagGroup adds a tag group with its tags, and returns it with its ids.
func (d Seeder) TagGroup(in TagGroup) TagGroup {
	d.s.helper()
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	return d.s.addTagGroup(in).copy()
}

// addTagGroup is called with s.mu held.
func (s *Server) addTagGroup(in TagGroup) *tagGroup {
	s.helper()
	if len(in.Tag) == 0 {
		s.fatalf("wecomtest: tag group %q has no tag; WeCom has no empty groups", in.GroupName)
	}
	c, now := s.corp, s.clock.Now()
	if in.StrategyID != 0 && c.customerStrategies.byID[in.StrategyID] == nil {
		s.fatalf("wecomtest: no rule group %d", in.StrategyID)
	}
	if c.tags.groupNamed(in.StrategyID, in.GroupName) != nil {
		s.fatalf("wecomtest: a tag group %q is there already", in.GroupName)
	}
	g := c.tags.add(c, now, in)
	for _, t := range in.Tag {
		t.AgentID = cmp.Or(t.AgentID, in.AgentID)
		c.tags.addTag(c, now, g, t)
	}
	return g
}
