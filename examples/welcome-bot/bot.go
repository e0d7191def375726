package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
)

// A bot does what the rules say. Whatever it does can be done again: an event
// may come to it twice, if the process dies before it is noted as done.
type bot struct {
	rules    *rules
	contacts *contact.Service
	messages *message.Service
	tags     *tag.Service
	labels   *labels
	pictures *pictures
	clock    wecom.Clock
	metrics  *metrics
	logger   *slog.Logger
}

func newBot(client *wecom.Client, rules *rules, m *metrics, logger *slog.Logger) *bot {
	tags := tag.New(client)
	return &bot{
		rules:    rules,
		contacts: contact.New(client),
		messages: message.New(client),
		tags:     tags,
		labels:   newLabels(tags),
		pictures: newPictures(client, rules.dir),
		clock:    client.Clock(),
		metrics:  m,
		logger:   logger,
	}
}

// prepare makes the tags and uploads the pictures, so that a greeting does not
// wait for them.
func (b *bot) prepare(ctx context.Context) error {
	var all []label
	for rule := range b.rules.all {
		all = append(all, rule.labels()...)
	}
	if _, err := b.labels.ids(ctx, all); err != nil {
		return err
	}
	for rule := range b.rules.all {
		if _, err := b.attachments(ctx, rule); err != nil {
			return err
		}
	}
	return nil
}

// A newcomer is what both events say.
type newcomer struct {
	callback.Event

	userID, externalUserID, state, welcomeCode string
}

func (c newcomer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("userid", c.userID), slog.String("external_userid", c.externalUserID), slog.String("state", c.state))
}

// added is for a customer who and a member are friends now. One who was greeted
// by halfAdded comes without a welcome code.
func (b *bot) added(ctx context.Context, e *callback.AddExternalContact) error {
	c := newcomer{e, e.UserID, e.ExternalUserID, e.State, e.WelcomeCode}
	rule := b.rules.find(c.state)
	if rule == nil {
		b.logger.InfoContext(ctx, "no rule", "customer", c)
		return nil
	}
	return outcome(b.greet(ctx, c, rule), b.tag(ctx, c, rule), b.remark(ctx, c, rule))
}

// halfAdded is for a stranger who has added a member and whom the member has
// not confirmed. There is nobody to tag yet: the confirmation brings
// [callback.AddExternalContact].
func (b *bot) halfAdded(ctx context.Context, e *callback.AddHalfExternalContact) error {
	c := newcomer{e, e.UserID, e.ExternalUserID, e.State, e.WelcomeCode}
	rule := b.rules.find(c.state)
	if rule == nil {
		b.logger.InfoContext(ctx, "no rule", "customer", c)
		return nil
	}
	return outcome(b.greet(ctx, c, rule))
}

// greet sends the welcome message, within 20 seconds of the event or not at
// all. WeCom takes a code once, so that to call again after a lost reply, or
// after a crash, cannot greet twice: it is answered "greeted already", which
// SendWelcome takes for success, or "invalid code".
func (b *bot) greet(ctx context.Context, c newcomer, rule *rule) error {
	if c.welcomeCode == "" || rule.silent() {
		return nil // the console greets, they chat already, or the rule only tags
	}
	attachments, err := b.attachments(ctx, rule)
	if err == nil {
		err = b.messages.SendWelcome(ctx, message.SendWelcomeRequest{
			WelcomeCode: c.welcomeCode,
			Text:        message.Text{Content: rule.Text},
			Attachments: attachments,
			ReceivedAt:  c.Head().At(), // WeCom's time, so this machine's clock should be right
		})
	}
	after := b.clock.Now().Sub(c.Head().At())
	switch {
	case err == nil:
		b.metrics.greeted(after)
		b.logger.InfoContext(ctx, "greeted", "customer", c, "after_ms", after.Milliseconds())
		return nil
	case wecom.IsCode(err, wecom.CodeInvalidWelcomeCode):
		b.metrics.late.Add(1)
		b.logger.WarnContext(ctx, "not greeted: the welcome code is over", "customer", c, "after_ms", after.Milliseconds(), "err", err)
		return nil // for good
	default:
		return fmt.Errorf("greet %s: %w", c.externalUserID, err)
	}
}

