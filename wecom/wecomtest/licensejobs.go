package wecomtest

import (
	"errors"
	"slices"
	"time"
)

// licenseJob collects what an order is to hold, or pays one.
type licenseJob struct {
	provider *provider
	kind     string // renew, buy, pay
	server   *Server
	renews   []renewAccount
	buys     []licenseBuy
	order    *licenseOrder // that came of it
	err      *Refusal      // of a payment
	done     time.Time
}

type renewAccount struct {
	userID string
	kind   int
}

type licenseBuy struct {
	server   *Server
	count    accountCountWire
	duration accountDurationWire
	auto     *int
}

const payResultLife = 7 * oneDay

func licenseJobHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/license/create_renew_order_job": handle(createRenewJob),
		"/cgi-bin/license/submit_order_job":       handle(submitRenewJob),
		"/cgi-bin/license/create_new_order_job":   handle(createBuyJob),
		"/cgi-bin/license/submit_new_order_job":   handle(submitBuyJob),
		"/cgi-bin/license/new_order_job_result":   handle(buyJobResult),
		"/cgi-bin/license/submit_pay_job":         handle(submitPayJob),
		"/cgi-bin/license/pay_job_result":         handle(payJobResult),
	}
}

// licenseJob returns a job of the provider, a new one for "".
func (x *exchange) licenseJob(id, kind string) (string, *licenseJob, error) {
	st := &x.s.providers.licenses
	if id == "" {
		id = st.nextID(x.provider, "job", 43)
		st.jobs[id] = &licenseJob{provider: x.provider, kind: kind}
	}
	job := st.jobs[id]
	if job == nil || job.provider != x.provider || job.kind != kind {
		return "", nil, Refuse(40088, "invalid jobid")
	}
	return id, job, nil
}

type accountWire struct {
	UserID string `json:"userid"`
	Type   int    `json:"type"`
}

type renewJobRequest struct {
	CorpID      string        `json:"corpid"`
	AccountList []accountWire `json:"account_list"`
	JobID       string        `json:"jobid"`
}

type renewJobReply struct {
	JobID              string               `json:"jobid"`
	InvalidAccountList []invalidAccountWire `json:"invalid_account_list"`
}

type invalidAccountWire struct {
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
	accountWire
}

