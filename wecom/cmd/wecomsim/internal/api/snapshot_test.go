package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestSnapshotAndBack(t *testing.T) {
	t.Parallel()
	w := busy(t)
	w.srv.Clock().Freeze(w.srv.Clock().Now())
	file := w.get("snapshot").Body
	assert.InDelta(t, 1, w.get("snapshot").at("version"), 0)
	plain, err := w.srv.Snapshot()
	require.NoError(t, err)
	assert.JSONEq(t, string(plain), file)

	w.ok("POST", "acts/add-member", object{"userid": "carol"})
	w.ok("POST", "clock/advance", object{"by": "2h"})
	calls := w.srv.Calls().Len()
	r := w.ok("POST", "snapshot", json.RawMessage(file))

	assert.Equal(t, file, w.get("snapshot").Body)
	assert.InDelta(t, 2, r.at("corps.0.counts.members"), 0)
	assert.Equal(t, calls, w.srv.Calls().Len(), "logs stay")
	assert.NotEmpty(t, w.get("faults").at("items"))

	other := newWorld(t)
	other.ok("POST", "snapshot", json.RawMessage(file))
	assert.Equal(t, w.srv.Members(), other.srv.Members())
}

func TestBadSnapshots(t *testing.T) {
	t.Parallel()
	w := populated(t)
	before := w.get("snapshot").Body
	for body, want := range map[string]string{
		`{}`:                                  "body: version is missing",
		`{"version":7,"corps":[],"state":{}}`: "body: Restore: the snapshot is of version 7",
		`{"version":1,"corps":[{"nom":1}],"state":{}}`:      `body: Restore: this is no snapshot, or another version of wecomtest wrote it: graph: .corps[0]: a wecomtest.corp has no field "nom"`,
		`{"version":1,"corps":[],"state":{},"members":[1]}`: "body: unknown field members",
	} {
		assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "snapshot", json.RawMessage(body)), want)
	}
	assert.Equal(t, http.StatusUnsupportedMediaType, w.send(httptest.NewRequest(http.MethodPost, "http://localhost/_sim/snapshot", strings.NewReader(before))).Status)
	assert.Contains(t, w.get("snapshot").Body, `"wmZoe"`)
}

func TestReset(t *testing.T) {
	t.Parallel()
	w := populated(t)
	w.api.Begin()
	app := httptest.NewServer(w.acknowledge())
	defer app.Close()
	w.ok("POST", "callbacks", object{"url": app.URL})
	bot := w.ok("POST", "acts/add-aibot", object{"name": "B"}).at("result.aibotid")
	w.ok("POST", "faults", object{"op": "externalcontact/list", "code": 45009})
	w.ok("POST", "mishaps", object{"of": []string{"text"}, "delay": "1s"})
	w.ok("POST", "chaos", object{"profile": "flaky-nat"})
	w.ok("DELETE", "chaos", nil)
	w.ok("POST", "chaos", object{"profile": "rush-hour"})
	w.ok("POST", "limits", object{"op": "externalcontact/list", "max": 1, "per": "1m"})
	w.ok("POST", "acts/add-member", object{"userid": "bob"})
	w.ok("POST", "corps", object{"name": "Other"})
	w.ok("POST", "clock/advance", object{"by": "5h"})
	w.do("GET", "/cgi-bin/getcallbackip?access_token=x", nil)
	before := w.srv.Clock().Now()

	r := w.ok("POST", "reset", nil)

	assert.NotNil(t, bot)
	assert.Len(t, r.at("corps"), 1)
	assert.InDelta(t, 1, r.at("corps.0.counts.members"), 0)
	assert.InDelta(t, 1, r.at("corps.0.counts.customers"), 0)
	assert.InDelta(t, 0, r.at("corps.0.counts.aibots"), 0)
	for _, list := range []string{"faults", "mishaps", "calls", "deliveries"} {
		assert.Empty(t, w.get(list).at("items"), list)
	}
	assert.Equal(t, true, w.get("chaos").at("items.0.stopped"))
	assert.Equal(t, []any{app.URL}, []any{w.get("callbacks").at("items.0.url")}, "though it was not there in the beginning")
	assert.WithinDuration(t, time.Now(), w.srv.Clock().Now(), time.Minute)
	assert.True(t, w.srv.Clock().Now().Before(before))
	w.ok("POST", "acts/add-customer", object{"userid": "alice"})
	for range 3 {
		assert.InDelta(t, 0, w.do("GET", "/cgi-bin/externalcontact/list?userid=alice&access_token="+w.token(), nil).at("errcode"), 0)
	}
	w.srv.WaitDeliveries(1)
	assert.True(t, w.srv.Deliveries()[0].Delivered())

	app.Close()
	w.ok("POST", "reset", nil)
	assert.Equal(t, app.URL, w.get("callbacks").at("items.0.url"), "also while the application is down")
}

// TestResetKeepsTheTime: what was frozen in the beginning is frozen there.
func TestResetKeepsTheTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	w.srv.Clock().Freeze(at)
	w.api.Begin()
	w.srv.Clock().Advance(time.Hour)
	w.ok("POST", "reset", nil)
	assert.True(t, at.Equal(w.srv.Clock().Now()))
	assert.Equal(t, true, w.get("clock").at("frozen"))
}

func TestCatchUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.srv.AddMember(wecomtest.Member{UserID: "alice"})
	w.srv.Callback(w.acknowledge())
	w.srv.Act().BuyAcquisitionQuota(5, time.Now().Add(36*time.Hour))
	data, err := w.srv.Snapshot()
	require.NoError(t, err)
	old := strings.Replace(string(data), time.Now().Format("2006-"), "2006-", 1)
	require.NotEqual(t, old, string(data), "the snapshot is of long ago")
	require.NoError(t, w.srv.Restore([]byte(old)))
	require.Less(t, w.srv.Clock().Now().Year(), 2010)

	w.api.CatchUp()

	assert.WithinDuration(t, time.Now(), w.srv.Clock().Now(), time.Minute)
	now := w.srv.Clock().Now()
	w.srv.Clock().Advance(time.Hour)
	w.api.CatchUp()
	assert.True(t, w.srv.Clock().Now().After(now.Add(time.Hour-time.Second)), "never back")
}

func TestWatchersHearOfSnapshots(t *testing.T) {
	t.Parallel()
	w := populated(t)
	events := watch(t, served(t, w), "events", "")
	file := w.get("snapshot").Body
	w.ok("POST", "snapshot", json.RawMessage(file))
	w.ok("POST", "reset", nil)
	for _, what := range []string{"restore", "reset"} {
		n := events.next()
		assert.Equal(t, []any{"change", what}, []any{n.event, n.data["what"]})
	}
}
