package wecomtest

import (
	"cmp"
	"slices"
)

func tagHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/get_corp_tag_list": handle(getCorpTagList),
		"/cgi-bin/externalcontact/add_corp_tag":      handle(addCorpTag),
		"/cgi-bin/externalcontact/edit_corp_tag":     handle(editCorpTag),
		"/cgi-bin/externalcontact/del_corp_tag":      handle(delCorpTag),
		"/cgi-bin/externalcontact/mark_tag":          handle(markTag),
	}
}

func errTagID() error { return Refuse(40068, "invalid tagid") }

// mayEdit is nil if the app made the tag or group.
func (x *exchange) mayEdit(agentID int64) error {
	if agentID == x.app.AgentID {
		return nil
	}
	return Refuse(81011, "wecomtest: the tag is not one of this app's")
}

type tagGroupWire struct {
	GroupID    string    `json:"group_id"`
	GroupName  string    `json:"group_name"`
	CreateTime int64     `json:"create_time"`
	Order      int64     `json:"order"`
	Deleted    *bool     `json:"deleted,omitempty"`
	Tag        []tagWire `json:"tag"`
}

type tagWire struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	CreateTime int64  `json:"create_time"`
	Order      int64  `json:"order"`
	Deleted    *bool  `json:"deleted,omitempty"`
}

func (t *corpTag) wire() tagWire {
	return tagWire{ID: t.ID, Name: t.Name, CreateTime: t.CreateTime.Unix(), Order: t.Order}
}

// wire shows a group with the tags that keep picks, and whether each tag is
// deleted if asked for.
func (g *tagGroup) wire(deleted bool, keep func(*corpTag) bool) tagGroupWire {
	out := tagGroupWire{GroupID: g.GroupID, GroupName: g.GroupName, CreateTime: g.CreateTime.Unix(), Order: g.Order, Tag: []tagWire{}}
	for _, t := range g.tags {
		if !keep(t) {
			continue
		}
		w := t.wire()
		if deleted {
			w.Deleted = &t.Deleted
		}
		out.Tag = append(out.Tag, w)
	}
	slices.SortStableFunc(out.Tag, func(a, b tagWire) int { return cmp.Compare(b.Order, a.Order) })
	return out
}

type getCorpTagListRequest struct {
	TagID   []string `json:"tag_id"`
	GroupID []string `json:"group_id"`
}

type getCorpTagListReply struct {
	TagGroup []tagGroupWire `json:"tag_group"`
}

func getCorpTagList(x *exchange, req getCorpTagListRequest) (any, error) {
	tags := &x.corp.tags
	reply := getCorpTagListReply{TagGroup: []tagGroupWire{}}
	switch {
	case len(req.GroupID) > 0:
		asked, err := pick(req.GroupID, tags.byGroup)
		if err != nil {
			return nil, err
		}
		for _, g := range tags.groups {
			if asked[g] {
				reply.TagGroup = append(reply.TagGroup, g.wire(true, func(*corpTag) bool { return true }))
			}
		}
	case len(req.TagID) > 0:
		asked, err := pick(req.TagID, tags.byID)
		if err != nil {
			return nil, err
		}
		for _, g := range tags.groups {
			w := g.wire(true, func(t *corpTag) bool { return asked[t] })
			if len(w.Tag) > 0 {
				w.Deleted = &g.Deleted
				reply.TagGroup = append(reply.TagGroup, w)
			}
		}
	default:
		for _, g := range tags.groups {
			if !g.Deleted {
				reply.TagGroup = append(reply.TagGroup, g.wire(false, func(t *corpTag) bool { return !t.Deleted }))
			}
		}
	}
	slices.SortStableFunc(reply.TagGroup, func(a, b tagGroupWire) int { return cmp.Compare(b.Order, a.Order) })
	return reply, nil
}

// pick finds what the ids name; one that names nothing is refused.
func pick[T any](ids []string, by map[string]*T) (map[*T]bool, error) {
	found := make(map[*T]bool, len(ids))
	for _, id := range ids {
		if by[id] == nil {
			return nil, errTagID()
		}
		found[by[id]] = true
	}
	return found, nil
}

type addCorpTagRequest struct {
	GroupID   string `json:"group_id"`
	GroupName string `json:"group_name"`
	Order     int64  `json:"order"`
	Tag       []struct {
		Name  string `json:"name"`
		Order int64  `json:"order"`
	} `json:"tag"`
}

type addCorpTagReply struct {
	TagGroup tagGroupWire `json:"tag_group"`
}

