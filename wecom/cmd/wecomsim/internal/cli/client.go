package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

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
	res, err := c.send(ctx, method, path, query, in)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("%s does not answer like wecomsim: %w", c.base, err)
	}
	return nil
}

// send makes a request, and turns what the API refuses into errors.
func (c *client) send(ctx context.Context, method, path string, query url.Values, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	target := strings.TrimSuffix(c.base, "/") + api.Prefix + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, usagef("--server: %v", err)
	}
	req.Header.Set("Content-Type", "application/json")
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
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(refused); err != nil || refused.Message == "" {
		return nil, fmt.Errorf("%s does not answer like wecomsim: %s", c.base, res.Status)
	}
	return nil, refused
}

// watch reads server-sent events until the stream ends or f fails.
func (c *client) watch(ctx context.Context, path string, query url.Values, f func(event string, data []byte) error) error {
	res, err := c.send(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	lines := bufio.NewReader(res.Body)
	event := ""
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return &offlineError{c.base, errors.New("the connection has ended")}
		}
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			event = strings.TrimSpace(name)
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			if err := f(event, []byte(data)); err != nil {
				return err
			}
		}
	}
}
