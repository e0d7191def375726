package wecomtest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const suiteUserTicketLife = 2 * time.Hour

// suiteLogin is a code or ticket that a person's login at a provider's app
// gave out, or a code of a mini program.
type suiteLogin struct {
	suite    *suite
	provider *provider // of a login at the provider's console, which is no suite's
	server   *Server   // nil for who is in no corp
	person   string    // a userid, or a stranger's name
	scope    string
	kind     string // code, ticket, console, miniprogram
	admin    bool
	expires  time.Time
}

func suiteLoginHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/service/auth/getuserinfo3rd":        handle(getUserInfo3rd),
		"/cgi-bin/service/getuserinfo3rd":             handle(getUserInfo3rdOld),
		"/cgi-bin/service/auth/getuserdetail3rd":      handle(getUserDetail3rd),
		"/cgi-bin/service/getuserdetail3rd":           handle(getUserDetail3rd),
		"/cgi-bin/service/get_login_info":             handle(getLoginInfo),
		"/cgi-bin/service/miniprogram/jscode2session": handle(suiteJSCodeToSession),
	}
}

// suiteLogin keeps a login and returns its code. The caller holds s.mu.
func (s *Server) suiteLogin(l suiteLogin, life time.Duration) string {
	st := &s.providers
	st.loginCodes++
	l.expires = s.clock.Now().Add(life)
	code := opaque("provider", l.kind, st.loginCodes, 64)
	st.logins[code] = &l
	return code
}

// useSuiteLogin takes a code in, once.
func (x *exchange) useSuiteLogin(code, kind string) (*suiteLogin, error) {
	l := x.s.providers.logins[code]
	if l == nil || l.kind != kind || !x.now.Before(l.expires) || l.suite != x.suite || x.suite == nil && l.provider != x.provider {
		return nil, Refuse(40029, "invalid code")
	}
	delete(x.s.providers.logins, code)
	if l.server != nil {
		x.enter(l.server)
	}
	return l, nil
}

type userInfo3rdReply struct {
	CorpID     string `json:"corpid,omitempty"`
	UserID     string `json:"userid,omitempty"`
	UserTicket string `json:"user_ticket,omitempty"`
	ExpiresIn  int    `json:"expires_in,omitempty"`
	OpenUserID string `json:"open_userid,omitempty"`
	OpenID     string `json:"openid,omitempty"`
}

func getUserInfo3rd(x *exchange, req getUserInfoRequest) (any, error) {
	l, err := x.useSuiteLogin(req.Code, "code")
	if err != nil {
		return nil, err
	}
	if x.suite.Template {
		return nil, Refuse(48002, "api forbidden")
	}
	if l.server == nil {
		return userInfo3rdReply{OpenID: "o" + opaque(x.provider.CorpID, "openid "+l.person, 0, 27)}, nil
	}
	id := x.corp.openUserID(x.provider, l.person)
	reply := userInfo3rdReply{CorpID: x.s.openCorpID(x.provider), UserID: id, OpenUserID: id}
	if a := x.corp.appOf(x.suite); a != nil && a.sees(l.person) && (l.scope == "snsapi_userinfo" || l.scope == "snsapi_privateinfo") {
		reply.UserTicket = x.s.suiteLogin(suiteLogin{suite: x.suite, server: x.s, person: l.person, scope: l.scope, kind: "ticket"}, suiteUserTicketLife)
		reply.ExpiresIn = int(suiteUserTicketLife / time.Second)
	}
	return reply, nil
}

type userInfo3rdOldReply struct {
	CorpID     string `json:"CorpId,omitempty"`
	UserID     string `json:"UserId,omitempty"`
	DeviceID   string `json:"DeviceId,omitempty"`
	OpenID     string `json:"OpenId,omitempty"`
	UserTicket string `json:"user_ticket,omitempty"`
	ExpiresIn  int    `json:"expires_in,omitempty"`
	OpenUserID string `json:"open_userid,omitempty"`
}

func getUserInfo3rdOld(x *exchange, req getUserInfoRequest) (any, error) {
	reply, err := getUserInfo3rd(x, req)
	if err != nil {
		return nil, err
	}
	r, _ := reply.(userInfo3rdReply)
	return userInfo3rdOldReply{
		CorpID: r.CorpID, UserID: r.UserID, OpenID: r.OpenID, UserTicket: r.UserTicket, ExpiresIn: r.ExpiresIn, OpenUserID: r.OpenUserID,
		DeviceID: opaque("device", r.UserID+r.OpenID, 0, 32),
	}, nil
}

