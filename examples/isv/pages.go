package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/jssdk"
)

//go:embed web/*.html
var templates embed.FS

//go:embed web/*.css
var assets embed.FS

const (
	maxText = 4000 // bytes, of a welcome message
	maxTag  = 30   // characters
	maxForm = 64 << 10

	wecomInstallPage = "https://open.work.weixin.qq.com"
)

// pages are what browsers see.
type pages struct {
	url        string
	suite      *isv.Suite
	greetings  *greetings
	arrived    func(context.Context, *wecom.Client, *isv.Authorization) error
	guard      *jssdk.Guard
	sessions   sessions
	adminToken [sha256.Size]byte
	html       *template.Template
	logger     *slog.Logger
}

func newPages(cfg config, s *server) (http.Handler, error) {
	clock := s.suite.Self().Clock()
	guardKey, err := key(cfg.Secrets[0], "guard")
	if err != nil {
		return nil, err
	}
	sessionKey, err := key(cfg.Secrets[0], "session")
	if err != nil {
		return nil, err
	}
	guard, err := jssdk.NewGuard(jssdk.GuardConfig{Key: guardKey, Life: 20 * time.Minute, Clock: clock}) // as long as a pre-auth code
	if err != nil {
		return nil, err
	}
	html, err := template.ParseFS(templates, "web/*.html")
	if err != nil {
		return nil, err
	}
	p := &pages{
		url: cfg.URL, suite: s.suite, greetings: s.greetings, arrived: s.arrived, guard: guard,
		sessions: sessions{sessionKey, clock}, adminToken: sha256.Sum256([]byte(cfg.AdminToken)), html: html, logger: s.logger,
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /install", p.installPage)
	mux.HandleFunc("POST /install", p.install)
	mux.HandleFunc("GET /installed", p.installed)
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("GET /login", p.login)
	mux.HandleFunc("POST /greeting", p.setGreeting)
	mux.HandleFunc("GET /tenants", p.tenants)
	mux.Handle("GET /web/", http.FileServerFS(assets))
	return http.NewCrossOriginProtection().Handler(secured(mux)), nil
}

// secured keeps pages out of caches and everything foreign out of pages.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		// The form of /install is redirected to WeCom.
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "+
			"frame-ancestors 'none'; form-action 'self' "+wecomInstallPage)
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// installPage costs nothing, so crawlers may look at it.
func (p *pages) installPage(w http.ResponseWriter, r *http.Request) {
	p.render(w, r, http.StatusOK, "install.html", nil)
}

// install leads an admin to WeCom's install page, with a state that is good for
// this browser only: nobody can be led to finish what somebody else began.
func (p *pages) install(w http.ResponseWriter, r *http.Request) {
	state, err := p.guard.Begin(w, r, "/")
	if err != nil {
		p.fail(w, r, http.StatusInternalServerError, "安装暂不可用，请稍后再试。", err)
		return
	}
	link, err := p.suite.InstallURL(r.Context(), isv.InstallURLRequest{RedirectURI: p.url + "/installed", State: state})
	switch {
	case errors.Is(err, isv.ErrNoTicket):
		p.fail(w, r, http.StatusServiceUnavailable, "应用正在启动，请十分钟后再试。", err)
	case err != nil:
		p.fail(w, r, http.StatusServiceUnavailable, "企业微信暂时没有响应，请稍后再试。", err)
	default:
		http.Redirect(w, r, link, http.StatusSeeOther)
	}
}

// installed is where WeCom sends the admin back to. There is no create_auth for
// a corp that comes by this way.
func (p *pages) installed(w http.ResponseWriter, r *http.Request) {
	code, target, err := p.guard.Finish(w, r)
	if err != nil {
		p.fail(w, r, http.StatusForbidden, "安装已过期，或不是在此浏览器中开始的，请重新安装。", err)
		return
	}
	auth, err := p.suite.Authorize(r.Context(), code)
	if err != nil {
		p.fail(w, r, http.StatusServiceUnavailable, "授权没有完成，请重新安装。", err)
		return
	}
	corpID := auth.AuthCorpInfo.CorpID
	client, err := p.suite.Client(r.Context(), corpID)
	if err == nil {
		err = p.arrived(r.Context(), client, auth)
	}
	if err != nil {
		p.failTenant(w, r, err)
		return
	}
	p.sessions.begin(w, corpID)
	http.Redirect(w, r, target, http.StatusSeeOther) //nolint:gosec // Finish leads to this site only
}

// home shows an admin what the corp has granted and how it greets. Whoever is
// not known yet goes to WeCom and back first, without a click: this is what
// opens with the app in the WeCom client.
func (p *pages) home(w http.ResponseWriter, r *http.Request) {
	corpID, ok := p.sessions.corp(r)
	if !ok {
		p.toLogin(w, r)
		return
	}
	info, err := p.suite.GetAuthInfo(r.Context(), corpID)
	if err != nil {
		p.failTenant(w, r, err)
		return
	}
	g, err := p.greetings.get(r.Context(), corpID)
	if err != nil {
		p.failTenant(w, r, err)
		return
	}
	p.render(w, r, http.StatusOK, "home.html", map[string]any{
		"Corp": info.AuthCorpInfo, "Agents": info.AuthInfo.Agent, "Greeting": g,
		"MaxTag": maxTag, "Saved": r.URL.Query().Has("saved"),
	})
}

