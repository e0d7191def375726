package wecomtest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestChanged(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	c := newCaller(t, srv)
	changed := srv.Changed()
	require.Equal(t, changed, srv.Changed(), "nothing has happened")

	c.get("externalcontact/get_follow_user_list")
	<-changed

	srv.Callback(newReceiver(t, srv))
	changed = srv.Changed()
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	<-changed
	srv.WaitDeliveries(1)
	assert.Equal(t, srv.Deliveries()[0], srv.Delivery(1))
	assert.Zero(t, srv.Delivery(0))
	assert.Zero(t, srv.Delivery(2))
}

func TestDroppedCalls(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithCallLog(1))
	c := newCaller(t, srv)
	for range 3 {
		c.get("externalcontact/get_follow_user_list")
	}
	calls := srv.Calls()
	assert.Equal(t, 1, calls.Len())
	assert.Equal(t, calls.Last().N-1, calls.Dropped())
	assert.Equal(t, calls.Dropped(), calls.Op("externalcontact/get_follow_user_list").Dropped())
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	srv := wecomtest.NewServer()
	t.Cleanup(srv.Close)
	defer func() {
		m, ok := recover().(*wecomtest.MisuseError)
		require.True(t, ok)
		assert.EqualError(t, m, `wecomtest: no member "nobody"`)
		assert.Empty(t, srv.Customers())
	}()
	srv.AddCustomer("nobody", wecomtest.Customer{})
}
