package paging_test

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/moment"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

// An iterator is one All… method of this module.
type iterator struct {
	name string // package.Method
	list string // the reply's array
	item string // one element of it; %d is its number
	full int    // the largest limit of the page; 0 if it takes none
	walk func(context.Context, *server) iter.Seq2[any, error]
}

// iterators has a line for every iterator of the module.
func iterators() []iterator {
	type ctx = context.Context
	return []iterator{
		{"contact.AllFollowers", "follow_user", `{"userid":"%d"}`, 0, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllFollowers(ctx, "wm1"))
		}},
		{"contact.AllByUser", "external_contact_list", `{"follow_info":{"userid":"%d"}}`, 100, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllByUser(ctx, contact.BatchGetByUserRequest{UserIDList: []string{"alice"}}))
		}},
		{"contact.AllByUserParallel", "external_contact_list", `{"follow_info":{"userid":"%d"}}`, 100, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllByUserParallel(ctx, []string{"alice"}))
		}},
		{"contact.AllServedContacts", "info_list", `{"tmp_openid":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllServedContacts(ctx, contact.ListServedContactRequest{}))
		}},
		{"contact.AllContactWays", "contact_way", `{"config_id":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllContactWays(ctx, contact.ListContactWayRequest{}))
		}},
		{"contact.AllTransferResults", "customer", `{"external_userid":"%d"}`, 0, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllTransferResults(ctx, contact.TransferResultRequest{HandoverUserID: "alice", TakeoverUserID: "bob"}))
		}},
		{"contact.AllUnassigned", "info", `{"external_userid":"%d"}`, 0, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllUnassigned(ctx, contact.GetUnassignedListRequest{}))
		}},
		{"contact.AllResignedTransferResults", "customer", `{"external_userid":"%d"}`, 0, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllResignedTransferResults(ctx, contact.TransferResultRequest{HandoverUserID: "alice", TakeoverUserID: "bob"}))
		}},
		{"contact.AllAcquisitionLinks", "link_id_list", `"%d"`, 100, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllAcquisitionLinks(ctx, contact.ListAcquisitionLinkRequest{}))
		}},
		{"contact.AllAcquisitionCustomers", "customer_list", `{"external_userid":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllAcquisitionCustomers(ctx, contact.ListAcquisitionCustomerRequest{LinkID: "ca1"}))
		}},
		{"contact.AllStrategies", "strategy", `{"strategy_id":%d}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllStrategies(ctx, contact.ListStrategyRequest{}))
		}},
		{"contact.AllStrategyRanges", "range", `{"userid":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllStrategyRanges(ctx, contact.GetStrategyRangeRequest{StrategyID: 1}))
		}},
		{"contact.AllProductAlbums", "product_list", `{"product_id":"%d"}`, 100, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(contact.New(s.client).AllProductAlbums(ctx, contact.GetProductAlbumListRequest{}))
		}},
		{"groupchat.All", "group_chat_list", `{"chat_id":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(groupchat.New(s.client).All(ctx, groupchat.ListRequest{}))
		}},
		{"groupchat.AllStatistics", "items", `{"owner":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(groupchat.New(s.client).AllStatistics(ctx, groupchat.StatisticRequest{}))
		}},
		{"message.AllGroupMsgs", "group_msg_list", `{"msgid":"%d"}`, 100, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(message.New(s.client).AllGroupMsgs(ctx, message.GetGroupMsgListRequest{}))
		}},
		{"message.AllGroupMsgTasks", "task_list", `{"userid":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(message.New(s.client).AllGroupMsgTasks(ctx, message.GetGroupMsgTaskRequest{MsgID: "m1"}))
		}},
		{"message.AllGroupMsgSendResults", "send_list", `{"external_userid":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(message.New(s.client).AllGroupMsgSendResults(ctx, message.GetGroupMsgSendResultRequest{MsgID: "m1", UserID: "alice"}))
		}},
		{"moment.All", "moment_list", `{"moment_id":"%d"}`, 20, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(moment.New(s.client).All(ctx, moment.ListRequest{}))
		}},
		{"moment.AllTasks", "task_list", `{"userid":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(moment.New(s.client).AllTasks(ctx, moment.GetTaskRequest{MomentID: "mom1"}))
		}},
		{"moment.AllCustomers", "customer_list", `{"external_userid":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(moment.New(s.client).AllCustomers(ctx, moment.GetCustomerListRequest{MomentID: "mom1", UserID: "alice"}))
		}},
		{"moment.AllSendResults", "customer_list", `{"external_userid":"%d"}`, 5000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(moment.New(s.client).AllSendResults(ctx, moment.GetSendResultRequest{MomentID: "mom1", UserID: "alice"}))
		}},
		{"moment.AllStrategies", "strategy", `{"strategy_id":%d}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(moment.New(s.client).AllStrategies(ctx, moment.ListStrategyRequest{}))
		}},
		{"moment.AllStrategyRanges", "range", `{"userid":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(moment.New(s.client).AllStrategyRanges(ctx, moment.GetStrategyRangeRequest{StrategyID: 1}))
		}},
		{"isv.AllOrders", "order_list", `{"order_id":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(s.provider.License().AllOrders(ctx, isv.ListLicenseOrderRequest{CorpID: "wwcorp"}))
		}},
		{"isv.AllOrderAccounts", "account_list", `{"active_code":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(s.provider.License().AllOrderAccounts(ctx, isv.ListOrderAccountRequest{OrderID: "o1"}))
		}},
		{"isv.AllSubOrders", "buy_list", `{"sub_order_id":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(s.provider.License().AllSubOrders(ctx, isv.GetUnionOrderRequest{OrderID: "o1"}))
		}},
		{"isv.AllActivedAccounts", "account_list", `{"userid":"%d"}`, 1000, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(s.provider.License().AllActivedAccounts(ctx, isv.ListActivedAccountRequest{CorpID: "wwcorp"}))
		}},
		{"isv.AllAppShares", "corp_list", `{"corpid":"%d"}`, 100, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(s.group.AllAppShares(ctx, isv.ListAppShareInfoRequest{AgentID: 1000002}))
		}},
		{"isv.AllChainCorps", "group_corps", `{"corpid":"%d"}`, 100, func(ctx ctx, s *server) iter.Seq2[any, error] {
			return erase(s.group.AllChainCorps(ctx, isv.GetChainCorpInfoListRequest{ChainID: "ch1"}))
		}},
	}
}

