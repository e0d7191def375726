package tag_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// WeCom answers 45033 to the sixth.
func TestMarkRunsFiveAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		client := srv.NewClient(wecom.WithLimiter(wecom.NewLimiter()))
		release := make(chan struct{})
		var running atomic.Int32
		srv.Handle("externalcontact/mark_tag", func(wecomtest.Call) (any, error) {
			running.Add(1)
			defer running.Add(-1)
			<-release
			return struct{}{}, nil
		})

		var calls sync.WaitGroup
		for range 20 {
			calls.Go(func() {
				err := tag.New(client).Mark(t.Context(), tag.MarkRequest{UserID: "alice", ExternalUserID: "wm1", AddTag: []string{"et1"}})
				assert.NoError(t, err)
			})
		}

		for answered := range 20 {
			synctest.Wait()
			assert.Equal(t, int32(min(5, 20-answered)), running.Load(), "after %d answers", answered)
			release <- struct{}{}
		}
		calls.Wait()
	})
}
