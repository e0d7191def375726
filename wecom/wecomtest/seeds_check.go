package wecomtest

import (
	"fmt"
	"slices"
)

// seedKind is what an id stands for.
type seedKind string

const (
	seedApp        seedKind = "app"
	seedMember     seedKind = "member"
	seedMemberTag  seedKind = "member tag"
	seedTagGroup   seedKind = "tag group"
	seedTag        seedKind = "tag"
	seedMedia      seedKind = "media"
	seedCustomer   seedKind = "customer"
	seedGroupChat  seedKind = "group chat"
	seedGreeting   seedKind = "group welcome"
	seedContactWay seedKind = "contact way"
	seedJoinWay    seedKind = "join way"
	seedLink       seedKind = "acquisition link"
	seedMassSend   seedKind = "mass send"
	seedMoment     seedKind = "moment"
)

// firstAgentID is the first app's, which every corp has.
const firstAgentID = 1000002

// seedCheck finds ids in a seed that are there twice, and those that nothing
// has.
type seedCheck struct {
	ids      map[seedKind]map[string]string // path by id
	media    map[string]string              // type by media_id
	friends  map[relationKey]bool
	problems []string
}

// checkSeed looks for the mistakes that neither the types nor the schema rule
// out.
func checkSeed(s *Seed) *seedCheck {
	c := &seedCheck{ids: make(map[seedKind]map[string]string), media: make(map[string]string), friends: make(map[relationKey]bool)}
	c.collect(s)
	c.corp(s)
	c.customers(s)
	c.groupChats(s)
	c.ways(s)
	c.massSends(s)
	c.moments(s)
	c.conversations(s)
	return c
}

func (c *seedCheck) problemf(path, format string, args ...any) {
	if len(c.problems) < maxSeedProblems {
		c.problems = append(c.problems, path+": "+fmt.Sprintf(format, args...))
	}
}

// has notes an id, unless it is to be made up.
func (c *seedCheck) has(kind seedKind, id, path string) {
	switch first, twice := c.ids[kind][id]; {
	case id == "":
	case twice:
		c.problemf(path, "the %s %q is there already: %s", kind, id, first)
	case c.ids[kind] == nil:
		c.ids[kind] = map[string]string{id: path}
	default:
		c.ids[kind][id] = path
	}
}

func (c *seedCheck) is(kind seedKind, id string) bool {
	_, ok := c.ids[kind][id]
	return ok
}

// wants looks for what an id stands for.
func (c *seedCheck) wants(kind seedKind, id, path string) bool {
	ok := c.is(kind, id)
	if !ok {
		c.problemf(path, "no %s %q", kind, id)
	}
	return ok
}

// wantsEach is wants for a list of different ones.
func (c *seedCheck) wantsEach(kind seedKind, ids []string, path string) {
	seen := make(map[string]bool, len(ids))
	for i, id := range ids {
		at := fmt.Sprintf("%s[%d]", path, i)
		if c.wants(kind, id, at) && seen[id] {
			c.problemf(at, "%q is in the list already", id)
		}
		seen[id] = true
	}
}

// wantsApp looks for an app, if one is named.
func (c *seedCheck) wantsApp(agentID int64, path string) {
	if agentID != 0 && agentID != firstAgentID {
		c.wants(seedApp, fmt.Sprint(agentID), path)
	}
}

// wantsAttachments looks for the files of attachments.
func (c *seedCheck) wantsAttachments(list []Attachment, path string) {
	for i := range list {
		a, at := &list[i], fmt.Sprintf("%s[%d]", path, i)
		want := a.MsgType
		if a.MsgType == "link" || a.MsgType == "miniprogram" {
			want = "image"
		}
		if a.MediaID != "" && c.wants(seedMedia, a.MediaID, at+".media_id") && c.media[a.MediaID] != want {
			c.problemf(at+".media_id", "want an %s, and %q is of the type %s", want, a.MediaID, c.media[a.MediaID])
		}
	}
}

