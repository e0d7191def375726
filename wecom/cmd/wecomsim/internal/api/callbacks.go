package api

import (
	"cmp"
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func callbackRoutes() []Route {
	return []Route{
		answers(get, "callbacks", "List where apps hear of events", (*API).Callbacks),
		answers(post, "callbacks", "Set where an app hears of events, after the check that WeCom's console makes", (*API).SetCallback),
		answers(post, "callbacks/remove", "Let an app hear of events no more", (*API).RemoveCallback),
	}
}

// An Owner is whose a callback is.
type Owner struct {
	AgentID       int64  `json:"agentid,omitzero"        about:"an app; the first one if nothing is given" kind:"app"`
	AIBotID       string `json:"aibotid,omitzero"        about:"an intelligent robot"                      kind:"aibot"`
	SuiteID       string `json:"suite_id,omitzero"       about:"a suite"                                   kind:"suite"`
	ServiceCorpID string `json:"service_corpid,omitzero" about:"a provider"`
}

func (o *Owner) callback() wecomtest.Callback {
	return wecomtest.Callback{AgentID: o.AgentID, AIBotID: o.AIBotID, SuiteID: o.SuiteID, ServiceCorpID: o.ServiceCorpID}
}

// keys are those that were given, and the owner's own for what was not.
func (o *Owner) keys(s *wecomtest.Server, given wecomtest.Keys) (keys wecomtest.Keys, err error) {
	err = try(func() {
		switch {
		case o.AIBotID != "":
			keys = s.AIBotKeys(o.AIBotID)
		case o.SuiteID != "":
			keys = s.SuiteKeys(o.SuiteID)
		case o.ServiceCorpID != "":
			keys = s.ProviderKeys(o.ServiceCorpID)
		default:
			keys = s.Keys()
		}
	})
	keys.Token = cmp.Or(given.Token, keys.Token)
	keys.EncodingAESKey = cmp.Or(given.EncodingAESKey, keys.EncodingAESKey)
	keys.ReceiveID = cmp.Or(given.ReceiveID, keys.ReceiveID)
	keys.SuiteID = cmp.Or(given.SuiteID, keys.SuiteID)
	return keys, err
}

// A Callback is where an app hears of events.
type Callback struct {
	Owner
	URL    string         `json:"url"            about:"empty for a program that listens by GET /_sim/listen"`
	JSON   bool           `json:"json,omitzero"  about:"events come as JSON, in JSON"`
	Keys   wecomtest.Keys `json:"keys"`
	CorpID string         `json:"corpid"`
}

// Callbacks lists callbacks.
func (a *API) Callbacks(context.Context, None) (List[Callback], error) {
	list := []Callback{}
	for _, s := range a.srv.Corps() {
		for _, cb := range s.Callbacks() {
			list = append(list, callbackOf(s, cb))
		}
	}
	return List[Callback]{list, len(list)}, nil
}

func callbackOf(s *wecomtest.Server, cb wecomtest.Callback) Callback {
	return Callback{Owner{cb.AgentID, cb.AIBotID, cb.SuiteID, cb.ServiceCorpID}, cb.URL, cb.JSON, cb.Keys, s.CorpID()}
}

// CallbackIn says where an app hears of events.
type CallbackIn struct {
	InCorp
	Owner
	URL  string          `json:"url"`
	JSON bool            `json:"json,omitzero" about:"events come as JSON, in JSON"`
	Keys *wecomtest.Keys `json:"keys,omitzero" about:"what is not given is as GET /_sim/tenant shows it"`
}

// SetCallback sets where an app hears of events.
func (a *API) SetCallback(_ context.Context, in CallbackIn) (Callback, error) {
	s, err := a.corp(in.InCorp)
	if err != nil {
		return Callback{}, err
	}
	cb := in.callback()
	cb.URL, cb.JSON = in.URL, in.JSON
	if in.Keys != nil {
		if cb.Keys, err = in.keys(s, *in.Keys); err != nil {
			return Callback{}, err
		}
	}
	return a.setCallback(s, cb)
}

func (a *API) setCallback(s *wecomtest.Server, cb wecomtest.Callback) (Callback, error) {
	if err := s.SetCallback(cb); err != nil {
		return Callback{}, errorf(http.StatusUnprocessableEntity, "%s", plain(err.Error()))
	}
	a.changed("callback", cb.URL)
	for _, set := range s.Callbacks() {
		if cb.AgentID == 0 && cb.AIBotID == "" && cb.SuiteID == "" && cb.ServiceCorpID == "" {
			cb.AgentID = s.App().AgentID
		}
		if out := callbackOf(s, set); out.Owner == (Owner{cb.AgentID, cb.AIBotID, cb.SuiteID, cb.ServiceCorpID}) {
			return out, nil
		}
	}
	return callbackOf(s, cb), nil // it was removed at once
}

// RemoveCallbackIn says who hears no more.
type RemoveCallbackIn struct {
	InCorp
	Owner
}

// RemoveCallback ends a callback.
func (a *API) RemoveCallback(_ context.Context, in RemoveCallbackIn) (None, error) {
	s, err := a.corp(in.InCorp)
	if err != nil {
		return None{}, err
	}
	if err := s.RemoveCallback(in.callback()); err != nil {
		return None{}, notFound("%s", plain(err.Error()))
	}
	a.changed("callback", "")
	return None{}, nil
}
