package wecomtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// translateJob puts names in the place of ids in a provider's files.
type translateJob struct {
	provider *provider
	url      string
}

func directoryHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/service/contact/search":       handle(searchContacts),
		"/cgi-bin/service/contact/batchsearch":  handle(batchSearchContacts),
		"/cgi-bin/service/contact/sort":         handle(sortContacts),
		"/cgi-bin/service/contact/id_translate": handle(translateIDs),
		"/cgi-bin/service/batch/getresult":      handle(translateResult),
		"/cgi-bin/service/media/upload":         uploadServiceMedia,
	}
}

const (
	queryUsers, queryParties = 1, 2
	matchName, matchAlias    = 1, 2
)

type contactQuery struct {
	QueryWord      string `json:"query_word"`
	QueryType      int    `json:"query_type,omitempty"`
	QueryRange     int    `json:"query_range,omitempty"`
	FullMatchField int    `json:"full_match_field,omitempty"`
	Limit          int    `json:"limit,omitempty"`
	Cursor         string `json:"cursor,omitempty"`
}

type searchContactsRequest struct {
	AuthCorpID string `json:"auth_corpid"`
	AgentID    int64  `json:"agentid"`
	contactQuery
}

type searchContactsReply struct {
	QueryResult queryResultWire `json:"query_result"`
	IsLast      bool            `json:"is_last"`
	NextCursor  string          `json:"next_cursor,omitempty"`
}

type queryResultWire struct {
	User        *foundUsersWire   `json:"user,omitempty"`
	Party       *foundPartiesWire `json:"party,omitempty"`
	DismissUser *foundUsersWire   `json:"dismiss_user,omitempty"`
}

type foundUsersWire struct {
	UserID     []string `json:"userid"`
	OpenUserID []string `json:"open_userid"`
}

type foundPartiesWire struct {
	DepartmentID []int64 `json:"department_id"`
}

func searchContacts(x *exchange, req searchContactsRequest) (any, error) {
	sees, err := x.directoryRange(req.AuthCorpID, req.AgentID)
	if err != nil {
		return nil, err
	}
	return x.search(req.contactQuery, sees)
}

// directoryRange tells whom a provider sees in a corp, or one of its apps does.
func (x *exchange) directoryRange(openCorpID string, agentID int64) (sees func(userID string) bool, err error) {
	if err := x.served(openCorpID); err != nil {
		return nil, err
	}
	apps := x.ownApps()
	if agentID != 0 {
		apps = slices.DeleteFunc(apps, func(a *app) bool { return a.AgentID != agentID })
		if len(apps) == 0 {
			return nil, Refuse(40056, "invalid agentid")
		}
	}
	return func(userID string) bool {
		return slices.ContainsFunc(apps, func(a *app) bool { return a.sees(userID) })
	}, nil
}

// search finds members by name or alias. Departments have no names here: none
// is found.
func (x *exchange) search(q contactQuery, sees func(string) bool) (*searchContactsReply, error) {
	var here, gone []string
	for _, id := range x.corp.members.order {
		m := x.corp.members.byID[id]
		switch {
		case q.QueryType == queryParties, !sees(id), !q.matches(m):
		case !m.Left:
			here = append(here, id)
		case q.QueryRange == 1 && !m.NotActivated:
			gone = append(gone, id)
		}
	}
	from, to, next, err := x.page(max(len(here), len(gone)), q.Cursor, q.Limit)
	if err != nil {
		return nil, err
	}
	reply := &searchContactsReply{IsLast: next == "", NextCursor: next}
	if q.QueryType != queryParties {
		reply.QueryResult.User = x.found(here, from, to)
		if q.QueryRange == 1 {
			reply.QueryResult.DismissUser = x.found(gone, from, to)
		}
	}
	if q.QueryType != queryUsers {
		reply.QueryResult.Party = &foundPartiesWire{DepartmentID: []int64{}}
	}
	return reply, nil
}

func (x *exchange) found(ids []string, from, to int) *foundUsersWire {
	list := x.corp.openUserIDs(x.provider, ids[min(from, len(ids)):min(to, len(ids))])
	return &foundUsersWire{list, list}
}

func (q contactQuery) matches(m *Member) bool {
	switch q.FullMatchField {
	case matchName:
		return m.Name == q.QueryWord
	case matchAlias:
		return m.Alias == q.QueryWord
	default:
		word := strings.ToLower(q.QueryWord)
		return strings.Contains(strings.ToLower(m.Name), word) || strings.Contains(strings.ToLower(m.Alias), word)
	}
}

