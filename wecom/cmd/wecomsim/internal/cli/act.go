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

func actCommand() Command {
	return Command{
		Name:     "act",
		Synopsis: []string{"", "<verb> [--args]", "[--corp corpid] <verb> [name=value ...]"},
		Summary:  "let a customer, a member or an administrator do something",
		Description: []string{
			"People cause callbacks, API calls do not: so it is in WeCom, and so it is here. act prints what came of it, and where the callbacks went.",
			"Without a verb it lists them; with a verb that needs arguments and none, it lists these, as --args does of any. Lists are written with commas, objects as JSON.",
		},
		Examples: []Example{
			{"Add a member, and a customer of theirs who came by a code with a state", "wecomsim act add-member userid=alice name=Alice\n        wecomsim act add-customer userid=alice name=Zoe state=spring-fair"},
			{"Let the customer write", "wecomsim act write-to-member userid=alice external_userid=wmSIM00000000000000000001 text='have you tea?'"},
			{"Let a member send what a mass send asks of them", "wecomsim act confirm-send msgid=msgSIM00000000000000000001 userid=alice"},
		},
		Words:  verbNames(),
		Routes: []string{"GET acts", "POST acts/*"},
		Server: true,
		Output: true,
		bind:   bindAct,
	}
}

func verbNames() []string {
	var verbs []string
	for _, a := range api.Acts() {
		verbs = append(verbs, a.Verb)
	}
	return verbs
}

func bindAct(flags *flag.FlagSet) func(context.Context, *call) error {
	corp := flags.String("corp", "", "act in the corp `corpid`; in the first one if not given")
	args := flags.Bool("args", false, "list what a verb takes, and do nothing")
	return func(ctx context.Context, c *call) error {
		var verbs api.List[api.Verb]
		if err := c.get(ctx, "acts", nil, &verbs); err != nil {
			return err
		}
		if len(c.args) == 0 {
			return c.show(verbs, func(w io.Writer) { listVerbs(w, verbs.Items) })
		}
		i := slices.IndexFunc(verbs.Items, func(v api.Verb) bool { return v.Verb == c.args[0] })
		if i < 0 {
			return usagef("nobody can %s%s; wecomsim act lists what people can do", c.args[0], didYouMean(c.args[0], verbNames()))
		}
		verb := verbs.Items[i]
		needs := slices.ContainsFunc(verb.Args, func(a api.Arg) bool { return a.Required })
		if *args || len(c.args) == 1 && needs {
			return c.show(verb, func(w io.Writer) { describeVerb(w, verb) })
		}
		in, err := arguments(verb, c.args[1:])
		if err != nil {
			return err
		}
		return c.act(ctx, *corp, verb.Verb, in)
	}
}

func listVerbs(w io.Writer, verbs []api.Verb) {
	group := ""
	var rows [][]string
	for _, v := range verbs {
		if v.Group != group {
			group = v.Group
			rows = append(rows, []string{group + ":"})
		}
		rows = append(rows, []string{"  " + usage(v), v.About})
	}
	columns(w, rows...)
}

// usage is a verb with what it needs, and ... if it takes more.
func usage(v api.Verb) string {
	words := []string{v.Verb}
	for _, a := range v.Args {
		if a.Required {
			words = append(words, a.Name+"=")
		}
	}
	if len(words) <= len(v.Args) {
		words = append(words, "...")
	}
	return strings.Join(words, " ")
}

func describeVerb(w io.Writer, v api.Verb) {
	fmt.Fprintf(w, "%s: %s\n\n", v.Verb, v.About)
	var rows [][]string
	for _, a := range v.Args {
		about := a.About
		if about == "" {
			about = a.Kind
		}
		needed := ""
		if a.Required {
			needed = "required"
		}
		rows = append(rows, []string{"  " + a.Name, argType(a), needed, about})
	}
	columns(w, rows...)
}

// argType tells how a value is written.
func argType(a api.Arg) string {
	switch {
	case a.Type == "array" && (a.Items == "string" || a.Items == "integer"):
		return a.Items + ",..."
	case a.Type == "array", a.Type == "object", a.Type == "":
		return "JSON"
	case a.Format != "":
		return a.Format
	}
	return a.Type
}

// arguments turns name=value into the object that the API takes.
func arguments(v api.Verb, args []string) (map[string]any, error) {
	given, err := pairs(args)
	if err != nil {
		return nil, err
	}
	in := make(map[string]any, len(given))
	for _, p := range given {
		i := slices.IndexFunc(v.Args, func(a api.Arg) bool { return a.Name == p[0] })
		if i < 0 {
			var known []string
			for _, a := range v.Args {
				known = append(known, a.Name)
			}
			return nil, usagef("%s takes no %s%s; wecomsim act %s --args lists what it takes", v.Verb, p[0], didYouMean(p[0], known), v.Verb)
		}
		if in[p[0]], err = argument(v.Args[i], p[1]); err != nil {
			return nil, err
		}
	}
	for _, a := range v.Args {
		if _, ok := in[a.Name]; a.Required && !ok {
			return nil, usagef("%s needs %s; wecomsim act %s --args lists what it takes", v.Verb, a.Name, v.Verb)
		}
	}
	return in, nil
}

// argument reads one value.
func argument(a api.Arg, text string) (v any, err error) {
	switch a.Type {
	case "integer":
		v, err = strconv.ParseInt(text, 10, 64)
	case "boolean":
		v, err = strconv.ParseBool(text)
	case "object":
		v, err = json.RawMessage(text), nil
		if !json.Valid([]byte(text)) {
			err = errNotJSON
		}
	case "array":
		if strings.HasPrefix(text, "[") {
			v = json.RawMessage(text)
			if !json.Valid([]byte(text)) {
				err = errNotJSON
			}
			break
		}
		v, err = elements(a.Items, text)
	default:
		v = text
	}
	if err != nil {
		return nil, usagef("%s: want %s, not %q", a.Name, argType(a), text)
	}
	return v, nil
}

// elements reads a list with commas.
func elements(of, text string) ([]any, error) {
	list := []any{}
	for part := range strings.SplitSeq(text, ",") {
		if part == "" {
			continue
		}
		if of != "integer" {
			list = append(list, part)
			continue
		}
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// act does it and prints what came of it.
func (c *call) act(ctx context.Context, corp, verb string, in map[string]any) error {
	query := url.Values{}
	if corp != "" {
		query.Set("corp", corp)
	}
	var out api.Acted
	if err := c.post(ctx, "acts/"+verb, query, in, &out); err != nil {
		return err
	}
	deliveries, err := c.await(ctx, out.Deliveries)
	if err != nil {
		return err
	}
	hint, err := c.whyNone(ctx, deliveries)
	if err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) {
		result, _ := out.Result.(map[string]any)
		var rows [][]string
		for _, name := range sortedKeys(result) {
			rows = append(rows, []string{name, plainText(result[name])})
		}
		columns(w, rows...)
		printOutcomes(w, deliveries)
		fmt.Fprint(w, hint)
	})
}
