package cli

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func listenCommand() Command {
	return Command{
		Name:     "listen",
		Synopsis: []string{"--forward-to URL [--agent id | --robot id | --suite id | --provider corpid] [--json] [--token token --aes-key key]"},
		Summary:  "forward callbacks to an application that the simulator cannot reach",
		Description: []string{
			"For a simulator on another machine: listen asks it for the callbacks of an app and brings them to an address near you, signed and encrypted as they are. First comes the check that WeCom's console makes of a URL; if the application does not pass it, listen ends.",
			"While the application is down it tries again for as long as WeCom waits for an answer; then the simulator sees a failed connection and sends the callback again, as WeCom does. When the simulator goes away listen waits for it to come back.",
		},
		Examples: []Example{
			{"Develop against a simulator of the team", "wecomsim listen --server https://wecom.test.example --forward-to http://localhost:8080/wecom/callback"},
		},
		Server: true,
		Routes: []string{"GET listen", "POST listen/{listener}/{n}"},
		bind: func(flags *flag.FlagSet) func(context.Context, *call) error {
			l := &listener{query: url.Values{}}
			flags.StringVar(&l.target, "forward-to", "", "the application's callback `URL`")
			for name, about := range map[string]string{
				"agent": "of the app with this `agentid`; of the first one if not given", "robot": "of the intelligent robot with this `aibotid`",
				"suite": "of the suite with this `id`", "provider": "of the provider with this `corpid`", "corp": "in the corp `corpid`; in the first one if not given",
				"token": "have callbacks signed with this `token`", "aes-key": "have callbacks encrypted with this EncodingAESKey of 43 `letters`",
			} {
				flags.Func(name, about, func(value string) error {
					l.query.Set(listenParam(name), value)
					return nil
				})
			}
			asJSON := flags.Bool("json", false, "have events come as JSON")
			return func(ctx context.Context, c *call) error {
				if err := c.noArgs(); err != nil {
					return err
				}
				if u, err := url.Parse(l.target); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
					return usagef("--forward-to: want the callback URL of the application, such as http://localhost:8080/wecom/callback")
				}
				if *asJSON {
					l.query.Set("json", "true")
				}
				l.call = c
				return l.listen(ctx)
			}
		},
	}
}

// listenParam is what the API calls a flag.
func listenParam(name string) string {
	switch name {
	case "agent":
		return "agentid"
	case "robot":
		return "aibotid"
	case "suite":
		return "suite_id"
	case "provider":
		return "service_corpid"
	case "aes-key":
		return "aes_key"
	}
	return name
}

// A listener brings callbacks to an application.
type listener struct {
	*call

	target string
	query  url.Values
	keys   wecomtest.Keys // known once the application has passed the check
}

// listen goes on until ctx ends or the application fails the check.
func (l *listener) listen(ctx context.Context) error {
	return l.watch(ctx, &subscription{path: "listen", query: l.query}, func(event string, data []byte) error {
		return l.hear(ctx, event, data)
	})
}

func (l *listener) hear(ctx context.Context, event string, data []byte) error {
	switch event {
	case "ready":
		var cb api.Callback
		if err := json.Unmarshal(data, &cb); err != nil {
			return err
		}
		l.keys = cb.Keys
		fmt.Fprintf(l.Stdout, "ready: the application has passed the check; callbacks of %s go to %s\n", cb.CorpID, l.target)
	case "error":
		var refused api.Error
		if err := json.Unmarshal(data, &refused); err != nil {
			return err
		}
		return fmt.Errorf("%s; wecomsim doctor --base-url %s tells more", refused.Message, l.target)
	case "request":
		var req api.Relayed
		if err := json.Unmarshal(data, &req); err != nil {
			return err
		}
		return l.forward(ctx, req)
	}
	return nil
}

// forward brings one callback to the application, and its answer back.
func (l *listener) forward(ctx context.Context, req api.Relayed) error {
	start := l.Now()
	answer := l.deliver(ctx, req)
	text := answer.Error
	if text == "" {
		text = strconv.Itoa(answer.Status)
	}
	fmt.Fprintf(l.Stdout, "%s  %-4s %s  → %s in %v\n", start.Format(time.TimeOnly), req.Method, l.name(req), text, l.Now().Sub(start).Round(time.Millisecond))
	err := l.post(ctx, fmt.Sprintf("listen/%s/%d", req.Listener, req.N), nil, answer, &api.None{})
	if late, ok := errors.AsType[*api.Error](err); ok {
		fmt.Fprintf(l.Stdout, "          %s\n", late.Message)
		return nil
	}
	return err
}

const (
	consoleWaits = time.Second            // for the answer to the check of a URL
	wecomWaits   = 5 * time.Second        // for the answer to a callback
	triesEvery   = 200 * time.Millisecond // while nobody listens at the application's address
	maxResponse  = 20 << 20               // an answer of a robot may hold ten images
)

// deliver makes the request, again while nobody listens.
func (l *listener) deliver(ctx context.Context, in api.Relayed) (out api.RelayAnswer) {
	limit := wecomWaits
	if in.Method == http.MethodGet {
		limit = consoleWaits
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		res, err := l.request(ctx, in)
		if err == nil {
			body, err := io.ReadAll(io.LimitReader(res.Body, maxResponse))
			_ = res.Body.Close()
			if err != nil {
				return api.RelayAnswer{Error: err.Error()}
			}
			return api.RelayAnswer{Status: res.StatusCode, Body: string(body)}
		}
		if op, ok := errors.AsType[*net.OpError](err); !ok || op.Op != "dial" || l.sleep(ctx, triesEvery) != nil {
			return api.RelayAnswer{Error: err.Error()}
		}
	}
}

func (l *listener) request(ctx context.Context, in api.Relayed) (*http.Response, error) {
	target := l.target
	switch {
	case in.Query == "":
	case strings.Contains(target, "?"):
		target += "&" + in.Query
	default:
		target += "?" + in.Query
	}
	req, err := http.NewRequestWithContext(ctx, in.Method, target, strings.NewReader(in.Body))
	if err != nil {
		return nil, err
	}
	for name, value := range in.Header {
		if name == "Content-Type" || name == "User-Agent" {
			req.Header.Set(name, value)
		}
	}
	return l.http.Transport.RoundTrip(req) // follows no redirect, as WeCom
}

// name tells what a callback is about, for the person who watches.
func (l *listener) name(in api.Relayed) string {
	if in.Method == http.MethodGet {
		return "check of the URL"
	}
	var body struct{ Encrypt string }
	if xml.Unmarshal([]byte(in.Body), &body) != nil {
		_ = json.Unmarshal([]byte(in.Body), &body) // or else it stays empty
	}
	text, err := l.keys.Decrypt(body.Encrypt)
	if err != nil {
		return "callback"
	}
	var e struct{ Event, ChangeType, InfoType, MsgType string }
	if xml.Unmarshal([]byte(text), &e) != nil {
		_ = json.Unmarshal([]byte(text), &e)
	}
	for _, name := range []string{e.Event, e.InfoType, e.MsgType} {
		if name != "" && name != "event" {
			if e.ChangeType != "" {
				name += "/" + e.ChangeType
			}
			return name
		}
	}
	return "callback"
}
