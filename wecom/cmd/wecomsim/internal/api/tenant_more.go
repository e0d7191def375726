package api

import (
	"context"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// Moments lists moments.
func (a *API) Moments(_ context.Context, in InList) (List[wecomtest.Moment], error) {
	return listOf(a, in, (*wecomtest.Server).Moments)
}

// MassSends lists mass sends.
func (a *API) MassSends(_ context.Context, in InList) (List[wecomtest.MassSend], error) {
	return listOf(a, in, (*wecomtest.Server).MassSends)
}

// A MediaFile is an uploaded file without what is in it.
type MediaFile struct {
	MediaID    string    `json:"media_id"`
	Type       string    `json:"type"                about:"image, voice, video or file"`
	FileName   string    `json:"file_name,omitzero"`
	Size       int       `json:"size"                about:"in bytes"`
	CreateTime time.Time `json:"create_time"`
}

// Media lists files.
func (a *API) Media(_ context.Context, in InList) (List[MediaFile], error) {
	return listOf(a, in, func(s *wecomtest.Server) []MediaFile {
		var list []MediaFile
		for _, m := range s.MediaFiles() {
			list = append(list, MediaFile{m.MediaID, m.Type, m.FileName, len(m.Data), m.CreateTime})
		}
		return list
	})
}

// InMedia names a file.
type InMedia struct {
	InCorp
	MediaID string `kind:"media" path:"media_id"`
}

// MediaFile shows a file.
func (a *API) MediaFile(_ context.Context, in InMedia) (wecomtest.Media, error) {
	s, err := a.corp(in.InCorp)
	if err != nil {
		return wecomtest.Media{}, err
	}
	if m := s.Media(in.MediaID); m.MediaID != "" {
		return m, nil
	}
	return wecomtest.Media{}, notFound("no file %q", in.MediaID)
}

// A ContactWay is one with its times in seconds, as WeCom has them.
type ContactWay struct {
	wecomtest.ContactWay
	ExpiresIn     int64 `json:"expires_in,omitzero"      about:"seconds, of a temporary one"`
	ChatExpiresIn int64 `json:"chat_expires_in,omitzero" about:"seconds, of a temporary one"`
}

// ContactWays lists contact ways.
func (a *API) ContactWays(_ context.Context, in InList) (List[ContactWay], error) {
	return listOf(a, in, func(s *wecomtest.Server) []ContactWay {
		var list []ContactWay
		for _, w := range s.ContactWays() {
			list = append(list, ContactWay{w, int64(w.ExpiresIn / time.Second), int64(w.ChatExpiresIn / time.Second)})
		}
		return list
	})
}

// JoinWays lists join ways.
func (a *API) JoinWays(_ context.Context, in InList) (List[wecomtest.JoinWay], error) {
	return listOf(a, in, (*wecomtest.Server).JoinWays)
}

// GroupWelcomes lists greetings.
func (a *API) GroupWelcomes(_ context.Context, in InList) (List[wecomtest.GroupWelcome], error) {
	return listOf(a, in, (*wecomtest.Server).GroupWelcomes)
}

// An AppChatLog is a chat that an app made and what it wrote.
type AppChatLog struct {
	wecomtest.AppChat
	Messages []wecomtest.AppChatMessage `json:"messages"`
}

// AppChats lists the chats of apps.
func (a *API) AppChats(_ context.Context, in InList) (List[AppChatLog], error) {
	return listOf(a, in, func(s *wecomtest.Server) []AppChatLog {
		var list []AppChatLog
		for _, c := range s.AppChats() {
			list = append(list, AppChatLog{c, s.AppChatMessages(c.ChatID)})
		}
		return list
	})
}

// AcquisitionLinks lists acquisition links.
func (a *API) AcquisitionLinks(_ context.Context, in InList) (List[wecomtest.AcquisitionLink], error) {
	return listOf(a, in, (*wecomtest.Server).AcquisitionLinks)
}

// A RobotLog is a group robot and what it wrote.
type RobotLog struct {
	wecomtest.Robot
	Messages []wecomtest.RobotMessage `json:"messages"`
}

// Robots lists group robots.
func (a *API) Robots(_ context.Context, in InList) (List[RobotLog], error) {
	return listOf(a, in, func(s *wecomtest.Server) []RobotLog {
		var list []RobotLog
		for _, r := range s.Robots() {
			list = append(list, RobotLog{r, s.RobotMessages(r.Key)})
		}
		return list
	})
}

// An AIBotSetup is an intelligent robot and the keys of its callback.
type AIBotSetup struct {
	wecomtest.AIBot
	Keys wecomtest.Keys `json:"keys"`
}

// AIBots lists intelligent robots.
func (a *API) AIBots(_ context.Context, in InList) (List[AIBotSetup], error) {
	return listOf(a, in, func(s *wecomtest.Server) []AIBotSetup {
		var list []AIBotSetup
		for _, b := range s.AIBots() {
			list = append(list, AIBotSetup{b, s.AIBotKeys(b.AIBotID)})
		}
		return list
	})
}

// A SuiteSetup is a suite and the keys of its callback.
type SuiteSetup struct {
	wecomtest.Suite
	Keys          wecomtest.Keys `json:"keys"`
	PermanentCode string         `json:"permanent_code,omitzero" about:"of the corp, if it has authorised the suite"`
}

// Suites lists suites.
func (a *API) Suites(_ context.Context, in InList) (List[SuiteSetup], error) {
	return listOf(a, in, func(s *wecomtest.Server) []SuiteSetup {
		var list []SuiteSetup
		for _, su := range s.Suites() {
			list = append(list, SuiteSetup{su, s.SuiteKeys(su.SuiteID), s.PermanentCode(su.SuiteID)})
		}
		return list
	})
}

// ConversationIn names a chat.
type ConversationIn struct {
	InList
	UserID         string `about:"the member of a chat of two"   kind:"member"   query:"userid"`
	ExternalUserID string `about:"the customer of a chat of two" kind:"customer" query:"external_userid"`
	ChatID         string `about:"a group chat"                  kind:"chat"     query:"chat_id"`
}

// Conversation shows a chat.
func (a *API) Conversation(_ context.Context, in ConversationIn) (List[wecomtest.ChatMessage], error) {
	if single := in.UserID != "" && in.ExternalUserID != ""; single == (in.ChatID != "") {
		return List[wecomtest.ChatMessage]{}, badRequest("query: want userid and external_userid, or chat_id")
	}
	return listOf(a, in.InList, func(s *wecomtest.Server) []wecomtest.ChatMessage {
		if in.ChatID != "" {
			return s.GroupConversation(in.ChatID)
		}
		return s.Conversation(in.UserID, in.ExternalUserID)
	})
}

// AppMessagesIn names a member.
type AppMessagesIn struct {
	InList
	UserID string `kind:"member" query:"userid,required"`
}

// AppMessages shows what apps wrote to a member.
func (a *API) AppMessages(_ context.Context, in AppMessagesIn) (List[wecomtest.AppMessage], error) {
	return listOf(a, in.InList, func(s *wecomtest.Server) []wecomtest.AppMessage { return s.AppMessages(in.UserID) })
}
