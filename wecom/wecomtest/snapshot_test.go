package wecomtest_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

var updateFiles = flag.Bool("update", false, "write testdata")

// TestSnapshotShape holds what a snapshot is made of against what it was when
// its version was given.
func TestSnapshotShape(t *testing.T) {
	t.Parallel()
	shape, version, err := wecomtest.SnapshotShape()
	require.NoError(t, err, "something can be reached from a corp that is not data")
	got := fmt.Sprintf("version %d\n\n%s", version, shape)
	file := filepath.Join("testdata", "snapshot.shape")
	if *updateFiles {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got,
		"What a snapshot holds has changed: raise snapshotVersion, if a release has this one, and run this test with -update.")
}

func snapshot(t *testing.T, srv *wecomtest.Server) string {
	t.Helper()
	data, err := srv.Snapshot()
	require.NoError(t, err)
	require.True(t, json.Valid(data))
	return string(data)
}

// frozen is a server at a time that stands still.
func frozen(t *testing.T, opts ...wecomtest.Option) *wecomtest.Server {
	t.Helper()
	srv := wecomtest.New(t, opts...)
	srv.Clock().Freeze(time.Unix(1800000000, 0))
	return srv
}

func TestRestoreBringsBack(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	alice := srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	c := newCaller(t, srv)
	before := snapshot(t, srv)

	srv.Clock().Advance(time.Hour)
	srv.Act().DeleteMember(zoe, alice)
	yan := srv.AddCustomer(alice, wecomtest.Customer{Name: "Yan"})
	later := newCaller(t, srv)
	require.NoError(t, srv.Restore([]byte(before)))

	assert.Equal(t, before, snapshot(t, srv))
	assert.Equal(t, time.Unix(1800000000, 0).UTC(), srv.Clock().Now().UTC())
	assert.True(t, srv.Clock().Frozen())
	assert.Equal(t, "Zoe", srv.Customer(zoe).Name)
	assert.False(t, srv.Customer(zoe).FollowUser[0].Deleted)
	assert.Empty(t, srv.Customer(yan))
	assert.Zero(t, c.get("externalcontact/get", "external_userid", zoe).code(), "the token is in the snapshot")
	assert.Equal(t, 40014, later.get("externalcontact/get", "external_userid", zoe).code(), "this one is not")
	assert.Equal(t, yan, srv.AddCustomer(alice, wecomtest.Customer{}), "the same calls give the same ids")
	assert.Equal(t, 4, srv.Calls().Len(), "the log goes on")
}

func TestRestoreElsewhere(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	alice := srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	data := snapshot(t, srv)
	other := wecomtest.New(t)
	other.AddMember(wecomtest.Member{UserID: "bob"})

	require.NoError(t, other.Restore([]byte(data)))

	assert.Equal(t, data, snapshot(t, other))
	assert.Empty(t, other.Member("bob"))
	other.Act().DeleteMember(zoe, alice)
	assert.Equal(t, data, snapshot(t, srv), "they share nothing")
}

