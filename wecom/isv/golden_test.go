package isv_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/wecom"
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
		orderID struct {
			OrderID string `json:"orderid"`
		}
		licenseOrderID struct {
			OrderID string `json:"order_id"`
		}
		jobID struct {
			JobID string `json:"jobid"`
		}
		corpID struct {
			CorpID string `json:"corpid"`
		}
	)
	golden.Run(t, []golden.Case{
		{Op: "get_pre_auth_code", Response: new(isv.PreAuthCode)},
		{Op: "set_session_info", Request: new(sessionInfo)},
		{Op: "get_permanent_code", Request: new(authCode), Response: new(permanentCode)},
		{Op: "get_auth_info", Request: new(tenant), Response: new(isv.AuthInfoResult)},
		{Op: "get_auth_info_v1", Request: new(tenant), Response: new(isv.AuthInfoResult)},
		{Op: "get_admin_list", Response: new(isv.GetAdminListResult)},
		{Op: "get_app_qrcode", Request: new(struct {
			SuiteID    string              `json:"suite_id"`
			AppID      int64               `json:"appid"`
			State      string              `json:"state"`
			Style      *isv.AppQRCodeStyle `json:"style"`
			ResultType int                 `json:"result_type"`
		}), Response: new(struct {
			QRCode string `json:"qrcode"`
		})},
		{Op: "get_customized_auth_url", Request: new(struct {
			State          string   `json:"state"`
			TemplateIDList []string `json:"templateid_list"`
		}), Response: new(isv.CustomizedAuthURL)},

		{Op: "get_user_info_3rd", Response: new(isv.UserInfo3rd)},
		{Op: "get_user_info_3rd_stranger", Response: new(isv.UserInfo3rd)},
		{Op: "get_school_user_info_3rd", Response: new(isv.SchoolUserInfo3rd)},
		{Op: "get_user_detail_3rd", Request: new(struct {
			UserTicket string `json:"user_ticket"`
		}), Response: new(isv.UserDetail3rd)},
		{Op: "jscode2session", Response: new(isv.Session)},
		{Op: "get_login_info", Request: new(authCode), Response: new(isv.LoginInfo)},

		{Op: "get_order", Request: new(orderID), Response: new(isv.Order)},
		{Op: "get_order_list", Request: new(isv.GetOrderListRequest), Response: new(isv.GetOrderListResult)},
		{Op: "prolong_try", Request: new(isv.ProlongTryRequest), Response: new(struct {
			TryEndTime wecom.UnixTime `json:"try_end_time"`
		})},
		{Op: "get_register_code", Request: new(isv.GetRegisterCodeRequest), Response: new(isv.RegisterCode)},
		{Op: "get_register_info", Request: new(struct {
			RegisterCode string `json:"register_code"`
		}), Response: new(isv.RegisterInfo)},

		{Op: "contact_search", Request: new(isv.SearchRequest), Response: new(isv.SearchResult)},
		{Op: "contact_batchsearch", Request: new(isv.BatchSearchRequest), Response: new(isv.BatchSearchResult)},
		{Op: "contact_sort", Request: new(isv.SortContactRequest), Response: new(struct {
			UserIDList []string `json:"useridlist"`
		})},
		{Op: "contact_id_translate", Request: new(isv.TranslateIDRequest), Response: new(jobID)},
		{Op: "batch_getresult", Response: new(isv.JobResult)},
		{Op: "corpid_to_opencorpid", Request: new(corpID), Response: new(struct {
			OpenCorpID string `json:"open_corpid"`
		})},
		{Op: "unionid_to_external_userid_3rd", Request: new(isv.UnionIDToExternalUserID3rdRequest), Response: new(isv.UnionIDToExternalUserID3rdResult)},
		{Op: "finish_openid_migration", Request: new(isv.FinishOpenIDMigrationRequest)},
		{Op: "get_account_balance", Response: new(struct {
			Balance int64 `json:"balance"`
		})},

		{Op: "license_create_new_order", Request: new(isv.CreateNewOrderRequest), Response: new(licenseOrderID)},
		{Op: "license_create_renew_order_job", Request: new(isv.CreateRenewOrderJobRequest), Response: new(isv.CreateRenewOrderJobResult)},
		{Op: "license_submit_order_job", Request: new(isv.SubmitOrderJobRequest), Response: new(licenseOrderID)},
		{Op: "license_list_order", Request: new(isv.ListLicenseOrderRequest), Response: new(isv.ListLicenseOrderResult)},
		{Op: "license_get_order", Request: new(licenseOrderID), Response: new(struct {
			Order isv.LicenseOrder `json:"order"`
		})},
		{Op: "license_list_order_account", Request: new(isv.ListOrderAccountRequest), Response: new(isv.ListOrderAccountResult)},
		{Op: "license_cancel_order", Request: new(struct {
			CorpID  string `json:"corpid"`
			OrderID string `json:"order_id"`
		})},
		{Op: "license_create_new_order_job", Request: new(isv.CreateNewOrderJobRequest), Response: new(isv.CreateNewOrderJobResult)},
		{Op: "license_submit_new_order_job", Request: new(struct {
			JobID       string `json:"jobid"`
			BuyerUserID string `json:"buyer_userid"`
		}), Response: new(jobID)},
		{Op: "license_new_order_job_result", Request: new(jobID), Response: new(isv.NewOrderJobResult)},
		{Op: "license_get_union_order", Request: new(isv.GetUnionOrderRequest), Response: new(isv.GetUnionOrderResult)},
		{Op: "license_submit_pay_job", Request: new(struct {
			PayerUserID string `json:"payer_userid"`
			OrderID     string `json:"order_id"`
		}), Response: new(jobID)},
		{Op: "license_pay_job_result", Request: new(jobID), Response: new(isv.PayJobResult)},
		{Op: "license_active_account", Request: new(struct {
			ActiveCode string `json:"active_code"`
			CorpID     string `json:"corpid"`
			UserID     string `json:"userid"`
		})},
		{Op: "license_batch_active_account", Request: new(isv.BatchActiveAccountRequest), Response: new(isv.BatchActiveAccountResult)},
		{Op: "license_get_active_info_by_code", Request: new(struct {
			CorpID     string `json:"corpid"`
			ActiveCode string `json:"active_code"`
		}), Response: new(struct {
			ActiveInfo isv.ActiveInfo `json:"active_info"`
		})},
		{Op: "license_batch_get_active_info_by_code", Request: new(struct {
			CorpID         string   `json:"corpid"`
			ActiveCodeList []string `json:"active_code_list"`
		}), Response: new(isv.BatchGetActiveInfoByCodeResult)},
		{Op: "license_list_actived_account", Request: new(isv.ListActivedAccountRequest), Response: new(isv.ListActivedAccountResult)},
		{Op: "license_get_active_info_by_user", Request: new(struct {
			CorpID string `json:"corpid"`
			UserID string `json:"userid"`
		}), Response: new(isv.UserActiveInfo)},
		{Op: "license_batch_transfer_license", Request: new(isv.BatchTransferLicenseRequest), Response: new(isv.BatchTransferLicenseResult)},
		{Op: "license_batch_share_active_code", Request: new(isv.BatchShareActiveCodeRequest), Response: new(isv.BatchShareActiveCodeResult)},
		{Op: "license_get_app_license_info", Request: new(isv.GetAppLicenseInfoRequest), Response: new(isv.AppLicenseInfo)},
		{Op: "license_set_auto_active_status", Request: new(struct {
			CorpID           string       `json:"corpid"`
			AutoActiveStatus wecom.Bool01 `json:"auto_active_status"`
		})},
		{Op: "license_get_auto_active_status", Request: new(corpID), Response: new(struct {
			AutoActiveStatus wecom.Bool01 `json:"auto_active_status"`
		})},
		{Op: "license_support_policy_query", Request: new(corpID), Response: new(isv.SupportPolicy)},

		{Op: "corpgroup_gettoken", Request: new(struct {
			CorpID       string           `json:"corpid"`
			AgentID      int64            `json:"agentid"`
			BusinessType isv.BusinessType `json:"business_type"`
		}), Response: new(struct {
			AccessToken string        `json:"access_token"`
			ExpiresIn   wecom.Seconds `json:"expires_in"`
		})},
		{Op: "list_app_share_info", Request: new(isv.ListAppShareInfoRequest), Response: new(isv.ListAppShareInfoResult)},
		{Op: "get_chain_list", Response: new(isv.GetChainListResult)},
		{Op: "get_chain_group", Request: new(struct {
			ChainID string `json:"chain_id"`
			GroupID int64  `json:"groupid"`
		}), Response: new(isv.GetChainGroupResult)},
		{Op: "get_chain_corpinfo_list", Request: new(isv.GetChainCorpInfoListRequest), Response: new(isv.GetChainCorpInfoListResult)},
		{Op: "get_chain_corpinfo", Request: new(isv.GetChainCorpInfoRequest), Response: new(isv.ChainCorpInfo)},
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
