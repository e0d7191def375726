package wecomtest_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const acquisition = "externalcontact/customer_acquisition/"

// acquiring is a server with quota, alice and bob, and a link to them.
func acquiring(t *testing.T, more object) (*wecomtest.Server, *caller, wecomtest.AcquisitionLink) {
	t.Helper()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob"})
	srv.Act().BuyAcquisitionQuota(100, srv.Clock().Now().AddDate(1, 0, 0))
	srv.Callback(newReceiver(t, srv))
	c := newCaller(t, srv)
	return srv, c, c.link(more)
}

// link creates a link, to alice and bob unless more says otherwise.
func (c *caller) link(more object) wecomtest.AcquisitionLink {
	c.t.Helper()
	fields := object{"link_name": "spring", "range": object{"user_list": []string{"alice", "bob"}}}
	maps.Copy(fields, more)
	return c.srv.AcquisitionLink(c.ok(acquisition+"create_link", fields).text("link.link_id"))
}

func TestCreateAcquisitionLink(t *testing.T) {
	t.Parallel()
	_, c, link := acquiring(t, object{"priority_option": object{"priority_type": 2, "priority_userid_list": []string{"bob"}}})

	r := c.ok(acquisition+"get", object{"link_id": link.LinkID})

	assert.Regexp(t, `^cawcde[0-9a-f]{12}$`, link.LinkID)
	assert.Equal(t, "https://work.weixin.qq.com/ca/"+link.LinkID, link.URL)
	assert.Equal(t, map[string]any{"link_name": "spring", "url": link.URL, "create_time": 1.7e9, "skip_verify": true, "mark_source": true}, r.at("link"))
	assert.Equal(t, []any{"alice", "bob"}, r.at("range.user_list"))
	assert.Equal(t, map[string]any{"priority_type": 2.0, "priority_userid_list": []any{"bob"}}, r.at("priority_option"))
}

func TestUpdateAcquisitionLinkChangesWhatIsGiven(t *testing.T) {
	t.Parallel()
	srv, c, link := acquiring(t, nil)
	srv.AddMember(wecomtest.Member{UserID: "carol", Department: []int64{7}})

	c.ok(acquisition+"update_link", object{"link_id": link.LinkID, "link_name": "summer", "skip_verify": false})
	c.ok(acquisition+"update_link", object{"link_id": link.LinkID, "range": object{"department_list": []int{7}}})

	after := srv.AcquisitionLink(link.LinkID)
	assert.Equal(t, []any{"summer", false, []int64{7}}, []any{after.LinkName, after.SkipVerify, after.DepartmentList})
	assert.Empty(t, after.UserList, "a range replaces the old one")
}

func TestAcquisitionLinksArePaged(t *testing.T) {
	t.Parallel()
	_, c, first := acquiring(t, nil)
	second, third := c.link(nil), c.link(nil)

	r := c.ok(acquisition+"list_link", object{"limit": 2})
	rest := c.ok(acquisition+"list_link", object{"limit": 2, "cursor": r.at("next_cursor")})

	assert.Equal(t, []any{first.LinkID, second.LinkID}, r.list("link_id_list", ""))
	assert.Equal(t, []any{third.LinkID}, rest.list("link_id_list", ""))
}

func TestAcquisitionLinkOfAnotherApp(t *testing.T) {
	t.Parallel()
	srv, _, link := acquiring(t, nil)
	other := addApp(t, srv)

	assert.Empty(t, other.ok(acquisition+"list_link", object{}).list("link_id_list", ""))
	for _, op := range []string{"get", "update_link", "delete_link", "customer"} {
		assert.Equal(t, 40058, other.send(acquisition+op, object{"link_id": link.LinkID}).code(), op)
	}
}

func TestDeleteAcquisitionLink(t *testing.T) {
	t.Parallel()
	srv, c, link := acquiring(t, nil)
	other := c.link(nil)

	c.ok(acquisition+"delete_link", object{"link_id": link.LinkID})
	srv.Act().DeleteAcquisitionLink(other.LinkID)

	assert.Empty(t, c.ok(acquisition+"list_link", object{}).list("link_id_list", ""))
	assert.Equal(t, []string{"customer_acquisition delete_link LinkId=" + other.LinkID}, heard(srv), "only of what people delete")
}

