package cli

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func callsCommand() Command {
	return Command{
		Name:     "calls",
		Synopsis: []string{"[--op operation] [--code errcode] [--limit n]", "--follow [--op operation]", "<number>"},
		Summary:  "show the calls that programs made",
		Description: []string{
			"Lists the latest calls, the oldest of them first, or shows all of one. Tokens and secrets are left out.",
		},
		Routes: []string{"GET calls", "GET calls/{n}", "GET events"},
		Examples: []Example{
			{"Watch what an application does", "wecomsim calls --follow"},
			{"See what was refused as forbidden", "wecomsim calls --code 48002"},
			{"See request and reply of the third call", "wecomsim calls 3"},
		},
		Server: true,
		Output: true,
		bind: func(flags *flag.FlagSet) func(context.Context, *call) error {
			op := flags.String("op", "", "only calls of `operation`: externalcontact/get")
			code := numberFlag(flags, "code", "only calls that were answered with `errcode`")
			limit := flags.Int("limit", 20, "at most the latest `n`; with --follow none if not given")
			follow := flags.Bool("follow", false, "go on with calls as they come")
			return func(ctx context.Context, c *call) error {
				switch {
				case *limit < 1:
					return usagef("--limit: want 1 or more")
				case len(c.args) == 1 && !*follow:
					if err := c.only("calls <number>"); err != nil {
						return err
					}
					return c.oneCall(ctx, c.args[0])
				case len(c.args) > 0:
					return usagef("unexpected %q", c.args[len(c.args)-1])
				case *follow:
					return c.followCalls(ctx, *op, *code, *limit)
				}
				return c.listCalls(ctx, *op, *code, *limit)
			}
		},
	}
}

func (c *call) oneCall(ctx context.Context, n string) error {
	if _, err := strconv.Atoi(n); err != nil {
		return usagef("want the number of a call, not %q", n)
	}
	var out wecomtest.Call
	if err := c.get(ctx, "calls/"+n, nil, &out); err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) {
		fmt.Fprintln(w, callLine(&out))
		fmt.Fprintf(w, "\n%s %s?%s\n%s\n\n%d\n%s\n", out.Method, out.Op, out.Query.Encode(), out.Body, out.HTTPStatus, out.Response)
	})
}

func (c *call) listCalls(ctx context.Context, op, code string, limit int) error {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if op != "" {
		query.Set("op", op)
	}
	if code != "" {
		query.Set("code", code)
	}
	var out api.List[wecomtest.Call]
	if err := c.get(ctx, "calls", query, &out); err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) {
		for _, one := range slices.Backward(out.Items) {
			fmt.Fprintln(w, callLine(&one))
		}
	})
}

// follow watches what happens, from so many of the latest on if --limit says so.
func (c *call) follow(ctx context.Context, limit int, f func(event string, data []byte) error) error {
	query := url.Values{}
	if c.given("limit") {
		query.Set("last", strconv.Itoa(limit))
	}
	return c.watch(ctx, &subscription{path: "events", query: query}, f)
}

func (c *call) followCalls(ctx context.Context, op, code string, limit int) error {
	if op != "" {
		var known api.Spec // or there is an error that suggests others
		if err := c.get(ctx, "spec/"+strings.TrimPrefix(op, "/"), nil, &known); err != nil {
			return err
		}
		op = known.Op
	}
	return c.follow(ctx, limit, func(event string, data []byte) error {
		var one wecomtest.Call
		if event != "call" {
			return nil
		}
		if err := json.Unmarshal(data, &one); err != nil {
			return err
		}
		if op != "" && one.Op != op || code != "" && strconv.Itoa(one.Code) != code {
			return nil
		}
		if c.json {
			_, err := fmt.Fprintf(c.Stdout, "%s\n", data)
			return err
		}
		_, err := fmt.Fprintln(c.Stdout, callLine(&one))
		return err
	})
}

// callLine is a call in one line.
func callLine(one *wecomtest.Call) string {
	answer := "ok"
	if one.Code != 0 {
		answer = "errcode " + strconv.Itoa(one.Code)
	}
	if one.HTTPStatus != 200 {
		answer = fmt.Sprintf("http %d", one.HTTPStatus)
	}
	if one.HTTPStatus == 0 {
		answer = "no answer"
	}
	if one.Fault != "" {
		answer += ", fault " + one.Fault
	}
	if one.Left != nil {
		answer += fmt.Sprintf(", %d left", *one.Left)
	}
	at := one.Time.Local().Format("15:04:05.000") //nolint:gosmopolitan // for the person who reads it
	return strings.TrimRight(fmt.Sprintf("%4d  %s  %-4s %s  %s  %s", one.N, at, one.Method, one.Op, answer, oneLine(one.Body, 80)), " ")
}
