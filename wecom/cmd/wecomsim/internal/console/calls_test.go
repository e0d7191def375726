package console_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCalls(t *testing.T) {
	t.Parallel()
	w := full(t)
	all := text(w.show("/_sim/console/calls"))
	assert.Contains(t, all, "externalcontact/add_contact_way")
	assert.Contains(t, all, "InvalidExternalUserID", "an errcode has a name")
	assert.NotContains(t, text(w.show("/_sim/console/calls?op=gettoken", "Console-Panels", "calls")), "add_contact_way")
	assert.Contains(t, text(w.show("/_sim/console/calls?op=get_tokn")), "nearest:")
	assert.Contains(t, text(w.show("/_sim/console/calls?q=nothing")), "No call fits")
	failed := text(w.show("/_sim/console/calls?code=40096", "Console-Panels", "calls"))
	assert.Contains(t, failed, "externalcontact/remark")
	assert.NotContains(t, failed, "gettoken")

	open := w.show("/_sim/console/calls?open=1")
	assert.Contains(t, text(open), `"errcode": 0`)
	assert.NotContains(t, open, w.srv.Credential().Secret, "the log has no secrets")
	assert.Contains(t, open, `href="/_sim/console/calls#call-1"`, "the same link closes it")
}
