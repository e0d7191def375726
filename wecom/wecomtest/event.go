package wecomtest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An Event is what a callback tells, before it is encrypted. The elements
// ToUserName, FromUserName, CreateTime, MsgType, Event and ChangeType come
// first and are filled in; Elements follow in their order, and AgentID is last.
// In the form of a third-party app SuiteId, AuthCorpId, InfoType, TimeStamp and
// ChangeType come first.
//
// [Server.NewEvent] makes one as its official page shows it.
type Event struct {
	MsgType      string // "" is event
	FromUserName string // "" is sys
	Event        string // change_external_contact; InfoType in the form of a third-party app
	ChangeType   string // add_external_contact
	AgentID      int64  // 0: to every app that may see it
	Elements     []Element
	Form         EventForm // "": every form that the pages have, an unknown event FormCorp

	suiteOnly    *suite    // the one suite that hears of it, whether the corp has installed it or not
	providerOnly *provider // the one provider who hears of it

	only  int64  // the one app that hears of it, if it may
	about string // userid of whom an app must see to hear of it, if no element says

	suite     []Element      // what FormSuite has instead of Elements, if that is something else
	head      map[string]any // what stands in the head instead of what would
	anonymous bool           // without FromUserName
}

// An EventForm is how an event names itself, its time and whom it is for.
type EventForm string

// The forms, and which callbacks get them.
const (
	FormCorp     EventForm = "corp"     // Event and CreateTime: an app of the corp, and a third-party app's 数据回调
	FormSuite    EventForm = "suite"    // InfoType and TimeStamp: a third-party app's 指令回调
	FormProvider EventForm = "provider" // InfoType and ServiceCorpId: a provider's 系统事件接收URL
)

// An Element is one element. A string becomes CDATA, a number or bool bare
// text, []Element nested elements; []string becomes <Item> elements. Several
// elements of one name are a list. One that belongs to the head of every event
// and has no Value is written here instead of there.
type Element struct {
	Name  string
	Value any
}

func (e Event) clone() Event {
	e.Elements = cloneElements(e.Elements)
	e.suite = cloneElements(e.suite)
	return e
}

func cloneElements(list []Element) []Element {
	list = slices.Clone(list)
	for i := range list {
		switch v := list[i].Value.(type) {
		case []Element:
			list[i].Value = cloneElements(v)
		case []string:
			list[i].Value = slices.Clone(v)
		}
	}
	return list
}

// Get returns the value of the first element with that name, or nil.
func (e Event) Get(name string) any {
	for _, list := range [][]Element{e.Elements, e.suite} {
		for _, el := range list {
			if el.Name == name {
				return el.Value
			}
		}
	}
	return nil
}

// in returns a copy of the event in one form.
func (e Event) in(form EventForm) Event {
	e = e.clone()
	if form == FormSuite && e.suite != nil {
		e.Elements = e.suite
	}
	e.Form, e.suite = form, nil
	return e
}

// kind names the event: change_external_contact/add_external_contact.
func (e Event) kind() string {
	if e.ChangeType == "" {
		return cmp.Or(e.Event, e.MsgType)
	}
	return e.Event + "/" + e.ChangeType
}

// Name returns the name by which [Server.Trigger] knows the event:
// change_external_contact/add_external_contact, or text for a message.
func (e Event) Name() string { return e.kind() }

// forms are those that the event has.
func (e Event) forms() []EventForm {
	if e.Form != "" {
		return []EventForm{e.Form}
	}
	if r := events().of(e); r != nil {
		return r.Forms
	}
	return []EventForm{FormCorp}
}

// limit is how long an app may take to answer.
func (e Event) limit() time.Duration {
	if r := events().of(e); r != nil && r.Within != "" {
		if d, err := time.ParseDuration(r.Within); err == nil {
			return d
		}
	}
	return callbackLimit
}

