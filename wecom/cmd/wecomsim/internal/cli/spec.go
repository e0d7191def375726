package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func specCommand() Command {
	return Command{
		Name:     "spec",
		Synopsis: []string{"<operation>", "--search text"},
		Summary:  "show the documented request and reply of an endpoint",
		Description: []string{
			"Shows what the simulator's table has of an endpoint of WeCom, as it was read from the official pages: fields with their types and limits, errcodes, an example, and the addresses of the pages. No simulator need be running.",
		},
		Examples: []Example{
			{"Read about tags", "wecomsim spec externalcontact/mark_tag"},
			{"Find an endpoint", "wecomsim spec --search moment"},
		},
		Output: true,
		Routes: []string{"GET spec", "GET spec/{op...}"},
		bind: func(flags *flag.FlagSet) func(context.Context, *call) error {
			search := flags.String("search", "", "list the endpoints with this `text` in their path")
			return func(ctx context.Context, c *call) error {
				sim := wecomtest.NewServer() // the table is in the program
				defer sim.Close()
				a := api.New(sim)
				defer a.Close()
				switch {
				case len(c.args) == 1 && *search == "":
					return c.spec(ctx, a, c.args[0])
				case len(c.args) == 0 && *search != "":
					return c.searchSpec(ctx, a, *search)
				}
				return usagef("want one operation, or --search")
			}
		},
	}
}

func (c *call) searchSpec(ctx context.Context, a *api.API, text string) error {
	out, err := a.Specs(ctx, api.SpecsIn{Text: text, Page: api.Page{Limit: 10_000}})
	if err != nil {
		return err
	}
	if len(out.Items) == 0 {
		return fmt.Errorf("no endpoint has %q in its path", text)
	}
	return c.show(out, func(w io.Writer) {
		var rows [][]string
		for _, e := range out.Items {
			memory := "answers with nothing in it"
			if e.Stateful {
				memory = "remembers"
			}
			rows = append(rows, []string{e.Method, strings.TrimPrefix(e.Path, "/cgi-bin/"), memory})
		}
		columns(w, rows...)
	})
}

func (c *call) spec(ctx context.Context, a *api.API, op string) error {
	e, err := a.Spec(ctx, api.SpecIn{Op: strings.TrimPrefix(op, "/")})
	if err != nil {
		return err
	}
	return c.show(e, func(w io.Writer) { printSpec(w, &e) })
}

func printSpec(w io.Writer, e *api.Spec) {
	fmt.Fprintf(w, "%s %s\n", e.Method, e.Path)
	for _, doc := range e.Docs {
		fmt.Fprintln(w, doc)
	}
	fmt.Fprintf(w, "token: %s", e.Token)
	if e.Scope != "" {
		fmt.Fprintf(w, ", of an app with the right %s", e.Scope)
	}
	fmt.Fprintln(w)
	if e.Note != "" {
		fmt.Fprintf(w, "note: %s\n", e.Note)
	}
	printFields(w, "query", e.Query)
	printFields(w, "body", e.Body)
	printFields(w, "upload", e.Upload)
	printFields(w, "reply", e.Response)
	fmt.Fprintln(w, "\nerrcodes:")
	var rows [][]string
	for _, code := range e.Codes {
		rows = append(rows, []string{"  " + strconv.Itoa(code.Code), code.When})
	}
	columns(w, rows...)
	printExample(w, "request", e.RequestExample)
	printExample(w, "reply", e.ResponseExample)
}

func printFields(w io.Writer, title string, list []wecomtest.Field) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s:\n", title)
	var rows [][]string
	fieldRows("  ", list, &rows)
	columns(w, rows...)
}

func fieldRows(indent string, list []wecomtest.Field, rows *[][]string) {
	for i := range list {
		f := &list[i]
		name, typ, inner := f.Name, f.Type, f.Fields
		if f.Items != nil {
			typ, inner = "array of "+f.Items.Type, f.Items.Fields
		}
		*rows = append(*rows, []string{indent + name, typ, fieldRules(f)})
		fieldRows(indent+"  ", inner, rows)
	}
}

// fieldRules says what a value must be.
func fieldRules(f *wecomtest.Field) string {
	var rules []string
	add := func(is bool, format string, args ...any) {
		if is {
			rules = append(rules, fmt.Sprintf(format, args...))
		}
	}
	add(f.Required, "required")
	add(len(f.Enum) > 0, "one of %v", f.Enum)
	add(f.MaxBytes > 0, "at most %d bytes", f.MaxBytes)
	add(f.MaxChars > 0, "at most %d characters", f.MaxChars)
	add(f.MinItems > 0, "at least %d", f.MinItems)
	add(f.MaxItems > 0, "at most %d", f.MaxItems)
	add(f.Min != nil, "from %d", value(f.Min))
	add(f.Max != nil, "to %d", value(f.Max))
	add(f.Recursive != "", "like %s", f.Recursive)
	add(f.Note != "", "%s", f.Note)
	return strings.Join(rules, ", ")
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

func printExample(w io.Writer, title, text string) {
	if text == "" {
		return
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, []byte(text), "", "  ") == nil {
		text = pretty.String()
	}
	fmt.Fprintf(w, "\n%s, with made-up values:\n%s\n", title, text)
}
