package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDeliveries(t *testing.T) {
	t.Parallel()
	w := full(t)
	list := w.show("/_sim/console/deliveries")
	assert.Contains(t, text(list), "change_external_contact/del_follow_user")
	assert.Contains(t, list, "/_sim/console/deliveries?open=1#delivery-1")
	open := w.show("/_sim/console/deliveries?open=1")
	assert.Contains(t, open, `action="/_sim/deliveries/1/replay"`)
	assert.Contains(t, text(open), hostile, "what the application answered")
	assert.Contains(t, open, "\n  &lt;UserID&gt;&lt;![CDATA[alice]]&gt;&lt;/UserID&gt;\n  ", "the event is laid out")
	assert.Contains(t, text(w.show("/_sim/console/deliveries?event=text", "Console-Panels", "deliveries")), "No callback of this event")
}

func TestTriggerForm(t *testing.T) {
	t.Parallel()
	w := full(t)
	assert.Contains(t, w.show("/_sim/console/trigger"), "event=change_external_contact%2Fadd_external_contact")
	form := w.show("/_sim/console/trigger?event=change_external_contact%2Fadd_external_contact")
	assert.Contains(t, form, `data-path="State" value="`)
	assert.Contains(t, form, `data-path="ExternalUserID" value="wmZoe"`)
	assert.Contains(t, text(w.show("/_sim/console/trigger?event=add_customer")), "nearest")
}

func TestFaultsAndLimitsAreShown(t *testing.T) {
	t.Parallel()
	w := full(t)
	page := w.show("/_sim/console/faults?op=externalcontact/list")
	assert.Contains(t, page, `action="/_sim/faults/1"`)
	assert.Contains(t, text(page), "0 of 2")
	assert.Contains(t, text(page), "delay 1s")
	assert.Contains(t, page, `name="op" value="externalcontact/list"`)
	rec := w.do("DELETE", "/_sim/faults/1", nil)
	require.Equal(t, http.StatusOK, rec.Code)
	assert.Contains(t, text(w.show("/_sim/console/faults", "Console-Panels", "faults")), "Every call goes well")
}

func TestServerShowsWhatAProgramNeeds(t *testing.T) {
	t.Parallel()
	w := full(t)
	page := text(w.show("/_sim/console/server"))
	keys := w.srv.Keys()
	for _, want := range []string{"http://sim.test", w.srv.CorpID(), w.srv.Credential().Secret, keys.Token, keys.EncodingAESKey, "a program that listens"} {
		assert.Contains(t, page, want)
	}
}

func TestWhatRobotsAndAppsWrote(t *testing.T) {
	t.Parallel()
	w := full(t)
	page := text(w.show("/_sim/console/apps"))
	assert.Contains(t, page, "http://sim.test/cgi-bin/webhook/send?key=robot-1")
	assert.Contains(t, page, "staff")
	assert.Contains(t, page, w.srv.AIBots()[0].AIBotID)
	assert.Contains(t, page, w.srv.Suites()[0].SuiteID)
	assert.GreaterOrEqual(t, strings.Count(page, hostile), 4)
}
