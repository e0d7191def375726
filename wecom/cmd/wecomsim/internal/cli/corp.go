package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

func corpCommand() Command {
	return Command{
		Name:     "corp",
		Synopsis: []string{"[list]", "add <name>"},
		Summary:  "show corps with their credentials, or add one",
		Description: []string{
			"A simulator begins with one corp, which commands speak of unless --corp names another. All corps are at the same address; the corp id and the tokens tell them apart, as in WeCom.",
		},
		Examples: []Example{{"Add a corp and give it a member", "wecomsim corp add 'Tea Ltd'\n        wecomsim act add-member --corp wwSIM0000000000002 userid=bob"}},
		Words:    []string{"list", "add"},
		Server:   true,
		Output:   true,
		Routes:   []string{"GET tenant", "POST corps"},
		bind: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(ctx context.Context, c *call) error {
				switch {
				case len(c.args) == 0, len(c.args) == 1 && c.args[0] == "list":
					return c.tenant(ctx)
				case len(c.args) == 2 && c.args[0] == "add":
					var out api.Corp
					if err := c.post(ctx, "corps", nil, api.AddCorpIn{Name: c.args[1]}, &out); err != nil {
						return err
					}
					return c.show(out, func(w io.Writer) { printCorp(w, &out) })
				}
				return usagef("want list or add <name>")
			}
		},
	}
}

// tenant shows what there is.
func (c *call) tenant(ctx context.Context) error {
	var out api.Tenant
	if err := c.get(ctx, "tenant", nil, &out); err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) {
		for i := range out.Corps {
			if i > 0 {
				fmt.Fprintln(w)
			}
			printCorp(w, &out.Corps[i])
		}
		for _, issue := range out.Issues {
			fmt.Fprintln(w, "issue:", issue)
		}
	})
}

func printCorp(w io.Writer, corp *api.Corp) {
	rows := [][]string{{"corp id", corp.CorpID, corp.Name}}
	for _, app := range corp.Apps {
		var scopes []string
		for _, scope := range app.Scopes {
			scopes = append(scopes, string(scope))
		}
		rows = append(rows, []string{"app " + strconv.FormatInt(app.AgentID, 10), "secret " + app.Secret, app.Name, strings.Join(scopes, ",")})
	}
	rows = append(rows, []string{"callbacks", "token " + corp.Keys.Token, "EncodingAESKey " + corp.Keys.EncodingAESKey})
	var counts []string
	for _, k := range kinds() {
		if n := corp.Counts[k.name]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, k.name))
		}
	}
	columns(w, rows...)
	if len(counts) > 0 {
		fmt.Fprintln(w, "holds", strings.Join(counts, ", "))
	}
}
