package wecomtest

import (
	"cmp"
	"slices"
)

func tagHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/get_corp_tag_list": handle(getCorpTagList),
		"/cgi-bin/externalcontact/add_corp_tag":      handle(addCorpTag),
		"/cgi-bin/externalcontact/edit_corp_tag":     handle(editTag(corpTags)),
		"/cgi-bin/externalcontact/del_corp_tag":      handle(delTag(corpTags)),
		"/cgi-bin/externalcontact/mark_tag":          handle(markTag),

		"/cgi-bin/externalcontact/get_strategy_tag_list": handle(getStrategyTagList),
		"/cgi-bin/externalcontact/add_strategy_tag":      handle(addStrategyTag),
		"/cgi-bin/externalcontact/edit_strategy_tag":     handle(editTag(strategyTags)),
		"/cgi-bin/externalcontact/del_strategy_tag":      handle(delTag(strategyTags)),
	}
}

// A tagKind picks the groups that an endpoint is for.
type tagKind func(*tagGroup) bool

func corpTags(g *tagGroup) bool     { return g.StrategyID == 0 }
func strategyTags(g *tagGroup) bool { return g.StrategyID != 0 }

// group returns a group of the kind that is not deleted, or nil.
func (kind tagKind) group(tags *tagStore, id string) *tagGroup {
	if g := tags.group(id); g != nil && kind(g) {
		return g
	}
	return nil
}

// tag returns a tag of the kind that is not deleted, or nil.
func (kind tagKind) tag(tags *tagStore, id string) *corpTag {
	if t := tags.tag(id); t != nil && kind(t.group) {
		return t
	}
	return nil
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
	StrategyID int64     `json:"strategy_id,omitempty"`
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
			if asked[g] && corpTags(g) {
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
			if len(w.Tag) > 0 && corpTags(g) {
				w.Deleted = &g.Deleted
				reply.TagGroup = append(reply.TagGroup, w)
			}
		}
	default:
		for _, g := range tags.groups {
			if !g.Deleted && corpTags(g) {
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

func addCorpTag(x *exchange, req addCorpTagRequest) (any, error) { return x.addTags(0, req) }

// addTags answers with the tags that the request names, each once. Names that
// the group has already keep their tag.
func (x *exchange) addTags(strategyID int64, req addCorpTagRequest) (any, error) {
	tags := &x.corp.tags
	var g *tagGroup
	switch {
	case req.GroupID != "":
		if g = tags.group(req.GroupID); g == nil || g.StrategyID != strategyID {
			return nil, errTagID()
		}
	case req.GroupName == "":
		return nil, Refuse(40063, "wecomtest: neither group_id nor group_name")
	default:
		g = tags.groupNamed(strategyID, req.GroupName)
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
		g = tags.add(x.corp, x.now, TagGroup{GroupName: req.GroupName, Order: req.Order, AgentID: x.app.AgentID, StrategyID: strategyID})
	}
	named := make(map[*corpTag]bool, len(req.Tag))
	for _, t := range req.Tag {
		named[tags.addTag(x.corp, x.now, g, Tag{Name: t.Name, Order: t.Order, AgentID: x.app.AgentID})] = true
	}
	reply := g.wire(false, func(t *corpTag) bool { return named[t] })
	return addCorpTagReply{reply}, nil
}

type editTagRequest struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Order *int64 `json:"order"`
}

func editTag(kind tagKind) func(*exchange, editTagRequest) (any, error) {
	return func(x *exchange, req editTagRequest) (any, error) {
		tags := &x.corp.tags
		if t := kind.tag(tags, req.ID); t != nil {
			if err := x.mayEdit(t.AgentID); err != nil {
				return nil, err
			}
			return nil, edit(&t.Name, &t.Order, req, func(name string) bool { other := t.group.named(name); return other != nil && other != t })
		}
		g := kind.group(tags, req.ID)
		if g == nil {
			return nil, errTagID()
		}
		if err := x.mayEdit(g.AgentID); err != nil {
			return nil, err
		}
		return nil, edit(&g.GroupName, &g.Order, req, func(name string) bool {
			other := tags.groupNamed(g.StrategyID, name)
			return other != nil && other != g
		})
	}
}

func edit(name *string, order *int64, req editTagRequest, taken func(string) bool) error {
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

type delTagRequest struct {
	TagID   []string `json:"tag_id"`
	GroupID []string `json:"group_id"`
}

func delTag(kind tagKind) func(*exchange, delTagRequest) (any, error) {
	return func(x *exchange, req delTagRequest) (any, error) {
		if len(req.TagID) == 0 && len(req.GroupID) == 0 {
			return nil, Refuse(40063, "wecomtest: neither tag_id nor group_id")
		}
		var gone []*corpTag
		for _, id := range req.GroupID {
			g := kind.group(&x.corp.tags, id)
			if g == nil {
				return nil, errTagID()
			}
			if err := x.mayEdit(g.AgentID); err != nil {
				return nil, err
			}
			gone = append(gone, g.tags...)
		}
		for _, id := range req.TagID {
			t := kind.tag(&x.corp.tags, id)
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
	for _, id := range req.AddTag {
		if !x.corp.mayMark(req.UserID, x.corp.tags.byID[id]) {
			return nil, Refuse(81011, "wecomtest: the member is not in the range of the tag's rule group")
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
