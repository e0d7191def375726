package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func seedCommand() Command {
	words := []string{"list", "show", "check", "schema", "load"}
	for _, s := range api.Seeds() {
		words = append(words, s.Name)
	}
	return Command{
		Name:     "seed",
		Synopsis: []string{"[list]", "show <name>", "check <file>", "schema", "load <name or file> [--corp corpid]"},
		Summary:  "begin with a corp where people have been at work",
		Description: []string{
			"A seed is a corp to begin with: members, customers, tags, group chats and what they have. It is a JSON file; show prints those that come with the simulator, to write one like them, schema prints the JSON Schema for an editor, and check tells what is wrong with one.",
			"load puts a seed into a running simulator, all of it or nothing. No callback tells of it. serve --seed does so at the start.",
		},
		Examples: []Example{
			{"Begin with a small shop", "wecomsim serve --seed small-shop"},
			{"Write one of your own", "wecomsim seed show small-shop > tenant.json"},
			{"Look for mistakes", "wecomsim seed check tenant.json"},
			{"Put it into a running simulator", "wecomsim seed load tenant.json"},
		},
		Words:  words,
		Server: true,
		Output: true,
		Routes: []string{"GET seeds", "GET seeds/{id}", "GET seeds/schema", "POST seeds"},
		bind:   bindSeed,
	}
}

func bindSeed(flags *flag.FlagSet) func(context.Context, *call) error {
	corp := flags.String("corp", "", "load into the corp of this `corpid`; the first one if not given")
	return func(ctx context.Context, c *call) error {
		verb := "list"
		if len(c.args) > 0 {
			verb = c.args[0]
		}
		switch {
		case *corp != "" && verb != "load":
			return usagef("--corp is for load <name or file>")
		case verb == "list" && len(c.args) < 2:
			return c.listSeeds()
		case verb == "show" && len(c.args) == 2:
			return c.showSeed(c.args[1])
		case verb == "check" && len(c.args) == 2:
			return c.checkSeed(c.args[1])
		case verb == "schema" && len(c.args) == 1:
			text, err := fs.ReadFile(wecomtest.SeedFiles(), "seed.schema.json")
			_, _ = c.Stdout.Write(text)
			return err
		case verb == "load" && len(c.args) == 2:
			return c.loadSeed(ctx, c.args[1], *corp)
		}
		return usagef("want list, show <name>, check <file>, schema, or load <name or file>")
	}
}

func (c *call) listSeeds() error {
	list := api.Seeds()
	return c.show(api.List[api.Seed]{Items: list, Total: len(list)}, func(w io.Writer) {
		var rows [][]string
		for _, s := range list {
			rows = append(rows, []string{s.Name, s.About})
		}
		columns(w, rows...)
	})
}

func (c *call) showSeed(name string) error {
	seed, err := api.FindSeed(name)
	if err != nil {
		return err
	}
	text, err := seed.Text(c.Now())
	if err == nil {
		fmt.Fprintf(c.Stdout, "%s\n", strings.TrimSpace(string(text)))
	}
	return err
}

func (c *call) checkSeed(file string) error {
	text, err := os.ReadFile(file) //nolint:gosec // that is what it is for
	if err != nil {
		return err
	}
	seed, err := wecomtest.ParseSeed(text, c.Now())
	if err != nil {
		return mistakes(file, err)
	}
	return c.loaded(api.SeedLoaded{
		Members: len(seed.Members), Customers: len(seed.Customers), TagGroups: len(seed.TagGroups), GroupChats: len(seed.GroupChats),
	})
}

// mistakes tells what is wrong with a seed.
func mistakes(name string, err error) error {
	if bad, ok := errors.AsType[*wecomtest.SeedError](err); ok {
		return fmt.Errorf("%s:\n\t%s", name, strings.Join(bad.Problems, "\n\t"))
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (c *call) loaded(out api.SeedLoaded) error {
	return c.show(out, func(w io.Writer) {
		fmt.Fprintf(w, "%d members, %d customers, %d tag groups, %d group chats\n", out.Members, out.Customers, out.TagGroups, out.GroupChats)
	})
}

func (c *call) loadSeed(ctx context.Context, arg, corp string) error {
	in, err := seedIn(arg)
	if err != nil {
		return err
	}
	query := url.Values{}
	if corp != "" {
		query.Set("corp", corp)
	}
	var out api.SeedLoaded
	if err := c.post(ctx, "seeds", query, in, &out); err != nil {
		return err
	}
	return c.loaded(out)
}

// seedIn is a seed that comes with the simulator, or in a file.
func seedIn(arg string) (api.SeedIn, error) {
	if _, err := api.FindSeed(arg); err == nil {
		return api.SeedIn{Name: arg}, nil
	}
	text, err := os.ReadFile(arg) //nolint:gosec // that is what it is for
	if errors.Is(err, fs.ErrNotExist) {
		return api.SeedIn{}, fmt.Errorf("no file %s, and no seed of that name: wecomsim seed list tells those that there are", arg)
	}
	return api.SeedIn{Seed: text}, err
}

// sow puts seeds into a simulator that begins.
func sow(ctx context.Context, a *api.API, seeds []string) error {
	for _, arg := range seeds {
		in, err := seedIn(arg)
		if err == nil {
			_, err = a.LoadSeed(ctx, in)
		}
		if err != nil {
			return mistakes("--seed "+arg, err)
		}
	}
	return nil
}
