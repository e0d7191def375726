package wecomtest

import (
	"errors"
	"time"
)

func licenseAccountHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/license/active_account":                handle(activeAccount),
		"/cgi-bin/license/batch_active_account":          handle(batchActiveAccount),
		"/cgi-bin/license/get_active_info_by_code":       handle(activeInfoByCode),
		"/cgi-bin/license/batch_get_active_info_by_code": handle(batchActiveInfoByCode),
		"/cgi-bin/license/get_active_info_by_user":       handle(activeInfoByUser),
		"/cgi-bin/license/list_actived_account":          handle(listActivatedAccounts),
		"/cgi-bin/license/batch_transfer_license":        handle(transferLicenses),
		"/cgi-bin/license/batch_share_active_code":       handle(shareActiveCodes),
		"/cgi-bin/license/set_auto_active_status":        handle(setAutoActiveStatus),
		"/cgi-bin/license/get_auto_active_status":        handle(getAutoActiveStatus),
	}
}

type activation struct {
	ActiveCode string `json:"active_code"`
	UserID     string `json:"userid"`
}

type activeAccountRequest struct {
	CorpID string `json:"corpid"`
	activation
}

func activeAccount(x *exchange, req activeAccountRequest) (any, error) {
	if !x.tenant(req.CorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	return nil, x.activate(req.activation)
}

// licenseCode returns an account of the call's provider and corp.
func (x *exchange) licenseCode(code string) (*licenseCode, error) {
	c := x.s.providers.licenses.codes[code]
	if c == nil || c.void || c.provider != x.provider || c.server != x.s && c.sharedTo != x.s {
		return nil, Refuse(701021, "wecomtest: invalid active_code")
	}
	return c, nil
}

func (x *exchange) activate(a activation) error {
	c, err := x.licenseCode(a.ActiveCode)
	if err != nil {
		return err
	}
	m := x.memberByOpenID(a.UserID)
	switch {
	case c.holder() != x.s:
		return Refuse(701055, "wecomtest: the license was given to a corp downstream")
	case c.userID != "":
		return Refuse(701003, "wecomtest: the active_code is bound already")
	case m == nil || m.Left:
		return Refuse(701019, "wecomtest: invalid userid")
	case !x.inAnyRange(m.UserID):
		return Refuse(701088, "wecomtest: no app of the provider sees the member")
	}
	return x.s.providers.licenses.bind(c, m.UserID, x.now)
}

// inAnyRange reports whether an app of the provider sees the member.
func (x *exchange) inAnyRange(userID string) bool {
	for _, a := range x.ownApps() {
		if a.sees(userID) {
			return true
		}
	}
	return false
}

type batchActiveAccountRequest struct {
	CorpID     string       `json:"corpid"`
	ActiveList []activation `json:"active_list"`
}

type batchActiveAccountReply struct {
	ActiveResult []activationResult `json:"active_result"`
}

type activationResult struct {
	activation
	ErrCode int `json:"errcode"`
}

func batchActiveAccount(x *exchange, req batchActiveAccountRequest) (any, error) {
	if !x.tenant(req.CorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	reply := batchActiveAccountReply{ActiveResult: []activationResult{}}
	for _, a := range req.ActiveList {
		reply.ActiveResult = append(reply.ActiveResult, activationResult{a, codeOf(x.activate(a))})
	}
	return reply, nil
}

// codeOf is the errcode of a part of a call.
func codeOf(err error) int {
	if err == nil {
		return 0
	}
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Code
	}
	return -1
}

type activeCodeRequest struct {
	CorpID         string   `json:"corpid"`
	ActiveCode     string   `json:"active_code"`
	ActiveCodeList []string `json:"active_code_list"`
}

type activeInfoReply struct {
	ActiveInfo activeInfoWire `json:"active_info"`
}

type activeInfoWire struct {
	ActiveCode string         `json:"active_code"`
	Type       int            `json:"type"`
	Status     int            `json:"status"`
	UserID     string         `json:"userid,omitempty"`
	CreateTime int64          `json:"create_time"`
	ActiveTime int64          `json:"active_time,omitempty"`
	ExpireTime int64          `json:"expire_time,omitempty"`
	MergeInfo  *mergeInfoWire `json:"merge_info,omitempty"`
	ShareInfo  *shareInfoWire `json:"share_info,omitempty"`
}

type mergeInfoWire struct {
	ToActiveCode   string `json:"to_active_code"`
	FromActiveCode string `json:"from_active_code"`
}

type shareInfoWire struct {
	ToCorpID   string `json:"to_corpid"`
	FromCorpID string `json:"from_corpid"`
}

func (x *exchange) activeInfo(code string) (activeInfoWire, error) {
	c, err := x.licenseCode(code)
	if err != nil {
		return activeInfoWire{}, err
	}
	w := activeInfoWire{ActiveCode: c.code, Type: c.kind, Status: c.status(x.now), CreateTime: c.created.Unix()}
	if c.userID != "" {
		w.UserID = c.holder().corp.openUserID(x.provider, c.userID)
		w.ActiveTime, w.ExpireTime = c.active.Unix(), c.expires.Unix()
	}
	if c.mergedTo != nil || c.mergedFrom != nil {
		w.MergeInfo = &mergeInfoWire{}
		if c.mergedTo != nil {
			w.MergeInfo.ToActiveCode = c.mergedTo.code
		}
		if c.mergedFrom != nil {
			w.MergeInfo.FromActiveCode = c.mergedFrom.code
		}
	}
	if c.sharedTo != nil {
		w.ShareInfo = &shareInfoWire{c.sharedTo.openCorpID(x.provider), c.server.openCorpID(x.provider)}
	}
	return w, nil
}

func activeInfoByCode(x *exchange, req activeCodeRequest) (any, error) {
	if !x.tenant(req.CorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	info, err := x.activeInfo(req.ActiveCode)
	if err != nil {
		return nil, err
	}
	return activeInfoReply{info}, nil
}

type batchActiveInfoReply struct {
	ActiveInfoList        []activeInfoWire `json:"active_info_list"`
	InvalidActiveCodeList []string         `json:"invalid_active_code_list"`
}

func batchActiveInfoByCode(x *exchange, req activeCodeRequest) (any, error) {
	if !x.tenant(req.CorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	reply := batchActiveInfoReply{ActiveInfoList: []activeInfoWire{}, InvalidActiveCodeList: []string{}}
	for _, code := range req.ActiveCodeList {
		if info, err := x.activeInfo(code); err == nil {
			reply.ActiveInfoList = append(reply.ActiveInfoList, info)
		} else {
			reply.InvalidActiveCodeList = append(reply.InvalidActiveCodeList, code)
		}
	}
	return reply, nil
}

type activeUserRequest struct {
	CorpID string `json:"corpid"`
	UserID string `json:"userid"`
}

type activeUserReply struct {
	ActiveStatus   int              `json:"active_status"`
	ActiveInfoList []activeUserWire `json:"active_info_list"`
}

type activeUserWire struct {
	ActiveCode string `json:"active_code,omitempty"`
	Type       int    `json:"type"`
	UserID     string `json:"userid"`
	ActiveTime int64  `json:"active_time"`
	ExpireTime int64  `json:"expire_time"`
}

func activeInfoByUser(x *exchange, req activeUserRequest) (any, error) {
	if !x.tenant(req.CorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	m := x.memberByOpenID(req.UserID)
	if m == nil {
		return nil, Refuse(701019, "wecomtest: invalid userid")
	}
	reply := activeUserReply{ActiveInfoList: []activeUserWire{}}
	for _, kind := range []int{licenseBase, licenseExternal} {
		c := x.s.providers.licenses.bound(x.provider, x.s, m.UserID, kind)
		if c == nil {
			continue
		}
		if x.now.Before(c.expires) {
			reply.ActiveStatus = 1
		}
		reply.ActiveInfoList = append(reply.ActiveInfoList, activeUserWire{c.code, kind, req.UserID, c.active.Unix(), c.expires.Unix()})
	}
	return reply, nil
}

type activatedRequest struct {
	CorpID string `json:"corpid"`
	Cursor string `json:"cursor"`
	Limit  int    `json:"limit"`
}

type activatedReply struct {
	AccountList []activeUserWire `json:"account_list"`
	HasMore     int              `json:"has_more"`
	NextCursor  string           `json:"next_cursor,omitempty"`
}

// listActivatedAccounts lists expired accounts, too.
func listActivatedAccounts(x *exchange, req activatedRequest) (any, error) {
	if !x.tenant(req.CorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	rows := []activeUserWire{}
	for _, c := range x.s.providers.licenses.of(x.provider, x.s) {
		if c.userID != "" && c.mergedTo == nil {
			rows = append(rows, activeUserWire{"", c.kind, x.corp.openUserID(x.provider, c.userID), c.active.Unix(), c.expires.Unix()})
		}
	}
	from, to, next, err := x.page(len(rows), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	return activatedReply{rows[from:to], more(next), next}, nil
}

type licenseTransfer struct {
	HandoverUserID string `json:"handover_userid"`
	TakeoverUserID string `json:"takeover_userid"`
}

type transferLicensesRequest struct {
	CorpID       string            `json:"corpid"`
	TransferList []licenseTransfer `json:"transfer_list"`
}

type transferLicensesReply struct {
	TransferResult []licenseTransferResult `json:"transfer_result"`
}

type licenseTransferResult struct {
	licenseTransfer
	ErrCode int `json:"errcode"`
}

func transferLicenses(x *exchange, req transferLicensesRequest) (any, error) {
	if !x.tenant(req.CorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	reply := transferLicensesReply{TransferResult: []licenseTransferResult{}}
	for _, t := range req.TransferList {
		reply.TransferResult = append(reply.TransferResult, licenseTransferResult{t, codeOf(x.transferLicense(t))})
	}
	return reply, nil
}

// transferLicense passes on all that a member has.
func (x *exchange) transferLicense(t licenseTransfer) error {
	from, to := x.memberByOpenID(t.HandoverUserID), x.memberByOpenID(t.TakeoverUserID)
	if from == nil || to == nil || to.Left || from == to {
		return Refuse(701019, "wecomtest: invalid userid")
	}
	st := &x.s.providers.licenses
	var codes []*licenseCode
	for _, kind := range []int{licenseBase, licenseExternal} {
		c := st.bound(x.provider, x.s, from.UserID, kind)
		if c == nil || !x.now.Before(c.expires) {
			continue
		}
		if !from.Left && x.inAnyRange(from.UserID) && !c.moved.IsZero() && x.now.Sub(c.moved) < licenseTransferGap {
			return Refuse(701017, "wecomtest: the license was transferred within 30 days")
		}
		if old := st.bound(x.provider, x.s, to.UserID, kind); old != nil && old.left(x.now) > licenseRenewWithin {
			return Refuse(701018, "wecomtest: the receiver has such a license")
		}
		codes = append(codes, c)
	}
	if len(codes) == 0 {
		return Refuse(701016, "wecomtest: the member has no active license")
	}
	for _, c := range codes {
		if old := st.bound(x.provider, x.s, to.UserID, c.kind); old != nil {
			c.expires = c.expires.Add(old.left(x.now))
			old.mergedTo, c.mergedFrom, old.expires = c, old, minTime(old.expires, x.now)
		}
		c.userID, c.moved = to.UserID, x.now
	}
	return nil
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