// addCorpTag answers with the tags that the request names, each once. Names
// that the group has already keep their tag.
func addCorpTag(x *exchange, req addCorpTagRequest) (any, error) {
	tags := &x.corp.tags
	var g *tagGroup
	switch {
	case req.GroupID != "":
		if g = tags.group(req.GroupID); g == nil {
			return nil, errTagID()
		}
	case req.GroupName == "":
		return nil, Refuse(40063, "wecomtest: neither group_id nor group_name")
	default:
		g = tags.groupNamed(req.GroupName)
	}
	fresh := make(map[string]bool, len(req.Tag))
	for _, t := range req.Tag {
		if g == nil || g.named(t.Name) == nil {
			fresh[t.Name] = true
		}
	}
	if tags.live+len(fresh) > maxCorpTags {
		return nil, Refuse(40126, "wecomtest: the corp has all the tags it may have")
	}
	if g == nil {
		g = tags.add(x.corp, x.now, TagGroup{GroupName: req.GroupName, Order: req.Order, AgentID: x.app.AgentID})
	}
	named := make(map[*corpTag]bool, len(req.Tag))
	for _, t := range req.Tag {
		named[tags.addTag(x.corp, x.now, g, Tag{Name: t.Name, Order: t.Order, AgentID: x.app.AgentID})] = true
	}
	reply := g.wire(false, func(t *corpTag) bool { return named[t] })
	return addCorpTagReply{reply}, nil
}

type editCorpTagRequest struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Order *int64 `json:"order"`
}

func editCorpTag(x *exchange, req editCorpTagRequest) (any, error) {
	tags := &x.corp.tags
	if t := tags.tag(req.ID); t != nil {
		if err := x.mayEdit(t.AgentID); err != nil {
			return nil, err
		}
		return nil, edit(&t.Name, &t.Order, req, func(name string) bool { other := t.group.named(name); return other != nil && other != t })
	}
	g := tags.group(req.ID)
	if g == nil {
		return nil, errTagID()
	}
	if err := x.mayEdit(g.AgentID); err != nil {
		return nil, err
	}
	return nil, edit(&g.GroupName, &g.Order, req, func(name string) bool { other := tags.groupNamed(name); return other != nil && other != g })
}

func edit(name *string, order *int64, req editCorpTagRequest, taken func(string) bool) error {
	if req.Name != "" {
		if taken(req.Name) {
			return Refuse(40071, "invalid tagname")
		}
		*name = req.Name
	}
	if req.Order != nil {
		*order = *req.Order
	}
	return nil
}

type delCorpTagRequest struct {
	TagID   []string `json:"tag_id"`
	GroupID []string `json:"group_id"`
}

func delCorpTag(x *exchange, req delCorpTagRequest) (any, error) {
	if len(req.TagID) == 0 && len(req.GroupID) == 0 {
		return nil, Refuse(40063, "wecomtest: neither tag_id nor group_id")
	}
	var gone []*corpTag
	for _, id := range req.GroupID {
		g := x.corp.tags.group(id)
		if g == nil {
			return nil, errTagID()
		}
		if err := x.mayEdit(g.AgentID); err != nil {
			return nil, err
		}
		gone = append(gone, g.tags...)
	}
	for _, id := range req.TagID {
		t := x.corp.tags.tag(id)
		if t == nil {
			return nil, errTagID()
		}
		gone = append(gone, t)
	}
	for _, t := range gone {
		if t.Deleted {
			continue
		}
		if err := x.mayEdit(t.AgentID); err != nil {
			return nil, err
		}
	}
	x.corp.tags.remove(&x.corp.customers, gone)
	return nil, nil
}

type markTagRequest struct {
	UserID         string   `json:"userid"`
	ExternalUserID string   `json:"external_userid"`
	AddTag         []string `json:"add_tag"`
	RemoveTag      []string `json:"remove_tag"`
}

// maxMarks is how many tags a member may put on one customer.
const maxMarks = 3000

func markTag(x *exchange, req markTagRequest) (any, error) {
	_, f, err := x.customerOf(req.UserID, req.ExternalUserID)
	if err != nil {
		return nil, err
	}
	if len(req.AddTag) == 0 && len(req.RemoveTag) == 0 {
		return nil, Refuse(40063, "wecomtest: neither add_tag nor remove_tag")
	}
	for _, id := range slices.Concat(req.AddTag, req.RemoveTag) {
		if x.corp.tags.tag(id) == nil {
			return nil, errTagID()
		}
	}
	marks := slices.DeleteFunc(slices.Clone(f.TagID), func(id string) bool { return slices.Contains(req.RemoveTag, id) })
	has := make(map[string]bool, len(marks))
	for _, id := range marks {
		has[id] = true
	}
	for _, id := range req.AddTag {
		if !has[id] {
			has[id] = true
			marks = append(marks, x.corp.tags.byID[id].ID) // the store's copy of the id
		}
	}
	if len(marks) > maxMarks {
		return nil, Refuse(40144, "wecomtest: the customer has all the tags it may have")
	}
	f.TagID = marks
	return nil, nil
}