// TestRestoreRefuses: after an error the server is what it was.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	require.NoError(t, srv.SetCallback(wecomtest.Callback{URL: echoing(t, srv).URL}))
	bob := srv.AddMember(wecomtest.Member{UserID: "bob"})
	srv.AddCustomer(bob, wecomtest.Customer{Name: "Zoe"})
	srv.WaitDeliveries(1)
	good := snapshot(t, srv)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	other := srv.AddCorp("Other")
	now := snapshot(t, srv)
	for _, test := range []struct{ name, data, want string }{
		{"nothing", ``, "this is no snapshot: it does not begin with its version"},
		{"something else", `{"members":[]}`, "this is no snapshot: it does not begin with its version"},
		{"no JSON", `PK`, "this is no snapshot: it does not begin with its version"},
		{"another version", `{"version":999,"corps":[{"shops":[]}]}`, "the snapshot is of version 999; this is version 1, and reads no other"},
		{"no number", `{"version":"1"}`, "the snapshot is of version 1; this"},
		{"an unknown field", strings.Replace(good, `"name":"Corp 1"`, `"nom":"Corp 1"`, 1), `.corps[0]: a wecomtest.corp has no field "nom"`},
		{"another type", strings.Replace(good, `"name":"Corp 1"`, `"name":1`, 1), `.corps[0].name: want a string`},
		{"cut off", good[:len(good)-30], "this is no snapshot, or another version of wecomtest wrote it"},
		{"no corp", `{"version":1}`, "the snapshot has 0 corps"},
		{"null", `{"version":1,"corps":[null]}`, "the snapshot's corp 1 is none"},
		{"a corp without apps", `{"version":1,"corps":[{"id":"a","number":1}]}`, "the snapshot's corp 1 is none"},
		{"an app that is none", `{"version":1,"corps":[{"id":"a","number":1,"apps":[null]}],"callbacks":[{"server":"1","url":"http://a"}]}`, "the snapshot's corp 1 is none"},
		{"no time", `{"version":1,"corps":[{"id":"a","number":1,"apps":[{}]}]}`, "the snapshot has no time"},
		{"a corp that is not there", strings.Replace(good, `"server":"1"`, `"server":"2"`, 1), "the snapshot has 1 corps, and names number 2"},
		{"no server", strings.Replace(good, `"server":"1"`, `"server":"x"`, 1), `there is no *wecomtest.Server "x"`},
		{"nothing to do", strings.Replace(good, `}},"callbacks"`, `},"agenda":[{}]},"callbacks"`, 1), "the snapshot has something to do that says nothing"},
		{"a callback without an app", strings.Replace(good, `"randoms":`, `"agentID":7,"randoms":`, 1), `no app 7`},
		{"a callback that is no URL", strings.Replace(good, `"url":"http`, `"url":"%zz`, 1), `want a Handler or an absolute URL`},
	} {
		require.NotEqual(t, good, test.data, test.name)
		err := srv.Restore([]byte(test.data))
		require.ErrorContains(t, err, test.want, test.name)
		require.ErrorContains(t, err, "wecomtest: Restore: ", test.name)
		require.Equal(t, now, snapshot(t, srv), test.name)
	}
	assert.Equal(t, "Other", other.CorpName())
	require.NoError(t, srv.Restore([]byte(good)))
}

// echoing is an app that passes the check and takes every event, at a URL.
func echoing(t *testing.T, srv *wecomtest.Server) *httptest.Server {
	t.Helper()
	app := httptest.NewServer(newReceiver(t, srv))
	t.Cleanup(app.Close)
	return app
}

func TestSnapshotHoldsCallbacksThatAreURLs(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	seen := make(chan string, 10)
	h := newReceiver(t, srv)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- r.URL.Query().Get("nonce")
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(app.Close)
	require.NoError(t, srv.SetCallback(wecomtest.Callback{URL: app.URL}))
	alice := srv.AddMember(wecomtest.Member{})
	srv.AddCustomer(alice, wecomtest.Customer{})
	srv.WaitDeliveries(1)

	fork := srv.Fork(t)
	fork.AddCustomer(alice, wecomtest.Customer{})
	fork.WaitDeliveries(1)

	assert.Len(t, fork.Deliveries(), 1, "the log is the fork's own")
	nonces := map[string]bool{<-seen: true, <-seen: true, <-seen: true}
	assert.Len(t, nonces, 3, "the check, a delivery, and one of the fork that is not like it: the app may look")
	assert.Equal(t, app.URL, fork.Callbacks()[0].URL)
	assert.Equal(t, snapshot(t, srv), snapshot(t, srv.Fork(t)))
}

// TestRestoreKeepsHandlers: code is in no snapshot, so that what there is stays
// if it can.
func TestRestoreKeepsHandlers(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	alice := srv.AddMember(wecomtest.Member{})
	early := snapshot(t, srv)
	srv.Callback(newReceiver(t, srv))
	added := srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{wecomtest.ScopeContact}})
	require.NoError(t, srv.SetCallback(wecomtest.Callback{Handler: newReceiver(t, srv), AgentID: added.AgentID}))
	srv.AddCustomer(alice, wecomtest.Customer{})
	srv.WaitDeliveries(2)

	require.NoError(t, srv.Restore([]byte(early)))
	srv.AddCustomer(alice, wecomtest.Customer{})
	srv.WaitDeliveries(3)

	require.Len(t, srv.Deliveries(), 3, "only the first app is still there")
	assert.True(t, srv.Delivery(3).Delivered())
	require.Len(t, srv.Callbacks(), 1)
	assert.Empty(t, srv.Fork(t).Callbacks(), "a fork has none")

	_, err := srv.Redeliver(1)
	require.EqualError(t, err, "wecomtest: the callback of delivery 1 is no more")
	app := echoing(t, srv)
	require.NoError(t, srv.SetCallback(wecomtest.Callback{URL: app.URL}))
	withURL := snapshot(t, srv)
	srv.Callback(newReceiver(t, srv))
	require.NoError(t, srv.Restore([]byte(withURL)))
	require.Len(t, srv.Callbacks(), 1)
	assert.Equal(t, app.URL, srv.Callbacks()[0].URL, "a URL in the snapshot takes the place of a handler")
}