// composites are iterators over several endpoints, or over none, which keep the
// contract by tests of their own.
func composites() []string {
	return []string{"contact.HandOver", "contact.HandOverCustomers", "message.WaitGroupMsg", "isv.Tenants"}
}

func erase[T any](seq iter.Seq2[T, error]) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		seq(func(item T, err error) bool { return yield(item, err) })
	}
}

// A server answers every call with the page that its cursor asks for, or its
// offset: 1 is cursor a, 2 is cursor b.
type server struct {
	iterator

	pages map[string]page

	client   *wecom.Client
	provider *isv.Provider
	group    *isv.CorpGroup

	mu      sync.Mutex
	cursors []string // as they were asked for
	limits  []int
}

type page struct {
	items []int
	next  string
	code  wecom.Code
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if strings.HasSuffix(r.URL.Path, "/get_provider_token") {
		return reply(`{"errcode":0,"provider_access_token":"token","expires_in":7200}`), nil
	}
	cursor, limit := r.URL.Query().Get("cursor"), 0
	if r.Body != nil {
		var body struct {
			Cursor string
			Offset int
			Limit  int
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err == nil {
			cursor, limit = body.Cursor, body.Limit
		}
		if body.Offset > 0 {
			cursor = string(rune('a' + body.Offset - 1))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cursors, s.limits = append(s.cursors, cursor), append(s.limits, limit)
	p, ok := s.pages[cursor]
	if !ok {
		p.code = wecom.CodeInvalidArgument
	}
	const total = 9
	offset := total
	if p.next != "" {
		offset = int(p.next[0]-'a') + 1
	}
	items := make([]string, len(p.items))
	for i, n := range p.items {
		items[i] = fmt.Sprintf(s.item, n)
	}
	return reply(fmt.Sprintf(`{"errcode":%d,"errmsg":"scripted",%q:[%s],"next_cursor":%q,"has_more":%v,"ending":%v,"next_offset":%d,"total":%d}`,
		p.code, s.list, strings.Join(items, ","), p.next, p.next != "", p.next == "", offset, total)), nil
}

func reply(body string) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(body)),
	}
}

