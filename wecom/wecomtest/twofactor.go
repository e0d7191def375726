package wecomtest

import "time"

const tfaCodeLife = 5 * time.Minute

// A tfaCode lets one member into their client.
type tfaCode struct {
	userID  string
	expires time.Time
}

type getTFAInfoReply struct {
	UserID  string `json:"userid"`
	TFACode string `json:"tfa_code"`
}

func getTFAInfo(x *exchange, req getUserInfoRequest) (any, error) {
	c, err := x.useCode(req.Code, true)
	if err != nil {
		return nil, err
	}
	if !x.app.sees(c.person) {
		return nil, Refuse(40208, "wecomtest: the member is not in the visible range of the app")
	}
	code := x.corp.loginSecret("tfa_code")
	x.corp.logins.tfa[code] = &tfaCode{c.person, x.now.Add(tfaCodeLife)}
	return getTFAInfoReply{c.person, code}, nil
}

type tfaSuccRequest struct {
	UserID  string `json:"userid"`
	TFACode string `json:"tfa_code"`
}

func tfaSucc(x *exchange, req tfaSuccRequest) (any, error) {
	m, err := x.corp.follower(x, req.UserID)
	if err != nil {
		return nil, err
	}
	c := x.corp.logins.tfa[req.TFACode]
	if c == nil || c.userID != req.UserID || !x.now.Before(c.expires) {
		return nil, Refuse(40207, "wecomtest: invalid tfa_code")
	}
	delete(x.corp.logins.tfa, req.TFACode)
	m.Locked = false
	return nil, nil
}

// VerifyAgain lets WeCom ask a member who they are a second time (二次验证):
// their client is locked and opens link, the one that the console has for it.
// It returns the address that they come to there, with a code for get_tfa_info.
// The link is that of 网页授权 (91022).
func (a Actor) VerifyAgain(userID, link string) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	m := a.s.member(userID)
	back := a.s.authorize(userID, link, true)
	m.Locked = true
	return back
}
