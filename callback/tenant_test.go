package callback_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// suiteKeys are testKeys as a third-party app's.
func suiteKeys() callback.Keys {
	return callback.Keys{Token: testKeys.Token, EncodingAESKey: testKeys.EncodingAESKey, SuiteID: "wwsuite"}
}

// sentTo are the keys of WeCom for one callback.
func sentTo(keys callback.Keys, id string) callback.Keys {
	keys.ReceiveID, keys.SuiteID = id, ""
	return keys
}

func notice(elements ...string) string { return "<xml>" + cdata(elements...) + "</xml>" }

func TestTenant(t *testing.T) {
	t.Parallel()
	suite, provided, person := suiteKeys(), suiteKeys(), suiteKeys()
	provided.ReceiveID, person.ReceiveID = "wwprovider", callback.NoReceiveID
	both := callback.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp"}
	tests := []struct {
		name string
		keys callback.Keys
		sent string // receive id
		body string
		want callback.Tenant
		ok   bool
	}{
		{"ticket", suite, "wwsuite", notice("SuiteId", "wwsuite", "InfoType", "suite_ticket"), callback.Tenant{SuiteID: "wwsuite"}, true},
		{"notice of a corp", suite, "wwsuite", notice("SuiteId", "wwsuite", "AuthCorpId", "wwcorp", "InfoType", "change_auth"), both, true},
		{"order", suite, "wwsuite", notice("SuiteId", "wwsuite", "PaidCorpId", "wwcorp", "InfoType", "open_order"), both, true},
		{"notice to the suite", suite, "wwsuite", notice("ToUserName", "wwsuite", "InfoType", "brand_new"), callback.Tenant{SuiteID: "wwsuite"}, true},
		{"ticket of another suite", suite, "wwsuite", notice("SuiteId", "wwother", "InfoType", "suite_ticket"), callback.Tenant{}, false},
		{"ticket sent to a corp", suite, "wwother", notice("SuiteId", "wwother", "InfoType", "suite_ticket"), callback.Tenant{}, false},
		{"shared app", suite, "wwsuite", notice("SuiteId", "wwsuite", "CorpId", "wwcorp", "InfoType", "share_agent_change"), both, true},
		{"shared chain", suite, "wwsuite", notice("SuiteId", "wwsuite", "CorpId", "wwcorp", "InfoType", "share_chain_change"), both, true},
		{"data", suite, "wwcorp", notice("ToUserName", "wwcorp", "MsgType", "text"), both, true},
		{"data in JSON", suite, "wwcorp", `{"ToUserName":"wwcorp","MsgType":"text"}`, both, true},
		{"data of an encrypted corp id", suite, "wpABC-d_1", notice("ToUserName", "wpABC-d_1"), callback.Tenant{SuiteID: "wwsuite", CorpID: "wpABC-d_1"}, true},
		{"data that names nobody", suite, "wwcorp", notice("MsgType", "text"), both, true},
		{"data that cannot be read", suite, "wwcorp", "neither XML nor JSON", both, true},
		{"data of another corp", suite, "wwcorp", notice("ToUserName", "wwother", "MsgType", "text"), callback.Tenant{}, false},
		{"notice of another corp", suite, "wwcorp", notice("AuthCorpId", "wwother", "InfoType", "change_auth"), callback.Tenant{}, false},
		{"order of another corp", suite, "wwcorp", notice("PaidCorpId", "wwother", "InfoType", "open_order"), callback.Tenant{}, false},
		{"provider's notice", provided, "wwprovider", notice("ServiceCorpId", "wwprovider", "AuthCorpId", "wwcorp", "InfoType", "license_refund"), both, true},
		{"provider's notice, the provider not told", suite, "wwprovider", notice("ServiceCorpId", "wwprovider", "AuthCorpId", "wwcorp", "InfoType", "license_refund"), both, true},
		{"another provider's notice", provided, "wwprovider", notice("ServiceCorpId", "wwother", "AuthCorpId", "wwcorp", "InfoType", "license_refund"), callback.Tenant{}, false},
		{"provider as a tenant", provided, "wwprovider", notice("ToUserName", "wwprovider", "MsgType", "text"), callback.Tenant{SuiteID: "wwsuite", CorpID: "wwprovider"}, true},
		{"individual developer", person, callback.NoReceiveID, notice("SuiteId", "wwsuite", "AuthCorpId", "wwcorp", "InfoType", "change_auth"), both, true},
		{"no id", suite, callback.NoReceiveID, notice("SuiteId", "wwsuite", "InfoType", "suite_ticket"), callback.Tenant{}, false},
		{"no id that could be one", suite, "ww corp\x01", notice("SuiteId", "wwsuite"), callback.Tenant{}, false},
		{"app of the corp", testKeys, testKeys.ReceiveID, notice("ToUserName", testKeys.ReceiveID, "MsgType", "text"), callback.Tenant{CorpID: testKeys.ReceiveID}, true},
		{"app of the corp, about another", testKeys, testKeys.ReceiveID, notice("ToUserName", "wwother", "MsgType", "text"), callback.Tenant{CorpID: testKeys.ReceiveID}, true},
		{"app of the corp, about nobody", testKeys, testKeys.ReceiveID, notice("MsgType", "text"), callback.Tenant{CorpID: testKeys.ReceiveID}, true},
		{"app of the corp, unreadable", testKeys, testKeys.ReceiveID, "neither XML nor JSON", callback.Tenant{CorpID: testKeys.ReceiveID}, true},
		{"provider alone", sentTo(testKeys, "wwprovider"), "wwprovider", notice("ServiceCorpId", "wwprovider", "AuthCorpId", "wwcorp", "InfoType", "license_refund"), callback.Tenant{CorpID: "wwcorp"}, true},
		{"suite id as the only one", sentTo(testKeys, "wwsuite"), "wwsuite", notice("SuiteId", "wwsuite", "AuthCorpId", "wwcorp", "InfoType", "change_auth"), both, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			h, err := callback.NewHandler(tt.keys, callback.WithTimestampTolerance(0), callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			require.NoError(t, err)
			var got []callback.Tenant
			callback.On(h, func(ctx context.Context, _ callback.Event) error {
				tenant, ok := callback.TenantFrom(ctx)
				assert.True(t, ok)
				got = append(got, tenant)
				return nil
			})
			res := send(h, sealedRaw(t, tt.sent, tt.body))
			if !tt.ok {
				assert.Equal(t, outcome{status: http.StatusForbidden}, res)
				assert.Empty(t, got)
				assert.Contains(t, log.String(), "receive id does not match")
				assert.Equal(t, callback.Stats{Refused: 1}, h.Stats())
				return
			}
			assert.Equal(t, http.StatusOK, res.status)
			assert.Equal(t, []callback.Tenant{tt.want}, got)
		})
	}
}

