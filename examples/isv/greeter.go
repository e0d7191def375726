package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

// strangers is for how long an event may be ahead of its corp's authorisation.
const strangers = time.Minute

// A greeter greets the new customers of every corp. Whatever it does can be
// done again: an event comes to it twice if a process dies before it is noted
// as done.
type greeter struct {
	suites    isv.Suites
	greetings *greetings
	clock     wecom.Clock
	logger    *slog.Logger
}

// added is for a customer who and a member are friends now.
func (g *greeter) added(ctx context.Context, e *callback.AddExternalContact) error {
	client, greeting, err := g.tenant(ctx)
	if err != nil {
		return g.stranger(ctx, e, err)
	}
	return again(
		g.welcome(ctx, client, greeting, e, e.WelcomeCode),
		g.mark(ctx, client, greeting, e.UserID, e.ExternalUserID),
	)
}

// halfAdded is for a stranger who has added a member and whom the member has
// not confirmed: nobody to tag yet. Then added gets no welcome code.
func (g *greeter) halfAdded(ctx context.Context, e *callback.AddHalfExternalContact) error {
	client, greeting, err := g.tenant(ctx)
	if err != nil {
		return g.stranger(ctx, e, err)
	}
	return again(g.welcome(ctx, client, greeting, e, e.WelcomeCode))
}

// tenant is the client of the corp that the event is about, and its greeting.
func (g *greeter) tenant(ctx context.Context) (*wecom.Client, greeting, error) {
	client, err := g.suites.Client(ctx)
	if err != nil {
		return nil, greeting{}, err
	}
	set, err := g.greetings.get(ctx, client.CorpID())
	return client, set, err
}

// stranger decides about an event of a corp that is no tenant. It may have
// overtaken the authorisation; later on, the corp has left.
func (g *greeter) stranger(ctx context.Context, e callback.Event, err error) error {
	if errors.Is(err, isv.ErrNotAuthorized) && g.clock.Now().Sub(e.Head().At()) > strangers {
		g.logger.InfoContext(ctx, "event of a corp that has left", "kind", e.Head().Kind(), "corp", e.Head().Corp())
		return nil
	}
	return again(err)
}

// again makes one error of those of the steps. If one of them may do better
// later, the event stays in the inbox, and all steps are taken again.
func again(steps ...error) error {
	err := errors.Join(steps...)
	if slices.ContainsFunc(steps, mayPass) {
		return fmt.Errorf("%w: %w", callback.ErrRedeliver, err)
	}
	return err
}

// mayPass reports whether it is worth trying again. A right that is missing is
// for people to grant, who have a day for that; a request that WeCom does not
// like it will not like tomorrow.
func mayPass(err error) bool {
	for _, hopeless := range []error{wecom.ErrInvalidRequest, wecom.ErrNotFound, wecom.ErrWrongState, wecom.ErrQuota} {
		if errors.Is(err, hopeless) {
			return false
		}
	}
	return err != nil
}

// welcome greets within 20 seconds of the event or not at all. WeCom takes a
// code once: to try again, or from another process, cannot greet twice.
func (g *greeter) welcome(ctx context.Context, client *wecom.Client, in greeting, e callback.Event, code string) error {
	if code == "" {
		return nil // the console greets, or they chat already
	}
	err := message.New(client).SendWelcome(ctx, message.SendWelcomeRequest{
		WelcomeCode: code,
		Text:        message.Text{Content: in.Text},
		ReceivedAt:  e.Head().At(), // WeCom's time, so this machine's clock should be right
	})
	switch {
	case err == nil:
		g.logger.InfoContext(ctx, "greeted", "corp", client.CorpID())
		return nil
	case wecom.IsCode(err, wecom.CodeInvalidWelcomeCode):
		g.logger.WarnContext(ctx, "not greeted: the welcome code is over", "corp", client.CorpID(), "err", err)
		return nil // for good
	default:
		return fmt.Errorf("greet in %s: %w", client.CorpID(), err)
	}
}

func (g *greeter) mark(ctx context.Context, client *wecom.Client, in greeting, userID, externalUserID string) error {
	if in.Tag == "" {
		return nil
	}
	err := g.markOnce(ctx, client, in, userID, externalUserID)
	if wecom.IsCode(err, wecom.CodeInvalidTagID) { // somebody has deleted it in the console
		in.tagIDs = nil
		err = g.markOnce(ctx, client, in, userID, externalUserID)
	}
	if wecom.IsCode(err, wecom.CodeNotExternalContact) {
		return nil // the customer has left
	}
	if err != nil {
		return fmt.Errorf("tag in %s: %w", client.CorpID(), err)
	}
	return nil
}

func (g *greeter) markOnce(ctx context.Context, client *wecom.Client, in greeting, userID, externalUserID string) error {
	id, err := g.greetings.tag(ctx, client, in)
	if err != nil {
		return err
	}
	return tag.New(client).Mark(ctx, tag.MarkRequest{UserID: userID, ExternalUserID: externalUserID, AddTag: []string{id}})
}
