package apicheck_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// provided is a provider with a suite that the corp of a simulator has
// authorised, and the auth code of another corp.
type provided struct {
	suite    *isv.Suite
	provider *isv.Provider
	group    *isv.CorpGroup
	corpID   string
	authCode string
}

func newProvided(t *testing.T, srv *wecomtest.Server) provided {
	t.Helper()
	app := srv.AddSuite(wecomtest.Suite{})
	suite, err := isv.NewSuite(isv.SuiteCredential{SuiteID: app.SuiteID, Secret: app.Secret}, isv.WithClientOptions(srv.Options()...))
	require.NoError(t, err)
	h, err := callback.NewHandler(callback.Keys(srv.SuiteKeys(app.SuiteID)))
	require.NoError(t, err)
	p := provided{suite: suite, corpID: srv.OpenCorpID("")}
	require.NoError(t, isv.Mount(h, isv.Route{Suite: suite}))
	require.NoError(t, srv.SetCallback(wecomtest.Callback{SuiteID: app.SuiteID, Handler: h}))
	srv.WaitDeliveries(1) // the ticket

	own := srv.Provider()
	p.provider, err = isv.NewProvider(isv.ProviderCredential{CorpID: own.CorpID, Secret: own.Secret}, isv.WithClientOptions(srv.Options()...))
	require.NoError(t, err)
	p.group, err = isv.NewCorpGroup(srv.NewClient())
	require.NoError(t, err)
	return p
}

// install has the corp authorise the suite, and another one that comes by the
// install page.
func (p *provided) install(t *testing.T, srv *wecomtest.Server) {
	t.Helper()
	srv.Act().AuthorizeSuite(p.suite.SuiteID(), wecomtest.Authorization{})
	srv.WaitDeliveries(2)
	link, err := p.suite.InstallURL(t.Context(), isv.InstallURLRequest{RedirectURI: "https://app.example.com/installed", State: "s1"})
	require.NoError(t, err)
	redirect, err := srv.AddCorp("Other").Act().AuthorizeByLink(link, wecomtest.Authorization{})
	require.NoError(t, err)
	_, query, _ := strings.Cut(redirect, "auth_code=")
	p.authCode, _, _ = strings.Cut(query, "&")
}

