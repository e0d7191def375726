package jssdk

import (
	"errors"
	"log/slog"

	"github.com/wecomkit/wecom-go/wecom"
)

// A Service signs pages and logs people in, as the app behind its client. Make
// one with [New] and keep it: the tickets live in it. It is safe for concurrent
// use.
type Service struct {
	client  *wecom.Client
	agentID int64
	corp    *ticketCache // 企业 jsapi_ticket
	agent   *ticketCache // 应用 jsapi_ticket
}

// An Option changes how [New] builds a service.
type Option func(*config) error

type config struct {
	store  wecom.TokenStore
	logger *slog.Logger
}

// WithTokenStore shares the tickets of pages with other processes. Without it
// each process fetches its own, and 100 an hour is all that an app may fetch.
func WithTokenStore(s wecom.TokenStore) Option {
	return func(c *config) error {
		if s == nil {
			return errors.New("jssdk: WithTokenStore: nil store")
		}
		c.store = s
		return nil
	}
}

// WithLogger logs when a ticket is fetched, and trouble with the store. No line
// shows a ticket. The default logs nothing; calls are logged by the client.
func WithLogger(l *slog.Logger) Option {
	return func(c *config) error {
		if l == nil {
			return errors.New("jssdk: WithLogger: nil logger")
		}
		c.logger = l
		return nil
	}
}

// New makes a service for the pages of one app. The agentid stands on the app's
// page in the console; client has the secret of the same app.
func New(client *wecom.Client, agentID int64, opts ...Option) (*Service, error) {
	if client == nil {
		return nil, errors.New("jssdk: New: nil client")
	}
	if agentID <= 0 {
		return nil, errors.New("jssdk: New: agentID is missing: it stands on the app's page in the console")
	}
	var cfg config
	for _, opt := range opts {
		if opt == nil {
			return nil, errors.New("jssdk: New: nil option")
		}
		if err := opt(&cfg); err != nil {
			return nil, err
		}
	}
	s := &Service{client: client, agentID: agentID}
	var err error
	if s.corp, err = newTicketCache(s, "jsapi_ticket", cfg, s.fetchCorpTicket); err != nil {
		return nil, err
	}
	if s.agent, err = newTicketCache(s, "agent jsapi_ticket", cfg, s.fetchAgentTicket); err != nil {
		return nil, err
	}
	return s, nil
}
