package apicheck_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/moment"
	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/jssdk"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// calls makes one call of every operation of the capability packages, by path
// under /cgi-bin.
func calls() map[string]func(context.Context, *wecom.Client) error {
	type ctx = context.Context
	only := func(_ any, err error) error { return err }
	return map[string]func(context.Context, *wecom.Client) error{
		"externalcontact/get_follow_user_list": func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).GetFollowUserList(ctx)) },
		"externalcontact/list":                 func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).List(ctx, "alice")) },
		"externalcontact/get":                  func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).Get(ctx, "wm1")) },
		"externalcontact/batch/get_by_user": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).BatchGetByUser(ctx, contact.BatchGetByUserRequest{UserIDList: []string{"alice"}}))
		},
		"externalcontact/remark": func(ctx ctx, c *wecom.Client) error {
			return contact.New(c).Remark(ctx, contact.RemarkRequest{UserID: "alice", ExternalUserID: "wm1", Remark: new("VIP")})
		},
		"externalcontact/add_contact_way": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).AddContactWay(ctx, contact.AddContactWayRequest{
				Type: contact.ContactWayTypeSingle, Scene: contact.ContactWaySceneQRCode, User: []string{"alice"},
			}))
		},
		"externalcontact/get_contact_way": func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).GetContactWay(ctx, "c1")) },
		"externalcontact/list_contact_way": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ListContactWay(ctx, contact.ListContactWayRequest{}))
		},
		"externalcontact/update_contact_way": func(ctx ctx, c *wecom.Client) error {
			return contact.New(c).UpdateContactWay(ctx, contact.UpdateContactWayRequest{ConfigID: "c1", State: new("shop-2")})
		},
		"externalcontact/del_contact_way": func(ctx ctx, c *wecom.Client) error { return contact.New(c).DelContactWay(ctx, "c1") },
		"externalcontact/close_temp_chat": func(ctx ctx, c *wecom.Client) error { return contact.New(c).CloseTempChat(ctx, "alice", "wm1") },
		"externalcontact/transfer_customer": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).TransferCustomer(ctx, contact.TransferCustomerRequest{
				HandoverUserID: "alice", TakeoverUserID: "bob", ExternalUserID: []string{"wm1"},
			}))
		},
		"externalcontact/transfer_result": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).TransferResult(ctx, contact.TransferResultRequest{HandoverUserID: "alice", TakeoverUserID: "bob"}))
		},
		"externalcontact/contact_list": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ListServedContact(ctx, contact.ListServedContactRequest{}))
		},
		"externalcontact/get_unassigned_list": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).GetUnassignedList(ctx, contact.GetUnassignedListRequest{}))
		},
		"externalcontact/resigned/transfer_customer": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ResignedTransferCustomer(ctx, contact.ResignedTransferCustomerRequest{
				HandoverUserID: "alice", TakeoverUserID: "bob", ExternalUserID: []string{"wm1"},
			}))
		},
		"externalcontact/resigned/transfer_result": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ResignedTransferResult(ctx, contact.TransferResultRequest{HandoverUserID: "alice", TakeoverUserID: "bob"}))
		},
		"externalcontact/customer_acquisition/list_link": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ListAcquisitionLink(ctx, contact.ListAcquisitionLinkRequest{}))
		},
		"externalcontact/customer_acquisition/get": func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).GetAcquisitionLink(ctx, "ca1")) },
		"externalcontact/customer_acquisition/create_link": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).CreateAcquisitionLink(ctx, contact.CreateAcquisitionLinkRequest{
				LinkName: "sale", Range: contact.AcquisitionRange{UserList: []string{"alice"}},
			}))
		},
		"externalcontact/customer_acquisition/update_link": func(ctx ctx, c *wecom.Client) error {
			return contact.New(c).UpdateAcquisitionLink(ctx, contact.UpdateAcquisitionLinkRequest{LinkID: "ca1", LinkName: "sale"})
		},
		"externalcontact/customer_acquisition/delete_link": func(ctx ctx, c *wecom.Client) error { return contact.New(c).DeleteAcquisitionLink(ctx, "ca1") },
		"externalcontact/customer_acquisition/customer": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ListAcquisitionCustomer(ctx, contact.ListAcquisitionCustomerRequest{LinkID: "ca1"}))
		},
		"externalcontact/customer_acquisition/statistic": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).AcquisitionStatistic(ctx, contact.AcquisitionStatisticRequest{
				LinkID: "ca1", StartTime: wecom.NewUnixTime(time.Unix(1688140800, 0)), EndTime: wecom.NewUnixTime(time.Unix(1688486400, 0)),
			}))
		},
		"externalcontact/customer_acquisition/get_chat_info":      func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).GetAcquisitionChatInfo(ctx, "k1")) },
		"externalcontact/customer_acquisition/get_comp_auth_info": func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).GetAcquisitionCompAuthInfo(ctx)) },
		"externalcontact/customer_acquisition/create_once_key": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).CreateAcquisitionOnceKey(ctx, contact.CreateAcquisitionOnceKeyRequest{LinkID: "ca1"}))
		},
		"externalcontact/customer_acquisition_quota":          func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).AcquisitionQuota(ctx)) },
		"externalcontact/customer_acquisition_app/get_permit": func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).GetAcquisitionAppPermit(ctx)) },
		"externalcontact/customer_strategy/list": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ListStrategy(ctx, contact.ListStrategyRequest{}))
		},
		"externalcontact/customer_strategy/get": func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).GetStrategy(ctx, 1)) },
		"externalcontact/customer_strategy/get_range": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).GetStrategyRange(ctx, contact.GetStrategyRangeRequest{StrategyID: 1}))
		},
		"externalcontact/customer_strategy/create": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).CreateStrategy(ctx, contact.CreateStrategyRequest{
				StrategyName: "north", AdminList: []string{"alice"}, Range: []contact.StrategyRange{{Type: contact.StrategyRangeTypeUser, UserID: "bob"}},
			}))
		},
		"externalcontact/customer_strategy/edit": func(ctx ctx, c *wecom.Client) error {
			return contact.New(c).EditStrategy(ctx, contact.EditStrategyRequest{StrategyID: 1, StrategyName: "south"})
		},
		"externalcontact/customer_strategy/del": func(ctx ctx, c *wecom.Client) error { return contact.New(c).DelStrategy(ctx, 1) },
		"externalcontact/get_user_behavior_data": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).GetUserBehaviorData(ctx, contact.GetUserBehaviorDataRequest{
				UserID: []string{"alice"}, StartTime: wecom.NewUnixTime(time.Unix(1536508800, 0)), EndTime: wecom.NewUnixTime(time.Unix(1536595200, 0)),
			}))
		},
		"externalcontact/add_intercept_rule": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).AddInterceptRule(ctx, contact.AddInterceptRuleRequest{
				RuleName: "r", WordList: []string{"word"}, InterceptType: contact.InterceptTypeBlock,
				ApplicableRange: contact.InterceptRange{UserList: []string{"alice"}},
			}))
		},
		"externalcontact/get_intercept_rule_list": func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).GetInterceptRuleList(ctx)) },
		"externalcontact/get_intercept_rule":      func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).GetInterceptRule(ctx, "r1")) },
		"externalcontact/update_intercept_rule": func(ctx ctx, c *wecom.Client) error {
			return contact.New(c).UpdateInterceptRule(ctx, contact.UpdateInterceptRuleRequest{RuleID: "r1", RuleName: "r"})
		},
		"externalcontact/del_intercept_rule": func(ctx ctx, c *wecom.Client) error { return contact.New(c).DelInterceptRule(ctx, "r1") },
		"externalcontact/add_product_album": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).AddProductAlbum(ctx, contact.AddProductAlbumRequest{
				Description: "p", Price: 100,
				Attachments: []contact.AlbumAttachment{{Type: contact.AlbumAttachmentTypeImage, Image: &contact.AlbumImage{MediaID: "m1"}}},
			}))
		},
		"externalcontact/get_product_album": func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).GetProductAlbum(ctx, "p1")) },
		"externalcontact/get_product_album_list": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).GetProductAlbumList(ctx, contact.GetProductAlbumListRequest{}))
		},
		"externalcontact/update_product_album": func(ctx ctx, c *wecom.Client) error {
			return contact.New(c).UpdateProductAlbum(ctx, contact.UpdateProductAlbumRequest{ProductID: "p1", Price: new(int64(1))})
		},
		"externalcontact/delete_product_album": func(ctx ctx, c *wecom.Client) error { return contact.New(c).DeleteProductAlbum(ctx, "p1") },
		"externalcontact/convert_to_openid":    func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).ConvertToOpenID(ctx, "wm1")) },
		"externalcontact/unionid_to_external_userid": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).UnionIDToExternalUserID(ctx, "union1", "open1"))
		},
		"externalcontact/batch_to_external_userid": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).BatchToExternalUserID(ctx, []string{"13800000001"}))
		},
		"externalcontact/to_service_external_userid": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ToServiceExternalUserID(ctx, "wm1"))
		},
		"externalcontact/from_service_external_userid": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).FromServiceExternalUserID(ctx, "wm1", 1000002))
		},
		"externalcontact/get_new_external_userid": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).GetNewExternalUserID(ctx, []string{"wm1"}))
		},
		"idconvert/unionid_to_external_userid": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ConvertUnionIDToExternalUserID(ctx, contact.ConvertUnionIDToExternalUserIDRequest{UnionID: "union1", OpenID: "open1"}))
		},
		"idconvert/batch/external_userid_to_pending_id": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ConvertExternalUserIDToPendingID(ctx, contact.ConvertExternalUserIDToPendingIDRequest{ExternalUserID: []string{"wm1"}}))
		},
		"idconvert/external_tagid": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ConvertExternalTagID(ctx, []string{"et1"}))
		},
		"idconvert/open_kfid": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ConvertOpenKFID(ctx, []string{"wk1"}))
		},
		"idconvert/convert_tmp_external_userid": func(ctx ctx, c *wecom.Client) error {
			return only(contact.New(c).ConvertTmpExternalUserID(ctx, contact.ConvertTmpExternalUserIDRequest{
				BusinessType: contact.TmpBusinessTypeMeeting, UserType: contact.TmpUserTypeCustomer, TmpExternalUserIDList: []string{"ou1"},
			}))
		},
		"idconvert/apply_to_upgrade_chatid": func(ctx ctx, c *wecom.Client) error {
			return contact.New(c).ApplyToUpgradeChatID(ctx, c.Clock().Now().Add(24*time.Hour))
		},
		"idconvert/chatid": func(ctx ctx, c *wecom.Client) error { return only(contact.New(c).ConvertChatID(ctx, []string{"wr1"})) },
		"idconvert/upgrade_chatid_for_new_corp": func(ctx ctx, c *wecom.Client) error {
			return contact.New(c).UpgradeChatIDForNewCorp(ctx)
		},

		"externalcontact/get_corp_tag_list": func(ctx ctx, c *wecom.Client) error {
			return only(tag.New(c).GetCorpTagList(ctx, tag.GetCorpTagListRequest{}))
		},
		"externalcontact/add_corp_tag": func(ctx ctx, c *wecom.Client) error {
			return only(tag.New(c).AddCorpTag(ctx, tag.AddCorpTagRequest{GroupName: "g", Tag: []tag.AddCorpTag{{Name: "a"}}}))
		},
		"externalcontact/edit_corp_tag": func(ctx ctx, c *wecom.Client) error {
			return tag.New(c).EditCorpTag(ctx, tag.EditCorpTagRequest{ID: "et1", Name: "b"})
		},
		"externalcontact/del_corp_tag": func(ctx ctx, c *wecom.Client) error {
			return tag.New(c).DelCorpTag(ctx, tag.DelCorpTagRequest{TagID: []string{"et1"}})
		},
		"externalcontact/mark_tag": func(ctx ctx, c *wecom.Client) error {
			return tag.New(c).Mark(ctx, tag.MarkRequest{UserID: "alice", ExternalUserID: "wm1", AddTag: []string{"et1"}})
		},
		"externalcontact/get_strategy_tag_list": func(ctx ctx, c *wecom.Client) error {
			return only(tag.New(c).GetStrategyTagList(ctx, tag.GetStrategyTagListRequest{StrategyID: 1}))
		},
		"externalcontact/add_strategy_tag": func(ctx ctx, c *wecom.Client) error {
			return only(tag.New(c).AddStrategyTag(ctx, tag.AddStrategyTagRequest{StrategyID: 1, GroupName: "g", Tag: []tag.AddStrategyTag{{Name: "a"}}}))
		},
		"externalcontact/edit_strategy_tag": func(ctx ctx, c *wecom.Client) error {
			return tag.New(c).EditStrategyTag(ctx, tag.EditStrategyTagRequest{ID: "st1", Name: "b"})
		},
		"externalcontact/del_strategy_tag": func(ctx ctx, c *wecom.Client) error {
			return tag.New(c).DelStrategyTag(ctx, tag.DelStrategyTagRequest{TagID: []string{"st1"}})
		},

		"externalcontact/groupchat/list": func(ctx ctx, c *wecom.Client) error {
			return only(groupchat.New(c).List(ctx, groupchat.ListRequest{Limit: 10}))
		},
		"externalcontact/groupchat/get": func(ctx ctx, c *wecom.Client) error {
			return only(groupchat.New(c).Get(ctx, groupchat.GetRequest{ChatID: "wr1"}))
		},
		"externalcontact/groupchat/transfer": func(ctx ctx, c *wecom.Client) error {
			return only(groupchat.New(c).Transfer(ctx, groupchat.TransferRequest{ChatIDList: []string{"wr1"}, NewOwner: "bob"}))
		},
		"externalcontact/groupchat/onjob_transfer": func(ctx ctx, c *wecom.Client) error {
			return only(groupchat.New(c).OnjobTransfer(ctx, groupchat.TransferRequest{ChatIDList: []string{"wr1"}, NewOwner: "bob"}))
		},
		"externalcontact/groupchat/statistic": func(ctx ctx, c *wecom.Client) error {
			return only(groupchat.New(c).Statistic(ctx, groupchat.StatisticRequest{}))
		},
		"externalcontact/groupchat/statistic_group_by_day": func(ctx ctx, c *wecom.Client) error {
			return only(groupchat.New(c).StatisticGroupByDay(ctx, groupchat.StatisticGroupByDayRequest{}))
		},
		"externalcontact/groupchat/add_join_way": func(ctx ctx, c *wecom.Client) error {
			return only(groupchat.New(c).AddJoinWay(ctx, groupchat.AddJoinWayRequest{Scene: groupchat.JoinWaySceneQRCode, ChatIDList: []string{"wr1"}}))
		},
		"externalcontact/groupchat/get_join_way": func(ctx ctx, c *wecom.Client) error { return only(groupchat.New(c).GetJoinWay(ctx, "c1")) },
		"externalcontact/groupchat/update_join_way": func(ctx ctx, c *wecom.Client) error {
			return groupchat.New(c).UpdateJoinWay(ctx, groupchat.UpdateJoinWayRequest{ConfigID: "c1", Scene: groupchat.JoinWaySceneQRCode, ChatIDList: []string{"wr1"}})
		},
		"externalcontact/groupchat/del_join_way": func(ctx ctx, c *wecom.Client) error { return groupchat.New(c).DelJoinWay(ctx, "c1") },
		"externalcontact/opengid_to_chatid": func(ctx ctx, c *wecom.Client) error {
			return only(groupchat.New(c).OpenGIDToChatID(ctx, "og1"))
		},
		"externalcontact/groupchat/get_new_external_userid": func(ctx ctx, c *wecom.Client) error {
			return only(groupchat.New(c).GetNewExternalUserID(ctx, groupchat.GetNewExternalUserIDRequest{ChatID: "wr1", ExternalUserIDList: []string{"wm1"}}))
		},

		"externalcontact/add_moment_task": func(ctx ctx, c *wecom.Client) error {
			return only(moment.New(c).AddTask(ctx, moment.AddTaskRequest{Text: moment.Text{Content: "hi"}}))
		},
		"externalcontact/get_moment_task_result": func(ctx ctx, c *wecom.Client) error { return only(moment.New(c).GetTaskResult(ctx, "job1")) },
		"externalcontact/get_moment_list": func(ctx ctx, c *wecom.Client) error {
			return only(moment.New(c).List(ctx, moment.ListRequest{}))
		},
		"externalcontact/cancel_moment_task": func(ctx ctx, c *wecom.Client) error { return moment.New(c).CancelTask(ctx, "mom1") },
		"externalcontact/get_moment_task": func(ctx ctx, c *wecom.Client) error {
			return only(moment.New(c).GetTask(ctx, moment.GetTaskRequest{MomentID: "mom1"}))
		},
		"externalcontact/get_moment_customer_list": func(ctx ctx, c *wecom.Client) error {
			return only(moment.New(c).GetCustomerList(ctx, moment.GetCustomerListRequest{MomentID: "mom1", UserID: "alice"}))
		},
		"externalcontact/get_moment_send_result": func(ctx ctx, c *wecom.Client) error {
			return only(moment.New(c).GetSendResult(ctx, moment.GetSendResultRequest{MomentID: "mom1", UserID: "alice"}))
		},
		"externalcontact/get_moment_comments": func(ctx ctx, c *wecom.Client) error {
			return only(moment.New(c).GetComments(ctx, "mom1", "alice"))
		},
		"externalcontact/moment_strategy/list": func(ctx ctx, c *wecom.Client) error {
			return only(moment.New(c).ListStrategy(ctx, moment.ListStrategyRequest{}))
		},
		"externalcontact/moment_strategy/get": func(ctx ctx, c *wecom.Client) error { return only(moment.New(c).GetStrategy(ctx, 1)) },
		"externalcontact/moment_strategy/get_range": func(ctx ctx, c *wecom.Client) error {
			return only(moment.New(c).GetStrategyRange(ctx, moment.GetStrategyRangeRequest{StrategyID: 1}))
		},
		"externalcontact/moment_strategy/create": func(ctx ctx, c *wecom.Client) error {
			return only(moment.New(c).CreateStrategy(ctx, moment.CreateStrategyRequest{
				StrategyName: "s", AdminList: []string{"alice"}, Range: []moment.StrategyRange{{Type: moment.StrategyRangeTypeUser, UserID: "alice"}},
			}))
		},
		"externalcontact/moment_strategy/edit": func(ctx ctx, c *wecom.Client) error {
			return moment.New(c).EditStrategy(ctx, moment.EditStrategyRequest{StrategyID: 1, StrategyName: "t"})
		},
		"externalcontact/moment_strategy/del": func(ctx ctx, c *wecom.Client) error { return moment.New(c).DelStrategy(ctx, 1) },

		"externalcontact/send_welcome_msg": func(ctx ctx, c *wecom.Client) error {
			return message.New(c).SendWelcome(ctx, message.SendWelcomeRequest{WelcomeCode: "w1", Text: message.Text{Content: "hi"}})
		},
		"externalcontact/add_msg_template": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).AddMsgTemplate(ctx, message.AddMsgTemplateRequest{ChatType: message.ChatTypeSingle, ExternalUserID: []string{"wm1"}, Text: message.Text{Content: "hi"}}))
		},
		"externalcontact/get_groupmsg_list_v2": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).GetGroupMsgList(ctx, message.GetGroupMsgListRequest{ChatType: message.ChatTypeSingle}))
		},
		"externalcontact/get_groupmsg_task": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).GetGroupMsgTask(ctx, message.GetGroupMsgTaskRequest{MsgID: "m1"}))
		},
		"externalcontact/get_groupmsg_send_result": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).GetGroupMsgSendResult(ctx, message.GetGroupMsgSendResultRequest{MsgID: "m1", UserID: "alice"}))
		},
		"message/send": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).Send(ctx, message.SendRequest{ToUser: []string{"alice"}, AgentID: 1000002, Body: message.Text{Content: "hi"}}))
		},
		"externalcontact/remind_groupmsg_send": func(ctx ctx, c *wecom.Client) error { return message.New(c).RemindGroupMsgSend(ctx, "m1") },
		"externalcontact/cancel_groupmsg_send": func(ctx ctx, c *wecom.Client) error { return message.New(c).CancelGroupMsgSend(ctx, "m1") },
		"externalcontact/group_welcome_template/add": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).AddGroupWelcomeTemplate(ctx, message.AddGroupWelcomeTemplateRequest{Text: message.Text{Content: "hi"}}))
		},
		"externalcontact/group_welcome_template/edit": func(ctx ctx, c *wecom.Client) error {
			return message.New(c).EditGroupWelcomeTemplate(ctx, message.EditGroupWelcomeTemplateRequest{TemplateID: "t1", Text: message.Text{Content: "hi"}})
		},
		"externalcontact/group_welcome_template/get": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).GetGroupWelcomeTemplate(ctx, "t1"))
		},
		"externalcontact/group_welcome_template/del": func(ctx ctx, c *wecom.Client) error {
			return message.New(c).DelGroupWelcomeTemplate(ctx, message.DelGroupWelcomeTemplateRequest{TemplateID: "t1"})
		},
		"externalcontact/message/send": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).SendSchoolNotice(ctx, message.SendSchoolNoticeRequest{ToAll: true, AgentID: 1000002, Body: message.Text{Content: "hi"}}))
		},
		"externalcontact/get_subscribe_qr_code": func(ctx ctx, c *wecom.Client) error { return only(message.New(c).GetSubscribeQRCode(ctx)) },
		"externalcontact/set_subscribe_mode": func(ctx ctx, c *wecom.Client) error {
			return message.New(c).SetSubscribeMode(ctx, message.SubscribeModeOpen)
		},
		"externalcontact/get_subscribe_mode": func(ctx ctx, c *wecom.Client) error { return only(message.New(c).GetSubscribeMode(ctx)) },
		"message/update_template_card": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).UpdateTemplateCard(ctx, message.UpdateTemplateCardRequest{AtAll: true, AgentID: 1000002, ResponseCode: "r1", Button: message.CardReplacement{ReplaceName: "done"}}))
		},
		"message/update_taskcard": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).UpdateTaskCard(ctx, message.UpdateTaskCardRequest{UserIDs: []string{"alice"}, AgentID: 1000002, TaskID: "t1", ReplaceName: "done"}))
		},
		"message/get_statistics": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).GetStatistics(ctx, message.TimeTypeToday))
		},
		"appchat/create": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).CreateAppChat(ctx, message.CreateAppChatRequest{UserList: []string{"alice", "bob"}}))
		},
		"appchat/update": func(ctx ctx, c *wecom.Client) error {
			return message.New(c).UpdateAppChat(ctx, message.UpdateAppChatRequest{ChatID: "c1", Name: "n"})
		},
		"appchat/get": func(ctx ctx, c *wecom.Client) error { return only(message.New(c).GetAppChat(ctx, "c1")) },
		"appchat/send": func(ctx ctx, c *wecom.Client) error {
			return message.New(c).SendAppChat(ctx, message.SendAppChatRequest{ChatID: "c1", Body: message.ChatText{Content: "hi"}})
		},
		"linkedcorp/message/send": func(ctx ctx, c *wecom.Client) error {
			return only(message.New(c).SendLinkedCorp(ctx, message.SendLinkedCorpRequest{ToAll: true, AgentID: 1000002, Body: message.Text{Content: "hi"}}))
		},
		"webhook/send": func(ctx ctx, c *wecom.Client) error {
			return message.NewRobot(c).Send(ctx, message.RobotText{Content: "hi"})
		},
		"webhook/upload_media": func(ctx ctx, c *wecom.Client) error {
			return only(message.NewRobot(c).UploadMedia(ctx, wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: strings.NewReader("a text")}))
		},
		"get_jsapi_ticket":   func(ctx ctx, c *wecom.Client) error { return only(newPages(c).CorpTicket(ctx)) },
		"ticket/get":         func(ctx ctx, c *wecom.Client) error { return only(newPages(c).AgentTicket(ctx)) },
		"auth/getuserinfo":   func(ctx ctx, c *wecom.Client) error { return only(newPages(c).GetUserInfo(ctx, "c1")) },
		"auth/getuserdetail": func(ctx ctx, c *wecom.Client) error { return only(newPages(c).GetUserDetail(ctx, "t1")) },
		"auth/get_tfa_info":  func(ctx ctx, c *wecom.Client) error { return only(newPages(c).GetTFAInfo(ctx, "c1")) },
		"user/tfa_succ":      func(ctx ctx, c *wecom.Client) error { return newPages(c).TFASucc(ctx, "alice", "c1") },

		"message/recall": func(ctx ctx, c *wecom.Client) error { return message.New(c).Recall(ctx, "m1") },
	}
}

