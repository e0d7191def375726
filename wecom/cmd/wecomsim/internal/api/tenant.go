package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func tenantRoutes() []Route {
	return []Route{
		answers(get, "tenant", "What there is: corps with their credentials and keys, and how much of everything", (*API).Tenant),
		answers(post, "corps", "Add another corp behind the same address", (*API).AddCorp),
		answers(get, "members", "List the members", (*API).Members),
		answers(get, "members/{userid}", "Show a member", (*API).Member),
		answers(get, "customers", "List the customers", (*API).Customers),
		answers(get, "customers/{external_userid}", "Show a customer", (*API).Customer),
		answers(get, "tags", "List the tag groups with their tags", (*API).TagGroups),
		answers(get, "groupchats", "List the group chats", (*API).GroupChats),
		answers(get, "groupchats/{chat_id}", "Show a group chat", (*API).GroupChat),
		answers(get, "moments", "List the moments, with who published and saw them", (*API).Moments),
		answers(get, "masssends", "List the mass sends, with what each member has to do and has done", (*API).MassSends),
		answers(get, "media", "List the uploaded files", (*API).Media),
		answers(get, "media/{media_id}", "Show an uploaded file with what is in it", (*API).MediaFile),
		answers(get, "contactways", "List the contact ways", (*API).ContactWays),
		answers(get, "joinways", "List the ways into group chats", (*API).JoinWays),
		answers(get, "groupwelcomes", "List the greetings of who joins a group chat", (*API).GroupWelcomes),
		answers(get, "appchats", "List the chats that apps made, with what they wrote", (*API).AppChats),
		answers(get, "links", "List the acquisition links", (*API).AcquisitionLinks),
		answers(get, "robots", "List the group robots with what they wrote", (*API).Robots),
		answers(get, "aibots", "List the intelligent robots with their keys", (*API).AIBots),
		answers(get, "suites", "List the suites with their keys", (*API).Suites),
		answers(get, "conversations", "Show what the people in a chat see: of a member and a customer, or of a group chat", (*API).Conversation),
		answers(get, "appmessages", "Show what apps wrote to a member", (*API).AppMessages),
	}
}

// None is the input of a route that takes nothing.
type None struct{}

// InCorp says which corp is meant.
type InCorp struct {
	Corp string `about:"corpid of the corp; the first one if not given" json:"-" query:"corp"`
}

// corp finds the corp of a request.
func (a *API) corp(in InCorp) (*wecomtest.Server, error) {
	if in.Corp == "" {
		return a.srv, nil
	}
	for _, s := range a.srv.Corps() {
		if s.CorpID() == in.Corp {
			return s, nil
		}
	}
	return nil, notFound("no corp %q", in.Corp)
}

// A Page is a part of a list.
type Page struct {
	Offset int `about:"how many to leave out at the beginning" query:"offset"`
	Limit  int `about:"how many to show at most; 0 is 100"     query:"limit"`
}

// A List is a part of a list and how long all of it is.
type List[T any] struct {
	Items []T `json:"items"`
	Total int `json:"total" about:"how many there are in all"`
}

func page[T any](list []T, p Page) (List[T], error) {
	if p.Offset < 0 || p.Limit < 0 {
		return List[T]{}, badRequest("query: offset and limit cannot be negative")
	}
	limit := p.Limit
	if limit == 0 {
		limit = 100
	}
	rest := list[min(p.Offset, len(list)):]
	return List[T]{append([]T{}, rest[:min(limit, len(rest))]...), len(list)}, nil
}

// InList asks for a part of a corp's list.
type InList struct {
	InCorp
	Page
}

func listOf[T any](a *API, in InList, all func(*wecomtest.Server) []T) (List[T], error) {
	s, err := a.corp(in.InCorp)
	if err != nil {
		return List[T]{}, err
	}
	return page(all(s), in.Page)
}

// A Tenant is all that the simulator holds, in numbers.
type Tenant struct {
	BaseURL string    `json:"base_url"         about:"where clients find the simulator in place of https://qyapi.weixin.qq.com"`
	Now     time.Time `json:"now"              about:"by the simulator's clock"`
	Corps   []Corp    `json:"corps"`
	Issues  []string  `json:"issues,omitzero"  about:"what went wrong without an errcode to tell of it: unknown fields, answers that WeCom would not understand"`
}

// A Corp is one corp of the tenant.
type Corp struct {
	CorpID string          `json:"corpid"`
	Name   string          `json:"name"`
	Apps   []wecomtest.App `json:"apps"`
	Keys   wecomtest.Keys  `json:"keys"   about:"of the first app's callback, unless it was set up with others"`
	Counts map[string]int  `json:"counts" about:"how many there are, by route"`
}

// Tenant shows what there is.
func (a *API) Tenant(context.Context, None) (Tenant, error) {
	t := Tenant{BaseURL: a.baseURL, Now: a.srv.Clock().Now(), Issues: a.srv.Problems()}
	for _, s := range a.srv.Corps() {
		t.Corps = append(t.Corps, corpOf(s))
	}
	return t, nil
}