// heads are the elements that events begin with, by form.
func heads(form EventForm) []string {
	switch form {
	case FormSuite:
		return []string{"SuiteId", "AuthCorpId", "InfoType", "TimeStamp", "ChangeType"}
	case FormProvider:
		return []string{"ServiceCorpId", "AuthCorpId", "InfoType", "TimeStamp", "ChangeType"}
	default:
		return []string{"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "ChangeType"}
	}
}

// A reader is who an event is written for.
type reader struct {
	app        *app // nil is no app of the corp
	form       EventForm
	json       bool
	corpID     string
	suiteID    string
	providerID string
	receiveID  string
}

// document writes the event as the XML or JSON that WeCom encrypts.
func (e Event) document(to reader, created int64) string {
	head := map[string]any{
		"ToUserName":    to.receiveID,
		"FromUserName":  cmp.Or(e.FromUserName, "sys"),
		"CreateTime":    created,
		"MsgType":       cmp.Or(e.MsgType, "event"),
		"Event":         e.Event,
		"InfoType":      e.Event,
		"TimeStamp":     created,
		"SuiteId":       to.suiteID,
		"AuthCorpId":    to.corpID,
		"ServiceCorpId": to.providerID,
	}
	if e.ChangeType != "" {
		head["ChangeType"] = e.ChangeType
	}
	maps.Copy(head, e.head)
	body := e.Elements
	if to.form == FormSuite && e.suite != nil {
		body = e.suite
	}
	moved := make(map[string]bool)
	for i, el := range body {
		if v, ok := head[el.Name]; ok && el.Value == nil {
			body = slices.Clone(body)
			body[i].Value = v
			moved[el.Name] = true
		}
	}
	var list []Element
	for _, name := range heads(to.form) {
		v, ok := head[name]
		switch {
		case !ok, moved[name], name == "FromUserName" && e.anonymous, name == "Event" && e.Event == "":
		case to.form != FormCorp && moved["InfoType"]: // the page has an order of its own
		case name == "CreateTime" && moved["TimeStamp"]: // and so some events of devices
		default:
			list = append(list, Element{name, v})
		}
	}
	list = append(list, body...)
	if to.form == FormCorp && e.AgentID != 0 && e.Get("AgentID") == nil {
		list = append(list, Element{"AgentID", e.AgentID})
	}
	if to.json {
		var b bytes.Buffer
		writeJSONElements(&b, list)
		return b.String()
	}
	var b strings.Builder
	b.WriteString("<xml>")
	writeElements(&b, list)
	b.WriteString("</xml>")
	return b.String()
}

func writeElements(b *strings.Builder, list []Element) {
	for _, el := range list {
		fmt.Fprintf(b, "<%s>", el.Name)
		switch v := el.Value.(type) {
		case []Element:
			writeElements(b, v)
		case []string:
			for _, item := range v {
				b.WriteString("<Item>")
				_ = xml.EscapeText(b, []byte(item))
				b.WriteString("</Item>")
			}
		case string:
			b.WriteString("<![CDATA[" + strings.ReplaceAll(v, "]]>", "]]]]><![CDATA[>") + "]]>")
		default:
			b.WriteString(bare(v))
		}
		fmt.Fprintf(b, "</%s>", el.Name)
	}
}

// writeJSONElements writes an object, and elements of one name as an array.
func writeJSONElements(b *bytes.Buffer, list []Element) {
	b.WriteByte('{')
	written := make(map[string]bool, len(list))
	for _, el := range list {
		if written[el.Name] {
			continue
		}
		if len(written) > 0 {
			b.WriteByte(',')
		}
		written[el.Name] = true
		writeJSONText(b, el.Name)
		b.WriteByte(':')
		same := slices.DeleteFunc(slices.Clone(list), func(other Element) bool { return other.Name != el.Name })
		if len(same) == 1 {
			writeJSONValue(b, el.Value)
			continue
		}
		b.WriteByte('[')
		for i, one := range same {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSONValue(b, one.Value)
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
}

func writeJSONValue(b *bytes.Buffer, value any) {
	switch v := value.(type) {
	case []Element:
		writeJSONElements(b, v)
	case []string:
		items := make([]Element, 0, len(v))
		for _, item := range v {
			items = append(items, Element{"Item", item})
		}
		writeJSONElements(b, items)
	case string:
		writeJSONText(b, v)
	default:
		b.WriteString(bare(v))
	}
}

func writeJSONText(b *bytes.Buffer, s string) {
	if text, err := json.Marshal(s); err == nil { // as it is of any string
		b.Write(text)
	}
}

func bare(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
