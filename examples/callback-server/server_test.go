package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestDemo(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	require.NoError(t, runDemo(t.Context(), slog.New(slog.NewJSONHandler(&log, nil))))
	assert.Contains(t, log.String(), `"state":"spring-fair"`)
	assert.Contains(t, log.String(), "the customer was greeted")
}

func TestReadConfig(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"WECOM_CALLBACK_TOKEN":   "QDG6eK",
		"WECOM_CALLBACK_AES_KEY": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
		"WECOM_CORP_ID":          "wx5823bf96d3bd56c7",
	}
	cfg, err := readConfig(func(name string) string { return env[name] })
	require.NoError(t, err)
	assert.Equal(t, ":8080", cfg.Addr)
	_, err = newServer(t.Context(), cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)

	_, err = readConfig(func(string) string { return "" })
	require.ErrorContains(t, err, "WECOM_CALLBACK_TOKEN is not set")
	require.ErrorContains(t, err, "WECOM_CALLBACK_AES_KEY is not set")
	require.ErrorContains(t, err, "WECOM_CORP_ID is not set")
}

func TestWrongSecretStopsTheDeployment(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	_, err := newServer(t.Context(), config{
		Keys: callback.Keys(sim.Keys()), Secret: "wrong", Options: sim.Options(),
	}, slog.New(slog.DiscardHandler))
	require.ErrorIs(t, err, wecom.ErrInvalidCredential)
}

func TestHealth(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	srv, url, _ := start(t, sim, slog.New(slog.DiscardHandler))
	require.NoError(t, sim.SetCallback(wecomtest.Callback{URL: url + "/wecom/callback"}))
	sim.AddCustomer(sim.AddMember(wecomtest.Member{}), wecomtest.Customer{})
	sim.WaitDeliveries(1)
	require.NoError(t, srv.callbacks.Close(t.Context()))

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/healthz", http.NoBody)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	var stats callback.Stats
	require.NoError(t, json.NewDecoder(res.Body).Decode(&stats))
	assert.Equal(t, callback.Stats{Received: 1, Handled: 1}, stats)
}

// A stop while a hundred events come in: each was acknowledged and handled,
// or not acknowledged.
func TestStopLosesNothing(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	srv, url, stop := start(t, sim, slog.New(slog.DiscardHandler))
	require.NoError(t, sim.SetCallback(wecomtest.Callback{URL: url + "/wecom/callback"}))
	alice := sim.AddMember(wecomtest.Member{})
	for range 100 {
		sim.AddCustomer(alice, wecomtest.Customer{})
	}
	sim.WaitDeliveries(10)
	require.NoError(t, stop())
	sim.WaitDeliveries(100) // the rest is given up

	acknowledged := 0
	for _, d := range sim.Deliveries() {
		if d.Delivered() {
			acknowledged++
		}
	}
	stats := srv.callbacks.Stats()
	assert.GreaterOrEqual(t, acknowledged, 10)
	assert.EqualValues(t, acknowledged, stats.Handled)
	assert.Zero(t, stats.Lost)
	assert.Equal(t, acknowledged, sim.Calls().Op("externalcontact/send_welcome_msg").Code(0).Len())
}

// start runs a server until stop is called or the test ends.
func start(t *testing.T, sim *wecomtest.Server, logger *slog.Logger) (srv *server, url string, stop func() error) {
	t.Helper()
	srv, err := newServer(t.Context(), config{
		Keys: callback.Keys(sim.Keys()), Secret: sim.Credential().Secret, Options: sim.Options(),
	}, logger)
	require.NoError(t, err)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- srv.serve(ctx, listener) }()
	stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-stopped:
			return err
		case <-time.After(30 * time.Second):
			return context.DeadlineExceeded
		}
	})
	t.Cleanup(func() { assert.NoError(t, stop()) })
	return srv, "http://" + listener.Addr().String(), stop
}

// A slow stranger must not hold a connection for ever, and an event that
// cannot be taken is held for six seconds.
func TestServerHasTimeouts(t *testing.T) {
	t.Parallel()
	srv, err := newServer(t.Context(), config{Keys: callback.Keys(wecomtest.New(t).Keys())}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	assert.Positive(t, srv.http.ReadHeaderTimeout)
	assert.Positive(t, srv.http.ReadTimeout)
	assert.Positive(t, srv.http.IdleTimeout)
	assert.Greater(t, srv.http.WriteTimeout, 6*time.Second)
}
