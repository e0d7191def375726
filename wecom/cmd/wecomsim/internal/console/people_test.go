package console_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func memberNamed(name string) wecomtest.Member { return wecomtest.Member{Name: name} }

func TestEmptyScreensSayWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, want := range map[string]string{
		"members":    "Add a member",
		"customers":  "Add a member first",
		"tags":       "create a group below",
		"groupchats": "Add a member first",
		"moments":    "let a member post one",
		"masssends":  "externalcontact/add_msg_template",
		"ways":       "externalcontact/add_contact_way",
		"calls":      "point your program at http://sim.test",
		"deliveries": "set a callback URL",
		"faults":     "Every call goes well",
	} {
		assert.Contains(t, text(w.show("/_sim/console/"+path)), want, path)
	}
	w.act("add-member", object{"userid": "alice"})
	assert.Contains(t, text(w.show("/_sim/console/customers")), "let one add a member")
}

func TestManyCustomers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.act("add-member", object{"userid": "alice"})
	for n := range 120 {
		w.act("add-customer", object{"userid": "alice", "name": fmt.Sprintf("Customer %d", n), "external_userid": fmt.Sprintf("wm%03d", n)})
	}
	first := w.show("/_sim/console/customers")
	assert.Contains(t, text(first), "1–50 of 120")
	assert.NotContains(t, first, `rel="prev"`)
	middle := w.show("/_sim/console/customers?offset=50")
	assert.Contains(t, middle, `rel="prev" href="/_sim/console/customers"`)
	assert.Contains(t, middle, `rel="next" href="/_sim/console/customers?offset=100"`)
	assert.NotContains(t, w.show("/_sim/console/customers?offset=100"), `rel="next"`)
	assert.Contains(t, text(w.show("/_sim/console/customers?offset=-3")), "1–50 of 120")
	found := text(w.show("/_sim/console/customers?q=CUSTOMER+77"))
	assert.Contains(t, found, "wm077")
	assert.NotContains(t, found, "wm078")
	assert.Contains(t, text(w.show("/_sim/console/customers?q=nobody")), "Nobody fits")
}

func TestTheChatIsSeenFromBothSides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.act("add-member", object{"userid": "alice", "name": "Alice"})
	w.act("add-customer", object{"userid": "alice", "name": "Zoe", "external_userid": zoe, "state": "fair"})
	w.act("write-to-member", object{"userid": "alice", "external_userid": zoe, "text": "hello"})
	w.call("externalcontact/send_welcome_msg", object{"welcome_code": w.srv.WelcomeCode("alice", zoe), "text": object{"content": "welcome"}})

	customer := w.show("/_sim/console/customers/"+zoe, "Console-Panels", "chat")
	assert.Regexp(t, `(?s)class="bubble mine".*hello`, customer)
	assert.Contains(t, customer, `action="/_sim/acts/write-to-member"`)
	member := w.show("/_sim/console/customers/"+zoe+"?as=member", "Console-Panels", "chat")
	assert.NotContains(t, member, "mine")
	assert.Contains(t, member, `action="/_sim/acts/write-to-customer"`)
	assert.Contains(t, text(member), "@WeChat")

	w.act("delete-customer", object{"userid": "alice", "external_userid": zoe})
	assert.Contains(t, text(w.show("/_sim/console/customers/"+zoe)), "nobody's customer")
}

func TestLongChats(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.act("add-member", object{"userid": "alice"})
	w.act("add-customer", object{"userid": "alice", "external_userid": zoe})
	for n := range 310 {
		w.act("write-to-member", object{"userid": "alice", "external_userid": zoe, "text": fmt.Sprintf("number %d.", n)})
	}
	page := text(w.show("/_sim/console/customers/"+zoe, "Console-Panels", "chat"))
	assert.Contains(t, page, "10 earlier messages are not shown")
	assert.NotContains(t, page, "number 9.")
	assert.Contains(t, page, "number 10.")
	assert.Contains(t, page, "number 309.")
}

func TestActFormsAreFilledIn(t *testing.T) {
	t.Parallel()
	w := full(t)
	page := w.show("/_sim/console/acts/write-to-member?userid=bob&external_userid=" + zoe)
	assert.Contains(t, page, `<option value="bob" selected>`)
	assert.Contains(t, page, `<option value="`+zoe+`" selected>`)
	assert.Contains(t, text(w.show("/_sim/console/acts/send-mass")), `"msgtype": ""`, "what an attachment consists of")
	assert.Equal(t, http.StatusNotFound, w.do("GET", "/_sim/console/acts/fly", nil).Code)
}
