// Command welcome-bot is what a team deploys that greets its new customers: it
// looks at the contact way by which each one came, sends the text and the
// cards that belong to it, tags the customer and writes a remark.
//
//	export WECOM_CALLBACK_TOKEN=… WECOM_CALLBACK_AES_KEY=… WECOM_CORP_ID=ww… WECOM_SECRET=…
//	go run ./examples/welcome-bot -rules examples/welcome-bot/rules.json -inbox /var/lib/welcome-bot
//
// Enter its address with the path /wecom/callback on the app's 接收消息 page. ADDR
// is where it listens, :8080 unless set; /healthz is for the load balancer.
//
// It may die at any moment. Each event is in the directory of -inbox before
// WeCom hears that it came, and stays there until everything is done; the next
// process goes on from there. Nobody is greeted twice, because WeCom takes a
// welcome code once, nor later than 20 seconds after the event; tags and
// remarks are put on whenever the event is worked off.
//
// With -check it prints what it would do for the states that follow, or for
// all that have a rule. With -demo it needs no corp: it runs a bot of its own
// against the simulator, kills it in the middle, and tells what became of the
// customers.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	switch err := run(ctx, os.Args[1:], os.Getenv, os.Stdout); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "welcome-bot:", err)
		os.Exit(1) //nolint:gocritic // stop only restores the signals
	}
}

func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("welcome-bot", flag.ContinueOnError)
	rulesFile := flags.String("rules", "rules.json", "`file` that says how customers are greeted")
	inboxDir := flags.String("inbox", "inbox", "`directory` for events that are not worked off; it must survive the process")
	check := flags.Bool("check", false, "print what would be done for the states that follow, and end")
	demo := flags.Bool("demo", false, "run once against the simulator")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *demo {
		exe, err := os.Executable()
		if err != nil {
			return err
		}
		return runDemo(ctx, out, func(args ...string) *exec.Cmd { return exec.CommandContext(ctx, exe, args...) }) //nolint:gosec // itself
	}
	rules, err := readRules(*rulesFile)
	if err != nil {
		return err
	}
	if *check {
		rules.explain(out, flags.Args())
		return nil
	}
	cfg, err := readConfig(getenv)
	if err != nil {
		return err
	}
	cfg.Rules, cfg.InboxDir = rules, *inboxDir
	srv, err := newServer(ctx, cfg, slog.New(slog.NewJSONHandler(out, nil)))
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Addr)
	if err != nil {
		return errors.Join(err, srv.close(ctx))
	}
	return srv.serve(ctx, listener)
}
