package console

import (
	"cmp"
	"slices"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A memberRow is a member in a list.
type memberRow struct {
	wecomtest.Member
	Face      face
	Customers int
}

func (v *visit) members() (string, any, error) {
	list, err := v.api.Members(v.ctx, api.InList{InCorp: v.in, Page: v.part()})
	if err != nil {
		return "", nil, err
	}
	customers, err := v.api.Customers(v.ctx, api.CustomersIn{InList: v.whole()})
	if err != nil {
		return "", nil, err
	}
	followed := make(map[string]int)
	for i := range customers.Items {
		for _, f := range customers.Items[i].FollowUser {
			followed[f.UserID]++
		}
	}
	p := struct {
		Rows  []memberRow
		Pager pager
	}{Pager: v.pager(v.part(), len(list.Items), list.Total)}
	for _, m := range list.Items {
		p.Rows = append(p.Rows, memberRow{m, v.Face(m.UserID), followed[m.UserID]})
	}
	return "Members", p, nil
}

// A memberPage is one member and what their apps wrote to them.
type memberPage struct {
	wecomtest.Member
	Face      face
	Customers []customerRow
	Total     int
	Messages  []appMessage
	Ways      []string // QR codes
}

func (v *visit) member() (string, any, error) {
	m, err := v.api.Member(v.ctx, api.InMember{InCorp: v.in, UserID: v.r.PathValue("userid")})
	if err != nil {
		return "", nil, err
	}
	p := memberPage{Member: m, Face: v.Face(m.UserID)}
	in := api.CustomersIn{InList: api.InList{InCorp: v.in, Page: api.Page{Limit: perPage}}, UserID: m.UserID}
	list, err := v.api.Customers(v.ctx, in)
	if err != nil {
		return "", nil, err
	}
	p.Total = list.Total
	names := v.tagNames()
	for i := range list.Items {
		p.Customers = append(p.Customers, v.customerRow(&list.Items[i], m.UserID, names))
	}
	messages, err := v.api.AppMessages(v.ctx, api.AppMessagesIn{InList: v.whole(), UserID: m.UserID})
	if err != nil {
		return "", nil, err
	}
	for _, one := range messages.Items {
		p.Messages = append(p.Messages, v.appMessage(one))
	}
	return p.Face.Name, p, nil
}

// A customerRow is a customer in a list.
type customerRow struct {
	wecomtest.Customer
	Face    face
	Link    string
	Remark  string
	Members []face
	Tags    []string // their names
	Follow  *wecomtest.Follow
}

// customerRow shows a customer, and what one member noted unless userID is "".
func (v *visit) customerRow(c *wecomtest.Customer, userID string, names map[string]string) customerRow {
	row := customerRow{Customer: *c, Face: v.Face(c.ExternalUserID), Link: v.Link("customers", c.ExternalUserID, "userid", userID)}
	for i := range c.FollowUser {
		f := &c.FollowUser[i]
		row.Members = append(row.Members, v.Face(f.UserID))
		if userID != "" && f.UserID != userID {
			continue
		}
		row.Follow = cmp.Or(row.Follow, f)
		row.Remark = cmp.Or(row.Remark, f.Remark)
		for _, id := range f.TagID {
			if name := cmp.Or(names[id], id); !slices.Contains(row.Tags, name) {
				row.Tags = append(row.Tags, name)
			}
		}
	}
	return row
}

// tagNames are the names of the corp's tags by their ids.
func (v *visit) tagNames() map[string]string {
	names := make(map[string]string)
	groups, _ := v.api.TagGroups(v.ctx, v.whole()) // of a corp that is there
	for _, g := range groups.Items {
		for _, t := range g.Tag {
			names[t.ID] = t.Name
		}
	}
	return names
}

func (v *visit) customers() (string, any, error) {
	in := api.CustomersIn{
		InList: api.InList{InCorp: v.in, Page: v.part()},
		UserID: v.query("userid"), TagID: v.query("tag_id"), Text: v.query("q"),
	}
	list, err := v.api.Customers(v.ctx, in)
	if err != nil {
		return "", nil, err
	}
	p := struct {
		Rows     []customerRow
		Pager    pager
		Members  []wecomtest.Member
		Filtered bool
		Tags     []option
	}{Pager: v.pager(in.Page, len(list.Items), list.Total), Filtered: in.UserID != "" || in.TagID != "" || in.Text != ""}
	names := v.tagNames()
	for i := range list.Items {
		p.Rows = append(p.Rows, v.customerRow(&list.Items[i], in.UserID, names))
	}
	if p.Members, err = v.present(); err != nil {
		return "", nil, err
	}
	p.Tags, err = v.options("tag", "tag_id")
	return "Customers", p, err
}

// A customerPage is one customer, and the chat with one of their members.
type customerPage struct {
	wecomtest.Customer
	Face      face
	Relations []relation
	Chosen    *relation
	AsMember  bool
	Chat      *chat
	Tags      []wecomtest.TagGroup // those that a member can choose from
	Strangers []wecomtest.Member   // members whom the customer is not one of
	Groups    []groupRow           // that they are in
	Moments   int                  // that they see
}

// A relation is what one member and the customer are to each other.
type relation struct {
	wecomtest.Follow
	Member face
	Tags   []string
	Link   string
	On     bool
}

// Tagged reports whether the member has marked the customer with a tag.
func (r *relation) Tagged(id string) bool { return slices.Contains(r.TagID, id) }

func (v *visit) customer() (string, any, error) {
	c, err := v.api.Customer(v.ctx, api.InCustomer{InCorp: v.in, ExternalUserID: v.r.PathValue("external_userid")})
	if err != nil {
		return "", nil, err
	}
	p := customerPage{Customer: c, Face: v.Face(c.ExternalUserID), AsMember: v.query("as") == "member"}
	if err := v.relations(&p); err != nil {
		return "", nil, err
	}
	if p.Chosen != nil {
		if p.Chat, err = v.chatOfTwo(&p, p.Chosen.UserID); err != nil {
			return "", nil, err
		}
	}
	groups, err := v.api.GroupChats(v.ctx, v.whole())
	if err != nil {
		return "", nil, err
	}
	for i := range groups.Items {
		if inGroup(&groups.Items[i], c.ExternalUserID) {
			p.Groups = append(p.Groups, v.groupRow(&groups.Items[i]))
		}
	}
	moments, err := v.api.Moments(v.ctx, v.whole())
	for _, m := range moments.Items {
		for _, t := range m.TaskList {
			if slices.Contains(t.CustomerList, c.ExternalUserID) {
				p.Moments++
			}
		}
	}
	return p.Face.Name, p, err
}

// relations fills in the members of a customer, and which one is chosen.
func (v *visit) relations(p *customerPage) error {
	groups, err := v.api.TagGroups(v.ctx, v.whole())
	if err != nil {
		return err
	}
	p.Tags = slices.DeleteFunc(living(groups.Items), func(g wecomtest.TagGroup) bool { return g.StrategyID != 0 })
	names := v.tagNames()
	chosen := v.query("userid")
	for _, f := range p.FollowUser {
		r := relation{Follow: f, Member: v.Face(f.UserID), Link: v.With("userid", f.UserID)}
		for _, id := range f.TagID {
			r.Tags = append(r.Tags, cmp.Or(names[id], id))
		}
		r.On = f.UserID == chosen
		p.Relations = append(p.Relations, r)
	}
	i := slices.IndexFunc(p.Relations, func(r relation) bool { return r.On })
	if i < 0 && len(p.Relations) > 0 {
		i = 0
	}
	if i >= 0 {
		p.Relations[i].On, p.Chosen = true, &p.Relations[i]
	}
	members, err := v.present()
	for _, m := range members {
		if !slices.ContainsFunc(p.FollowUser, func(f wecomtest.Follow) bool { return f.UserID == m.UserID }) {
			p.Strangers = append(p.Strangers, m)
		}
	}
	return err
}

// chatOfTwo is the chat of a customer with a member.
func (v *visit) chatOfTwo(p *customerPage, userID string) (*chat, error) {
	in := api.ConversationIn{InList: v.whole(), UserID: userID, ExternalUserID: p.ExternalUserID}
	list, err := v.api.Conversation(v.ctx, in)
	if err != nil {
		return nil, err
	}
	member := v.Face(userID)
	me, other := p.Face, member
	c := &chat{Sub: v.Corp.Name, Write: &composer{Action: v.Act("write-to-member")}}
	if p.AsMember {
		me, other = member, p.Face
		c.Sub, c.Write.Action = kindOf(&p.Customer), v.Act("write-to-customer")
	}
	c.Title, c.Bubbles, c.Write.As = other.Name, v.bubbles(list.Items, me.ID, false), me
	c.Write.Fields = map[string]string{"userid": userID, "external_userid": p.ExternalUserID}
	c.Earlier = max(0, len(list.Items)-maxMessages)
	c.Empty = "Nothing said yet. Write something, or let your application answer."
	return c, nil
}

// kindOf is what stands after a customer's name in a member's client.
func kindOf(c *wecomtest.Customer) string {
	if c.Type == 2 {
		return "@" + cmp.Or(c.CorpName, "WeCom")
	}
	return "@WeChat"
}

// Kind is kindOf this row.
func (r *customerRow) Kind() string { return kindOf(&r.Customer) }

// Kind is kindOf this customer.
func (p customerPage) Kind() string { return kindOf(&p.Customer) }
