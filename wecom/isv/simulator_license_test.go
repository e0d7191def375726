package isv_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func (v *tenancy) member(name string) string {
	return v.corp.OpenUserID("", v.corp.AddMember(wecomtest.Member{Name: name}))
}

// codes are those of the accounts of an order.
func (v *tenancy) codes(t *testing.T, orderID string) []string {
	t.Helper()
	var codes []string
	for a, err := range v.provider.License().AllOrderAccounts(t.Context(), isv.ListOrderAccountRequest{OrderID: orderID, Limit: 1}) {
		require.NoError(t, err)
		codes = append(codes, a.ActiveCode)
	}
	return codes
}

func TestLicenses(t *testing.T) {
	t.Parallel()
	v := newTenancy(t, wecomtest.Suite{}).install()
	alice, bob := v.member("Alice"), v.member("Bob")
	l := v.provider.License()
	ctx := t.Context()

	id, err := l.CreateNewOrder(ctx, isv.CreateNewOrderRequest{
		CorpID: v.corpID, BuyerUserID: "boss", AccountCount: isv.AccountCount{BaseCount: 2, ExternalContactCount: 1}, AccountDuration: isv.AccountDuration{Months: 12},
	})
	require.NoError(t, err)
	order, err := l.GetOrder(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, isv.LicenseOrderStatusUnpaid, order.OrderStatus)
	v.srv.Act().PayLicenseOrder(id)
	codes := v.codes(t, id)
	require.Len(t, codes, 3)
	var orders []isv.ListedLicenseOrder
	for o, err := range l.AllOrders(ctx, isv.ListLicenseOrderRequest{}) {
		require.NoError(t, err)
		orders = append(orders, o)
	}
	assert.Equal(t, []isv.ListedLicenseOrder{{OrderID: id, OrderType: isv.LicenseOrderTypeNew}}, orders)

	require.NoError(t, l.ActiveAccount(ctx, v.corpID, codes[0], alice))
	many, err := l.BatchActiveAccount(ctx, isv.BatchActiveAccountRequest{CorpID: v.corpID, ActiveList: []isv.Activation{
		{ActiveCode: codes[2], UserID: alice}, {ActiveCode: "nonsense", UserID: bob},
	}})
	require.NoError(t, err)
	assert.True(t, many.Partial())
	assert.NotZero(t, many.ActiveResult[1].ErrCode)
	user, err := l.GetActiveInfoByUser(ctx, v.corpID, alice)
	require.NoError(t, err)
	assert.True(t, bool(user.ActiveStatus))
	assert.Len(t, user.ActiveInfoList, 2)
	info, err := l.GetActiveInfoByCode(ctx, v.corpID, codes[0])
	require.NoError(t, err)
	assert.Equal(t, []any{alice, isv.AccountTypeBasic, isv.ActiveStatusBound}, []any{info.UserID, info.Type, info.Status})
	infos, err := l.BatchGetActiveInfoByCode(ctx, v.corpID, []string{codes[1], "nonsense"})
	require.NoError(t, err)
	assert.Len(t, infos.ActiveInfoList, 1)
	assert.Equal(t, []string{"nonsense"}, infos.InvalidActiveCodeList)

	v.srv.Clock().Advance(31 * 24 * time.Hour)
	moved, err := l.BatchTransferLicense(ctx, isv.BatchTransferLicenseRequest{CorpID: v.corpID, TransferList: []isv.LicenseTransfer{{HandoverUserID: alice, TakeoverUserID: bob}}})
	require.NoError(t, err)
	assert.False(t, moved.Partial())
	var people []string
	for a, err := range l.AllActivedAccounts(ctx, isv.ListActivedAccountRequest{CorpID: v.corpID}) {
		require.NoError(t, err)
		people = append(people, a.UserID)
	}
	assert.Equal(t, []string{bob, bob}, people)

	renewal, err := l.CreateRenewOrderJob(ctx, isv.CreateRenewOrderJobRequest{CorpID: v.corpID, AccountList: []isv.RenewAccount{
		{UserID: bob, Type: isv.AccountTypeBasic}, {UserID: "nobody", Type: isv.AccountTypeBasic},
	}})
	require.NoError(t, err)
	assert.Len(t, renewal.InvalidAccountList, 1)
	again, err := l.SubmitOrderJob(ctx, isv.SubmitOrderJobRequest{JobID: renewal.JobID, BuyerUserID: "boss", AccountDuration: isv.RenewalDuration{Months: 1}})
	require.NoError(t, err)
	require.NoError(t, l.CancelOrder(ctx, v.corpID, again))
}

