package wecomtest_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// corpora are servers of several kinds, which together use every store: see
// TestCorporaUseEveryStore.
func corpora() map[string]func(t *testing.T) *wecomtest.Server {
	return map[string]func(t *testing.T) *wecomtest.Server{
		"new":       func(t *testing.T) *wecomtest.Server { return wecomtest.New(t) },
		"banned":    bannedCorpus,
		"customers": customerCorpus,
		"links":     linkCorpus,
		"messages":  messageCorpus,
		"rules":     ruleCorpus,
		"apps":      appCorpus,
		"suites":    suiteCorpus,
	}
}

const cc = "externalcontact/"

// bannedCorpus has a caller with a wrong secret.
func bannedCorpus(t *testing.T) *wecomtest.Server {
	srv := wecomtest.New(t, wecomtest.WithWrongSecretLimit(0))
	(&caller{t: t, srv: srv}).gettoken(srv.CorpID(), "wrong")
	return srv
}

// customerCorpus has customers who come, talk and go, and groups of them.
func customerCorpus(t *testing.T) *wecomtest.Server {
	srv, c := lively(t)
	apiWrites(t, srv)
	act := srv.Act()
	zoe := srv.AddCustomer("alice", wecomtest.Customer{Name: "Zoe", UnionID: "union"})
	yan := srv.AddCustomer("bob", wecomtest.Customer{Name: "Yan"})
	for _, way := range []object{
		{"type": 1, "scene": 2, "user": []string{"alice"}, "state": "door"},
		{"type": 1, "scene": 2, "user": []string{"alice"}, "skip_verify": false},
		{"type": 1, "scene": 1, "user": []string{"bob"}, "is_temp": true, "unionid": "union"},
	} {
		act.ScanContactWay(c.ok(cc+"add_contact_way", way).text("config_id"), wecomtest.Customer{UnionID: "union", Name: "Wang"})
	}
	act.WriteToMember(zoe, "alice", "hello")
	act.WriteToCustomer("alice", zoe, "hello")
	c.ok(cc+"send_welcome_msg", object{"welcome_code": srv.WelcomeCode("bob", yan), "text": object{"content": "hi"}})
	chat := act.CreateGroupChat(wecomtest.GroupChat{Owner: "alice", MemberList: []wecomtest.GroupMember{{UserID: "bob"}, {UserID: zoe}}})
	join := c.ok(cc+"groupchat/add_join_way", object{"scene": 2, "chat_id_list": []string{chat}, "auto_create_room": 0}).text("config_id")
	act.ScanJoinWay(join, wecomtest.Customer{ExternalUserID: yan})
	act.ChatInGroup(chat, zoe, "good morning")
	act.UseGroupWelcome(chat, c.ok(cc+"group_welcome_template/add", object{"text": object{"content": "hi"}}).text("template_id"))
	act.JoinGroupChat(chat, wecomtest.GroupMember{UserID: srv.AddCustomer("alice", wecomtest.Customer{})})
	gone := act.CreateGroupChat(wecomtest.GroupChat{Owner: "bob"})
	c.moved(onjobChatOp, "alice", gone)
	act.DismissGroupChat(gone)
	act.AddHalfCustomer("bob", wecomtest.Customer{Name: "Half"})
	act.InviteCustomer("alice", wecomtest.Customer{Name: "Invited"})
	act.DeleteMember(srv.AddCustomer("bob", wecomtest.Customer{}), "bob")
	srv.Callback(newReceiver(t, srv))
	srv.Deliver().Of("change_external_chat").Times(1).Lag(time.Hour)
	act.RenameGroupChat(chat, "tea")
	srv.WaitDeliveries(1)
	c.ok(cc+"contact_list", object{"limit": 1})
	c.ok(cc+"batch/get_by_user", object{"limit": 1, "userid_list": []string{"alice", "bob"}})
	c.gettoken(srv.CorpID(), "wrong")
	return srv
}

