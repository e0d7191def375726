package wecomtest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	loginCodeLife  = 5 * time.Minute
	userTicketLife = 30 * time.Minute
)

// loginStore has what logins gave out and nobody has used yet.
type loginStore struct {
	codes   map[string]*loginCode
	tickets map[string]*userTicket
	tfa     map[string]*tfaCode
	issued  int
}

// A loginCode is what WeCom adds to the redirect_uri.
type loginCode struct {
	person  string // a userid, an external_userid, or the openid of a stranger
	link    loginLink
	expires time.Time
	again   bool // of a second verification
}

type userTicket struct {
	userID  string
	agentID int64
	expires time.Time
}

func newLoginStore() loginStore {
	return loginStore{codes: make(map[string]*loginCode), tickets: make(map[string]*userTicket), tfa: make(map[string]*tfaCode)}
}

func loginHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/auth/getuserinfo":   handle(getUserInfo),
		"/cgi-bin/auth/getuserdetail": handle(getUserDetail),
		"/cgi-bin/auth/get_tfa_info":  handle(getTFAInfo),
		"/cgi-bin/user/tfa_succ":      handle(tfaSucc),
	}
}

// useCode takes a code in, once, and for the app that it was made for.
func (x *exchange) useCode(code string, again bool) (*loginCode, error) {
	c := x.corp.logins.codes[code]
	switch {
	case c == nil, c.again != again, !x.now.Before(c.expires), c.link.agentID != 0 && c.link.agentID != x.app.AgentID:
		return nil, Refuse(40029, "invalid code")
	case !x.app.trustsExactly(c.link.host):
		return nil, Refuse(50001, "redirect_url domain not in trusted domain")
	}
	delete(x.corp.logins.codes, code)
	return c, nil
}

func (a *app) trustsExactly(host string) bool {
	return len(a.TrustedDomains) == 0 || slices.Contains(a.TrustedDomains, host)
}

type getUserInfoRequest struct {
	Code string `json:"code"`
}

type getUserInfoReply struct {
	UserID         string `json:"userid,omitempty"`
	UserTicket     string `json:"user_ticket,omitempty"`
	OpenID         string `json:"openid,omitempty"`
	ExternalUserID string `json:"external_userid,omitempty"`
}

func getUserInfo(x *exchange, req getUserInfoRequest) (any, error) {
	c, err := x.useCode(req.Code, false)
	if err != nil {
		return nil, err
	}
	if x.corp.members.byID[c.person] != nil {
		reply := getUserInfoReply{UserID: c.person}
		if c.link.private && x.app.sees(c.person) {
			reply.UserTicket = x.corp.loginSecret("user_ticket")
			x.corp.logins.tickets[reply.UserTicket] = &userTicket{c.person, x.app.AgentID, x.now.Add(userTicketLife)}
		}
		return reply, nil
	}
	reply := getUserInfoReply{OpenID: x.corp.openID(c.person)}
	if cust := x.corp.customers.byID[c.person]; cust != nil &&
		slices.ContainsFunc(cust.FollowUser, func(f Follow) bool { return x.app.sees(f.UserID) }) {
		reply.ExternalUserID = c.person
	}
	return reply, nil
}

type getUserDetailRequest struct {
	UserTicket string `json:"user_ticket"`
}

type getUserDetailReply struct {
	UserID  string `json:"userid"`
	Gender  string `json:"gender"` // a number in quotes, as the page shows it
	Avatar  string `json:"avatar"`
	QRCode  string `json:"qr_code"`
	Mobile  string `json:"mobile"`
	Email   string `json:"email"`
	BizMail string `json:"biz_mail"`
	Address string `json:"address"`
}

func getUserDetail(x *exchange, req getUserDetailRequest) (any, error) {
	t := x.corp.logins.tickets[req.UserTicket]
	switch {
	case t == nil, t.agentID != x.app.AgentID:
		return nil, Refuse(84015, "wecomtest: invalid user_ticket")
	case !x.now.Before(t.expires):
		return nil, Refuse(84014, "wecomtest: user_ticket expired")
	}
	m := x.corp.members.byID[t.userID]
	if m == nil || !x.app.sees(t.userID) {
		return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
	}
	return getUserDetailReply{
		UserID:  m.UserID,
		Gender:  strconv.Itoa(m.Gender),
		Avatar:  m.Avatar,
		QRCode:  "https://open.work.weixin.qq.com/wwopen/userQRCode?vcode=" + x.corp.hex("vcode "+m.UserID, 0)[:16],
		Mobile:  m.Mobile,
		Email:   m.Email,
		BizMail: m.BizMail,
		Address: m.Address,
	}, nil
}

// loginSecret makes the next code or ticket of a login.
func (c *corp) loginSecret(kind string) string {
	c.logins.issued++
	return c.opaque(kind, c.logins.issued, 64)
}