// TestRestoreDropsHandlersOfSuites: an id that nobody has any more does not make
// the first app the one to be told.
func TestRestoreDropsHandlersOfSuites(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	early := snapshot(t, srv)
	suite := srv.AddSuite(wecomtest.Suite{})
	provider := srv.AddProvider(wecomtest.Provider{})
	h := newReceiver(t, srv)
	h.anyID = true
	h.post = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("success")) }
	for _, in := range []wecomtest.Callback{
		{Handler: h, SuiteID: suite.SuiteID, Keys: srv.Keys()},
		{Handler: h, ServiceCorpID: provider.CorpID, Keys: srv.Keys()},
	} {
		require.NoError(t, srv.SetCallback(in))
	}
	srv.WaitDeliveries(1)
	require.Len(t, srv.Callbacks(), 2)

	require.NoError(t, srv.Restore([]byte(early)))

	assert.Empty(t, srv.Callbacks())
}

// TestRestoreAmidACheck: a callback is whose it is when its check is over.
func TestRestoreAmidACheck(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	alice := srv.AddMember(wecomtest.Member{})
	early := snapshot(t, srv)
	added := srv.AddApp(wecomtest.App{})
	h := newReceiver(t, srv)
	restoring := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			assert.NoError(t, srv.Restore([]byte(early)))
		}
		h.ServeHTTP(w, r)
	})

	require.EqualError(t, srv.SetCallback(wecomtest.Callback{Handler: restoring, AgentID: added.AgentID}),
		fmt.Sprintf("wecomtest: no app %d", added.AgentID))
	srv.Callback(restoring)
	srv.Callback(h)

	assert.Len(t, srv.Callbacks(), 1, "the first app has one")
	srv.AddCustomer(alice, wecomtest.Customer{})
	srv.WaitDeliveries(1)
	assert.Len(t, srv.Deliveries(), 1)
}

// TestRestoreGivesUpDeliveries: nothing of what was before comes after.
func TestRestoreGivesUpDeliveries(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	alice := srv.AddMember(wecomtest.Member{})
	h := newReceiver(t, srv)
	begun := make(chan struct{})
	h.post = func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	}
	srv.Callback(h)
	before := snapshot(t, srv)
	srv.Deliver().Times(1).After(2).Delay(time.Minute)
	srv.Deliver().Times(1).After(3).Reorder()
	for range 4 {
		srv.AddCustomer(alice, wecomtest.Customer{}) // hangs, is queued, is late, is held
	}
	<-begun

	require.NoError(t, srv.Restore([]byte(before)))
	h.post = nil
	srv.Clock().Advance(time.Hour)
	srv.WaitDeliveries(4)

	assert.Len(t, h.got, 1)
	for _, d := range srv.Deliveries() {
		assert.True(t, d.Done)
		assert.False(t, d.Delivered())
	}
}

// TestRestoreAmidACall: a call that is being answered is answered by what there
// is in the end.
func TestRestoreAmidACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := frozen(t)
		alice := srv.AddMember(wecomtest.Member{UserID: "alice"})
		known := newCaller(t, srv)
		before := snapshot(t, srv)
		unknown := newCaller(t, srv)
		zoe := srv.AddCustomer(alice, wecomtest.Customer{})
		srv.Fault("externalcontact/remark").Times(2).Delay(time.Hour)
		codes := make(chan int, 2)
		for _, c := range []*caller{known, unknown} {
			go func() {
				codes <- c.send("externalcontact/remark", object{"userid": alice, "external_userid": zoe, "remark": "VIP"}).code()
			}()
		}
		synctest.Wait()

		require.NoError(t, srv.Restore([]byte(before)))
		srv.Clock().Advance(time.Hour)

		assert.ElementsMatch(t, []int{40096, 40014}, []int{<-codes, <-codes}, "a customer and a token that are not there")
		require.NoError(t, srv.Restore([]byte(before)))
		assert.Equal(t, before, snapshot(t, srv))
	})
}

