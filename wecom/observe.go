package wecom

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// An Attempt is one try of one call, as a [WithObserver] function sees it.
type Attempt struct {
	Op         Operation
	CorpID     string
	Number     int // 1 is the first
	Start      time.Time
	LimitWait  time.Duration // waited for the limiter
	TokenWait  time.Duration // waited for a token
	Elapsed    time.Duration // from Start to the end of the attempt, waits included
	HTTPStatus int           // 0 if no reply came
	Code       Code          // WeCom's errcode; 0 with a nil Err is success
	Err        error         // what this attempt failed with
	Retry      bool          // another attempt follows,
	Backoff    time.Duration // after this pause

	unsent bool // failed before the send step: what failed has done its own retries
}

// observe reports an attempt to the observer and the log.
func (k *call) observe(ctx context.Context, a *Attempt) {
	c := k.client
	a.Elapsed = k.since(a.Start)
	if e, ok := errors.AsType[*Error](a.Err); ok {
		a.Code = e.Code
	}
	if c.observer != nil {
		c.observer(ctx, *a)
	}
	level := slog.LevelDebug
	if a.Retry {
		level = slog.LevelWarn
	}
	if !c.logger.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("op", a.Op.Path),
		slog.String("corpid", a.CorpID),
		slog.Int("attempt", a.Number),
		slog.Int("errcode", int(a.Code)),
		slog.Duration("elapsed", a.Elapsed),
	}
	if a.LimitWait > 0 {
		attrs = append(attrs, slog.Duration("limit_wait", a.LimitWait))
	}
	if a.TokenWait > 0 {
		attrs = append(attrs, slog.Duration("token_wait", a.TokenWait))
	}
	if a.Err != nil {
		attrs = append(attrs, slog.String("err", a.Err.Error()))
	}
	if e, ok := errors.AsType[*Error](a.Err); ok && e.Hint != "" {
		attrs = append(attrs, slog.String("hint", e.Hint))
	}
	if a.Retry {
		attrs = append(attrs, slog.Duration("backoff", a.Backoff))
		c.logger.LogAttrs(ctx, level, "wecom: call failed, trying again", attrs...)
		return
	}
	c.logger.LogAttrs(ctx, level, "wecom: call", attrs...)
}