// linkCorpus has acquisition links, their quota, and who came by them.
func linkCorpus(t *testing.T) *wecomtest.Server {
	srv, c, link := acquiring(t, nil)
	act := srv.Act()
	paying := component(t, srv, wecomtest.AcquisitionComponent{PayMode: 1, Price: 300, LinkID: []string{link.LinkID}})
	keys := paying.ok(acquisition+"create_once_key", object{"link_id": link.LinkID, "key_num": 2})
	act.SetAcquisitionPermit(srv.App().AgentID, wecomtest.AcquisitionPermit{})
	user, zoe := act.AddByAcquisitionLink(link.URL+"?customer_channel=poster", wecomtest.Customer{Name: "Zoe"})
	for range 3 {
		act.WriteToMember(zoe, user, "hello")
	}
	act.OpenAcquisitionLink(link.URL+"?once_key="+keys.text("keys.0"), wecomtest.Customer{Name: "Yan"})
	verified := c.link(object{"skip_verify": false})
	act.AddByAcquisitionLink(verified.URL, wecomtest.Customer{Name: "Wu"})
	srv.WaitDeliveries(srv.DeliveryCount())
	return srv
}

// messageCorpus has what is sent: mass sends, moments, messages of apps and
// robots, files, notices of a school.
func messageCorpus(t *testing.T) *wecomtest.Server {
	srv, c, moment, zoe, _ := posted(t)
	act := srv.Act()
	act.LikeMoment(moment, "alice", zoe)
	act.CommentMoment(moment, "alice", zoe)
	act.PostMoment("bob", wecomtest.Moment{})
	mass := c.ok(cc+"add_msg_template", object{"sender": "alice", "text": object{"content": "hi"}}).text("msgid")
	act.ConfirmSend(mass, "alice")
	c.ok(cc+"remind_groupmsg_send", object{"msgid": c.ok(cc+"add_msg_template", object{"sender": "alice", "text": object{"content": "ho"}}).text("msgid")})
	act.SetMassSendRule(wecomtest.MassSendWeekly)
	c.album()
	c.ok(cc+"delete_product_album", object{"product_id": c.album()})
	c.upload("upload", "type=file", "a.txt", []byte("hello"))
	c.upload("uploadimg", "", "a.png", []byte(pngHead))
	srv.Seed().URL("https://example.com/a.txt", wecomtest.RemoteFile{Data: []byte("hello there")})
	c.ok("media/upload_by_url", object{"scene": 1, "type": "file", "filename": "a.txt", "url": "https://example.com/a.txt", "md5": strings.Repeat("0", 32)})
	srv.Seed().Student(wecomtest.Student{StudentUserID: "tim", Department: []int64{7}, ParentUserID: []string{"ma", "pa"}})
	c.ok(cc+"message/send", c.notice(object{"to_parent_userid": []string{"pa"}}))
	act.FollowSchool("ma")
	srv.Seed().ParentMobile("13800000000", "wmMa")
	act.SetCorpVerified(false)
	srv.Callback(newReceiver(t, srv))
	sent := c.ok(sendOp, card(cards()["button_interaction"]).with("touser", "alice|bob").with("enable_duplicate_check", 1))
	c.ok(updateCardOp, done(sent.text("response_code"), object{"userids": []string{"alice"}}))
	act.ClickCard("bob", sent.text("msgid"), "y")
	srv.Seed().MemberTag(7, "bob")
	srv.Seed().LinkedMember("CorpID2/eve", "L1/p2")
	room := c.ok("appchat/create", object{"userlist": []string{"alice", "bob"}, "owner": "alice", "name": "tea"}).text("chatid")
	c.ok("appchat/send", object{"chatid": room, "msgtype": "text", "text": object{"content": "hi"}})
	robot := srv.AddRobot(wecomtest.Robot{})
	say(t, srv, robot, object{"msgtype": "text", "text": object{"content": "hi"}})
	attach(t, srv, robot, "file", "hello there")
	b := &aiBot{srv: srv, id: srv.AddAIBot(wecomtest.AIBot{Name: "RobotA"}), answer: func(msg reply) object {
		if msg.text("msgtype") == "event" {
			return nil
		}
		return stream("s1", "1", false)
	}}
	b.keys = srv.AIBotKeys(b.id)
	require.NoError(t, srv.SetCallback(wecomtest.Callback{AIBotID: b.id, Handler: b}))
	act.EnterAIBotChat("alice", b.id)
	act.WriteToAIBot("alice", b.id, wecomtest.AIBotContent{MsgType: "file", Data: []byte("hello")})
	srv.WaitDeliveries(srv.DeliveryCount())
	return srv
}

