package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// spoken is who said what, in order.
func spoken(list []wecomtest.ChatMessage) []string {
	out := make([]string, 0, len(list))
	for _, m := range list {
		out = append(out, m.From+" "+string(m.Kind)+": "+m.Text)
	}
	return out
}

func TestConversation(t *testing.T) {
	t.Parallel()
	srv, zoe, code := welcomed(t)
	srv.Clock().Freeze(srv.Clock().Now()) // all at one moment, and yet in order
	assert.Equal(t, []wecomtest.ChatMessage{}, srv.Conversation("alice", zoe))
	c := newCaller(t, srv)
	c.ok(welcomeOp, greeting(code))
	srv.Act().WriteToMember(zoe, "alice", "have you tea?", "green")
	srv.Act().WriteToCustomer("alice", zoe, "yes")
	srv.Act().WriteToCustomer("alice", zoe) // a picture, say
	msg := c.ok("externalcontact/add_msg_template", object{"sender": "alice", "external_userid": []string{zoe}, "text": object{"content": "sale"}}).at("msgid").(string)
	srv.Act().ConfirmSend(msg, "alice")
	srv.Act().WriteToMember(zoe, "alice", "how much?")

	assert.Equal(t, []string{
		"alice welcome: hello", zoe + " : have you tea?", zoe + " : green", "alice : yes", "alice massSend: sale", zoe + " : how much?",
	}, spoken(srv.Conversation("alice", zoe)))
	assert.Equal(t, msg, srv.Conversation("alice", zoe)[4].MsgID)

	srv.AddMember(wecomtest.Member{UserID: "bob"})
	srv.AddCustomer("bob", wecomtest.Customer{ExternalUserID: zoe})
	assert.Empty(t, srv.Conversation("bob", zoe), "he does not see what Alice wrote")
}

func TestConversationLeavesOutWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	srv, zoe, code := welcomed(t, wecomtest.WithWelcomeDelay(time.Minute))
	newCaller(t, srv).ok(welcomeOp, greeting(code))
	srv.Act().WriteToMember(zoe, "alice", "hi")
	assert.Equal(t, []string{zoe + " : hi"}, spoken(srv.Conversation("alice", zoe)))
	srv.Clock().Advance(time.Minute)
	assert.Equal(t, []string{zoe + " : hi", "alice welcome: hello"}, spoken(srv.Conversation("alice", zoe)))
}

func TestGroupConversation(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := srv.AddCustomer("alice", wecomtest.Customer{Name: "Zoe"})
	chat := srv.Act().CreateGroupChat(wecomtest.GroupChat{Owner: "alice"})
	c := newCaller(t, srv)
	welcome := c.ok("externalcontact/group_welcome_template/add", object{"text": object{"content": "welcome %NICKNAME%"}}).at("template_id").(string)
	srv.Act().UseGroupWelcome(chat, welcome)
	srv.Act().JoinGroupChat(chat, wecomtest.GroupMember{UserID: zoe})
	srv.Act().ChatInGroup(chat, zoe, "hello all")
	assert.Equal(t, []string{"alice groupWelcome: welcome Zoe", zoe + " : hello all"}, spoken(srv.GroupConversation(chat)))
	assert.Empty(t, srv.GroupConversation("wrNone"))
}

func TestTypedMessagesCountEach(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe := srv.AddCustomer("alice", wecomtest.Customer{Name: "Zoe"})
	chat := srv.Act().CreateGroupChat(wecomtest.GroupChat{Owner: "alice", MemberList: []wecomtest.GroupMember{{UserID: zoe}}})
	srv.Act().WriteToCustomer("alice", zoe, "one", "two", "three")
	srv.Act().ChatInGroup(chat, "alice", "one", "two")
	day := srv.Clock().Now().Unix()
	srv.Clock().Advance(24 * time.Hour)
	c := newCaller(t, srv)

	r := c.ok("externalcontact/get_user_behavior_data", object{"userid": []string{"alice"}, "start_time": day, "end_time": day})
	assert.InEpsilon(t, 3.0, r.at("behavior_data.0.message_cnt"), 0)
	r = c.ok("externalcontact/groupchat/statistic", object{"day_begin_time": day, "owner_filter": object{"userid_list": []string{"alice"}}})
	assert.InEpsilon(t, 2.0, r.at("items.0.data.msg_total"), 0)
}
