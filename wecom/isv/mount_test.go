package isv_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

var suiteKeys = callback.Keys{Token: "QDG6eK", EncodingAESKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", SuiteID: "wwsuite"}

// post sends what WeCom would, to a suite or of a corp.
func post(t *testing.T, h http.Handler, receiveID, body string) int {
	t.Helper()
	codec, err := callback.NewCodec(callback.Keys{Token: suiteKeys.Token, EncodingAESKey: suiteKeys.EncodingAESKey, ReceiveID: receiveID})
	require.NoError(t, err)
	env, err := codec.Encrypt(callback.Message{Body: []byte(body)}, time.Now())
	require.NoError(t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/wecom?"+env.Query().Encode(), strings.NewReader(string(env.XML()))))
	return w.Code
}

// notice is what WeCom tells a suite; elements come in pairs of name and value.
func notice(kind string, at time.Time, elements ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<xml><SuiteId>wwsuite</SuiteId><InfoType>%s</InfoType><TimeStamp>%d</TimeStamp>", kind, at.Unix())
	for i := 0; i < len(elements); i += 2 {
		fmt.Fprintf(&b, "<%s>%s</%s>", elements[i], elements[i+1], elements[i])
	}
	return b.String() + "</xml>"
}

func TestMount(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.freshSuite(t)
	h, err := callback.NewHandler(suiteKeys)
	require.NoError(t, err)
	var got []string
	require.NoError(t, isv.Mount(h, isv.Route{
		Suite: s,
		Authorized: func(ctx context.Context, c *wecom.Client, a *isv.Authorization) error {
			got = append(got, fmt.Sprint("authorized ", c.CorpID(), " ", a.State, " ", a.ExtraInfo.AuthOpenKfIDList))
			_, err := wecom.Do[wecom.Empty](ctx, c, opSome(), nil)
			return err
		},
		Changed: func(_ context.Context, c *wecom.Client, change *isv.AuthChange) error {
			got = append(got, fmt.Sprint("changed ", c.CorpID(), " ", change.AuthCorpInfo.CorpName))
			return nil
		},
		Cancelled: func(_ context.Context, corpID string) error {
			got = append(got, "cancelled "+corpID)
			return nil
		},
	}))
	callback.On(h, func(ctx context.Context, e *callback.TextMessage) error {
		c, err := isv.Suites{s}.Client(ctx)
		if err != nil {
			return err
		}
		got = append(got, e.Content+" in "+c.CorpID())
		return nil
	})

	now := time.Now()
	text := "<xml><ToUserName>wwcorp</ToUserName><MsgType>text</MsgType><MsgId>1</MsgId><Content>hello</Content></xml>"
	steps := []struct{ to, body string }{
		{"wwsuite", notice("suite_ticket", now, "SuiteTicket", "s3cr3t-ticket")},
		{"wwsuite", notice("create_auth", now, "AuthCode", "wwcorp:code", "State", "fair", "ExtraInfo", "<AuthOpenKfIdList>wk1</AuthOpenKfIdList>")},
		{"wwcorp", text},
		{"wwsuite", notice("change_auth", now, "AuthCorpId", "wwcorp")},
		{"wwsuite", notice("change_auth", now, "AuthCorpId", "wwstranger")},
		{"wwsuite", notice("reset_permanent_code", now, "AuthCode", "wwcorp:reset")},
		{"wwsuite", notice("cancel_auth", now.Add(-time.Hour), "AuthCorpId", "wwcorp")}, // late
		{"wwsuite", notice("cancel_auth", now.Add(time.Minute), "AuthCorpId", "wwcorp")},
	}
	for _, step := range steps {
		require.Equal(t, http.StatusOK, post(t, h, step.to, step.body), step.body)
	}

	assert.Equal(t, []string{"authorized wwcorp fair [wk1]", "hello in wwcorp", "changed wwcorp Tea", "cancelled wwcorp"}, got)
	assert.Len(t, p.to(permanentCode), 2)
	assert.Equal(t, http.StatusInternalServerError, post(t, h, "wwsuite", notice("create_auth", now, "AuthCode", "wwcorp:code")), "a used code fails the event")
	assert.Equal(t, http.StatusInternalServerError, post(t, h, "wwcorp", strings.Replace(text, ">1<", ">2<", 1)), "there is no client any more")
}

// Notices come to the suite that they name, whatever the order of routes.
func TestMountManySuites(t *testing.T) {
	t.Parallel()
	p := &peer{}
	tickets := new(isv.MemoryStore)
	suites := make(isv.Suites, 3)
	for i := range suites {
		var err error
		suites[i], err = isv.NewSuite(isv.SuiteCredential{SuiteID: fmt.Sprint("wwsuite", i), Secret: "s3cr3t"}, p.options(new(logBook)), isv.WithTickets(tickets))
		require.NoError(t, err)
	}
	first := callback.Keys{Token: suiteKeys.Token, EncodingAESKey: suiteKeys.EncodingAESKey, SuiteID: "wwsuite0"}
	second := callback.Keys{Token: "second", EncodingAESKey: suiteKeys.EncodingAESKey, SuiteID: "wwsuite1"}
	third := callback.Keys{Token: "third", EncodingAESKey: suiteKeys.EncodingAESKey, SuiteID: "wwsuite2"}
	h, err := callback.NewHandler(first, callback.WithKeys(second, third))
	require.NoError(t, err)
	require.NoError(t, isv.Mount(h, isv.Route{Suite: suites[1]}, isv.Route{Suite: suites[0]}))

	for i, token := range []string{first.Token, second.Token, third.Token} {
		id := fmt.Sprint("wwsuite", i)
		codec, err := callback.NewCodec(callback.Keys{Token: token, EncodingAESKey: first.EncodingAESKey, ReceiveID: id})
		require.NoError(t, err)
		body := strings.Replace(notice("suite_ticket", time.Now(), "SuiteTicket", "s3cr3t"), "wwsuite<", id+"<", 1)
		env, err := codec.Encrypt(callback.Message{Body: []byte(body)}, time.Now())
		require.NoError(t, err)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/?"+env.Query().Encode(), strings.NewReader(string(env.XML()))))

		got, err := tickets.Ticket(t.Context(), id)
		require.NoError(t, err)
		if i < 2 {
			assert.Equal(t, http.StatusOK, w.Code)
			assert.Equal(t, "s3cr3t", got.Value)
		} else {
			assert.Equal(t, http.StatusInternalServerError, w.Code, "no suite is mounted for it")
			assert.Empty(t, got.Value)
		}
	}
}

func TestMountRefuses(t *testing.T) {
	t.Parallel()
	h, err := callback.NewHandler(suiteKeys)
	require.NoError(t, err)
	s := new(peer).suite(t)
	require.Error(t, isv.Mount(nil, isv.Route{Suite: s}))
	require.Error(t, isv.Mount(h))
	require.ErrorContains(t, isv.Mount(h, isv.Route{}), "without a Suite")
	require.ErrorContains(t, isv.Mount(h, isv.Route{Suite: s}, isv.Route{Suite: s}), "two Routes")
	require.NoError(t, isv.Mount(h, isv.Route{Suite: s}))
	require.Panics(t, func() { _ = isv.Mount(h, isv.Route{Suite: s}) })
}

// Onboarding fails: so does the event.
func TestHookFails(t *testing.T) {
	t.Parallel()
	s := new(peer).suite(t)
	h, err := callback.NewHandler(suiteKeys)
	require.NoError(t, err)
	require.NoError(t, isv.Mount(h, isv.Route{
		Suite:      s,
		Authorized: func(context.Context, *wecom.Client, *isv.Authorization) error { return assert.AnError },
	}))
	assert.Equal(t, http.StatusInternalServerError, post(t, h, "wwsuite", notice("create_auth", time.Now(), "AuthCode", "wwcorp:code")))
	_, err = s.Client(t.Context(), "wwcorp")
	require.NoError(t, err, "the corp is a tenant all the same")
}

func TestSuitesWithoutATenant(t *testing.T) {
	t.Parallel()
	s := new(peer).tenantSuite(t)
	_, err := isv.Suites{s}.Client(t.Context())
	require.ErrorContains(t, err, "not of an event")
	_, err = isv.Suites{s}.Client(callback.ContextWithTenant(t.Context(), callback.Tenant{SuiteID: "wwother", CorpID: "wwcorp"}))
	require.ErrorContains(t, err, "none of these")
	c, err := isv.Suites{s}.Client(callback.ContextWithTenant(t.Context(), callback.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp"}))
	require.NoError(t, err)
	assert.Equal(t, "wwcorp", c.CorpID())
}

// What may go better later comes again, and what cannot does not.
func TestWhatComesAgain(t *testing.T) {
	t.Parallel()
	now := time.Now()
	tests := []struct {
		name  string
		body  string
		given func(p *peer, store *brokenTenants, tickets *tellTale)
		final bool
	}{
		{"a ticket that is not stored", notice("suite_ticket", now, "SuiteTicket", "s3cr3t-next"), func(_ *peer, _ *brokenTenants, tickets *tellTale) {
			tickets.fails = true
		}, false},
		{"an authorisation while WeCom is busy", notice("create_auth", now, "AuthCode", "wwother:code"), func(p *peer, _ *brokenTenants, _ *tellTale) {
			p.on(permanentCode, func(call) string { return refusal(-1) })
		}, false},
		{"a new code while WeCom is busy", notice("reset_permanent_code", now, "AuthCode", "wwcorp:code"), func(p *peer, _ *brokenTenants, _ *tellTale) {
			p.on(permanentCode, func(call) string { return refusal(-1) })
		}, false},
		{"a change while the store is down", notice("change_auth", now, "AuthCorpId", "wwcorp"), func(_ *peer, store *brokenTenants, _ *tellTale) {
			store.down = true
		}, false},
		{"a change before the store goes down", notice("change_auth", now, "AuthCorpId", "wwcorp"), func(p *peer, store *brokenTenants, _ *tellTale) {
			p.on(authInfo, func(c call) string {
				store.down = true
				return p.usual(c)
			})
		}, false},
		{"a cancellation while the store is down", notice("cancel_auth", now, "AuthCorpId", "wwcorp"), func(_ *peer, store *brokenTenants, _ *tellTale) {
			store.down = true
		}, false},
		{"an authorisation of a corp that leaves", notice("create_auth", now, "AuthCode", "wwother:code"), func(p *peer, store *brokenTenants, _ *tellTale) {
			p.on(authInfo, func(c call) string {
				_ = store.DeleteTenant(context.Background(), "wwsuite", "wwother")
				return p.usual(c)
			})
		}, true},
		{"a used auth code", notice("create_auth", now, "AuthCode", "wwother:code"), func(p *peer, _ *brokenTenants, _ *tellTale) {
			p.on(permanentCode, func(call) string { return refusal(40078) })
		}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, store, tickets := &peer{}, &brokenTenants{MemoryStore: new(isv.MemoryStore)}, &tellTale{MemoryStore: new(isv.MemoryStore)}
				s := p.suite(t, isv.WithTenants(store), isv.WithTickets(tickets))
				require.NoError(t, store.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t", AgentID: 5}))
				outcome := make(chan error, 1)
				h, err := callback.NewHandler(suiteKeys, callback.WithWorkers(1, 1),
					callback.WithObserver(func(_ context.Context, d callback.Delivery) { outcome <- d.Err }))
				require.NoError(t, err)
				require.NoError(t, isv.Mount(h, isv.Route{Suite: s, Changed: func(context.Context, *wecom.Client, *isv.AuthChange) error { return nil }}))
				tt.given(p, store, tickets)

				require.Equal(t, http.StatusOK, post(t, h, "wwsuite", tt.body))
				err = <-outcome

				require.Error(t, err)
				assert.Equal(t, !tt.final, errors.Is(err, callback.ErrRedeliver), "%v", err)
				require.NoError(t, h.Close(t.Context()))
			})
		})
	}
}

// An authorisation that comes before the first ticket waits in the inbox for
// it, and one whose code is used up does not.
func TestInboxTriesAgain(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.freshSuite(t)
	inbox, err := callback.OpenFileInbox(t.TempDir(), nil)
	require.NoError(t, err)
	came := make(chan string, 3)
	outcomes := make(chan callback.Outcome, 10)
	h, err := callback.NewHandler(suiteKeys, callback.WithInbox(inbox), callback.WithObserver(func(_ context.Context, d callback.Delivery) {
		outcomes <- d.Outcome
	}))
	require.NoError(t, err)
	require.NoError(t, isv.Mount(h, isv.Route{Suite: s, Authorized: func(_ context.Context, c *wecom.Client, _ *isv.Authorization) error {
		came <- c.CorpID()
		return nil
	}}))
	after := func(skip ...callback.Outcome) callback.Outcome {
		for {
			if o := <-outcomes; !slices.Contains(skip, o) {
				return o
			}
		}
	}
	h.Resume(t.Context())
	post(t, h, "wwsuite", notice("create_auth", time.Now(), "AuthCode", "wwcorp:code"))
	require.Equal(t, callback.OutcomePostponed, after())
	post(t, h, "wwsuite", notice("suite_ticket", time.Now(), "SuiteTicket", "s3cr3t-ticket"))
	assert.Equal(t, "wwcorp", <-came)

	p.on(permanentCode, func(call) string { return refusal(40078) })
	post(t, h, "wwsuite", notice("create_auth", time.Now(), "AuthCode", "wwcorp:used"))
	require.Equal(t, callback.OutcomeFailed, after(callback.OutcomeHandled))

	require.NoError(t, h.Close(t.Context()))
	require.NoError(t, inbox.Close())
}
