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
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/console"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// defaultAddr is where the simulator listens.
const defaultAddr = "127.0.0.1:7070"

func serveCommand() Command {
	return Command{
		Name:     "serve",
		Synopsis: []string{"[--addr host:port] [--seed name or file] [--callback URL [--token token] [--aes-key key]] [--official-limits]"},
		Summary:  "run the simulator",
		Description: []string{
			"Runs a WeCom for programs in any language until it is interrupted. It prints the corp id, the secret and the keys to give to them, and where its own API is.",
			"It has no login: whoever reaches the address may do everything. By default that is this machine only.",
		},
		Examples: []Example{
			{"Start it", "wecomsim serve"},
			{"Start it with a corp where people have been at work", "wecomsim serve --seed small-shop"},
			{"Start it with a callback, after the check that WeCom's console makes", "wecomsim serve --callback http://127.0.0.1:8080/wecom/callback"},
		},
		bind: bindServe,
	}
}

type serveFlags struct {
	addr, callback, token, aesKey string
	officialLimits                bool
	seeds                         []string
}

func bindServe(flags *flag.FlagSet) func(context.Context, *call) error {
	var f serveFlags
	flags.StringVar(&f.addr, "addr", defaultAddr, "listen at `host:port`")
	flags.StringVar(&f.callback, "callback", "", "send the first app's events to `URL`, after WeCom's check")
	flags.StringVar(&f.token, "token", "", "sign callbacks with this `token`; made up if not given")
	flags.StringVar(&f.aesKey, "aes-key", "", "encrypt callbacks with this EncodingAESKey of 43 `letters`; made up if not given")
	flags.BoolVar(&f.officialLimits, "official-limits", false, "keep WeCom's limits of calls")
	flags.Func("seed", "begin with the seed of this `name or file`; more than one may be given", func(arg string) error {
		f.seeds = append(f.seeds, arg)
		return nil
	})
	return func(ctx context.Context, c *call) error {
		if err := c.noArgs(); err != nil {
			return err
		}
		if f.callback == "" && (f.token != "" || f.aesKey != "") {
			return usagef("--token and --aes-key are those of --callback")
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
	base := baseURL(listener.Addr())
	opts := []wecomtest.Option{wecomtest.WithURL(base)}
	if f.officialLimits {
		opts = append(opts, wecomtest.WithOfficialLimits())
	}
	sim := wecomtest.NewServer(opts...)
	defer sim.Close()
	a := api.New(sim, api.WithBaseURL(base), api.WithConsole(console.New))
	server := &http.Server{Handler: a, ReadHeaderTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	stop := func() {
		a.Close()
		_ = server.Close()
	}
	keys, err := f.connect(sim)
	if err == nil {
		err = sow(ctx, a, f.seeds)
	}
	if err != nil {
		stop()
		return errors.Join(err, ignoreClosed(<-ended))
	}
	welcome(c.Stdout, base, sim, keys, f.callback)
	select {
	case err := <-ended:
		stop()
		return err
	case <-ctx.Done():
		stop()
		return ignoreClosed(<-ended)
	}
}

// baseURL is where to reach an address that the program listens at.
func baseURL(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://localhost:%d", tcp.Port)
	}
	return "http://" + addr.String()
}

// connect sets up the callback, and returns its keys.
func (f *serveFlags) connect(sim *wecomtest.Server) (wecomtest.Keys, error) {
	keys := sim.Keys()
	if f.callback == "" {
		return keys, nil
	}
	if f.token != "" {
		keys.Token = f.token
	}
	if f.aesKey != "" {
		keys.EncodingAESKey = f.aesKey
	}
	if err := sim.SetCallback(wecomtest.Callback{URL: f.callback, Keys: keys}); err != nil {
		return keys, fmt.Errorf("%w; wecomsim doctor --base-url %s tells more", err, f.callback)
	}
	return keys, nil
}

// welcome tells a newcomer what there is.
func welcome(w io.Writer, base string, sim *wecomtest.Server, keys wecomtest.Keys, callback string) {
	cred := sim.Credential()
	fmt.Fprintf(w, `WeCom is at %[1]s, in place of https://qyapi.weixin.qq.com

  corp id           %[2]s
  secret            %[3]s
  agent id          %[4]d
  callback token    %[5]s
  EncodingAESKey    %[6]s

  export WECOM_BASE_URL=%[1]s WECOM_CORP_ID=%[2]s WECOM_SECRET=%[3]s
  export WECOM_CALLBACK_TOKEN=%[5]s WECOM_CALLBACK_AES_KEY=%[6]s

  curl '%[1]s/cgi-bin/gettoken?corpid=%[2]s&corpsecret=%[3]s'

`, base, cred.CorpID, cred.Secret, sim.App().AgentID, keys.Token, keys.EncodingAESKey)
	if callback != "" {
		fmt.Fprintf(w, "Callbacks go to %s, which has passed the check.\n\n", callback)
	}
	fmt.Fprintf(w, `Play its people in another terminal:

  wecomsim act add-member userid=alice name=Alice
  wecomsim act add-customer userid=alice name=Zoe
  wecomsim calls --follow

Its own API is described at %[1]s/_sim/openapi.json; wecomsim help lists the commands.
There is no login: keep the address to yourself. Ctrl-C ends it and forgets all.
`, base)
}

// ignoreClosed is what a server that was told to end has to complain of.
func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
