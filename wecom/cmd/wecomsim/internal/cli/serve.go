package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
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
		Synopsis: []string{"[--addr host:port] [--seed name] [--persist file] [--callback URL [--token token] [--aes-key key]] [--official-limits] [--log-bytes n]"},
		Summary:  "run the simulator",
		Description: []string{
			"Runs a WeCom for programs in any language until it is interrupted. It prints the corp id, the secret and the keys to give to them, and where its own API is.",
			"With --callback it makes the check that WeCom's console makes, as soon as somebody listens at the URL. An application that does not pass hears of nothing until callback set has tried again.",
			"With --persist it goes on with what the file holds, lets the time pass that has passed since, and keeps everything in the file: a few seconds after changes, and when it ends. The file is for this version of wecomsim. Without it all is forgotten.",
			"It has no login: whoever reaches the address may do everything. By default that is this machine only.",
		},
		Examples: []Example{
			{"Start it", "wecomsim serve"},
			{"Start it with a corp where people have been at work", "wecomsim serve --seed small-shop"},
			{"Go on tomorrow where you are today", "wecomsim serve --persist shop.json"},
			{"Start it with a callback", "wecomsim serve --callback http://127.0.0.1:8080/wecom/callback"},
			{"Start it for a script, at any free port", "wecomsim serve --addr 127.0.0.1:0 -o json"},
		},
		Output: true,
		bind:   bindServe,
	}
}

type serveFlags struct {
	addr, callback, token, aesKey string
	officialLimits                bool
	logBytes                      int
	seeds                         []string
	persist                       string
}

func bindServe(flags *flag.FlagSet) func(context.Context, *call) error {
	var f serveFlags
	flags.StringVar(&f.addr, "addr", defaultAddr, "listen at `host:port`; port 0 is any free one")
	flags.StringVar(&f.callback, "callback", "", "send the first app's events to `URL`, after WeCom's check")
	flags.StringVar(&f.token, "token", "", "sign callbacks with this `token`; made up if not given")
	flags.StringVar(&f.aesKey, "aes-key", "", "encrypt callbacks with this EncodingAESKey of 43 `letters`; made up if not given")
	flags.BoolVar(&f.officialLimits, "official-limits", false, "keep WeCom's limits of calls")
	flags.IntVar(&f.logBytes, "log-bytes", 64<<20, "let the logs of calls and of callbacks take about `n` bytes each; the oldest go first")
	flags.Func("seed", "begin with the seed of this `name`, or in a file of this name; more than one may be given", func(arg string) error {
		f.seeds = append(f.seeds, arg)
		return nil
	})
	flags.StringVar(&f.persist, "persist", "", "keep everything in `file`, and go on with it; seeds are for a new one")
	return func(ctx context.Context, c *call) error {
		if err := c.noArgs(); err != nil {
			return err
		}
		if err := f.check(); err != nil {
			return err
		}
		return f.serve(ctx, c)
	}
}

func (f *serveFlags) check() error {
	if _, _, err := net.SplitHostPort(f.addr); err != nil {
		return usagef("--addr: want host:port such as %s, not %q", defaultAddr, f.addr)
	}
	if f.callback == "" && (f.token != "" || f.aesKey != "") {
		return usagef("--token and --aes-key are those of --callback")
	}
	if u, err := url.Parse(f.callback); f.callback != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return usagef("--callback: want a URL such as http://127.0.0.1:8080/wecom/callback, not %q", f.callback)
	}
	if _, err := (wecomtest.Keys{EncodingAESKey: f.aesKey}).Encrypt([16]byte{}, ""); f.aesKey != "" && err != nil {
		return usagef("--aes-key: %s", strings.TrimPrefix(err.Error(), "wecomtest: "))
	}
	if f.logBytes < 0 {
		return usagef("--log-bytes: want 0 or more")
	}
	return nil
}

// serve runs until ctx ends.
func (f *serveFlags) serve(ctx context.Context, c *call) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", f.addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is taken: is another wecomsim running? --addr 127.0.0.1:0 takes any free port", f.addr)
	}
	if err != nil {
		return err
	}
	base := baseURL(listener.Addr())
	opts := []wecomtest.Option{wecomtest.WithURL(base), wecomtest.WithCallLog(f.logBytes), wecomtest.WithDeliveryLog(f.logBytes)}
	if f.officialLimits {
		opts = append(opts, wecomtest.WithOfficialLimits())
	}
	sim := wecomtest.NewServer(opts...)
	defer sim.Close()
	host, _, _ := net.SplitHostPort(f.addr) // check has done so
	a := api.New(sim, api.WithBaseURL(base), api.WithHost(host), api.WithConsole(console.New))
	k := &keeper{call: c, file: f.persist, sim: sim, api: a}
	if err := k.begin(ctx, f.seeds); err != nil {
		a.Close()
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: a, ReadHeaderTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	finish := k.start()
	err = f.welcome(ctx, c, base, isLocal(listener.Addr()), sim)
	if err == nil {
		select {
		case err = <-ended:
			ended <- nil
		case <-ctx.Done():
		}
	}
	a.Close()
	_ = server.Close()
	err = errors.Join(err, ignoreClosed(<-ended))
	if ctx.Err() != nil {
		err = nil
	}
	return errors.Join(err, finish())
}

