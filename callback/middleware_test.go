package callback_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// named notes in log when it is entered and left.
func named(name string, log *[]string) callback.Middleware {
	return func(next callback.HandlerFunc) callback.HandlerFunc {
		return func(ctx context.Context, e callback.Event) (callback.Reply, error) {
			*log = append(*log, name+" sees "+e.Head().Kind())
			reply, err := next(ctx, e)
			*log = append(*log, name+" is done")
			return reply, err
		}
	}
}

// In every mode it runs around the handler: in the order given, with the
// tenant, and not for repetitions or for what has no handler.
func TestMiddleware(t *testing.T) {
	t.Parallel()
	on := func(h *callback.Handler, log *[]string) {
		callback.On(h, func(context.Context, *callback.EnterAgent) error {
			*log = append(*log, "handler")
			return nil
		})
	}
	onReply := func(h *callback.Handler, log *[]string) {
		callback.OnReply(h, func(context.Context, *callback.EnterAgent) (callback.Reply, error) {
			*log = append(*log, "handler")
			return nil, nil
		})
	}
	tests := []struct {
		name     string
		register func(*callback.Handler, *[]string)
		opts     []callback.Option
	}{
		{"before the answer", on, nil},
		{"on a worker", on, []callback.Option{callback.WithWorkers(1, 1)}},
		{"with a reply", onReply, nil},
		{"with a reply, in spite of workers", onReply, []callback.Option{callback.WithWorkers(1, 1)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log []string
				tenant := func(next callback.HandlerFunc) callback.HandlerFunc {
					return func(ctx context.Context, e callback.Event) (callback.Reply, error) {
						who, ok := callback.TenantFrom(ctx)
						assert.True(t, ok)
						assert.Equal(t, testKeys.ReceiveID, who.CorpID)
						return next(ctx, e)
					}
				}
				h := newHandler(t, append(tt.opts,
					callback.WithMiddleware(named("first", &log), named("second", &log)), callback.WithMiddleware(tenant))...)
				tt.register(h, &log)

				body := "<xml><ToUserName>ww1</ToUserName><Event>enter_agent</Event></xml>"
				assert.Equal(t, acknowledged, deliver(t, h, body))
				assert.Equal(t, acknowledged, deliver(t, h, body))
				assert.Equal(t, acknowledged, deliver(t, h, event("nobody wants it")))
				require.NoError(t, h.Close(t.Context()))
				assert.Equal(t, []string{
					"first sees enter_agent", "second sees enter_agent", "handler", "second is done", "first is done",
				}, log)
			})
		})
	}
}

// It decides about the event as the handler itself would.
func TestMiddlewareDecides(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		middleware callback.HandlerFunc
		want       outcome
		stats      callback.Stats
	}{
		{"another reply", func(context.Context, callback.Event) (callback.Reply, error) { return callback.ReplySuccess, nil },
			outcome{status: http.StatusOK, body: "success"}, callback.Stats{Received: 1, Handled: 1}},
		{"a failure", func(context.Context, callback.Event) (callback.Reply, error) { return nil, errors.New("no") },
			outcome{status: http.StatusInternalServerError}, callback.Stats{Received: 1, Failed: 1}},
		{"a panic", func(context.Context, callback.Event) (callback.Reply, error) { panic("no") },
			outcome{status: http.StatusInternalServerError}, callback.Stats{Received: 1, Failed: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHandler(t, callback.WithMiddleware(func(callback.HandlerFunc) callback.HandlerFunc { return tt.middleware }))
			callback.On(h, func(context.Context, callback.Event) error {
				t.Error("the handler was called")
				return nil
			})
			assert.Equal(t, tt.want, deliver(t, h, event("a")))
			assert.Equal(t, tt.stats, h.Stats())
		})
	}
}
