package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// Two corps share the address and nothing of what they have.
func TestCorpsAreApart(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	other := srv.AddCorp("Other Ltd")
	alice, bob := srv.AddMember(wecomtest.Member{UserID: "alice"}), other.AddMember(wecomtest.Member{UserID: "bob"})
	here, there := newReceiver(t, srv), newReceiver(t, other)
	srv.Callback(here)
	other.Callback(there)

	zoe, yan := srv.AddCustomer(alice, wecomtest.Customer{}), other.AddCustomer(bob, wecomtest.Customer{})
	srv.WaitDeliveries(2)

	assert.NotEqual(t, srv.CorpID(), other.CorpID())
	assert.NotEqual(t, zoe, yan, "no two corps know a person by the same id")
	assert.Contains(t, <-here.got, zoe)
	assert.Contains(t, <-there.got, yan)
	mine, theirs := newCaller(t, srv), newCaller(t, other)
	assert.Equal(t, []any{"alice"}, mine.get("externalcontact/get_follow_user_list").list("follow_user", ""))
	assert.Equal(t, []any{"bob"}, theirs.get("externalcontact/get_follow_user_list").list("follow_user", ""))
	assert.Equal(t, 40096, mine.get("externalcontact/get", "external_userid", yan).code())
	assert.Equal(t, []string{srv.CorpID(), other.CorpID()}, []string{srv.Deliveries()[0].CorpID, other.Deliveries()[1].CorpID})
	assert.Equal(t, other.CorpID(), srv.Calls().Op("gettoken").Last().CorpID)
	assert.Empty(t, srv.Customer(yan).ExternalUserID)

	other.RevokeTokens()
	assert.Equal(t, 40014, theirs.get("externalcontact/get_follow_user_list").code())
	assert.Zero(t, mine.get("externalcontact/get_follow_user_list").code(), "the other corp's tokens are untouched")
}

func TestSecretsOfOtherCorps(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	other := srv.AddCorp("")
	c := &caller{t: t, srv: srv}
	for name, tt := range map[string]struct {
		corpID, secret string
		code           int
	}{
		"its own":        {other.CorpID(), other.Credential().Secret, 0},
		"another corp's": {other.CorpID(), srv.Credential().Secret, 40001},
		"no corp":        {"ww1", srv.Credential().Secret, 40013},
	} {
		r := c.get("gettoken", "corpid", tt.corpID, "corpsecret", tt.secret)
		assert.Equal(t, tt.code, r.code(), name)
	}
}

// Limits count each corp for itself, and an address over all.
func TestLimitsOfSeveralCorps(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	other := srv.AddCorp("")
	const op = "externalcontact/get_follow_user_list"
	srv.Limits().Set(op, 2, time.Minute)
	mine, theirs := newCaller(t, srv), newCaller(t, other)

	for _, want := range []int{0, 0, 45009} {
		assert.Equal(t, want, mine.get(op).code())
	}
	assert.Zero(t, theirs.get(op).code())
}

func TestRobotsOfSeveralCorps(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	other := srv.AddCorp("")
	mine, theirs := srv.AddRobot(wecomtest.Robot{}), other.AddRobot(wecomtest.Robot{})
	c := &caller{t: t, srv: srv}

	for _, key := range []string{mine, theirs} {
		r := c.bare("webhook/send", map[string][]string{"key": {key}}, object{"msgtype": "text", "text": object{"content": key}})
		assert.Zero(t, r.code(), r.Body)
	}

	assert.Len(t, srv.RobotMessages(mine), 1)
	assert.Len(t, other.RobotMessages(theirs), 1)
	assert.Empty(t, srv.RobotMessages(theirs))
}
