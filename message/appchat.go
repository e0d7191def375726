package message

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opCreateAppChat = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/appchat/create", Doc: 90245}

// CreateAppChatRequest describes a new app chat.
type CreateAppChatRequest struct {
	Name     string   `json:"name,omitzero"`   // cut off after 50 characters
	Owner    string   `json:"owner,omitzero"`  // a member; empty takes one of UserList
	UserList []string `json:"userlist"`        // members, 2 to 2,000
	ChatID   string   `json:"chatid,omitzero"` // at most 32 of 0-9 a-z A-Z, not in use; empty makes one up
}

// CreateAppChatResult names the new chat.
type CreateAppChatResult struct {
	ChatID string `json:"chatid"`
}

// CreateAppChat makes a group chat of members that the app can write to.
//
// 「创建群聊会话」 https://developer.work.weixin.qq.com/document/path/90245
//
// Only the corp's own apps can call it and the other methods of app chats, and
// only if the root department sees the app. A corp may create 1,000 chats a
// day. Older WeCom clients show the chat once a message is in it.
//
// With a ChatID of your own a call whose reply was lost can be repeated: it
// cannot make a second chat.
func (s *Service) CreateAppChat(ctx context.Context, req CreateAppChatRequest) (*CreateAppChatResult, error) {
	return wecom.Do[CreateAppChatResult](ctx, s.client, opCreateAppChat, req)
}

var opUpdateAppChat = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/appchat/update", Doc: 90246}

// UpdateAppChatRequest says what changes in an app chat.
type UpdateAppChatRequest struct {
	ChatID      string   `json:"chatid"`
	Name        string   `json:"name,omitzero"`  // cut off after 50 characters; empty keeps it
	Owner       string   `json:"owner,omitzero"` // a member; empty keeps it
	AddUserList []string `json:"add_user_list,omitzero"`
	DelUserList []string `json:"del_user_list,omitzero"`
}

// UpdateAppChat changes the name, the owner or the members of an app chat.
//
// 「修改群聊会话」 https://developer.work.weixin.qq.com/document/path/90246
//
// The app must have created the chat: otherwise fails with
// [wecom.CodeChatOfAnotherApp].
func (s *Service) UpdateAppChat(ctx context.Context, req UpdateAppChatRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opUpdateAppChat, req)
	return err
}

var opGetAppChat = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/appchat/get", Doc: 90247, Read: true}

type getAppChatRequest struct {
	ChatID string `json:"chatid"`
}

type getAppChatResult struct {
	ChatInfo AppChat `json:"chat_info"`
}

// AppChat is a group chat of members that an app has created.
type AppChat struct {
	ChatID   string   `json:"chatid"`
	Name     string   `json:"name"`
	Owner    string   `json:"owner"`
	UserList []string `json:"userlist"`
}

// GetAppChat returns an app chat.
//
// 「获取群聊会话」 https://developer.work.weixin.qq.com/document/path/90247
//
// The app must have created the chat.
// Fails with [wecom.CodeChatNotFound] if there is none.
func (s *Service) GetAppChat(ctx context.Context, chatID string) (*AppChat, error) {
	res, err := wecom.Do[getAppChatResult](ctx, s.client, opGetAppChat, getAppChatRequest{ChatID: chatID})
	if err != nil {
		return nil, err
	}
	return &res.ChatInfo, nil
}

var opSendAppChat = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/appchat/send", Doc: 90248}

// SendAppChatRequest says what an app sends to a chat.
type SendAppChatRequest struct {
	ChatID string       `json:"chatid"`
	Body   AppChatBody  `json:"-"`             // what is sent: goes out as msgtype and the field it names
	Safe   wecom.Bool01 `json:"safe,omitzero"` // cannot be passed on and has a watermark; not for Voice and Markdown
}

// MarshalJSON writes the body beside its msgtype.
func (r SendAppChatRequest) MarshalJSON() ([]byte, error) {
	type plain SendAppChatRequest
	return withBody("SendAppChatRequest", plain(r), r.Body)
}

// An AppChatBody is what an app says in a chat. It is one of [ChatText],
// [Image], [Voice], [Video], [File], [TextCard], [News], [MPNews] and
// [Markdown].
//
// As an AppChatBody, Markdown may hold <@userid> to mention a member, TextCard
// is cut off after 128 and 512 bytes, and each [NewsArticle] needs a URL.
type AppChatBody interface {
	msgType() string
	appChatBody()
}

// ChatText is text in an app chat.
type ChatText struct {
	Content       string   `json:"content"`                 // at most 2,048 bytes; <@userid> mentions a member
	MentionedList []string `json:"mentioned_list,omitzero"` // members to mention; ToAll mentions everybody
}

func (ChatText) msgType() string { return "text" }

func (ChatText) appChatBody() {}
func (Image) appChatBody()    {}
func (Voice) appChatBody()    {}
func (Video) appChatBody()    {}
func (File) appChatBody()     {}
func (TextCard) appChatBody() {}
func (News) appChatBody()     {}
func (MPNews) appChatBody()   {}
func (Markdown) appChatBody() {}

// SendAppChat sends a message from the app to a chat that it has created.
//
// 「应用推送消息」 https://developer.work.weixin.qq.com/document/path/90248
//
// A message counts once for each member of the chat. A corp may send 20,000 a
// minute and, by its size, 150,000, 350,000 or 700,000 an hour. A member gets at
// most 200 a minute and 10,000 a day from an app; WeCom drops the rest without
// an error.
//
// An error that matches [wecom.ErrOutcomeUnknown] means that the reply was lost
// and the message may have been sent.
func (s *Service) SendAppChat(ctx context.Context, req SendAppChatRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opSendAppChat, req)
	return err
}