func (s *server) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.cursors...)
}

func newServer(t *testing.T, it iterator, pages map[string]page) *server {
	t.Helper()
	s := &server{iterator: it, pages: pages}
	there := wecom.WithHTTPClient(&http.Client{Transport: s})
	var err error
	s.client, err = wecom.New(wecom.Credential{CorpID: "wwcontract"}, there, wecom.WithTokenSource(staticToken{}))
	require.NoError(t, err)
	s.provider, err = isv.NewProvider(isv.ProviderCredential{CorpID: "wwprovider", Secret: "secret"}, isv.WithClientOptions(there))
	require.NoError(t, err)
	s.group, err = isv.NewCorpGroup(s.client)
	require.NoError(t, err)
	return s
}

type staticToken struct{}

func (staticToken) Token(context.Context) (wecom.Token, error) {
	return wecom.Token{Value: "token", ExpiresAt: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

func (staticToken) Invalidate(context.Context, string) {}

// number reads back the %d of an item.
func number(t *testing.T, format string, item any) int {
	t.Helper()
	body, err := json.Marshal(item)
	require.NoError(t, err)
	want := strings.Trim(format, "{}")
	want = want[strings.LastIndex(want, "{")+1:] // the innermost member
	prefix, _, _ := strings.Cut(want, "%d")
	_, rest, ok := strings.Cut(string(body), prefix)
	require.True(t, ok, "%s in %s", prefix, body)
	var n int
	_, err = fmt.Sscanf(rest, "%d", &n)
	require.NoError(t, err)
	return n
}

func (s *server) collect(t *testing.T, seq iter.Seq2[any, error]) (got []int, last error) {
	t.Helper()
	for item, err := range seq {
		require.NoError(t, last, "the loop went on after an error")
		if err != nil {
			assert.True(t, reflect.ValueOf(item).IsZero(), "the item beside an error is not zero: %+v", item)
			last = err
			continue
		}
		got = append(got, number(t, s.item, item))
	}
	return got, last
}

// threePages has an empty page in the middle.
func threePages() map[string]page {
	return map[string]page{
		"":  {items: []int{1, 2}, next: "a"},
		"a": {next: "b"},
		"b": {items: []int{3}},
	}
}

func TestEveryIterator(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		pages map[string]page
		check func(t *testing.T, s *server, walk func(context.Context) iter.Seq2[any, error])
	}{
		{"is lazy", threePages(), func(t *testing.T, s *server, walk func(context.Context) iter.Seq2[any, error]) {
			t.Helper()
			walk(t.Context())
			assert.Empty(t, s.asked())
		}},
		{"goes on after an empty page", threePages(), func(t *testing.T, s *server, walk func(context.Context) iter.Seq2[any, error]) {
			t.Helper()
			got, err := s.collect(t, walk(t.Context()))
			require.NoError(t, err)
			assert.Equal(t, []int{1, 2, 3}, got)
			assert.Equal(t, []string{"", "a", "b"}, s.asked())
		}},
		{"asks for full pages", threePages(), func(t *testing.T, s *server, walk func(context.Context) iter.Seq2[any, error]) {
			t.Helper()
			_, err := s.collect(t, walk(t.Context()))
			require.NoError(t, err)
			assert.Equal(t, []int{s.full, s.full, s.full}, s.limits)
		}},
		{"ranges again", threePages(), func(t *testing.T, s *server, walk func(context.Context) iter.Seq2[any, error]) {
			t.Helper()
			seq := walk(t.Context())
			first, err := s.collect(t, seq)
			require.NoError(t, err)
			second, err := s.collect(t, seq)
			require.NoError(t, err)
			assert.Equal(t, first, second)
			assert.Equal(t, []string{"", "a", "b", "", "a", "b"}, s.asked())
		}},
		{"ranges twice at a time", threePages(), func(t *testing.T, s *server, walk func(context.Context) iter.Seq2[any, error]) {
			t.Helper()
			seq := walk(t.Context())
			var outer []int
			for item, err := range seq {
				require.NoError(t, err)
				outer = append(outer, number(t, s.item, item))
				inner, err := s.collect(t, seq)
				require.NoError(t, err)
				assert.Equal(t, []int{1, 2, 3}, inner)
			}
			assert.Equal(t, []int{1, 2, 3}, outer)
		}},
		{"asks no more after a break", threePages(), func(t *testing.T, s *server, walk func(context.Context) iter.Seq2[any, error]) {
			t.Helper()
			for _, err := range walk(t.Context()) {
				require.NoError(t, err)
				break
			}
			assert.Equal(t, []string{""}, s.asked())
		}},
		{"ends with an error", map[string]page{
			"":  {items: []int{1, 2}, next: "a"},
			"a": {code: wecom.CodeUserIDNotFound},
		}, func(t *testing.T, s *server, walk func(context.Context) iter.Seq2[any, error]) {
			t.Helper()
			got, err := s.collect(t, walk(t.Context()))
			assert.Equal(t, []int{1, 2}, got)
			require.True(t, wecom.IsCode(err, wecom.CodeUserIDNotFound), "%v", err)
			assert.Equal(t, []string{"", "a"}, s.asked())
		}},
		{"refuses a repeated cursor", map[string]page{
			"":  {items: []int{1}, next: "a"},
			"a": {items: []int{2}, next: "b"},
			"b": {items: []int{3}, next: "a"},
		}, func(t *testing.T, s *server, walk func(context.Context) iter.Seq2[any, error]) {
			t.Helper()
			got, err := s.collect(t, walk(t.Context()))
			assert.Equal(t, []int{1, 2, 3}, got)
			assert.Regexp(t, `cursor "[a1]" twice`, err)
			assert.Equal(t, []string{"", "a", "b"}, s.asked())
		}},
		{"obeys its context", threePages(), func(t *testing.T, s *server, walk func(context.Context) iter.Seq2[any, error]) {
			t.Helper()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var last error
			for _, err := range walk(ctx) {
				cancel()
				last = err
			}
			require.ErrorIs(t, last, context.Canceled)
			assert.Equal(t, []string{""}, s.asked())
		}},
		{"asks nothing for a dead context", threePages(), func(t *testing.T, s *server, walk func(context.Context) iter.Seq2[any, error]) {
			t.Helper()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			got, err := s.collect(t, walk(ctx))
			require.ErrorIs(t, err, context.Canceled)
			assert.Empty(t, got)
			assert.Empty(t, s.asked())
		}},
	}
	for _, it := range iterators() {
		t.Run(it.name, func(t *testing.T) {
			t.Parallel()
			for _, tt := range tests {
				t.Run(tt.name, func(t *testing.T) {
					t.Parallel()
					s := newServer(t, it, tt.pages)
					tt.check(t, s, func(ctx context.Context) iter.Seq2[any, error] { return it.walk(ctx, s) })
				})
			}
		})
	}
}

// TestNoIteratorIsMissing looks through the sources for methods that return an
// iter.Seq2[T, error]. Those of stores call no endpoint and are held to the
// contract by the conformance suite of their store.
func TestNoIteratorIsMissing(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, it := range iterators() {
		listed[it.name] = true
	}
	for _, name := range composites() {
		listed[name] = true
	}
	const root = "../.."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "internal" || d.Name() == "examples" || d.Name() == "testdata" || d.Name() == ".git"):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() || !isIterator(f) || isStore(f.Recv) {
				continue
			}
			name := file.Name.Name + "." + f.Name.Name
			assert.True(t, listed[name], "iterators() has no line for %s", name)
			delete(listed, name)
		}
		return nil
	})
	require.NoError(t, err)
	assert.Empty(t, listed, "iterators() has lines for what is gone")
}

func isStore(receiver *ast.FieldList) bool {
	t := receiver.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	name, ok := t.(*ast.Ident)
	return ok && strings.HasSuffix(name.Name, "Store")
}

func isIterator(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return false
	}
	index, ok := f.Type.Results.List[0].Type.(*ast.IndexListExpr)
	if !ok {
		return false
	}
	seq, ok := index.X.(*ast.SelectorExpr)
	if !ok || seq.Sel.Name != "Seq2" || len(index.Indices) != 2 {
		return false
	}
	second, ok := index.Indices[1].(*ast.Ident)
	return ok && second.Name == "error"
}
