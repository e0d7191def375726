package api

import (
	"context"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func callRoutes() []Route {
	return []Route{
		answers(get, "calls", "List the calls that clients made, the latest first", (*API).Calls),
		answers(get, "calls/{n}", "Show a call", (*API).Call),
	}
}

// CallsIn says which calls to list.
type CallsIn struct {
	Page
	Op    string    `about:"only calls of this operation: externalcontact/get"              query:"op"`
	Code  *int      `about:"only calls that were answered with this errcode"                query:"code"`
	Corp  string    `about:"only calls that were about this corp"                           query:"corp"`
	Since time.Time `about:"only calls that came then or later, by the simulator's clock"   query:"since"`
	Where []string  `about:"only calls whose request has these values: userid=alice,limit=1" query:"where"`
	Text  string    `about:"only calls with this in the name of the operation, the request or the response" query:"q"`
}

func (in *CallsIn) matches(c *wecomtest.Call) bool {
	return (in.Corp == "" || c.CorpID == in.Corp) && (in.Text == "" || strings.Contains(c.Op, in.Text) ||
		strings.Contains(c.Query.Encode(), in.Text) || strings.Contains(c.Body, in.Text) || strings.Contains(c.Response, in.Text))
}

// Calls lists calls.
func (a *API) Calls(_ context.Context, in CallsIn) (List[wecomtest.Call], error) {
	calls := a.srv.Calls()
	if in.Op != "" {
		if err := try(func() { calls = calls.Op(in.Op) }); err != nil {
			return List[wecomtest.Call]{}, err
		}
	}
	if in.Code != nil {
		calls = calls.Code(*in.Code)
	}
	if !in.Since.IsZero() {
		calls = calls.Since(in.Since)
	}
	for _, cond := range in.Where {
		path, value, ok := strings.Cut(cond, "=")
		if !ok {
			return List[wecomtest.Call]{}, badRequest("query: where: want path=value, not %q", cond)
		}
		calls = calls.Where(path, JSONValue(value))
	}
	list := []wecomtest.Call{}
	for i := calls.Len() - 1; i >= 0; i-- {
		if c := calls.N(i); in.matches(&c) {
			list = append(list, c)
		}
	}
	return page(list, in.Page)
}

// InNumber names a call or a delivery.
type InNumber struct {
	N int `path:"n"`
}

// Call shows a call.
func (a *API) Call(_ context.Context, in InNumber) (wecomtest.Call, error) {
	for c := range a.srv.Calls().All() {
		if c.N == in.N {
			return c, nil
		}
	}
	if calls := a.srv.Calls(); in.N > 0 && in.N <= calls.Dropped() {
		return wecomtest.Call{}, notFound("the log no longer holds call %d", in.N)
	}
	return wecomtest.Call{}, notFound("no call %d", in.N)
}
