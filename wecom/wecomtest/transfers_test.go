package wecomtest_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// handing is a server on which alice hands customers to bob.
func handing(t *testing.T) (*wecomtest.Server, *caller) {
	t.Helper()
	srv := listening(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	return srv, newCaller(t, srv)
}

func (c *caller) transfer(from, to string, customers ...string) reply {
	c.t.Helper()
	c.token = c.fetchToken(c.srv.Credential().Secret)
	return c.ok("externalcontact/transfer_customer", object{"handover_userid": from, "takeover_userid": to, "external_userid": customers})
}

// transferStatus is what transfer_result says of the only customer from alice
// to bob.
func (c *caller) transferStatus() []any {
	c.t.Helper()
	c.token = c.fetchToken(c.srv.Credential().Secret)
	r := c.ok("externalcontact/transfer_result", object{"handover_userid": "alice", "takeover_userid": "bob"})
	return []any{r.at("customer.0.status"), r.at("customer.0.takeover_time")}
}

func TestTransferHappensByItselfAfter24Hours(t *testing.T) {
	t.Parallel()
	srv, c := handing(t)
	zoe := seedFollow(srv, "Zoe", "alice")

	r := c.transfer("alice", "bob", zoe)
	waiting := c.transferStatus()
	srv.Clock().Advance(24*time.Hour - time.Second)
	require.Empty(t, heard(srv))
	srv.Clock().Advance(time.Second)

	assert.Equal(t, []any{0.0}, r.list("customer", "errcode"))
	assert.Equal(t, []any{2.0, 1700086400.0}, waiting)
	assert.Equal(t, []any{1.0, 1700086400.0}, c.transferStatus())
	assert.Equal(t, []string{
		"contact del_external_contact UserID=alice ExternalUserID=" + zoe + " Source=DELETE_BY_TRANSFER",
		"contact add_external_contact UserID=bob ExternalUserID=" + zoe,
	}, heard(srv))
	got := c.get("externalcontact/get", "external_userid", zoe)
	assert.Equal(t, []any{"bob"}, got.list("follow_user", "userid"))
	assert.InDelta(t, 202, got.at("follow_user.0.add_way"), 0)
	assert.Equal(t, 84061, c.get("externalcontact/list", "userid", "alice").code())
}

func TestTransferInVirtualTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		srv.AddMember(wecomtest.Member{UserID: "alice"})
		srv.AddMember(wecomtest.Member{UserID: "bob"})
		zoe := seedFollow(srv, "Zoe", "alice")
		newCaller(t, srv).transfer("alice", "bob", zoe)

		time.Sleep(25 * time.Hour)

		assert.Equal(t, "bob", srv.Customer(zoe).FollowUser[0].UserID)
		assert.Equal(t, 1, srv.Transfer(zoe).Status)
	})
}

func TestCustomerAcceptsTransfer(t *testing.T) {
	t.Parallel()
	srv, c := handing(t)
	g := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}})
	zoe := srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: "alice", Remark: "VIP", State: "door", TagID: []string{g.Tag[0].ID}}}})
	c.transfer("alice", "bob", zoe)

	srv.Clock().Advance(time.Hour)
	srv.Act().AcceptTransfer(zoe)
	srv.Clock().Advance(24 * time.Hour)

	f := srv.Customer(zoe).FollowUser[0]
	assert.Equal(t, []any{"bob", "VIP", "", []string{g.Tag[0].ID}}, []any{f.UserID, f.Remark, f.State, f.TagID})
	assert.Equal(t, []any{1.0, 1700003600.0}, c.transferStatus())
	assert.Len(t, heard(srv), 2, "nothing more after 24 hours")
}

func TestCustomerRefusesTransfer(t *testing.T) {
	t.Parallel()
	srv, c := handing(t)
	zoe := seedFollow(srv, "Zoe", "alice")
	c.transfer("alice", "bob", zoe)

	srv.Act().RefuseTransfer(zoe)
	srv.Clock().Advance(25 * time.Hour)

	assert.Equal(t, []any{3.0, 0.0}, c.transferStatus())
	assert.Equal(t, "alice", srv.Customer(zoe).FollowUser[0].UserID)
	assert.Equal(t, []string{"contact transfer_fail FailReason=customer_refused UserID=bob ExternalUserID=" + zoe}, heard(srv))
}

