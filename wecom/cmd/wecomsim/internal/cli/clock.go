package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

func clockCommand() Command {
	return Command{
		Name:     "clock",
		Synopsis: []string{"", "advance <duration>", "freeze [time]", "unfreeze"},
		Summary:  "tell or change the simulator's time",
		Description: []string{
			"All of the simulator's time is this clock's: tokens, limits, media, transfers, tickets, callbacks. advance lets time pass at once, with everything that falls due on the way in its order. It goes forward only.",
			"Your program has a clock of its own: a token that has expired here is refused there, and that is the test.",
		},
		Examples: []Example{
			{"Let every token expire", "wecomsim clock advance 2h"},
			{"Stop the time at the beginning of a month", "wecomsim clock freeze 2027-01-01T00:00:00+08:00"},
		},
		Words:  []string{"advance", "freeze", "unfreeze"},
		Routes: []string{"GET clock", "POST clock/advance", "POST clock/freeze", "POST clock/unfreeze"},
		Server: true,
		Output: true,
		bind: func(*flag.FlagSet) func(context.Context, *call) error {
			return clock
		},
	}
}

func clock(ctx context.Context, c *call) error {
	var out api.Clock
	var err error
	args := slices.Concat(c.args, []string{"", ""})
	switch {
	case len(c.args) == 0:
		err = c.get(ctx, "clock", nil, &out)
	case len(c.args) == 2 && args[0] == "advance":
		by, wrong := time.ParseDuration(args[1])
		if wrong != nil {
			return usagef("want a duration such as 90s or 2h, not %q", args[1])
		}
		err = c.post(ctx, "clock/advance", nil, api.AdvanceIn{By: api.Duration(by)}, &out)
	case len(c.args) <= 2 && args[0] == "freeze":
		var in api.FreezeIn
		if args[1] != "" {
			at, wrong := time.Parse(time.RFC3339, args[1])
			if wrong != nil {
				return usagef("want a time such as 2027-01-01T00:00:00+08:00, not %q", args[1])
			}
			in.At = at
		}
		err = c.post(ctx, "clock/freeze", nil, in, &out)
	case len(c.args) == 1 && args[0] == "unfreeze":
		err = c.post(ctx, "clock/unfreeze", nil, nil, &out)
	default:
		return usagef("want advance <duration>, freeze [time], unfreeze or nothing")
	}
	if err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) {
		frozen := ""
		if out.Frozen {
			frozen = " (frozen)"
		}
		fmt.Fprintf(w, "%s%s\n", out.Now.Format(time.RFC3339), frozen)
	})
}