type batchSearchRequest struct {
	AuthCorpID       string         `json:"auth_corpid"`
	AgentID          int64          `json:"agentid"`
	QueryRequestList []contactQuery `json:"query_request_list"`
}

type batchSearchReply struct {
	QueryResultList []batchSearchRow `json:"query_result_list"`
}

type batchSearchRow struct {
	QueryRequest contactQuery `json:"query_request"`
	*searchContactsReply
}

func batchSearchContacts(x *exchange, req batchSearchRequest) (any, error) {
	sees, err := x.directoryRange(req.AuthCorpID, req.AgentID)
	if err != nil {
		return nil, err
	}
	reply := batchSearchReply{QueryResultList: []batchSearchRow{}}
	for _, q := range req.QueryRequestList {
		found, err := x.search(q, sees)
		if err != nil {
			return nil, err
		}
		reply.QueryResultList = append(reply.QueryResultList, batchSearchRow{q, found})
	}
	return reply, nil
}

type sortContactsRequest struct {
	AuthCorpID  string `json:"auth_corpid"`
	SortOptions []struct {
		SortField int `json:"sort_field"`
		SortType  int `json:"sort_type"`
	} `json:"sort_options"`
	UserIDList []string `json:"useridlist"`
}

type sortContactsReply struct {
	UserIDList []string `json:"useridlist"`
}

// sortContacts sorts by name, up or, with sort_type 1, down. Whom nobody knows
// is left out.
func sortContacts(x *exchange, req sortContactsRequest) (any, error) {
	if err := x.served(req.AuthCorpID); err != nil {
		return nil, err
	}
	var members []*Member
	for _, id := range req.UserIDList {
		if m := x.memberByOpenID(id); m != nil {
			members = append(members, m)
		}
	}
	slices.SortStableFunc(members, func(a, b *Member) int { return cmp.Compare(a.Name, b.Name) })
	if len(req.SortOptions) > 0 && req.SortOptions[0].SortType == 1 {
		slices.Reverse(members)
	}
	reply := sortContactsReply{UserIDList: []string{}}
	for _, m := range members {
		reply.UserIDList = append(reply.UserIDList, x.corp.openUserID(x.provider, m.UserID))
	}
	return reply, nil
}

type serviceMediaReply struct {
	Type      string `json:"type"`
	MediaID   string `json:"media_id"`
	CreatedAt string `json:"created_at"`
}

func uploadServiceMedia(x *exchange) (any, error) {
	var req struct {
		Type string `json:"type"`
	}
	if err := x.decode(&req); err != nil {
		return nil, err
	}
	st := &x.s.providers
	st.uploads++
	id := opaque(x.provider.CorpID, "media", st.uploads, 64)
	st.files[id] = x.provider
	return serviceMediaReply{req.Type, id, fmt.Sprint(x.now.Unix())}, nil
}

type translateIDsRequest struct {
	AuthCorpID       string   `json:"auth_corpid"`
	MediaIDList      []string `json:"media_id_list"`
	OutputFileName   string   `json:"output_file_name"`
	OutputFileFormat string   `json:"output_file_format"`
}

type jobIDWire struct {
	JobID string `json:"jobid"`
}

func translateIDs(x *exchange, req translateIDsRequest) (any, error) {
	if err := x.served(req.AuthCorpID); err != nil {
		return nil, err
	}
	for _, id := range req.MediaIDList {
		if x.s.providers.files[id] != x.provider {
			return nil, Refuse(40007, "invalid media_id")
		}
	}
	st := &x.s.providers
	id := opaque(x.provider.CorpID, "translation", len(st.jobs)+1, 43)
	name := cmp.Or(req.OutputFileName, "translation") + "." + cmp.Or(req.OutputFileFormat, "txt")
	st.jobs[id] = &translateJob{x.provider, "https://wework.qpic.cn/wwpic/SIM/" + id + "/" + name}
	return jobIDWire{id}, nil
}

type translateResultReply struct {
	Type   string `json:"type"`
	Status int    `json:"status"` // 3: done
	Result struct {
		ContactIDTranslate struct {
			URL string `json:"url"`
		} `json:"contact_id_translate"`
	} `json:"result"`
}

func translateResult(x *exchange, req jobIDWire) (any, error) {
	job := x.s.providers.jobs[req.JobID]
	if job == nil || job.provider != x.provider {
		return nil, Refuse(40088, "invalid jobid")
	}
	reply := translateResultReply{Type: "contact_id_translate", Status: 3}
	reply.Result.ContactIDTranslate.URL = job.url
	return reply, nil
}
