package wecomtest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// apiWrites calls every endpoint of externalcontact that changes something and
// has a memory.
func apiWrites(t *testing.T, srv *wecomtest.Server) {
	t.Helper()
	c := newCaller(t, srv)
	alice, bob := srv.Seed().Member(wecomtest.Member{UserID: "alice"}), srv.Seed().Member(wecomtest.Member{UserID: "bob"})
	zoe := seedFollow(srv, "Zoe", alice)
	const cc = "externalcontact/"

	group := c.ok(cc+"add_corp_tag", object{"group_name": "grade", "tag": []object{{"name": "A"}, {"name": "B"}}})
	a, b := group.text("tag_group.tag.0.id"), group.text("tag_group.tag.1.id")
	c.ok(cc+"edit_corp_tag", object{"id": a, "name": "AA"})
	c.ok(cc+"mark_tag", object{"userid": alice, "external_userid": zoe, "add_tag": []string{a, b}})
	c.ok(cc+"mark_tag", object{"userid": alice, "external_userid": zoe, "remove_tag": []string{b}})
	c.ok(cc+"del_corp_tag", object{"tag_id": []string{b}})
	c.ok(cc+"remark", object{"userid": alice, "external_userid": zoe, "remark": "VIP"})
	way := c.ok(cc+"add_contact_way", object{"type": 1, "scene": 2, "user": []string{alice}, "state": "door"}).text("config_id")
	c.ok(cc+"update_contact_way", object{"config_id": way, "remark": "front door"})
	c.ok(cc+"del_contact_way", object{"config_id": way})
	c.ok(cc+"add_msg_template", object{"sender": alice, "text": object{"content": "hi"}})
	c.ok(cc+"transfer_customer", object{"handover_userid": alice, "takeover_userid": bob, "external_userid": []string{zoe}})
	c.ok(cc+"del_corp_tag", object{"group_id": []string{group.text("tag_group.group_id")}})
}

func TestAPIWritesCauseNoCallback(t *testing.T) {
	t.Parallel()
	srv := listening(t)

	apiWrites(t, srv)

	assert.Empty(t, srv.Deliveries(), "D/92130: what the API changes is not told")
	assert.Empty(t, srv.Problems())
}

// TestSameStorySameBytes plays a day twice: people, API, faults, time-outs and
// the clock. Every byte that crossed either wire is the same.
func TestSameStorySameBytes(t *testing.T) {
	t.Parallel()
	play := func() string {
		var wire strings.Builder
		srv := wecomtest.New(t)
		srv.Clock().Freeze(time.Unix(1700000000, 0))
		h := newReceiver(t, srv)
		n := 0
		require.NoError(t, srv.SetCallback(wecomtest.Callback{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			fmt.Fprintln(&wire, r.Method, r.URL, r.Header, string(body))
			h.ServeHTTP(w, httptest.NewRequest(r.Method, r.URL.String(), strings.NewReader(string(body))))
			if n++; n == 3 { // of the check and the events
				<-r.Context().Done()
			}
		})}))
		other := srv.AddApp(wecomtest.App{Name: "other", Scopes: []wecomtest.Scope{wecomtest.ScopeContact}})
		require.NoError(t, srv.SetCallback(wecomtest.Callback{Handler: h, AgentID: other.AgentID}))
		apiWrites(t, srv)
		for i := range 3 {
			yan := srv.AddCustomer("bob", wecomtest.Customer{Name: fmt.Sprint("Yan ", i)})
			srv.Act().EditCustomer("bob", yan, func(f *wecomtest.Follow) { f.Remark = "new" })
		}
		srv.Act().CreateGroupChat(wecomtest.GroupChat{Owner: "alice", MemberList: []wecomtest.GroupMember{{UserID: "bob"}}})
		srv.Clock().Advance(25 * time.Hour)

		c := newCaller(t, srv)
		srv.Fault("externalcontact/list").Prob(0.5, 42).Code(-1)
		for range 20 {
			c.get("externalcontact/list", "userid", "bob")
		}
		c.send("externalcontact/batch/get_by_user", object{"userid_list": []string{"alice", "bob"}, "limit": 2})
		c.ok("externalcontact/get_corp_tag_list", object{})
		c.get("externalcontact/get", "external_userid", "nobody")
		srv.WaitDeliveries(18)
		for call := range srv.Calls().All() {
			fmt.Fprintf(&wire, "%+v\n", call)
		}
		for _, d := range srv.Deliveries() {
			fmt.Fprintf(&wire, "%+v\n", d)
		}
		return wire.String()
	}

	first := play()

	assert.Contains(t, first, "no answer within 5s")
	assert.Equal(t, strings.Split(first, "\n"), strings.Split(play(), "\n"))
}

