package wecomtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// acquisitionEvents are the customer_acquisition events without those of the
// way in.
func acquisitionEvents(srv *wecomtest.Server) []string {
	lines := []string{}
	for _, line := range heard(srv) {
		rest, ok := strings.CutPrefix(line, "customer_acquisition ")
		if ok && !strings.HasPrefix(rest, "open_profile") && !strings.HasPrefix(rest, "friend_request") {
			lines = append(lines, rest)
		}
	}
	return lines
}

func TestAcquisitionTellsOfMessages(t *testing.T) {
	t.Parallel()
	srv, c, link := acquiring(t, nil)
	_, zoe := srv.Act().AddByAcquisitionLink(link.URL+"?customer_channel=poster", wecomtest.Customer{})

	for range 4 {
		srv.Act().WriteToMember(zoe, "alice")
	}

	events := acquisitionEvents(srv)
	require.Len(t, events, 2)
	assert.Equal(t, "customer_start_chat UserID=alice ExternalUserID="+zoe+" LinkId="+link.LinkID, events[0])
	prefix := "message_from_customer LinkId=" + link.LinkID + " ChatKey="
	require.True(t, strings.HasPrefix(events[1], prefix), events[1])
	key := strings.TrimPrefix(events[1], prefix)
	r := c.ok(acquisition+"get_chat_info", object{"chat_key": key})
	assert.Equal(t, []any{"alice", zoe, map[string]any{"recv_msg_cnt": 3.0, "link_id": link.LinkID, "state": "poster"}},
		[]any{r.at("userid"), r.at("external_userid"), r.at("chat_info")})
	assert.InDelta(t, 1, c.ok(acquisition+"customer", object{"link_id": link.LinkID}).at("customer_list.0.chat_status"), 0)
	assert.Equal(t, 41201, addApp(t, srv).send(acquisition+"get_chat_info", object{"chat_key": key}).code(), "another app")
	srv.Clock().Advance(30 * time.Minute)
	assert.Equal(t, 41201, c.send(acquisition+"get_chat_info", object{"chat_key": key}).code(), "after half an hour")
}

func TestAcquisitionTellsNothingOfPeopleOnWeCom(t *testing.T) {
	t.Parallel()
	srv, c, link := acquiring(t, nil)
	_, yan := srv.Act().AddByAcquisitionLink(link.URL, wecomtest.Customer{Type: 2})

	srv.Act().WriteToMember(yan, "alice")
	srv.Act().DeleteMember(yan, "alice")

	assert.Empty(t, acquisitionEvents(srv))
	assert.InDelta(t, 2, c.ok(acquisition+"customer", object{"link_id": link.LinkID}).at("customer_list.0.chat_status"), 0)
}

func TestAcquiredCustomerDeletesTheMember(t *testing.T) {
	t.Parallel()
	srv, _, link := acquiring(t, nil)
	_, zoe := srv.Act().AddByAcquisitionLink(link.URL+"?customer_channel=poster", wecomtest.Customer{})
	other := seedFollow(srv, "Yan", "alice")

	srv.Act().DeleteMember(zoe, "alice")
	srv.Act().DeleteMember(other, "alice")

	assert.Equal(t, []string{"del_follow_user UserID=alice ExternalUserID=" + zoe + " LinkId=" + link.LinkID + " State=poster"}, acquisitionEvents(srv))
}

func TestQuotaRunsOut(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	c := newCaller(t, srv)
	link := c.link(object{"range": object{"user_list": []string{"alice"}}})
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	srv.Act().BuyAcquisitionQuota(10, srv.Clock().Now().AddDate(0, 2, 0))
	srv.Act().BuyAcquisitionQuota(10, srv.Clock().Now().AddDate(0, 1, 0))

	srv.Act().AddByAcquisitionLink(link.URL, wecomtest.Customer{})
	c.token = c.fetchToken(srv.Credential().Secret)
	r := c.get("externalcontact/customer_acquisition_quota")
	for range 19 {
		srv.Act().AddByAcquisitionLink(link.URL, wecomtest.Customer{})
	}

	assert.Equal(t, []string{"balance_increased", "balance_low", "balance_exhausted"}, acquisitionEvents(srv))
	assert.Equal(t, []any{1.0, 19.0}, []any{r.at("total"), r.at("balance")})
	assert.Equal(t, []any{9.0, 10.0}, r.list("quota_list", "balance"), "the first to expire goes first")
	assert.InDelta(t, 1702569600, r.at("quota_list.0.expire_date"), 0, "midnight in China")
}

