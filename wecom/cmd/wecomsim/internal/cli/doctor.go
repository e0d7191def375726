package cli

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"io"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/doctor"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func doctorCommand() Command {
	return Command{
		Name:     "doctor",
		Synopsis: []string{"--base-url URL [--token token --aes-key key --receive-id id] [--suite id]"},
		Summary:  "find out why WeCom does not take a callback URL",
		Description: []string{
			"Checks an application's callback URL the way WeCom's console would, and then what WeCom would do with it: a wrong key, an answer in quotes, with a BOM or a line break, a slow one, a redirect, a signature that nobody looks at, events that fail. It says what to do about each.",
			"The event that it sends is one that WeCom does not have, wecomsim_doctor: the application must not act on it. Without keys it takes those of the first app of a running simulator. It works on a real application, too, with the keys of the console; WECOM_CALLBACK_TOKEN and WECOM_CALLBACK_AES_KEY keep them off the command line.",
			"It ends with 4 if something is wrong; warnings alone end with 0.",
		},
		Examples: []Example{
			{"An application that knows the simulator's keys", "wecomsim doctor --base-url http://localhost:8080/wecom/callback"},
			{"An application that knows the console's", "wecomsim doctor --base-url https://crm.example.com/wecom/callback --receive-id ww1234567890abcdef"},
		},
		Client: true,
		bind: func(flags *flag.FlagSet) func(context.Context, *call) error {
			d := &doctor.Doctor{}
			flags.StringVar(&d.URL, "base-url", "", "the application's callback `URL`")
			flags.StringVar(&d.Keys.Token, "token", "", "the `token` of the console; $WECOM_CALLBACK_TOKEN if not given")
			flags.StringVar(&d.Keys.EncodingAESKey, "aes-key", "", "the EncodingAESKey of the console, 43 `letters`; $WECOM_CALLBACK_AES_KEY if not given")
			flags.StringVar(&d.Keys.ReceiveID, "receive-id", "", "the corp `id`; $WECOM_CORP_ID if not given; of a suite's callback, the suite id")
			suite := flags.String("suite", "", "it is the callback of the suite with this `id`, and must answer success")
			return func(ctx context.Context, c *call) error {
				if err := c.noArgs(); err != nil {
					return err
				}
				if d.URL == "" {
					return usagef("--base-url: want the callback URL of the application")
				}
				d.ThirdApp, d.Now, d.Random = *suite != "", c.Now, randomBytes
				if err := c.doctorKeys(ctx, &d.Keys, *suite); err != nil {
					return err
				}
				return c.examine(ctx, d)
			}
		},
	}
}

// doctorKeys fills in what the command line does not say.
func (c *call) doctorKeys(ctx context.Context, keys *wecomtest.Keys, suite string) error {
	if keys.Token == "" {
		keys.Token = c.Getenv("WECOM_CALLBACK_TOKEN")
	}
	if keys.EncodingAESKey == "" {
		keys.EncodingAESKey = c.Getenv("WECOM_CALLBACK_AES_KEY")
	}
	if keys.ReceiveID == "" {
		keys.ReceiveID = suite
	}
	if keys.Token != "" && keys.EncodingAESKey != "" {
		if keys.ReceiveID == "" {
			keys.ReceiveID = c.Getenv("WECOM_CORP_ID")
		}
		if keys.ReceiveID == "" {
			return usagef("--receive-id: want the corp id that the keys are for")
		}
		return nil
	}
	known, err := c.simulatorKeys(ctx, suite)
	if err != nil {
		return fmt.Errorf("give --token, --aes-key and --receive-id, or start a simulator that has them: %w", err)
	}
	if keys.ReceiveID == "" {
		keys.ReceiveID = known.ReceiveID
	}
	if keys.Token == "" {
		keys.Token = known.Token
	}
	if keys.EncodingAESKey == "" {
		keys.EncodingAESKey = known.EncodingAESKey
	}
	return nil
}

// simulatorKeys are those that the simulator uses.
func (c *call) simulatorKeys(ctx context.Context, suite string) (wecomtest.Keys, error) {
	var set api.List[api.Callback]
	if err := c.get(ctx, "callbacks", nil, &set); err != nil {
		return wecomtest.Keys{}, err
	}
	for _, cb := range set.Items {
		if cb.SuiteID == suite && cb.AIBotID == "" && cb.ServiceCorpID == "" {
			return cb.Keys, nil
		}
	}
	if suite == "" {
		var tenant api.Tenant
		err := c.get(ctx, "tenant", nil, &tenant)
		if err != nil || len(tenant.Corps) == 0 {
			return wecomtest.Keys{}, err
		}
		return tenant.Corps[0].Keys, nil
	}
	var suites api.List[api.SuiteSetup]
	if err := c.get(ctx, "suites", nil, &suites); err != nil {
		return wecomtest.Keys{}, err
	}
	for _, s := range suites.Items {
		if s.SuiteID == suite {
			return s.Keys, nil
		}
	}
	return wecomtest.Keys{}, fmt.Errorf("the simulator has no suite %q", suite)
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
	})
	if err == nil && doctor.Worst(list) == doctor.Fail {
		return errFound
	}
	return err
}

func randomBytes() (random [16]byte) {
	_, _ = rand.Read(random[:]) // it never fails
	return random
}
