package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/url"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func callbackCommand() Command {
	return Command{
		Name: "callback",
		Synopsis: []string{
			"[list]",
			"set URL [--agent id | --robot id | --suite id | --provider corpid] [--json] [--token token] [--aes-key key]",
			"rm [--agent id | --robot id | --suite id | --provider corpid]",
		},
		Summary: "show or set the URLs that hear of events",
		Description: []string{
			"set makes the check that WeCom's console makes before it saves a URL. What is sent to it is signed and encrypted with the simulator's own keys, which list and show tell, unless others are given.",
			"The application must be reachable from the simulator; listen is for those that are not.",
		},
		Examples: []Example{
			{"Let the first app hear of events", "wecomsim callback set http://127.0.0.1:8080/wecom/callback"},
			{"Let a suite hear of its tickets", "wecomsim callback set http://127.0.0.1:8080/wecom/suite --suite wwSIM8000000000001"},
		},
		Words:  []string{"list", "set", "rm"},
		Server: true,
		Output: true,
		Routes: []string{"GET callbacks", "POST callbacks", "POST callbacks/remove"},
		bind:   bindCallback,
	}
}

func bindCallback(flags *flag.FlagSet) func(context.Context, *call) error {
	var in api.CallbackIn
	var keys wecomtest.Keys
	flags.StringVar(&in.Corp, "corp", "", "in the corp `corpid`; in the first one if not given")
	flags.Int64Var(&in.AgentID, "agent", 0, "of the app with this `agentid`; of the first one if not given")
	flags.StringVar(&in.AIBotID, "robot", "", "of the intelligent robot with this `aibotid`")
	flags.StringVar(&in.SuiteID, "suite", "", "of the suite with this `id`")
	flags.StringVar(&in.ServiceCorpID, "provider", "", "of the provider with this `corpid`")
	flags.BoolVar(&in.JSON, "json", false, "have events come as JSON")
	flags.StringVar(&keys.Token, "token", "", "sign with this `token`")
	flags.StringVar(&keys.EncodingAESKey, "aes-key", "", "encrypt with this EncodingAESKey of 43 `letters`")
	return func(ctx context.Context, c *call) error {
		corp := url.Values{}
		if in.Corp != "" {
			corp.Set("corp", in.Corp)
		}
		switch {
		case len(c.args) == 0, len(c.args) == 1 && c.args[0] == "list":
			if err := c.only("callback list"); err != nil {
				return err
			}
			var out api.List[api.Callback]
			if err := c.get(ctx, "callbacks", nil, &out); err != nil {
				return err
			}
			return c.show(out, func(w io.Writer) { printCallbacks(w, out.Items) })
		case len(c.args) == 2 && c.args[0] == "set":
			in.URL = c.args[1]
			if keys != (wecomtest.Keys{}) {
				in.Keys = &keys
			}
			var out api.Callback
			if err := c.post(ctx, "callbacks", corp, in, &out); err != nil {
				return fmt.Errorf("%w; wecomsim doctor --base-url %s tells more", err, in.URL)
			}
			return c.show(out, func(w io.Writer) { printCallbacks(w, []api.Callback{out}) })
		case len(c.args) == 1 && c.args[0] == "rm":
			if err := c.only("callback rm", "corp", "agent", "robot", "suite", "provider"); err != nil {
				return err
			}
			var out api.None
			if err := c.post(ctx, "callbacks/remove", corp, in.Owner, &out); err != nil {
				return err
			}
			return c.show(out, func(w io.Writer) { fmt.Fprintln(w, "the callback is no more") })
		}
		return usagef("want list, set URL or rm")
	}
}

func printCallbacks(w io.Writer, list []api.Callback) {
	var rows [][]string
	for _, cb := range list {
		target := cb.URL
		if target == "" {
			target = "wecomsim listen"
		}
		owner := api.Delivery{AgentID: cb.AgentID, SuiteID: cb.SuiteID, AIBotID: cb.AIBotID}
		rows = append(rows, []string{cb.CorpID, recipient(owner), target, "token " + cb.Keys.Token, "EncodingAESKey " + cb.Keys.EncodingAESKey})
	}
	columns(w, rows...)
}
