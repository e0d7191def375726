package callback

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

const (
	maxBody = 1 << 20

	// answerTime is when WeCom hangs up, and delivers again.
	answerTime = 5 * time.Second

	// patience is how long a request that cannot be acknowledged yet is held.
	// To outlast WeCom is the one refusal that also gets through a reverse
	// proxy, which would turn a closed connection into an answer.
	patience = answerTime + time.Second
)

// A Handler is the [http.Handler] behind a callback URL. It answers the URL
// check, verifies, decrypts and parses what is posted, drops repetitions and
// calls what [On] and [OnReply] registered. It is safe for concurrent use.
type Handler struct {
	codec     *Codec
	routes    *routes
	logger    *slog.Logger
	clock     wecom.Clock
	tolerance time.Duration
	claims    *claims // nil without de-duplication
	life      *lifecycle
	pool      *pool   // nil without workers
	intake    *intake // nil without an inbox
	order     func(e Event, usual string) string
	stats     counters

	middleware []Middleware
	observer   func(context.Context, Delivery) // may be nil
}

// NewHandler makes a handler for one app's callbacks, or for several apps'
// with [WithKeys]. It starts nothing.
func NewHandler(keys Keys, opts ...Option) (*Handler, error) {
	cfg := config{keys: []Keys{keys}, logger: slog.New(slog.DiscardHandler), clock: systemClock{}, ttl: defaultTTL, tolerance: defaultTolerance, order: usualOrder}
	for _, opt := range opts {
		if err := opt(&cfg); err != nil {
			return nil, err
		}
	}
	codec, err := NewCodec(cfg.keys...)
	if err != nil {
		return nil, err
	}
	h := &Handler{
		codec:     codec,
		routes:    newRoutes(),
		logger:    cfg.logger,
		clock:     cfg.clock,
		tolerance: cfg.tolerance,
		life:      newLifecycle(),
		order:     cfg.order,

		middleware: cfg.middleware,
		observer:   cfg.observer,
	}
	if cfg.store == nil {
		cfg.store = NewMemoryStore(defaultMarks, cfg.clock)
	}
	if !cfg.noDedupe {
		h.claims = newClaims(cfg.store, cfg.ttl, cfg.logger)
	}
	if cfg.inbox != nil {
		if cfg.noDedupe {
			return nil, errors.New("callback: WithoutDedupe does not go with WithInbox, which knows its events by their keys")
		}
		if cfg.workers == 0 {
			cfg.workers, cfg.queue = inboxWorkers, inboxQueue
		}
		h.intake = newIntake(cfg.inbox, cfg.workers, cfg.queue)
	}
	if cfg.workers > 0 {
		h.pool = newPool(cfg.workers, cfg.queue)
	}
	return h, nil
}

// Close stops taking events, which WeCom then delivers again, and waits until
// those in hand are handled. When ctx ends first, their contexts are cancelled,
// and they have one more second. Events still in the queue are lost then, and
// each is logged when a worker comes to it; those from an inbox stay there, and
// so does what it holds besides. Shut the HTTP server down before:
// it waits for the requests that are on their way. Close the inbox after.
func (h *Handler) Close(ctx context.Context) error { return h.life.close(ctx) }

