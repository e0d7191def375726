package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// member adds a member and returns the id that the provider knows.
func (h *tenancy) member(userID string) string {
	return h.corp.OpenUserID("", h.corp.AddMember(wecomtest.Member{UserID: userID}))
}

// buy orders and pays accounts for a time, and returns the order and its codes.
func (h *tenancy) buy(base, external, months int) (order string, codes []any) {
	order = h.provider.ok("license/create_new_order", object{
		"corpid": h.corpID, "buyer_userid": "boss", "account_duration": object{"months": months},
		"account_count": object{"base_count": base, "external_contact_count": external},
	}).text("order_id")
	h.srv.Act().PayLicenseOrder(order)
	return order, h.provider.ok("license/list_order_account", object{"order_id": order}).list("account_list", "active_code")
}

func (h *tenancy) activate(code any, userID string) reply {
	return h.provider.send("license/active_account", object{"corpid": h.corpID, "active_code": code, "userid": userID})
}

// later lets time pass, and gets a new token.
func (h *tenancy) later(d time.Duration) {
	h.srv.Clock().Advance(d)
	h.provider.token = newProviderCaller(h.provider.t, h.srv).token
}

func TestBuyLicenses(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	told := h.provider.hear()
	order := h.provider.ok("license/create_new_order", object{
		"corpid": h.corpID, "buyer_userid": "boss", "account_count": object{"base_count": 2, "external_contact_count": 1}, "account_duration": object{"months": 1, "days": 5},
	}).text("order_id")
	get := func() reply { return h.provider.ok("license/get_order", object{"order_id": order}) }
	assert.EqualValues(t, 0, get().at("order.order_status"))
	assert.Empty(t, h.provider.ok("license/list_order_account", object{"order_id": order}).list("account_list", "active_code"), "codes are made when it is paid")

	h.srv.Act().PayLicenseOrder(order)

	e := <-told.got
	assert.Contains(t, e, "<InfoType><![CDATA[license_pay_success]]></InfoType><AuthCorpId><![CDATA["+h.corpID+"]]></AuthCorpId>"+
		"<OrderId><![CDATA["+order+"]]></OrderId><BuyerUserId><![CDATA[boss]]></BuyerUserId>")
	r := get()
	assert.Equal(t, []any{1.0, 1.0, h.corpID, 1700000000.0}, []any{r.at("order.order_status"), r.at("order.order_type"), r.at("order.corpid"), r.at("order.pay_time")})
	list := h.provider.ok("license/list_order_account", object{"order_id": order, "limit": 2})
	assert.Equal(t, []any{1.0, 1.0}, list.list("account_list", "type"))
	list = h.provider.ok("license/list_order_account", object{"order_id": order, "limit": 2, "cursor": list.at("next_cursor")})
	assert.Equal(t, []any{2.0}, list.list("account_list", "type"))
	assert.EqualValues(t, 0, list.at("has_more"))
	assert.Equal(t, []any{order}, h.provider.ok("license/list_order", object{"corpid": h.corpID}).list("order_list", "order_id"))

	h.srv.Act().RefundLicenseOrder(order)
	assert.Contains(t, <-told.got, "<OrderStatus>5</OrderStatus>")
	assert.Equal(t, 701021, h.activate(list.at("account_list.0.active_code"), h.member("alice")).code(), "the accounts are worth nothing")
}

func TestOrdersOfLicensesRefused(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	order := func(change object) reply {
		req := object{"corpid": h.corpID, "buyer_userid": "boss", "account_count": object{"base_count": 1}, "account_duration": object{"months": 1}}
		for k := range change {
			req[k] = change[k]
		}
		return h.provider.send("license/create_new_order", req)
	}
	id := order(nil).text("order_id")
	for name, tt := range map[string]struct {
		got, want int
	}{
		"no such corp":    {order(object{"corpid": "wp1"}).code(), 40013},
		"no tenant":       {order(object{"corpid": h.srv.OpenCorpID("")}).code(), 701015},
		"nothing":         {order(object{"account_count": object{"base_count": 0}}).code(), 40058},
		"too short":       {order(object{"account_duration": object{"days": 30}}).code(), 40058},
		"too long":        {order(object{"account_duration": object{"months": 61}}).code(), 40058},
		"no such order":   {h.provider.send("license/get_order", object{"order_id": "x"}).code(), 701005},
		"another corp's":  {h.provider.send("license/cancel_order", object{"order_id": id, "corpid": h.srv.OpenCorpID("")}).code(), 701086},
		"cancelled":       {h.provider.send("license/cancel_order", object{"order_id": id, "corpid": h.corpID}).code(), 0},
		"is one corp's":   {h.provider.send("license/get_union_order", object{"order_id": id}).code(), 701005},
		"no such job":     {h.provider.send("license/submit_order_job", object{"jobid": "x", "buyer_userid": "b", "account_duration": object{"months": 1}}).code(), 40088},
		"no such pay job": {h.provider.send("license/pay_job_result", object{"jobid": "x"}).code(), 40088},
		"never bought":    {h.provider.send("license/get_auto_active_status", object{"corpid": h.corpID}).code(), 701071},
	} {
		assert.Equal(t, tt.want, tt.got, name)
	}
	assert.Equal(t, 701084, h.provider.send("license/submit_pay_job", object{"order_id": id, "payer_userid": "b"}).code(), "it is cancelled")
}

