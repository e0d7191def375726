package tag_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// WeCom answers 45033 to the sixth.
func TestMarkRunsFiveAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		client := srv.NewClient()
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

func TestMarkAddsAndRemoves(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	tags := tag.New(srv.NewClient())
	level := add(t, tags, "vip", "new")
	vip, fresh := level.Tag[0].ID, level.Tag[1].ID
	require.NoError(t, tags.Mark(t.Context(), tag.MarkRequest{UserID: alice, ExternalUserID: zoe, AddTag: []string{fresh}}))

	err := tags.Mark(t.Context(), tag.MarkRequest{UserID: alice, ExternalUserID: zoe, AddTag: []string{vip}, RemoveTag: []string{fresh}})

	require.NoError(t, err)
	assert.Equal(t, []string{vip}, srv.Customer(zoe).FollowUser[0].TagID)
}

func TestMarkOfStranger(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, zoe := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.Seed().Customer(wecomtest.Customer{Name: "Zoe"})
	tags := tag.New(srv.NewClient())
	level := add(t, tags, "vip")

	err := tags.Mark(t.Context(), tag.MarkRequest{UserID: alice, ExternalUserID: zoe, AddTag: []string{level.Tag[0].ID}})

	require.ErrorIs(t, err, wecom.ErrNotFound)
	assert.True(t, wecom.IsCode(err, wecom.CodeNotExternalContact))
}

func TestMarkWithAnUnknownTag(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	tags := tag.New(srv.NewClient())

	err := tags.Mark(t.Context(), tag.MarkRequest{UserID: alice, ExternalUserID: zoe, AddTag: []string{"etNone"}})

	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidTagID), "%v", err)
}

// A conflict means that this call did nothing, so that it is safe to repeat.
func TestMarkIsRepeatedAfterAConflict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
		zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
		tags := tag.New(srv.NewClient())
		vip := add(t, tags, "vip").Tag[0].ID
		srv.Fault("externalcontact/mark_tag").Times(1).Code(int(wecom.CodeConcurrentConflict))

		err := tags.Mark(t.Context(), tag.MarkRequest{UserID: alice, ExternalUserID: zoe, AddTag: []string{vip}})

		require.NoError(t, err)
		assert.Equal(t, 2, srv.Calls().Op("externalcontact/mark_tag").Len())
	})
}
