package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const adminToken = "a token for the demo"

// A stage is what the demo and the tests play on: the simulator with a suite,
// a Redis, and the address behind which the servers are.
type stage struct {
	sim   *wecomtest.Server
	suite wecomtest.Suite
	redis *foundRedis
	front *front
	site  string
	cfg   config
	log   *slog.Logger
}

func newStage(ctx context.Context, where string, log *slog.Logger) (*stage, error) {
	found, err := findRedis(ctx, where)
	if err != nil {
		return nil, err
	}
	s := &stage{sim: wecomtest.NewServer(), redis: found, log: log}
	if s.front, err = newFront(ctx); err != nil {
		s.tearDown()
		return nil, err
	}
	s.suite = s.sim.AddSuite(wecomtest.Suite{Name: "欢迎助手"})
	s.site = "http://" + s.front.addr
	s.cfg = config{
		URL:        s.site,
		Suite:      isv.SuiteCredential{SuiteID: s.suite.SuiteID, Secret: s.suite.Secret},
		Keys:       callback.Keys(s.sim.SuiteKeys(s.suite.SuiteID)),
		Secrets:    secrets{[]byte("a secret for the demo, good enough")},
		AdminToken: adminToken,
		Prefix:     "isv-demo-" + rand.Text() + ":",
		Options:    s.sim.Options(),
	}
	return s, nil
}

// tearDown leaves nothing behind, in a Redis that others use either.
func (s *stage) tearDown() {
	if s.front != nil {
		s.front.close()
	}
	s.sim.Close()
	ctx, cancel := context.WithTimeout(context.Background(), redisStart)
	defer cancel()
	client := redis.NewClient(s.redis.options)
	for keys := client.Scan(ctx, 0, s.cfg.Prefix+"*", 100).Iterator(); s.cfg.Prefix != "" && keys.Next(ctx); {
		client.Del(ctx, keys.Val())
	}
	_ = client.Close()
	s.redis.stop()
}

// callTheSuite has WeCom check the callback URL, and push the first ticket.
func (s *stage) callTheSuite() error {
	return s.sim.SetCallback(wecomtest.Callback{SuiteID: s.suite.SuiteID, URL: s.site + "/callback/command"})
}

// An instance is a server with connections of its own, as one of several
// processes is.
type instance struct {
	*server

	addr  string
	front *front
	rdb   *redis.Client
	stop  context.CancelFunc
	ended chan error
}

func (s *stage) start(ctx context.Context) (*instance, error) {
	cfg := s.cfg
	i := &instance{front: s.front, rdb: redis.NewClient(s.redis.options), ended: make(chan error, 1)}
	cfg.Redis = i.rdb
	var err error
	if i.server, err = newServer(ctx, cfg, s.log); err != nil {
		return nil, errors.Join(err, i.rdb.Close())
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, i.close(ctx), i.rdb.Close())
	}
	i.addr = listener.Addr().String()
	ctx, i.stop = context.WithCancel(ctx)
	go func() {
		defer close(i.ended)
		i.ended <- i.serve(ctx, listener)
	}()
	s.front.add(i.addr)
	return i, nil
}

// end stops an instance in good order. To do it again does nothing.
func (i *instance) end() error {
	i.front.remove(i.addr)
	i.stop()
	return errors.Join(<-i.ended, i.rdb.Close())
}

// A front is a load balancer.
type front struct {
	addr  string
	http  *http.Server
	ended chan struct{}

	mu    sync.Mutex
	addrs []string // of instances; guarded by mu
	turn  int      // guarded by mu
}

func newFront(ctx context.Context) (*front, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &front{addr: listener.Addr().String(), ended: make(chan struct{})}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: f.next()})
			r.Out.Host = r.In.Host
		},
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	f.http = &http.Server{Handler: proxy, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		defer close(f.ended)
		_ = f.http.Serve(listener) // until close
	}()
	return f, nil
}

func (f *front) add(addr string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.addrs = append(f.addrs, addr)
}

func (f *front) remove(addr string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.addrs = slices.DeleteFunc(f.addrs, func(a string) bool { return a == addr })
}

func (f *front) next() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.addrs) == 0 {
		return "127.0.0.1:1" // where nobody listens
	}
	f.turn++
	return f.addrs[f.turn%len(f.addrs)]
}

func (f *front) close() {
	_ = f.http.Close()
	<-f.ended
}

