package callback_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// The simulator has its own reading of the protocol: URL check, encryption,
// time-outs and redeliveries are not checked by what this package believes.
func TestOnTheSimulator(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := wecomtest.New(t)
		h, err := callback.NewHandler(callback.Keys(sim.Keys()))
		require.NoError(t, err)
		var got []string
		note := func(e callback.Event, userID, externalUserID string) {
			got = append(got, fmt.Sprint(e.Head().ChangeType, " ", userID, " ", externalUserID))
		}
		callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error {
			assert.NotEmpty(t, e.WelcomeCode)
			assert.Equal(t, sim.Credential().CorpID, e.Corp())
			assert.WithinDuration(t, time.Now(), e.At(), time.Second)
			note(e, e.UserID, e.ExternalUserID)
			return nil
		})
		callback.On(h, func(_ context.Context, e *callback.EditExternalContact) error {
			note(e, e.UserID, e.ExternalUserID)
			return nil
		})
		callback.On(h, func(_ context.Context, e *callback.DelExternalContact) error {
			note(e, e.UserID, e.ExternalUserID)
			return nil
		})
		callback.On(h, func(_ context.Context, e *callback.DelFollowUser) error {
			note(e, e.UserID, e.ExternalUserID)
			return nil
		})
		callback.On(h, func(_ context.Context, e callback.Event) error {
			t.Errorf("unexpected %T", e)
			return nil
		})
		sim.Callback(h)

		alice, bob := sim.AddMember(wecomtest.Member{}), sim.AddMember(wecomtest.Member{})
		zoe := sim.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
		sim.AddCustomer(bob, wecomtest.Customer{ExternalUserID: zoe})
		sim.Act().EditCustomer(alice, zoe, func(f *wecomtest.Follow) { f.Remark = "VIP" })
		sim.Act().DeleteCustomer(alice, zoe)
		sim.Act().DeleteMember(zoe, bob)
		sim.WaitDeliveries(5)

		assert.Equal(t, []string{
			"add_external_contact " + alice + " " + zoe,
			"add_external_contact " + bob + " " + zoe,
			"edit_external_contact " + alice + " " + zoe,
			"del_external_contact " + alice + " " + zoe,
			"del_follow_user " + bob + " " + zoe,
		}, got)
	})
}

// What WeCom does about an event that is not handled at first.
func TestRedeliveryOnTheSimulator(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		opts  []callback.Option
		first func() error
		want  int // deliveries
		calls int
	}{
		{"a failure is an answer", nil, func() error { return errors.New("no") }, 1, 1},
		{"a panic is one, too", nil, func() error { panic("no") }, 1, 1},
		{"asked for", nil, func() error { return callback.ErrRedeliver }, 2, 2},
		{"too slow, and the repetition waits", nil, func() error { time.Sleep(7 * time.Second); return nil }, 2, 1},
		{"slow after the answer", []callback.Option{callback.WithWorkers(1, 1)}, func() error { time.Sleep(time.Minute); return nil }, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sim := wecomtest.New(t)
				h, err := callback.NewHandler(callback.Keys(sim.Keys()), tt.opts...)
				require.NoError(t, err)
				calls := 0
				callback.On(h, func(context.Context, *callback.AddExternalContact) error {
					if calls++; calls == 1 {
						return tt.first()
					}
					return nil
				})
				sim.Callback(h)
				sim.AddCustomer(sim.AddMember(wecomtest.Member{}), wecomtest.Customer{})
				sim.WaitDeliveries(1)
				require.NoError(t, h.Close(t.Context()))
				assert.Equal(t, tt.calls, calls)
				assert.Len(t, sim.Deliveries()[0].Attempts, tt.want)
			})
		})
	}
}

// Every event that the simulator knows, through URL check, encryption and
// envelope: to an app of the corp, to a third-party app and to its provider.
func TestEveryEventOnTheSimulator(t *testing.T) {
	t.Parallel()
	for _, inJSON := range []bool{false, true} {
		t.Run(map[bool]string{false: "XML", true: "JSON"}[inJSON], func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sim := wecomtest.New(t)
				app := sim.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{
					wecomtest.ScopeContact, wecomtest.ScopeDirectory, wecomtest.ScopeSchool,
				}})
				const suiteID, providerID = "wwsuite0000000001", "wwprovider0000001"
				provider := wecomtest.Keys{Token: sim.Keys().Token, EncodingAESKey: sim.Keys().EncodingAESKey, ReceiveID: providerID}
				h, err := callback.NewHandler(callback.Keys(sim.SuiteKeys(suiteID)), callback.WithKeys(callback.Keys(provider)))
				require.NoError(t, err)
				var mu sync.Mutex // the callbacks come side by side
				got := map[string]bool{}
				callback.On(h, func(_ context.Context, e callback.Event) error {
					mu.Lock()
					defer mu.Unlock()
					got[e.Head().Kind()] = true
					return nil
				})
				for _, cb := range []wecomtest.Callback{
					{SuiteID: suiteID, ServiceCorpID: providerID},
					{Keys: sim.SuiteKeys(suiteID)},
					{ServiceCorpID: providerID, Keys: provider},
				} {
					cb.Handler, cb.AgentID, cb.JSON = h, app.AgentID, inJSON
					require.NoError(t, sim.SetCallback(cb))
				}

				for _, name := range sim.EventNames() {
					sim.Trigger(name)
				}
				sim.WaitDeliveries(len(sim.EventNames()))

				for i, name := range sim.EventNames() {
					assert.True(t, got[name], name)
					assert.Equal(t, http.StatusOK, sim.Deliveries()[i].Attempts[0].Status, name)
				}
				assert.Len(t, got, len(sim.EventNames()))
			})
		})
	}
}