func TestNobodyComesWithoutQuota(t *testing.T) {
	t.Parallel()
	r := record(t, func(srv *wecomtest.Server) {
		srv.AddMember(wecomtest.Member{UserID: "alice"})
		link := newCaller(t, srv).link(object{"range": object{"user_list": []string{"alice"}}})
		srv.Act().AddByAcquisitionLink(link.URL, wecomtest.Customer{})
	})

	assert.Contains(t, r.fatal, "Act().BuyAcquisitionQuota")
}

func TestLinksAreOpenedAsTheyWorkOnly(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, suffix, want string }{
		{"misspelt parameter", "?custom_channel=poster", `no parameter "custom_channel"`},
		{"unknown once_key", "?once_key=none", "unknown, used or expired"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(srv *wecomtest.Server) {
				srv.AddMember(wecomtest.Member{UserID: "alice"})
				link := newCaller(t, srv).link(object{"range": object{"user_list": []string{"alice"}}})
				srv.Act().OpenAcquisitionLink(link.URL+tt.suffix, wecomtest.Customer{})
			})

			assert.Contains(t, r.fatal, tt.want)
		})
	}
}

func TestCustomerComesBackByAnotherLink(t *testing.T) {
	t.Parallel()
	srv, c, link := acquiring(t, nil)
	other := c.link(nil)
	user, zoe := srv.Act().AddByAcquisitionLink(link.URL, wecomtest.Customer{})
	srv.Act().DeleteCustomer(user, zoe)

	srv.Act().AddByAcquisitionLink(other.URL+"?customer_channel=back", wecomtest.Customer{ExternalUserID: zoe})

	customers := func(l wecomtest.AcquisitionLink) []any {
		return c.ok(acquisition+"customer", object{"link_id": l.LinkID}).list("customer_list", "external_userid")
	}
	assert.Empty(t, customers(link))
	assert.Equal(t, []any{zoe}, customers(other))
	assert.InDelta(t, 98, c.get("externalcontact/customer_acquisition_quota").at("balance"), 0)
}

func TestQuotaExpires(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	srv.Act().BuyAcquisitionQuota(100, srv.Clock().Now().Add(3*24*time.Hour+time.Minute))

	srv.Clock().Advance(2 * 24 * time.Hour)
	expiring := acquisitionEvents(srv)
	srv.Clock().Advance(2 * 24 * time.Hour)

	soon := "quota_expire_soon ExpireTime=1700259260 ExpireQuotaNum=100"
	assert.Equal(t, []string{"balance_increased", soon, soon}, expiring, "3 and 2 days before")
	assert.Equal(t, []string{soon, "balance_exhausted"}, acquisitionEvents(srv)[3:])
	assert.InDelta(t, 0, newCaller(t, srv).get("externalcontact/customer_acquisition_quota").at("balance"), 0)
}

func TestLinkStatistic(t *testing.T) {
	t.Parallel()
	srv, c, link := acquiring(t, nil)
	now := srv.Clock().Now()
	yan := srv.Act().OpenAcquisitionLink(link.URL, wecomtest.Customer{Name: "Yan"})
	srv.Act().OpenAcquisitionLink(link.URL, wecomtest.Customer{ExternalUserID: yan})
	srv.Act().AddByAcquisitionLink(link.URL, wecomtest.Customer{Name: "Zoe"})
	srv.Clock().Advance(24 * time.Hour)
	c.token = c.fetchToken(srv.Credential().Secret)
	srv.Act().AddByAcquisitionLink(link.URL, wecomtest.Customer{ExternalUserID: yan})
	count := func(start, end time.Time) []any {
		r := c.send(acquisition+"statistic", object{"link_id": link.LinkID, "start_time": start.Unix(), "end_time": end.Unix()})
		return []any{r.code(), r.at("click_link_customer_cnt"), r.at("new_customer_cnt")}
	}

	assert.Equal(t, []any{0, 2.0, 1.0}, count(now, now))
	assert.Equal(t, []any{0, 2.0, 2.0}, count(now, now.AddDate(0, 0, 1)), "each customer once")
	assert.Equal(t, []any{0, 0.0, 0.0}, count(now.AddDate(0, 0, -2), now.AddDate(0, 0, -1)))
	assert.Equal(t, []any{40058, nil, nil}, count(now, now.AddDate(0, 0, -1)), "backwards")
	assert.Equal(t, []any{40058, nil, nil}, count(now.AddDate(0, 0, -30), now.AddDate(0, 0, 1)), "31 days")
	assert.Equal(t, []any{0, 0.0, 0.0}, count(now.AddDate(0, 0, -179), now.AddDate(0, 0, -150)))
	assert.Equal(t, []any{40058, nil, nil}, count(now.AddDate(0, 0, -180), now.AddDate(0, 0, -150)), "too long ago")
}

