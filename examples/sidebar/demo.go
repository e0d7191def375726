package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/jssdk"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// runSimulated serves the page for a browser until ctx ends.
func runSimulated(ctx context.Context, addr string, out io.Writer) error {
	return withShop(ctx, addr, func(_ *shop, site string) error {
		fmt.Fprintf(out, "Open %s/ in a browser; %s/?customer=woYang and ?customer=wmStray are other chats.\n", site, site)
		<-ctx.Done()
		return nil
	})
}

// withShop serves the page of a simulated shop while f runs.
func withShop(ctx context.Context, addr string, f func(s *shop, site string) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := newShop()
	defer s.sim.Close()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	// Browsers take the cookies, which are for https, from localhost too.
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	site := "http://localhost:" + port
	a, err := newApp(s.config(site))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	served := make(chan error, 1)
	go func() { served <- serve(ctx, listener, &standIn{shop: s, app: a}) }()
	err = f(s, site)
	stop()
	return errors.Join(err, <-served)
}

// runDemo opens the page as the WeCom client does, and prints what it shows.
func runDemo(ctx context.Context, out io.Writer) error {
	return withShop(ctx, "localhost:0", func(s *shop, site string) error {
		v := &visitor{site: site, cookies: map[string]string{}}
		fmt.Fprintln(out, "Alice opens the toolbar in her chat with Zoe.")
		page, err := v.get(ctx, "/?from=toolbar")
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "  logged in by WeCom, back on %s: %s\n", strings.TrimPrefix(v.at, site), text(page))

		if err := v.register(ctx, s.sim); err != nil {
			return err
		}
		fmt.Fprintln(out, "  the client takes the page's signature, and says whose chat it is\n\nThe page shows:")
		card, err := v.get(ctx, "/customer?external_userid="+s.zoe)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, "  "+text(card))

		tagID := regexp.MustCompile(`name="add" value="([^"]+)"[^>]*>核心<`).FindStringSubmatch(card)
		if tagID == nil {
			return errors.New("the page has no button for the tag 核心")
		}
		card, err = v.post(ctx, "/customer/tag", url.Values{"external_userid": {s.zoe}, "add": {tagID[1]}})
		if err != nil {
			return err
		}
		_, marks, _ := strings.Cut(text(card), "标签\n")
		fmt.Fprintln(out, "\nAlice marks 核心:")
		fmt.Fprintln(out, marks)

		fmt.Fprintln(out, "\nSomebody asks for a customer who is not Alice's:")
		answer, err := v.get(ctx, "/customer?external_userid="+s.stray)
		if v.status != http.StatusNotFound {
			return fmt.Errorf("answered %d (%w): want %d", v.status, err, http.StatusNotFound)
		}
		fmt.Fprintf(out, "  %d %s\n", v.status, text(answer))
		return nil
	})
}

// A visitor is the WeCom client as far as HTTP goes: it has the cookies, which
// net/http's own jar would not send to localhost.
type visitor struct {
	site    string
	cookies map[string]string
	at      string // where the last answer came from
	status  int
}

func (v *visitor) get(ctx context.Context, path string) (string, error) {
	return v.do(ctx, http.MethodGet, v.site+path, nil)
}

func (v *visitor) post(ctx context.Context, path string, form url.Values) (string, error) {
	return v.do(ctx, http.MethodPost, v.site+path, form)
}

// do follows redirects, and keeps cookies on the way.
func (v *visitor) do(ctx context.Context, method, target string, form url.Values) (string, error) {
	for range 5 {
		req, err := http.NewRequestWithContext(ctx, method, target, strings.NewReader(form.Encode()))
		if err != nil {
			return "", err
		}
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for name, value := range v.cookies {
			req.AddCookie(&http.Cookie{Name: name, Value: value}) //nolint:gosec // of a request: a name and a value
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			return "", err
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			return "", err
		}
		for _, c := range res.Cookies() {
			if v.cookies[c.Name] = c.Value; c.MaxAge < 0 {
				delete(v.cookies, c.Name)
			}
		}
		v.at, v.status = target, res.StatusCode
		if res.StatusCode != http.StatusFound {
			if res.StatusCode != http.StatusOK {
				err = fmt.Errorf("%s %s: %s", method, req.URL.Path, res.Status)
			}
			return string(body), err
		}
		to, err := req.URL.Parse(res.Header.Get("Location"))
		if err != nil {
			return "", err
		}
		method, target, form = http.MethodGet, to.String(), nil
	}
	return "", errors.New("too many redirects")
}

// register does what ww.register does with the page's getAgentConfigSignature.
func (v *visitor) register(ctx context.Context, sim *wecomtest.Server) error {
	page := v.at
	body, err := v.get(ctx, "/sign?url="+url.QueryEscape(page))
	if err != nil {
		return err
	}
	var sig jssdk.AgentConfigSignature
	if err := json.Unmarshal([]byte(body), &sig); err != nil {
		return err
	}
	return sim.CheckPageSignature(wecomtest.PageSignature{
		AgentID: sig.AgentID, URL: page, NonceStr: sig.NonceStr, Timestamp: sig.Timestamp, Signature: sig.Signature,
	})
}

var (
	head   = regexp.MustCompile(`(?s)<head>.*</head>|<noscript>.*</noscript>|<title>.*</title>`)
	marked = regexp.MustCompile(`aria-pressed="true">([^<]*)`)
	blocks = regexp.MustCompile(`</(p|h1|h2|dd|legend|fieldset|main)>`)
	tags   = regexp.MustCompile(`<[^>]*>`)
)

// text is what a page says, marked tags in brackets.
func text(page string) string {
	page = head.ReplaceAllString(page, "")
	page = strings.Join(strings.Fields(marked.ReplaceAllString(page, `>[$1]`)), " ")
	page = tags.ReplaceAllString(blocks.ReplaceAllString(page, "\n"), " ")
	lines := []string{}
	for line := range strings.SplitSeq(html.UnescapeString(page), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n  ")
}