// newPages panics over what no client can bring about.
func newPages(c *wecom.Client) *jssdk.Service {
	pages, err := jssdk.New(c, 1000002)
	if err != nil {
		panic(err)
	}
	return pages
}

// onlyReadsAreRepeated lets the server carry out each call and loses its reply:
// a write must not go out again, a read must.
func onlyReadsAreRepeated(t *testing.T, src sources) {
	t.Helper()
	calls := calls()
	for _, op := range src.operations {
		if strings.HasPrefix(op.name, "wecom.") {
			continue // the core tests its own
		}
		name := strings.TrimPrefix(op.path, "/cgi-bin/")
		call, ok := calls[name]
		if name == "aibot/response" {
			continue // its client is its own: package callback tests it
		}
		if strings.HasPrefix(op.name, "isv.") {
			continue // see providersReadsAreRepeated
		}
		if !assert.True(t, ok, "calls() has no line for %s", name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := wecomtest.New(t)
				srv.Fault(name).Times(1).Lost()
				app := srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{
					wecomtest.ScopeContact, wecomtest.ScopeProvider, wecomtest.ScopeComponent, wecomtest.ScopeMarketing, wecomtest.ScopeSchool,
				}})
				srv.Act().GrantComponent(app.AgentID, wecomtest.AcquisitionComponent{})
				client, err := wecom.New(srv.CredentialOf(app), srv.Options()...)
				require.NoError(t, err)
				switch op.token {
				case "key":
					client, err = wecom.NewWebhook("robot-key", srv.Options()...)
					require.NoError(t, err)
				case "suite_access_token":
					client = newProvided(t, srv).suite.Self()
				}

				err = call(t.Context(), client)

				sent := srv.Calls().Op(name).Len()
				if op.read {
					require.NotErrorIs(t, err, wecom.ErrOutcomeUnknown)
					assert.Equal(t, 2, sent)
				} else {
					require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
					assert.Equal(t, 1, sent)
				}
			})
		})
	}
}
