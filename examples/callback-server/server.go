package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
)

const (
	workers   = 8
	queue     = 1000
	stopLimit = 20 * time.Second // an orchestrator kills after 30
)

type server struct {
	http      *http.Server
	callbacks *callback.Handler
	messages  *message.Service // nil without a secret
	logger    *slog.Logger
}

func newServer(ctx context.Context, cfg config, logger *slog.Logger) (*server, error) {
	s := &server{logger: logger}
	if cfg.Secret != "" {
		client, err := wecom.New(wecom.Credential{CorpID: cfg.Keys.ReceiveID, Secret: cfg.Secret},
			append([]wecom.Option{wecom.WithLogger(logger)}, cfg.Options...)...)
		if err != nil {
			return nil, err
		}
		// A wrong secret should stop a deployment, not the first greeting.
		if err := client.Check(ctx); err != nil {
			return nil, err
		}
		s.messages = message.New(client)
	}
	var err error
	s.callbacks, err = callback.NewHandler(cfg.Keys, callback.WithWorkers(workers, queue), callback.WithLogger(logger))
	if err != nil {
		return nil, err
	}
	callback.On(s.callbacks, s.customerAdded)
	callback.On(s.callbacks, s.customerLost)
	callback.On(s.callbacks, s.groupChanged)
	callback.On(s.callbacks, s.anythingElse)

	mux := http.NewServeMux()
	mux.Handle("/wecom/callback", s.callbacks)
	mux.HandleFunc("GET /healthz", s.health)
	s.http = &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      15 * time.Second, // an event that cannot be taken is held for six
		IdleTimeout:       time.Minute,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	return s, nil
}

// customerAdded greets. A welcome code lives for 20 seconds from the event on,
// and SendWelcome gives up when they are over; e.At is WeCom's time, so this
// machine's clock should be right.
func (s *server) customerAdded(ctx context.Context, e *callback.AddExternalContact) error {
	s.logger.InfoContext(ctx, "customer added", "userid", e.UserID, "external_userid", e.ExternalUserID, "state", e.State)
	if s.messages == nil || e.WelcomeCode == "" {
		return nil
	}
	return s.messages.SendWelcome(ctx, message.SendWelcomeRequest{
		WelcomeCode: e.WelcomeCode,
		Text:        message.Text{Content: "你好，很高兴认识你！有什么可以帮你的？"},
		ReceivedAt:  e.At(),
	})
}

func (s *server) customerLost(ctx context.Context, e *callback.DelFollowUser) error {
	s.logger.InfoContext(ctx, "customer left", "userid", e.UserID, "external_userid", e.ExternalUserID)
	return nil
}

func (s *server) groupChanged(ctx context.Context, e *callback.UpdateExternalChat) error {
	s.logger.InfoContext(ctx, "group changed", "chat_id", e.ChatID, "what", e.UpdateDetail, "members", e.MemChangeList)
	return nil
}

// anythingElse sees every event without a handler of its own, also those that
// the SDK has no type for.
func (s *server) anythingElse(ctx context.Context, e callback.Event) error {
	s.logger.InfoContext(ctx, "event", "kind", e.Head().Kind(), "corp", e.Head().Corp(), "at", e.Head().At())
	return nil
}

func (s *server) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(s.callbacks.Stats()); err != nil {
		s.logger.WarnContext(r.Context(), "health check not answered", "err", err)
	}
}

// serve runs until ctx ends, then stops in the order that loses nothing:
// first no more requests, then the work that they left.
func (s *server) serve(ctx context.Context, listener net.Listener) error {
	s.logger.InfoContext(ctx, "listening", "addr", listener.Addr().String())
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(listener) }()

	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		s.logger.InfoContext(ctx, "stopping")
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer cancel()
	err = errors.Join(err, s.http.Shutdown(stop), s.callbacks.Close(stop))
	s.logger.InfoContext(ctx, "stopped", "stats", s.callbacks.Stats())
	return err
}
