package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

func TestCallbacks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	keys := w.srv.Keys()
	keys.Token = "myown"
	var passed []string
	app := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		passed = append(passed, r.Method+" "+r.URL.Path)
		acknowledger{keys}.ServeHTTP(rw, r)
	}))
	defer app.Close()
	assert.Equal(t, []any{}, w.get("callbacks").at("items"))
	made := w.ok("POST", "callbacks", object{"url": app.URL + "/hook", "keys": object{"token": "myown"}})
	assert.Equal(t, []any{"myown", float64(w.srv.App().AgentID), w.srv.CorpID()}, []any{made.at("keys.token"), made.at("agentid"), made.at("corpid")})
	assert.Equal(t, app.URL+"/hook", w.get("callbacks").at("items.0.url"))
	w.ok("POST", "acts/add-member", object{"userid": "alice"})
	w.ok("POST", "acts/add-customer", object{"userid": "alice"})
	assert.Equal(t, true, w.get("deliveries/1?wait=10s").at("ok"))
	assert.Equal(t, []string{"GET /hook", "POST /hook"}, passed)

	again := w.ok("POST", "deliveries/1/replay", nil)
	assert.InDelta(t, 2.0, again.at("n"), 0)
	assert.Equal(t, w.get("deliveries/1").at("body"), w.get("deliveries/2?wait=10s").at("body"))
	w.refused(http.StatusNotFound, "POST", "deliveries/9/replay", nil)
	w.refused(http.StatusNotFound, "GET", "deliveries/9", nil)
	assert.InDelta(t, 2.0, w.get("deliveries?event=change_external_contact/add_external_contact&corp="+w.srv.CorpID()).at("total"), 0)
	assert.InDelta(t, 0.0, w.get("deliveries?event=text").at("total"), 0)

	w.ok("POST", "callbacks/remove", object{})
	assert.Equal(t, []any{}, w.get("callbacks").at("items"))
	w.refused(http.StatusNotFound, "POST", "callbacks/remove", object{})
}

func TestCallbacksMustPassTheCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("hello")) }))
	defer app.Close()
	assert.Contains(t, w.refused(http.StatusUnprocessableEntity, "POST", "callbacks", object{"url": app.URL}), `got 200 "hello"`)
	assert.Contains(t, w.refused(http.StatusUnprocessableEntity, "POST", "callbacks", object{"url": "/hook"}), "absolute URL")
	assert.Contains(t, w.refused(http.StatusUnprocessableEntity, "POST", "callbacks", object{"url": app.URL, "agentid": 7}), "no app 7")
	assert.Equal(t, []any{}, w.get("callbacks").at("items"))
}

func TestADeliveryIsAwaited(t *testing.T) {
	t.Parallel()
	w := populated(t)
	w.srv.Callback(w.acknowledge())
	w.ok("POST", "mishaps", object{"delay": "1h"})
	w.ok("POST", "acts/delete-member", object{"userid": "alice", "external_userid": "wmZoe"})
	assert.Equal(t, false, w.get("deliveries/1?wait=10ms").at("done"), "it waits no longer than it is asked to")
	w.api.Close()
	assert.Equal(t, false, w.get("deliveries/1?wait=1m").at("done"), "nor longer than the API lives")
}

func TestTheAPIIsForThisSiteAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request := func(header, value string) reply {
		req := httptest.NewRequest(http.MethodPost, api.Prefix+"clock/advance", strings.NewReader(`{"by":"1h"}`))
		req.Host = "localhost:7070"
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set(header, value)
		return w.send(req)
	}
	assert.Equal(t, http.StatusForbidden, request("Sec-Fetch-Site", "cross-site").Status)
	assert.Equal(t, http.StatusForbidden, request("Origin", "https://evil.example").Status)
	assert.Equal(t, http.StatusUnsupportedMediaType, request("Content-Type", "text/plain").Status, "a form of another site can send that")
	assert.Equal(t, http.StatusOK, request("Sec-Fetch-Site", "same-origin").Status)
	assert.Equal(t, http.StatusOK, request("Origin", "http://localhost:7070").Status)
	assert.Equal(t, http.StatusUnsupportedMediaType, func() int {
		req := httptest.NewRequest(http.MethodPost, api.Prefix+"acts/add-member", strings.NewReader("userid=alice"))
		req.Host = "localhost"
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return w.send(req).Status
	}())
}

