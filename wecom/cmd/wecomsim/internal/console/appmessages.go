package console

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
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
	out := appMessage{AppMessage: m, App: cmp.Or(v.appName(v.Corp.CorpID, m.AgentID), fmt.Sprintf("app %d", m.AgentID))}
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

// An appsPage is who else writes: apps in chats of their own, and robots.
type appsPage struct {
	Chats  []appChat
	Robots []appChat
	AIBots []api.AIBotSetup
	Suites []api.SuiteSetup
}

// An appChat is what an app or a robot wrote into one chat.
type appChat struct {
	ID, Name string
	App      string
	People   []face
	Messages []appMessage
}

func (v *visit) apps() (string, any, error) {
	var p appsPage
	chats, err := v.api.AppChats(v.ctx, v.whole())
	if err != nil {
		return "", nil, err
	}
	for _, c := range chats.Items {
		row := appChat{ID: c.ChatID, Name: c.Name, App: v.appName(v.Corp.CorpID, c.AgentID), People: v.faces(c.UserList)}
		for _, m := range c.Messages {
			row.Messages = append(row.Messages, v.appMessage(wecomtest.AppMessage{AgentID: c.AgentID, Time: m.Time, MsgType: m.MsgType, Text: m.Text, Body: m.Body}))
		}
		p.Chats = append(p.Chats, row)
	}
	robots, err := v.api.Robots(v.ctx, v.whole())
	if err != nil {
		return "", nil, err
	}
	for _, r := range robots.Items {
		row := appChat{ID: r.Key, Name: cmp.Or(r.Name, "Robot")}
		for _, m := range r.Messages {
			row.Messages = append(row.Messages, v.appMessage(wecomtest.AppMessage{Time: m.Time, MsgType: m.MsgType, Text: m.Text, Body: m.Body}))
		}
		p.Robots = append(p.Robots, row)
	}
	bots, err := v.api.AIBots(v.ctx, v.whole())
	if err != nil {
		return "", nil, err
	}
	suites, err := v.api.Suites(v.ctx, v.whole())
	p.AIBots, p.Suites = bots.Items, suites.Items
	return "Apps and robots", p, err
}
