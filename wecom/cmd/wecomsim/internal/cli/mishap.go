package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func mishapCommand() Command {
	return Command{
		Name: "mishap",
		Synopsis: []string{
			"add [event ...] [--times n] [--after n] [--duplicate] [--delay d] [--reorder] [--lose] [--bad-signature] [--old-timestamp d] [--wrong-receive-id] [--old-keys] [--oversize bytes] [--lag d]",
			"[list]",
			"rm <number>",
		},
		Summary:     "let callbacks come twice, late, out of order, forged, or never",
		Description: []string{"A mishap befalls every callback that matches, until it has happened --times or is removed. What is done to one may be several things."},
		Examples: []Example{
			{"Deliver the next new customer twice", "wecomsim mishap add add_external_contact --duplicate --times 1"},
			{"Forge the next callback, whatever it is", "wecomsim mishap add --bad-signature --times 1"},
			{"Let a group chat's data trail its events by two seconds", "wecomsim mishap add change_external_chat --lag 2s"},
		},
		Words:  []string{"add", "list", "rm"},
		Routes: []string{"GET trigger", "GET mishaps", "POST mishaps", "DELETE mishaps/{n}"},
		Server: true,
		Output: true,
		bind:   bindMishap,
	}
}

func bindMishap(flags *flag.FlagSet) func(context.Context, *call) error {
	var in api.MishapIn
	var delay, old, lag time.Duration
	flags.IntVar(&in.Times, "times", 0, "end after `n` callbacks")
	flags.IntVar(&in.After, "after", 0, "let `n` matching callbacks pass first")
	flags.BoolVar(&in.Duplicate, "duplicate", false, "send it once more after it was answered")
	flags.DurationVar(&delay, "delay", 0, "send it `d` later")
	flags.BoolVar(&in.Reorder, "reorder", false, "let the next one overtake it")
	flags.BoolVar(&in.Lose, "lose", false, "never send it")
	flags.BoolVar(&in.BadSignature, "bad-signature", false, "sign it wrongly")
	flags.DurationVar(&old, "old-timestamp", 0, "sign it as of `d` ago")
	flags.BoolVar(&in.WrongReceiveID, "wrong-receive-id", false, "encrypt it for another corp")
	flags.BoolVar(&in.OldKeys, "old-keys", false, "use the keys of before they were changed")
	flags.IntVar(&in.Oversize, "oversize", 0, "pad it to so many `bytes`")
	flags.DurationVar(&lag, "lag", 0, "let the data of a group chat trail its event by `d`")
	return func(ctx context.Context, c *call) error {
		in.Delay, in.OldTimestamp, in.Lag = api.Duration(delay), api.Duration(old), api.Duration(lag)
		switch {
		case len(c.args) > 0 && c.args[0] == "add":
			if in.Of = c.args[1:]; len(in.Of) > 0 {
				if err := c.doubt(ctx, in.Of, func(event string) []string { return append(strings.Split(event, "/"), event) }); err != nil {
					return err
				}
			}
			var out wecomtest.MishapState
			if err := c.post(ctx, "mishaps", nil, in, &out); err != nil {
				return err
			}
			return c.show(out, func(w io.Writer) { columns(w, mishapRow(&out)) })
		case len(c.args) == 2 && c.args[0] == "rm":
			return c.removeNumbered(ctx, "mishap", "mishaps", c.args[1])
		case len(c.args) == 0, len(c.args) == 1 && c.args[0] == "list":
			if err := c.only("mishap list"); err != nil {
				return err
			}
			return c.listMishaps(ctx)
		}
		return usagef("want add [event ...], list or rm <number>")
	}
}

func (c *call) listMishaps(ctx context.Context) error {
	var out api.List[wecomtest.MishapState]
	if err := c.get(ctx, "mishaps", nil, &out); err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) {
		var rows [][]string
		for i := range out.Items {
			rows = append(rows, mishapRow(&out.Items[i]))
		}
		columns(w, rows...)
	})
}

func mishapRow(m *wecomtest.MishapState) []string {
	of := strings.Join(m.Of, ", ")
	if of == "" {
		of = "any event"
	}
	hits := fmt.Sprintf("happened %d", m.Hits)
	if m.Times > 0 {
		hits += fmt.Sprintf(" of %d", m.Times)
	}
	return []string{strconv.Itoa(m.N), of, m.What, hits}
}