// Authorize lets a person open the link of a login, consent, and go back to
// the app: it returns the address that WeCom sends them to, with code and
// state. The person is a userid, an external_userid, or else a stranger's name.
// The link is that of 网页授权 (91022) or of the web login (98152), or of the
// same logins at a suite, or of the old one at a provider; one that WeCom would
// show an error page for ends the test.
func (a Actor) Authorize(person, link string) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	return a.s.authorize(person, link, false)
}

// authorize is Authorize for a code of either kind. The caller holds s.mu.
func (s *Server) authorize(person, link string, again bool) string {
	s.helper()
	if sl, ours, problem := s.suiteLink(link); ours {
		if problem != "" || again {
			s.fatalf("wecomtest: the page %q shows an error: %s", link, problem)
		}
		return s.authorizeAtSuite(person, link, sl)
	}
	l, problem := s.corp.readLoginLink(link)
	if problem == "" {
		problem = s.corp.barred(person, l)
	}
	if problem != "" {
		s.fatalf("wecomtest: the page %q shows an error: %s", link, problem)
	}
	code := s.corp.loginSecret("code")
	s.corp.logins.codes[code] = &loginCode{person: person, link: l, expires: s.clock.Now().Add(loginCodeLife), again: again}
	back, _ := url.Parse(l.redirectURI)
	q := back.Query()
	q.Set("code", code)
	q.Set("state", l.state)
	back.RawQuery = q.Encode()
	return back.String()
}

// barred says why a person cannot log in by a link, if so.
func (c *corp) barred(person string, l loginLink) string {
	m, a := c.members.byID[person], c.agent(l.agentID)
	switch {
	case m != nil && m.Left:
		return "the member has left the corp"
	case m == nil && l.web:
		return "only members can log in on the web"
	case m != nil && a != nil && (l.web || l.private) && !a.sees(person):
		return "the member is not in the visible range of the app"
	}
	return ""
}

// loginLink is what WeCom reads in the link of a login.
type loginLink struct {
	redirectURI, host, state string
	agentID                  int64
	web                      bool // else 网页授权
	private                  bool // snsapi_privateinfo
}

// readLoginLink reads a link, or says what is wrong with it.
func (c *corp) readLoginLink(link string) (l loginLink, problem string) {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" {
		return l, "it is no https URL"
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return l, "its query is broken"
	}
	known := []string{"appid", "redirect_uri", "state", "agentid"}
	switch u.Host + u.Path {
	case "open.weixin.qq.com/connect/oauth2/authorize":
		known = append(known, "response_type", "scope")
		problem = oauthProblem(u, q)
		l.private = q.Get("scope") == "snsapi_privateinfo" && q.Get("agentid") != ""
	case "login.work.weixin.qq.com/wwlogin/sso/login":
		known = append(known, "login_type", "lang")
		problem = webLoginProblem(q)
		l.web = true
	default:
		return l, "there is no login at " + u.Host + u.Path
	}
	if problem != "" {
		return l, problem
	}
	for name, values := range q {
		if !slices.Contains(known, name) || len(values) > 1 {
			return l, "the parameter " + name + " does not belong there, or only once"
		}
	}
	problem = c.readLoginQuery(&l, q)
	return l, problem
}

// readLoginQuery reads what both kinds of links have.
func (c *corp) readLoginQuery(l *loginLink, q url.Values) (problem string) {
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Host == "" || back.Scheme != "http" && back.Scheme != "https" {
		return "redirect_uri is no URL"
	}
	l.redirectURI, l.host, l.state = back.String(), back.Hostname(), q.Get("state")
	if len(l.state) > 128 || strings.Trim(l.state, letters) != "" {
		return "state is longer than 128 bytes or has other characters than a-zA-Z0-9"
	}
	if q.Get("appid") != c.id {
		return "appid is not the corp's"
	}
	if text := q.Get("agentid"); text != "" {
		l.agentID, _ = strconv.ParseInt(text, 10, 64)
		if a := c.agent(l.agentID); a == nil {
			return "the corp has no app " + text
		} else if !a.trustsExactly(l.host) {
			return "the domain of redirect_uri is none that the app trusts"
		}
	}
	return ""
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

func oauthProblem(u *url.URL, q url.Values) string {
	switch {
	case u.Fragment != "wechat_redirect":
		return "#wechat_redirect is missing: nobody's identity would come along"
	case q.Get("response_type") != "code":
		return "response_type is not code"
	case q.Get("scope") != "snsapi_base" && q.Get("scope") != "snsapi_privateinfo":
		return "scope is none that there is"
	}
	return ""
}

func webLoginProblem(q url.Values) string {
	switch {
	case q.Get("login_type") != "CorpApp":
		return "-31040 login_type is not CorpApp"
	case q.Get("agentid") == "":
		return "-31028 agentid is missing"
	case q.Has("lang") && q.Get("lang") != "zh" && q.Get("lang") != "en":
		return "lang is neither zh nor en"
	}
	return ""
}
