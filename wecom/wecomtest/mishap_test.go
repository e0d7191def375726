package wecomtest_test

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// names are those of the customers whose events a receiver got, in that order.
func (h *receiver) names(byID map[string]string) []string {
	var list []string
	for {
		select {
		case body := <-h.got:
			for id, name := range byID {
				if strings.Contains(body, id) {
					list = append(list, name)
				}
			}
		default:
			return list
		}
	}
}

func TestMishapsOfTheOrder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		befall func(*wecomtest.Mishap)
		want   []string
	}{
		{"none", func(m *wecomtest.Mishap) { m.Remove() }, []string{"Ann", "Bea", "Cho"}},
		{"duplicate", func(m *wecomtest.Mishap) { m.Times(1).Duplicate() }, []string{"Ann", "Ann", "Bea", "Cho"}},
		{"reorder", func(m *wecomtest.Mishap) { m.Times(1).Reorder() }, []string{"Bea", "Ann", "Cho"}},
		{"reorder later", func(m *wecomtest.Mishap) { m.After(1).Times(1).Reorder() }, []string{"Ann", "Cho", "Bea"}},
		{"delay", func(m *wecomtest.Mishap) { m.Times(1).Delay(time.Minute) }, []string{"Bea", "Cho", "Ann"}},
		{"lose", func(m *wecomtest.Mishap) { m.Times(2).Lose() }, []string{"Cho"}},
		{"of others", func(m *wecomtest.Mishap) { m.Of("del_follow_user").Optional().Lose() }, []string{"Ann", "Bea", "Cho"}},
		{"of these", func(m *wecomtest.Mishap) { m.Of("add_external_contact").After(2).Lose() }, []string{"Ann", "Bea"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			srv.Clock().Freeze(time.Unix(1700000000, 0))
			h := newReceiver(t, srv)
			srv.Callback(h)
			tt.befall(srv.Deliver())
			alice, byID := srv.AddMember(wecomtest.Member{}), make(map[string]string)

			for _, name := range []string{"Ann", "Bea", "Cho"} {
				byID[srv.AddCustomer(alice, wecomtest.Customer{Name: name})] = name
				srv.Clock().Advance(time.Second)
			}
			srv.Clock().Advance(time.Minute)
			srv.WaitDeliveries(3)

			assert.Equal(t, tt.want, h.names(byID))
		})
	}
}

// Events whose member versions do not follow each other are how an app finds
// out that it missed one.
func TestLostEventLeavesAGapInMemberVersions(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	alice := srv.AddMember(wecomtest.Member{})
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: alice})
	srv.Deliver().After(1).Times(1).Lose()

	for range 3 {
		srv.Act().JoinGroupChat(chat, wecomtest.GroupMember{UserID: srv.Seed().Customer(wecomtest.Customer{})})
	}
	srv.WaitDeliveries(3)

	var got []wecomtest.Event
	for _, d := range srv.Deliveries() {
		if d.Delivered() {
			got = append(got, d.Event)
		} else {
			assert.Equal(t, "lose", d.Mishap)
		}
	}
	require.Len(t, got, 2)
	assert.NotEqual(t, got[0].Get("CurMemVer"), got[1].Get("LastMemVer"))
}

func TestGroupDataLagsBehindItsEvent(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	alice := srv.AddMember(wecomtest.Member{})
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: alice, Name: "Old"})
	c := newCaller(t, srv)
	name := func() string {
		return c.ok("externalcontact/groupchat/get", object{"chat_id": chat}).text("group_chat.name")
	}
	srv.Deliver().Lag(2 * time.Second)

	srv.Act().RenameGroupChat(chat, "New")
	born := srv.Act().CreateGroupChat(wecomtest.GroupChat{Owner: alice})
	srv.WaitDeliveries(2)

	assert.Equal(t, "Old", name())
	assert.Equal(t, 40050, c.send("externalcontact/groupchat/get", object{"chat_id": born}).code())
	assert.Len(t, c.ok("externalcontact/groupchat/list", object{"limit": 10}).at("group_chat_list"), 1)
	srv.Clock().Advance(2 * time.Second)
	assert.Equal(t, "New", name())
	c.ok("externalcontact/groupchat/get", object{"chat_id": born})
	assert.Len(t, c.ok("externalcontact/groupchat/list", object{"limit": 10}).at("group_chat_list"), 2)
}