func TestLicensesOfManyCorps(t *testing.T) {
	t.Parallel()
	v := newTenancy(t, wecomtest.Suite{}).install()
	l := v.provider.License()
	ctx := t.Context()
	job, err := l.CreateNewOrderJob(ctx, isv.CreateNewOrderJobRequest{BuyList: []isv.CorpOrder{
		{CorpID: v.corpID, AccountCount: isv.AccountCount{BaseCount: 1}, AccountDuration: isv.AccountDuration{Months: 1}, AutoActiveStatus: new(wecom.Bool01(true))},
		{CorpID: "wpstranger", AccountCount: isv.AccountCount{BaseCount: 1}, AccountDuration: isv.AccountDuration{Months: 1}},
	}})
	require.NoError(t, err)
	assert.Len(t, job.InvalidList, 1)
	jobID, err := l.SubmitNewOrderJob(ctx, job.JobID, "boss")
	require.NoError(t, err)
	done, err := l.NewOrderJobResult(ctx, jobID)
	require.NoError(t, err)
	require.Equal(t, isv.LicenseJobStatusDone, done.Status)
	var corps []string
	for o, err := range l.AllSubOrders(ctx, isv.GetUnionOrderRequest{OrderID: done.OrderID}) {
		require.NoError(t, err)
		corps = append(corps, o.CorpID)
	}
	assert.Equal(t, []string{v.corpID}, corps)

	jobID, err = l.SubmitPayJob(ctx, "boss", done.OrderID)
	require.NoError(t, err)
	paid, err := l.PayJobResult(ctx, jobID)
	require.NoError(t, err)
	assert.Equal(t, isv.LicenseJobStatusFailed, paid.Status)
	assert.EqualValues(t, 90433, paid.PayJobResult.ErrCode, "the provider has no balance")
	v.srv.Act().PayLicenseOrder(done.OrderID)
	auto, err := l.GetAutoActiveStatus(ctx, v.corpID)
	require.NoError(t, err)
	assert.True(t, auto)
	require.NoError(t, l.SetAutoActiveStatus(ctx, v.corpID, false))

	app, err := l.GetAppLicenseInfo(ctx, isv.GetAppLicenseInfoRequest{CorpID: v.corpID, SuiteID: v.suite.SuiteID()})
	require.NoError(t, err)
	assert.NotNil(t, app)
	_, err = l.SupportPolicyQuery(ctx, v.corpID)
	require.NoError(t, err)
}

// A success of which parts were refused says so.
func TestPartial(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		whole, part interface{ Partial() bool }
	}{
		{
			"batch_active_account",
			&isv.BatchActiveAccountResult{ActiveResult: []isv.ActivationResult{{}, {}}},
			&isv.BatchActiveAccountResult{ActiveResult: []isv.ActivationResult{{}, {ErrCode: 701021}}},
		},
		{
			"batch_get_active_info_by_code",
			&isv.BatchGetActiveInfoByCodeResult{ActiveInfoList: []isv.ActiveInfo{{}}},
			&isv.BatchGetActiveInfoByCodeResult{InvalidActiveCodeList: []string{"code"}},
		},
		{
			"batch_transfer_license",
			&isv.BatchTransferLicenseResult{TransferResult: []isv.LicenseTransferResult{{}, {}}},
			&isv.BatchTransferLicenseResult{TransferResult: []isv.LicenseTransferResult{{}, {ErrCode: 701017}}},
		},
		{
			"batch_share_active_code",
			&isv.BatchShareActiveCodeResult{ShareResult: []isv.ShareCodeResult{{}}},
			&isv.BatchShareActiveCodeResult{ShareResult: []isv.ShareCodeResult{{ErrCode: 701021}}},
		},
		{
			"create_renew_order_job",
			&isv.CreateRenewOrderJobResult{},
			&isv.CreateRenewOrderJobResult{InvalidAccountList: []isv.InvalidRenewAccount{{}}},
		},
		{
			"create_new_order_job",
			&isv.CreateNewOrderJobResult{},
			&isv.CreateNewOrderJobResult{InvalidList: []isv.InvalidCorp{{}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.False(t, tt.whole.Partial())
			assert.True(t, tt.part.Partial())
		})
	}
}

func TestCorpsDownstream(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	child := srv.AddCorp("Branch")
	bob := child.AddMember(wecomtest.Member{Name: "Bob"})
	chainID := srv.Act().CreateChain("Supplies")
	srv.Act().JoinChain(chainID, child)
	app := srv.Act().ShareApp(srv.App().AgentID, child, wecomtest.LinkChain)
	group, err := isv.NewCorpGroup(srv.NewClient())
	require.NoError(t, err)
	ctx := t.Context()

	chains, err := group.GetChainList(ctx)
	require.NoError(t, err)
	require.Len(t, chains.Chains, 1)
	_, err = group.GetChainGroup(ctx, chainID, 0)
	require.NoError(t, err)
	for c, err := range group.AllChainCorps(ctx, isv.GetChainCorpInfoListRequest{ChainID: chainID}) {
		require.NoError(t, err)
		assert.Equal(t, child.CorpID(), c.CorpID)
		info, err := group.GetChainCorpInfo(ctx, isv.GetChainCorpInfoRequest{ChainID: chainID, CorpID: c.CorpID})
		require.NoError(t, err)
		assert.Equal(t, "Branch", info.CorpName)
		assert.True(t, info.IsJoined)
	}
	n := 0
	for share, err := range group.AllAppShares(ctx, isv.ListAppShareInfoRequest{AgentID: srv.App().AgentID, BusinessType: isv.BusinessTypeChain}) {
		require.NoError(t, err)
		assert.Equal(t, isv.AppShare{CorpID: child.CorpID(), CorpName: "Branch", AgentID: app.AgentID}, share)
		for range 3 {
			client, err := group.Client(isv.ChildApp{CorpID: share.CorpID, AgentID: share.AgentID, BusinessType: isv.BusinessTypeChain})
			require.NoError(t, err)
			members, err := contact.New(client).GetFollowUserList(ctx)
			require.NoError(t, err)
			assert.Equal(t, []string{bob}, members)
		}
		n++
	}
	assert.Equal(t, 1, n)
	assert.Equal(t, 1, srv.Calls().Op("corpgroup/corp/gettoken").Len())
}
