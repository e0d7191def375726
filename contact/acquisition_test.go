package contact_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
)

func at(unix int64) wecom.UnixTime { return wecom.NewUnixTime(time.Unix(unix, 0)) }

// Each call sends the example of its page and returns all of the reply.
func TestCallsOfLinksAndRuleGroups(t *testing.T) {
	t.Parallel()
	type ctx = context.Context
	const link, zoe = "caEXAMPLE1", "woEXAMPLE0000000000000000000001"
	runPlainCalls(t, []plainCall{
		{"externalcontact/customer_acquisition/get", "get_acquisition_link", func(ctx ctx, c *contact.Service) (any, error) {
			return c.GetAcquisitionLink(ctx, link)
		}, &contact.AcquisitionLink{
			Link:           contact.AcquisitionLinkInfo{LinkName: "Autumn sale", URL: "https://work.weixin.qq.com/ca/caEXAMPLE1", CreateTime: at(1672502400), SkipVerify: true, MarkSource: true},
			Range:          contact.AcquisitionRange{UserList: []string{"alice", "bob"}, DepartmentList: []int64{1}},
			PriorityOption: contact.AcquisitionPriority{PriorityType: contact.AcquisitionPriorityTypeList, PriorityUserIDList: []string{"carol", "dave"}},
		}},
		{"externalcontact/customer_acquisition/create_link", "create_acquisition_link", func(ctx ctx, c *contact.Service) (any, error) {
			return c.CreateAcquisitionLink(ctx, contact.CreateAcquisitionLinkRequest{
				LinkName: "Autumn sale", SkipVerify: new(true), MarkSource: new(true),
				Range:          contact.AcquisitionRange{UserList: []string{"alice", "bob"}, DepartmentList: []int64{2, 3}},
				PriorityOption: contact.AcquisitionPriority{PriorityType: contact.AcquisitionPriorityTypeList, PriorityUserIDList: []string{"carol", "dave"}},
			})
		}, &contact.CreatedAcquisitionLink{LinkID: link, LinkName: "Autumn sale", URL: "https://work.weixin.qq.com/ca/caEXAMPLE1", CreateTime: at(1667232000)}},
		{"externalcontact/customer_acquisition/delete_link", "delete_acquisition_link", func(ctx ctx, c *contact.Service) (any, error) {
			return nil, c.DeleteAcquisitionLink(ctx, link)
		}, nil},
		{"externalcontact/customer_acquisition_app/get_permit", "get_acquisition_app_permit", func(ctx ctx, c *contact.Service) (any, error) {
			return c.GetAcquisitionAppPermit(ctx)
		}, &contact.AcquisitionAppPermit{UserList: []string{"alice", "bob"}, DepartmentList: []int64{0, 1}, TagList: []int64{0, 1}}},
		{"externalcontact/customer_acquisition_quota", "acquisition_quota", func(ctx ctx, c *contact.Service) (any, error) {
			return c.AcquisitionQuota(ctx)
		}, &contact.AcquisitionQuota{Total: 1000, Balance: 500, QuotaList: []contact.ExpiringAcquisitionQuota{
			{ExpireDate: at(1689350400), Balance: 200}, {ExpireDate: at(1692028800), Balance: 300},
		}}},
		{"externalcontact/customer_acquisition/get_chat_info", "get_acquisition_chat_info", func(ctx ctx, c *contact.Service) (any, error) {
			return c.GetAcquisitionChatInfo(ctx, "CHAT_KEY")
		}, &contact.AcquisitionChat{UserID: "alice", ExternalUserID: zoe, ChatInfo: contact.AcquisitionChatInfo{RecvMsgCnt: 3, LinkID: link, State: "shop-1"}}},
		{"externalcontact/customer_acquisition/create_once_key", "create_acquisition_once_key", func(ctx ctx, c *contact.Service) (any, error) {
			return c.CreateAcquisitionOnceKey(ctx, contact.CreateAcquisitionOnceKeyRequest{LinkID: link, KeyNum: 1})
		}, []string{"ENCEXAMPLE1"}},
		{"externalcontact/customer_strategy/get", "get_strategy", func(ctx ctx, c *contact.Service) (any, error) {
			return c.GetStrategy(ctx, 1)
		}, &contact.Strategy{StrategyID: 1, StrategyName: "North", CreateTime: at(1557838797), AdminList: []string{"alice", "bob"}, Privilege: everythingBut("share")}},
		{"externalcontact/customer_strategy/create", "create_strategy", func(ctx ctx, c *contact.Service) (any, error) {
			return c.CreateStrategy(ctx, contact.CreateStrategyRequest{
				ParentID: 3, StrategyName: "North", AdminList: []string{"alice", "bob"}, Privilege: everythingBut("share", "groups"),
				Range: []contact.StrategyRange{{Type: contact.StrategyRangeTypeUser, UserID: "alice"}, {Type: contact.StrategyRangeTypeParty, PartyID: 1}},
			})
		}, int64(1)},
		{"externalcontact/customer_strategy/del", "del_strategy", func(ctx ctx, c *contact.Service) (any, error) {
			return nil, c.DelStrategy(ctx, 1)
		}, nil},
		{"externalcontact/get_user_behavior_data", "get_user_behavior_data", func(ctx ctx, c *contact.Service) (any, error) {
			return c.GetUserBehaviorData(ctx, contact.GetUserBehaviorDataRequest{
				UserID: []string{"alice", "bob"}, PartyID: []int64{1001, 1002}, StartTime: at(1536508800), EndTime: at(1536595200),
			})
		}, []contact.BehaviorData{
			{StatTime: at(1536508800), NewApplyCnt: 6, NewContactCnt: 5, ChatCnt: 100, MessageCnt: 80, ReplyPercentage: new(60.25), AvgReplyTime: new(1)},
			{StatTime: at(1536595200), NewApplyCnt: 6, NewContactCnt: 5, ChatCnt: 20, MessageCnt: 40, ReplyPercentage: new(100.0), AvgReplyTime: new(1)},
		}},
	})
}