func TestActivateLicenses(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	alice := h.member("alice")
	_, codes := h.buy(3, 1, 1)
	const month = 31 * 86400

	assert.Zero(t, h.activate(codes[0], alice).code())

	info := func(code any) reply {
		return h.provider.ok("license/get_active_info_by_code", object{"corpid": h.corpID, "active_code": code})
	}
	r := info(codes[0])
	assert.Equal(t, []any{2.0, alice, 1700000000.0, 1700000000.0 + month}, []any{r.at("active_info.status"), r.at("active_info.userid"), r.at("active_info.active_time"), r.at("active_info.expire_time")})
	assert.EqualValues(t, 1, info(codes[1]).at("active_info.status"))
	for name, tt := range map[string]struct {
		code any
		user string
		want int
	}{
		"in use":              {codes[0], alice, 701003},
		"much time left":      {codes[1], alice, 701082},
		"the corp's own id":   {codes[1], "alice", 701019},
		"no such code":        {"x", alice, 701021},
		"of the other kind":   {codes[3], alice, 0},
		"of somebody unknown": {codes[1], "woNobody", 701019},
	} {
		assert.Equal(t, tt.want, h.activate(tt.code, tt.user).code(), name)
	}

	h.later(12 * 24 * time.Hour)
	assert.Zero(t, h.activate(codes[1], alice).code(), "19 days are left")
	r = info(codes[1])
	assert.EqualValues(t, 1700000000+2*month, r.at("active_info.expire_time"), "what was left is added")
	assert.Equal(t, codes[0], r.at("active_info.merge_info.from_active_code"))
	assert.EqualValues(t, 5, info(codes[0]).at("active_info.status"))
	r = h.provider.ok("license/get_active_info_by_user", object{"corpid": h.corpID, "userid": alice})
	assert.EqualValues(t, 1, r.at("active_status"))
	assert.Equal(t, []any{codes[1], codes[3]}, r.list("active_info_list", "active_code"))
	assert.Len(t, h.provider.ok("license/list_actived_account", object{"corpid": h.corpID}).list("account_list", "userid"), 2)

	batch := h.provider.ok("license/batch_active_account", object{"corpid": h.corpID, "active_list": []object{
		{"active_code": codes[2], "userid": h.member("bob")}, {"active_code": "x", "userid": alice},
	}})
	assert.Equal(t, []any{0.0, 701021.0}, batch.list("active_result", "errcode"))
	both := h.provider.ok("license/batch_get_active_info_by_code", object{"corpid": h.corpID, "active_code_list": []any{codes[2], "x"}})
	assert.Equal(t, []any{codes[2]}, both.list("active_info_list", "active_code"))
	assert.Equal(t, []any{"x"}, both.list("invalid_active_code_list", ""))

	h.later(62 * 24 * time.Hour)
	assert.EqualValues(t, 3, info(codes[2]).at("active_info.status"))
	assert.EqualValues(t, 0, h.provider.ok("license/get_active_info_by_user", object{"corpid": h.corpID, "userid": alice}).at("active_status"))
	got := h.corp.Licenses("")
	require.Len(t, got, 4)
	assert.Equal(t, "bob", got[2].UserID)
	assert.Equal(t, 3, got[2].Status)
}

func TestRangeOfLicenses(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	_, codes := h.buy(1, 0, 1)
	h.corp.Act().ChangeAuthorization(h.suite.suite.SuiteID, func(a *wecomtest.Authorization) { a.Visible = []string{} })

	assert.Equal(t, 701088, h.activate(codes[0], h.member("alice")).code())
}

func TestLongestLicense(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	alice := h.member("alice")
	_, first := h.buy(1, 0, 1)
	_, second := h.buy(1, 0, 58)
	h.activate(first[0], alice)
	h.later(11 * 24 * time.Hour)

	assert.Equal(t, 0, h.activate(second[0], alice).code(), "58 months and 20 days are less than five years")

	bob := h.member("bob")
	_, first = h.buy(1, 0, 1)
	_, second = h.buy(1, 0, 60)
	h.activate(first[0], bob)
	h.later(11 * 24 * time.Hour)
	assert.Equal(t, 701030, h.activate(second[0], bob).code())
}

