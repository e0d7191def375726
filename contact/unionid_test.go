package contact_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
)

const (
	opConvertUnionID = "idconvert/unionid_to_external_userid"
	opGetContact     = "externalcontact/get"
)

func TestFindByUnionID(t *testing.T) {
	t.Parallel()
	const refusal = `{"errcode":84061,"errmsg":"not external contact"}`
	tests := []struct {
		name    string
		replies map[string]string
		want    *contact.UnionIDMatch
		pending bool
		calls   int
	}{
		{"a customer", map[string]string{
			opConvertUnionID: `{"errcode":0,"external_userid":"wm1"}`,
			opGetContact:     `{"errcode":0,"external_contact":{"external_userid":"wm1","name":"Zoe"}}`,
		}, &contact.UnionIDMatch{
			ExternalUserID: "wm1",
			Contact:        &contact.Contact{ExternalContact: contact.ExternalContact{ExternalUserID: "wm1", Name: "Zoe"}},
		}, false, 2},
		{"somebody else", map[string]string{
			opConvertUnionID: `{"errcode":0,"pending_id":"p1"}`,
		}, &contact.UnionIDMatch{PendingID: "p1"}, true, 1},
		{"a member of a group chat", map[string]string{
			opConvertUnionID: `{"errcode":0,"external_userid":"wm1","pending_id":"p1"}`,
			opGetContact:     refusal,
		}, &contact.UnionIDMatch{ExternalUserID: "wm1", PendingID: "p1"}, false, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := &wire{replies: tt.replies}

			got, err := w.contacts(t).FindByUnionID(t.Context(), contact.ConvertUnionIDToExternalUserIDRequest{UnionID: "union1", OpenID: "open1"})

			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.pending, got.Pending())
			require.Len(t, w.sent, tt.calls)
			assert.Equal(t, opConvertUnionID+` {"unionid":"union1","openid":"open1"}`, w.sent[0])
		})
	}
}

func TestFindByUnionIDFails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		replies map[string]string
		want    wecom.Code
	}{
		{"with the conversion", map[string]string{opConvertUnionID: `{"errcode":610014,"errmsg":"invalid unionid"}`}, wecom.CodeInvalidUnionID},
		{"with the customer", map[string]string{
			opConvertUnionID: `{"errcode":0,"external_userid":"wm1"}`,
			opGetContact:     `{"errcode":48002,"errmsg":"api forbidden"}`,
		}, wecom.CodeAPIForbidden},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := &wire{replies: tt.replies}

			got, err := w.contacts(t).FindByUnionID(t.Context(), contact.ConvertUnionIDToExternalUserIDRequest{UnionID: "union1", OpenID: "open1"})

			assert.True(t, wecom.IsCode(err, tt.want), "%v", err)
			assert.Nil(t, got)
		})
	}
}

func TestConversionsTellOfWhatTheyLeftOut(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		all, fewer interface{ Partial() bool }
	}{
		{"mobiles", &contact.BatchToExternalUserIDResult{}, &contact.BatchToExternalUserIDResult{FailList: []contact.MobileFailure{{}}}},
		{"tags", &contact.ConvertExternalTagIDResult{}, &contact.ConvertExternalTagIDResult{InvalidExternalTagIDList: []string{"et1"}}},
		{"微信客服", &contact.ConvertOpenKFIDResult{}, &contact.ConvertOpenKFIDResult{InvalidOpenKFIDList: []string{"wk1"}}},
		{"temporary ids", &contact.ConvertTmpExternalUserIDResult{}, &contact.ConvertTmpExternalUserIDResult{InvalidTmpExternalUserIDList: []string{"ou1"}}},
		{"chats", &contact.ConvertChatIDResult{}, &contact.ConvertChatIDResult{InvalidChatIDList: []string{"wr1"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.False(t, tt.all.Partial())
			assert.True(t, tt.fewer.Partial())
		})
	}
}

// A suite's call needs a suite's token: a corp's client must not send its own.
func TestUpgradeChatIDForNewCorpWantsASuite(t *testing.T) {
	t.Parallel()
	w := &wire{}

	err := w.contacts(t).UpgradeChatIDForNewCorp(t.Context())

	require.ErrorContains(t, err, "suite_access_token")
	assert.Empty(t, w.sent)
}