type userDetail3rdReply struct {
	CorpID string `json:"corpid"`
	UserID string `json:"userid"`
	Name   string `json:"name"`
	Gender string `json:"gender"` // a number in quotes, as the page shows it
	Avatar string `json:"avatar"`
	QRCode string `json:"qr_code,omitempty"`
}

// getUserDetail3rd tells the truth only if the member has agreed to
// snsapi_privateinfo, and never the name.
func getUserDetail3rd(x *exchange, req getUserDetailRequest) (any, error) {
	l := x.s.providers.logins[req.UserTicket]
	switch {
	case l == nil, l.kind != "ticket", l.suite != x.suite:
		return nil, Refuse(84015, "wecomtest: invalid user_ticket")
	case !x.now.Before(l.expires):
		return nil, Refuse(84014, "wecomtest: user_ticket expired")
	}
	x.enter(l.server)
	m, a := x.corp.members.byID[l.person], x.corp.appOf(x.suite)
	if m == nil || a == nil || !a.sees(l.person) {
		return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
	}
	id := x.corp.openUserID(x.provider, m.UserID)
	reply := userDetail3rdReply{
		CorpID: x.s.openCorpID(x.provider), UserID: id, Name: id, Gender: "0",
		Avatar: "https://wework.qpic.cn/wwpic/SIM/default",
	}
	if l.scope == "snsapi_privateinfo" {
		reply.Gender = strconv.Itoa(m.Gender)
		reply.Avatar = m.Avatar
		reply.QRCode = "https://open.work.weixin.qq.com/wwopen/userQRCode?vcode=" + x.corp.hex("vcode "+m.UserID, 0)[:16]
	}
	return reply, nil
}

type loginInfoReply struct {
	UserType int           `json:"usertype"` // 2 an administrator, 5 a member
	UserInfo loginUserWire `json:"user_info"`
	CorpInfo struct {
		CorpID string `json:"corpid"`
	} `json:"corp_info"`
	Agent    []loginAgentWire `json:"agent"`
	AuthInfo struct {
		Department []loginDepartmentWire `json:"department"`
	} `json:"auth_info"`
}

type loginUserWire struct {
	UserID     string `json:"userid"`
	OpenUserID string `json:"open_userid"`
	Name       string `json:"name"`
	Avatar     string `json:"avatar"`
}

type loginAgentWire struct {
	AgentID  int64 `json:"agentid"`
	AuthType int   `json:"auth_type"`
}

type loginDepartmentWire struct {
	ID       int64 `json:"id"`
	Writable bool  `json:"writable"`
}

func getLoginInfo(x *exchange, req authCodeRequest) (any, error) {
	l, err := x.useSuiteLogin(req.AuthCode, "console")
	if err != nil {
		return nil, err
	}
	id := x.corp.openUserID(x.provider, l.person)
	reply := loginInfoReply{UserType: 5, UserInfo: loginUserWire{UserID: id, OpenUserID: id, Name: id}, Agent: []loginAgentWire{}}
	reply.CorpInfo.CorpID = x.s.openCorpID(x.provider)
	reply.AuthInfo.Department = []loginDepartmentWire{}
	if l.admin {
		reply.UserType = 2
		reply.AuthInfo.Department = append(reply.AuthInfo.Department, loginDepartmentWire{ID: 1})
		for _, a := range x.ownApps() {
			reply.Agent = append(reply.Agent, loginAgentWire{a.AgentID, 1})
		}
	}
	return reply, nil
}

type jsCodeRequest struct {
	JSCode string `json:"js_code"`
}

type jsCodeReply struct {
	CorpID     string `json:"corpid"`
	UserID     string `json:"userid"`
	SessionKey string `json:"session_key"`
	OpenUserID string `json:"open_userid"`
}

func suiteJSCodeToSession(x *exchange, req jsCodeRequest) (any, error) {
	l, err := x.useSuiteLogin(req.JSCode, "miniprogram")
	if err != nil {
		return nil, err
	}
	id := x.corp.openUserID(x.provider, l.person)
	return jsCodeReply{x.s.openCorpID(x.provider), id, opaque(x.suite.SuiteID, "session "+req.JSCode, 0, 24), id}, nil
}

