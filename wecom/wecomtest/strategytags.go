package wecomtest

import (
	"cmp"
	"slices"
)

// mayMark reports whether a member may use a tag: of a rule group's only those
// in its range may.
func (c *corp) mayMark(userID string, t *corpTag) bool {
	if corpTags(t.group) {
		return true
	}
	st := c.customerStrategies.byID[t.group.StrategyID]
	return st != nil && st.holds(c, StrategyNode{Type: nodeMember, UserID: userID})
}

// dropStrategyTags deletes the tags of rule groups that are gone.
func (c *corp) dropStrategyTags(strategyIDs []int64) {
	for _, g := range c.tags.groups {
		if strategyTags(g) && slices.Contains(strategyIDs, g.StrategyID) {
			c.tags.remove(&c.customers, g.tags)
		}
	}
}

type getStrategyTagListRequest struct {
	StrategyID int64    `json:"strategy_id"`
	TagID      []string `json:"tag_id"`
	GroupID    []string `json:"group_id"`
}

// getStrategyTagList shows what the app made. group_id beats tag_id.
func getStrategyTagList(x *exchange, req getStrategyTagListRequest) (any, error) {
	if req.StrategyID != 0 {
		if _, err := (strategies{x, &x.corp.customerStrategies}).find(req.StrategyID); err != nil {
			return nil, err
		}
	}
	keep, err := x.pickTags(req)
	if err != nil {
		return nil, err
	}
	reply := getCorpTagListReply{TagGroup: []tagGroupWire{}}
	for _, g := range x.corp.tags.groups {
		if g.Deleted || corpTags(g) || g.AgentID != x.app.AgentID || req.StrategyID != 0 && g.StrategyID != req.StrategyID {
			continue
		}
		if w := g.wire(false, func(t *corpTag) bool { return !t.Deleted && keep(t) }); len(w.Tag) > 0 {
			w.StrategyID = g.StrategyID
			reply.TagGroup = append(reply.TagGroup, w)
		}
	}
	slices.SortStableFunc(reply.TagGroup, func(a, b tagGroupWire) int { return cmp.Compare(b.Order, a.Order) })
	return reply, nil
}

// pickTags returns which tags are asked for.
func (x *exchange) pickTags(req getStrategyTagListRequest) (keep func(*corpTag) bool, err error) {
	kind, tags := tagKind(strategyTags), &x.corp.tags
	switch {
	case len(req.GroupID) > 0:
		for _, id := range req.GroupID {
			if kind.group(tags, id) == nil {
				return nil, errTagID()
			}
		}
		return func(t *corpTag) bool { return slices.Contains(req.GroupID, t.group.GroupID) }, nil
	case len(req.TagID) > 0:
		for _, id := range req.TagID {
			if kind.tag(tags, id) == nil {
				return nil, errTagID()
			}
		}
		return func(t *corpTag) bool { return slices.Contains(req.TagID, t.ID) }, nil
	}
	return func(*corpTag) bool { return true }, nil
}

type addStrategyTagRequest struct {
	StrategyID int64 `json:"strategy_id"`
	addCorpTagRequest
}

// addStrategyTag is for rule groups at the top alone.
func addStrategyTag(x *exchange, req addStrategyTagRequest) (any, error) {
	st, err := strategies{x, &x.corp.customerStrategies}.find(req.StrategyID)
	if err != nil {
		return nil, err
	}
	if st.ParentID != 0 {
		return nil, Refuse(40058, "wecomtest: only rule groups at the top have tags")
	}
	return x.addTags(st.StrategyID, req.addCorpTagRequest)
}
