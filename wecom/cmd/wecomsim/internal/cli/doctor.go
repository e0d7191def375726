package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/doctor"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func doctorCommand() Command {
	return Command{
		Name:     "doctor",
		Synopsis: []string{"--base-url URL [--token token --aes-key key --receive-id id] [--suite id | --robot id] [--twice]"},
		Summary:  "find out why WeCom does not take a callback URL",
		Description: []string{
			"Checks an application's callback URL the way WeCom's console would, and then what WeCom would do with it: a wrong key, an answer in quotes, with a BOM or a line break, a slow one, a redirect, a signature that nobody looks at, events that fail. It says what to do about each.",
			"The event that it sends is one that WeCom does not have, wecomsim_doctor: the application must not act on it. Without keys it takes those of the first app of a running simulator. It works on a real application, too, with the keys of the console; WECOM_CALLBACK_TOKEN and WECOM_CALLBACK_AES_KEY keep them off the command line.",
			"Whether the application handles an event once that comes twice its answers do not tell. --twice lets a new customer come in the simulator, which the application must be connected to, and looks at what it calls; the customer stays.",
			"It ends with 4 if something is wrong; warnings alone end with 0.",
		},
		Examples: []Example{
			{"An application that knows the simulator's keys", "wecomsim doctor --base-url http://localhost:8080/wecom/callback"},
			{"An application that knows the console's", "wecomsim doctor --base-url https://crm.example.com/wecom/callback --receive-id ww1234567890abcdef"},
		},
		Routes: []string{"GET callbacks", "GET tenant", "GET suites", "GET aibots", "GET calls", "POST mishaps", "POST acts/*"},
		Server: true,
		Output: true,
		bind: func(flags *flag.FlagSet) func(context.Context, *call) error {
			d := &doctor.Doctor{}
			flags.StringVar(&d.URL, "base-url", "", "the application's callback `URL`")
			flags.StringVar(&d.Keys.Token, "token", "", "the `token` of the console; $WECOM_CALLBACK_TOKEN if not given")
			flags.StringVar(&d.Keys.EncodingAESKey, "aes-key", "", "the EncodingAESKey of the console, 43 `letters`; $WECOM_CALLBACK_AES_KEY if not given")
			flags.StringVar(&d.Keys.ReceiveID, "receive-id", "", "the corp `id`; $WECOM_CORP_ID if not given; of a suite's callback, the suite id")
			suite := flags.String("suite", "", "it is the callback of the suite with this `id`, and must answer success")
			robot := flags.String("robot", "", "it is the callback of the intelligent robot with this `aibotid`")
			twice := flags.Bool("twice", false, "also see whether an event that comes twice is handled once")
			return func(ctx context.Context, c *call) error {
				if err := c.noArgs(); err != nil {
					return err
				}
				if d.URL == "" {
					return usagef("--base-url: want the callback URL of the application")
				}
				if *suite != "" && *robot != "" {
					return usagef("--suite and --robot: want one of them")
				}
				d.ThirdApp, d.Robot, d.Now, d.Random = *suite != "", *robot != "", c.Now, randomBytes
				if err := c.doctorKeys(ctx, &d.Keys, *suite, *robot); err != nil {
					return err
				}
				if *twice {
					d.Twice = func(ctx context.Context) (did, twice []string, err error) { return c.twice(ctx, d.URL) }
				}
				return c.examine(ctx, d)
			}
		},
	}
}

// doctorKeys fills in what the command line does not say. The receive id of a
// robot is empty, and so may be another's.
func (c *call) doctorKeys(ctx context.Context, keys *wecomtest.Keys, suite, robot string) error {
	keys.Token = cmp.Or(keys.Token, c.Getenv("WECOM_CALLBACK_TOKEN"))
	keys.EncodingAESKey = cmp.Or(keys.EncodingAESKey, c.Getenv("WECOM_CALLBACK_AES_KEY"))
	keys.ReceiveID = cmp.Or(keys.ReceiveID, suite)
	empty := robot != "" || c.given("receive-id")
	if keys.Token != "" && keys.EncodingAESKey != "" {
		if !empty {
			keys.ReceiveID = cmp.Or(keys.ReceiveID, c.Getenv("WECOM_CORP_ID"))
		}
		if keys.ReceiveID == "" && !empty {
			return usagef("--receive-id: want the corp id that the keys are for")
		}
		return nil
	}
	known, err := c.simulatorKeys(ctx, suite, robot)
	if err != nil {
		return fmt.Errorf("give --token, --aes-key and --receive-id, or start a simulator that has them: %w", err)
	}
	keys.Token = cmp.Or(keys.Token, known.Token)
	keys.EncodingAESKey = cmp.Or(keys.EncodingAESKey, known.EncodingAESKey)
	if !empty {
		keys.ReceiveID = cmp.Or(keys.ReceiveID, known.ReceiveID)
	}
	return nil
}

