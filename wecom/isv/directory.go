package isv

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

// A SearchQuery says what to look for in a corp's directory.
type SearchQuery struct {
	QueryWord      string     `json:"query_word"`                // a member's name, pinyin or English name, or a department's name or pinyin; at most 64 characters
	QueryType      QueryType  `json:"query_type,omitzero"`       // zero is QueryTypeAll
	QueryRange     QueryRange `json:"query_range,omitzero"`      // zero is QueryRangeEmployed
	FullMatchField FullMatch  `json:"full_match_field,omitzero"` // zero matches any part
	Limit          int        `json:"limit,omitzero"`            // at most 200, of those who left as many again; 0 is 50
	Cursor         string     `json:"cursor,omitzero"`           // NextCursor of the page before
}

// QueryType says what to look for.
type QueryType int

// The types.
const (
	QueryTypeAll        QueryType = 0 // 同时查询部门跟用户
	QueryTypeUser       QueryType = 1 // 查询用户
	QueryTypeDepartment QueryType = 2 // 查询部门
)

// QueryRange says among whom to look.
type QueryRange int

// The ranges.
const (
	QueryRangeEmployed QueryRange = 0 // 只查询在职用户
	QueryRangeAll      QueryRange = 1 // 同时查询在职和离职用户: who left in the last year
)

// FullMatch says which name must match as a whole.
type FullMatch int

// The names.
const (
	FullMatchName        FullMatch = 1 // 匹配用户名称或者部门名称
	FullMatchEnglishName FullMatch = 2 // 匹配用户英文名
)

// SearchRequest says what to look for in which corp's directory.
type SearchRequest struct {
	AuthCorpID string `json:"auth_corpid"`
	SearchQuery
	AgentID int64 `json:"agentid,omitzero"` // looks in this app's visible range; 0 is all that the provider may see
}

// SearchResult is a page of what was found.
type SearchResult struct {
	QueryResult QueryResult `json:"query_result"`
	IsLast      bool        `json:"is_last"`
	NextCursor  string      `json:"next_cursor"`
}

// A QueryResult is what was found, as ids: pages show the names.
type QueryResult struct {
	User        FoundUsers       `json:"user"`
	Party       FoundDepartments `json:"party"`
	DismissUser FoundUsers       `json:"dismiss_user"` // who left
}

// FoundUsers are members; the two lists have the same order.
type FoundUsers struct {
	UserID     []string `json:"userid"`
	OpenUserID []string `json:"open_userid"`
}

// FoundDepartments are departments.
type FoundDepartments struct {
	DepartmentID []int64 `json:"department_id"`
}

var opSearchContact = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/contact/search", Doc: 91844, Read: true, Auth: wecom.AuthProviderAccessToken,
}

// SearchContact looks members and departments of a corp up by their names, which
// the provider may not read. It returns one page: go on with the Cursor of the
// next until IsLast.
//
// 「通讯录单个搜索」 https://developer.work.weixin.qq.com/document/path/91844
func (p *Provider) SearchContact(ctx context.Context, req SearchRequest) (*SearchResult, error) {
	return wecom.Do[SearchResult](ctx, p.self, opSearchContact, req)
}

var opBatchSearchContact = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/contact/batchsearch", Doc: 91844, Read: true, Auth: wecom.AuthProviderAccessToken,
}

// BatchSearchRequest says what to look for in which corp's directory.
type BatchSearchRequest struct {
	AuthCorpID       string        `json:"auth_corpid"`
	QueryRequestList []SearchQuery `json:"query_request_list"` // at most 50
	AgentID          int64         `json:"agentid,omitzero"`   // looks in this app's visible range; 0 is all that the provider may see
}

// BatchSearchResult has a page for each query.
type BatchSearchResult struct {
	QueryResultList []BatchSearched `json:"query_result_list"`
}

// BatchSearched is the page of one query.
type BatchSearched struct {
	QueryRequest SearchQuery `json:"query_request"`
	QueryResult  QueryResult `json:"query_result"`
	IsLast       bool        `json:"is_last"`
	NextCursor   string      `json:"next_cursor"`
}

// BatchSearchContact is [Provider.SearchContact] for many queries at once.
//
// 「通讯录批量搜索」 https://developer.work.weixin.qq.com/document/path/91844
func (p *Provider) BatchSearchContact(ctx context.Context, req BatchSearchRequest) (*BatchSearchResult, error) {
	return wecom.Do[BatchSearchResult](ctx, p.self, opBatchSearchContact, req)
}

var opSortContact = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/contact/sort", Doc: 92093, Read: true, Auth: wecom.AuthProviderAccessToken,
}

// SortContactRequest says whom to sort.
type SortContactRequest struct {
	AuthCorpID  string       `json:"auth_corpid"`
	SortOptions []SortOption `json:"sort_options,omitzero"` // the first counts most
	UserIDList  []string     `json:"useridlist"`            // at most 1000
}

// A SortOption is one criterion.
type SortOption struct {
	SortField SortField `json:"sort_field"`
	SortType  SortType  `json:"sort_type"`
}

// SortField says what to sort by.
type SortField int

// The criteria.
const (
	SortFieldName SortField = 0 // 根据姓名排序
)

// SortType says which way to sort.
type SortType int

// The ways.
const (
	SortTypeAscending  SortType = 0 // 升序
	SortTypeDescending SortType = 1 // 降序
)

type sortContactResult struct {
	UserIDList []string `json:"useridlist"`
}

// SortContact sorts members by their names, which the provider may not read.
//
// 「通讯录userid排序」 https://developer.work.weixin.qq.com/document/path/92093
func (p *Provider) SortContact(ctx context.Context, req SortContactRequest) ([]string, error) {
	res, err := wecom.Do[sortContactResult](ctx, p.self, opSortContact, req)
	if err != nil {
		return nil, err
	}
	return res.UserIDList, nil
}