// sealedRaw is a request with any receive id, also one that Keys would refuse.
func sealedRaw(t testing.TB, id, body string) *http.Request {
	t.Helper()
	if id == callback.NoReceiveID {
		id = ""
	}
	env := sign(testKeys.Token, encryptRaw(t, rawPlain(uint32(len(body)), body+id), 32))
	return httptest.NewRequest(http.MethodPost, "/wecom?"+env.Query().Encode(), bytes.NewReader(env.XML()))
}

// One handler serves two suites, of which one changes its keys, and an app of
// the corp.
func TestManySuites(t *testing.T) {
	t.Parallel()
	old, other := suiteKeys(), otherKeys
	other.SuiteID, other.ReceiveID = "wwsecond", ""
	renewed := callback.Keys{Token: "renewed", EncodingAESKey: other.EncodingAESKey, SuiteID: old.SuiteID}
	own := callback.Keys{Token: "own", EncodingAESKey: old.EncodingAESKey, ReceiveID: "wwown"}
	h, err := callback.NewHandler(renewed, callback.WithTimestampTolerance(0), callback.WithKeys(old, other, own))
	require.NoError(t, err)
	got := map[callback.Tenant]int{}
	callback.On(h, func(ctx context.Context, e *callback.TextMessage) error {
		tenant, _ := callback.TenantFrom(ctx)
		got[tenant]++
		assert.Equal(t, e.Corp(), tenant.CorpID)
		return nil
	})

	for i := range 3 {
		corp := fmt.Sprint("wwcorp", i)
		for _, keys := range []callback.Keys{old, renewed, other} {
			body := notice("ToUserName", corp, "MsgType", "text", "Content", keys.Token)
			require.Equal(t, acknowledged, send(h, request(t, sentTo(keys, corp), body)))
		}
	}
	require.Equal(t, acknowledged, send(h, request(t, own, notice("ToUserName", "wwown", "MsgType", "text"))))
	stranger := sentTo(own, "wwcorp1")
	require.Equal(t, http.StatusForbidden, send(h, request(t, stranger, notice("ToUserName", "wwcorp1", "MsgType", "text"))).status,
		"the keys of the corp's own app are for the corp only")

	want := map[callback.Tenant]int{{CorpID: "wwown"}: 1}
	for i := range 3 {
		corp := fmt.Sprint("wwcorp", i)
		want[callback.Tenant{SuiteID: "wwsuite", CorpID: corp}] = 2
		want[callback.Tenant{SuiteID: "wwsecond", CorpID: corp}] = 1
	}
	assert.Equal(t, want, got)
}

