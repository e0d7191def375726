package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

// A client talks to the API of a simulator.
type client struct {
	base string
	http *http.Client
}

// offlineError is that nobody answers.
type offlineError struct {
	base string
	err  error
}

func (e *offlineError) Error() string {
	return fmt.Sprintf("nobody answers at %s: is wecomsim serve running? (%v)", e.base, e.err)
}

func (e *offlineError) Unwrap() error { return e.err }

// get asks for what a path of the API shows.
func (c *client) get(ctx context.Context, path string, query url.Values, out any) error {
	return c.do(ctx, http.MethodGet, path, query, nil, out)
}

// post has something done. A nil in is an empty object.
func (c *client) post(ctx context.Context, path string, query url.Values, in, out any) error {
	if in == nil {
		in = struct{}{}
	}
	return c.do(ctx, http.MethodPost, path, query, in, out)
}

func (c *client) do(ctx context.Context, method, path string, query url.Values, in, out any) error {
	res, err := c.send(ctx, method, path, query, "", in)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return c.strange(err.Error())
	}
	return nil
}

// strange is that something else answers than wecomsim.
func (c *client) strange(what string) error {
	return fmt.Errorf("%s does not answer like wecomsim: %s", c.base, what)
}

// target is the address of a path of the API. The simulator may be given as
// host:port.
func (c *client) target(path string, query url.Values) (string, error) {
	base := c.base
	if !strings.Contains(base, "://") {
		base = "http://" + base
	}
	base = strings.TrimSuffix(strings.TrimSuffix(base, "/"), strings.TrimSuffix(api.Prefix, "/"))
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", usagef("--server: want a URL such as http://%s, not %q", defaultAddr, c.base)
	}
	target := base + api.Prefix + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	return target, nil
}

// send makes a request, and turns what the API refuses into errors. Seen is the
// id of the last event that was heard of.
func (c *client) send(ctx context.Context, method, path string, query url.Values, seen string, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	target, err := c.target(path, query)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, usagef("--server: %v", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if seen != "" {
		req.Header.Set("Last-Event-ID", seen)
	}
	res, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if wrong, ok := errors.AsType[*url.Error](err); ok {
			err = wrong.Err
		}
		return nil, &offlineError{c.base, err}
	}
	if res.StatusCode/100 == 2 {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }()
	refused := &api.Error{Status: res.StatusCode}
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(refused); err == nil && refused.Message != "" {
		return nil, refused
	}
	switch res.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout: // of a proxy before it
		return nil, &offlineError{c.base, errors.New(res.Status)}
	}
	return nil, c.strange(res.Status)
}

// A subscription is how far somebody has heard of what happens.
type subscription struct {
	path   string
	query  url.Values
	seen   string // id of the last event
	opened bool   // the latest connection was answered
}

const (
	// reconnect is how long who watches waits before they look for the
	// simulator again.
	reconnect = time.Second

	// silence is how long a simulator that lives says nothing at most.
	silence = 45 * time.Second
)

// watch hears of events until ctx ends, or f fails, or there is nothing to hear
// from the beginning. When the simulator goes away it waits until it is back.
func (c *call) watch(ctx context.Context, s *subscription, f func(event string, data []byte) error) error {
	was, lost := false, false // there, and away since then
	for {
		s.opened = false
		err := c.stream(ctx, s, f)
		was = was || s.opened
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was told to end
		}
		if _, offline := errors.AsType[*offlineError](err); !offline || !was {
			return err
		}
		if s.opened || !lost {
			lost = true
			fmt.Fprintf(c.Stderr, "wecomsim %s: %v; waiting for it\n", c.flags.Name(), err)
		}
		_ = c.sleep(ctx, reconnect) // or the next attempt ends at once
	}
}

// stream reads server-sent events until the connection ends or f fails.
func (c *client) stream(ctx context.Context, s *subscription, f func(event string, data []byte) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	res, err := c.send(ctx, http.MethodGet, s.path, s.query, s.seen, nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); media != "text/event-stream" {
		return c.strange("it sends " + media + " where events should be")
	}
	s.opened = true
	quiet := time.AfterFunc(silence, func() { cancel(fmt.Errorf("nothing was heard for %v", silence)) })
	defer quiet.Stop()
	lines := bufio.NewReader(res.Body)
	event := ""
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return &offlineError{c.base, cause}
			}
			return &offlineError{c.base, errors.New("the connection has ended")}
		}
		quiet.Reset(silence)
		switch name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); name {
		case "id":
			s.seen = value
		case "event":
			event = value
		case "data":
			if err := f(event, []byte(value)); err != nil {
				return err
			}
		}
	}
}