// The owner of a name can have it lead to this machine: then a page of theirs is
// of the same site for a browser.
func TestTheAPIHasNoNameOfTheWeb(t *testing.T) {
	t.Parallel()
	w := newWorld(t, api.WithBaseURL("http://wecom.example.net:7070"), api.WithHost("sim.example.org"))
	for host, want := range map[string]int{
		"evil.example.com":         http.StatusForbidden,
		"evil.example.com:7070":    http.StatusForbidden,
		"localhost.evil.example":   http.StatusForbidden,
		"127.0.0.1.evil.example":   http.StatusForbidden,
		"evil.example.:80":         http.StatusForbidden,
		"":                         http.StatusOK,
		"127.0.0.1:7070":           http.StatusOK,
		"[::1]:7070":               http.StatusOK,
		"[::1]":                    http.StatusOK,
		"localhost:7070":           http.StatusOK,
		"wecomsim:7070":            http.StatusOK,
		"Sim.LocalHost":            http.StatusOK,
		"host.docker.internal:80":  http.StatusOK,
		"sim.ns.svc.cluster.local": http.StatusOK,
		"wecom.example.net":        http.StatusOK,
		"SIM.example.org:7070":     http.StatusOK,
	} {
		for _, path := range []string{"tenant", "openapi.json"} {
			req := httptest.NewRequest(http.MethodGet, api.Prefix+path, http.NoBody)
			req.Host = host
			assert.Equal(t, want, w.send(req).Status, "%s of %q", path, host)
		}
	}
}

// A page of another site cannot read what it gets, but to listen is to take the
// callbacks of an app.
func TestNoOtherSiteListens(t *testing.T) {
	t.Parallel()
	w := populated(t)
	w.srv.Callback(w.acknowledge())
	before := w.get("callbacks").Body
	request := func(path string, header ...string) int {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond) // of a stream
		defer cancel()
		req := httptest.NewRequestWithContext(ctx, http.MethodGet, api.Prefix+path, http.NoBody)
		req.Host = "localhost:7070"
		for pair := range slices.Chunk(header, 2) {
			req.Header.Set(pair[0], pair[1])
		}
		return w.send(req).Status
	}
	for _, path := range []string{"listen", "events"} {
		assert.Equal(t, http.StatusForbidden, request(path, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"), path)
		assert.Equal(t, http.StatusForbidden, request(path, "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"), "another port of this machine")
		assert.Equal(t, http.StatusForbidden, request(path, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"), "a link to %s", path)
		assert.Equal(t, http.StatusForbidden, request(path, "Origin", "https://evil.example"), "of an old browser")
	}
	assert.Equal(t, before, w.get("callbacks").Body)
	assert.Equal(t, http.StatusOK, request("events", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"))
	assert.Equal(t, http.StatusOK, request("openapi.json", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"), "somebody follows a link")
	assert.Equal(t, http.StatusForbidden, request("tenant", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"))
}

func TestPaths(t *testing.T) {
	t.Parallel()
	w := newWorld(t, api.WithBaseURL("http://wecom.test/"))
	assert.Equal(t, "http://wecom.test", w.get("tenant").at("base_url"))
	assert.Equal(t, w.srv.Credential().Secret, w.get("tenant").at("corps.0.apps.0.secret"))
	w.token() // is the simulator's
	r := w.do("GET", "/", nil)
	assert.Equal(t, []any{http.StatusSeeOther, "/_sim/"}, []any{r.Status, r.Header.Get("Location")})
	assert.Equal(t, http.StatusNotFound, w.do("GET", "/nowhere", nil).Status)
	assert.Contains(t, w.get("tenant").Body, "/nowhere is no known operation", "the simulator's own complaint")
	assert.Contains(t, w.refused(http.StatusNotFound, "GET", "nowhere", nil), "openapi.json lists")
	assert.Contains(t, w.refused(http.StatusNotFound, "GET", "", nil), "openapi.json lists")
	no := w.do("PUT", "callbacks", object{})
	assert.Equal(t, http.StatusMethodNotAllowed, no.Status)
	assert.Equal(t, "GET, POST", no.Header.Get("Allow"))
	assert.Equal(t, "GET", w.do("POST", "spec/externalcontact/get", object{}).Header.Get("Allow"))

	w = newWorld(t, api.WithConsole(func(a *api.API) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { _, _ = rw.Write([]byte("page " + r.URL.Path)) })
	}))
	assert.Equal(t, "page /_sim/", w.get("").Body)
	assert.Equal(t, "page /_sim/console/style.css", w.get("console/style.css").Body)
	assert.Equal(t, http.StatusMethodNotAllowed, w.do("PUT", "callbacks", object{}).Status)
}
