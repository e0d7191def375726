package callback

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// A RobotResponder replies for an intelligent robot after the callback was
// answered, by the [ResponseURL] that came with it. It serves any number of
// robots, is immutable and safe for concurrent use.
type RobotResponder struct{ client *wecom.Client }

// NewRobotResponder makes a responder. Options are those of [wecom.New]; a
// robot has no secret, so it needs no credential.
func NewRobotResponder(opts ...wecom.Option) (*RobotResponder, error) {
	opts = append(slices.Clone(opts), wecom.WithTokenSource(responseCode(nil)))
	client, err := wecom.New(wecom.Credential{CorpID: "aibot"}, opts...)
	if err != nil {
		return nil, err
	}
	return &RobotResponder{client: client}, nil
}

var opRobotRespond = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/aibot/response", Doc: 101138, Auth: wecom.AuthResponseCode}

// A RobotResponse is what a robot says later. It is a [RobotMarkdown] or a
// [RobotTemplateCardReply].
type RobotResponse interface {
	response() (any, error)
}

// RobotMarkdown is text in Markdown.
type RobotMarkdown struct {
	Content  string        `json:"content"` // at most 20,480 bytes
	Feedback RobotFeedback `json:"feedback,omitzero"`
}

func (m RobotMarkdown) response() (any, error) {
	if len(m.Content) > maxRobotContent {
		return nil, contentTooLong(m.Content)
	}
	if err := checkFeedback(m.Feedback); err != nil {
		return nil, err
	}
	return struct {
		MsgType  string        `json:"msgtype"`
		Markdown RobotMarkdown `json:"markdown"`
	}{"markdown", m}, nil
}

// Respond replies to the message, or to the click on a card, that had the url.
//
// 「主动回复消息」 https://developer.work.weixin.qq.com/document/path/101138
//
// A url is good for one reply, and for an hour. In a group the reply quotes
// what it replies to. What WeCom would refuse is not sent, where that is known
// beforehand.
//
// An error that matches [wecom.ErrOutcomeUnknown] means that the answer was lost
// and the reply may have been sent.
func (r *RobotResponder) Respond(ctx context.Context, to ResponseURL, body RobotResponse) error {
	code, err := parseResponseURL(to)
	if err != nil {
		return err
	}
	if body == nil {
		return errors.New("callback: Respond: nil body")
	}
	req, err := body.response()
	if err != nil {
		return fmt.Errorf("callback: Respond: %T: %w", body, err)
	}
	client, err := r.client.As(r.client.CorpID(), responseCode(func() string { return code }))
	if err != nil {
		return err
	}
	_, err = wecom.Do[wecom.Empty](ctx, client, opRobotRespond, req)
	return err
}

// parseResponseURL takes the code out of an address. Its errors do not show it.
// Where it points to is the client's to know.
func parseResponseURL(to ResponseURL) (code string, err error) {
	u, err := url.Parse(string(to))
	if err != nil || !strings.HasSuffix(u.Path, opRobotRespond.Path) || u.Query().Get("response_code") == "" {
		return "", errors.New("callback: Respond: want the ResponseURL of a robot's callback")
	}
	return u.Query().Get("response_code"), nil
}

// A responseCode is the [wecom.TokenSource] of one response: its code is behind
// a function, where no print gets to.
type responseCode func() string

func (c responseCode) Token(context.Context) (wecom.Token, error) {
	return wecom.Token{Value: c(), ExpiresAt: time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)}, nil
}

func (responseCode) Invalidate(context.Context, string) {}

func (responseCode) Auth() wecom.Auth { return wecom.AuthResponseCode }
