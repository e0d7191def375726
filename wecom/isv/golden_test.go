package isv_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	// Methods that take an id or keep what the reply holds have no exported type
	// for it.
	type (
		sessionInfo struct {
			PreAuthCode string          `json:"pre_auth_code"`
			SessionInfo isv.SessionInfo `json:"session_info"`
		}
		authCode struct {
			AuthCode string `json:"auth_code"`
		}
		authCorp struct {
			CorpID   string `json:"corpid"`
			CorpName string `json:"corp_name"`
		}
		permanentCode struct {
			PermanentCode    string                `json:"permanent_code"`
			AuthCorpInfo     authCorp              `json:"auth_corp_info"`
			AuthUserInfo     *isv.AuthUserInfo     `json:"auth_user_info"`
			RegisterCodeInfo *isv.RegisterCodeInfo `json:"register_code_info"`
			State            string                `json:"state"`
		}
		tenant struct {
			AuthCorpID    string `json:"auth_corpid"`
			PermanentCode string `json:"permanent_code"`
		}
	)
	golden.Run(t, []golden.Case{
		{Op: "get_pre_auth_code", Response: new(isv.PreAuthCode)},
		{Op: "set_session_info", Request: new(sessionInfo)},
		{Op: "get_permanent_code", Request: new(authCode), Response: new(permanentCode)},
		{Op: "get_auth_info", Request: new(tenant), Response: new(isv.AuthInfoResult)},
		{Op: "get_auth_info_v1", Request: new(tenant), Response: new(isv.AuthInfoResult)},
		{Op: "get_admin_list", Response: new(isv.GetAdminListResult)},
	})
}

// The page's sample has a string where its table says list.
func TestNamesMayBeOne(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]isv.Names{`"Tea"`: {"Tea"}, `["Tea","House"]`: {"Tea", "House"}, `""`: nil, `null`: nil, `[]`: {}} {
		var got isv.CorpExName
		require.NoError(t, json.Unmarshal([]byte(`{"name_list":`+doc+`}`), &got), doc)
		assert.Equal(t, want, got.NameList, doc)
	}
	require.Error(t, json.Unmarshal([]byte(`{"name_list":{}}`), new(isv.CorpExName)))
}