// TestStoryInABubble runs on fake time: the system's clock moves a day in no
// time, and nothing is left when the bubble ends.
func TestStoryInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, second := wecomtest.New(t), wecomtest.New(t)
		h := newReceiver(t, srv)
		hung := make(chan struct{})
		h.post = func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-hung:
			default:
				close(hung)
				<-r.Context().Done()
			}
		}
		srv.Callback(h)
		second.Callback(newReceiver(t, second))
		apiWrites(t, srv)
		apiWrites(t, second)
		second.Clock().Advance(24 * time.Hour)
		start := time.Now()

		time.Sleep(24*time.Hour + time.Minute)
		synctest.Wait()

		assert.Equal(t, start.Add(24*time.Hour+time.Minute), srv.Clock().Now())
		assert.Len(t, second.Deliveries(), 2)
		d := srv.Deliveries()
		require.Len(t, d, 2)
		assert.Equal(t, 5*time.Second, d[0].Attempts[0].Elapsed)
		assert.True(t, d[0].Delivered())
		assert.Equal(t, "bob", srv.Customer(seededCustomer).FollowUser[0].UserID)
		c := newCaller(t, srv)
		srv.Fault("getcallbackip").Times(1).Delay(time.Hour)
		assert.Zero(t, c.get("getcallbackip").code())
		synctest.Wait()
	})
}

// seededCustomer is the first customer of any server.
const seededCustomer = "wmSIM00000000000000000001"

// TestFaultWhereInDepth picks calls by what stands deep in their body.
func TestFaultWhereInDepth(t *testing.T) {
	t.Parallel()
	const op = "externalcontact/add_msg_template"
	for _, tt := range []struct {
		path  string
		value any
		hit   bool
	}{
		{"text.content", "hi", true},
		{"text.content", "h", false},
		{"external_userid[1]", "b", true},
		{"external_userid[2]", "b", false},
		{"external_userid[-1]", "b", false},
		{"tag_filter.group_list[0].tag_list[1]", "y", true},
		{"attachments[0].link", map[string]any{"title": "t", "url": "u"}, true},
		{"external_userid", []string{"a", "b"}, true},
		{"allow_select", true, true},
		{"allow_select", "true", false},
		{"sender", nil, true},
		{"text.content.deeper", "hi", false},
	} {
		t.Run(fmt.Sprint(tt.path, "=", tt.value), func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			srv.Handle(op, func(wecomtest.Call) (any, error) {
				return map[string]any{"fail_list": []string{}, "msgid": "m"}, nil
			})
			fault := srv.Fault(op).Where(tt.path, tt.value).Optional().Code(-1)

			newCaller(t, srv).send(op, object{
				"external_userid": []string{"a", "b"}, "text": object{"content": "hi"}, "allow_select": true,
				"tag_filter":  object{"group_list": []object{{"tag_list": []string{"x", "y"}}}},
				"attachments": []object{{"msgtype": "link", "link": object{"title": "t", "url": "u"}}},
			})

			assert.Equal(t, tt.hit, fault.Hits() == 1)
			assert.Equal(t, tt.hit, srv.Calls().Op(op).Where(tt.path, tt.value).Len() == 1)
		})
	}
}

// TestFailedTestTellsItsStory is what the reader of a red build gets to see.
func TestFailedTestTellsItsStory(t *testing.T) {
	t.Parallel()

	r := record(t, func(srv *wecomtest.Server) {
		srv.Clock().Freeze(time.Unix(1700000000, 0))
		srv.Callback(newReceiver(t, srv))
		c := newCaller(t, srv)
		srv.Fault("externalcontact/remark").Times(1).Lost()
		zoe := srv.AddCustomer(srv.AddMember(wecomtest.Member{UserID: "alice"}), wecomtest.Customer{})
		_, err := c.try(http.MethodPost, "externalcontact/remark", nil, `{}`)
		require.NoError(t, err)
		_, err = c.try(http.MethodPost, "externalcontact/remark", map[string][]string{"access_token": {c.token}},
			`{"userid":"alice","external_userid":"`+zoe+`","remark":"`+strings.Repeat("长", 300)+`"}`)
		require.NoError(t, err)
		_, err = c.try(http.MethodPost, "externalcontact/remark", map[string][]string{"access_token": {c.token}},
			`{"userid":"alice","external_userid":"`+zoe+`","remark":"VIP"}`)
		require.Error(t, err)
		srv.Fault("gettoken").Times(3).Hang()
		srv.WaitDeliveries(1)
	})

	assert.Equal(t, []string{"wecomtest: fault on gettoken (hang) struck 0 of 3 times"}, r.errors)
	require.Len(t, r.logs, 6)
	assert.Regexp(t, `^wecomtest: 1 \d\d:13:20.000 GET gettoken \?corpid=wwSIM0000000000001&corpsecret=REDACTED  -> 200 {"errcode":0,.*"access_token":"REDACTED"`, r.logs[0])
	assert.Contains(t, r.logs[1], `2 `+time.Unix(1700000000, 0).Format("15:04:05.000")+` POST externalcontact/remark ? {} -> 200 {"errcode":41001,`)
	assert.Contains(t, r.logs[2], `… (976 bytes) -> 200 {"errcode":40058,"errmsg":"wecomtest: remark has 300 characters, at most 20 are allowed`)
	assert.Contains(t, r.logs[3], `"remark":"VIP"} -> 0 fault lost {"errcode":0,"errmsg":"ok"}`)
	assert.Contains(t, r.logs[4], "wecomtest: delivery 1 to app 1000002: <xml>")
	assert.Regexp(t, `-> 200\s*$`, r.logs[5])
	assert.True(t, slices.IsSortedFunc(r.logs[:4], strings.Compare))
}