func corpOf(s *wecomtest.Server) Corp {
	return Corp{s.CorpID(), s.CorpName(), s.Apps(), s.Keys(), map[string]int{
		"members":     len(s.Members()),
		"customers":   len(s.Customers()),
		"tags":        len(s.TagGroups()),
		"groupchats":  len(s.GroupChats()),
		"moments":     len(s.Moments()),
		"masssends":   len(s.MassSends()),
		"media":       len(s.MediaFiles()),
		"contactways": len(s.ContactWays()),
		"joinways":    len(s.JoinWays()),

		"groupwelcomes": len(s.GroupWelcomes()),
		"appchats":      len(s.AppChats()),

		"links":  len(s.AcquisitionLinks()),
		"robots": len(s.Robots()),
		"aibots": len(s.AIBots()),
		"suites": len(s.Suites()),
	}}
}

// AddCorpIn names a new corp.
type AddCorpIn struct {
	Name string `json:"name"`
}

// AddCorp adds a corp.
func (a *API) AddCorp(_ context.Context, in AddCorpIn) (Corp, error) {
	s := a.srv.AddCorp(in.Name)
	a.changed("corp", s.CorpID())
	return corpOf(s), nil
}

// Members lists members.
func (a *API) Members(_ context.Context, in InList) (List[wecomtest.Member], error) {
	return listOf(a, in, (*wecomtest.Server).Members)
}

// InMember names a member.
type InMember struct {
	InCorp
	UserID string `kind:"member" path:"userid"`
}

// Member shows a member.
func (a *API) Member(_ context.Context, in InMember) (wecomtest.Member, error) {
	s, err := a.corp(in.InCorp)
	if err != nil {
		return wecomtest.Member{}, err
	}
	if m := s.Member(in.UserID); m.UserID != "" {
		return m, nil
	}
	return wecomtest.Member{}, notFound("no member %q", in.UserID)
}

// CustomersIn says which customers to list.
type CustomersIn struct {
	InList
	UserID string `about:"only those of this member"            kind:"member" query:"userid"`
	TagID  string `about:"only those who have this tag"         kind:"tag"    query:"tag_id"`
	Text   string `about:"only those who have this in their name, their id or a remark; small or capital letters" query:"q"`
}

// Customers lists customers.
func (a *API) Customers(_ context.Context, in CustomersIn) (List[wecomtest.Customer], error) {
	in.Text = strings.ToLower(in.Text)
	return listOf(a, in.InList, func(s *wecomtest.Server) []wecomtest.Customer {
		return slices.DeleteFunc(s.Customers(), func(c wecomtest.Customer) bool { return !in.matches(&c) })
	})
}

func (in *CustomersIn) matches(c *wecomtest.Customer) bool {
	has := func(text string) bool { return strings.Contains(strings.ToLower(text), in.Text) }
	named := has(c.Name) || has(c.ExternalUserID)
	if in.UserID == "" && in.TagID == "" && named {
		return true
	}
	return slices.ContainsFunc(c.FollowUser, func(f wecomtest.Follow) bool {
		return (in.UserID == "" || f.UserID == in.UserID) && (in.TagID == "" || slices.Contains(f.TagID, in.TagID)) &&
			(named || has(f.Remark))
	})
}

// InCustomer names a customer.
type InCustomer struct {
	InCorp
	ExternalUserID string `kind:"customer" path:"external_userid"`
}

// Customer shows a customer.
func (a *API) Customer(_ context.Context, in InCustomer) (wecomtest.Customer, error) {
	s, err := a.corp(in.InCorp)
	if err != nil {
		return wecomtest.Customer{}, err
	}
	if c := s.Customer(in.ExternalUserID); c.ExternalUserID != "" {
		return c, nil
	}
	return wecomtest.Customer{}, notFound("no customer %q", in.ExternalUserID)
}

// TagGroups lists tag groups.
func (a *API) TagGroups(_ context.Context, in InList) (List[wecomtest.TagGroup], error) {
	return listOf(a, in, (*wecomtest.Server).TagGroups)
}

// GroupChats lists group chats.
func (a *API) GroupChats(_ context.Context, in InList) (List[wecomtest.GroupChat], error) {
	return listOf(a, in, (*wecomtest.Server).GroupChats)
}

// InGroupChat names a group chat.
type InGroupChat struct {
	InCorp
	ChatID string `kind:"chat" path:"chat_id"`
}

// GroupChat shows a group chat.
func (a *API) GroupChat(_ context.Context, in InGroupChat) (wecomtest.GroupChat, error) {
	s, err := a.corp(in.InCorp)
	if err != nil {
		return wecomtest.GroupChat{}, err
	}
	if g := s.GroupChat(in.ChatID); g.ChatID != "" {
		return g, nil
	}
	return wecomtest.GroupChat{}, notFound("no group chat %q", in.ChatID)
}