// collect notes everything that has an id.
func (c *seedCheck) collect(s *Seed) {
	secrets := make(map[string]bool)
	for i := range s.Apps {
		a, at := &s.Apps[i], fmt.Sprintf("apps[%d]", i)
		if a.AgentID != 0 {
			c.has(seedApp, fmt.Sprint(a.AgentID), at+".agentid")
		}
		if a.AgentID == firstAgentID {
			c.problemf(at+".agentid", "%d is the corp's first app, which is there already", a.AgentID)
		}
		if secrets[a.Secret] {
			c.problemf(at+".secret", "another app has it")
		}
		secrets[a.Secret] = a.Secret != ""
	}
	for i := range s.Members {
		c.has(seedMember, s.Members[i].UserID, fmt.Sprintf("members[%d].userid", i))
	}
	for i := range s.MemberTags {
		c.has(seedMemberTag, fmt.Sprint(s.MemberTags[i].TagID), fmt.Sprintf("member_tags[%d].tagid", i))
	}
	for i := range s.TagGroups {
		g, at := &s.TagGroups[i], fmt.Sprintf("tag_groups[%d]", i)
		c.has(seedTagGroup, g.GroupID, at+".group_id")
		for j := range g.Tag {
			c.has(seedTag, g.Tag[j].ID, fmt.Sprintf("%s.tag[%d].id", at, j))
		}
	}
	for i := range s.Media {
		c.has(seedMedia, s.Media[i].MediaID, fmt.Sprintf("media[%d].media_id", i))
		c.media[s.Media[i].MediaID] = s.Media[i].Type
	}
	for i := range s.Customers {
		c.has(seedCustomer, s.Customers[i].ExternalUserID, fmt.Sprintf("customers[%d].external_userid", i))
	}
	for i := range s.GroupChats {
		c.has(seedGroupChat, s.GroupChats[i].ChatID, fmt.Sprintf("group_chats[%d].chat_id", i))
	}
	for i := range s.GroupWelcomes {
		c.has(seedGreeting, s.GroupWelcomes[i].TemplateID, fmt.Sprintf("group_welcomes[%d].template_id", i))
	}
	for i := range s.ContactWays {
		c.has(seedContactWay, s.ContactWays[i].ConfigID, fmt.Sprintf("contact_ways[%d].config_id", i))
	}
	for i := range s.JoinWays {
		c.has(seedJoinWay, s.JoinWays[i].ConfigID, fmt.Sprintf("join_ways[%d].config_id", i))
	}
	for i := range s.AcquisitionLinks {
		c.has(seedLink, s.AcquisitionLinks[i].LinkID, fmt.Sprintf("acquisition_links[%d].link_id", i))
	}
	for i := range s.MassSends {
		c.has(seedMassSend, s.MassSends[i].MsgID, fmt.Sprintf("mass_sends[%d].msgid", i))
	}
	for i := range s.Moments {
		c.has(seedMoment, s.Moments[i].MomentID, fmt.Sprintf("moments[%d].moment_id", i))
	}
}

// corp looks at apps, tags and files.
func (c *seedCheck) corp(s *Seed) {
	for i := range s.Apps {
		c.wantsEach(seedMember, s.Apps[i].Visible, fmt.Sprintf("apps[%d].visible", i))
	}
	for i := range s.MemberTags {
		c.wantsEach(seedMember, s.MemberTags[i].UserList, fmt.Sprintf("member_tags[%d].userlist", i))
	}
	groups := make(map[string]bool)
	for i := range s.TagGroups {
		g, at := &s.TagGroups[i], fmt.Sprintf("tag_groups[%d]", i)
		if g.StrategyID != 0 {
			c.problemf(at+".strategy_id", "a seed has no rule groups")
		}
		if !g.Deleted && groups[g.GroupName] {
			c.problemf(at+".group_name", "another group is called %q", g.GroupName)
		}
		groups[g.GroupName] = groups[g.GroupName] || !g.Deleted
		c.wantsApp(g.AgentID, at+".agentid")
		if len(g.Tag) == 0 {
			c.problemf(at+".tag", "must not be empty: WeCom has no empty groups")
		}
		tags := make(map[string]bool)
		for j := range g.Tag {
			t, at := &g.Tag[j], fmt.Sprintf("%s.tag[%d]", at, j)
			if !t.Deleted && tags[t.Name] {
				c.problemf(at+".name", "another tag of the group is called %q", t.Name)
			}
			tags[t.Name] = tags[t.Name] || !t.Deleted
			c.wantsApp(t.AgentID, at+".agentid")
		}
	}
	for i := range s.Media {
		if typ := s.Media[i].Type; sampleMedia(typ) == nil {
			c.problemf(fmt.Sprintf("media[%d].type", i), "%q is none", typ)
		}
	}
}