// everythingBut are the privileges of the page's example: everything, but
// sharing customers is forbidden, and the groups of members who left are not
// mentioned.
func everythingBut(but ...string) contact.StrategyPrivilege {
	yes := new(true)
	p := contact.StrategyPrivilege{
		ViewCustomerList: yes, ViewCustomerData: yes, ViewRoomList: yes, ContactMe: yes, JoinRoom: yes,
		ShareCustomer: yes, OperResignCustomer: yes, OperResignGroup: yes, SendCustomerMsg: yes, EditWelcomeMsg: yes,
		ViewBehaviorData: yes, ViewRoomData: yes, SendGroupMsg: yes, RoomDeduplication: yes, RapidReply: yes,
		OnjobCustomerTransfer: yes, EditAntiSpamRule: yes, ExportCustomerList: yes, ExportCustomerData: yes,
		ExportCustomerGroupList: yes, ManageCustomerTag: yes,
	}
	for _, b := range but {
		switch b {
		case "share":
			p.ShareCustomer = new(false)
		case "groups":
			p.OperResignGroup = nil
		}
	}
	return p
}

// The page of this POST has no body at all; an object is what WeCom reads.
func TestCompAuthInfoIsAskedForWithAnEmptyObject(t *testing.T) {
	t.Parallel()
	const op = "externalcontact/customer_acquisition/get_comp_auth_info"
	w := &wire{replies: map[string]string{op: example(t, "get_acquisition_comp_auth_info", "response.json")}}

	got, err := w.contacts(t).GetAcquisitionCompAuthInfo(t.Context())

	require.NoError(t, err)
	assert.Equal(t, []string{op + " {}"}, w.sent)
	assert.Equal(t, &contact.AcquisitionCompAuthInfo{
		PayMode: contact.AcquisitionPayModeProvider, Price: 300, LinkAuthMode: contact.AcquisitionLinkAuthModeApp,
		AuthApps: []contact.AcquisitionAuthApp{{AgentID: 1000030}, {AgentID: 1000031}},
	}, got)
}

// What GetStrategy returned can be changed and sent back.
func TestPrivilegesSurviveARoundTrip(t *testing.T) {
	t.Parallel()
	w := &wire{replies: map[string]string{
		"externalcontact/customer_strategy/get": `{"errcode":0,"strategy":{"strategy_id":1,"privilege":{"view_customer_list":true,"share_customer":false,"rapid_reply":true}}}`,
	}}
	contacts := w.contacts(t)
	group, err := contacts.GetStrategy(t.Context(), 1)
	require.NoError(t, err)

	group.Privilege.RapidReply = new(false)
	err = contacts.EditStrategy(t.Context(), contact.EditStrategyRequest{StrategyID: group.StrategyID, Privilege: group.Privilege})

	require.NoError(t, err)
	assert.Equal(t, `externalcontact/customer_strategy/edit {"strategy_id":1,"privilege":{"view_customer_list":true,"share_customer":false,"rapid_reply":false}}`, w.sent[1])
}