func TestTransferToAFullMember(t *testing.T) {
	t.Parallel()
	srv, c := handing(t)
	srv.AddMember(wecomtest.Member{UserID: "bob", CustomerLimit: 1})
	seedFollow(srv, "Yan", "bob")
	zoe := seedFollow(srv, "Zoe", "alice")

	c.transfer("alice", "bob", zoe)
	srv.Clock().Advance(24 * time.Hour)

	assert.Equal(t, []any{4.0, 0.0}, c.transferStatus())
	assert.Equal(t, []string{"contact transfer_fail FailReason=customer_limit_exceed UserID=bob ExternalUserID=" + zoe}, heard(srv))
}

func TestTransferToAFriendTellsOfNoNewOne(t *testing.T) {
	t.Parallel()
	srv, c := handing(t)
	zoe := srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: "alice", Remark: "a"}, {UserID: "bob", Remark: "b"}}})

	c.transfer("alice", "bob", zoe)
	srv.Act().AcceptTransfer(zoe)

	assert.Equal(t, []string{"contact del_external_contact UserID=alice ExternalUserID=" + zoe + " Source=DELETE_BY_TRANSFER"}, heard(srv))
	require.Len(t, srv.Customer(zoe).FollowUser, 1)
	assert.Equal(t, "b", srv.Customer(zoe).FollowUser[0].Remark)
}

func TestTransferBackTellsOfNoNewOne(t *testing.T) {
	t.Parallel()
	srv, c := handing(t)
	zoe := seedFollow(srv, "Zoe", "alice")
	c.transfer("alice", "bob", zoe)
	srv.Act().AcceptTransfer(zoe)

	c.transfer("bob", "alice", zoe)
	srv.Act().AcceptTransfer(zoe)

	assert.Equal(t, []string{
		"contact del_external_contact UserID=alice ExternalUserID=" + zoe + " Source=DELETE_BY_TRANSFER",
		"contact add_external_contact UserID=bob ExternalUserID=" + zoe,
		"contact del_external_contact UserID=bob ExternalUserID=" + zoe + " Source=DELETE_BY_TRANSFER",
	}, heard(srv))
}

func TestTransferRefusesSingleCustomers(t *testing.T) {
	t.Parallel()
	srv, c := handing(t)
	moving, other := seedFollow(srv, "Moving", "alice"), seedFollow(srv, "Other", "bob")
	fine := seedFollow(srv, "Fine", "alice")
	c.transfer("alice", "bob", moving)

	r := c.transfer("alice", "bob", "wmNobody", other, moving, fine, fine)

	assert.Equal(t, []any{"wmNobody", other, moving, fine, fine}, r.list("customer", "external_userid"))
	assert.Equal(t, []any{40096.0, 40131.0, 40129.0, 0.0, 40129.0}, r.list("customer", "errcode"))
}

func TestTransferTwiceIn90Days(t *testing.T) {
	t.Parallel()
	srv, c := handing(t)
	zoe := seedFollow(srv, "Zoe", "alice")
	move := func(from, to string) any { return c.transfer(from, to, zoe).at("customer.0.errcode") }
	accept := func() { srv.Act().AcceptTransfer(zoe) }

	require.Zero(t, move("alice", "bob"))
	srv.Act().RefuseTransfer(zoe) // does not count
	require.Zero(t, move("alice", "bob"))
	accept()
	require.Zero(t, move("bob", "alice"))
	accept()
	assert.InDelta(t, 40128, move("alice", "bob"), 0)
	srv.Clock().Advance(90 * 24 * time.Hour)
	assert.Zero(t, move("alice", "bob"))
}