func TestRenewLicenses(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	alice, bob := h.member("alice"), h.member("bob")
	_, codes := h.buy(1, 0, 1)
	h.activate(codes[0], alice)
	accounts := func(list ...object) object { return object{"corpid": h.corpID, "account_list": list} }

	job := h.provider.ok("license/create_renew_order_job", accounts(
		object{"userid": alice, "type": 1}, object{"userid": bob, "type": 1}, object{"userid": "woNobody", "type": 1}, object{"userid": alice, "type": 3},
	))
	assert.Equal(t, []any{701004.0, 701019.0, 701007.0}, job.list("invalid_account_list", "errcode"))
	again := accounts(object{"userid": alice, "type": 1})
	again["jobid"] = job.at("jobid")
	assert.Equal(t, []any{701020.0}, h.provider.ok("license/create_renew_order_job", again).list("invalid_account_list", "errcode"))
	submit := object{"jobid": job.at("jobid"), "buyer_userid": "boss", "account_duration": object{"months": 2}}
	order := h.provider.ok("license/submit_order_job", submit).text("order_id")
	assert.Equal(t, 701126, h.provider.send("license/submit_order_job", submit).code())
	assert.EqualValues(t, 2, h.provider.ok("license/get_order", object{"order_id": order}).at("order.order_type"))
	assert.Equal(t, []any{alice}, h.provider.ok("license/list_order_account", object{"order_id": order}).list("account_list", "userid"))

	h.srv.Act().PayLicenseOrder(order)

	r := h.provider.ok("license/get_active_info_by_user", object{"corpid": h.corpID, "userid": alice})
	assert.EqualValues(t, 1700000000+3*31*86400, r.at("active_info_list.0.expire_time"))

	job = h.provider.ok("license/create_renew_order_job", accounts(object{"userid": alice, "type": 1}))
	for code, d := range map[int]object{701090: {"months": 0}, 701100: {"new_expire_time": 1600000000}} {
		assert.Equal(t, code, h.provider.send("license/submit_order_job", object{"jobid": job.at("jobid"), "buyer_userid": "b", "account_duration": d}).code())
	}
	until := object{"jobid": job.at("jobid"), "buyer_userid": "b", "account_duration": object{"new_expire_time": 1800000000}}
	h.srv.Act().PayLicenseOrder(h.provider.ok("license/submit_order_job", until).text("order_id"))
	r = h.provider.ok("license/get_active_info_by_user", object{"corpid": h.corpID, "userid": alice})
	assert.EqualValues(t, 1800000000, r.at("active_info_list.0.expire_time"))
}

func TestOrderForSeveralCorps(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	told := h.provider.hear()
	other := h.srv.AddCorp("Second")
	other.Act().AuthorizeSuite(h.suite.suite.SuiteID, wecomtest.Authorization{})
	buy := func(corpID string) object {
		return object{"corpid": corpID, "account_count": object{"base_count": 1}, "account_duration": object{"months": 1}, "auto_active_status": 1}
	}

	job := h.provider.ok("license/create_new_order_job", object{"buy_list": []object{buy(h.corpID), buy(h.corpID), buy("wp1")}})
	assert.Equal(t, []any{701124.0, 40013.0}, job.list("invalid_list", "errcode"))
	id := job.text("jobid")
	h.provider.ok("license/create_new_order_job", object{"jobid": id, "buy_list": []object{buy(other.OpenCorpID(""))}})
	assert.Equal(t, 701125, h.provider.send("license/new_order_job_result", object{"jobid": id}).code())
	h.provider.ok("license/submit_new_order_job", object{"jobid": id, "buyer_userid": "boss"})
	order := h.provider.ok("license/new_order_job_result", object{"jobid": id}).text("order_id")

	assert.Equal(t, 701120, h.provider.send("license/get_order", object{"order_id": order}).code())
	r := h.provider.ok("license/get_union_order", object{"order_id": order, "limit": 1})
	assert.EqualValues(t, 8, r.at("order.order_type"))
	r = h.provider.ok("license/get_union_order", object{"order_id": order, "cursor": r.at("next_cursor")})
	assert.Equal(t, []any{other.OpenCorpID("")}, r.list("buy_list", "corpid"))
	h.srv.Act().PayLicenseOrder(order)
	assert.NotContains(t, <-told.got, "AuthCorpId")
	assert.Len(t, h.provider.ok("license/list_order_account", object{"order_id": r.at("buy_list.0.sub_order_id")}).list("account_list", "active_code"), 1)
	assert.EqualValues(t, 1, h.provider.ok("license/get_auto_active_status", object{"corpid": h.corpID}).at("auto_active_status"))
}

