// Command sidebar is a page in the toolbar of WeCom's chats (聊天工具栏): it
// shows a member the customer whom they are talking to, what they noted and
// how they tagged, and lets them tag.
//
//	go run ./examples/sidebar -simulate
//
// serves it for your own browser, with the simulator in place of a corp and a
// stand-in for the WeCom client. With -demo a program opens it instead, and
// prints what it shows.
//
//	WECOM_CORP_ID=ww… WECOM_SECRET=… WECOM_AGENT_ID=1000002 SIDEBAR_URL=https://crm.example.com \
//	SIDEBAR_KEY=$(openssl rand -hex 32) go run ./examples/sidebar
//
// serves it for real. Put TLS in front of it, enter SIDEBAR_URL as page of the
// 聊天工具栏 and its domain under 网页授权及JS-SDK on the app's page in the
// console, and list the app under 客户联系「可调用接口的应用」. ADDR is where it
// listens, :8080 unless set.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	demo := flag.Bool("demo", false, "open the page once, against the simulator, and print what it shows")
	simulate := flag.Bool("simulate", false, "serve the page against the simulator, on localhost")
	addr := flag.String("addr", "localhost:8080", "where to listen with -simulate")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once

	var err error
	switch {
	case *demo:
		err = runDemo(ctx, os.Stdout)
	case *simulate:
		err = runSimulated(ctx, *addr, os.Stdout)
	default:
		err = runFromEnv(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sidebar:", err)
		os.Exit(1) //nolint:gocritic // stop only restores the signals
	}
}

func runFromEnv(ctx context.Context) error {
	cfg, err := readConfig(os.Getenv)
	if err != nil {
		return err
	}
	cfg.Logger = slog.New(slog.NewJSONHandler(os.Stdout, nil))
	a, err := newApp(cfg)
	if err != nil {
		return err
	}
	// A wrong secret should stop a deployment, not the first member.
	if err := a.client.Check(ctx); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Addr)
	if err != nil {
		return err
	}
	cfg.Logger.InfoContext(ctx, "listening", "addr", listener.Addr().String())
	return serve(ctx, listener, a)
}