// ruleCorpus has rules of the corp, tags of rule groups, and who has left.
func ruleCorpus(t *testing.T) *wecomtest.Server {
	srv, c, strategy, _, _ := tagged(t)
	assert.NotZero(t, strategy)
	c.ok(momentStrategyOp+"create", ruleGroup(0, node("alice")))
	srv.Seed().Member(wecomtest.Member{UserID: "dave", Department: []int64{7}})
	c.interceptRule("no ads")
	c.ok(cc+"del_intercept_rule", object{"rule_id": c.interceptRule("no sweets")})
	zoe := srv.AddCustomer("alice", wecomtest.Customer{Name: "Zoe", UnionID: "union"})
	srv.Act().Leave("alice")
	c.ok(cc+"resigned/transfer_customer", object{"handover_userid": "alice", "takeover_userid": "bob", "external_userid": []string{zoe}})
	c.gettoken(srv.CorpID(), "wrong")
	return srv
}

// appCorpus has apps of providers, logins, tickets, and corps downstream.
func appCorpus(t *testing.T) *wecomtest.Server {
	srv, provider, own, _ := provided(t)
	own.get("get_jsapi_ticket")
	own.get("ticket/get", "type", "agent_config")
	carol := srv.AddMember(wecomtest.Member{UserID: "carol"})
	back := srv.Act().Authorize(carol, oauth(srv, "snsapi_privateinfo"))
	own.get("auth/getuserinfo", "code", codeIn(t, back))
	srv.Act().Authorize(carol, oauth(srv, "snsapi_base"))
	own.ok("auth/get_tfa_info", object{"code": codeIn(t, srv.Act().VerifyAgain(carol, oauth(srv, "snsapi_base")))})
	srv.Seed().OpenKFID()
	srv.Seed().TmpExternalUserID(wecomtest.TmpExternalUser{})
	zoe := srv.AddCustomer(carol, wecomtest.Customer{UnionID: "union"})
	own.send(cc+"to_service_external_userid", object{"external_userid": zoe})
	stranger := provider.ok("idconvert/unionid_to_external_userid", object{"unionid": "oWu", "openid": "o2", "subject_type": 0}).text("pending_id")
	assert.NotEmpty(t, stranger)
	srv.Seed().Customer(wecomtest.Customer{UnionID: "oWu", ExternalUserID: "wmWu", FollowUser: []wecomtest.Follow{{UserID: "alice"}}})
	provider.ok("idconvert/batch/external_userid_to_pending_id", object{"external_userid": []string{"wmWu"}})
	provider.send("idconvert/apply_to_upgrade_chatid", object{"upgrade_time": srv.Clock().Now().Unix() + 3600})
	group := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}})
	provider.ok("idconvert/external_tagid", object{"external_tagid_list": []string{group.Tag[0].ID}})
	child := srv.AddCorp("Child")
	child.AddMember(wecomtest.Member{UserID: "bob"})
	srv.Act().JoinChain(srv.Act().CreateChain("Supplies"), child)
	srv.Act().LinkCorp(child)
	srv.Act().ShareApp(srv.App().AgentID, child, wecomtest.LinkChain)
	return srv
}

