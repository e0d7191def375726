package console

import (
	"slices"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// living leaves deleted tag groups and tags out.
func living(groups []wecomtest.TagGroup) []wecomtest.TagGroup {
	var list []wecomtest.TagGroup
	for _, g := range groups {
		if g.Deleted {
			continue
		}
		g.Tag = slices.DeleteFunc(slices.Clone(g.Tag), func(t wecomtest.Tag) bool { return t.Deleted })
		list = append(list, g)
	}
	return list
}

// A tagGroup is a tag group, with how many customers have each tag.
type tagGroup struct {
	wecomtest.TagGroup
	Tags []tagRow
}

type tagRow struct {
	wecomtest.Tag
	Customers int
}

func (v *visit) tags() (string, any, error) {
	groups, err := v.api.TagGroups(v.ctx, v.whole())
	if err != nil {
		return "", nil, err
	}
	customers, err := v.api.Customers(v.ctx, api.CustomersIn{InList: v.whole()})
	if err != nil {
		return "", nil, err
	}
	marked := make(map[string]int)
	for i := range customers.Items {
		once := make(map[string]bool)
		for _, f := range customers.Items[i].FollowUser {
			for _, id := range f.TagID {
				if !once[id] {
					once[id] = true
					marked[id]++
				}
			}
		}
	}
	var list []tagGroup
	for _, g := range living(groups.Items) {
		row := tagGroup{TagGroup: g}
		for _, t := range g.Tag {
			row.Tags = append(row.Tags, tagRow{t, marked[t.ID]})
		}
		list = append(list, row)
	}
	return "Tags", list, nil
}

// A groupRow is a group chat in a list.
type groupRow struct {
	wecomtest.GroupChat
	Link    string
	Owner   face
	Faces   []face // of some in it
	Outside int    // how many are customers
}

func (v *visit) groupRow(g *wecomtest.GroupChat) groupRow {
	row := groupRow{GroupChat: *g, Link: v.Link("groupchats", g.ChatID), Owner: v.Face(g.Owner)}
	for _, m := range g.MemberList {
		if len(row.Faces) < 9 {
			row.Faces = append(row.Faces, v.Face(m.UserID))
		}
		if m.Type == 2 {
			row.Outside++
		}
	}
	if row.Name == "" {
		row.Name = "Group chat"
	}
	return row
}

func inGroup(g *wecomtest.GroupChat, id string) bool {
	return slices.ContainsFunc(g.MemberList, func(m wecomtest.GroupMember) bool { return m.UserID == id })
}

func (v *visit) groupChats() (string, any, error) {
	list, err := v.api.GroupChats(v.ctx, api.InList{InCorp: v.in, Page: v.part()})
	if err != nil {
		return "", nil, err
	}
	p := struct {
		Rows    []groupRow
		Pager   pager
		Members []wecomtest.Member
	}{Pager: v.pager(v.part(), len(list.Items), list.Total)}
	for i := range list.Items {
		p.Rows = append(p.Rows, v.groupRow(&list.Items[i]))
	}
	p.Members, err = v.present()
	return "Group chats", p, err
}

// A groupPage is a group chat and who is in it.
type groupPage struct {
	groupRow
	People []groupMember
	As     face
	Chat   *chat
}

type groupMember struct {
	wecomtest.GroupMember
	Face         face
	Owner, Admin bool
	On           bool // through whose eyes one looks
}

func (v *visit) groupChat() (string, any, error) {
	g, err := v.api.GroupChat(v.ctx, api.InGroupChat{InCorp: v.in, ChatID: v.r.PathValue("chat_id")})
	if err != nil {
		return "", nil, err
	}
	p := groupPage{groupRow: v.groupRow(&g)}
	as := v.query("as")
	if !inGroup(&g, as) {
		as = g.Owner
	}
	p.As = v.Face(as)
	for _, m := range g.MemberList {
		p.People = append(p.People, groupMember{m, v.Face(m.UserID), m.UserID == g.Owner, slices.Contains(g.AdminList, m.UserID), m.UserID == as})
	}
	list, err := v.api.Conversation(v.ctx, api.ConversationIn{InList: v.whole(), ChatID: g.ChatID})
	if err != nil {
		return "", nil, err
	}
	p.Chat = &chat{
		Title: p.Name, Sub: count(len(p.People), "person", "people"), Bubbles: v.bubbles(list.Items, as, true),
		Earlier: max(0, len(list.Items)-maxMessages),
		Empty:   "Nothing said yet. Choose who you are and write something.",
		Write:   &composer{v.Act("chat-in-group"), map[string]string{"chat_id": g.ChatID, "userid": as}, p.As},
	}
	return p.Name, p, nil
}