func TestUnusedMishapsFail(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		befall func(*wecomtest.Mishap)
		want   string
	}{
		{"too few", func(m *wecomtest.Mishap) { m.Times(2).Lose() }, "mishap of any event (lose) happened 1 of 2 times"},
		{"never", func(m *wecomtest.Mishap) { m.Of("msg_audit_approved").Duplicate().OldTimestamp(time.Hour) }, "mishap of msg_audit_approved (duplicate, old timestamp 1h0m0s) never happened"},
		{"nothing", func(*wecomtest.Mishap) {}, "does not say what happens"},
		{"held", func(m *wecomtest.Mishap) { m.Reorder() }, "no event came to overtake the deliveries [1]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(srv *wecomtest.Server) {
				srv.Callback(newReceiver(t, srv))
				tt.befall(srv.Deliver())
				srv.AddCustomer(srv.AddMember(wecomtest.Member{}), wecomtest.Customer{})
			})

			assert.Contains(t, r.all(), tt.want)
		})
	}
}

// What is wrong with a callback that a handler must refuse, in both forms.
func TestMishapsOfTheSeal(t *testing.T) {
	t.Parallel()
	type sealed struct {
		signed    bool // by the key's token
		age       time.Duration
		receiveID string
		size      int
	}
	const corpID = "wwSIM0000000000001"
	good := sealed{signed: true, receiveID: corpID}
	tests := []struct {
		name   string
		befall func(*wecomtest.Mishap)
		old    bool // keys
		want   func(sealed) sealed
	}{
		{"none", func(m *wecomtest.Mishap) { m.Remove() }, false, func(s sealed) sealed { return s }},
		{"bad signature", func(m *wecomtest.Mishap) { m.BadSignature() }, false, func(s sealed) sealed { s.signed = false; return s }},
		{"old timestamp", func(m *wecomtest.Mishap) { m.OldTimestamp(time.Hour) }, false, func(s sealed) sealed { s.age = time.Hour; return s }},
		{"wrong receive id", func(m *wecomtest.Mishap) { m.WrongReceiveID() }, false, func(s sealed) sealed { s.receiveID = "wwSIM9999999999999"; return s }},
		{"old keys", func(m *wecomtest.Mishap) { m.OldKeys() }, true, func(s sealed) sealed { return s }},
		{"oversize", func(m *wecomtest.Mishap) { m.Oversize(100000) }, false, func(s sealed) sealed { s.size = 100000; return s }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			srv.Clock().Freeze(time.Unix(1700000000, 0))
			keys := srv.Keys()
			if tt.old {
				keys = srv.OldKeys()
			}
			var got sealed
			echo := newReceiver(t, srv)
			srv.Callback(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					echo.ServeHTTP(w, r)
					return
				}
				var body struct{ Encrypt string }
				assert.NoError(t, xml.NewDecoder(r.Body).Decode(&body))
				q := r.URL.Query()
				at, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
				assert.NoError(t, err)
				text, receiveID := openWith(t, keys, body.Encrypt)
				got = sealed{
					signed:    signatureOf(keys.Token, q.Get("timestamp"), q.Get("nonce"), body.Encrypt) == q.Get("msg_signature"),
					age:       srv.Clock().Now().Sub(time.Unix(at, 0)),
					receiveID: receiveID,
				}
				if len(text) > 10000 {
					got.size = len(text)
				}
			}))
			tt.befall(srv.Deliver())

			srv.Trigger("text")
			srv.WaitDeliveries(1)

			assert.Equal(t, tt.want(good), got)
		})
	}
}