func (c *seedCheck) customers(s *Seed) {
	for i := range s.Customers {
		cust := &s.Customers[i]
		for j := range cust.FollowUser {
			f, at := &cust.FollowUser[j], fmt.Sprintf("customers[%d].follow_user[%d]", i, j)
			c.wants(seedMember, f.UserID, at+".userid")
			c.wantsEach(seedTag, f.TagID, at+".tag_id")
			if f.OperUserID != "" && !c.is(seedMember, f.OperUserID) && !c.is(seedCustomer, f.OperUserID) {
				c.problemf(at+".oper_userid", "no member or customer %q", f.OperUserID)
			}
			if slices.ContainsFunc(cust.FollowUser[:j], func(other Follow) bool { return other.UserID == f.UserID }) {
				c.problemf(at+".userid", "%q follows the customer already", f.UserID)
			}
			if cust.ExternalUserID != "" {
				c.friends[relationKey{f.UserID, cust.ExternalUserID}] = true
			}
		}
	}
	asked := make(map[relationKey]bool)
	for i := range s.FriendRequests {
		r, at := &s.FriendRequests[i], fmt.Sprintf("friend_requests[%d]", i)
		c.wants(seedMember, r.UserID, at+".userid")
		c.wants(seedCustomer, r.ExternalUserID, at+".external_userid")
		key := relationKey{r.UserID, r.ExternalUserID}
		if c.friends[key] || asked[key] {
			c.problemf(at, "%q and %q are friends already, or are asked already", r.UserID, r.ExternalUserID)
		}
		asked[key] = true
	}
}

func (c *seedCheck) groupChats(s *Seed) {
	for i := range s.GroupChats {
		g, at := &s.GroupChats[i], fmt.Sprintf("group_chats[%d]", i)
		c.wants(seedMember, g.Owner, at+".owner")
		c.wantsEach(seedMember, g.AdminList, at+".admin_list")
		seen := make(map[string]bool)
		for j := range g.MemberList {
			m, at := &g.MemberList[j], fmt.Sprintf("%s.member_list[%d]", at, j)
			switch {
			case m.UserID == "":
				c.problemf(at+".userid", "must not be empty")
			case seen[m.UserID]:
				c.problemf(at+".userid", "%q is in the group chat already", m.UserID)
			case m.Type != groupOutsider && !c.is(seedMember, m.UserID) && !c.is(seedCustomer, m.UserID):
				c.problemf(at+".userid", `no member or customer %q; somebody whom the corp does not know has "type": 2`, m.UserID)
			}
			seen[m.UserID] = true
			if m.Invitor != "" {
				c.wants(seedMember, m.Invitor, at+".invitor")
			}
		}
		for j, id := range g.AdminList {
			if !seen[id] && id != g.Owner {
				c.problemf(fmt.Sprintf("%s.admin_list[%d]", at, j), "%q is not in the group chat", id)
			}
		}
	}
	greeted := make(map[string]bool)
	for i := range s.GroupWelcomes {
		w, at := &s.GroupWelcomes[i], fmt.Sprintf("group_welcomes[%d]", i)
		c.wantsApp(w.AgentID, at+".agentid")
		c.wantsAttachments(w.Attachments, at+".attachments")
		if w.Text == "" && len(w.Attachments) == 0 {
			c.problemf(at, "has neither text nor attachment")
		}
		for j, id := range w.ChatID {
			at := fmt.Sprintf("%s.chat_id[%d]", at, j)
			if c.wants(seedGroupChat, id, at) && greeted[id] {
				c.problemf(at, "%q has a greeting already", id)
			}
			greeted[id] = true
		}
	}
}

// ways looks at what leads customers to members and into group chats.
func (c *seedCheck) ways(s *Seed) {
	for i := range s.ContactWays {
		w, at := &s.ContactWays[i], fmt.Sprintf("contact_ways[%d]", i)
		c.wantsEach(seedMember, w.User, at+".user")
		switch {
		case len(w.User) == 0 && len(w.Party) == 0:
			c.problemf(at, "leads to nobody: want user or party")
		case w.Type == typeSingle && len(w.User) != 1:
			c.problemf(at+".user", "a contact way of type 1 is for one member")
		}
	}
	for i := range s.JoinWays {
		w, at := &s.JoinWays[i], fmt.Sprintf("join_ways[%d]", i)
		c.wantsApp(w.AgentID, at+".agentid")
		c.wantsEach(seedGroupChat, w.ChatIDList, at+".chat_id_list")
	}
	for i := range s.AcquisitionLinks {
		l, at := &s.AcquisitionLinks[i], fmt.Sprintf("acquisition_links[%d]", i)
		c.wantsApp(l.AgentID, at+".agentid")
		c.wantsEach(seedMember, l.UserList, at+".user_list")
		c.wantsEach(seedMember, l.PriorityUserIDList, at+".priority_userid_list")
		if len(l.UserList) == 0 && len(l.DepartmentList) == 0 {
			c.problemf(at, "leads to nobody: want user_list or department_list")
		}
	}
}

