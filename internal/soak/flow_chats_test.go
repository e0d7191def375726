package soak_test

import (
	"context"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// groupChats lets people into a group by QR code, counts what they wrote the
// next day, and gives the group to others.
func groupChats(r *run) error {
	chats := groupchat.New(r.client)
	alice, bob, carol := r.member("Alice"), r.member("Bob"), r.member("Carol")
	chat := r.srv.Act().CreateGroupChat(wecomtest.GroupChat{Owner: alice, Name: r.mark("chat"), MemberList: []wecomtest.GroupMember{{UserID: bob}}})

	state := r.mark("poster")
	ways := func() int {
		return count(r.srv.JoinWays(), func(w wecomtest.JoinWay) bool { return w.State == state })
	}
	way, err := chats.AddJoinWay(r.ctx, groupchat.AddJoinWayRequest{Scene: groupchat.JoinWaySceneQRCode, ChatIDList: []string{chat}, State: state})
	if err := r.wrote(err, ways); err != nil {
		return err
	}
	joined, zoe := r.srv.Act().ScanJoinWay(way.ConfigID, wecomtest.Customer{Name: r.mark("Zoe")})
	assert.Equal(r, chat, joined)
	group, err := chats.Get(r.ctx, groupchat.GetRequest{ChatID: chat, NeedName: true})
	if r.read(err) != nil {
		return err
	}
	require.Len(r, group.MemberList, 3)
	assert.Equal(r, zoe, group.MemberList[2].UserID)
	assert.Equal(r, state, group.MemberList[2].State)
	r.srv.Act().ChatInGroup(chat, zoe, r.mark("hello"))
	err = chats.DelJoinWay(r.ctx, way.ConfigID)
	if err := r.wrote(err, func() int { return 1 - ways() }); err != nil {
		return err
	}

	// Statistics are of yesterday.
	today := r.srv.Clock().Now()
	if err := r.srv.Clock().Sleep(r.ctx, 25*time.Hour); err != nil {
		r.judge(err)
		return err
	}
	var owners []string
	for s, err := range chats.AllStatistics(r.ctx, groupchat.StatisticRequest{
		DayBeginTime: wecom.NewUnixTime(today), OwnerFilter: groupchat.OwnerFilter{UserIDList: []string{alice}},
	}) {
		if r.read(err) != nil {
			return err
		}
		owners = append(owners, s.Owner)
		assert.Equal(r, 1, s.Data.NewChatCnt)
		assert.Equal(r, 3, s.Data.MemberTotal)
		assert.Equal(r, 1, s.Data.MsgTotal)
	}
	assert.Equal(r, []string{alice}, owners)

	res, err := chats.OnjobTransfer(r.ctx, groupchat.TransferRequest{ChatIDList: []string{chat}, NewOwner: bob})
	if err := r.wrote(err, func() int { return if1(r.srv.GroupChat(chat).Owner == bob) }); err != nil {
		return err
	}
	assert.Empty(r, res.FailedChatList)
	r.srv.Act().Leave(bob)
	_ = r.srv.Clock().Sleep(context.Background(), time.Second)
	res, err = chats.Transfer(r.ctx, groupchat.TransferRequest{ChatIDList: []string{chat}, NewOwner: carol})
	if err := r.wrote(err, func() int { return if1(r.srv.GroupChat(chat).Owner == carol) }); err != nil {
		return err
	}
	assert.Empty(r, res.FailedChatList)
	return nil
}
