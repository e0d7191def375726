package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// leaving is a server on which alice, who had customers, has left.
func leaving(t *testing.T, names ...string) (*wecomtest.Server, *caller, []string) {
	t.Helper()
	srv, c := handing(t)
	var ids []string
	for _, name := range names {
		ids = append(ids, seedFollow(srv, name, "alice"))
	}
	srv.Act().Leave("alice")
	return srv, c, ids
}

func (c *caller) assign(customers ...string) reply {
	c.t.Helper()
	c.token = c.fetchToken(c.srv.Credential().Secret)
	return c.ok("externalcontact/resigned/transfer_customer", object{"handover_userid": "alice", "takeover_userid": "bob", "external_userid": customers})
}

func (c *caller) assigned() reply {
	c.t.Helper()
	c.token = c.fetchToken(c.srv.Credential().Secret)
	return c.ok("externalcontact/resigned/transfer_result", object{"handover_userid": "alice", "takeover_userid": "bob"})
}

func TestCustomersOfWhoLeftAreUnassigned(t *testing.T) {
	t.Parallel()
	srv, c, ids := leaving(t, "Zoe", "Yan", "Xia")
	seedFollow(srv, "Wen", "bob")

	r := c.ok("externalcontact/get_unassigned_list", object{"page_size": 2})
	rest := c.ok("externalcontact/get_unassigned_list", object{"page_size": 2, "cursor": r.at("next_cursor")})

	assert.Equal(t, []any{ids[0], ids[1]}, r.list("info", "external_userid"))
	assert.Equal(t, []any{"alice", 1.7e9, false}, []any{r.at("info.0.handover_userid"), r.at("info.0.dimission_time"), r.at("is_last")})
	assert.Equal(t, []any{ids[2]}, rest.list("info", "external_userid"))
	assert.Equal(t, []any{true, ""}, []any{rest.at("is_last"), rest.at("next_cursor")})
}

func TestAssignedCustomerIsTakenOverAfter24Hours(t *testing.T) {
	t.Parallel()
	srv, c, ids := leaving(t, "Zoe")

	r := c.assign(ids[0], "wmNobody", ids[0])
	require.Equal(t, []any{0.0, 40096.0, 40129.0}, r.list("customer", "errcode"))
	waiting := c.assigned()
	unassigned := c.ok("externalcontact/get_unassigned_list", object{})
	srv.Clock().Advance(24 * time.Hour)

	assert.Equal(t, []any{2.0, 1700086400.0}, []any{waiting.at("customer.0.status"), waiting.at("customer.0.takeover_time")})
	assert.Empty(t, unassigned.list("info", ""), "somebody takes over")
	assert.Equal(t, []any{1.0}, c.assigned().list("customer", "status"))
	assert.Equal(t, []string{"contact add_external_contact UserID=bob ExternalUserID=" + ids[0]}, heard(srv))
	assert.Equal(t, "bob", srv.Customer(ids[0]).FollowUser[0].UserID)
	assert.True(t, srv.Transfer(ids[0]).Resigned)
}

func TestCustomerRefusesWhoTakesOverFromWhoLeft(t *testing.T) {
	t.Parallel()
	srv, c, ids := leaving(t, "Zoe")
	c.assign(ids...)

	srv.Act().RefuseTransfer(ids[0])

	assert.Equal(t, []any{3.0}, c.assigned().list("customer", "status"))
	assert.Equal(t, []any{ids[0]}, c.ok("externalcontact/get_unassigned_list", object{}).list("info", "external_userid"), "again")
	assert.Equal(t, []string{"contact transfer_fail FailReason=customer_refused UserID=bob ExternalUserID=" + ids[0]}, heard(srv))
}

func TestResultsOfOnJobAndResignedTransfersAreApart(t *testing.T) {
	t.Parallel()
	srv, c := handing(t)
	zoe, yan := seedFollow(srv, "Zoe", "alice"), seedFollow(srv, "Yan", "alice")
	c.transfer("alice", "bob", zoe)
	srv.Act().Leave("alice")
	c.assign(yan)

	onJob := c.ok("externalcontact/transfer_result", object{"handover_userid": "alice", "takeover_userid": "bob"})

	assert.Equal(t, []any{zoe}, onJob.list("customer", "external_userid"))
	assert.Equal(t, []any{yan}, c.assigned().list("customer", "external_userid"))
}

func TestAssignRefusals(t *testing.T) {
	t.Parallel()
	srv, _, ids := leaving(t, "Zoe")
	srv.AddMember(wecomtest.Member{UserID: "inner", NoContact: true})
	srv.AddMember(wecomtest.Member{UserID: "unseen"})
	srv.AddMember(wecomtest.Member{UserID: "old", Left: true, LeftTime: srv.Clock().Now().AddDate(-1, 0, -1)})
	c := addApp(t, srv, "bob", "inner")
	tests := []struct {
		name, from, to string
		customers      []string
		want           int
	}{
		{"from a member who is there", "bob", "inner", ids, 40097},
		{"from nobody", "nobody", "bob", ids, 60111},
		{"from a member who left long ago", "old", "bob", ids, 40058},
		{"to a member without the function", "alice", "inner", ids, 84074},
		{"to a member out of sight", "alice", "unseen", ids, 60011},
		{"to nobody", "alice", "nobody", ids, 60111},
		{"no customers", "alice", "bob", []string{}, 40058},
		{"101 customers", "alice", "bob", make([]string, 101), 40058},
		{"from a member who left", "alice", "bob", ids, 0},
	}
	for _, tt := range tests {
		r := c.send("externalcontact/resigned/transfer_customer", object{"handover_userid": tt.from, "takeover_userid": tt.to, "external_userid": tt.customers})
		assert.Equal(t, tt.want, r.code(), tt.name)
	}
	assert.Equal(t, 60111, c.send("externalcontact/resigned/transfer_result", object{"handover_userid": "nobody", "takeover_userid": "bob"}).code())
	assert.Equal(t, 60011, c.send("externalcontact/resigned/transfer_result", object{"handover_userid": "alice", "takeover_userid": "unseen"}).code())
}