func (b *bot) attachments(ctx context.Context, rule *rule) (message.Attachments, error) {
	var list message.Attachments
	for _, a := range rule.Attachments {
		switch {
		case a.Image != nil:
			id, err := b.pictures.id(ctx, a.Image.File)
			if err != nil {
				return nil, err
			}
			list = append(list, message.ImageAttachment{MediaID: id})
		case a.Link != nil:
			list = append(list, *a.Link)
		default:
			id, err := b.pictures.id(ctx, a.MiniProgram.Cover)
			if err != nil {
				return nil, err
			}
			list = append(list, message.MiniProgramAttachment{
				Title: a.MiniProgram.Title, AppID: a.MiniProgram.AppID, Page: a.MiniProgram.Page, PicMediaID: id,
			})
		}
	}
	return list, nil
}

// tag puts the tags of the rule on the customer; others stay.
func (b *bot) tag(ctx context.Context, c newcomer, rule *rule) error {
	want := rule.labels()
	if len(want) == 0 {
		return nil
	}
	err := b.mark(ctx, c, want)
	if wecom.IsCode(err, wecom.CodeInvalidTagID) {
		b.labels.forget()
		err = b.mark(ctx, c, want)
	}
	switch {
	case err == nil:
		b.metrics.tagged.Add(1)
		b.logger.InfoContext(ctx, "tagged", "customer", c)
		return nil
	case wecom.IsCode(err, wecom.CodeNotExternalContact):
		b.logger.InfoContext(ctx, "not tagged: the customer has left", "customer", c)
		return nil
	default:
		return fmt.Errorf("tag %s: %w", c.externalUserID, err)
	}
}

func (b *bot) mark(ctx context.Context, c newcomer, want []label) error {
	ids, err := b.labels.ids(ctx, want)
	if err != nil {
		return err
	}
	return b.tags.Mark(ctx, tag.MarkRequest{UserID: c.userID, ExternalUserID: c.externalUserID, AddTag: ids})
}

// remark notes where the customer comes from, unless the member has noted
// something already.
func (b *bot) remark(ctx context.Context, c newcomer, rule *rule) error {
	if rule.Remark == "" {
		return nil
	}
	customer, err := b.contacts.Get(ctx, c.externalUserID)
	if err == nil {
		name := strings.TrimSpace(customer.ExternalContact.Name)
		if slices.ContainsFunc(customer.FollowUser, func(f contact.FollowInfo) bool {
			return f.UserID == c.userID && f.Remark != "" && f.Remark != customer.ExternalContact.Name
		}) {
			return nil
		}
		err = b.contacts.Remark(ctx, contact.RemarkRequest{UserID: c.userID, ExternalUserID: c.externalUserID, Remark: new(rule.remark(name))})
	}
	switch {
	case err == nil:
		b.metrics.noted.Add(1)
		return nil
	case wecom.IsCode(err, wecom.CodeNotExternalContact):
		return nil // the customer has left
	default:
		return fmt.Errorf("remark %s: %w", c.externalUserID, err)
	}
}

// outcome makes one error of those of the steps. If one of them may do better
// later, the event stays in the inbox, and all steps are taken again.
func outcome(steps ...error) error {
	err := errors.Join(steps...)
	if slices.ContainsFunc(steps, mayPass) {
		return fmt.Errorf("%w: %w", callback.ErrRedeliver, err)
	}
	return err
}

// mayPass reports whether it is worth trying again. A right that is missing or
// a wrong secret is for people to set right, which they have a day for; a
// request that WeCom does not like it will not like tomorrow.
func mayPass(err error) bool {
	if err == nil {
		return false
	}
	for _, hopeless := range []error{wecom.ErrInvalidRequest, wecom.ErrNotFound, wecom.ErrWrongState, wecom.ErrQuota} {
		if errors.Is(err, hopeless) {
			return false
		}
	}
	return true
}
