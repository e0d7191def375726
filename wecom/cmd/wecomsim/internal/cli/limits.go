package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

func limitsCommand() Command {
	return Command{
		Name:     "limits",
		Synopsis: []string{"", "set <operation> [--max n --per d] [--in-flight n] [--one-at-a-time path,path]", "reset"},
		Summary:  "show, set and reset the limits of calls",
		Description: []string{
			"Without arguments it shows how far calls have come in their limits and what is blocked. A simulator has no limits unless it was started with --official-limits or some were set. reset forgets what was counted and ends every block, as the tool in WeCom's console does.",
		},
		Examples: []Example{
			{"Allow ten calls a minute", "wecomsim limits set externalcontact/get --max 10 --per 1m"},
			{"Refuse a second change of the same customer meanwhile", "wecomsim limits set externalcontact/mark_tag --one-at-a-time userid,external_userid"},
		},
		Words:  []string{"set", "reset"},
		Routes: []string{"GET limits", "POST limits", "POST limits/reset"},
		Server: true,
		Output: true,
		bind: func(flags *flag.FlagSet) func(context.Context, *call) error {
			var in api.LimitIn
			flags.IntVar(&in.Max, "max", 0, "allow `n` calls in any time of --per")
			per := flags.Duration("per", time.Minute, "the time that --max is for, such as 1h, as `d`")
			flags.IntVar(&in.InFlight, "in-flight", 0, "allow `n` calls at once")
			paths := flags.String("one-at-a-time", "", "refuse a second call at once that has the same values at these `paths`")
			return func(ctx context.Context, c *call) error {
				var out api.List[api.Limit]
				var err error
				if len(c.args) < 2 {
					if err := c.only(strings.TrimSpace("limits " + strings.Join(c.args, ""))); err != nil {
						return err
					}
				}
				switch {
				case len(c.args) == 0:
					err = c.get(ctx, "limits", nil, &out)
				case len(c.args) == 1 && c.args[0] == "reset":
					err = c.post(ctx, "limits/reset", nil, nil, &out)
				case len(c.args) == 2 && c.args[0] == "set":
					in.Op, in.Per = c.args[1], api.Duration(*per)
					if *paths != "" {
						in.OneAtATime = strings.Split(*paths, ",")
					}
					err = c.post(ctx, "limits", nil, in, &out)
				default:
					return usagef("want set <operation>, reset or nothing")
				}
				if err != nil {
					return err
				}
				return c.show(out, func(w io.Writer) {
					if len(c.args) > 0 {
						fmt.Fprintf(w, "%s: done\n", strings.Join(c.args, " "))
					}
					printLimits(w, out.Items)
				})
			}
		},
	}
}

func printLimits(w io.Writer, list []api.Limit) {
	var rows [][]string
	for _, l := range list {
		who := l.CallerID + l.IP
		if l.AgentID != 0 {
			who += fmt.Sprintf(" app %d", l.AgentID)
		}
		var windows []string
		for _, win := range l.Windows {
			windows = append(windows, fmt.Sprintf("%d of %d in %v", win.Used, win.Max, time.Duration(win.Per)))
		}
		blocked := ""
		if !l.BlockedUntil.IsZero() {
			blocked = "blocked until " + l.BlockedUntil.Local().Format(time.DateTime) //nolint:gosmopolitan // for the person who reads it
		}
		rows = append(rows, []string{l.Op, who, strings.Join(windows, ", "), blocked})
	}
	columns(w, rows...)
}
