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
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/redisstore"
)

const (
	workers   = 8
	queue     = 100              // in memory; the others wait in the inbox
	processes = 8                // at most, which share the limits while Redis does not answer
	stopLimit = 20 * time.Second // an orchestrator kills after 30
)

// A server is one of the processes that serve the suite. What it knows is in
// Redis, where the others know it too.
type server struct {
	suite     *isv.Suite
	tickets   isv.TicketStore
	limiter   *redisstore.Limiter
	inbox     *redisstore.Inbox
	callbacks *callback.Handler
	greetings *greetings
	logger    *slog.Logger
	http      *http.Server
}

// newServer starts to work off what is in the inbox.
func newServer(ctx context.Context, cfg config, logger *slog.Logger) (*server, error) {
	s := &server{logger: logger, greetings: &greetings{cfg.Redis, cfg.Prefix + "greeting:" + cfg.Suite.SuiteID + ":"}}
	ciphers, err := cfg.Secrets.ciphers()
	if err != nil {
		return nil, err
	}
	shared := []redisstore.Option{
		redisstore.WithPrefix(cfg.Prefix),
		redisstore.WithLogger(logger),
		redisstore.WithEncryption(ciphers...), // tickets, permanent codes, tokens, events
	}
	if err := s.newSuite(cfg, shared); err != nil {
		return nil, err
	}
	if err := s.newCallbacks(cfg, shared); err != nil {
		return nil, errors.Join(err, s.limiter.Close())
	}
	pages, err := newPages(cfg, s)
	if err != nil {
		return nil, errors.Join(err, s.limiter.Close())
	}
	s.callbacks.Resume(context.WithoutCancel(ctx)) // a signal is not the end of an event in hand

	mux := http.NewServeMux()
	mux.Handle("/", pages)
	// Each suite event says what it is, whichever of the two addresses it comes to.
	mux.Handle("/callback/command", s.callbacks)
	mux.Handle("/callback/data", s.callbacks)
	mux.HandleFunc("GET /healthz", s.health)
	s.http = &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute, // to exchange an auth code may take 45 seconds
		IdleTimeout:       time.Minute,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	return s, nil
}

// newSuite makes the suite, on stores that all processes share.
func (s *server) newSuite(cfg config, shared []redisstore.Option) error {
	store, err := redisstore.NewSuiteStore(cfg.Redis, shared...)
	if err != nil {
		return err
	}
	tokens, err := redisstore.NewTokenStore(cfg.Redis, shared...)
	if err != nil {
		return err
	}
	s.tickets = store
	s.limiter, err = redisstore.NewLimiter(cfg.Redis,
		redisstore.WithPrefix(cfg.Prefix), redisstore.WithLogger(s.logger), redisstore.LimiterThirdParty(), redisstore.LimiterProcesses(processes))
	if err != nil {
		return err
	}
	s.suite, err = isv.NewSuite(cfg.Suite,
		isv.WithTickets(store),
		isv.WithTenants(store),
		isv.WithTokenStore(tokens),
		isv.WithLogger(s.logger),
		isv.WithClientOptions(append([]wecom.Option{wecom.WithLimiter(s.limiter), wecom.WithLogger(s.logger)}, cfg.Options...)...),
	)
	if err != nil {
		return errors.Join(err, s.limiter.Close())
	}
	return nil
}

// newCallbacks makes the handler of both callback URLs. Events are in the inbox
// before they are answered, so the answer does not wait for an auth code to be
// exchanged, which WeCom wants within a second.
func (s *server) newCallbacks(cfg config, shared []redisstore.Option) error {
	var err error
	s.inbox, err = redisstore.NewInbox(cfg.Redis, redisstore.InboxOptions{Name: cfg.Suite.SuiteID}, shared...)
	if err != nil {
		return err
	}
	s.callbacks, err = callback.NewHandler(cfg.Keys,
		callback.WithInbox(s.inbox),
		callback.WithWorkers(workers, queue),
		callback.WithLogger(s.logger),
		callback.WithClock(s.suite.Self().Clock()),
	)
	if err != nil {
		return err
	}
	if err := isv.Mount(s.callbacks, isv.Route{Suite: s.suite, Authorized: s.arrived, Changed: s.changed, Cancelled: s.left}); err != nil {
		return err
	}
	g := &greeter{isv.Suites{s.suite}, s.greetings, s.suite.Self().Clock(), s.logger}
	callback.On(s.callbacks, g.added)
	callback.On(s.callbacks, g.halfAdded)
	return nil
}

// arrived prepares a corp: its first customer shall not wait for the tag to be
// made. What fails here is made up for then, so it fails nothing.
func (s *server) arrived(ctx context.Context, client *wecom.Client, a *isv.Authorization) error {
	s.logger.InfoContext(ctx, "corp arrived", "corp", client.CorpID(), "name", a.AuthCorpInfo.CorpName, "state", a.State)
	g, err := s.greetings.get(ctx, client.CorpID())
	if err == nil {
		_, err = s.greetings.tag(ctx, client, g)
	}
	if err != nil {
		s.logger.WarnContext(ctx, "corp not prepared", "corp", client.CorpID(), "err", err)
	}
	return nil
}

func (s *server) changed(ctx context.Context, client *wecom.Client, c *isv.AuthChange) error {
	s.logger.InfoContext(ctx, "corp changed what it grants", "corp", client.CorpID(), "agents", len(c.AuthInfo.Agent))
	return nil
}

// left deletes what there is of a corp that has cancelled. The suite has
// forgotten its permanent code.
func (s *server) left(ctx context.Context, corpID string) error {
	s.logger.InfoContext(ctx, "corp left", "corp", corpID)
	return again(s.greetings.forget(ctx, corpID))
}

// health is what is worth an alarm. A process that cannot reach Redis is of no
// use, and its answer says so, but to restart it does not help.
type health struct {
	TicketAge  float64        `json:"ticket_age_s,omitzero"` // 600 at most when all is well, and absent without a ticket
	Unfinished int            `json:"unfinished"`            // events in the inbox of all processes
	Degraded   bool           `json:"limiter_degraded"`
	Error      string         `json:"error,omitzero"`
	Events     callback.Stats `json:"events"` // of this process, since it started
}

func (s *server) health(w http.ResponseWriter, r *http.Request) {
	ticket, err := s.tickets.Ticket(r.Context(), s.suite.SuiteID())
	unfinished, err2 := s.inbox.Len(r.Context())
	h := health{Unfinished: unfinished, Degraded: s.limiter.Degraded(), Events: s.callbacks.Stats()}
	if !ticket.Pushed.IsZero() {
		h.TicketAge = s.suite.Self().Clock().Now().Sub(ticket.Pushed).Seconds()
	}
	status := http.StatusOK
	if err := errors.Join(err, err2); err != nil {
		s.logger.WarnContext(r.Context(), "unhealthy", "err", err)
		h.Error, status = "Redis fails", http.StatusServiceUnavailable
	}
	writeJSON(w, status, h)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) //nolint:errchkjson // both callers have plain structs; it fails if the client has gone
}

// serve runs until ctx ends, and then stops: first no more requests, then the
// work in hand; what that leaves is for the other processes.
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
	return errors.Join(err, s.close(ctx))
}

// close ends a server that may be serving.
func (s *server) close(ctx context.Context) error {
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer cancel()
	err := errors.Join(s.http.Shutdown(stop), s.callbacks.Close(stop), s.limiter.Close())
	s.logger.InfoContext(ctx, "stopped", "stats", s.callbacks.Stats())
	return err
}
