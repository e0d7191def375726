package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestChaos(t *testing.T) {
	t.Parallel()
	w := populated(t)
	list := "/cgi-bin/externalcontact/get_follow_user_list?access_token=" + w.token()
	assert.InDelta(t, 3.0, w.get("chaos/profiles").at("total"), 0)
	assert.Equal(t, "connections", w.get("chaos/profiles").at("items.1.rules.0.of"))
	assert.Equal(t, []any{}, w.get("chaos").at("items"))

	storm := w.ok("POST", "chaos", object{"profile": "token-storm", "seed": 7})
	assert.InDelta(t, 7.0, storm.at("seed"), 0)
	assert.Equal(t, false, storm.at("stopped"))
	again := w.ok("POST", "chaos", object{"profile": "rush-hour"})
	assert.InDelta(t, 2.0, again.at("n"), 0)
	assert.NotNil(t, again.at("seed"), "one is picked")
	w.ok("DELETE", "chaos/2", nil)

	code := any(0.0)
	for range 300 {
		code = w.do("GET", list, nil).at("errcode")
	}
	assert.Contains(t, []any{40014.0, 42001.0}, code, "the token ends, sooner or later")
	assert.Positive(t, w.get("chaos").at("items.0.hits"))

	assert.Equal(t, true, w.ok("DELETE", "chaos", nil).at("items.0.stopped"))
	hits := w.get("chaos").at("items.0.hits")
	for range 100 {
		w.do("GET", list, nil)
	}
	assert.Equal(t, hits, w.get("chaos").at("items.0.hits"))

	assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "chaos", object{"profile": "monday"}), "there are [rush-hour flaky-nat token-storm]")
	assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "chaos", object{"profile": "rush-hour", "seed": -1}), "seed")
	w.refused(http.StatusNotFound, "DELETE", "chaos/3", nil)
}