// component is an app that was granted links.
func component(t *testing.T, srv *wecomtest.Server, granted wecomtest.AcquisitionComponent) *caller {
	t.Helper()
	app := srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{wecomtest.ScopeContact, wecomtest.ScopeComponent}})
	srv.Act().GrantComponent(app.AgentID, granted)
	c := &caller{t: t, srv: srv}
	c.token = c.fetchToken(app.Secret)
	return c
}

func TestComponentSeesTheLinksItWasGranted(t *testing.T) {
	t.Parallel()
	srv, c, link := acquiring(t, nil)
	other := c.link(nil)
	chosen := component(t, srv, wecomtest.AcquisitionComponent{LinkID: []string{link.LinkID}})
	all := component(t, srv, wecomtest.AcquisitionComponent{LinkAuthMode: 1, AuthApps: []int64{link.AgentID}})

	assert.Equal(t, []any{link.LinkID}, chosen.ok(acquisition+"list_link", object{}).list("link_id_list", ""))
	assert.Equal(t, []any{link.LinkID, other.LinkID}, all.ok(acquisition+"list_link", object{}).list("link_id_list", ""))
	assert.Contains(t, chosen.ok(acquisition+"get", object{"link_id": link.LinkID}).text("link.url"), link.URL+"?comp_scene=")
	assert.Equal(t, 40058, chosen.send(acquisition+"delete_link", object{"link_id": link.LinkID}).code(), "it made none")
	assert.Equal(t, []any{link.AgentID}, []any{int64(all.send(acquisition+"get_comp_auth_info", object{}).list("auth_apps", "agentid")[0].(float64))})
	assert.Equal(t, 48002, c.send(acquisition+"get_comp_auth_info", object{}).code(), "no component")
}

func TestProviderPaysByOnceKeys(t *testing.T) {
	t.Parallel()
	srv, c, link := acquiring(t, nil)
	corpPays := component(t, srv, wecomtest.AcquisitionComponent{LinkID: []string{link.LinkID}})
	paying := component(t, srv, wecomtest.AcquisitionComponent{PayMode: 1, Price: 300, LinkID: []string{link.LinkID}})
	url := paying.ok(acquisition+"get", object{"link_id": link.LinkID}).text("link.url")

	keys := paying.ok(acquisition+"create_once_key", object{"link_id": link.LinkID, "key_num": 2}).list("keys", "")
	user, _ := srv.Act().AddByAcquisitionLink(url+"&once_key="+keys[0].(string), wecomtest.Customer{})

	assert.Equal(t, "alice", user)
	assert.Len(t, keys, 2)
	assert.InDelta(t, 100, c.get("externalcontact/customer_acquisition_quota").at("balance"), 0, "the corp pays nothing")
	assert.Len(t, paying.ok(acquisition+"create_once_key", object{"link_id": link.LinkID}).list("keys", ""), 100)
	assert.InDelta(t, 300, paying.send(acquisition+"get_comp_auth_info", object{}).at("price"), 0)
	assert.Equal(t, 41099, corpPays.send(acquisition+"create_once_key", object{"link_id": link.LinkID}).code())
	assert.Equal(t, 40058, paying.send(acquisition+"create_once_key", object{"link_id": link.LinkID, "key_num": 1001}).code())
}

func TestAcquisitionPermit(t *testing.T) {
	t.Parallel()
	srv, c, _ := acquiring(t, nil)
	app := srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{wecomtest.ScopeMarketing}})
	srv.Act().SetAcquisitionPermit(app.AgentID, wecomtest.AcquisitionPermit{UserList: []string{"alice", "bob"}, DepartmentList: []int64{1}})
	srv.Act().Leave("bob")
	marketing := &caller{t: t, srv: srv}
	marketing.token = marketing.fetchToken(app.Secret)

	r := marketing.get("externalcontact/customer_acquisition_app/get_permit")

	assert.Equal(t, []any{[]any{"alice"}, []any{1.0}, []any{}}, []any{r.at("user_list"), r.at("department_list"), r.at("tag_list")})
	assert.Equal(t, 48002, c.get("externalcontact/customer_acquisition_app/get_permit").code())
}
