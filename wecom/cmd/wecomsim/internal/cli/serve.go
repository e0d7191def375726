package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// defaultAddr is where the simulator listens.
const defaultAddr = "127.0.0.1:7070"

func serveCommand() Command {
	return Command{
		Name:     "serve",
		Synopsis: "[--addr host:port] [--callback URL]",
		Summary:  "run the simulator",
		Description: []string{
			"Runs a WeCom for programs in any language until it is interrupted. It prints the corp id, the secret and the keys to give to them, and where its own API and console are.",
			"It has no login: whoever reaches the address may do everything. By default that is this machine only.",
		},
		Examples: []Example{
			{"Start it", "wecomsim serve"},
			{"Start it and check the application's callback URL, as WeCom's console does", "wecomsim serve --callback http://127.0.0.1:8080/wecom/callback"},
		},
		bind: bindServe,
	}
}

type serveFlags struct {
	addr, callback, token, aesKey string
	officialLimits                bool
}

func bindServe(flags *flag.FlagSet) func(context.Context, *call) error {
	var f serveFlags
	flags.StringVar(&f.addr, "addr", defaultAddr, "listen at `host:port`")
	flags.StringVar(&f.callback, "callback", "", "send the first app's events to `URL`, after WeCom's check")
	flags.StringVar(&f.token, "token", "", "sign callbacks with this `token`; made up if not given")
	flags.StringVar(&f.aesKey, "aes-key", "", "encrypt callbacks with this EncodingAESKey of 43 `letters`; made up if not given")
	flags.BoolVar(&f.officialLimits, "official-limits", false, "keep WeCom's limits of calls")
	return func(ctx context.Context, c *call) error {
		if len(c.args) > 0 {
			return usagef("unexpected %q", c.args[0])
		}
		return f.serve(ctx, c)
	}
}

// serve runs until ctx ends.
func (f *serveFlags) serve(ctx context.Context, c *call) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", f.addr)
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	var opts []wecomtest.Option
	if f.officialLimits {
		opts = append(opts, wecomtest.WithOfficialLimits())
	}
	sim := wecomtest.NewServer(opts...)
	defer sim.Close()
	a := api.New(sim, api.WithBaseURL(base))
	defer a.Close()
	server := &http.Server{Handler: a, ReadHeaderTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	defer func() {
		a.Close()
		_ = server.Close()
	}()
	if err := f.connect(sim); err != nil {
		return err
	}
	welcome(c.Stdout, base, sim)
	select {
	case err := <-ended:
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	case <-ctx.Done():
		return nil
	}
}

// connect sets up the callback.
func (f *serveFlags) connect(sim *wecomtest.Server) error {
	if f.callback == "" {
		return nil
	}
	keys := sim.Keys()
	if f.token != "" {
		keys.Token = f.token
	}
	if f.aesKey != "" {
		keys.EncodingAESKey = f.aesKey
	}
	return sim.SetCallback(wecomtest.Callback{URL: f.callback, Keys: keys})
}

// welcome tells a newcomer what there is.
func welcome(w io.Writer, base string, sim *wecomtest.Server) {
	cred, keys := sim.Credential(), sim.Keys()
	fmt.Fprintf(w, `WeCom is at  %[1]s   in place of https://qyapi.weixin.qq.com

  corp id           %[2]s
  secret            %[3]s
  agent id          %[4]d
  callback token    %[5]s
  EncodingAESKey    %[6]s

  console           %[1]s/_sim/
  API               %[1]s/_sim/openapi.json
`, base, cred.CorpID, cred.Secret, sim.App().AgentID, keys.Token, keys.EncodingAESKey)
}