func TestPayFromBalance(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddProvider(wecomtest.Provider{Balance: 1000})
	s, p := newSuiteCaller(t, srv, wecomtest.Suite{}), newProviderCaller(t, srv)
	told := p.hear()
	srv.Act().AuthorizeSuite(s.suite.SuiteID, wecomtest.Authorization{})
	pay := func() []any {
		order := p.ok("license/create_new_order", object{
			"corpid": srv.OpenCorpID(""), "buyer_userid": "boss", "account_count": object{"base_count": 2}, "account_duration": object{"months": 1},
		})
		job := p.ok("license/submit_pay_job", object{"order_id": order.at("order_id"), "payer_userid": "boss"})
		r := p.ok("license/pay_job_result", object{"jobid": job.at("jobid")})
		return []any{p.ok("license/get_order", object{"order_id": order.at("order_id")}).at("order.order_status"), r.at("status"), r.at("pay_job_result.errcode")}
	}

	assert.Equal(t, []any{1.0, 1.0, nil}, pay())
	assert.Contains(t, <-told.got, "license_pay_success")
	balance := p.do("GET", "service/get_account_balance", map[string][]string{p.name: {p.token}}, "")
	assert.EqualValues(t, 0, balance.at("balance"))
	assert.Equal(t, []any{0.0, 3.0, 90433.0}, pay(), "there is not enough for another")
}

func TestTransferLicenses(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	alice, bob, carl := h.member("alice"), h.member("bob"), h.member("carl")
	_, codes := h.buy(2, 0, 6)
	h.activate(codes[0], alice)
	h.activate(codes[1], carl)
	move := func(from, to string) any {
		r := h.provider.ok("license/batch_transfer_license", object{"corpid": h.corpID, "transfer_list": []object{{"handover_userid": from, "takeover_userid": to}}})
		return r.at("transfer_result.0.errcode")
	}

	assert.EqualValues(t, 701016, move(bob, alice), "bob has none")
	assert.EqualValues(t, 701018, move(alice, carl), "carl has one")
	assert.EqualValues(t, 701019, move(alice, "woNobody"))
	assert.EqualValues(t, 0, move(alice, bob))
	assert.EqualValues(t, 701017, move(bob, alice), "it moved just now")
	h.corp.Act().Leave("bob")
	assert.EqualValues(t, 0, move(bob, alice), "whose member has left may move at once")
	h.later(30 * 24 * time.Hour)
	assert.EqualValues(t, 0, move(alice, h.member("dora")))
}

func TestUseWithoutLicense(t *testing.T) {
	t.Parallel()
	h := newTenancy(t)
	told := h.provider.hear()
	id := h.suite.suite.SuiteID
	alice := h.member("alice")
	r := h.provider.ok("license/get_app_license_info", object{"corpid": h.corpID, "suite_id": id})
	assert.EqualValues(t, 1700000000+90*86400, r.at("trail_info.end_time"))

	h.corp.Act().UseSuite(id, "alice") // on trial
	h.later(90 * 24 * time.Hour)
	events := h.suite.hear()
	<-events.got // a ticket
	h.corp.Act().UseSuite(id, "alice")
	e := <-events.got
	assert.Contains(t, e, "<FromUserName><![CDATA["+alice+"]]></FromUserName>")
	assert.Contains(t, e, "unlicensed_notify")

	_, codes := h.buy(1, 0, 1)
	<-told.got // it is paid
	h.provider.ok("license/set_auto_active_status", object{"corpid": h.corpID, "auto_active_status": 1})
	h.corp.Act().UseSuite(id, "alice")
	e = <-told.got
	assert.Contains(t, e, "<ActiveCode><![CDATA["+codes[0].(string)+"]]></ActiveCode><Type>1</Type>")
	assert.Contains(t, e, "<PreviousStatus>1</PreviousStatus>")
	h.corp.Act().UseSuite(id, "alice") // has one now
	h.corp.AddMember(wecomtest.Member{UserID: "bob"})
	h.corp.Act().UseSuite(id, "bob") // for whom none is left
	assert.Contains(t, <-events.got, h.corp.OpenUserID("", "bob"))
	assert.Empty(t, told.got)

	h.corp.Act().Leave("alice")
	h.later(24 * time.Hour)
	assert.Equal(t, 4, h.corp.Licenses("")[0].Status, "it can be passed on from the next day on")
	h.provider.ok("license/support_policy_query", object{"corpid": h.corpID})
}
