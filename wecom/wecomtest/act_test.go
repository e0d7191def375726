package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// TestPeopleDoOnlyWhatTheyCan lists what ends a test, as no corp lets it happen.
func TestPeopleDoOnlyWhatTheyCan(t *testing.T) {
	t.Parallel()
	type act = wecomtest.Actor
	tests := []struct {
		name string
		do   func(a act, chat, group string)
		want string
	}{
		{"unknown member", func(a act, _, _ string) { a.AddCustomer("nobody", wecomtest.Customer{}) }, `no member "nobody"`},
		{"somebody else's customer", func(a act, _, _ string) { a.DeleteCustomer("alice", "wmNobody") }, `"wmNobody" is no customer of "alice"`},
		{"unknown tag on a customer", func(a act, _, _ string) {
			a.EditCustomer("alice", a.AddCustomer("alice", wecomtest.Customer{}), func(f *wecomtest.Follow) { f.TagID = []string{"etNone"} })
		}, `no tag "etNone"`},
		{"no friend request", func(a act, _, _ string) { a.AcceptCustomer("alice", "wmNobody") }, "has not asked"},
		{"no invitation", func(a act, _, _ string) { a.AcceptMember("wmNobody", "alice") }, "has not asked"},
		{"invitation of a friend", func(a act, _, _ string) {
			a.InviteCustomer("alice", wecomtest.Customer{ExternalUserID: a.AddCustomer("alice", wecomtest.Customer{})})
		}, "is a customer of"},
		{"message of a stranger", func(a act, _, _ string) { a.WriteToMember("wmNobody", "alice") }, `"wmNobody" is no customer of "alice"`},
		{"no URL of a link", func(a act, _, _ string) { a.OpenAcquisitionLink("cawcde1", wecomtest.Customer{}) }, "is not the URL"},
		{"unknown link", func(a act, _, _ string) {
			a.OpenAcquisitionLink("https://work.weixin.qq.com/ca/cawcde1", wecomtest.Customer{})
		}, "no acquisition link"},
		{"deleting an unknown link", func(a act, _, _ string) { a.DeleteAcquisitionLink("cawcde1") }, `no acquisition link "cawcde1"`},
		{"no quota", func(a act, _, _ string) { a.BuyAcquisitionQuota(0, time.Now().Add(time.Hour)) }, "nothing to buy"},
		{"expired quota", func(a act, _, _ string) { a.BuyAcquisitionQuota(1, time.Now().Add(-time.Hour)) }, "it has expired"},
		{"no transfer", func(a act, _, _ string) { a.AcceptTransfer("wmNobody") }, "is not being transferred"},
		{"unknown contact way", func(a act, _, _ string) { a.ScanContactWay("none", wecomtest.Customer{}) }, `no contact way "none"`},
		{"empty tag group", func(a act, _, _ string) { a.AddTagGroup(wecomtest.TagGroup{GroupName: "empty"}) }, "no empty groups"},
		{"second tag group of a name", func(a act, _, _ string) {
			a.AddTagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "x"}}})
		}, "is there already"},
		{"second tag of a name", func(a act, _, group string) { a.AddTag(group, wecomtest.Tag{Name: "VIP"}) }, `a tag "VIP" already`},
		{"tag of an unknown group", func(a act, _, _ string) { a.AddTag("etNone", wecomtest.Tag{}) }, `no tag group "etNone"`},
		{"order of an unknown tag", func(a act, _, group string) { a.OrderTags(group, "etNone") }, `no tag or tag group "etNone"`},
		{"order of a group within itself", func(a act, _, group string) { a.OrderTags(group, group) }, "is not in tag group"},
		{"unknown chat", func(a act, _, _ string) { a.DismissGroupChat("wrNone") }, `no group chat "wrNone"`},
		{"nobody joins", func(a act, chat, _ string) { a.JoinGroupChat(chat) }, "nobody joins"},
		{"joins twice", func(a act, chat, _ string) { a.JoinGroupChat(chat, wecomtest.GroupMember{UserID: "alice"}) }, "already"},
		{"two ways in at once", func(a act, chat, _ string) {
			a.JoinGroupChat(chat, wecomtest.GroupMember{UserID: "wm1"}, wecomtest.GroupMember{UserID: "wm2", JoinScene: 3})
		}, "joins in another way"},
		{"stranger leaves", func(a act, chat, _ string) { a.LeaveGroupChat(chat, "wmNobody") }, "is not in group chat"},
		{"owner leaves", func(a act, chat, _ string) { a.LeaveGroupChat(chat, "alice") }, `"alice" owns group chat`},
		{"owner from outside", func(a act, chat, _ string) { a.ChangeGroupOwner(chat, "bob") }, "is not in group chat"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(srv *wecomtest.Server) {
				srv.AddMember(wecomtest.Member{UserID: "alice"})
				srv.AddMember(wecomtest.Member{UserID: "bob"})
				chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
				group := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "level", Tag: []wecomtest.Tag{{Name: "VIP"}}})
				tt.do(srv.Act(), chat, group.GroupID)
			})

			assert.Contains(t, r.fatal, tt.want)
		})
	}
}
