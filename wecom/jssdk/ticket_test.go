package jssdk_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/jssdk"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const page = "https://crm.example.com/side"

// taken reports whether the client takes a signature for the app.
func taken(t *testing.T, srv *wecomtest.Server, pages *jssdk.Service) bool {
	t.Helper()
	sig, err := pages.SignAgentConfig(t.Context(), page)
	require.NoError(t, err)
	return srv.CheckPageSignature(wecomtest.PageSignature{
		AgentID: sig.AgentID, URL: page, NonceStr: sig.NonceStr, Timestamp: sig.Timestamp, Signature: sig.Signature,
	}) == nil
}

func TestTicketsAreFetchedOnce(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithOfficialLimits())
	pages := newPages(t, srv)
	var visitors sync.WaitGroup
	for range 200 {
		visitors.Go(func() {
			_, err := pages.SignConfig(t.Context(), page)
			assert.NoError(t, err)
			_, err = pages.SignAgentConfig(t.Context(), page)
			assert.NoError(t, err)
		})
	}
	visitors.Wait()
	assert.Equal(t, 1, srv.Calls().Op("get_jsapi_ticket").Len())
	assert.Equal(t, 1, srv.Calls().Op("ticket/get").Len())
}

func TestTicketsAreGoodAllDay(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	pages := newPages(t, srv)
	for range 24 * 12 {
		require.True(t, taken(t, srv, pages))
		srv.Clock().Advance(5 * time.Minute)
	}
	assert.LessOrEqual(t, srv.Calls().Op("ticket/get").Len(), 40, "three or so for each of twelve tickets")
}

func TestProcessesShareTickets(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	store := new(wecom.MemoryStore)
	one, two := newPages(t, srv, jssdk.WithTokenStore(store)), newPages(t, srv, jssdk.WithTokenStore(store))

	require.True(t, taken(t, srv, one))
	require.True(t, taken(t, srv, two))

	assert.Equal(t, 1, srv.Calls().Op("ticket/get").Len())
}

func TestAppsDoNotShareTickets(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	store := new(wecom.MemoryStore)
	app := srv.AddApp(wecomtest.App{})
	client, err := wecom.New(srv.CredentialOf(app), srv.Options()...)
	require.NoError(t, err)
	other, err := jssdk.New(client, app.AgentID, jssdk.WithTokenStore(store))
	require.NoError(t, err)

	assert.True(t, taken(t, srv, newPages(t, srv, jssdk.WithTokenStore(store))))
	assert.True(t, taken(t, srv, other))
}

