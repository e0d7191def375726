package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
)

// NewWebhook makes a client of one group robot (消息推送, formerly 群机器人).
// webhook is the address that the robot's page shows, or only the key in it.
// The client calls the endpoints of robots and no others; package message has
// them as a Robot.
//
// Whoever has the key can write to the group: it is kept as secret as the
// secret of an app. [Client.CorpID] and the limits know the robot by a short
// hash of it.
//
// Options are those of [New]. A host in webhook other than WeCom's own becomes
// the base URL, unless [WithBaseURL] says otherwise.
func NewWebhook(webhook string, opts ...Option) (*Client, error) {
	key, base, err := parseWebhook(webhook)
	if err != nil {
		return nil, err
	}
	var all []Option
	if base != "" {
		all = append(all, WithBaseURL(base))
	}
	all = append(slices.Concat(all, opts), WithTokenSource(webhookKey(secret(key))))
	sum := sha256.Sum256([]byte(key))
	return New(Credential{CorpID: "webhook-" + hex.EncodeToString(sum[:6])}, all...)
}

// parseWebhook takes an address apart. Its errors do not show it.
func parseWebhook(webhook string) (key, base string, err error) {
	key = strings.TrimSpace(webhook)
	if strings.Contains(key, "://") {
		u, err := url.Parse(key)
		if err != nil || u.Host == "" {
			return "", "", errors.New("wecom: NewWebhook: want the address on the robot's page, or the key in it")
		}
		prefix, _, _ := strings.Cut(u.Path, "/cgi-bin")
		key, base = u.Query().Get("key"), u.Scheme+"://"+u.Host+prefix
	}
	if key == "" || strings.ContainsAny(key, " \t\r\n/?&=") {
		return "", "", errors.New("wecom: NewWebhook: there is no key: want the address on the robot's page, or the key in it")
	}
	return key, base, nil
}

// A webhookKey is the [TokenSource] of a robot: its key never changes.
type webhookKey secretText

func (k webhookKey) Token(context.Context) (Token, error) {
	return Token{Value: k(), ExpiresAt: time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)}, nil
}

func (webhookKey) Invalidate(context.Context, string) {}

func (webhookKey) Auth() Auth { return AuthWebhookKey }
