package wecomtest

// AddTagGroup lets an administrator create a tag group with its tags in the
// console, and returns it with its ids. Apps may use such tags, not edit them.
func (a Actor) AddTagGroup(in TagGroup) TagGroup {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	in.AgentID = 0
	g := a.s.addTagGroup(in)
	a.s.emit(tagEvent("create", g.GroupID, "tag_group"))
	for _, t := range g.tags {
		a.s.emit(tagEvent("create", t.ID, "tag"))
	}
	return g.copy()
}

// AddTag lets an administrator create a tag in a group, and returns its id.
func (a Actor) AddTag(groupID string, in Tag) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	g := a.s.corp.tags.group(groupID)
	if g == nil {
		a.s.fatalf("wecomtest: no tag group %q", groupID)
	}
	if g.named(in.Name) != nil {
		a.s.fatalf("wecomtest: tag group %q has a tag %q already", groupID, in.Name)
	}
	in.AgentID = 0
	t := a.s.corp.tags.addTag(a.s.corp, a.s.clock.Now(), g, in)
	a.s.emit(tagEvent("create", t.ID, "tag"))
	return t.ID
}

// RenameTag lets an administrator rename a tag or a tag group.
func (a Actor) RenameTag(id, name string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	t, g := a.s.tagOrGroup(id)
	if t != nil {
		t.Name = name
		a.s.emit(tagEvent("update", id, "tag"))
		return
	}
	g.GroupName = name
	a.s.emit(tagEvent("update", id, "tag_group"))
}

// DeleteTag lets an administrator delete a tag, or a tag group with all its
// tags: of these WeCom tells nothing. A group that loses its last tag goes,
// too.
func (a Actor) DeleteTag(id string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	t, g := a.s.tagOrGroup(id)
	if g != nil {
		a.s.corp.tags.remove(&a.s.corp.customers, g.tags)
		a.s.emit(tagEvent("delete", id, "tag_group"))
		return
	}
	emptied := a.s.corp.tags.remove(&a.s.corp.customers, []*corpTag{t})
	a.s.emit(tagEvent("delete", id, "tag"))
	for _, g := range emptied {
		a.s.emit(tagEvent("delete", g.GroupID, "tag_group"))
	}
}

// OrderTags lets an administrator drag tags of one group into a new order, the
// first ahead of all. With "" for the group it is the groups that ids names.
// Either way WeCom only tells that orders have changed.
func (a Actor) OrderTags(groupID string, ids ...string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	for i, id := range ids {
		t, g := a.s.tagOrGroup(id)
		order := int64(len(ids) - i)
		switch {
		case groupID == "" && g != nil:
			g.Order = order
		case t != nil && t.group.GroupID == groupID:
			t.Order = order
		default:
			a.s.fatalf("wecomtest: %q is not in tag group %q", id, groupID)
		}
	}
	a.s.emit(Event{Event: "change_external_tag", ChangeType: "shuffle", Elements: []Element{{"Id", groupID}}})
}

// tagOrGroup returns what must exist under id. The caller holds s.mu.
func (s *Server) tagOrGroup(id string) (*corpTag, *tagGroup) {
	s.helper()
	t, g := s.corp.tags.tag(id), s.corp.tags.group(id)
	if t == nil && g == nil {
		s.fatalf("wecomtest: no tag or tag group %q", id)
	}
	return t, g
}

// tagEvent is a change_external_tag event. StrategyId is left out: it comes
// only with tags of rule groups, and only to the system app.
func tagEvent(change, id, kind string) Event {
	return Event{
		Event:      "change_external_tag",
		ChangeType: change,
		Elements:   []Element{{"Id", id}, {"TagType", kind}},
	}
}