// A shop is a corp that may install the suite, and the browser of its admin.
type shop struct {
	*wecomtest.Server

	name, admin string
	browser     *browser
}

func (s *stage) addShop(name string) *shop {
	shop := &shop{Server: s.sim.AddCorp(name), name: name}
	shop.admin = shop.AddMember(wecomtest.Member{UserID: "alice", Name: "Alice"})
	shop.browser = &browser{site: s.site, corp: shop.Server, person: shop.admin, cookies: map[string]string{}}
	return shop
}

func (s *shop) id() string { return s.OpenCorpID("") } // as the provider knows it

// served reports whether a customer has the greeting, once, and a tag.
func (s *shop) served(customer string) bool {
	return len(s.Received(customer)) == 1 && len(s.Customer(customer).FollowUser[0].TagID) == 1
}

func (s *shop) tagOf(customer string) string {
	for _, g := range s.TagGroups() {
		for _, t := range g.Tag {
			if slices.Contains(s.Customer(customer).FollowUser[0].TagID, t.ID) {
				return t.Name
			}
		}
	}
	return ""
}

// A browser is a person's, as far as HTTP goes. It has the cookies, which
// net/http's own jar would not send without TLS. WeCom's pages are behind the
// redirects to them, and the person says yes there.
type browser struct {
	site    string
	corp    *wecomtest.Server
	person  string
	cookies map[string]string
}

// A page is what the browser ends at.
type page struct {
	Status int
	URL    string
	Body   string
	Via    []string // hosts and paths of the redirects
}

func (b *browser) get(ctx context.Context, path string) (page, error) {
	return b.do(ctx, http.MethodGet, b.site+path, nil)
}

func (b *browser) post(ctx context.Context, path string, form url.Values) (page, error) {
	return b.do(ctx, http.MethodPost, b.site+path, form)
}

func (b *browser) do(ctx context.Context, method, target string, form url.Values) (page, error) {
	var via []string
	for range 6 {
		req, err := http.NewRequestWithContext(ctx, method, target, strings.NewReader(form.Encode()))
		if err != nil {
			return page{}, err
		}
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for name, value := range b.cookies {
			req.AddCookie(&http.Cookie{Name: name, Value: value}) //nolint:gosec // of a request: a name and a value
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			return page{}, err
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			return page{}, err
		}
		for _, c := range res.Cookies() {
			if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
				delete(b.cookies, c.Name)
			}
		}
		if res.StatusCode != http.StatusSeeOther {
			return page{res.StatusCode, target, string(body), via}, nil
		}
		to, err := req.URL.Parse(res.Header.Get("Location"))
		if err != nil {
			return page{}, err
		}
		via = append(via, where(to, b.site))
		if to, err = b.through(to); err != nil {
			return page{}, err
		}
		if at := where(to, b.site); at != via[len(via)-1] {
			via = append(via, at)
		}
		method, target, form = http.MethodGet, to.String(), nil
	}
	return page{}, errors.New("too many redirects")
}

// where is a page without its query, and without the host on the site itself.
func where(u *url.URL, site string) string {
	return strings.TrimPrefix(u.Scheme+"://"+u.Host+u.Path, site)
}

// through leads past WeCom's own pages.
func (b *browser) through(to *url.URL) (*url.URL, error) {
	switch to.Host {
	case "open.work.weixin.qq.com":
		back, err := b.corp.Act().AuthorizeByLink(to.String(), wecomtest.Authorization{Admin: b.person})
		if err != nil {
			return nil, err
		}
		return url.Parse(back)
	case "open.weixin.qq.com":
		return url.Parse(b.corp.Act().Authorize(b.person, to.String()))
	default:
		return to, nil
	}
}

var (
	inputs = regexp.MustCompile(`<input [^>]*value="([^"]*)"[^>]*>`)
	blocks = regexp.MustCompile(`</(p|h1|h2|li|label|main)>`)
	tags   = regexp.MustCompile(`(?s)<head>.*</head>|<button>[^<]*</button>|<[^>]*>`)
)

// lines are what a page says.
func (p page) lines() []string {
	text := strings.Join(strings.Fields(inputs.ReplaceAllString(p.Body, "$1")), " ")
	text = tags.ReplaceAllString(blocks.ReplaceAllString(text, "\n"), "")
	var list []string
	for line := range strings.SplitSeq(html.UnescapeString(text), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// await asks again and again, as only a demo and a test may.
func await(ctx context.Context, what string, done func() bool) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		}
	}
	return nil
}