func TestAcquisitionLinkRefusals(t *testing.T) {
	t.Parallel()
	srv, _, _ := acquiring(t, nil)
	srv.AddMember(wecomtest.Member{UserID: "unseen"})
	srv.AddMember(wecomtest.Member{UserID: "inner", NoContact: true})
	crowd := []string{"alice", "inner"}
	for range 501 {
		crowd = append(crowd, srv.AddMember(wecomtest.Member{Department: []int64{5}}))
	}
	c := addApp(t, srv, crowd...)
	tests := []struct {
		name  string
		field string
		value any
		want  int
	}{
		{"no name", "link_name", "", 40063},
		{"name of 31 characters", "link_name", strings.Repeat("好", 31), 40058},
		{"name of 30 characters", "link_name", strings.Repeat("好", 30), 0},
		{"range of nobody", "range", object{}, 40063},
		{"501 members", "range", object{"user_list": crowd[2:]}, 40058},
		{"a department of 501", "range", object{"department_list": []int{5}}, 40058},
		{"unknown department", "range", object{"department_list": []int{9}}, 60123},
		{"unknown member", "range", object{"user_list": []string{"nobody"}}, 60111},
		{"member out of sight", "range", object{"user_list": []string{"unseen"}}, 60011},
		{"member without the function", "range", object{"user_list": []string{"inner"}}, 84074},
		{"priority 3", "priority_option", object{"priority_type": 3}, 40058},
		{"priority of a list without it", "priority_option", object{"priority_type": 2}, 40063},
		{"priority of the corp", "priority_option", object{"priority_type": 1}, 0},
		{"priority of a member out of sight", "priority_option", object{"priority_type": 2, "priority_userid_list": []string{"unseen"}}, 60011},
	}
	for _, tt := range tests {
		fields := object{"link_name": "spring", "range": object{"user_list": []string{"alice"}}}
		fields[tt.field] = tt.value
		assert.Equal(t, tt.want, c.send(acquisition+"create_link", fields).code(), tt.name)
	}
}

func TestCustomerComesByAcquisitionLink(t *testing.T) {
	t.Parallel()
	srv, c, link := acquiring(t, nil)

	user, zoe := srv.Act().AddByAcquisitionLink(link.URL+"?customer_channel=poster", wecomtest.Customer{Name: "Zoe"})

	assert.Equal(t, "alice", user)
	assert.Equal(t, []string{
		"customer_acquisition open_profile LinkId=" + link.LinkID + " State=poster",
		"customer_acquisition friend_request LinkId=" + link.LinkID + " State=poster",
		"contact add_external_contact UserID=alice ExternalUserID=" + zoe + " State=poster WelcomeCode=set",
	}, heard(srv))
	r := c.get("externalcontact/get", "external_userid", zoe)
	assert.Equal(t, []any{"poster", 16.0}, []any{r.at("follow_user.0.state"), r.at("follow_user.0.add_way")})
	customers := c.ok(acquisition+"customer", object{"link_id": link.LinkID})
	assert.Equal(t, map[string]any{"external_userid": zoe, "userid": "alice", "chat_status": 0.0, "state": "poster"}, customers.at("customer_list.0"))
}

func TestCustomerComesByTheSchemeOfALink(t *testing.T) {
	t.Parallel()
	srv, _, link := acquiring(t, nil)
	long := strings.Repeat("x", 63) + "好"

	_, zoe := srv.Act().AddByAcquisitionLink("weixin://biz/ww/profile/https%3A%2F%2Fwork.weixin.qq.com%2Fca%2F"+link.LinkID+"%3Fcustomer_channel%3D"+long, wecomtest.Customer{})

	assert.Equal(t, long[:63], srv.Customer(zoe).FollowUser[0].State, "64 bytes count")
}

