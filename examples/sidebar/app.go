package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/jssdk"
)

//go:embed web/*.html
var templates embed.FS

//go:embed web/*.css web/*.js
var assets embed.FS

const stopLimit = 20 * time.Second // an orchestrator kills after 30

// An app is the site.
type app struct {
	cfg      config
	client   *wecom.Client
	contacts *contact.Service
	tags     *tag.Service
	pages    *jssdk.Service
	guard    *jssdk.Guard
	sessions sessions
	html     *template.Template
	handler  http.Handler
}

func newApp(cfg config) (*app, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	client, err := wecom.New(cfg.Credential, append([]wecom.Option{wecom.WithLogger(cfg.Logger)}, cfg.Options...)...)
	if err != nil {
		return nil, err
	}
	// With several machines, give both a TokenStore that they share.
	pages, err := jssdk.New(client, cfg.AgentID, jssdk.WithLogger(cfg.Logger))
	if err != nil {
		return nil, err
	}
	guard, err := jssdk.NewGuard(jssdk.GuardConfig{Key: cfg.Key, Clock: client.Clock()})
	if err != nil {
		return nil, err
	}
	html, err := template.ParseFS(templates, "web/*.html")
	if err != nil {
		return nil, err
	}
	a := &app{
		cfg: cfg, client: client, contacts: contact.New(client), tags: tag.New(client), pages: pages, guard: guard,
		sessions: sessions{cfg.Key, client.Clock()}, html: html,
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.page)
	mux.HandleFunc("GET /login", a.login)
	mux.HandleFunc("GET /sign", a.membersOnly(a.sign))
	mux.HandleFunc("POST /sign/refused", a.membersOnly(a.signatureRefused))
	mux.HandleFunc("GET /customer", a.membersOnly(a.customer))
	mux.HandleFunc("POST /customer/tag", a.membersOnly(a.markTag))
	mux.Handle("GET /web/", http.FileServerFS(assets))
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	a.handler = http.NewCrossOriginProtection().Handler(a.secured(mux))
	return a, nil
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// secured keeps pages out of caches and foreign scripts out of pages.
func (a *app) secured(next http.Handler) http.Handler {
	scripts := "'self'"
	if sdk, err := url.Parse(a.cfg.SDK); err == nil && sdk.Host != "" {
		scripts += " " + sdk.Scheme + "://" + sdk.Host
	}
	policy := "default-src 'self' https:; script-src " + scripts + "; style-src 'self'; img-src 'self' https: data:; " +
		"object-src 'none'; base-uri 'none'; form-action 'self'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// page is what the toolbar opens. Whoever is not known yet goes to WeCom and
// back first, without a click.
func (a *app) page(w http.ResponseWriter, r *http.Request) {
	member, ok := a.sessions.member(r)
	if !ok {
		a.toWeCom(w, r)
		return
	}
	a.render(w, r, http.StatusOK, "page.html", map[string]any{
		"Member": member, "CorpID": a.client.CorpID(), "AgentID": a.cfg.AgentID, "SDK": a.cfg.SDK,
	})
}

func (a *app) toWeCom(w http.ResponseWriter, r *http.Request) {
	state, err := a.guard.Begin(w, r, r.URL.RequestURI())
	if err != nil {
		a.fail(w, r, http.StatusBadRequest, "没有这个页面。", err)
		return
	}
	link, err := a.pages.AuthorizeURL(jssdk.AuthorizeURLRequest{RedirectURI: a.cfg.URL + "/login", State: state})
	if err != nil {
		a.fail(w, r, http.StatusInternalServerError, "登录暂不可用，请稍后再试。", err)
		return
	}
	http.Redirect(w, r, link, http.StatusFound)
}

// login is where WeCom sends the browser back to.
func (a *app) login(w http.ResponseWriter, r *http.Request) {
	code, target, err := a.guard.Finish(w, r)
	if err != nil {
		a.fail(w, r, http.StatusForbidden, "登录已过期，请关闭后重新打开侧边栏。", err)
		return
	}
	user, err := a.pages.GetUserInfo(r.Context(), code)
	if err != nil {
		a.fail(w, r, http.StatusForbidden, "登录没有成功，请关闭后重新打开侧边栏。", err)
		return
	}
	if user.UserID == "" || strings.Contains(user.UserID, "/") { // a customer, or a member of a linked corp
		a.fail(w, r, http.StatusForbidden, "只有本企业成员可以打开此页面。", errors.New("not a member"))
		return
	}
	a.sessions.begin(w, user.UserID)
	http.Redirect(w, r, target, http.StatusFound) //nolint:gosec // Finish leads to this site only
}

// membersOnly gives a handler the member who asks. The page logs in again when
// it hears 401.
func (a *app) membersOnly(next func(w http.ResponseWriter, r *http.Request, member string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		member, ok := a.sessions.member(r)
		if !ok {
			http.Error(w, "请重新登录。", http.StatusUnauthorized)
			return
		}
		next(w, r, member)
	}
}

// sign answers getAgentConfigSignature, for pages of this site only.
func (a *app) sign(w http.ResponseWriter, r *http.Request, _ string) {
	page := r.FormValue("url")
	if !strings.HasPrefix(page, a.cfg.URL+"/") {
		a.fail(w, r, http.StatusBadRequest, "只能为本站页面签名。", errors.New("signature of a foreign page refused"))
		return
	}
	signature, err := a.pages.SignAgentConfig(r.Context(), page)
	if err != nil {
		a.fail(w, r, http.StatusServiceUnavailable, "企业微信暂时没有响应，请稍后再试。", err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(signature); err != nil {
		a.cfg.Logger.WarnContext(r.Context(), "signature not sent", "err", err)
	}
}

// signatureRefused hears of a ticket that WeCom ended early, of which no call
// tells. It may be called as often as anybody likes.
func (a *app) signatureRefused(w http.ResponseWriter, r *http.Request, member string) {
	a.cfg.Logger.WarnContext(r.Context(), "the client refuses the signature", "userid", member)
	a.pages.DropAgentTicket(r.Context())
	w.WriteHeader(http.StatusNoContent)
}

// render answers with a template, once it is known to work.
func (a *app) render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var page bytes.Buffer
	if err := a.html.ExecuteTemplate(&page, name, data); err != nil {
		a.cfg.Logger.ErrorContext(r.Context(), "template failed", "name", name, "err", err)
		http.Error(w, "页面暂不可用。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w)
}

// fail tells the member what they can do, and the log what happened.
func (a *app) fail(w http.ResponseWriter, r *http.Request, status int, say string, err error) {
	a.cfg.Logger.WarnContext(r.Context(), "request failed", "path", r.URL.Path, "status", status, "err", err)
	a.render(w, r, status, "error.html", say)
}

// serve runs until ctx ends.
func serve(ctx context.Context, listener net.Listener, h http.Handler) error {
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      40 * time.Second, // a call to WeCom may take 30
		IdleTimeout:       time.Minute,
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
		defer cancel()
		return srv.Shutdown(stop)
	}
}
