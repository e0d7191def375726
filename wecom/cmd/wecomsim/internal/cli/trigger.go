package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

func triggerCommand() Command {
	return Command{
		Name:     "trigger",
		Synopsis: []string{"[--corp corpid] [--set path=value ...] <event>", "<event> --show", "--list"},
		Summary:  "send the application any event or message of WeCom",
		Description: []string{
			"The event looks as on its official page, and speaks of people and things of the corp where it has some. Nothing in the corp changes: what people do is act. trigger prints what --set changed and where the callback went.",
			"An event is named by WeCom's own words: change_external_contact/add_external_contact, text, suite_ticket.",
		},
		Routes: []string{"GET trigger", "GET trigger/{event...}", "POST trigger"},
		Examples: []Example{
			{"Tell of a new customer who came by a code with a state", "wecomsim trigger change_external_contact/add_external_contact --set State=spring-fair"},
			{"Send a message to the app", "wecomsim trigger text --set Content=hello"},
			{"See what an event says", "wecomsim trigger change_external_contact/add_external_contact --show"},
			{"Find the name of an event", "wecomsim trigger --list | grep kf"},
		},
		Server: true,
		Output: true,
		bind: func(flags *flag.FlagSet) func(context.Context, *call) error {
			corp := flags.String("corp", "", "send it in the corp `corpid`; in the first one if not given")
			list := flags.Bool("list", false, "list the names of all events and messages")
			show := flags.Bool("show", false, "show the values that --set can change, and send nothing")
			set := make(map[string]any)
			flags.Func("set", "another value than the page has, as `path=value`: State=x, ScanCodeInfo.ScanType=qrcode, MemChangeList.Item[0]=wm1", func(text string) error {
				path, value, ok := strings.Cut(text, "=")
				if !ok || path == "" {
					return errors.New("want path=value")
				}
				if _, again := set[path]; again {
					return errors.New("it is there twice")
				}
				set[path] = value
				return nil
			})
			return func(ctx context.Context, c *call) error {
				switch {
				case *list && len(c.args) == 0:
					if err := c.only("trigger --list", "list"); err != nil {
						return err
					}
					return c.listEvents(ctx)
				case len(c.args) != 1 || *list:
					return usagef("want one event; wecomsim trigger --list has their names")
				case *show:
					if err := c.only("trigger --show", "show", "corp"); err != nil {
						return err
					}
					return c.showEvent(ctx, *corp, c.args[0])
				}
				return c.trigger(ctx, *corp, api.TriggerIn{Event: c.args[0], Set: set})
			}
		},
	}
}

func (c *call) listEvents(ctx context.Context) error {
	var names api.List[string]
	if err := c.get(ctx, "trigger", nil, &names); err != nil {
		return err
	}
	return c.show(names, func(w io.Writer) { fmt.Fprintln(w, strings.Join(names.Items, "\n")) })
}

func (c *call) showEvent(ctx context.Context, corp, name string) error {
	query := url.Values{}
	if corp != "" {
		query.Set("corp", corp)
	}
	var out api.EventSample
	if err := c.get(ctx, "trigger/"+name, query, &out); err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) {
		var rows [][]string
		for _, v := range out.Values {
			rows = append(rows, []string{v.Path, v.Value})
		}
		columns(w, rows...)
	})
}

func (c *call) trigger(ctx context.Context, corp string, in api.TriggerIn) error {
	query := url.Values{}
	if corp != "" {
		query.Set("corp", corp)
	}
	var out api.Triggered
	if err := c.post(ctx, "trigger", query, in, &out); err != nil {
		return err
	}
	var numbers []int
	for _, d := range out.Deliveries {
		numbers = append(numbers, d.N)
	}
	done, err := c.await(ctx, numbers)
	if err != nil {
		return err
	}
	out.Deliveries = done
	return c.show(out, func(w io.Writer) {
		for _, s := range out.Set {
			fmt.Fprintln(w, "set", s)
		}
		printOutcomes(w, done)
		for _, d := range done {
			fmt.Fprintln(w, d.Body)
		}
	})
}
