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
)

func deliveriesCommand() Command {
	return Command{
		Name:     "deliveries",
		Synopsis: []string{"[--event name] [--limit n]", "--follow", "<number>", "replay <number>"},
		Summary:  "show callbacks and what became of them, or send one again",
		Description: []string{
			"Lists the latest callbacks, the oldest of them first, or shows all of one: the event as it is before encryption, and every attempt. replay sends the same event once more, with a signature of its own.",
		},
		Routes: []string{"GET trigger", "GET deliveries", "GET deliveries/{n}", "POST deliveries/{n}/replay", "GET events"},
		Examples: []Example{
			{"Watch callbacks", "wecomsim deliveries --follow"},
			{"Send the second one again", "wecomsim deliveries replay 2"},
		},
		Words:  []string{"replay"},
		Server: true,
		Output: true,
		bind: func(flags *flag.FlagSet) func(context.Context, *call) error {
			event := flags.String("event", "", "only events with this `name`: change_external_contact/add_external_contact")
			limit := flags.Int("limit", 20, "at most the latest `n`; with --follow none if not given")
			follow := flags.Bool("follow", false, "go on with callbacks as they are sent")
			return func(ctx context.Context, c *call) error {
				switch {
				case *limit < 1:
					return usagef("--limit: want 1 or more")
				case len(c.args) == 2 && c.args[0] == "replay":
					if err := c.only("deliveries replay"); err != nil {
						return err
					}
					return c.replay(ctx, c.args[1])
				case len(c.args) == 1 && !*follow:
					if err := c.only("deliveries <number>"); err != nil {
						return err
					}
					return c.oneDelivery(ctx, c.args[0])
				case len(c.args) > 0:
					return usagef("unexpected %q", c.args[len(c.args)-1])
				}
				if *event != "" {
					if err := c.doubt(ctx, []string{*event}, func(name string) []string { return []string{name} }); err != nil {
						return err
					}
				}
				if *follow {
					return c.followDeliveries(ctx, *event, *limit)
				}
				return c.listDeliveries(ctx, *event, *limit)
			}
		},
	}
}

func (c *call) replay(ctx context.Context, n string) error {
	if _, err := strconv.Atoi(n); err != nil {
		return usagef("want the number of a callback, not %q", n)
	}
	var out api.Delivery
	if err := c.post(ctx, "deliveries/"+n+"/replay", nil, nil, &out); err != nil {
		return err
	}
	done, err := c.await(ctx, []int{out.N})
	if err != nil {
		return err
	}
	return c.show(done[0], func(w io.Writer) { printOutcomes(w, done) })
}

func (c *call) oneDelivery(ctx context.Context, n string) error {
	if _, err := strconv.Atoi(n); err != nil {
		return usagef("want the number of a callback, not %q", n)
	}
	var out api.Delivery
	if err := c.get(ctx, "deliveries/"+n, nil, &out); err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) {
		printOutcomes(w, []api.Delivery{out})
		fmt.Fprintf(w, "\n%s\n\n", out.Body)
		for i, at := range out.Attempts {
			fmt.Fprintln(w, strings.TrimSpace(fmt.Sprintf("attempt %d: %d %s %s", i+1, at.Status, at.Err, at.Response)))
			if at.Reply != "" {
				fmt.Fprintf(w, "reply, decrypted: %s\n", at.Reply)
			}
		}
	})
}

func (c *call) listDeliveries(ctx context.Context, event string, limit int) error {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if event != "" {
		query.Set("event", event)
	}
	var out api.List[api.Delivery]
	if err := c.get(ctx, "deliveries", query, &out); err != nil {
		return err
	}
	slices.Reverse(out.Items)
	return c.show(out, func(w io.Writer) { printOutcomes(w, out.Items) })
}

// doubt says so if the official pages know no event by a name, of which each
// event has some. What robots hear of, and what WeCom does not have, may be sent,
// too.
func (c *call) doubt(ctx context.Context, given []string, namesOf func(event string) []string) error {
	var events api.List[string]
	if err := c.get(ctx, "trigger", nil, &events); err != nil {
		return err
	}
	var known []string
	for _, event := range events.Items {
		known = append(known, namesOf(event)...)
	}
	for _, name := range given {
		if !slices.Contains(known, name) {
			fmt.Fprintf(c.Stderr, "wecomsim %s: no page tells of an event %q%s\n", c.flags.Name(), name, didYouMean(name, known))
		}
	}
	return nil
}

func (c *call) followDeliveries(ctx context.Context, name string, limit int) error {
	return c.follow(ctx, limit, func(event string, data []byte) error {
		var d api.Delivery
		if event != "delivery" {
			return nil
		}
		if err := json.Unmarshal(data, &d); err != nil {
			return err
		}
		if name != "" && d.Event != name || !d.Done && len(d.Attempts) == 0 {
			return nil
		}
		if c.json {
			_, err := fmt.Fprintf(c.Stdout, "%s\n", data)
			return err
		}
		printOutcomes(c.Stdout, []api.Delivery{d})
		return nil
	})
}
