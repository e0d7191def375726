package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

func faultCommand() Command {
	return Command{
		Name: "fault",
		Synopsis: []string{
			"add <operation> [--where path=value ...] [--times n] [--after n] [--chance p --seed n] [--delay d] [--code errcode | --http status | --not-json | --hang | --reset | --lost | --truncate bytes]",
			"[list]",
			"rm <number>",
		},
		Summary: "let calls fail",
		Description: []string{
			"A fault strikes every call of an operation that matches, until it has struck --times or is removed. --lost carries the call out and breaks the connection in place of an answer: the one honest test of whether a program sends something twice.",
		},
		Examples: []Example{
			{"Answer -1 (system busy) twice, then as usual", "wecomsim fault add externalcontact/get --code -1 --times 2"},
			{"Lose the answer to the next welcome message", "wecomsim fault add externalcontact/send_welcome_msg --lost --times 1"},
			{"Let one call in ten take three seconds", "wecomsim fault add externalcontact/list --delay 3s --chance 0.1"},
		},
		Words:  []string{"add", "list", "rm"},
		Routes: []string{"GET faults", "POST faults", "DELETE faults/{n}"},
		Server: true,
		Output: true,
		bind:   bindFault,
	}
}

type faultFlags struct {
	in       api.FaultIn
	delay    time.Duration
	code     *string
	status   int
	truncate int
}

func bindFault(flags *flag.FlagSet) func(context.Context, *call) error {
	f := &faultFlags{}
	f.in.Where = make(map[string]any)
	flags.Func("where", "only calls whose request has this value, as `path=value`; may be given several times", func(text string) error {
		path, value, ok := strings.Cut(text, "=")
		if !ok || path == "" {
			return errors.New("want path=value")
		}
		if _, again := f.in.Where[path]; again {
			return errors.New("it is there twice")
		}
		f.in.Where[path] = api.JSONValue(value)
		return nil
	})
	flags.IntVar(&f.in.Times, "times", 0, "end after `n` strikes")
	flags.IntVar(&f.in.After, "after", 0, "let `n` matching calls pass first")
	flags.Float64Var(&f.in.Chance, "chance", 0, "strike with probability `p`")
	flags.Uint64Var(&f.in.Seed, "seed", 0, "of the chance: the same `n` gives the same strikes")
	flags.DurationVar(&f.delay, "delay", 0, "hold the call up for `d`, such as 3s")
	f.code = numberFlag(flags, "code", "answer with this `errcode`")
	flags.IntVar(&f.status, "http", 0, "answer with this HTTP `status`, as a proxy would")
	flags.BoolVar(&f.in.NotJSON, "not-json", false, "answer with a page of HTML")
	flags.BoolVar(&f.in.Hang, "hang", false, "never answer")
	flags.BoolVar(&f.in.Reset, "reset", false, "break the connection; the call is not carried out")
	flags.BoolVar(&f.in.Lost, "lost", false, "carry the call out and break the connection")
	flags.IntVar(&f.truncate, "truncate", -1, "carry the call out and break the connection after so many `bytes`")
	return func(ctx context.Context, c *call) error {
		switch {
		case len(c.args) == 2 && c.args[0] == "add":
			return f.add(ctx, c)
		case len(c.args) == 2 && c.args[0] == "rm":
			return c.removeNumbered(ctx, "fault", "faults", c.args[1])
		case len(c.args) == 0, len(c.args) == 1 && c.args[0] == "list":
			if err := c.only("fault list"); err != nil {
				return err
			}
			return c.listFaults(ctx)
		}
		return usagef("want add <operation>, list or rm <number>")
	}
}

func (f *faultFlags) add(ctx context.Context, c *call) error {
	f.in.Op = c.args[1]
	f.in.Delay = api.Duration(f.delay)
	if *f.code != "" {
		code, err := strconv.Atoi(*f.code)
		if err != nil {
			return err
		}
		f.in.Code = &code
	}
	if c.given("http") {
		f.in.HTTP = &api.FaultHTTP{Status: f.status, Body: http.StatusText(f.status)}
	}
	if c.given("truncate") {
		f.in.Truncate = &f.truncate
	}
	var out api.Fault
	if err := c.post(ctx, "faults", nil, f.in, &out); err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) { columns(w, faultRow(&out)) })
}

func (c *call) listFaults(ctx context.Context) error {
	var out api.List[api.Fault]
	if err := c.get(ctx, "faults", nil, &out); err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) {
		var rows [][]string
		for i := range out.Items {
			rows = append(rows, faultRow(&out.Items[i]))
		}
		columns(w, rows...)
	})
}

func faultRow(f *api.Fault) []string {
	var when []string
	for _, cond := range f.Where {
		when = append(when, fmt.Sprintf("if %s is %s", cond.Path, plainText(cond.Value)))
	}
	if f.After > 0 {
		when = append(when, fmt.Sprintf("after %d", f.After))
	}
	if f.Chance > 0 {
		when = append(when, fmt.Sprintf("chance %v", f.Chance))
	}
	hits := fmt.Sprintf("struck %d", f.Hits)
	if f.Times > 0 {
		hits += fmt.Sprintf(" of %d", f.Times)
	}
	return []string{strconv.Itoa(f.N), f.Op, f.What, hits, strings.Join(when, ", ")}
}

// removeNumbered ends a fault or mishap.
func (c *call) removeNumbered(ctx context.Context, what, path, n string) error {
	if err := c.only(what + " rm"); err != nil {
		return err
	}
	if _, err := strconv.Atoi(n); err != nil {
		return usagef("want the number of a %s, not %q", what, n)
	}
	var out api.None
	if err := c.do(ctx, http.MethodDelete, path+"/"+n, nil, nil, &out); err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) { fmt.Fprintf(w, "%s %s is no more\n", what, n) })
}

// numberFlag declares a flag that is a number, or empty.
func numberFlag(flags *flag.FlagSet, name, usage string) *string {
	value := new(string)
	flags.Func(name, usage, func(text string) error {
		if _, err := strconv.Atoi(text); err != nil {
			return errors.New("want a number")
		}
		*value = text
		return nil
	})
	return value
}
