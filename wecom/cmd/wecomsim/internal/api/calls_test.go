package api_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestCalls(t *testing.T) {
	t.Parallel()
	w := populated(t)
	w.srv.Clock().Freeze(w.srv.Clock().Now())
	tok := w.token()
	w.do("GET", "/cgi-bin/externalcontact/list?access_token="+tok+"&userid=alice", nil)
	w.srv.Clock().Advance(time.Minute)
	later := w.srv.Clock().Now()
	w.do("GET", "/cgi-bin/externalcontact/list?access_token="+tok+"&userid=bob", nil)

	all := w.get("calls")
	assert.InDelta(t, 3.0, all.at("total"), 0)
	assert.Equal(t, "externalcontact/list", all.at("items.0.op"), "the latest first")
	assert.Equal(t, "gettoken", all.at("items.2.op"))
	assert.NotContains(t, all.Body, tok)
	assert.NotContains(t, all.Body, w.srv.Credential().Secret)
	for query, total := range map[string]float64{
		"op=externalcontact/list": 2,
		"op=gettoken":             1,
		"code=0":                  2,
		"code=60111":              1,
		"where=userid=bob":        1,
		"where=userid=bob,x=1":    0,
		"corp=" + w.srv.CorpID():  3,
		"corp=ww0":                0,
		"q=alice":                 1,
		"q=wmZoe":                 1,
		"q=external":              2,
		"q=nothing":               0,
		"since=" + url.QueryEscape(later.Format(time.RFC3339Nano)): 1,
	} {
		assert.InDelta(t, total, w.get("calls?"+query).at("total"), 0, query)
	}
	part := w.get("calls?offset=1&limit=1")
	assert.InDelta(t, 2.0, part.at("items.0.n"), 0)
	assert.Nil(t, part.at("items.1"))
	assert.Equal(t, []any{}, w.get("calls?offset=9").at("items"))
	assert.Equal(t, w.get("calls?offset=1").at("items"), w.get("calls?offset=1&limit=9223372036854775807").at("items"))

	one := w.get("calls/2")
	assert.Equal(t, "alice", one.at("query.userid.0"))
	assert.Contains(t, one.at("response"), "wmZoe")
	assert.InDelta(t, float64(w.srv.App().AgentID), one.at("agentid"), 0)
	w.refused(http.StatusNotFound, "GET", "calls/9", nil)
	assert.Contains(t, w.refused(http.StatusBadRequest, "GET", "calls/x", nil), "path: n: want an integer")
	assert.Contains(t, w.refused(http.StatusBadRequest, "GET", "calls?op=externalcontact/lst", nil), "nearest: externalcontact/list")
	assert.Contains(t, w.refused(http.StatusBadRequest, "GET", "calls?where=userid", nil), "path=value")
	assert.Contains(t, w.refused(http.StatusBadRequest, "GET", "calls?since=now", nil), "want a date-time")
	assert.Contains(t, w.refused(http.StatusBadRequest, "GET", "calls?limit=-1", nil), "negative")
}

func TestCustomersAreFiltered(t *testing.T) {
	t.Parallel()
	w := populated(t)
	tag := w.srv.TagGroups()[0].Tag[0].ID
	w.ok("POST", "acts/add-member", object{"userid": "bob"})
	w.ok("POST", "acts/add-customer", object{"userid": "bob", "name": "Yan", "remark": "the baker"})
	w.ok("POST", "acts/edit-customer", object{"userid": "alice", "external_userid": "wmZoe", "tag_id": []string{tag}})
	for query, total := range map[string]float64{
		"": 2, "?userid=bob": 1, "?tag_id=" + tag: 1, "?q=zo": 1, "?q=WMZOE": 1, "?q=Baker": 1, "?userid=bob&q=zoe": 0, "?q=nobody": 0, "?userid=bob&tag_id=" + tag: 0, "?userid=alice&q=Zoe": 1,
	} {
		assert.InDelta(t, total, w.get("customers"+query).at("total"), 0, query)
	}
	w.refused(http.StatusNotFound, "GET", "customers/wm0", nil)
	w.refused(http.StatusNotFound, "GET", "groupchats/wr0", nil)
	assert.Contains(t, w.refused(http.StatusBadRequest, "GET", "conversations?userid=alice", nil), "or chat_id")
}

func TestClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	assert.Equal(t, false, w.get("clock").at("frozen"))
	r := w.ok("POST", "clock/freeze", object{"at": now})
	assert.Equal(t, []any{"2030-01-02T03:04:05Z", true}, []any{r.at("now"), r.at("frozen")})
	assert.Equal(t, "2030-01-02T05:04:05Z", w.ok("POST", "clock/advance", object{"by": "2h"}).at("now"))
	assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "clock/advance", object{"by": "-2h"}), "backwards")
	assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "clock/freeze", object{"at": now}), "backwards")
	assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "clock/advance", object{"by": "soon"}), "soon")
	assert.Equal(t, "2030-01-02T05:04:05Z", w.ok("POST", "clock/freeze", nil).at("now"), "it stands already")
	assert.Equal(t, false, w.ok("POST", "clock/unfreeze", nil).at("frozen"))
}

func TestSpec(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.get("spec/externalcontact/mark_tag")
	assert.Equal(t, "POST", e.at("method"))
	assert.Equal(t, e.Body, w.get("spec/cgi-bin/externalcontact/mark_tag").Body)
	assert.Contains(t, w.refused(http.StatusNotFound, "GET", "spec/externalcontact/mark_tga", nil), "nearest: externalcontact/mark_tag")
	assert.Equal(t, "1h0m0s", w.get("spec/get_jsapi_ticket").at("limits.0.per"))
	assert.InDelta(t, 1.0, w.get("spec?q=mark_tag").at("total"), 0)
}