func (c *seedCheck) massSends(s *Seed) {
	for i := range s.MassSends {
		m, at := &s.MassSends[i], fmt.Sprintf("mass_sends[%d]", i)
		if m.Creator != "" {
			c.wants(seedMember, m.Creator, at+".creator")
		}
		c.wantsAttachments(m.Attachments, at+".attachments")
		tasks := make(map[string]bool)
		for j := range m.TaskList {
			t, at := &m.TaskList[j], fmt.Sprintf("%s.task_list[%d]", at, j)
			if c.wants(seedMember, t.UserID, at+".userid") && tasks[t.UserID] {
				c.problemf(at+".userid", "%q has a task already", t.UserID)
			}
			tasks[t.UserID] = true
			for k := range t.SendList {
				r, at := &t.SendList[k], fmt.Sprintf("%s.send_list[%d]", at, k)
				if m.ChatType == chatGroup {
					c.wants(seedGroupChat, r.ChatID, at+".chat_id")
				} else {
					c.wants(seedCustomer, r.ExternalUserID, at+".external_userid")
				}
			}
		}
	}
}

func (c *seedCheck) moments(s *Seed) {
	for i := range s.Moments {
		m, at := &s.Moments[i], fmt.Sprintf("moments[%d]", i)
		if m.Creator != "" {
			c.wants(seedMember, m.Creator, at+".creator")
		}
		c.wantsAttachments(m.Attachments, at+".attachments")
		c.wantsEach(seedTag, m.TagList, at+".tag_list")
		tasks := make(map[string]bool)
		for j := range m.TaskList {
			t, at := &m.TaskList[j], fmt.Sprintf("%s.task_list[%d]", at, j)
			if c.wants(seedMember, t.UserID, at+".userid") && tasks[t.UserID] {
				c.problemf(at+".userid", "%q has a task already", t.UserID)
			}
			tasks[t.UserID] = true
			c.wantsEach(seedCustomer, t.CustomerList, at+".customer_list")
			c.reactions(t.CommentList, at+".comment_list")
			c.reactions(t.LikeList, at+".like_list")
		}
	}
}

func (c *seedCheck) reactions(list []MomentReaction, path string) {
	for i := range list {
		r, at := &list[i], fmt.Sprintf("%s[%d]", path, i)
		switch {
		case r.UserID != "" && r.ExternalUserID != "", r.UserID == "" && r.ExternalUserID == "":
			c.problemf(at, "want userid or external_userid")
		case r.UserID != "":
			c.wants(seedMember, r.UserID, at+".userid")
		default:
			c.wants(seedCustomer, r.ExternalUserID, at+".external_userid")
		}
	}
}

func (c *seedCheck) conversations(s *Seed) {
	for i := range s.Conversations {
		v, at := &s.Conversations[i], fmt.Sprintf("conversations[%d]", i)
		inGroup := v.ChatID != ""
		switch {
		case inGroup && (v.UserID != "" || v.ExternalUserID != ""):
			c.problemf(at, "want userid and external_userid, or chat_id")
			continue
		case inGroup:
			c.wants(seedGroupChat, v.ChatID, at+".chat_id")
		case c.wants(seedMember, v.UserID, at+".userid") && c.wants(seedCustomer, v.ExternalUserID, at+".external_userid") &&
			!c.friends[relationKey{v.UserID, v.ExternalUserID}]:
			c.problemf(at, "%q is no customer of %q", v.ExternalUserID, v.UserID)
		}
		for j := range v.Messages {
			m, at := &v.Messages[j], fmt.Sprintf("%s.messages[%d]", at, j)
			c.said(m, at)
			if !inGroup && m.From != v.UserID && m.From != v.ExternalUserID {
				c.problemf(at+".from", "want %q or %q, not %q", v.UserID, v.ExternalUserID, m.From)
			}
			if inGroup && m.From == "" {
				c.problemf(at+".from", "must not be empty")
			}
		}
	}
}

// said looks at one message.
func (c *seedCheck) said(m *ChatMessage, path string) {
	c.wantsAttachments(m.Attachments, path+".attachments")
	switch {
	case m.Kind != "" && m.Kind != KindWelcome && m.Kind != KindGroupWelcome:
		c.problemf(path+".kind", "want welcome, groupWelcome or none, not %q", string(m.Kind))
	case m.Kind == "" && len(m.Attachments) > 0:
		c.problemf(path+".attachments", "what people type is text")
	case m.Text == "" && len(m.Attachments) == 0:
		c.problemf(path, "says nothing")
	}
}
