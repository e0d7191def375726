package wecomtest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestCallbacks(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	assert.Empty(t, srv.Callbacks())
	srv.Callback(newReceiver(t, srv))
	list := srv.Callbacks()
	require.Len(t, list, 1)
	assert.Equal(t, srv.Keys(), list[0].Keys)
	assert.Equal(t, srv.App().AgentID, list[0].AgentID)
	assert.Empty(t, srv.AddCorp("Other").Callbacks())
}

func TestRemoveCallback(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{UserID: "alice"})
	require.ErrorContains(t, srv.RemoveCallback(wecomtest.Callback{}), "has no callback")
	require.ErrorContains(t, srv.RemoveCallback(wecomtest.Callback{AgentID: 7}), "no app 7")

	h, busy, free := newReceiver(t, srv), make(chan struct{}, 10), make(chan struct{})
	h.post = func(w http.ResponseWriter, _ *http.Request) {
		busy <- struct{}{}
		<-free
		panic(http.ErrAbortHandler) // WeCom would send it again
	}
	srv.Callback(h)
	srv.Deliver().Of("del_follow_user").Delay(time.Hour)
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	<-busy
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Yan"})
	srv.Act().DeleteMember(zoe, alice)

	require.NoError(t, srv.RemoveCallback(wecomtest.Callback{}))
	assert.True(t, srv.Delivery(2).Done, "it waited, and is given up")
	close(free)
	srv.WaitDeliveries(2)
	assert.Len(t, srv.Delivery(1).Attempts, 1)
	srv.Clock().Advance(time.Hour)
	srv.WaitDeliveries(3)
	assert.Empty(t, srv.Delivery(3).Attempts, "it came too late")
	assert.Empty(t, srv.Callbacks())
	srv.AddCustomer(alice, wecomtest.Customer{})
	assert.Len(t, srv.Deliveries(), 3)
}

func TestRemoveCallbackOfASuiteEndsItsTickets(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	suite := srv.AddSuite(wecomtest.Suite{Name: "Greeter"}).SuiteID
	h := newReceiver(t, srv)
	h.keys, h.anyID = srv.SuiteKeys(suite), true
	h.post = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("success")) }
	require.NoError(t, srv.SetCallback(wecomtest.Callback{SuiteID: suite, Handler: h}))
	srv.WaitDeliveries(1)
	require.NoError(t, srv.RemoveCallback(wecomtest.Callback{SuiteID: suite}))
	srv.Clock().Advance(time.Hour)
	assert.Len(t, srv.Deliveries(), 1)
	require.NoError(t, srv.SetCallback(wecomtest.Callback{SuiteID: suite, Handler: h}))
	srv.WaitDeliveries(2)
}

func TestRedeliver(t *testing.T) {
	t.Parallel()
	srv, zoe, _ := welcomed(t)
	n, err := srv.Redeliver(1)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	srv.WaitDeliveries(2)
	first, second := srv.Delivery(1), srv.Delivery(2)
	assert.Equal(t, first.Body, second.Body)
	assert.Equal(t, first.Event.Name(), second.Event.Name())
	assert.True(t, second.Delivered())
	assert.Equal(t, "change_external_contact/add_external_contact", first.Event.Name())

	_, err = srv.Redeliver(3)
	require.ErrorContains(t, err, "no delivery 3")
	require.NoError(t, srv.RemoveCallback(wecomtest.Callback{}))
	_, err = srv.Redeliver(1)
	require.ErrorContains(t, err, "is no more")
	srv.Callback(newReceiver(t, srv))
	_, err = srv.Redeliver(1)
	require.NoError(t, err, "to whoever listens in its place")
	srv.Act().DeleteMember(zoe, "alice")
	srv.WaitDeliveries(4)
}

func TestRedeliverToARobot(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	b := newAIBot(srv, nil)
	srv.Act().WriteToAIBot("alice", b.id, wecomtest.AIBotContent{Text: "hello"})
	_, err := srv.Redeliver(1)
	require.ErrorContains(t, err, "intelligent robot")
}
