package wecomtest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestDeliveryLogIsBounded(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithDeliveryLog(20_000))
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	srv.Callback(newReceiver(t, srv))
	const n = 50
	for i := range n {
		srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
		srv.WaitDeliveries(i + 1) // also those that are dropped count
	}
	list := srv.Deliveries()
	require.Less(t, len(list), 20)
	require.Greater(t, len(list), 2)
	assert.Equal(t, n, srv.DeliveryCount())
	for i, d := range list {
		assert.Equal(t, n-len(list)+i+1, d.N, "numbers stay")
		assert.Equal(t, d, srv.Delivery(d.N))
	}
	assert.Zero(t, srv.Delivery(1))

	_, err := srv.Redeliver(1)
	require.EqualError(t, err, "wecomtest: the log no longer holds delivery 1")
	_, err = srv.Redeliver(n + 1)
	require.EqualError(t, err, "wecomtest: no delivery 51")
	again, err := srv.Redeliver(n)
	require.NoError(t, err)
	assert.Equal(t, n+1, again)
	srv.WaitDeliveries(n + 1)
}

// What is under way is not dropped, and nothing before it is forgotten to be.
func TestDeliveryLogKeepsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithDeliveryLog(1))
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	passes, answer := newReceiver(t, srv), make(chan struct{})
	srv.Callback(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			<-answer
		}
		passes.ServeHTTP(w, r)
	}))
	for range 3 {
		srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	}
	assert.Len(t, srv.Deliveries(), 3)
	close(answer)
	srv.WaitDeliveries(3)
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	assert.Len(t, srv.Deliveries(), 1)
	assert.NotZero(t, srv.Delivery(4))
	srv.WaitDeliveries(4)
}