func TestAcquisitionWithVerificationWaitsForTheMember(t *testing.T) {
	t.Parallel()
	srv, c, link := acquiring(t, object{"skip_verify": false})

	user, zoe := srv.Act().AddByAcquisitionLink(link.URL, wecomtest.Customer{})
	require.Empty(t, c.ok(acquisition+"customer", object{"link_id": link.LinkID}).list("customer_list", ""))
	srv.Act().AcceptCustomer(user, zoe)

	assert.Equal(t, []any{zoe}, c.ok(acquisition+"customer", object{"link_id": link.LinkID}).list("customer_list", "external_userid"))
	assert.InDelta(t, 99, c.get("externalcontact/customer_acquisition_quota").at("balance"), 0)
}

func TestMembersOfALinkTakeTurns(t *testing.T) {
	t.Parallel()
	srv, _, link := acquiring(t, nil)
	srv.AddMember(wecomtest.Member{UserID: "bob", CustomerLimit: 1})

	var users []string
	for i := range 4 {
		user, _ := srv.Act().AddByAcquisitionLink(link.URL, wecomtest.Customer{Name: fmt.Sprint(i)})
		users = append(users, user)
	}

	assert.Equal(t, []string{"alice", "bob", "alice", "alice"}, users, "bob may have one")
}

func TestFriendsStayWithTheirMember(t *testing.T) {
	t.Parallel()
	srv, c, plain := acquiring(t, nil)
	srv.AddMember(wecomtest.Member{UserID: "carol"})
	corp := c.link(object{"priority_option": object{"priority_type": 1}})
	listed := c.link(object{"priority_option": object{"priority_type": 2, "priority_userid_list": []string{"carol"}}})
	ofBob := wecomtest.Customer{ExternalUserID: seedFollow(srv, "Zoe", "bob")}
	ofCarol := wecomtest.Customer{ExternalUserID: seedFollow(srv, "Yan", "carol")}
	add := func(link wecomtest.AcquisitionLink, cust wecomtest.Customer) string {
		user, _ := srv.Act().AddByAcquisitionLink(link.URL, cust)
		return user
	}

	assert.Equal(t, "bob", add(plain, ofBob))
	assert.Equal(t, "carol", add(corp, ofCarol))
	assert.Equal(t, "carol", add(listed, ofCarol))
	assert.InDelta(t, 100, c.get("externalcontact/customer_acquisition_quota").at("balance"), 0)
	assert.Equal(t, "alice", add(plain, ofCarol), "a friend of somebody else")
}

func TestLinkWithoutMembersWhoCanTakeCustomers(t *testing.T) {
	t.Parallel()
	srv, _, link := acquiring(t, nil)
	srv.Act().Leave("alice")
	srv.Act().Leave("bob")

	user, zoe := srv.Act().AddByAcquisitionLink(link.URL, wecomtest.Customer{Type: 2})
	srv.Act().AddByAcquisitionLink(link.URL, wecomtest.Customer{Type: 2})

	assert.Empty(t, user)
	assert.Empty(t, srv.Customer(zoe).FollowUser)
	assert.Equal(t, []string{"customer_acquisition link_unavailable LinkId=" + link.LinkID}, heard(srv), "once")
}

func TestEventsOfALinkAreForItsApp(t *testing.T) {
	t.Parallel()
	srv, _, _ := acquiring(t, nil)
	other := addApp(t, srv)
	link := other.link(nil)
	name := srv.AcquisitionLink(link.LinkID).AgentID
	require.NoError(t, srv.SetCallback(wecomtest.Callback{Handler: newReceiver(t, srv), AgentID: name}))

	_, zoe := srv.Act().AddByAcquisitionLink(link.URL, wecomtest.Customer{})

	told := map[string][]int64{}
	for _, d := range srv.Deliveries() {
		told[d.Event.ChangeType] = append(told[d.Event.ChangeType], d.AgentID)
	}
	first := srv.App().AgentID
	assert.Equal(t, map[string][]int64{"open_profile": {name}, "friend_request": {name}, "add_external_contact": {first, name}}, told, zoe)
}
