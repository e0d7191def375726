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
		answers(get, "trigger/{event...}", "Show an event as its official page has it, with ids of this corp", (*API).EventSample),
		answers(post, "trigger", "Send any event or message, as if people had caused it; nothing in the corp changes", (*API).Trigger),
	}
}

// EventNames lists events.
func (a *API) EventNames(context.Context, None) (List[string], error) {
	names := a.srv.EventNames()
	return page(names, Page{Limit: len(names)})
}

// InEvent names an event.
type InEvent struct {
	InCorp
	Event string `about:"WeCom's name: change_external_contact/add_external_contact" kind:"event" path:"event..."`
}

// An EventSample is what an event says unless it is told otherwise.
type EventSample struct {
	Event  string       `json:"event"`
	Values []EventValue `json:"values" about:"what set can change"`
}

// An EventValue is one value of an event.
type EventValue struct {
	Path  string `json:"path"`
	Value string `json:"value" about:"as a text, which set takes"`
}

// EventSample shows an event.
func (a *API) EventSample(_ context.Context, in InEvent) (EventSample, error) {
	s, err := a.corp(in.InCorp)
	if err != nil {
		return EventSample{}, err
	}
	e, err := s.NewEvent(in.Event)
	if err != nil {
		return EventSample{}, notFound("%s", plain(err.Error()))
	}
	return EventSample{in.Event, appendValues([]EventValue{}, "", e.Elements)}, nil
}

// appendValues lists the values of elements by their paths.
func appendValues(list []EventValue, prefix string, elements []wecomtest.Element) []EventValue {
	total, n := make(map[string]int), make(map[string]int)
	for _, el := range elements {
		total[el.Name]++
	}
	for _, el := range elements {
		path := prefix + el.Name
		if total[el.Name] > 1 {
			path += fmt.Sprintf("[%d]", n[el.Name])
			n[el.Name]++
		}
		switch v := el.Value.(type) {
		case nil: // of the head, which is filled in later
		case []wecomtest.Element:
			list = appendValues(list, path+".", v)
		case []string:
			for i, item := range v {
				list = append(list, EventValue{fmt.Sprintf("%s.Item[%d]", path, i), item})
			}
		default:
			list = append(list, EventValue{path, text(v)})
		}
	}
	return list
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
