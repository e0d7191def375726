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
	var verbs []string
	for _, a := range api.Acts() {
		verbs = append(verbs, a.Verb)
	}
	return Command{
		Name:     "act",
		Synopsis: []string{"[--corp corpid] <verb> [name=value ...]", "[verb]"},
		Summary:  "let a customer, a member or an administrator do something",
		Description: []string{
			"People cause callbacks, API calls do not: so it is in WeCom, and so it is here. act prints what came of it, and where the callbacks went.",
			"Without a verb it lists them; with a verb that needs arguments and none, it lists these. Lists are written with commas, objects as JSON.",
		},
		Examples: []Example{
			{"Add a member, and a customer of theirs who came by a code with a state", "wecomsim act add-member userid=alice name=Alice\n        wecomsim act add-customer userid=alice name=Zoe state=spring-fair"},
			{"Let the customer write", "wecomsim act write-to-member userid=alice external_userid=wmSIM00000000000000000001 text='have you tea?'"},
			{"Let a member send what a mass send asks of them", "wecomsim act confirm-send msgid=msgSIM00000000000000000001 userid=alice"},
		},
		Words:  verbs,
		Client: true,
		bind:   bindAct,
	}
}

func bindAct(flags *flag.FlagSet) func(context.Context, *call) error {
	corp := flags.String("corp", "", "act in the corp `corpid`; in the first one if not given")
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
			return usagef("nobody can %s; wecomsim act lists what people can do", c.args[0])
		}
		verb := verbs.Items[i]
		if len(c.args) == 1 && slices.ContainsFunc(verb.Args, func(a api.Arg) bool { return a.Required }) {
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
		rows = append(rows, []string{"  " + v.Verb, v.About})
	}
	columns(w, rows...)
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
		rows = append(rows, []string{"  " + a.Name, a.Type, needed, about})
	}
	columns(w, rows...)
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
			return nil, usagef("%s takes no %s; wecomsim act %s lists its arguments", v.Verb, p[0], v.Verb)
		}
		if in[p[0]], err = argument(v.Args[i], p[1]); err != nil {
			return nil, err
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
		v = elements(text)
	default:
		v = text
	}
	if err != nil {
		return nil, usagef("%s: want %s, not %q", a.Name, a.Type, text)
	}
	return v, nil
}

// elements reads a list with commas. Numbers are numbers.
func elements(text string) []any {
	list := []any{}
	for part := range strings.SplitSeq(text, ",") {
		if n, err := strconv.ParseInt(part, 10, 64); err == nil {
			list = append(list, n)
		} else if part != "" {
			list = append(list, part)
		}
	}
	return list
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
	return c.show(out, func(w io.Writer) {
		result, _ := out.Result.(map[string]any)
		var rows [][]string
		for _, name := range sortedKeys(result) {
			rows = append(rows, []string{name, plainText(result[name])})
		}
		columns(w, rows...)
		printOutcomes(w, deliveries)
	})
}