// baseURL is where to reach an address that the program listens at.
func baseURL(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://localhost:%d", tcp.Port)
	}
	return "http://" + addr.String()
}

// isLocal reports whether only this machine reaches an address.
func isLocal(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// A Welcome is what a program must know of the simulator.
type Welcome struct {
	BaseURL        string `json:"base_url"`
	CorpID         string `json:"corpid"`
	AgentID        int64  `json:"agentid"`
	Secret         string `json:"secret"`
	Token          string `json:"token"`
	EncodingAESKey string `json:"encoding_aes_key"`
	Console        string `json:"console"`
	OpenAPI        string `json:"openapi"`
	Persist        string `json:"persist,omitzero"` // the file that keeps everything
}

// welcome tells a newcomer what there is, and sets up the callback.
func (f *serveFlags) welcome(ctx context.Context, c *call, base string, local bool, sim *wecomtest.Server) error {
	keys := keysOf(sim)
	keys.Token = cmp.Or(f.token, keys.Token)
	keys.EncodingAESKey = cmp.Or(f.aesKey, keys.EncodingAESKey)
	cred := sim.Credential()
	known := Welcome{base, cred.CorpID, sim.App().AgentID, cred.Secret, keys.Token, keys.EncodingAESKey, base + api.Prefix, base + api.Prefix + "openapi.json", f.persist}
	if err := c.show(known, known.print); err != nil {
		return err
	}
	if !local {
		fmt.Fprint(c.Stderr, "Other machines can reach this address, and whoever does may do everything.\n")
	}
	if f.callback == "" {
		return nil
	}
	say := c.Stdout
	if c.json {
		say = c.Stderr
	}
	if err := f.awaitApp(ctx, c, say); err != nil {
		return err
	}
	if err := sim.SetCallback(wecomtest.Callback{URL: f.callback, Keys: keys}); err != nil {
		fmt.Fprintf(c.Stderr, "wecomsim serve: %s\nwecomsim doctor --base-url %[2]s tells more; wecomsim callback set %[2]s tries again\n",
			strings.TrimPrefix(err.Error(), "wecomtest: "), f.callback)
		return nil
	}
	fmt.Fprintf(say, "Callbacks go to %s, which has passed the check.\n", f.callback)
	return nil
}

// keysOf are the keys of the first app's callback, which may have been set up
// with others.
func keysOf(sim *wecomtest.Server) wecomtest.Keys {
	for _, cb := range sim.Callbacks() {
		if cb.AgentID == sim.App().AgentID && cb.SuiteID == "" && cb.ServiceCorpID == "" {
			return cb.Keys
		}
	}
	return sim.Keys()
}

// appStarts is how often to look whether the application listens.
const appStarts = 200 * time.Millisecond

// awaitApp returns when nobody refuses connections at the URL of the callback
// any more: the application needs what was printed before it can start.
func (f *serveFlags) awaitApp(ctx context.Context, c *call, say io.Writer) error {
	u, err := url.Parse(f.callback)
	if err != nil {
		return err
	}
	addr := u.Host
	if u.Port() == "" {
		addr = net.JoinHostPort(u.Hostname(), u.Scheme)
	}
	for told := false; ; told = true {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.Close()
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return ctx.Err() // what is wrong the check tells
		}
		if !told {
			fmt.Fprintf(say, "Nobody listens at %s yet: the check is made when somebody does.\n", f.callback)
		}
		if err := c.sleep(ctx, appStarts); err != nil {
			return err
		}
	}
}

func (k Welcome) print(w io.Writer) {
	end := "forgets all"
	if k.Persist != "" {
		end = "keeps all in " + k.Persist
	}
	fmt.Fprintf(w, `WeCom is at %[1]s, in place of https://qyapi.weixin.qq.com

  corp id           %[2]s
  agent id          %[3]d
  secret            %[4]s
  callback token    %[5]s
  EncodingAESKey    %[6]s

  export WECOM_BASE_URL=%[1]s WECOM_CORP_ID=%[2]s WECOM_SECRET=%[4]s
  export WECOM_CALLBACK_TOKEN=%[5]s WECOM_CALLBACK_AES_KEY=%[6]s

  curl '%[1]s/cgi-bin/gettoken?corpid=%[2]s&corpsecret=%[4]s'

Play its people in the browser at %[7]s, or in another terminal:

  wecomsim act add-member userid=alice name=Alice
  wecomsim act add-customer userid=alice name=Zoe
  wecomsim calls --follow

Its own API is described at %[8]s; wecomsim help lists the commands.
There is no login: keep the address to yourself. Ctrl-C ends it and %[9]s.

`, k.BaseURL, k.CorpID, k.AgentID, k.Secret, k.Token, k.EncodingAESKey, k.Console, k.OpenAPI, end)
}

// ignoreClosed is what a server that was told to end has to complain of.
func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
