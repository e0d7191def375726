package wecomtest

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
)

// An Event is what a callback tells, before it is encrypted. The elements
// ToUserName, FromUserName, CreateTime, MsgType, Event and ChangeType come
// first and are filled in; Elements follow in their order, and AgentID is last.
type Event struct {
	MsgType      string // "" is event
	FromUserName string // "" is sys
	Event        string // change_external_contact
	ChangeType   string // add_external_contact
	AgentID      int64  // 0: to every app that may see it
	Elements     []Element

	only  int64  // the one app that hears of it, if it may
	about string // userid of whom an app must see to hear of it, if no element says
}

// An Element is one XML element. A string becomes CDATA, an integer bare
// text, []Element nested elements; []string becomes <Item> elements.
type Element struct {
	Name  string
	Value any
}

func (e Event) clone() Event {
	e.Elements = cloneElements(e.Elements)
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
	for _, el := range e.Elements {
		if el.Name == name {
			return el.Value
		}
	}
	return nil
}

// document writes the event as the XML that WeCom encrypts.
func (e Event) document(corpID string, created int64) string {
	head := []Element{
		{"ToUserName", corpID},
		{"FromUserName", cmp.Or(e.FromUserName, "sys")},
		{"CreateTime", created},
		{"MsgType", cmp.Or(e.MsgType, "event")},
	}
	if e.Event != "" {
		head = append(head, Element{"Event", e.Event})
	}
	if e.ChangeType != "" {
		head = append(head, Element{"ChangeType", e.ChangeType})
	}
	var tail []Element
	if e.AgentID != 0 && e.Get("AgentID") == nil {
		tail = []Element{{"AgentID", e.AgentID}}
	}
	var b strings.Builder
	b.WriteString("<xml>")
	writeElements(&b, slices.Concat(head, e.Elements, tail))
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
			fmt.Fprint(b, v)
		}
		fmt.Fprintf(b, "</%s>", el.Name)
	}
}