func (p *pages) toLogin(w http.ResponseWriter, r *http.Request) {
	state, err := p.guard.Begin(w, r, "/")
	if err != nil {
		p.fail(w, r, http.StatusInternalServerError, "登录暂不可用，请稍后再试。", err)
		return
	}
	link, err := p.suite.AuthorizeURL(isv.AuthorizeURLRequest{RedirectURI: p.url + "/login", State: state})
	if err != nil {
		p.fail(w, r, http.StatusInternalServerError, "登录暂不可用，请稍后再试。", err)
		return
	}
	http.Redirect(w, r, link, http.StatusSeeOther)
}

// login is where WeCom sends whoever opens the app.
func (p *pages) login(w http.ResponseWriter, r *http.Request) {
	code, target, err := p.guard.Finish(w, r)
	if err != nil {
		p.fail(w, r, http.StatusForbidden, "登录已过期，请重新打开应用。", err)
		return
	}
	user, err := p.suite.GetUserInfo3rd(r.Context(), code)
	if err != nil {
		p.fail(w, r, http.StatusForbidden, "登录没有成功，请重新打开应用。", err)
		return
	}
	admins, err := p.suite.GetAdminList(r.Context(), user.CorpID)
	if err != nil {
		p.failTenant(w, r, err)
		return
	}
	if user.UserID == "" || !slices.ContainsFunc(admins.Admin, func(a isv.Admin) bool {
		return a.UserID == user.UserID && a.AuthType == isv.AdminAuthTypeManage
	}) {
		p.fail(w, r, http.StatusForbidden, "只有应用管理员可以设置欢迎语。", errors.New("not an admin"))
		return
	}
	p.sessions.begin(w, user.CorpID)
	http.Redirect(w, r, target, http.StatusSeeOther) //nolint:gosec // Finish leads to this site only
}

// setGreeting changes how the corp of the session greets.
func (p *pages) setGreeting(w http.ResponseWriter, r *http.Request) {
	corpID, ok := p.sessions.corp(r)
	if !ok {
		p.fail(w, r, http.StatusForbidden, "登录已过期，请重新打开应用。", errors.New("no session"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	g := greeting{
		Text: strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n")),
		Tag:  strings.TrimSpace(r.PostFormValue("tag")),
	}
	if g.Text == "" || len(g.Text) > maxText || utf8.RuneCountInString(g.Tag) > maxTag {
		p.fail(w, r, http.StatusBadRequest, "欢迎语不能为空，也不能超过 4000 字节；标签不能超过 30 个字。", errors.New("greeting refused"))
		return
	}
	if _, err := p.suite.Client(r.Context(), corpID); err != nil { // it may have cancelled
		p.failTenant(w, r, err)
		return
	}
	if err := p.greetings.put(r.Context(), corpID, g); err != nil {
		p.failTenant(w, r, err)
		return
	}
	p.logger.InfoContext(r.Context(), "greeting changed", "corp", corpID)
	http.Redirect(w, r, "/?saved", http.StatusSeeOther)
}

// A tenant is what the provider's own people see of a corp.
type tenant struct {
	CorpID     string    `json:"corpid"`
	CorpName   string    `json:"corp_name"`
	AgentID    int64     `json:"agentid"`
	Authorized time.Time `json:"authorized"`
	Greeting   string    `json:"greeting"`
	Tag        string    `json:"tag"`
}

// tenants lists the corps that have authorised, oldest first.
func (p *pages) tenants(w http.ResponseWriter, r *http.Request) {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if sum := sha256.Sum256([]byte(given)); !ok || subtle.ConstantTimeCompare(sum[:], p.adminToken[:]) != 1 {
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "want the admin token", http.StatusUnauthorized)
		return
	}
	list := []tenant{}
	for t, err := range p.suite.Tenants(r.Context()) {
		var g greeting
		if err == nil {
			g, err = p.greetings.get(r.Context(), t.CorpID)
		}
		if err != nil {
			p.logger.WarnContext(r.Context(), "tenants not listed", "err", err)
			http.Error(w, "Redis fails", http.StatusServiceUnavailable)
			return
		}
		list = append(list, tenant{t.CorpID, t.CorpName, t.AgentID, t.Authorized, g.Text, g.Tag})
	}
	slices.SortFunc(list, func(a, b tenant) int { return a.Authorized.Compare(b.Authorized) })
	writeJSON(w, http.StatusOK, list)
}

// render answers with a template, once it is known to work.
func (p *pages) render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var page bytes.Buffer
	if err := p.html.ExecuteTemplate(&page, name, data); err != nil {
		p.logger.ErrorContext(r.Context(), "template failed", "name", name, "err", err)
		http.Error(w, "页面暂不可用。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w)
}

// fail tells people what they can do, and the log what happened.
func (p *pages) fail(w http.ResponseWriter, r *http.Request, status int, say string, err error) {
	p.logger.WarnContext(r.Context(), "request failed", "path", r.URL.Path, "status", status, "err", err)
	p.render(w, r, status, "error.html", say)
}

// failTenant is fail for what is asked about a corp.
func (p *pages) failTenant(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, isv.ErrNotAuthorized) {
		p.fail(w, r, http.StatusForbidden, "贵企业尚未安装此应用。", err)
		return
	}
	p.fail(w, r, http.StatusServiceUnavailable, "暂时没有响应，请稍后再试。", err)
}
