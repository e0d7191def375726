package isv_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A tenancy is a provider with a suite, and a corp that has authorised it.
type tenancy struct {
	srv      *wecomtest.Server
	corp     *wecomtest.Server
	corpID   string // as the provider knows it
	suite    *isv.Suite
	provider *isv.Provider
	heard    int // notices so far
}

func newTenancy(t *testing.T, in wecomtest.Suite, opts ...isv.Option) *tenancy {
	t.Helper()
	srv := wecomtest.New(t)
	app, own := srv.AddSuite(in), srv.Provider()
	v := &tenancy{srv: srv, corp: srv.AddCorp("Tea House")}
	v.corpID = v.corp.OpenCorpID("")
	there := isv.WithClientOptions(srv.Options()...)
	var err error
	v.suite, err = isv.NewSuite(isv.SuiteCredential{SuiteID: app.SuiteID, Secret: app.Secret}, append([]isv.Option{there}, opts...)...)
	require.NoError(t, err)
	v.provider, err = isv.NewProvider(isv.ProviderCredential{CorpID: own.CorpID, Secret: own.Secret}, there)
	require.NoError(t, err)
	h, err := callback.NewHandler(callback.Keys(srv.SuiteKeys(app.SuiteID)), callback.WithClock(srv.Clock()))
	require.NoError(t, err)
	require.NoError(t, isv.Mount(h, isv.Route{Suite: v.suite}))
	require.NoError(t, srv.SetCallback(wecomtest.Callback{SuiteID: app.SuiteID, Handler: h}))
	v.hear()
	return v
}

// hear waits for one more notice.
func (v *tenancy) hear() {
	v.heard++
	v.srv.WaitDeliveries(v.heard)
}

func (v *tenancy) install() *tenancy {
	v.corp.Act().AuthorizeSuite(v.suite.SuiteID(), wecomtest.Authorization{})
	v.hear()
	return v
}

// parameter reads one of an address.
func parameter(t *testing.T, address, name string) string {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	require.NotEmpty(t, u.Query().Get(name), address)
	return u.Query().Get(name)
}

const back = "https://app.example.com/in"

func TestInstallPage(t *testing.T) {
	t.Parallel()
	v := newTenancy(t, wecomtest.Suite{Name: "Greeter"})
	link, err := v.suite.InstallURL(t.Context(), isv.InstallURLRequest{RedirectURI: back, State: "s1"})
	require.NoError(t, err)

	redirect, err := v.corp.Act().AuthorizeByLink(link, wecomtest.Authorization{})
	require.NoError(t, err)
	assert.Equal(t, "s1", parameter(t, redirect, "state"))
	auth, err := v.suite.Authorize(t.Context(), parameter(t, redirect, "auth_code"))

	require.NoError(t, err)
	assert.Equal(t, v.corpID, auth.AuthCorpInfo.CorpID)
	assert.Equal(t, "Tea House", auth.AuthCorpInfo.CorpName)
	assert.Equal(t, v.corp.PermanentCode(v.suite.SuiteID()), auth.PermanentCode)
	client, err := v.suite.Client(t.Context(), v.corpID)
	require.NoError(t, err)
	_, err = contact.New(client).GetFollowUserList(t.Context())
	require.NoError(t, err)
	admins, err := v.suite.GetAdminList(t.Context(), v.corpID)
	require.NoError(t, err)
	assert.Empty(t, admins.Admin)

	_, err = v.corp.Act().AuthorizeByLink(link, wecomtest.Authorization{})
	require.Error(t, err, "a link is for one corp")
}

// WeCom's notices tell the second, and this process's clock the moment: a corp
// that leaves within the second in which it came has left.
func TestInstallPageAndCancelAtOnce(t *testing.T) {
	t.Parallel()
	v := newTenancy(t, wecomtest.Suite{Name: "Greeter"})
	v.srv.Clock().Freeze(v.srv.Clock().Now().Truncate(time.Second).Add(1500 * time.Millisecond))
	link, err := v.suite.InstallURL(t.Context(), isv.InstallURLRequest{RedirectURI: back})
	require.NoError(t, err)
	redirect, err := v.corp.Act().AuthorizeByLink(link, wecomtest.Authorization{})
	require.NoError(t, err)
	_, err = v.suite.Authorize(t.Context(), parameter(t, redirect, "auth_code"))
	require.NoError(t, err)

	v.corp.Act().CancelAuthorization(v.suite.SuiteID())
	v.hear()

	_, err = v.suite.Client(t.Context(), v.corpID)
	require.ErrorIs(t, err, isv.ErrNotAuthorized)
}

