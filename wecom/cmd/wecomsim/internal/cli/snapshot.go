package cli

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

func snapshotCommand() Command {
	return Command{
		Name:     "snapshot",
		Synopsis: []string{"save <file>", "load <file>"},
		Summary:  "keep all that the simulator knows in a file, or go back to it",
		Description: []string{
			"save writes corps, people, what they have said and done, tokens, files, what is due later, the time, and the callbacks that have a URL. load goes back to that, in the same simulator or in another one. - is standard output or input.",
			"Faults, limits and logs are not in it and stay as they are. The clock is set to the time of the snapshot, and goes on from there. Callbacks that are under way are given up.",
			"A file is for the version of wecomsim that wrote it, and it holds the secrets of the simulated corps. For a corp that you write yourself see seed.",
		},
		Examples: []Example{
			{"Keep what you have set up", "wecomsim snapshot save shop.json"},
			{"Go back to it before each test", "wecomsim snapshot load shop.json"},
		},
		Words:  []string{"save", "load"},
		Routes: []string{"GET snapshot", "POST snapshot"},
		Server: true,
		Output: true,
		bind: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(ctx context.Context, c *call) error {
				if len(c.args) == 2 {
					switch c.args[0] {
					case "save":
						return c.saveSnapshot(ctx, c.args[1])
					case "load":
						return c.loadSnapshot(ctx, c.args[1])
					}
				}
				return usagef("want save <file> or load <file>; - is standard output or input")
			}
		},
	}
}

func (c *call) saveSnapshot(ctx context.Context, file string) error {
	var text json.RawMessage
	if err := c.get(ctx, "snapshot", nil, &text); err != nil {
		return err
	}
	text = append(text, '\n')
	if file == "-" {
		_, err := c.Stdout.Write(text)
		return err
	}
	return writeFile(file, text)
}

func (c *call) loadSnapshot(ctx context.Context, file string) error {
	text, err := c.readSnapshot(file)
	if err != nil {
		return err
	}
	if !json.Valid(text) {
		return fmt.Errorf("%s is no snapshot: it is not JSON", file)
	}
	var out api.Tenant
	if err := c.post(ctx, "snapshot", nil, json.RawMessage(text), &out); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return c.restored(out)
}

func (c *call) readSnapshot(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(c.Stdin)
	}
	return os.ReadFile(file) //nolint:gosec // that is what it is for
}

// restored tells what there is after it was something else.
func (c *call) restored(out api.Tenant) error {
	return c.show(out, func(w io.Writer) {
		for _, corp := range out.Corps {
			fmt.Fprintf(w, "%s  %s: %d members, %d customers, %d group chats\n", corp.CorpID, corp.Name, corp.Counts["members"], corp.Counts["customers"], corp.Counts["groupchats"])
		}
		fmt.Fprintf(w, "it is %s\n", out.Now.Format(time.RFC3339))
		if late := c.Now().Sub(out.Now).Round(time.Second); late >= time.Minute {
			fmt.Fprintf(w, "the system's clock is %v ahead: wecomsim clock advance %v lets that time pass\n", late, late)
		}
	})
}

func resetCommand() Command {
	return Command{
		Name:    "reset",
		Summary: "go back to what the simulator began with",
		Description: []string{
			"All that was done since serve has started is undone: what is there is what --seed or --persist gave it, and the time goes on as if nobody had changed it. Faults, mishaps, chaos, limits that were set and the logs go; callbacks stay.",
		},
		Examples: []Example{{"Begin a test", "wecomsim reset"}},
		Routes:   []string{"POST reset"},
		Server:   true,
		Output:   true,
		bind: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(ctx context.Context, c *call) error {
				if err := c.noArgs(); err != nil {
					return err
				}
				var out api.Tenant
				if err := c.post(ctx, "reset", nil, nil, &out); err != nil {
					return err
				}
				return c.restored(out)
			}
		},
	}
}
