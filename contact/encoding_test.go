package contact_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/wecom"
)

// What is left out, what is cleared, and what has no meaning but zero.
func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		req  any
		want string
	}{
		{"nil leaves a remark", contact.RemarkRequest{UserID: "a", ExternalUserID: "z"}, `{"userid":"a","external_userid":"z"}`},
		{
			"empty clears a remark",
			contact.RemarkRequest{UserID: "a", ExternalUserID: "z", Remark: new(""), Description: new(""), RemarkCompany: new("")},
			`{"userid":"a","external_userid":"z","remark":"","description":"","remark_company":""}`,
		},
		{
			"an empty number clears the numbers",
			contact.RemarkRequest{UserID: "a", ExternalUserID: "z", RemarkMobiles: []string{""}},
			`{"userid":"a","external_userid":"z","remark_mobiles":[""]}`,
		},
		{
			"the least contact way",
			contact.AddContactWayRequest{Type: contact.ContactWayTypeMultiple, Scene: contact.ContactWaySceneQRCode},
			`{"type":2,"scene":2}`,
		},
		{
			"false against a default of true",
			contact.AddContactWayRequest{SkipVerify: new(false), MarkSource: new(false)},
			`{"type":0,"scene":0,"skip_verify":false,"mark_source":false}`,
		},
		{
			"durations are seconds",
			contact.AddContactWayRequest{IsTemp: true, ExpiresIn: wecom.Seconds(48 * time.Hour), ChatExpiresIn: wecom.Seconds(time.Hour)},
			`{"type":0,"scene":0,"is_temp":true,"expires_in":172800,"chat_expires_in":3600}`,
		},
		{
			"an update changes only what is set",
			contact.UpdateContactWayRequest{ConfigID: "c", State: new(""), User: []string{}},
			`{"config_id":"c","state":"","user":[]}`,
		},
		{
			"zero times are left out",
			contact.ListContactWayRequest{EndTime: wecom.NewUnixTime(time.Unix(1625068800, 0))},
			`{"end_time":1625068800}`,
		},
		{"the least acquisition link", contact.CreateAcquisitionLinkRequest{LinkName: "n", Range: contact.AcquisitionRange{UserList: []string{"a"}}}, `{"link_name":"n","range":{"user_list":["a"]}}`},
		{
			"an update of an acquisition link sends only what is set",
			contact.UpdateAcquisitionLinkRequest{LinkID: "l", SkipVerify: new(false), PriorityOption: contact.AcquisitionPriority{PriorityType: contact.AcquisitionPriorityTypeCorp}},
			`{"link_id":"l","skip_verify":false,"priority_option":{"priority_type":1}}`,
		},
		{
			"a rule group that may do everything",
			contact.CreateStrategyRequest{StrategyName: "n", AdminList: []string{"a"}, Range: []contact.StrategyRange{{Type: contact.StrategyRangeTypeParty, PartyID: 1}}},
			`{"strategy_name":"n","admin_list":["a"],"range":[{"type":2,"partyid":1}]}`,
		},
		{
			"a rule group that may not share",
			contact.EditStrategyRequest{StrategyID: 1, Privilege: contact.StrategyPrivilege{ShareCustomer: new(false)}},
			`{"strategy_id":1,"privilege":{"share_customer":false}}`,
		},
		{
			"days are seconds",
			contact.GetUserBehaviorDataRequest{UserID: []string{"a"}, StartTime: wecom.NewUnixTime(time.Unix(1536508800, 0)), EndTime: wecom.NewUnixTime(time.Unix(1536595200, 0))},
			`{"userid":["a"],"start_time":1536508800,"end_time":1536595200}`,
		},
		{"no message of one's own", contact.TransferCustomerRequest{ExternalUserID: []string{"z"}}, `{"handover_userid":"","takeover_userid":"","external_userid":["z"]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := codec.AppendJSON(nil, tt.req)
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(got))
		})
	}
}

func TestEnums(t *testing.T) {
	t.Parallel()
	tests := []struct{ known, unknown, name string }{
		{contact.AddWayQRCode.String(), contact.AddWay(99).String(), "AddWay"},
		{contact.TypeWechat.String(), contact.Type(99).String(), "Type"},
		{contact.GenderMale.String(), contact.Gender(99).String(), "Gender"},
		{contact.ExternalAttrTypeWeb.String(), contact.ExternalAttrType(99).String(), "ExternalAttrType"},
		{contact.TagTypeCorp.String(), contact.TagType(99).String(), "TagType"},
		{contact.ChannelSourceLive.String(), contact.ChannelSource(99).String(), "ChannelSource"},
		{contact.ContactWayTypeSingle.String(), contact.ContactWayType(99).String(), "ContactWayType"},
		{contact.ContactWaySceneQRCode.String(), contact.ContactWayScene(99).String(), "ContactWayScene"},
		{contact.TransferStatusDone.String(), contact.TransferStatus(99).String(), "TransferStatus"},
		{contact.AcquisitionPriorityTypeList.String(), contact.AcquisitionPriorityType(99).String(), "AcquisitionPriorityType"},
		{contact.AcquisitionChatStatusSent.String(), contact.AcquisitionChatStatus(99).String(), "AcquisitionChatStatus"},
		{contact.AcquisitionPayModeProvider.String(), contact.AcquisitionPayMode(99).String(), "AcquisitionPayMode"},
		{contact.AcquisitionLinkAuthModeApp.String(), contact.AcquisitionLinkAuthMode(99).String(), "AcquisitionLinkAuthMode"},
		{contact.StrategyRangeTypeUser.String(), contact.StrategyRangeType(99).String(), "StrategyRangeType"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.NotContains(t, tt.known, "(")
			assert.Equal(t, tt.name+"(99)", tt.unknown)
		})
	}
}

// WeCom adds values to its enums and puts quotes around its numbers; neither
// may cost the rest of a reply.
func TestUnknownAndQuotedValuesPass(t *testing.T) {
	t.Parallel()
	var got contact.Contact

	err := codec.Decode([]byte(`{"external_contact":{"type":"7","gender":"1"},"follow_user":[{"add_way":777,"createtime":"1525779812","new_field":{}}]}`), &got)

	require.NoError(t, err)
	assert.Equal(t, contact.Type(7), got.ExternalContact.Type)
	assert.Equal(t, contact.GenderMale, got.ExternalContact.Gender)
	require.Len(t, got.FollowUser, 1)
	assert.Equal(t, contact.AddWay(777), got.FollowUser[0].AddWay)
	assert.Equal(t, int64(1525779812), got.FollowUser[0].CreateTime.Unix())
}

// A day without chats that customers began has no percentage of answers: that
// is not the same as none answered.
func TestBehaviorOfAQuietDay(t *testing.T) {
	t.Parallel()
	var quiet, rude contact.BehaviorData

	require.NoError(t, codec.Decode([]byte(`{"stat_time":1536508800,"chat_cnt":0}`), &quiet))
	require.NoError(t, codec.Decode([]byte(`{"stat_time":1536508800,"chat_cnt":0,"reply_percentage":0,"avg_reply_time":0}`), &rude))

	assert.Nil(t, quiet.ReplyPercentage)
	assert.Nil(t, quiet.AvgReplyTime)
	require.NotNil(t, rude.ReplyPercentage)
	assert.Zero(t, *rude.ReplyPercentage)
	require.NotNil(t, rude.AvgReplyTime)
}