// providerCalls makes one call of every operation of package isv.
func providerCalls() map[string]func(context.Context, provided) error {
	type ctx = context.Context
	only := func(_ any, err error) error { return err }
	return map[string]func(context.Context, provided) error{
		"service/get_suite_token":    func(ctx ctx, p provided) error { return only(p.suite.GetPreAuthCode(ctx)) },
		"service/get_provider_token": func(ctx ctx, p provided) error { return only(p.provider.Self().Token(ctx)) },
		"service/get_corp_token": func(ctx ctx, p provided) error {
			c, err := p.suite.Client(ctx, p.corpID)
			if err != nil {
				return err
			}
			return only(c.Token(ctx))
		},
		"service/v2/get_permanent_code": func(ctx ctx, p provided) error { return only(p.suite.Authorize(ctx, p.authCode)) },
		"service/v2/get_auth_info":      func(ctx ctx, p provided) error { return only(p.suite.GetAuthInfo(ctx, p.corpID)) },
		"service/get_auth_info":         func(ctx ctx, p provided) error { return only(p.suite.GetAuthInfoV1(ctx, p.corpID)) },
		"agent/get_admin_list":          func(ctx ctx, p provided) error { return only(p.suite.GetAdminList(ctx, p.corpID)) },
		"service/get_pre_auth_code":     func(ctx ctx, p provided) error { return only(p.suite.GetPreAuthCode(ctx)) },
		"service/set_session_info": func(ctx ctx, p provided) error {
			return p.suite.SetSessionInfo(ctx, "pre-auth-code", isv.SessionInfo{AuthType: isv.SessionAuthTypeTest})
		},
		"service/get_app_qrcode": func(ctx ctx, p provided) error {
			return only(p.suite.GetAppQRCode(ctx, isv.GetAppQRCodeRequest{State: "fair"}))
		},
		"service/get_customized_auth_url": func(ctx ctx, p provided) error {
			return only(p.provider.GetCustomizedAuthURL(ctx, "fair", []string{"dk1"}))
		},

		"service/auth/getuserinfo3rd":        func(ctx ctx, p provided) error { return only(p.suite.GetUserInfo3rd(ctx, "code")) },
		"service/getuserinfo3rd":             func(ctx ctx, p provided) error { return only(p.suite.GetSchoolUserInfo3rd(ctx, "code")) },
		"service/auth/getuserdetail3rd":      func(ctx ctx, p provided) error { return only(p.suite.GetUserDetail3rd(ctx, "ticket")) },
		"service/miniprogram/jscode2session": func(ctx ctx, p provided) error { return only(p.suite.JSCode2Session(ctx, "code")) },
		"service/get_login_info":             func(ctx ctx, p provided) error { return only(p.provider.GetLoginInfo(ctx, "code")) },

		"service/get_order": func(ctx ctx, p provided) error { return only(p.suite.GetOrder(ctx, "o1")) },
		"service/get_order_list": func(ctx ctx, p provided) error {
			now := p.suite.Self().Clock().Now()
			return only(p.suite.GetOrderList(ctx, isv.GetOrderListRequest{StartTime: wecom.NewUnixTime(now.Add(-time.Hour)), EndTime: wecom.NewUnixTime(now)}))
		},
		"service/prolong_try": func(ctx ctx, p provided) error {
			return only(p.suite.ProlongTry(ctx, isv.ProlongTryRequest{BuyerCorpID: p.corpID, ProlongDays: 7}))
		},
		"service/get_register_code": func(ctx ctx, p provided) error {
			return only(p.provider.GetRegisterCode(ctx, isv.GetRegisterCodeRequest{TemplateID: "tpl1"}))
		},
		"service/get_register_info": func(ctx ctx, p provided) error { return only(p.provider.GetRegisterInfo(ctx, "code")) },

		"service/contact/search": func(ctx ctx, p provided) error {
			return only(p.provider.SearchContact(ctx, isv.SearchRequest{AuthCorpID: p.corpID, SearchQuery: isv.SearchQuery{QueryWord: "alice"}}))
		},
		"service/contact/batchsearch": func(ctx ctx, p provided) error {
			return only(p.provider.BatchSearchContact(ctx, isv.BatchSearchRequest{AuthCorpID: p.corpID, QueryRequestList: []isv.SearchQuery{{QueryWord: "alice"}}}))
		},
		"service/contact/sort": func(ctx ctx, p provided) error {
			return only(p.provider.SortContact(ctx, isv.SortContactRequest{AuthCorpID: p.corpID, UserIDList: []string{"alice"}}))
		},
		"service/media/upload": func(ctx ctx, p provided) error {
			return only(p.provider.UploadMedia(ctx, wecom.File{Name: "a.txt", Reader: strings.NewReader("a text")}))
		},
		"service/contact/id_translate": func(ctx ctx, p provided) error {
			return only(p.provider.TranslateID(ctx, isv.TranslateIDRequest{AuthCorpID: p.corpID, MediaIDList: []string{"m1"}}))
		},
		"service/batch/getresult":      func(ctx ctx, p provided) error { return only(p.provider.GetResult(ctx, "j1")) },
		"service/corpid_to_opencorpid": func(ctx ctx, p provided) error { return only(p.provider.CorpIDToOpenCorpID(ctx, "wwcorp")) },
		"service/externalcontact/unionid_to_external_userid_3rd": func(ctx ctx, p provided) error {
			return only(p.suite.UnionIDToExternalUserID3rd(ctx, isv.UnionIDToExternalUserID3rdRequest{UnionID: "union1", OpenID: "open1"}))
		},
		"service/externalcontact/finish_external_userid_migration": func(ctx ctx, p provided) error {
			return p.provider.FinishExternalUserIDMigration(ctx, p.corpID)
		},
		"service/finish_openid_migration": func(ctx ctx, p provided) error {
			return p.provider.FinishOpenIDMigration(ctx, isv.FinishOpenIDMigrationRequest{CorpID: p.corpID, OpenIDType: []isv.OpenIDType{isv.OpenIDTypeUser}})
		},
		"service/get_account_balance": func(ctx ctx, p provided) error { return only(p.provider.GetAccountBalance(ctx)) },

		"license/create_new_order": func(ctx ctx, p provided) error {
			return only(p.provider.License().CreateNewOrder(ctx, isv.CreateNewOrderRequest{
				CorpID: p.corpID, BuyerUserID: "boss", AccountCount: isv.AccountCount{BaseCount: 1}, AccountDuration: isv.AccountDuration{Months: 1},
			}))
		},
		"license/create_renew_order_job": func(ctx ctx, p provided) error {
			return only(p.provider.License().CreateRenewOrderJob(ctx, isv.CreateRenewOrderJobRequest{
				CorpID: p.corpID, AccountList: []isv.RenewAccount{{UserID: "alice", Type: isv.AccountTypeBasic}},
			}))
		},
		"license/submit_order_job": func(ctx ctx, p provided) error {
			return only(p.provider.License().SubmitOrderJob(ctx, isv.SubmitOrderJobRequest{
				JobID: "j1", BuyerUserID: "boss", AccountDuration: isv.RenewalDuration{Months: 1},
			}))
		},
		"license/list_order": func(ctx ctx, p provided) error {
			return only(p.provider.License().ListOrder(ctx, isv.ListLicenseOrderRequest{CorpID: p.corpID}))
		},
		"license/get_order": func(ctx ctx, p provided) error { return only(p.provider.License().GetOrder(ctx, "o1")) },
		"license/list_order_account": func(ctx ctx, p provided) error {
			return only(p.provider.License().ListOrderAccount(ctx, isv.ListOrderAccountRequest{OrderID: "o1"}))
		},
		"license/cancel_order": func(ctx ctx, p provided) error { return p.provider.License().CancelOrder(ctx, p.corpID, "o1") },
		"license/create_new_order_job": func(ctx ctx, p provided) error {
			return only(p.provider.License().CreateNewOrderJob(ctx, isv.CreateNewOrderJobRequest{BuyList: []isv.CorpOrder{{
				CorpID: p.corpID, AccountCount: isv.AccountCount{BaseCount: 1}, AccountDuration: isv.AccountDuration{Months: 1},
			}}}))
		},
		"license/submit_new_order_job": func(ctx ctx, p provided) error {
			return only(p.provider.License().SubmitNewOrderJob(ctx, "j1", "boss"))
		},
		"license/new_order_job_result": func(ctx ctx, p provided) error {
			return only(p.provider.License().NewOrderJobResult(ctx, "j1"))
		},
		"license/get_union_order": func(ctx ctx, p provided) error {
			return only(p.provider.License().GetUnionOrder(ctx, isv.GetUnionOrderRequest{OrderID: "o1"}))
		},
		"license/submit_pay_job": func(ctx ctx, p provided) error {
			return only(p.provider.License().SubmitPayJob(ctx, "boss", "o1"))
		},
		"license/pay_job_result": func(ctx ctx, p provided) error { return only(p.provider.License().PayJobResult(ctx, "j1")) },
		"license/active_account": func(ctx ctx, p provided) error {
			return p.provider.License().ActiveAccount(ctx, p.corpID, "code", "alice")
		},
		"license/batch_active_account": func(ctx ctx, p provided) error {
			return only(p.provider.License().BatchActiveAccount(ctx, isv.BatchActiveAccountRequest{
				CorpID: p.corpID, ActiveList: []isv.Activation{{ActiveCode: "code", UserID: "alice"}},
			}))
		},
		"license/get_active_info_by_code": func(ctx ctx, p provided) error {
			return only(p.provider.License().GetActiveInfoByCode(ctx, p.corpID, "code"))
		},
		"license/batch_get_active_info_by_code": func(ctx ctx, p provided) error {
			return only(p.provider.License().BatchGetActiveInfoByCode(ctx, p.corpID, []string{"code"}))
		},
		"license/list_actived_account": func(ctx ctx, p provided) error {
			return only(p.provider.License().ListActivedAccount(ctx, isv.ListActivedAccountRequest{CorpID: p.corpID}))
		},
		"license/get_active_info_by_user": func(ctx ctx, p provided) error {
			return only(p.provider.License().GetActiveInfoByUser(ctx, p.corpID, "alice"))
		},
		"license/batch_transfer_license": func(ctx ctx, p provided) error {
			return only(p.provider.License().BatchTransferLicense(ctx, isv.BatchTransferLicenseRequest{
				CorpID: p.corpID, TransferList: []isv.LicenseTransfer{{HandoverUserID: "alice", TakeoverUserID: "bob"}},
			}))
		},
		"license/batch_share_active_code": func(ctx ctx, p provided) error {
			return only(p.provider.License().BatchShareActiveCode(ctx, isv.BatchShareActiveCodeRequest{
				FromCorpID: p.corpID, ToCorpID: "wpchild", ShareList: []isv.SharedCode{{ActiveCode: "code"}},
			}))
		},
		"license/get_app_license_info": func(ctx ctx, p provided) error {
			return only(p.provider.License().GetAppLicenseInfo(ctx, isv.GetAppLicenseInfoRequest{CorpID: p.corpID, SuiteID: p.suite.SuiteID()}))
		},
		"license/set_auto_active_status": func(ctx ctx, p provided) error {
			return p.provider.License().SetAutoActiveStatus(ctx, p.corpID, true)
		},
		"license/get_auto_active_status": func(ctx ctx, p provided) error {
			return only(p.provider.License().GetAutoActiveStatus(ctx, p.corpID))
		},
		"license/support_policy_query": func(ctx ctx, p provided) error {
			return only(p.provider.License().SupportPolicyQuery(ctx, p.corpID))
		},

		"corpgroup/corp/gettoken": func(ctx ctx, p provided) error {
			child, err := p.group.Client(isv.ChildApp{CorpID: "wpchild", AgentID: 1000001})
			if err != nil {
				return err
			}
			return only(child.Token(ctx))
		},
		"corpgroup/corp/list_app_share_info": func(ctx ctx, p provided) error {
			return only(p.group.ListAppShareInfo(ctx, isv.ListAppShareInfoRequest{AgentID: 1000002}))
		},
		"corpgroup/corp/get_chain_list":  func(ctx ctx, p provided) error { return only(p.group.GetChainList(ctx)) },
		"corpgroup/corp/get_chain_group": func(ctx ctx, p provided) error { return only(p.group.GetChainGroup(ctx, "ch1", 0)) },
		"corpgroup/corp/get_chain_corpinfo_list": func(ctx ctx, p provided) error {
			return only(p.group.GetChainCorpInfoList(ctx, isv.GetChainCorpInfoListRequest{ChainID: "ch1"}))
		},
		"corpgroup/corp/get_chain_corpinfo": func(ctx ctx, p provided) error {
			return only(p.group.GetChainCorpInfo(ctx, isv.GetChainCorpInfoRequest{ChainID: "ch1", CorpID: "wpchild"}))
		},
	}
}