func TestSuiteURLCheck(t *testing.T) {
	t.Parallel()
	h, err := callback.NewHandler(suiteKeys(), callback.WithTimestampTolerance(0))
	require.NoError(t, err)
	env := seal(t, sentTo(suiteKeys(), "wwprovider"), "1616140317555161061")
	query := env.Query()
	query.Set("echostr", env.Encrypt)
	assert.Equal(t, outcome{status: http.StatusOK, body: "1616140317555161061"}, send(h, httptest.NewRequest(http.MethodGet, "/?"+query.Encode(), http.NoBody)))
}

func TestSuiteAnswersWithTheIDOfTheQuestion(t *testing.T) {
	t.Parallel()
	codec := newCodec(t, suiteKeys())
	for _, id := range []string{"wwsuite", "wwcorp", "wwprovider"} {
		msg, err := codec.Decrypt(seal(t, sentTo(suiteKeys(), id), "question"))
		require.NoError(t, err)
		msg.Body = []byte("answer")
		env, err := codec.Encrypt(msg, time.Unix(1763733600, 0))
		require.NoError(t, err)
		reply, err := newCodec(t, sentTo(suiteKeys(), id)).Decrypt(env)
		require.NoError(t, err)
		assert.Equal(t, id, reply.ReceiveID)
	}
	env, err := codec.Encrypt(callback.Message{Body: []byte("x")}, time.Unix(1763733600, 0))
	require.NoError(t, err)
	_, err = newCodec(t, sentTo(suiteKeys(), "wwsuite")).Decrypt(env)
	require.NoError(t, err, "what answers nothing is the suite's")
}

func TestSuiteKeysRefused(t *testing.T) {
	t.Parallel()
	second, odd := suiteKeys(), suiteKeys()
	second.SuiteID, odd.SuiteID = "wwsecond", "ww suite/1"
	_, err := callback.NewCodec(suiteKeys(), second)
	require.ErrorContains(t, err, `suites "wwsuite" and "wwsecond" have the same Token and EncodingAESKey`)
	assertNoSecret(t, err.Error(), testKeys)
	_, err = callback.NewCodec(odd)
	require.ErrorContains(t, err, "is not an id")

	_, err = callback.NewCodec(suiteKeys(), suiteKeys(), sentTo(suiteKeys(), "wwprovider"))
	require.NoError(t, err, "the same suite twice is no harm")

	codec := newCodec(t, sentTo(suiteKeys(), "wwprovider"), suiteKeys())
	_, err = codec.Decrypt(seal(t, sentTo(suiteKeys(), "wwcorp"), "x"))
	require.NoError(t, err, "nor is its provider before it")
}

func TestTenantOutsideOfAHandler(t *testing.T) {
	t.Parallel()
	_, ok := callback.TenantFrom(t.Context())
	assert.False(t, ok)
	want := callback.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp"}
	got, ok := callback.TenantFrom(callback.ContextWithTenant(t.Context(), want))
	assert.True(t, ok)
	assert.Equal(t, want, got)

	codec := newCodec(t, suiteKeys(), otherKeys)
	msg, err := codec.Decrypt(seal(t, otherKeys, notice("ToUserName", "wwcorp")))
	require.NoError(t, err)
	_, err = newCodec(t, suiteKeys()).Tenant(msg, &callback.Unknown{})
	require.Error(t, err, "another codec opened it")
}