// LoginToMiniProgram lets a member open a provider's mini program, and returns
// the code that its wx.qy.login gets.
func (a Actor) LoginToMiniProgram(suiteID, userID string) (jsCode string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	su := a.s.suite(suiteID)
	a.s.member(userID)
	return a.s.suiteLogin(suiteLogin{suite: su, server: a.s, person: userID, kind: "miniprogram"}, loginCodeLife)
}

// suiteLink is the link of a login at a provider's app, taken apart.
type suiteLink struct {
	login suiteLogin
	back  *url.URL
	code  string // the parameter that the code goes back in
	state string
}

// suiteLink reads the link of a login at a suite or provider, or says what is
// wrong with it; ours is false for a login of another kind. The caller holds
// s.mu.
func (s *Server) suiteLink(link string) (l suiteLink, ours bool, problem string) {
	u, err := url.Parse(link)
	if err != nil {
		return l, false, ""
	}
	q := u.Query()
	appID := q.Get("appid")
	known := []string{"appid", "redirect_uri", "state"}
	l.code, l.state = "code", q.Get("state")
	l.login.kind, l.login.suite = "code", s.providers.suite(appID)
	switch u.Host + u.Path {
	case "open.weixin.qq.com/connect/oauth2/authorize":
		ours = l.login.suite != nil
		known = append(known, "response_type", "scope")
		l.login.scope = q.Get("scope")
		problem = suiteOAuthProblem(u, q)
	case "login.work.weixin.qq.com/wwlogin/sso/login":
		ours = l.login.suite != nil || q.Get("login_type") == "ServiceApp"
		known = append(known, "login_type", "lang")
		if q.Get("login_type") != "ServiceApp" {
			problem = "-31040 login_type is not ServiceApp"
		}
	case "open.work.weixin.qq.com/wwopen/sso/3rd_qrConnect":
		ours = true
		known = append(known, "usertype", "lang")
		l.code, l.login.kind, l.login.suite = "auth_code", "console", nil
		l.login.provider, l.login.admin = s.providers.byID(appID), q.Get("usertype") == "admin"
		if t := q.Get("usertype"); t != "" && t != "admin" && t != "member" {
			problem = "usertype is neither admin nor member"
		}
	}
	if !ours || problem != "" {
		return l, ours, problem
	}
	for name, values := range q {
		if !slices.Contains(known, name) || len(values) > 1 {
			return l, true, "the parameter " + name + " does not belong there, or only once"
		}
	}
	return l, true, l.readBack(q)
}

func suiteOAuthProblem(u *url.URL, q url.Values) string {
	switch {
	case u.Fragment != "wechat_redirect":
		return "#wechat_redirect is missing: nobody's identity would come along"
	case q.Get("response_type") != "code":
		return "response_type is not code"
	case !slices.Contains([]string{"snsapi_base", "snsapi_userinfo", "snsapi_privateinfo"}, q.Get("scope")):
		return "scope is none that there is"
	}
	return ""
}

// readBack reads where the browser goes back to.
func (l *suiteLink) readBack(q url.Values) (problem string) {
	if l.login.suite == nil && l.login.provider == nil {
		return "appid is no suite's and no provider's"
	}
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Host == "" || back.Scheme != "http" && back.Scheme != "https" {
		return "redirect_uri is no URL"
	}
	if len(l.state) > maxAuthState || strings.ContainsFunc(l.state, notAlnum) {
		return "state is longer than 128 bytes or has other characters than a-zA-Z0-9"
	}
	if su := l.login.suite; su != nil && !su.trusts(back) {
		return "50001 the domain of redirect_uri is none that the suite trusts"
	}
	l.back = back
	return ""
}

// trusts reports whether pages may send a browser to the URL.
func (su *suite) trusts(u *url.URL) bool {
	d := su.RedirectDomains
	return d == nil || slices.Contains(d, u.Host) || slices.Contains(d, u.Hostname())
}

// authorizeAtSuite lets a person follow the link of a login at a provider. The
// caller holds s.mu.
func (s *Server) authorizeAtSuite(person, link string, l suiteLink) string {
	s.helper()
	if m := s.corp.members.byID[person]; m != nil && !m.Left {
		l.login.server = s
	} else if l.login.kind == "console" {
		s.fatalf("wecomtest: the page %q shows an error: only members can log in there", link)
	}
	l.login.person = person
	q := l.back.Query()
	q.Set(l.code, s.suiteLogin(l.login, loginCodeLife))
	if l.code == "auth_code" {
		q.Set("expires_in", "300")
	}
	q.Set("state", l.state)
	l.back.RawQuery = q.Encode()
	return l.back.String()
}