// A corp scans the QR code of a template; somebody asks for a new secret of its
// app; the corp cancels.
func TestDelegatedApp(t *testing.T) {
	t.Parallel()
	v := newTenancy(t, wecomtest.Suite{Template: true}, isv.WithAppTemplate())
	qr, err := v.provider.GetCustomizedAuthURL(t.Context(), "fair", []string{v.suite.SuiteID()})
	require.NoError(t, err)
	assert.Equal(t, wecom.Seconds(240*time.Hour), qr.ExpiresIn)

	require.NoError(t, v.corp.Act().AuthorizeByQRCode(qr.QRCodeURL, wecomtest.Authorization{}))
	v.hear()
	client, err := v.suite.Client(t.Context(), v.corpID)
	require.NoError(t, err)
	_, err = contact.New(client).GetFollowUserList(t.Context())
	require.NoError(t, err)

	v.corp.Act().ResetPermanentCode(v.suite.SuiteID())
	v.hear()
	client, err = v.suite.Client(t.Context(), v.corpID)
	require.NoError(t, err)
	_, err = contact.New(client).GetFollowUserList(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2, v.srv.Calls().Op("gettoken").Len())
	assert.Zero(t, v.srv.Calls().Op("service/get_corp_token").Len())

	v.corp.Act().CancelAuthorization(v.suite.SuiteID())
	v.hear()
	_, err = v.suite.Client(t.Context(), v.corpID)
	require.ErrorIs(t, err, isv.ErrNotAuthorized)
}

// Tickets come every ten minutes and end after thirty; tokens end after two
// hours, whatever WeCom does to them before.
func TestDayOfATenant(t *testing.T) {
	t.Parallel()
	v := newTenancy(t, wecomtest.Suite{}).install()
	list := func() error {
		c, err := v.suite.Client(t.Context(), v.corpID)
		require.NoError(t, err)
		_, err = contact.New(c).GetFollowUserList(t.Context())
		return err
	}
	require.NoError(t, list())

	v.srv.RevokeProviderTokens()
	v.corp.RevokeTokens()
	require.NoError(t, list())

	assert.Equal(t, 2, v.srv.Calls().Op("service/get_suite_token").Len())
	assert.Equal(t, 2, v.srv.Calls().Op("service/get_corp_token").Len()-1, "one more was refused for the suite's token")
}

func TestLogin(t *testing.T) {
	t.Parallel()
	v := newTenancy(t, wecomtest.Suite{}).install()
	alice := v.corp.AddMember(wecomtest.Member{Name: "Alice"})
	link, err := v.suite.AuthorizeURL(isv.AuthorizeURLRequest{RedirectURI: back, State: "s1", Scope: isv.ScopePrivateInfo})
	require.NoError(t, err)
	code := parameter(t, v.corp.Act().Authorize(alice, link), "code")

	who, err := v.suite.GetUserInfo3rd(t.Context(), code)

	require.NoError(t, err)
	assert.Equal(t, v.corpID, who.CorpID)
	assert.Equal(t, v.corp.OpenUserID("", alice), who.OpenUserID)
	detail, err := v.suite.GetUserDetail3rd(t.Context(), who.UserTicket)
	require.NoError(t, err)
	assert.Equal(t, who.UserID, detail.UserID)
	_, err = v.suite.GetUserInfo3rd(t.Context(), code)
	require.True(t, wecom.IsCode(err, wecom.CodeInvalidOAuthCode), "%v", err)
	assert.NotContains(t, err.Error(), code)
}

func TestLoginInABrowser(t *testing.T) {
	t.Parallel()
	v := newTenancy(t, wecomtest.Suite{}).install()
	alice := v.corp.AddMember(wecomtest.Member{Name: "Alice"})
	link, err := v.suite.LoginURL(isv.LoginURLRequest{RedirectURI: back, State: "s1"})
	require.NoError(t, err)
	who, err := v.suite.GetUserInfo3rd(t.Context(), parameter(t, v.corp.Act().Authorize(alice, link), "code"))
	require.NoError(t, err)
	assert.Equal(t, v.corp.OpenUserID("", alice), who.OpenUserID)

	link, err = v.provider.SSOURL(isv.SSOURLRequest{RedirectURI: back, State: "s1", Members: true})
	require.NoError(t, err)
	info, err := v.provider.GetLoginInfo(t.Context(), parameter(t, v.corp.Act().Authorize(alice, link), "auth_code"))
	require.NoError(t, err)
	assert.Equal(t, isv.UserTypeMember, info.UserType)
	assert.Equal(t, v.corpID, info.CorpInfo.CorpID)

	session, err := v.suite.JSCode2Session(t.Context(), v.corp.Act().LoginToMiniProgram(v.suite.SuiteID(), alice))
	require.NoError(t, err)
	assert.Equal(t, v.corpID, session.CorpID)
	assert.NotEmpty(t, session.SessionKey)
}

