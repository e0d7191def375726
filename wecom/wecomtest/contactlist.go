package wecomtest

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// contactCursorLife is how long a cursor of contact_list can be used.
const contactCursorLife = 4 * time.Hour

// contactRounds are the walks over contact_list, by number, and when they
// began. Each gives people ids of its own.
type contactRounds struct {
	began map[int]time.Time
	last  int
}

func newContactRounds() contactRounds { return contactRounds{began: make(map[int]time.Time)} }

// begin starts a walk.
func (r *contactRounds) begin(now time.Time) int {
	r.last++
	r.began[r.last] = now
	delete(r.began, r.last-maxRounds)
	return r.last
}

func contactListHandlers() map[string]handler {
	return map[string]handler{"/cgi-bin/externalcontact/contact_list": handle(listContacts)}
}

type listContactsRequest struct {
	Cursor string `json:"cursor"`
	Limit  int    `json:"limit"`
}

type listContactsReply struct {
	InfoList   []contactInfo `json:"info_list"`
	NextCursor string        `json:"next_cursor"`
}

// contactInfo has a name if it is not a customer's, and an external_userid if
// it is.
type contactInfo struct {
	IsCustomer     bool   `json:"is_customer"`
	TmpOpenID      string `json:"tmp_openid"`
	ExternalUserID string `json:"external_userid,omitempty"`
	Name           string `json:"name,omitempty"`
	FollowUserID   string `json:"follow_userid"`
	ChatID         string `json:"chat_id,omitempty"`
	ChatName       string `json:"chat_name,omitempty"`
	AddTime        int64  `json:"add_time"`
}

func listContacts(x *exchange, req listContactsRequest) (any, error) {
	rounds := &x.corp.contactRounds
	round, cursor, err := x.contactCursor(req.Cursor)
	if err != nil {
		return nil, err
	}
	total := 0
	x.corp.contacts(x.app, func(func(round int) contactInfo) { total++ })
	from, to, next, err := x.page(total, cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	if round == 0 {
		round = rounds.begin(x.now)
	}
	reply := listContactsReply{InfoList: make([]contactInfo, 0, to-from)}
	i := 0
	x.corp.contacts(x.app, func(row func(round int) contactInfo) {
		if from <= i && i < to {
			reply.InfoList = append(reply.InfoList, row(round))
		}
		i++
	})
	if next != "" {
		reply.NextCursor = strconv.Itoa(round) + "." + next
	}
	return reply, nil
}

// contactCursor takes a cursor apart. The round of the first page is 0.
func (x *exchange) contactCursor(cursor string) (round int, rest string, err error) {
	if cursor == "" {
		return 0, "", nil
	}
	num, rest, _ := strings.Cut(cursor, ".")
	round, _ = strconv.Atoi(num)
	began, ok := x.corp.contactRounds.began[round]
	if !ok || x.now.Sub(began) >= contactCursorLife {
		return 0, "", Refuse(50100, "wecomtest: cursor is not one of this endpoint, or it has expired")
	}
	return round, rest, nil
}

// contacts yields everybody whom members have as contacts or in group chats:
// what a row says is only made when it is asked for.
func (c *corp) contacts(a *app, yield func(row func(round int) contactInfo)) {
	for _, id := range c.members.order {
		m := c.members.byID[id]
		if m.Left || !a.sees(id) {
			continue
		}
		for _, cust := range c.customers.byMember[id] {
			yield(func(round int) contactInfo {
				return c.contact(round, cust.ExternalUserID, cust.Name, !m.NoContact, contactInfo{
					FollowUserID: id,
					AddTime:      cust.follow(id).CreateTime.Unix(),
				})
			})
		}
	}
	for _, g := range c.groupChats.order {
		owner := c.members.byID[g.Owner]
		if owner.Left || !a.sees(g.Owner) {
			continue
		}
		for i := range g.MemberList {
			m := &g.MemberList[i]
			if m.Type != groupOutsider {
				continue
			}
			yield(func(round int) contactInfo {
				info := contactInfo{FollowUserID: g.Owner, AddTime: m.JoinTime.Unix(), ChatID: g.ChatID}
				if owner.NoContact {
					info.ChatID, info.ChatName = "", g.Name
				}
				return c.contact(round, m.UserID, m.wire(c).Name, c.isCustomer(m.UserID), info)
			})
		}
	}
}

// isCustomer reports whether anybody with the function follows a person.
func (c *corp) isCustomer(externalUserID string) bool {
	cust := c.customers.byID[externalUserID]
	if cust == nil {
		return false
	}
	for i := range cust.FollowUser {
		if c.members.byID[cust.FollowUser[i].UserID].follows() {
			return true
		}
	}
	return false
}

func (c *corp) contact(round int, externalUserID, name string, customer bool, info contactInfo) contactInfo {
	info.IsCustomer = customer
	info.TmpOpenID = c.opaque("contact "+externalUserID, round, 32)
	if customer {
		info.ExternalUserID = externalUserID
	} else if last, _ := utf8.DecodeLastRuneInString(name); name != "" {
		info.Name = "***" + string(last)
	}
	return info
}
