package wecomtest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A suite's app knows members and customers by the provider's ids alone, in
// what it sends, gets and hears.
func TestSuitesKnowPeopleByIDsOfTheProvider(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	s := newSuiteCaller(t, srv, wecomtest.Suite{})
	h := s.hear()
	alice, bob := srv.AddMember(wecomtest.Member{UserID: "alice"}), srv.AddMember(wecomtest.Member{UserID: "bob", Name: "alice"})
	app := srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})
	_, _ = <-h.got, <-h.got
	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "alice", UnionID: "union"})
	her, him, customer := srv.OpenUserID("", alice), srv.OpenUserID("", bob), srv.ProviderExternalUserID(zoe)

	e := <-h.got
	assert.Contains(t, e, "<UserID><![CDATA["+her+"]]></UserID><ExternalUserID><![CDATA["+customer+"]]></ExternalUserID>")
	chat := srv.Act().CreateGroupChat(wecomtest.GroupChat{Owner: alice, MemberList: []wecomtest.GroupMember{{UserID: zoe}}})
	<-h.got
	srv.Act().JoinGroupChat(chat, wecomtest.GroupMember{UserID: bob})
	assert.Contains(t, <-h.got, "<Item>"+him+"</Item>", "also in lists")

	c := s.tenant(srv)
	r := c.get("externalcontact/get", "external_userid", customer)
	assert.Equal(t, []any{customer, "alice", her}, []any{r.at("external_contact.external_userid"), r.at("external_contact.name"), r.at("follow_user.0.userid")})
	assert.NotContains(t, r.Body, "unionid")
	assert.Equal(t, []any{her, him}, c.get("externalcontact/get_follow_user_list").list("follow_user", ""))
	assert.Equal(t, []any{customer}, c.get("externalcontact/list", "userid", her).list("external_userid", ""))
	group := c.ok("externalcontact/groupchat/get", object{"chat_id": chat})
	assert.Equal(t, []any{her, []any{her, customer, him}}, []any{group.at("group_chat.owner"), group.list("group_chat.member_list", "userid")})
	c.ok("externalcontact/remark", object{"userid": her, "external_userid": customer, "remark": "VIP"})
	assert.Equal(t, "VIP", srv.Customer(zoe).FollowUser[0].Remark)
	sent := c.ok("message/send", object{"touser": her + "|" + him + "|carl", "msgtype": "text", "agentid": app.AgentID, "text": object{"content": "hi"}})
	assert.Equal(t, "carl", sent.text("invaliduser"))
	assert.Len(t, srv.AppMessages(alice), 1)

	for name, code := range map[string]int{
		"the corp's own userid":          c.get("externalcontact/list", "userid", alice).code(),
		"the corp's own external_userid": c.send("externalcontact/remark", object{"userid": her, "external_userid": zoe, "remark": "x"}).code(),
	} {
		assert.Contains(t, []int{60111, 40096}, code, name)
	}
	other := srv.AddProvider(wecomtest.Provider{}).CorpID
	assert.NotEqual(t, her, srv.OpenUserID(other, alice), "another provider has others")
	assert.NotZero(t, c.get("externalcontact/list", "userid", srv.OpenUserID(other, alice)).code())

	assert.Equal(t, zoe, newCaller(t, srv).get("externalcontact/get", "external_userid", zoe).text("external_contact.external_userid"), "the corp's own app")
	assert.Equal(t, customer, c.ok("externalcontact/get_new_external_userid", object{"external_userid_list": []string{zoe}}).text("items.0.new_external_userid"), "a conversion takes the old ones")
	own := newCaller(t, srv).ok("externalcontact/from_service_external_userid", object{"external_userid": customer, "source_agentid": app.AgentID})
	assert.Equal(t, zoe, own.text("external_userid"))
}

func TestProvidersHaveIDsOfTheirOwn(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{})
	zoe := srv.AddCustomer(alice, wecomtest.Customer{})
	first := newSuiteCaller(t, srv, wecomtest.Suite{})
	second := newSuiteCaller(t, srv, wecomtest.Suite{ProviderID: srv.AddProvider(wecomtest.Provider{}).CorpID})
	ids := map[string]bool{zoe: true, alice: true}
	for _, s := range []*suiteCaller{first, second} {
		srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})
		token := s.ok("service/get_auth_info", object{
			"auth_corpid": srv.OpenCorpID(s.suite.ProviderID), "permanent_code": srv.PermanentCode(s.suite.SuiteID),
		})
		assert.Equal(t, srv.OpenCorpID(s.suite.ProviderID), token.text("auth_corp_info.corpid"))
		r := s.send("service/get_corp_token", object{"auth_corpid": srv.OpenCorpID(s.suite.ProviderID), "permanent_code": srv.PermanentCode(s.suite.SuiteID)})
		c := &caller{t: t, srv: srv, token: r.text("access_token")}
		member := c.get("externalcontact/get_follow_user_list").text("follow_user.0")
		customer := c.get("externalcontact/list", "userid", member).text("external_userid.0")
		assert.Equal(t, customer, c.get("externalcontact/get", "external_userid", customer).text("external_contact.external_userid"))
		for _, id := range []string{srv.OpenCorpID(s.suite.ProviderID), member, customer} {
			assert.NotEmpty(t, id)
			assert.False(t, ids[id], id)
			ids[id] = true
		}
	}
}
