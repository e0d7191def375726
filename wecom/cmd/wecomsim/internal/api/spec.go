package api

import (
	"context"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func specRoutes() []Route {
	return []Route{
		answers(get, "spec", "List the endpoints of WeCom that the simulator knows", (*API).Specs),
		answers(get, "spec/{op...}", "Show an endpoint: its request and reply with examples, errcodes, and official pages", (*API).Spec),
	}
}

// SpecsIn says which endpoints to list.
type SpecsIn struct {
	Page
	Text string `about:"only those with this in their path" query:"q"`
}

// Specs lists endpoints.
func (a *API) Specs(_ context.Context, in SpecsIn) (List[wecomtest.Coverage], error) {
	var list []wecomtest.Coverage
	for _, c := range a.srv.Coverage() {
		if strings.Contains(c.Path, in.Text) {
			list = append(list, c)
		}
	}
	return page(list, in.Page)
}

// SpecIn names an endpoint.
type SpecIn struct {
	Op string `about:"externalcontact/get" kind:"op" path:"op..."`
}

// A Spec is what the official pages say of an endpoint.
type Spec struct {
	wecomtest.Endpoint
	Limits []LimitWindow `json:"limits,omitzero" about:"of its own, beside those of every endpoint"`
}

// Spec shows an endpoint.
func (a *API) Spec(_ context.Context, in SpecIn) (Spec, error) {
	e, err := a.srv.Endpoint(strings.TrimPrefix(in.Op, "cgi-bin/"))
	if err != nil {
		return Spec{}, notFound("%s", plain(err.Error()))
	}
	return Spec{e, limitWindows(e.Limits)}, nil
}