// ServeHTTP answers WeCom. A refused request gets a bare 400, 403, 405 or 413.
//
// 「回调配置」 https://developer.work.weixin.qq.com/document/path/90930
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	limitReading(w)
	switch r.Method {
	case http.MethodGet:
		h.echo(w, r)
	case http.MethodPost:
		h.receive(w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

var errEchoEvent = errors.New("callback: a URL check with the ciphertext of an event")

// echo answers the check that the console makes when a URL is saved. What it
// carries is some digits. An event is signed alike, and is not shown to whoever
// recorded one.
func (h *Handler) echo(w http.ResponseWriter, r *http.Request) {
	d := delivery{start: h.clock.Now()}
	msg, err := h.open(r.URL.Query(), nil)
	if err == nil && isDocument(msg.Body) {
		err = errEchoEvent
	}
	if err != nil {
		h.refuse(w, r, d, err)
		return
	}
	answer(w, answerBody{plainText, msg.Body})
}

func (h *Handler) receive(w http.ResponseWriter, r *http.Request) {
	d := delivery{start: h.clock.Now()}
	wait, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	query := r.URL.Query()
	body, err := readBody(w, r, query)
	if err != nil {
		h.refuse(w, r, d, fmt.Errorf("%w: %w", ErrEnvelope, err))
		return
	}
	msg, err := h.open(query, body)
	if err != nil {
		h.refuse(w, r, d, err)
		return
	}
	e, root, err := parse(msg.Body)
	if err != nil {
		h.logger.WarnContext(r.Context(), "callback: authentic but unreadable", "err", err)
		e = &Unknown{Header{Raw: string(msg.Body)}}
	}
	tenant, err := h.codec.Tenant(msg, e)
	if err != nil {
		h.refuse(w, r, d, err)
		return
	}
	h.stats.received.Add(1)
	d.msg, d.event, d.key = msg, e, msg.keys.dedupeKey(e, msg.Body)
	d.json = trimBody(body)[0] == '{'
	if h.pool != nil {
		d.order = h.orderOf(e, root)
	}
	h.dispatch(ContextWithTenant(wait, tenant), w, d)
}

// limitReading sets an end to the reading of a body: WeCom sends one at once
// and hangs up after five seconds, so whoever takes longer is not WeCom. The
// server, too, reads on before a refusal goes out. The end is set on the
// connection; a server whose connections have none has to see to it itself.
func limitReading(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(patience)) //nolint:forbidigo // connections know no other clock
}

// readBody reads what is posted, and nothing of what cannot be a callback.
func readBody(w http.ResponseWriter, r *http.Request, query url.Values) ([]byte, error) {
	if query.Get("msg_signature") == "" {
		return nil, errors.New("msg_signature is missing")
	}
	if r.ContentLength > maxBody {
		return nil, &http.MaxBytesError{Limit: maxBody}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil && len(trimBody(body)) == 0 {
		err = errors.New("the body is empty")
	}
	return body, err
}

func (h *Handler) open(query url.Values, body []byte) (Message, error) {
	env, err := ReadEnvelope(query, body)
	if err != nil {
		return Message{}, err
	}
	msg, err := h.codec.Decrypt(env)
	if err != nil {
		return Message{}, err
	}
	return msg, h.checkTime(env.Timestamp)
}

func (h *Handler) checkTime(timestamp string) error {
	if h.tolerance == 0 {
		return nil
	}
	sec, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: %.32q is not a time", ErrTimestamp, timestamp)
	}
	if age := h.clock.Now().Sub(time.Unix(sec, 0)); age.Abs() > h.tolerance {
		return fmt.Errorf("%w: signed %v ago", ErrTimestamp, age)
	}
	return nil
}

// refuse answers without a word. What a stranger can cause is logged at Debug
// only; what carries our signature and still does not open is a wrong setting.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, d delivery, err error) {
	h.observe(r.Context(), d, OutcomeRefused, err)
	status, level := http.StatusForbidden, slog.LevelWarn
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case tooLarge:
		status, level = http.StatusRequestEntityTooLarge, slog.LevelDebug
	case errors.Is(err, ErrEnvelope):
		status, level = http.StatusBadRequest, slog.LevelDebug
	case errors.Is(err, ErrSignature):
		level = slog.LevelDebug
	}
	h.logger.Log(r.Context(), level, "callback: request refused", "err", err, "remote", r.RemoteAddr)
	w.WriteHeader(status)
}

const plainText = "text/plain; charset=utf-8"

// answer writes the body and nothing else: no newline, no quotes, no BOM.
func answer(w http.ResponseWriter, a answerBody) {
	w.Header().Set("Content-Type", a.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	_, _ = w.Write(a.body) // nobody is left to tell
}