func TestOrders(t *testing.T) {
	t.Parallel()
	v := newTenancy(t, wecomtest.Suite{}).install()
	id := v.corp.Act().OrderSuite(v.suite.SuiteID(), wecomtest.SuiteOrder{Price: 9900, UserCount: 10, Days: 30})
	v.corp.Act().PaySuiteOrder(id)

	order, err := v.suite.GetOrder(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, isv.OrderStatusPaid, order.OrderStatus)
	assert.EqualValues(t, 9900, order.Price)
	assert.Equal(t, v.corpID, order.PaidCorpID)
	now := time.Now()
	list, err := v.suite.GetOrderList(t.Context(), isv.GetOrderListRequest{StartTime: wecom.NewUnixTime(now.Add(-time.Hour)), EndTime: wecom.NewUnixTime(now.Add(time.Hour))})
	require.NoError(t, err)
	assert.Equal(t, []isv.Order{*order}, list.OrderList)
	info, err := v.suite.GetAuthInfoV1(t.Context(), v.corpID)
	require.NoError(t, err)
	require.NotNil(t, info.EditionInfo)
	assert.Equal(t, isv.AppStatusPaid, info.EditionInfo.Agent[0].AppStatus)
}

// A corp is founded by the provider's link, and has its app from the beginning.
func TestRegister(t *testing.T) {
	t.Parallel()
	v := newTenancy(t, wecomtest.Suite{})
	tpl := v.srv.AddRegisterTemplate(wecomtest.RegisterTemplate{SuiteIDs: []string{v.suite.SuiteID()}, ContactSync: true})
	code, err := v.provider.GetRegisterCode(t.Context(), isv.GetRegisterCodeRequest{TemplateID: tpl.TemplateID, CorpName: "New Ltd", State: "fair"})
	require.NoError(t, err)
	assert.Contains(t, code.URL(), "register_code=")

	founded, err := v.srv.Act().RegisterCorp(code.RegisterCode, "Nora")
	require.NoError(t, err)
	v.hear()

	info, err := v.provider.GetRegisterInfo(t.Context(), code.RegisterCode)
	require.NoError(t, err)
	assert.Equal(t, founded.OpenCorpID(""), info.CorpID)
	assert.Equal(t, "fair", info.State)
	require.NotNil(t, info.ContactSync)
	_, err = v.suite.Client(t.Context(), founded.OpenCorpID(""))
	require.NoError(t, err)
}

func TestDirectoryOfATenant(t *testing.T) {
	t.Parallel()
	v := newTenancy(t, wecomtest.Suite{})
	alice, bob := v.corp.AddMember(wecomtest.Member{Name: "Alice"}), v.corp.AddMember(wecomtest.Member{Name: "Bob"})
	v.install()

	one, err := v.provider.SearchContact(t.Context(), isv.SearchRequest{AuthCorpID: v.corpID, SearchQuery: isv.SearchQuery{QueryWord: "Alice"}})
	require.NoError(t, err)
	assert.Equal(t, []string{v.corp.OpenUserID("", alice)}, one.QueryResult.User.OpenUserID)
	many, err := v.provider.BatchSearchContact(t.Context(), isv.BatchSearchRequest{AuthCorpID: v.corpID, QueryRequestList: []isv.SearchQuery{{QueryWord: "Bob"}, {QueryWord: "Nobody"}}})
	require.NoError(t, err)
	require.Len(t, many.QueryResultList, 2)
	assert.Equal(t, []string{v.corp.OpenUserID("", bob)}, many.QueryResultList[0].QueryResult.User.OpenUserID)
	sorted, err := v.provider.SortContact(t.Context(), isv.SortContactRequest{
		AuthCorpID: v.corpID, UserIDList: []string{v.corp.OpenUserID("", bob), v.corp.OpenUserID("", alice)},
		SortOptions: []isv.SortOption{{SortField: isv.SortFieldName, SortType: isv.SortTypeAscending}},
	})
	require.NoError(t, err)
	assert.Equal(t, []string{v.corp.OpenUserID("", alice), v.corp.OpenUserID("", bob)}, sorted)
	id, err := v.provider.CorpIDToOpenCorpID(t.Context(), v.corp.CorpID())
	require.NoError(t, err)
	assert.Equal(t, v.corpID, id)
}

func TestTranslateNames(t *testing.T) {
	t.Parallel()
	v := newTenancy(t, wecomtest.Suite{}).install()
	file, err := v.provider.UploadMedia(t.Context(), wecom.File{Name: "names.txt", Reader: strings.NewReader("$userName=alice$ is here")})
	require.NoError(t, err)
	job, err := v.provider.TranslateID(t.Context(), isv.TranslateIDRequest{AuthCorpID: v.corpID, MediaIDList: []string{file.MediaID}})
	require.NoError(t, err)

	res, err := v.provider.GetResult(t.Context(), job)

	require.NoError(t, err)
	assert.Equal(t, isv.JobStatusDone, res.Status)
	require.NotNil(t, res.Result.ContactIDTranslate)
}