// simulatorKeys are those that the simulator uses.
func (c *call) simulatorKeys(ctx context.Context, suite, robot string) (wecomtest.Keys, error) {
	var set api.List[api.Callback]
	if err := c.get(ctx, "callbacks", nil, &set); err != nil {
		return wecomtest.Keys{}, err
	}
	for _, cb := range set.Items {
		if cb.SuiteID == suite && cb.AIBotID == robot && cb.ServiceCorpID == "" {
			return cb.Keys, nil
		}
	}
	switch {
	case suite != "":
		var suites api.List[api.SuiteSetup]
		err := c.get(ctx, "suites", nil, &suites)
		for _, s := range suites.Items {
			if s.SuiteID == suite {
				return s.Keys, nil
			}
		}
		return wecomtest.Keys{}, cmp.Or(err, fmt.Errorf("the simulator has no suite %q", suite))
	case robot != "":
		var robots api.List[api.AIBotSetup]
		err := c.get(ctx, "aibots", nil, &robots)
		for _, r := range robots.Items {
			if r.AIBotID == robot {
				return r.Keys, nil
			}
		}
		return wecomtest.Keys{}, cmp.Or(err, fmt.Errorf("the simulator has no intelligent robot %q", robot))
	}
	var tenant api.Tenant
	err := c.get(ctx, "tenant", nil, &tenant)
	if err != nil || len(tenant.Corps) == 0 {
		return wecomtest.Keys{}, err
	}
	return tenant.Corps[0].Keys, nil
}

// workTime is how long an application that answers first has to do what an event
// makes it do.
const workTime = 2 * time.Second

// twice lets a new customer's event come twice to a URL and returns what the
// application wrote to the simulator then, and what of it twice.
func (c *call) twice(ctx context.Context, target string) (did, twice []string, err error) {
	var set api.List[api.Callback]
	if err := c.get(ctx, "callbacks", nil, &set); err != nil {
		return nil, nil, err
	}
	if !slices.ContainsFunc(set.Items, func(cb api.Callback) bool { return cb.URL == target }) {
		return nil, nil, fmt.Errorf("the simulator's events do not go to %s", target)
	}
	const member = "wecomsim_doctor"
	in := map[string]any{"userid": member, "name": "wecomsim doctor"}
	if err := c.get(ctx, "members/"+member, nil, &api.None{}); err != nil {
		if err := c.post(ctx, "acts/add-member", nil, in, &api.Acted{}); err != nil {
			return nil, nil, err
		}
	}
	before, err := c.latestCall(ctx)
	if err != nil {
		return nil, nil, err
	}
	again := api.MishapIn{Of: []string{"change_external_contact/add_external_contact"}, Duplicate: true, Times: 1}
	if err := c.post(ctx, "mishaps", nil, again, &wecomtest.MishapState{}); err != nil {
		return nil, nil, err
	}
	var acted api.Acted
	if err := c.post(ctx, "acts/add-customer", nil, in, &acted); err != nil {
		return nil, nil, err
	}
	if _, err := c.await(ctx, acted.Deliveries); err != nil {
		return nil, nil, err
	}
	if err := c.sleep(ctx, workTime); err != nil {
		return nil, nil, err
	}
	return c.written(ctx, before)
}

// latestCall is the number of the latest call.
func (c *call) latestCall(ctx context.Context) (int, error) {
	var latest api.List[wecomtest.Call]
	if err := c.get(ctx, "calls", url.Values{"limit": {"1"}}, &latest); err != nil || len(latest.Items) == 0 {
		return 0, err
	}
	return latest.Items[0].N, nil
}

// written are the operations that wrote something after a call, and those that
// wrote the same again.
func (c *call) written(ctx context.Context, before int) (did, twice []string, err error) {
	var calls api.List[wecomtest.Call]
	if err := c.get(ctx, "calls", url.Values{"limit": {"1000"}}, &calls); err != nil {
		return nil, nil, err
	}
	times := make(map[string]int)
	for _, one := range slices.Backward(calls.Items) {
		verb := one.Op[strings.LastIndexByte(one.Op, '/')+1:]
		if one.N <= before || one.Method != http.MethodPost || strings.HasPrefix(verb, "get") || strings.HasPrefix(verb, "list") {
			continue
		}
		times[one.Op+one.Body]++
		switch times[one.Op+one.Body] {
		case 1:
			did = append(did, one.Op)
		case 2:
			twice = append(twice, one.Op)
		}
	}
	return did, twice, nil
}

func (c *call) examine(ctx context.Context, d *doctor.Doctor) error {
	list := d.Examine(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := c.show(list, func(w io.Writer) {
		for _, f := range list {
			fmt.Fprintf(w, "%-4s  %s: %s\n", f.Level, f.Check, f.Message)
			if f.Advice != "" {
				fmt.Fprint(w, indented(f.Advice, 6))
			}
		}
		fmt.Fprintln(w, verdict(list))
	})
	if err == nil && doctor.Worst(list) == doctor.Fail {
		return errFound
	}
	return err
}

// verdict sums up.
func verdict(list []doctor.Finding) string {
	switch doctor.Worst(list) {
	case doctor.Fail:
		return "\nWeCom would not get along with this application."
	case doctor.Warn:
		return "\nIt works with WeCom; the warnings are worth a look."
	default:
		return "\nNothing is wrong."
	}
}

func randomBytes() (random [16]byte) {
	_, _ = rand.Read(random[:]) // it never fails
	return random
}
