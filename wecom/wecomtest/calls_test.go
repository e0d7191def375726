package wecomtest_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestCallLog(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	c := newCaller(t, srv)
	c.get("externalcontact/list", "userid", "alice")
	srv.Clock().Advance(time.Minute)
	c.get("externalcontact/list", "userid", "bob")
	c.post("tag/create", `{"tagname":"x","tagid":7}`)

	calls := srv.Calls()

	assert.Equal(t, 4, calls.Len())
	assert.Equal(t, 2, calls.Op("externalcontact/list").Len())
	assert.Equal(t, calls.Op("externalcontact/list"), calls.Op("/cgi-bin/externalcontact/list"))
	assert.Equal(t, 84061, calls.Where("userid", "alice").Last().Code)
	assert.Equal(t, 60111, calls.Where("userid", "bob").N(0).Code)
	assert.Equal(t, 1, calls.Code(60111).Len())
	assert.Equal(t, 1, calls.Where("tagid", 7).Len())
	assert.Equal(t, 2, calls.Since(time.Unix(1700000060, 0)).Len())
	assert.Equal(t, wecomtest.Call{}, calls.N(4))
	last := calls.Last()
	assert.Equal(t, "tag/create", last.Op)
	assert.JSONEq(t, `{"tagname":"x","tagid":7}`, last.Body)
	assert.Equal(t, "REDACTED", last.Query.Get("access_token"))
	assert.Equal(t, 4, last.N)
}

func TestCallsOfUnknownOperation(t *testing.T) {
	t.Parallel()

	r := record(t, func(srv *wecomtest.Server) { srv.Calls().Op("externalcontact/gte") })

	assert.Contains(t, r.fatal, `no operation "externalcontact/gte"; nearest: externalcontact/get,`)
}

func TestCallLogIsBounded(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithCallLog(2000))
	c := newCaller(t, srv)

	for range 20 {
		c.get("getcallbackip")
	}

	assert.Less(t, srv.Calls().Len(), 10)
	srv.WaitCalls("getcallbackip", 20)
}

func TestWaitCalls(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	var caller sync.WaitGroup
	defer caller.Wait()
	caller.Go(func() {
		for range 3 {
			c.get("getcallbackip")
		}
	})

	srv.WaitCalls("getcallbackip", 3)

	assert.Equal(t, 3, srv.Calls().Op("getcallbackip").Len())
}

func TestWaitInVain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := record(t, func(srv *wecomtest.Server) { srv.WaitCalls("gettoken", 1) })
		deliveries := record(t, func(srv *wecomtest.Server) { srv.WaitDeliveries(1) })

		assert.Equal(t, "wecomtest: waited 30s for 1 calls of gettoken, got 0", calls.fatal)
		assert.Equal(t, "wecomtest: waited 30s for 1 deliveries, got 0", deliveries.fatal)
	})
}

func TestSameCallsSameBytes(t *testing.T) {
	t.Parallel()
	run := func() []wecomtest.Call {
		srv := wecomtest.New(t)
		srv.Clock().Freeze(time.Unix(1700000000, 0))
		h := newReceiver(t, srv)
		srv.Callback(h)
		alice := srv.AddMember(wecomtest.Member{})
		zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
		srv.WaitDeliveries(1)
		c := newCaller(t, srv)
		c.get("externalcontact/get", "external_userid", zoe)
		c.get("externalcontact/list", "userid", "nobody")
		require.NotEmpty(t, <-h.got)
		return slices.Collect(srv.Calls().All())
	}

	first := run()

	assert.Equal(t, first, run())
}

func TestCallsAreCopies(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	c := newCaller(t, srv)
	c.post("tag/addtagusers", `{"tagid":7,"userlist":["alice"]}`)
	srv.Emit(wecomtest.Event{Event: "x", Elements: []wecomtest.Element{{Name: "List", Value: []string{"a"}}}})
	srv.WaitDeliveries(1)

	last := srv.Calls().Last()
	last.Query.Set("access_token", "changed")
	last.Value("userlist").([]any)[0] = "changed"
	for call := range srv.Calls().All() {
		call.Query.Set("access_token", "changed")
	}
	srv.Deliveries()[0].Event.Elements[0].Value.([]string)[0] = "changed"

	assert.Equal(t, "REDACTED", srv.Calls().Last().Query.Get("access_token"))
	assert.Equal(t, "alice", srv.Calls().Last().Value("userlist[0]"))
	assert.Equal(t, []string{"a"}, srv.Deliveries()[0].Event.Get("List"))
}