func TestRestoreOfCorps(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	one := snapshot(t, srv)
	second := srv.AddCorp("Second")
	third := srv.AddCorp("Third")
	third.AddMember(wecomtest.Member{UserID: "carol"})
	three := snapshot(t, second)
	assert.Equal(t, three, snapshot(t, srv), "of all, whichever is asked")

	other := wecomtest.New(t)
	bystander := other.AddCorp("Bystander")
	require.NoError(t, other.Restore([]byte(three)))

	require.Len(t, other.Corps(), 3)
	assert.Same(t, other, other.Corps()[0])
	assert.Same(t, bystander, other.Corps()[1])
	assert.Equal(t, "Second", bystander.CorpName())
	assert.Equal(t, "carol", other.Corps()[2].Members()[0].UserID)
	assert.Equal(t, "carol", newCaller(t, other.Corps()[2]).get("externalcontact/get_follow_user_list").at("follow_user.0"), "it is found by its id and token")
	assert.Equal(t, third.CorpID(), third.Fork(t).CorpID(), "a fork is of the same corp")
	assert.Equal(t, "carol", third.Fork(t).Members()[0].UserID)

	require.NoError(t, second.Restore([]byte(one)))
	assert.Len(t, srv.Corps(), 1)
	suite := srv.AddSuite(wecomtest.Suite{})
	_, err := srv.Snapshot()
	require.NoError(t, err)
	third.Act().AuthorizeSuite(suite.SuiteID, wecomtest.Authorization{})
	_, err = srv.Snapshot()
	require.ErrorContains(t, err, "was used after Restore had taken it away")
	assert.Equal(t, "wwSIM0000000000002", srv.AddCorp("Again").CorpID())
}

func TestForkTakesTheOptions(t *testing.T) {
	t.Parallel()
	parent := frozen(t, wecomtest.WithSameToken(), wecomtest.WithURL("http://example.com"))

	fork := parent.Fork(t, wecomtest.WithTokenCallLimit(2, time.Minute))

	c := newCaller(t, fork)
	assert.Equal(t, c.token, newCaller(t, fork).token)
	assert.Equal(t, 45009, c.gettoken(fork.Credential().CorpID, fork.Credential().Secret).code())
	parent.Clock().Advance(time.Hour)
	assert.NotEqual(t, parent.Clock().Now(), fork.Clock().Now(), "each has a clock of its own")
	fork.Handle("externalcontact/get", func(wecomtest.Call) (any, error) { return nil, wecomtest.Refuse(7, "") })
	assert.NotEqual(t, 7, newCaller(t, fork.Fork(t, wecomtest.WithTokenCallLimit(9, time.Minute))).get("externalcontact/get", "external_userid", "x").code())
}

// TestForkOfASeed: what took long is done once.
func TestForkOfASeed(t *testing.T) {
	t.Parallel()
	made := 0
	one := func(userID string) wecomtest.Option {
		return wecomtest.WithSeed(func(time.Time) wecomtest.Seed {
			made++
			return wecomtest.Seed{Members: []wecomtest.Member{{UserID: userID}}}
		})
	}
	parent := wecomtest.New(t, one("alice"))
	second := parent.AddCorp("Second")

	fork := second.Fork(t, one("bob"))

	assert.Equal(t, 2, made, "alice is in the snapshot")
	assert.Equal(t, "alice", fork.Corps()[0].Members()[0].UserID)
	require.Len(t, fork.Members(), 1)
	assert.Equal(t, "bob", fork.Members()[0].UserID, "what comes on top is the fork's")
	assert.Empty(t, second.Members())
}

func TestForksInParallel(t *testing.T) {
	t.Parallel()
	parent := wecomtest.New(t)
	alice := parent.AddMember(wecomtest.Member{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			fork := parent.Fork(t)
			for range 10 {
				fork.AddCustomer(alice, wecomtest.Customer{})
			}
			assert.Len(t, fork.Customers(), 10)
			parent.AddMember(wecomtest.Member{})
		})
	}
	wg.Wait()
	assert.Empty(t, parent.Customers())
	assert.Len(t, parent.Members(), 9)
}

