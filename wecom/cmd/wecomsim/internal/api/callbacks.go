package api

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func callbackRoutes() []Route {
	return []Route{
		answers(post, "callbacks", "Set where an app hears of events, after the check that WeCom's console makes", (*API).SetCallback),
	}
}

// A Callback is where an app hears of events.
type Callback struct {
	InCorp
	URL           string          `json:"url"`
	AgentID       int64           `json:"agentid,omitzero"         about:"of the app; the first one if not given" kind:"app"`
	AIBotID       string          `json:"aibotid,omitzero"         about:"of an intelligent robot, in place of an app" kind:"aibot"`
	SuiteID       string          `json:"suite_id,omitzero"        about:"of a suite, in place of an app" kind:"suite"`
	ServiceCorpID string          `json:"service_corpid,omitzero"  about:"of a provider, in place of an app"`
	JSON          bool            `json:"json,omitzero"            about:"events come as JSON, in JSON"`
	Keys          *wecomtest.Keys `json:"keys,omitzero"            about:"those that GET /_sim/tenant shows if not given"`
}

// SetCallback sets where an app hears of events.
func (a *API) SetCallback(_ context.Context, in Callback) (Callback, error) {
	s, err := a.corp(in.InCorp)
	if err != nil {
		return Callback{}, err
	}
	cb := wecomtest.Callback{
		URL: in.URL, AgentID: in.AgentID, AIBotID: in.AIBotID, JSON: in.JSON, SuiteID: in.SuiteID, ServiceCorpID: in.ServiceCorpID,
	}
	if in.Keys != nil {
		cb.Keys = *in.Keys
	}
	if err := s.SetCallback(cb); err != nil {
		return Callback{}, errorf(http.StatusUnprocessableEntity, "%s", plain(err.Error()))
	}
	a.changed("callback", in.URL)
	return in, nil
}
