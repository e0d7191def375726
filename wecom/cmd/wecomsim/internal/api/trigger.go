package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func triggerRoutes() []Route {
	return []Route{
		answers(get, "trigger", "List the names of all events and messages that WeCom documents", (*API).EventNames),
		answers(post, "trigger", "Send any event or message, as if people had caused it; nothing in the corp changes", (*API).Trigger),
	}
}

// EventNames lists events.
func (a *API) EventNames(context.Context, None) (List[string], error) {
	names := a.srv.EventNames()
	return page(names, Page{Limit: len(names)})
}

// TriggerIn says what to send.
type TriggerIn struct {
	InCorp
	Event string         `json:"event"        about:"WeCom's name: change_external_contact/add_external_contact, text, suite_ticket"`
	Set   map[string]any `json:"set,omitzero" about:"other values than the page of the event has, by path: State, ScanCodeInfo.ScanType, MemChangeList.Item[0]. A text is read as the element's type; null leaves it out"`
}

// A Triggered is what was sent.
type Triggered struct {
	Event      string     `json:"event"`
	Set        []string   `json:"set"        about:"what was changed, as path=value"`
	Deliveries []Delivery `json:"deliveries" about:"where it goes; GET /_sim/deliveries/{n} tells what comes of it"`
}

// Trigger sends an event.
func (a *API) Trigger(_ context.Context, in TriggerIn) (Triggered, error) {
	s, err := a.corp(in.InCorp)
	if err != nil {
		return Triggered{}, err
	}
	overrides, set := in.overrides()
	caused, err := a.causing(func() error {
		s.Trigger(in.Event, overrides...)
		return nil
	})
	if err != nil {
		return Triggered{}, err
	}
	a.changed("trigger", in.Event)
	out := Triggered{in.Event, set, []Delivery{}}
	for _, n := range caused {
		d := a.srv.Delivery(n)
		out.Deliveries = append(out.Deliveries, deliveryOf(&d))
	}
	return out, nil
}

// overrides turns JSON values into those of the simulator.
func (in *TriggerIn) overrides() (list []wecomtest.Override, set []string) {
	set = []string{}
	for _, path := range slices.Sorted(maps.Keys(in.Set)) {
		v := in.Set[path]
		switch value := v.(type) {
		case string:
			list = append(list, wecomtest.SetText(path, value))
		case float64:
			if n := int64(value); float64(n) == value {
				v = n
			}
			list = append(list, wecomtest.Set(path, v))
		default:
			list = append(list, wecomtest.Set(path, v))
		}
		set = append(set, path+"="+text(v))
	}
	return list, set
}

// text is a value as a command line has it.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}