func TestTransferRefusals(t *testing.T) {
	t.Parallel()
	srv, _ := handing(t)
	srv.AddMember(wecomtest.Member{UserID: "inner", NoContact: true})
	srv.AddMember(wecomtest.Member{UserID: "idle", NotActivated: true})
	srv.AddMember(wecomtest.Member{UserID: "nameless", NotVerified: true})
	srv.AddMember(wecomtest.Member{UserID: "unseen"})
	srv.AddMember(wecomtest.Member{UserID: "gone", Left: true})
	zoe := seedFollow(srv, "Zoe", "alice")
	c := addApp(t, srv, "bob", "inner", "idle", "nameless", "gone")
	tests := []struct {
		name, from, to string
		change         object
		want           int
	}{
		{"to a member out of sight", "alice", "unseen", nil, 60011},
		{"from a member out of sight", "alice", "bob", object{"external_userid": []string{"wmNobody"}}, 0},
		{"to oneself", "bob", "bob", nil, 40130},
		{"from nobody", "nobody", "bob", nil, 60111},
		{"from a member who left", "gone", "bob", nil, 60111},
		{"to nobody", "alice", "nobody", nil, 60111},
		{"to a member who left", "alice", "gone", nil, 60111},
		{"to a member without the function", "alice", "inner", nil, 84074},
		{"to a member who never logged in", "alice", "idle", nil, 41054},
		{"to a member without a real name", "alice", "nameless", nil, 40098},
		{"no customers", "alice", "bob", object{"external_userid": []string{}}, 40058},
		{"101 customers", "alice", "bob", object{"external_userid": strings.Split(strings.Repeat("x,", 100)+"x", ",")}, 40058},
		{"message of 201 characters", "alice", "bob", object{"transfer_success_msg": strings.Repeat("好", 201)}, 40058},
		{"message of 200 characters", "alice", "bob", object{"transfer_success_msg": strings.Repeat("好", 200)}, 0},
	}
	for _, tt := range tests {
		fields := object{"handover_userid": tt.from, "takeover_userid": tt.to, "external_userid": []string{zoe}}
		maps.Copy(fields, tt.change)
		assert.Equal(t, tt.want, c.send("externalcontact/transfer_customer", fields).code(), tt.name)
	}
	assert.Len(t, []rune(srv.Transfer(zoe).TransferSuccessMsg), 200)
}

func TestTransferResultPages(t *testing.T) {
	t.Parallel()
	srv, c := handing(t)
	for i := range 11 {
		ids := make([]string, 100)
		for j := range ids {
			ids[j] = seedFollow(srv, fmt.Sprint(i, j), "alice")
		}
		c.transfer("alice", "bob", ids...)
	}

	first := c.ok("externalcontact/transfer_result", object{"handover_userid": "alice", "takeover_userid": "bob"})
	second := c.ok("externalcontact/transfer_result", object{"handover_userid": "alice", "takeover_userid": "bob", "cursor": first.at("next_cursor")})

	assert.Len(t, first.list("customer", ""), 1000)
	assert.Len(t, second.list("customer", ""), 100)
	assert.Empty(t, second.at("next_cursor"))
}

func TestCloseForgetsWaitingTransfers(t *testing.T) {
	t.Parallel()
	srv := wecomtest.NewServer()
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	zoe := seedFollow(srv, "Zoe", "alice")
	newCaller(t, srv).transfer("alice", "bob", zoe)

	srv.Close()

	assert.Equal(t, 2, srv.Transfer(zoe).Status)
}

// TestTransferResultShowsACustomerOnce: after a refusal and a second try the
// page holds the second.
func TestTransferResultShowsACustomerOnce(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{}), srv.AddMember(wecomtest.Member{})
	zoe := seedFollow(srv, "Zoe", alice)
	c := newCaller(t, srv)
	transfer := object{"handover_userid": alice, "takeover_userid": bob, "external_userid": []string{zoe}}
	result := func() reply {
		return c.ok("externalcontact/transfer_result", object{"handover_userid": alice, "takeover_userid": bob})
	}

	c.ok("externalcontact/transfer_customer", transfer)
	srv.Act().RefuseTransfer(zoe)
	assert.Equal(t, []any{3.0}, result().list("customer", "status"))
	c.ok("externalcontact/transfer_customer", transfer)
	assert.Equal(t, []any{2.0}, result().list("customer", "status"))
}