// TestProviderReadsAreRepeated is what onlyReadsAreRepeated is for the others.
func TestProviderReadsAreRepeated(t *testing.T) {
	t.Parallel()
	calls := providerCalls()
	for _, op := range loadSources(t).operations {
		name := strings.TrimPrefix(op.path, "/cgi-bin/")
		if !strings.HasPrefix(op.name, "isv.") {
			continue
		}
		call, ok := calls[name]
		if !assert.True(t, ok, "providerCalls() has no line for %s", name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := wecomtest.New(t)
				p := newProvided(t, srv)
				if name != "service/get_suite_token" { // which installing would ask for
					p.install(t, srv)
				}
				before := srv.Calls().Op(name).Len()
				srv.Fault(name).Times(1).Lost()

				err := call(t.Context(), p)

				sent := srv.Calls().Op(name).Len() - before
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

// providerServices are those of package isv, over a server that hands out
// whatever it is asked for.
func providerServices(t *testing.T) []any {
	t.Helper()
	generous := isv.WithClientOptions(wecom.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			_, _ = io.Copy(io.Discard, r.Body)
		}
		body, err := json.Marshal(map[string]any{
			"suite_access_token": "token", "provider_access_token": "token", "access_token": "token", "expires_in": 7200,
			"permanent_code": "code", "auth_corp_info": map[string]any{"corpid": "text"},
			"auth_info":     map[string]any{"agent": []any{map[string]any{"agentid": 1}}},
			"pre_auth_code": "code",
		})
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(body)))}, err
	})}))
	store := new(isv.MemoryStore)
	suite, err := isv.NewSuite(isv.SuiteCredential{SuiteID: "text", Secret: "secret"}, generous, isv.WithTickets(store), isv.WithTenants(store))
	require.NoError(t, err)
	require.NoError(t, store.PutTicket(t.Context(), "text", isv.Ticket{Value: "ticket", Pushed: time.Now()}))
	require.NoError(t, store.PutTenant(t.Context(), isv.Tenant{SuiteID: "text", CorpID: "text", PermanentCode: "code"}))
	provider, err := isv.NewProvider(isv.ProviderCredential{CorpID: "wwprovider", Secret: "secret"}, generous)
	require.NoError(t, err)
	upstream, err := wecom.New(wecom.Credential{CorpID: "wwcontract"}, wecom.WithTokenSource(staticToken{}), successes())
	require.NoError(t, err)
	group, err := isv.NewCorpGroup(upstream)
	require.NoError(t, err)
	return []any{suite, provider, provider.License(), group}
}