func createRenewJob(x *exchange, req renewJobRequest) (any, error) {
	if !x.tenant(req.CorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	id, job, err := x.licenseJob(req.JobID, "renew")
	switch {
	case err != nil:
		return nil, err
	case job.order != nil:
		return nil, Refuse(701126, "wecomtest: the job was submitted already")
	case job.server != nil && job.server != x.s:
		return nil, Refuse(701086, "wecomtest: the job is another corp's")
	}
	job.server = x.s
	reply := renewJobReply{JobID: id, InvalidAccountList: []invalidAccountWire{}}
	for _, a := range req.AccountList {
		if r := x.renew(job, a); r != nil {
			reply.InvalidAccountList = append(reply.InvalidAccountList, invalidAccountWire{r.Code, r.Msg, a})
		}
	}
	return reply, nil
}

// renew adds an account to a job, or says why it cannot be renewed.
func (x *exchange) renew(job *licenseJob, a accountWire) *Refusal {
	m := x.memberByOpenID(a.UserID)
	switch {
	case a.Type != licenseBase && a.Type != licenseExternal:
		return Refuse(701007, "wecomtest: invalid type")
	case m == nil:
		return Refuse(701019, "wecomtest: invalid userid")
	case x.s.providers.licenses.bound(x.provider, x.s, m.UserID, a.Type) == nil:
		return Refuse(701004, "wecomtest: the member never had an account of the type")
	case slices.Contains(job.renews, renewAccount{m.UserID, a.Type}):
		return Refuse(701020, "wecomtest: the account is there already")
	}
	job.renews = append(job.renews, renewAccount{m.UserID, a.Type})
	return nil
}

type submitRenewJobRequest struct {
	JobID           string              `json:"jobid"`
	BuyerUserID     string              `json:"buyer_userid"`
	AccountDuration accountDurationWire `json:"account_duration"`
}

func submitRenewJob(x *exchange, req submitRenewJobRequest) (any, error) {
	if req.JobID == "" {
		return nil, Refuse(40088, "invalid jobid")
	}
	_, job, err := x.licenseJob(req.JobID, "renew")
	d := req.AccountDuration
	switch {
	case err != nil:
		return nil, err
	case job.order != nil:
		return nil, Refuse(701126, "wecomtest: the job was submitted already")
	case len(job.renews) == 0:
		return nil, Refuse(701025, "wecomtest: the job has no account")
	case d.NewExpireTime == 0 && d.Months == 0:
		return nil, Refuse(701090, "wecomtest: the account would be renewed for no time")
	case d.NewExpireTime != 0 && d.NewExpireTime <= x.now.Unix():
		return nil, Refuse(701100, "wecomtest: new_expire_time is not in the future")
	}
	x.enter(job.server)
	o := x.newLicenseOrder(licenseOrderRenew, req.BuyerUserID)
	o.server, o.duration, o.renews = x.s, d, job.renews
	for _, r := range o.renews {
		one := accountCountWire{BaseCount: 1}
		if r.kind == licenseExternal {
			one = accountCountWire{ExternalContactCount: 1}
		}
		o.count.BaseCount += one.BaseCount
		o.count.ExternalContactCount += one.ExternalContactCount
		length := d.length()
		if d.NewExpireTime != 0 {
			length = max(0, time.Unix(d.NewExpireTime, 0).Sub(x.s.providers.licenses.bound(x.provider, x.s, r.userID, r.kind).expires))
		}
		o.price += priceOf(one, length)
	}
	job.order = o
	return orderIDWire{o.id}, nil
}

type buyWire struct {
	CorpID           string              `json:"corpid"`
	AccountCount     accountCountWire    `json:"account_count"`
	AccountDuration  accountDurationWire `json:"account_duration"`
	AutoActiveStatus *int                `json:"auto_active_status"`
}

type buyJobRequest struct {
	JobID   string    `json:"jobid"`
	BuyList []buyWire `json:"buy_list"`
}

type buyJobReply struct {
	JobID       string            `json:"jobid"`
	InvalidList []invalidCorpWire `json:"invalid_list"`
}

type invalidCorpWire struct {
	CorpID  string `json:"corpid"`
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
}

func createBuyJob(x *exchange, req buyJobRequest) (any, error) {
	id, job, err := x.licenseJob(req.JobID, "buy")
	switch {
	case err != nil:
		return nil, err
	case job.order != nil:
		return nil, Refuse(701126, "wecomtest: the job was submitted already")
	}
	reply := buyJobReply{JobID: id, InvalidList: []invalidCorpWire{}}
	for _, b := range req.BuyList {
		err := x.orderable(b.CorpID, b.AccountCount, b.AccountDuration)
		if err == nil && slices.ContainsFunc(job.buys, func(old licenseBuy) bool { return old.server == x.s }) {
			err = Refuse(701124, "wecomtest: the corp is there already")
		}
		if r, ok := errors.AsType[*Refusal](err); ok {
			reply.InvalidList = append(reply.InvalidList, invalidCorpWire{b.CorpID, r.Code, r.Msg})
			continue
		}
		job.buys = append(job.buys, licenseBuy{x.s, b.AccountCount, b.AccountDuration, b.AutoActiveStatus})
	}
	return reply, nil
}

type submitBuyJobRequest struct {
	JobID       string `json:"jobid"`
	BuyerUserID string `json:"buyer_userid"`
}

func submitBuyJob(x *exchange, req submitBuyJobRequest) (any, error) {
	if req.JobID == "" {
		return nil, Refuse(40088, "invalid jobid")
	}
	id, job, err := x.licenseJob(req.JobID, "buy")
	switch {
	case err != nil:
		return nil, err
	case job.order != nil:
		return nil, Refuse(701126, "wecomtest: the job was submitted already")
	case len(job.buys) == 0:
		return nil, Refuse(701122, "wecomtest: the job has no corp")
	}
	union := x.newLicenseOrder(licenseOrderUnion, req.BuyerUserID)
	for _, b := range job.buys {
		o := x.newLicenseOrder(licenseOrderNew, req.BuyerUserID)
		o.server, o.count, o.duration = b.server, b.count, b.duration
		o.price = priceOf(o.count, o.duration.length())
		union.price += o.price
		union.parts = append(union.parts, o)
		x.s.providers.licenses.auto[licenseHolder{b.server.corp.id, x.provider.CorpID}] = b.auto == nil || *b.auto == 1
	}
	job.order = union
	return jobIDWire{id}, nil
}

// What became of a job; 2 is that it runs.
const (
	licenseJobDone   = 1
	licenseJobFailed = 3
)

type buyJobResultReply struct {
	Status   int               `json:"status"`
	OrderID  string            `json:"order_id"`
	FailList []invalidCorpWire `json:"fail_list"`
}

func buyJobResult(x *exchange, req jobIDWire) (any, error) {
	_, job, err := x.licenseJob(req.JobID, "buy")
	switch {
	case err != nil:
		return nil, err
	case job.order == nil:
		return nil, Refuse(701125, "wecomtest: the job was not submitted")
	}
	return buyJobResultReply{Status: licenseJobDone, OrderID: job.order.id, FailList: []invalidCorpWire{}}, nil
}

type submitPayJobRequest struct {
	PayerUserID string `json:"payer_userid"`
	OrderID     string `json:"order_id"`
}

// submitPayJob pays at once, if the account has enough.
func submitPayJob(x *exchange, req submitPayJobRequest) (any, error) {
	o, err := x.licenseOrder(req.OrderID)
	switch {
	case err != nil:
		return nil, err
	case o.status != orderUnpaid:
		return nil, Refuse(701084, "wecomtest: the order is not unpaid")
	}
	id, job, err := x.licenseJob("", "pay")
	if err != nil {
		return nil, err
	}
	job.order, job.done = o, x.now
	if o.price > x.provider.Balance {
		job.err = Refuse(90433, "wecomtest: the account has not enough")
		return jobIDWire{id}, nil
	}
	x.provider.Balance -= o.price
	x.s.payLicenses(o, x.now)
	return jobIDWire{id}, nil
}

type payJobResultReply struct {
	Status       int             `json:"status"`
	PayJobResult *payFailureWire `json:"pay_job_result,omitempty"`
}

type payFailureWire struct {
	ErrCode      int               `json:"errcode"`
	ErrMsg       string            `json:"errmsg"`
	FailCorpList []invalidCorpWire `json:"fail_corp_list,omitempty"`
}

func payJobResult(x *exchange, req jobIDWire) (any, error) {
	_, job, err := x.licenseJob(req.JobID, "pay")
	if err == nil && x.now.Sub(job.done) >= payResultLife {
		err = Refuse(40088, "invalid jobid")
	}
	if err != nil {
		return nil, err
	}
	if job.err != nil {
		return payJobResultReply{licenseJobFailed, &payFailureWire{ErrCode: job.err.Code, ErrMsg: job.err.Msg}}, nil //nolint:nilerr // the call succeeds, the payment did not
	}
	return payJobResultReply{Status: licenseJobDone}, nil
}
