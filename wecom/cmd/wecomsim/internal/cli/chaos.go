package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func chaosCommand() Command {
	return Command{
		Name:     "chaos",
		Synopsis: []string{"start <profile> [--seed n]", "[list]", "stop [number]", "profiles"},
		Summary:  "let a bad day loose on every call and callback",
		Description: []string{
			"A profile is a set of things that happen now and then: rush-hour is a busy WeCom, flaky-nat a bad network, token-storm ends tokens before their time. profiles tells what each consists of.",
			"The same --seed lets the same happen again to the nth call of an operation. Without one it is picked and told.",
			"stop without a number stops all.",
		},
		Examples: []Example{
			{"See how a program takes a busy day", "wecomsim chaos start rush-hour"},
			{"Repeat what went wrong", "wecomsim chaos start flaky-nat --seed 7"},
			{"See what has happened", "wecomsim chaos list -o json"},
		},
		Words:  []string{"start", "list", "stop", "profiles", string(wecomtest.RushHour), string(wecomtest.FlakyNAT), string(wecomtest.TokenStorm)},
		Server: true,
		Output: true,
		Routes: []string{"GET chaos", "POST chaos", "DELETE chaos", "DELETE chaos/{id}", "GET chaos/profiles"},
		bind:   bindChaos,
	}
}

func bindChaos(flags *flag.FlagSet) func(context.Context, *call) error {
	var in api.ChaosIn
	flags.Func("seed", "let happen what happened with this `n`", func(text string) error {
		n, err := strconv.ParseUint(text, 10, 64)
		in.Seed = &n
		return err
	})
	return func(ctx context.Context, c *call) error {
		verb := "list"
		if len(c.args) > 0 {
			verb = c.args[0]
		}
		switch {
		case verb == "start" && len(c.args) == 2:
			in.Profile = wecomtest.ChaosProfile(c.args[1])
			var out wecomtest.ChaosState
			if err := c.post(ctx, "chaos", nil, in, &out); err != nil {
				return err
			}
			return c.show(out, func(w io.Writer) { columns(w, chaosRow(&out)) })
		case in.Seed != nil:
			return usagef("--seed is for start <profile>")
		case verb == "list" && len(c.args) < 2:
			return c.listChaos(ctx)
		case verb == "stop" && len(c.args) == 1:
			var out api.List[wecomtest.ChaosState]
			if err := c.do(ctx, http.MethodDelete, "chaos", nil, nil, &out); err != nil {
				return err
			}
			return c.showChaos(&out)
		case verb == "stop" && len(c.args) == 2:
			return c.removeNumbered(ctx, "chaos", "chaos", c.args[1])
		case verb == "profiles" && len(c.args) == 1:
			return c.listProfiles(ctx)
		}
		return usagef("want start <profile>, list, stop [number] or profiles")
	}
}

func (c *call) listChaos(ctx context.Context) error {
	var out api.List[wecomtest.ChaosState]
	if err := c.get(ctx, "chaos", nil, &out); err != nil {
		return err
	}
	return c.showChaos(&out)
}

func (c *call) showChaos(out *api.List[wecomtest.ChaosState]) error {
	return c.show(out, func(w io.Writer) {
		for i := range out.Items {
			columns(w, chaosRow(&out.Items[i]))
			rules(w, out.Items[i].Rules, true)
		}
	})
}

func (c *call) listProfiles(ctx context.Context) error {
	var out api.List[api.ChaosProfile]
	if err := c.get(ctx, "chaos/profiles", nil, &out); err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) {
		for _, p := range out.Items {
			fmt.Fprintln(w, p.Profile)
			rules(w, p.Rules, false)
		}
	})
}

func chaosRow(s *wecomtest.ChaosState) []string {
	state := "at work"
	if s.Stopped {
		state = "stopped"
	}
	return []string{strconv.Itoa(s.N), string(s.Profile), fmt.Sprintf("seed %d", s.Seed), fmt.Sprintf("struck %d", s.Hits), state}
}

func rules(w io.Writer, list []wecomtest.ChaosRule, hits bool) {
	var rows [][]string
	for _, r := range list {
		row := []string{"  " + r.Of, r.What, fmt.Sprintf("%v %%", r.Chance*100)}
		if hits {
			row = append(row, fmt.Sprintf("struck %d", r.Hits))
		}
		rows = append(rows, row)
	}
	columns(w, rows...)
}
