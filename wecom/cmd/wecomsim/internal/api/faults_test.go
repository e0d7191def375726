package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	const op = "externalcontact/list"
	tests := []struct {
		name   string
		fault  object
		status int // 0: the connection breaks
		body   string
		what   string
	}{
		{"errcode", object{"code": 45009}, 200, `"errcode":45009`, "code 45009"},
		{"system busy", object{"code": -1}, 200, `"errcode":-1`, "code -1"},
		{"proxy", object{"http": object{"status": 502, "body": "bad gateway"}}, 502, "bad gateway", "http 502"},
		{"no JSON", object{"not_json": true}, 200, "<html>", "http 200"},
		{"reset", object{"reset": true}, 0, "", "reset"},
		{"lost", object{"lost": true}, 0, "", "lost"},
		{"truncated", object{"truncate": 5}, 200, `{"err`, "truncate"},
		{"slow", object{"delay": "1ms"}, 200, `"errcode":0`, "delay 1ms"},
		{"of another member", object{"code": 45009, "where": object{"userid": "bob"}}, 200, `"errcode":0`, "code 45009"},
		{"never by chance", object{"code": 45009, "chance": 1e-9}, 200, `"errcode":0`, "code 45009"},
		{"later", object{"code": 45009, "after": 1}, 200, `"errcode":0`, "code 45009"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := populated(t)
			tt.fault["op"] = op
			made := w.ok("POST", "faults", tt.fault)
			assert.Equal(t, tt.what, made.at("what"))
			assert.Equal(t, op, made.at("op"))

			web := httptest.NewServer(w.api)
			defer web.Close()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, web.URL+"/cgi-bin/"+op+"?access_token="+w.token()+"&userid=alice", nil)
			require.NoError(t, err)
			status, body := fetch(web.Client(), req)
			assert.Equal(t, tt.status, status)
			assert.Contains(t, body, tt.body)

			assert.InDelta(t, 1.0, w.get("faults").at("total"), 0)
			w.ok("DELETE", "faults/1", nil)
			assert.InDelta(t, 0.0, w.get("faults").at("total"), 0)
			w.refused(http.StatusNotFound, "DELETE", "faults/1", nil)
		})
	}
}

// fetch returns as much of an answer as comes.
func fetch(client *http.Client, req *http.Request) (status int, body string) {
	res, err := client.Do(req)
	if err != nil {
		return 0, ""
	}
	defer res.Body.Close()
	buf := make([]byte, 1<<16)
	n := 0
	for {
		more, err := res.Body.Read(buf[n:])
		if n += more; err != nil {
			return res.StatusCode, string(buf[:n])
		}
	}
}

func TestFaultsAreChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for want, body := range map[string]object{
		"op is missing":                      {"code": 1},
		"nearest: externalcontact/list":      {"op": "externalcontact/lst", "code": 1},
		"or delay":                           {"op": "gettoken"},
		"not several":                        {"op": "gettoken", "code": 1, "lost": true},
		"from 0 to 1":                        {"op": "gettoken", "code": 1, "chance": 2},
		"cannot be negative":                 {"op": "gettoken", "code": 1, "times": -1},
		"status: want one":                   {"op": "gettoken", "http": object{"status": 99}},
		"want a duration such as 90s":        {"op": "gettoken", "delay": "soon"},
		"body: code: want an integer":        {"op": "gettoken", "code": "x"},
		"body: unknown field cod; there":     {"op": "gettoken", "cod": 1},
		"body: http.status: want an integer": {"op": "gettoken", "http": object{"status": "x"}},
	} {
		assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "faults", body), want)
	}
	assert.InDelta(t, 0.0, w.get("faults").at("total"), 0, "nothing is left of them")
}

func TestMishaps(t *testing.T) {
	t.Parallel()
	for what, body := range map[string]object{
		"duplicate": {"duplicate": true}, "delay 1h0m0s": {"delay": "1h"}, "reorder": {"reorder": true}, "lose": {"lose": true},
		"bad signature": {"bad_signature": true}, "old timestamp 1h0m0s": {"old_timestamp": "1h"}, "wrong receive id": {"wrong_receive_id": true},
		"old keys": {"old_keys": true}, "oversize 9": {"oversize": 9}, "duplicate, lose": {"duplicate": true, "lose": true},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := populated(t)
			w.srv.Callback(w.acknowledge())
			body["of"], body["times"] = []string{"del_follow_user"}, 1
			assert.Equal(t, what, w.ok("POST", "mishaps", body).at("what"))
			w.ok("POST", "acts/edit-customer", object{"userid": "alice", "external_userid": "wmZoe"})
			w.ok("POST", "acts/delete-member", object{"userid": "alice", "external_userid": "wmZoe"})
			assert.Nil(t, w.get("deliveries/1").at("mishap"))
			assert.Equal(t, what, w.get("deliveries/2").at("mishap"))
			assert.InDelta(t, 1.0, w.get("mishaps").at("items.0.hits"), 0)
			w.ok("DELETE", "mishaps/1", nil)
			w.refused(http.StatusNotFound, "DELETE", "mishaps/1", nil)
		})
	}
	w := newWorld(t)
	assert.Equal(t, "lag 2s", w.ok("POST", "mishaps", object{"lag": "2s"}).at("what"))
	assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "mishaps", object{"times": 1}), "say what befalls")
	assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "mishaps", object{"lag": "-1s"}), "negative")
}

func TestLimits(t *testing.T) {
	t.Parallel()
	const op = "externalcontact/get_follow_user_list"
	w := populated(t)
	assert.Equal(t, []any{}, w.get("limits").at("items"))
	w.ok("POST", "limits", object{"op": op, "max": 1, "per": "1m"})
	tok := w.token()
	call := func() any {
		return w.do("GET", "/cgi-bin/"+op+"?access_token="+tok, nil).at("errcode")
	}
	assert.InDelta(t, 0.0, call(), 0)
	assert.InDelta(t, 0.0, w.get("calls").at("items.0.left"), 0)
	assert.InDelta(t, 45009.0, call(), 0)
	list := w.get("limits")
	assert.Equal(t, op, list.at("items.0.op"))
	until, err := time.Parse(time.RFC3339, list.at("items.0.blocked_until").(string))
	require.NoError(t, err)
	assert.WithinDuration(t, w.srv.Clock().Now().Add(time.Minute), until, 30*time.Second)
	w.ok("POST", "limits/reset", nil)
	assert.InDelta(t, 0.0, call(), 0)

	w.ok("POST", "limits", object{"op": op, "in_flight": 1, "one_at_a_time": []string{"userid"}})
	for want, body := range map[string]object{
		"want max and per": {"op": op}, "at least one call in some time": {"op": op, "max": 1}, "nearest": {"op": "x", "max": 1, "per": "1s"},
		"in_flight cannot": {"op": op, "in_flight": -1},
	} {
		assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "limits", body), want)
	}
}
