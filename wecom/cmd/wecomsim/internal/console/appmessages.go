package console

import (
	"encoding/json"
	"fmt"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// An appMessage is what an app wrote to a member, as a phone shows it.
type appMessage struct {
	wecomtest.AppMessage
	App     string
	Title   string
	Desc    string
	Buttons []pair // name and key
	Raw     string // what is not shown otherwise
}

// cardWire is as much of a card as a phone shows.
type cardWire struct {
	Title     string `json:"title"`
	Desc      string `json:"description"`
	MainTitle struct {
		Title string `json:"title"`
		Desc  string `json:"desc"`
	} `json:"main_title"`
	SubTitleText string `json:"sub_title_text"`
	ButtonList   []struct {
		Text string `json:"text"`
		Key  string `json:"key"`
	} `json:"button_list"`
	SubmitButton struct {
		Text string `json:"text"`
		Key  string `json:"key"`
	} `json:"submit_button"`
}

func (v *visit) appMessage(m wecomtest.AppMessage) appMessage {
	out := appMessage{AppMessage: m, App: fmt.Sprintf("app %d", m.AgentID)}
	for _, a := range v.Corp.Apps {
		if a.AgentID == m.AgentID && a.Name != "" {
			out.App = a.Name
		}
	}
	var w cardWire
	if m.Text != "" || json.Unmarshal(m.Body, &w) != nil {
		return out
	}
	out.Title, out.Desc = w.MainTitle.Title+w.Title, w.MainTitle.Desc+w.Desc
	if out.Desc == "" {
		out.Desc = w.SubTitleText
	}
	for _, b := range append(w.ButtonList, w.SubmitButton) {
		if b.Key != "" && m.ReplaceName == "" {
			out.Buttons = append(out.Buttons, pair{b.Text, b.Key})
		}
	}
	if out.Title == "" && out.Desc == "" {
		out.Raw = pretty(string(m.Body))
	}
	return out
}