func TestRestoreForgetsWhatLimitsCounted(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	data := snapshot(t, srv)
	srv.Clock().Advance(24 * time.Hour)
	srv.Limits().Set("getcallbackip", 1, time.Minute)
	c := newCaller(t, srv)
	assert.Zero(t, c.get("getcallbackip").code())
	assert.Equal(t, 45009, c.get("getcallbackip").code())

	require.NoError(t, srv.Restore([]byte(data)))

	c = newCaller(t, srv)
	assert.Zero(t, c.get("getcallbackip").code())
	assert.Equal(t, 45009, c.get("getcallbackip").code(), "the limit itself stays")
}

// TestRestoreKeepsSleepers: who sleeps on the clock sleeps for as long as
// without it, whatever the clock says.
func TestRestoreKeepsSleepers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		data := snapshot(t, srv)
		srv.Clock().Advance(48 * time.Hour)
		start := time.Now()
		woken := make(chan time.Duration)
		go func() {
			_ = srv.Clock().Sleep(t.Context(), time.Minute)
			woken <- time.Since(start)
		}()
		synctest.Wait()

		require.NoError(t, srv.Restore([]byte(data)))

		assert.Equal(t, start, srv.Clock().Now())
		assert.Equal(t, time.Minute, <-woken)
	})
}

// TestRestoreEndsAdvance: an Advance that was under way does not go on in
// another time.
func TestRestoreEndsAdvance(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := frozen(t)
		alice := srv.AddMember(wecomtest.Member{})
		h := newReceiver(t, srv)
		end := make(chan struct{})
		h.post = func(http.ResponseWriter, *http.Request) { <-end }
		srv.Callback(h)
		data := snapshot(t, srv)
		srv.AddCustomer(alice, wecomtest.Customer{})
		done := make(chan struct{})
		go func() {
			defer close(done)
			srv.Clock().Advance(time.Hour) // waits for the answer first
		}()
		synctest.Wait()

		require.NoError(t, srv.Restore([]byte(data)))
		close(end)
		<-done

		assert.Equal(t, data, snapshot(t, srv))
	})
}

// A callback that was set up once need not be checked again: its application may
// be down.
func TestUncheckedCallback(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	h := newReceiver(t, srv)

	require.NoError(t, srv.SetCallback(wecomtest.Callback{Unchecked: true, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			h.ServeHTTP(w, r)
		}
	})}))
	srv.AddCustomer(srv.AddMember(wecomtest.Member{}), wecomtest.Customer{})
	srv.WaitDeliveries(1)

	assert.True(t, srv.Delivery(1).Delivered())
}

func TestClearLogs(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	h := newReceiver(t, srv)
	begun, end := make(chan struct{}, 9), make(chan struct{})
	srv.Callback(h)
	alice := srv.AddMember(wecomtest.Member{})
	srv.AddCustomer(alice, wecomtest.Customer{})
	srv.WaitDeliveries(1)
	h.post = func(http.ResponseWriter, *http.Request) { begun <- struct{}{}; <-end }
	srv.AddCustomer(alice, wecomtest.Customer{})
	c := newCaller(t, srv)
	<-begun
	changed := srv.Changed()

	srv.ClearLogs()

	<-changed
	assert.Zero(t, srv.Calls().Len())
	assert.Equal(t, 1, srv.Calls().Dropped())
	require.Len(t, srv.Deliveries(), 1, "one is under way")
	assert.Equal(t, 2, srv.Deliveries()[0].N)
	close(end)
	srv.WaitDeliveries(2)
	c.get("getcallbackip")
	assert.Equal(t, 1, srv.Calls().Len())
	srv.WaitCalls("getcallbackip", 1)
	srv.WaitCalls("gettoken", 1)
	srv.ClearLogs()
	assert.Empty(t, srv.Deliveries())
	assert.Equal(t, 2, srv.DeliveryCount())
}

func TestClearLimits(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	srv.Limits().Set("getcallbackip", 1, time.Minute).InFlight("getcallbackip", 1).OneAtATime("getcallbackip", "userid")
	c := newCaller(t, srv)
	c.get("getcallbackip")
	require.Equal(t, 45009, c.get("getcallbackip").code())

	srv.Limits().Clear()

	for range 5 {
		assert.Zero(t, c.get("getcallbackip").code())
	}
	assert.Empty(t, srv.Limits().State())
}