// A ticket of the simulator is of no use to WeCom, though both have the corp.
func TestServersDoNotShareTickets(t *testing.T) {
	t.Parallel()
	store, asked := new(wecom.MemoryStore), 0
	for _, server := range []string{"https://one.test", "https://two.test"} {
		client, err := wecom.New(wecom.Credential{CorpID: "ww1"}, wecom.WithTokenSource(aToken{}), wecom.WithBaseURL(server),
			wecom.WithHTTPClient(&http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
				asked++
				return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"errcode":0,"ticket":"t","expires_in":7200}`))}, nil
			})}))
		require.NoError(t, err)
		pages, err := jssdk.New(client, 1000002, jssdk.WithTokenStore(store))
		require.NoError(t, err)
		_, err = pages.CorpTicket(t.Context())
		require.NoError(t, err)
	}
	assert.Equal(t, 2, asked)
}

func TestDroppedTicketIsReplaced(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	pages := newPages(t, srv, jssdk.WithTokenStore(new(wecom.MemoryStore)))
	require.True(t, taken(t, srv, pages))

	srv.RevokePageTickets()
	require.False(t, taken(t, srv, pages), "no call tells of it")
	pages.DropCorpTicket(t.Context())
	require.False(t, taken(t, srv, pages), "that was the other one")
	pages.DropAgentTicket(t.Context())
	require.True(t, taken(t, srv, pages))

	srv.RevokePageTickets()
	pages.DropAgentTicket(t.Context())
	require.False(t, taken(t, srv, pages), "within two minutes")
	srv.Clock().Advance(2 * time.Minute)
	pages.DropAgentTicket(t.Context())
	assert.True(t, taken(t, srv, pages))
}

// Pages that complain all the time must not use up the app's tickets.
func TestComplaintsDoNotUseUpTheTickets(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithOfficialLimits())
	pages := newPages(t, srv)
	for range 3 * 60 {
		pages.DropAgentTicket(t.Context())
		require.True(t, taken(t, srv, pages))
		srv.Clock().Advance(20 * time.Second)
	}
	assert.Zero(t, srv.Calls().Code(45009).Len())
}

func TestTicketsAreLimitedOnThisSide(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithOfficialLimits())
	client := srv.NewClient()
	for range 100 { // a process that does not keep its service
		pages, err := jssdk.New(client, srv.App().AgentID)
		require.NoError(t, err)
		_, err = pages.CorpTicket(t.Context())
		require.NoError(t, err)
		_, err = pages.AgentTicket(t.Context())
		require.NoError(t, err)
	}
	pages, err := jssdk.New(client, srv.App().AgentID)
	require.NoError(t, err)

	_, err = pages.CorpTicket(t.Context())
	require.ErrorIs(t, err, wecom.ErrRateLimited)
	_, err = pages.AgentTicket(t.Context())
	require.ErrorIs(t, err, wecom.ErrRateLimited)

	assert.Equal(t, 100, srv.Calls().Op("get_jsapi_ticket").Len())
	assert.Equal(t, 100, srv.Calls().Op("ticket/get").Len())
}

func TestTicketErrorsSayWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	pages := newPages(t, srv)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := pages.SignAgentConfig(ctx, page)
	require.EqualError(t, err, "jssdk: /cgi-bin/ticket/get: no ticket: wecom: waiting for the agent jsapi_ticket: context canceled")

	srv.Fault("get_jsapi_ticket").Times(1).Code(48002)
	_, err = pages.SignConfig(t.Context(), page)
	require.ErrorIs(t, err, wecom.ErrForbidden)

	srv.Handle("get_jsapi_ticket", func(wecomtest.Call) (any, error) { return nil, nil })
	_, err = pages.SignConfig(t.Context(), page)
	require.ErrorContains(t, err, "without a ticket")
}

func TestTicketWithoutALifeIsKeptForAWhile(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Handle("get_jsapi_ticket", func(wecomtest.Call) (any, error) { return map[string]any{"ticket": "t"}, nil })
	pages := newPages(t, srv)
	for range 3 {
		tok, err := pages.CorpTicket(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "t", tok.Value)
	}
	assert.Equal(t, 1, srv.Calls().Op("get_jsapi_ticket").Len())
}

func TestTicketsEndWithinADay(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Handle("get_jsapi_ticket", func(wecomtest.Call) (any, error) {
		return map[string]any{"ticket": "t", "expires_in": 9_000_000_000}, nil
	})
	tok, err := newPages(t, srv).CorpTicket(t.Context())
	require.NoError(t, err)
	assert.WithinDuration(t, srv.Clock().Now().Add(24*time.Hour), tok.ExpiresAt, time.Minute)
}

func TestTicketsShowNowhere(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	var logged strings.Builder
	logger := slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	pages := newPages(t, srv, jssdk.WithLogger(logger), jssdk.WithTokenStore(new(wecom.MemoryStore)))
	corp, err := pages.CorpTicket(t.Context())
	require.NoError(t, err)
	agent, err := pages.AgentTicket(t.Context())
	require.NoError(t, err)

	shown := fmt.Sprintf("%v %+v %#v %v %+v", pages, pages, pages, corp, struct{ T wecom.Token }{agent}) + logged.String()

	assert.Contains(t, shown, `"name":"jsapi_ticket"`)
	assert.Contains(t, shown, `"name":"agent jsapi_ticket"`)
	assert.NotContains(t, shown, corp.Value)
	assert.NotContains(t, shown, agent.Value)
}
