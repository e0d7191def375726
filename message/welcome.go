package message

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

const (
	welcomeLife     = 20 * time.Second // a welcome code lives this long
	welcomeMinPause = 100 * time.Millisecond
	welcomeMaxPause = time.Second
)

var opSendWelcomeMsg = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/send_welcome_msg", Doc: 92137}

// SendWelcomeRequest greets a customer whom a member just added. Text and
// Attachments must not both be empty.
type SendWelcomeRequest struct {
	WelcomeCode string      `json:"welcome_code"`         // from the event; where it is empty nobody is to be greeted
	Text        Text        `json:"text,omitzero"`        // at most 4,000 bytes
	Attachments Attachments `json:"attachments,omitzero"` // at most 9

	// ReceivedAt is when the event arrived: the 20 seconds of the code run
	// from then. Set it if the event waited in a queue; zero means now. The
	// event's At() will do where this machine's clock is right.
	ReceivedAt time.Time `json:"-"`
}

// SendWelcome greets a customer whom a member just added, in the member's name.
//
// 「发送新客户欢迎语」 https://developer.work.weixin.qq.com/document/path/92137
//
// WelcomeCode comes with the events that tell of a new customer, unless the
// console already greets for this member. It lives 20 seconds and works once.
// Text and attachments arrive as separate messages. The member must be in the
// app's visible range; one who has not used WeCom for long cannot greet.
//
// SendWelcome gives up when the 20 seconds are over. Several apps may hold a
// code for the same customer, and the first to call wins: while WeCom answers
// [wecom.CodeWelcomeBeingSent], SendWelcome tries again after a short pause,
// because the other app may still fail. It returns nil if WeCom says that the
// customer has been greeted already ([wecom.CodeChatAlreadyStarted]): nothing
// is left to do, though the greeting may be another app's.
//
// It fails with [wecom.CodeInvalidWelcomeCode] if the code is wrong, used or
// too old; with [wecom.Error.Client] set, it was too old to be sent at all.
// Do not try again after that. An error that matches [wecom.ErrOutcomeUnknown]
// means that the reply was lost and the customer may have been greeted.
func (s *Service) SendWelcome(ctx context.Context, req SendWelcomeRequest) error {
	clock := s.client.Clock()
	left := welcomeLife
	if !req.ReceivedAt.IsZero() {
		left = min(left, req.ReceivedAt.Add(welcomeLife).Sub(clock.Now()))
	}
	if left <= 0 {
		return &wecom.Error{
			Op:     opSendWelcomeMsg,
			Code:   wecom.CodeInvalidWelcomeCode,
			Msg:    "the event is older than 20 seconds",
			Client: true,
		}
	}
	end := clock.Now().Add(left)
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	for pause := welcomeMinPause; ; pause = min(2*pause, welcomeMaxPause) {
		_, err := wecom.Do[wecom.Empty](ctx, s.client, opSendWelcomeMsg, req)
		switch {
		case wecom.IsCode(err, wecom.CodeChatAlreadyStarted):
			return nil
		case !wecom.IsCode(err, wecom.CodeWelcomeBeingSent), !clock.Now().Add(pause).Before(end):
			return err
		}
		if slept := clock.Sleep(ctx, pause); slept != nil {
			return fmt.Errorf("%w, then: %w", err, slept)
		}
	}
}
