package wecomtest

import "errors"

type activeCodeWire struct {
	ActiveCode string `json:"active_code"`
}

type shareActiveCodesRequest struct {
	FromCorpID   string           `json:"from_corpid"`
	ToCorpID     string           `json:"to_corpid"`
	ShareList    []activeCodeWire `json:"share_list"`
	CorpLinkType int              `json:"corp_link_type"`
}

type shareActiveCodesReply struct {
	ShareResult []shareResult `json:"share_result"`
}

type shareResult struct {
	activeCodeWire
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
}

// shareActiveCodes gives unused accounts to a corp that shares an app of the
// provider. Only those that could not be given are listed.
func shareActiveCodes(x *exchange, req shareActiveCodesRequest) (any, error) {
	if !x.tenant(req.ToCorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	to := x.s
	if !x.tenant(req.FromCorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	switch {
	case !x.corp.linkedTo(to, req.CorpLinkType):
		return nil, Refuse(701058, "wecomtest: the corps are not linked")
	case !x.corp.sharesOf(x.provider, to, req.CorpLinkType):
		return nil, Refuse(701051, "wecomtest: no app of the provider is shared")
	}
	reply := shareActiveCodesReply{ShareResult: []shareResult{}}
	for _, s := range req.ShareList {
		c, err := x.licenseCode(s.ActiveCode)
		switch {
		case err == nil && c.sharedTo != nil:
			err = Refuse(701055, "wecomtest: the license was given to a corp downstream")
		case err == nil && c.userID != "":
			err = Refuse(701003, "wecomtest: the active_code is bound already")
		case err == nil:
			c.sharedTo = to
		}
		if r, ok := errors.AsType[*Refusal](err); ok {
			reply.ShareResult = append(reply.ShareResult, shareResult{s, r.Code, r.Msg})
		}
	}
	return reply, nil
}

type autoActiveRequest struct {
	CorpID           string `json:"corpid"`
	AutoActiveStatus int    `json:"auto_active_status"`
}

type autoActiveReply struct {
	AutoActiveStatus int `json:"auto_active_status"`
}

// boughtFor makes a corp the call's for which the provider has bought accounts
// at some time.
func (x *exchange) boughtFor(openCorpID string) error {
	if !x.tenant(openCorpID) {
		return Refuse(40013, "invalid corpid")
	}
	for _, o := range x.s.providers.licenses.orders {
		if o.provider == x.provider && o.server == x.s && !o.paid.IsZero() {
			return nil
		}
	}
	return Refuse(701071, "wecomtest: no license was bought for the corp")
}

func setAutoActiveStatus(x *exchange, req autoActiveRequest) (any, error) {
	if err := x.boughtFor(req.CorpID); err != nil {
		return nil, err
	}
	x.s.providers.licenses.auto[licenseHolder{x.s.corp.id, x.provider.CorpID}] = req.AutoActiveStatus == 1
	return nil, nil
}

func getAutoActiveStatus(x *exchange, req corpIDRequest) (any, error) {
	if err := x.boughtFor(req.CorpID); err != nil {
		return nil, err
	}
	if x.s.providers.licenses.auto[licenseHolder{x.s.corp.id, x.provider.CorpID}] {
		return autoActiveReply{1}, nil
	}
	return autoActiveReply{}, nil
}