// suiteCorpus has providers, their suites, and corps that have them.
func suiteCorpus(t *testing.T) *wecomtest.Server {
	h := newTenancy(t)
	alice := h.member("alice")
	h.corp.AddCustomer("alice", wecomtest.Customer{Name: "Zoe", UnionID: "union"})
	h.suite.ok("service/externalcontact/unionid_to_external_userid_3rd", object{"unionid": "union", "openid": "o1"})
	_, codes := h.buy(2, 1, 1)
	require.Zero(t, h.activate(codes[0], alice).code())
	h.provider.ok("license/set_auto_active_status", object{"corpid": h.corpID, "auto_active_status": 1})
	h.provider.ok("license/create_new_order_job", object{"buy_list": []object{{
		"corpid": h.corpID, "account_count": object{"base_count": 1}, "account_duration": object{"months": 1},
	}}})
	h.suite.get("service/get_pre_auth_code")
	h.suite.ok("service/set_session_info", object{"pre_auth_code": h.suite.get("service/get_pre_auth_code").text("pre_auth_code"), "session_info": object{"auth_type": 1}})
	h.corp.Act().Authorize("alice", loginLink(h.suite.suite.SuiteID, "snsapi_privateinfo"))
	order := h.corp.Act().OrderSuite(h.suite.suite.SuiteID, wecomtest.SuiteOrder{Price: 9900, UserCount: 10, Days: 30, Operator: "alice"})
	h.corp.Act().PaySuiteOrder(order)
	tpl := h.srv.AddRegisterTemplate(wecomtest.RegisterTemplate{SuiteIDs: []string{h.suite.suite.SuiteID}, ContactSync: true})
	_, err := h.srv.Act().RegisterCorp(h.provider.ok("service/get_register_code", object{"template_id": tpl.TemplateID, "state": "S1"}).text("register_code"), "Nora")
	require.NoError(t, err)
	h.provider.ok("service/get_register_code", object{"template_id": tpl.TemplateID})
	template := newSuiteCaller(t, h.srv, wecomtest.Suite{Template: true})
	qr := h.provider.ok("service/get_customized_auth_url", object{"state": "S1", "templateid_list": []string{template.suite.SuiteID}}).text("qrcode_url")
	require.NoError(t, h.corp.Act().AuthorizeByQRCode(qr, wecomtest.Authorization{}))
	file := h.provider.upload("../service/media/upload", "provider_access_token="+h.provider.token+"&type=file", "a.txt", []byte("text"))
	h.provider.ok("service/contact/id_translate", object{"auth_corpid": h.corpID, "media_id_list": []any{file.at("media_id")}, "output_file_name": "names"})
	told := h.suite.hear()
	<-told.got
	h.srv.WaitDeliveries(h.srv.DeliveryCount())
	return h.srv
}

// TestCorporaUseEveryStore fails when a store is added that no corpus uses, and
// that TestTwins so knows nothing of.
func TestCorporaUseEveryStore(t *testing.T) {
	t.Parallel()
	shape, _, err := wecomtest.SnapshotShape()
	require.NoError(t, err)
	types := map[string][][2]string{} // the fields and their types
	var at string
	for line := range strings.Lines(shape) {
		line = strings.TrimSuffix(line, "\n")
		if field, ok := strings.CutPrefix(line, "\t"); ok {
			name, of, _ := strings.Cut(field, " ")
			types[at] = append(types[at], [2]string{name, of})
		} else {
			at = line
		}
	}
	used := map[string]bool{}
	var walk func(path, of string, v any)
	walk = func(path, of string, v any) {
		m, _ := v.(map[string]any)
		for _, f := range types[of] {
			at := path + "." + f[0]
			if len(types[f[1]]) > 0 && f[1] != "wecomtest.Keys" {
				walk(at, f[1], m[f[0]])
				continue
			}
			switch v := m[f[0]].(type) {
			case nil:
			case map[string]any:
				used[at] = used[at] || len(v) > 0
				continue
			case []any:
				used[at] = used[at] || len(v) > 0
				continue
			default:
				used[at] = true
				continue
			}
			used[at] = used[at] || false
		}
	}
	for _, build := range corpora() {
		var v struct {
			Corps []any `json:"corps"`
			State any   `json:"state"`
		}
		require.NoError(t, json.Unmarshal([]byte(snapshot(t, build(t))), &v))
		for _, c := range v.Corps {
			walk("corp", "wecomtest.corp", c)
		}
		walk("state", "wecomtest.state", v.State)
	}
	var unused []string
	for at, ok := range used {
		if !ok && at != "corp.momentStrategies.basic" { // of customers alone
			unused = append(unused, at)
		}
	}
	slices.Sort(unused)
	assert.Empty(t, unused)
}
