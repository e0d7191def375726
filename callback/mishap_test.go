package callback_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// What may befall a callback on its way, each in one line of a test.
func TestMishapsOfACallback(t *testing.T) {
	t.Parallel()
	const none = 0
	tests := []struct {
		name    string
		opts    func(*wecomtest.Server) []callback.Option
		befall  func(*wecomtest.Mishap)
		status  int // the last answer; none is none
		handled int
	}{
		{"a second delivery is not handled again", nil, func(m *wecomtest.Mishap) { m.Duplicate() }, http.StatusOK, 1},
		{"late", nil, func(m *wecomtest.Mishap) { m.Delay(time.Hour) }, http.StatusOK, 1},
		{"lost", nil, func(m *wecomtest.Mishap) { m.Lose() }, none, 0},
		{"not signed by WeCom", nil, func(m *wecomtest.Mishap) { m.BadSignature() }, http.StatusForbidden, 0},
		{"for another corp", nil, func(m *wecomtest.Mishap) { m.WrongReceiveID() }, http.StatusForbidden, 0},
		{"by the keys of before", nil, func(m *wecomtest.Mishap) { m.OldKeys() }, http.StatusForbidden, 0},
		{"while both keys are known", bothKeys, func(m *wecomtest.Mishap) { m.OldKeys() }, http.StatusOK, 1},
		{"recorded and played back", tolerance, func(m *wecomtest.Mishap) { m.OldTimestamp(time.Hour) }, http.StatusForbidden, 0},
		{"slow, but not that slow", tolerance, func(m *wecomtest.Mishap) { m.OldTimestamp(time.Second) }, http.StatusOK, 1},
		{"larger than any event", nil, func(m *wecomtest.Mishap) { m.Oversize(2 << 20) }, http.StatusRequestEntityTooLarge, 0},
		{"large", nil, func(m *wecomtest.Mishap) { m.Oversize(500 << 10) }, http.StatusOK, 1},
		{"the same forgery twice", nil, func(m *wecomtest.Mishap) { m.BadSignature().Duplicate() }, http.StatusForbidden, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sim := wecomtest.New(t)
			opts := []callback.Option{callback.WithClock(sim.Clock())}
			if tt.opts != nil {
				opts = append(opts, tt.opts(sim)...)
			}
			h, err := callback.NewHandler(callback.Keys(sim.Keys()), opts...)
			require.NoError(t, err)
			handled := 0
			callback.On(h, func(context.Context, *callback.AddExternalContact) error {
				handled++
				return nil
			})
			sim.Callback(h)
			tt.befall(sim.Deliver())

			sim.AddCustomer(sim.AddMember(wecomtest.Member{}), wecomtest.Customer{})
			sim.Clock().Advance(time.Hour)
			sim.WaitDeliveries(1)

			status := none
			for _, a := range sim.Deliveries()[0].Attempts {
				status = a.Status
			}
			assert.Equal(t, tt.status, status)
			assert.Equal(t, tt.handled, handled)
		})
	}
}

func bothKeys(sim *wecomtest.Server) []callback.Option {
	return []callback.Option{callback.WithKeys(callback.Keys(sim.OldKeys()))}
}

func tolerance(*wecomtest.Server) []callback.Option {
	return []callback.Option{callback.WithTimestampTolerance(time.Minute)}
}

func TestEventThatNoPageKnows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := wecomtest.New(t)
		h, err := callback.NewHandler(callback.Keys(sim.Keys()))
		require.NoError(t, err)
		var got *callback.Unknown
		callback.On(h, func(_ context.Context, e *callback.Unknown) error {
			got = e
			return nil
		})
		sim.Callback(h)

		sim.Emit(wecomtest.Event{Event: "change_weather", Elements: []wecomtest.Element{{Name: "Rain", Value: 1}}})
		sim.WaitDeliveries(1)

		require.NotNil(t, got)
		assert.Equal(t, "change_weather", got.Head().Event)
		assert.Equal(t, http.StatusOK, sim.Deliveries()[0].Attempts[0].Status)
	})
}
