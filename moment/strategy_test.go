package moment_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/moment"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// WeCom wants rule groups to be made and changed one at a time.
func TestRuleGroupsAreWrittenOneAtATime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		op   string
		call func(*testing.T, *moment.Service) error
	}{
		{"externalcontact/moment_strategy/create", func(t *testing.T, moments *moment.Service) error {
			t.Helper()
			_, err := moments.CreateStrategy(t.Context(), moment.CreateStrategyRequest{
				StrategyName: "shop", AdminList: []string{"alice"}, Range: []moment.StrategyRange{{Type: moment.StrategyRangeTypeUser, UserID: "alice"}},
			})
			return err
		}},
		{"externalcontact/moment_strategy/edit", func(t *testing.T, moments *moment.Service) error {
			t.Helper()
			return moments.EditStrategy(t.Context(), moment.EditStrategyRequest{StrategyID: 1, StrategyName: "shop"})
		}},
	} {
		t.Run(tt.op, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := wecomtest.New(t)
				moments := moment.New(srv.NewClient())
				release := make(chan struct{})
				var running atomic.Int32
				srv.Handle(tt.op, func(wecomtest.Call) (any, error) {
					running.Add(1)
					defer running.Add(-1)
					<-release
					return map[string]any{"strategy_id": 1}, nil
				})

				var calls sync.WaitGroup
				for range 3 {
					calls.Go(func() { assert.NoError(t, tt.call(t, moments)) })
				}
				for range 3 {
					synctest.Wait()
					assert.Equal(t, int32(1), running.Load())
					release <- struct{}{}
				}
				calls.Wait()
			})
		})
	}
}
