package wecomtest

import (
	"encoding/json"
	"slices"
	"time"
)

const (
	preAuthCodeLife = 20 * time.Minute
	authCodeLife    = 10 * time.Minute
)

// preAuthCode is what a provider's site needs to send an administrator to the
// install page.
type preAuthCode struct {
	suite   *suite
	expires time.Time
	test    bool // the suite is not released
}

// install is how a suite's app came into a corp.
type install struct {
	suite         *suite
	admin         string // userid
	byMember      bool
	test          bool
	permanentCode string
	state         string // of a template's QR code
	registration  *registerCode
	granted       int       // permanent codes so far
	tryEnd        time.Time // of an app that costs something; zero is one that does not
}

// authCode is a temporary code for an app's permanent code.
type authCode struct {
	server  *Server
	app     *app
	expires time.Time
	used    bool
}

// appOf returns the corp's app of a suite, or nil.
func (c *corp) appOf(su *suite) *app {
	i := slices.IndexFunc(c.apps, func(a *app) bool { return a.install != nil && a.install.suite == su })
	if i < 0 {
		return nil
	}
	return c.apps[i]
}

// newPermanentCode makes the old one invalid. A delegated app's is its secret.
func (a *app) newPermanentCode() {
	in := a.install
	in.granted = in.suite.nextCode()
	in.permanentCode = opaque(in.suite.SuiteID, "permanent code", in.granted, 43)
	if in.suite.Template {
		a.Secret = in.permanentCode
	}
}

func (su *suite) nextCode() int {
	su.codes++
	return su.codes
}

// authCode gives out a temporary code. The caller holds s.mu.
func (s *Server) authCode(a *app) string {
	su := a.install.suite
	code := opaque(su.SuiteID, "auth code", su.nextCode(), 64)
	s.providers.authCodes[code] = &authCode{server: s, app: a, expires: s.clock.Now().Add(authCodeLife)}
	return code
}

func authorizationHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/service/get_pre_auth_code":     handle(getPreAuthCode),
		"/cgi-bin/service/set_session_info":      handle(setSessionInfo),
		"/cgi-bin/service/get_permanent_code":    handle(getPermanentCode),
		"/cgi-bin/service/v2/get_permanent_code": handle(getPermanentCodeV2),
		"/cgi-bin/service/get_auth_info":         handle(getAuthInfo),
		"/cgi-bin/service/v2/get_auth_info":      handle(getAuthInfoV2),
		"/cgi-bin/service/get_corp_token":        handle(getCorpToken),
		"/cgi-bin/service/get_admin_list":        handle(getAdminList),
		"/cgi-bin/agent/get_admin_list":          handle(getOwnAdminList),
	}
}

type getPreAuthCodeReply struct {
	PreAuthCode string `json:"pre_auth_code"`
	ExpiresIn   int    `json:"expires_in"`
}

func getPreAuthCode(x *exchange, _ struct{}) (any, error) {
	code := opaque(x.suite.SuiteID, "pre-auth code", x.suite.nextCode(), 64)
	x.s.providers.preAuthCodes[code] = &preAuthCode{suite: x.suite, expires: x.now.Add(preAuthCodeLife)}
	return getPreAuthCodeReply{code, int(preAuthCodeLife / time.Second)}, nil
}

type setSessionInfoRequest struct {
	PreAuthCode string `json:"pre_auth_code"`
	SessionInfo struct {
		AuthType int `json:"auth_type"`
	} `json:"session_info"`
}

func setSessionInfo(x *exchange, req setSessionInfoRequest) (any, error) {
	code, err := x.s.preAuthCode(req.PreAuthCode, x.suite, x.now)
	if err != nil {
		return nil, err
	}
	code.test = req.SessionInfo.AuthType == 1
	return nil, nil
}

// preAuthCode returns a suite's valid code. The caller holds s.mu.
func (s *Server) preAuthCode(value string, su *suite, now time.Time) (*preAuthCode, error) {
	code := s.providers.preAuthCodes[value]
	switch {
	case code == nil, code.suite != su:
		return nil, Refuse(40077, "invalid pre_auth_code")
	case !now.Before(code.expires):
		return nil, Refuse(42007, "pre_auth_code expired")
	}
	return code, nil
}

type authCodeRequest struct {
	AuthCode string `json:"auth_code"`
}

// redeem uses up an auth code and makes the corp the call's.
func (x *exchange) redeem(value string) (*app, error) {
	code := x.s.providers.authCodes[value]
	if code == nil || code.used || code.app.install.suite != x.suite || !x.now.Before(code.expires) || code.server.corp.appOf(x.suite) != code.app {
		return nil, Refuse(40078, "invalid auth_code")
	}
	code.used = true
	x.enter(code.server)
	return code.app, nil
}

type permanentCodeReply struct {
	AccessToken   string `json:"access_token,omitempty"`
	ExpiresIn     int    `json:"expires_in,omitempty"`
	PermanentCode string `json:"permanent_code"`
	authInfoReply
	AuthUserInfo     authUserWire      `json:"auth_user_info"`
	RegisterCodeInfo *registerCodeWire `json:"register_code_info,omitempty"`
	State            string            `json:"state,omitempty"`
}

type authUserWire struct {
	UserID     string `json:"userid,omitempty"`
	OpenUserID string `json:"open_userid,omitempty"`
	Name       string `json:"name,omitempty"`
	Avatar     string `json:"avatar,omitempty"`
}

type registerCodeWire struct {
	RegisterCode string `json:"register_code"`
	TemplateID   string `json:"template_id"`
	State        string `json:"state,omitempty"`
}

