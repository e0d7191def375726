// Command callback-server is what a team deploys that wants to know what its
// customers do: it receives the callbacks of one app, answers at once, works
// afterwards, logs JSON lines, and stops without losing an event.
//
//	WECOM_CALLBACK_TOKEN=… WECOM_CALLBACK_AES_KEY=… WECOM_CORP_ID=ww… go run ./examples/callback-server
//
// Enter its address with the path /wecom/callback on the app's 接收消息 page.
// With WECOM_SECRET it greets new customers. ADDR is where it listens, :8080
// unless set, and WECOM_BASE_URL another WeCom, such as that of wecomsim.
// /healthz is for the load balancer.
//
// With -demo it needs no corp: it starts the simulator, lets it send an event
// over real HTTP, greets the customer and ends.
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
	demo := flag.Bool("demo", false, "run once against the simulator")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))

	var err error
	if *demo {
		err = runDemo(ctx, logger)
	} else {
		err = runFromEnv(ctx, logger)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "callback-server:", err)
		os.Exit(1) //nolint:gocritic // stop only restores the signals
	}
}

func runFromEnv(ctx context.Context, logger *slog.Logger) error {
	cfg, err := readConfig(os.Getenv)
	if err != nil {
		return err
	}
	srv, err := newServer(ctx, cfg, logger)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Addr)
	if err != nil {
		return err
	}
	return srv.serve(ctx, listener)
}