// The simulator's URL check and data carry the corp's id, with the suite's
// present keys or those of before.
func TestSuiteOnTheSimulator(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := wecomtest.New(t)
		keys, old := callback.Keys(sim.Keys()), callback.Keys(sim.OldKeys())
		keys.ReceiveID, keys.SuiteID = "", "wwsuite"
		old.ReceiveID, old.SuiteID = "", "wwsuite"
		h, err := callback.NewHandler(keys, callback.WithTimestampTolerance(0), callback.WithKeys(old))
		require.NoError(t, err)
		var got []callback.Tenant
		callback.OnReply(h, func(ctx context.Context, e *callback.TextMessage) (callback.Reply, error) {
			tenant, _ := callback.TenantFrom(ctx)
			got = append(got, tenant)
			return callback.TextReply{Content: "got " + e.Content}, nil
		})
		sim.Callback(h)
		sim.Deliver().After(1).OldKeys()
		alice := sim.AddMember(wecomtest.Member{})
		for i := range 2 {
			sim.Emit(wecomtest.Event{MsgType: "text", FromUserName: alice, Elements: []wecomtest.Element{{Name: "Content", Value: "hi"}, {Name: "MsgId", Value: i + 1}}})
		}
		sim.WaitDeliveries(2)

		want := callback.Tenant{SuiteID: "wwsuite", CorpID: sim.Credential().CorpID}
		assert.Equal(t, []callback.Tenant{want, want}, got)
		for _, d := range sim.Deliveries() {
			assert.Contains(t, d.Attempts[0].Reply, "<Content><![CDATA[got hi]]></Content>", "the answer is encrypted for the corp, with the keys of the question")
		}
	})
}

// No documented event, in whatever form, disagrees with what it is encrypted
// for: that of the app, of its suite or of its provider.
func TestTenantOfEveryEvent(t *testing.T) {
	t.Parallel()
	const suiteID, providerID = "wwsuite", "wwprovider"
	synctest.Test(t, func(t *testing.T) {
		sim := wecomtest.New(t)
		app := sim.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{wecomtest.ScopeContact, wecomtest.ScopeDirectory, wecomtest.ScopeSchool}})
		data, system := sim.Keys(), sim.Keys()
		data.ReceiveID, data.SuiteID = sim.Credential().CorpID, suiteID
		system.ReceiveID, system.SuiteID = providerID, suiteID
		var mu sync.Mutex // the callbacks come side by side
		about := map[string][]string{}
		for _, cb := range []wecomtest.Callback{
			{Keys: data}, {Keys: system, ServiceCorpID: providerID}, {Keys: sim.SuiteKeys(suiteID), SuiteID: suiteID},
		} {
			keys := callback.Keys(cb.Keys)
			if cb.ServiceCorpID == "" {
				keys.ReceiveID = ""
			}
			h, err := callback.NewHandler(keys, callback.WithTimestampTolerance(0), callback.WithoutDedupe())
			require.NoError(t, err)
			callback.On(h, func(ctx context.Context, e callback.Event) error {
				tenant, _ := callback.TenantFrom(ctx)
				assert.Equal(t, suiteID, tenant.SuiteID)
				mu.Lock()
				defer mu.Unlock()
				about[tenant.CorpID] = append(about[tenant.CorpID], e.Head().Kind())
				return nil
			})
			cb.Handler, cb.AgentID = h, app.AgentID
			require.NoError(t, sim.SetCallback(cb))
		}
		for _, name := range sim.EventNames() {
			e, err := sim.NewEvent(name)
			require.NoError(t, err)
			sim.Emit(e)
		}
		sim.WaitDeliveries(len(sim.Deliveries()))

		assert.ElementsMatch(t, []string{"suite_ticket", "create_auth", "reset_permanent_code", "error_report", "fetch_log_finish"}, about[""])
		assert.Len(t, about[sim.Credential().CorpID], len(sim.Deliveries())-len(about[""]))
		assert.Len(t, about, 2, "there is one corp")
	})
}