// getPermanentCode also gives a token of the corp, but not one of a delegated
// app.
func getPermanentCode(x *exchange, req authCodeRequest) (any, error) {
	a, err := x.redeem(req.AuthCode)
	if err != nil {
		return nil, err
	}
	reply := permanentCodeReply{
		PermanentCode: a.install.permanentCode, authInfoReply: x.authInfo(a), AuthUserInfo: x.authUser(a),
		RegisterCodeInfo: a.install.registration.wire(), State: a.install.state,
	}
	reply.EditionInfo = x.s.edition(a, x.now)
	if !x.suite.Template {
		if reply.AccessToken, reply.ExpiresIn, err = x.newToken(a); err != nil {
			return nil, err
		}
	}
	return reply, nil
}

type permanentCodeV2Reply struct {
	PermanentCode    string            `json:"permanent_code"`
	AuthCorpInfo     corpNameWire      `json:"auth_corp_info"`
	AuthUserInfo     authUserWire      `json:"auth_user_info"`
	RegisterCodeInfo *registerCodeWire `json:"register_code_info,omitempty"`
	State            string            `json:"state,omitempty"`
}

type corpNameWire struct {
	CorpID   string `json:"corpid"`
	CorpName string `json:"corp_name"`
}

func getPermanentCodeV2(x *exchange, req authCodeRequest) (any, error) {
	a, err := x.redeem(req.AuthCode)
	if err != nil {
		return nil, err
	}
	return permanentCodeV2Reply{
		PermanentCode: a.install.permanentCode, AuthCorpInfo: corpNameWire{x.s.openCorpID(x.provider), x.corp.name},
		AuthUserInfo: x.authUser(a), RegisterCodeInfo: a.install.registration.wire(), State: a.install.state,
	}, nil
}

// authUser is the administrator who installed the app.
func (x *exchange) authUser(a *app) authUserWire {
	m := x.corp.members.byID[a.install.admin]
	if m == nil {
		return authUserWire{}
	}
	id := x.corp.openUserID(x.provider, m.UserID)
	return authUserWire{UserID: id, OpenUserID: id, Name: id}
}

type tenantRequest struct {
	AuthCorpID    string `json:"auth_corpid"`
	PermanentCode string `json:"permanent_code"`
}

// authorized finds the app that a permanent code is for.
func (x *exchange) authorized(req tenantRequest) (*app, error) {
	if x.tenant(req.AuthCorpID) {
		if a := x.corp.appOf(x.suite); a != nil && a.install.permanentCode == req.PermanentCode {
			return a, nil
		}
	}
	return nil, Refuse(40084, "invalid permanent_code")
}

func getAuthInfo(x *exchange, req tenantRequest) (any, error) {
	a, err := x.authorized(req)
	if err != nil {
		return nil, err
	}
	reply := x.authInfo(a)
	reply.EditionInfo = x.s.edition(a, x.now)
	return reply, nil
}

// getAuthInfoV2 tells less of the corp.
func getAuthInfoV2(x *exchange, req tenantRequest) (any, error) {
	a, err := x.authorized(req)
	if err != nil {
		return nil, err
	}
	reply := x.authInfo(a)
	reply.AuthCorpInfo.CorpWXQRCode = ""
	return reply, nil
}

// getCorpToken answers without an errcode, as WeCom does when all is well. A
// delegated app's token comes from gettoken.
func getCorpToken(x *exchange, req tenantRequest) (any, error) {
	a, err := x.authorized(req)
	if err != nil {
		return nil, err
	}
	if x.suite.Template {
		return nil, Refuse(48002, "api forbidden")
	}
	token, seconds, err := x.newToken(a)
	if err != nil {
		return nil, err
	}
	return bareReply(getTokenReply{token, seconds})
}

// bareReply has no errcode.
func bareReply(v any) (any, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return rawReply{ContentType: "application/json; charset=UTF-8", Body: body}, nil
}

type getAdminListRequest struct {
	AuthCorpID string `json:"auth_corpid"`
	AgentID    int64  `json:"agentid"`
}

type getAdminListReply struct {
	Admin []adminWire `json:"admin"`
}

type adminWire struct {
	UserID     string `json:"userid"`
	OpenUserID string `json:"open_userid,omitempty"`
	AuthType   int    `json:"auth_type"` // 1 manages the app, 0 sends messages
}

func getAdminList(x *exchange, req getAdminListRequest) (any, error) {
	if !x.tenant(req.AuthCorpID) {
		return nil, Refuse(40013, "invalid corpid")
	}
	a := x.corp.appOf(x.suite)
	if a == nil || a.AgentID != req.AgentID {
		return nil, Refuse(40056, "invalid agentid")
	}
	return x.admins(a), nil
}

// getOwnAdminList is for a provider's app with its own token.
func getOwnAdminList(x *exchange, _ struct{}) (any, error) {
	if x.app.install == nil {
		return nil, Refuse(48002, "api forbidden")
	}
	reply := x.admins(x.app)
	for i := range reply.Admin {
		reply.Admin[i].OpenUserID = ""
	}
	return reply, nil
}

// admins are nobody if members authorised the app themselves.
func (x *exchange) admins(a *app) getAdminListReply {
	reply := getAdminListReply{Admin: []adminWire{}}
	if m := x.corp.members.byID[a.install.admin]; m != nil && !m.Left && !a.install.byMember {
		id := x.corp.openUserID(x.provider, m.UserID)
		reply.Admin = append(reply.Admin, adminWire{id, id, 1})
	}
	return reply
}
