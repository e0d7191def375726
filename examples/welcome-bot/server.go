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
	"github.com/wecomkit/wecom-go/wecom"
)

const (
	workers      = 8
	queue        = 100 // in memory; the others wait in the inbox
	startLimit   = 20 * time.Second
	stopLimit    = 20 * time.Second // an orchestrator kills after 30
	metricsEvery = time.Minute
)

type server struct {
	http      *http.Server
	callbacks *callback.Handler
	inbox     *callback.FileInbox
	metrics   *metrics
	logger    *slog.Logger
}

// newServer starts to work off what the inbox holds from before.
func newServer(ctx context.Context, cfg config, logger *slog.Logger) (*server, error) {
	s := &server{metrics: newMetrics(), logger: logger}
	client, err := wecom.New(wecom.Credential{CorpID: cfg.Keys.ReceiveID, Secret: cfg.Secret},
		append([]wecom.Option{wecom.WithLogger(logger), wecom.WithObserver(s.metrics.call)}, cfg.Options...)...)
	if err != nil {
		return nil, err
	}
	bot := newBot(client, cfg.Rules, s.metrics, logger)
	if err := s.start(ctx, client, bot); err != nil {
		return nil, err
	}
	s.inbox, err = callback.OpenFileInbox(cfg.InboxDir, &callback.FileInboxOptions{Logger: logger, Clock: client.Clock()})
	if err != nil {
		return nil, err
	}
	s.callbacks, err = callback.NewHandler(cfg.Keys,
		callback.WithInbox(s.inbox),
		callback.WithWorkers(workers, queue),
		callback.WithLogger(logger),
		callback.WithObserver(s.metrics.event),
		callback.WithClock(client.Clock()),
	)
	if err != nil {
		return nil, errors.Join(err, s.inbox.Close())
	}
	callback.On(s.callbacks, bot.added)
	callback.On(s.callbacks, bot.halfAdded)
	s.callbacks.Resume(context.WithoutCancel(ctx)) // a signal is not the end of an event in hand

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

// start finds out whether the deployment can work: a wrong secret should stop
// it, and not the first greeting. That WeCom cannot be reached just now does
// not: who does not listen loses the events that come meanwhile.
func (s *server) start(ctx context.Context, client *wecom.Client, bot *bot) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	err := client.Check(ctx)
	if err == nil {
		err = bot.prepare(ctx)
	}
	_, network := errors.AsType[*wecom.TransportError](err)
	if network || errors.Is(err, wecom.ErrBusy) || errors.Is(err, wecom.ErrRateLimited) || errors.Is(err, context.DeadlineExceeded) {
		s.logger.WarnContext(ctx, "starting without WeCom", "err", err)
		return nil
	}
	return err
}

type health struct {
	Unfinished int            `json:"unfinished"` // events in the inbox
	Events     callback.Stats `json:"events"`     // since the start
}

func (s *server) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(health{s.inbox.Len(), s.callbacks.Stats()}); err != nil {
		s.logger.WarnContext(r.Context(), "health check not answered", "err", err)
	}
}

// serve runs until ctx ends, and then stops: first no more requests, then the
// work in hand; what that leaves is for the next process.
func (s *server) serve(ctx context.Context, listener net.Listener) error {
	s.logger.InfoContext(ctx, "listening", "addr", listener.Addr().String(), "unfinished", s.inbox.Len())
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(listener) }()

	tick := time.NewTicker(metricsEvery)
	defer tick.Stop()
	var err error
	for running := true; running; {
		select {
		case err = <-failed:
			running = false
		case <-ctx.Done():
			s.logger.InfoContext(ctx, "stopping")
			running = false
		case <-tick.C:
			s.logger.InfoContext(ctx, "metrics", "since_start", s.metrics.line(), "unfinished", s.inbox.Len())
		}
	}
	return errors.Join(err, s.close(ctx))
}

// close ends a server that may be serving.
func (s *server) close(ctx context.Context) error {
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer cancel()
	err := errors.Join(s.http.Shutdown(stop), s.callbacks.Close(stop))
	s.logger.InfoContext(ctx, "metrics", "since_start", s.metrics.line(), "unfinished", s.inbox.Len())
	return errors.Join(err, s.inbox.Close())
}
