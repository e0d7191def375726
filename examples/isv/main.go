// Command isv is what a service provider (服务商) deploys: a third-party app that
// greets the new customers of every corp that installs it, each with the corp's
// own words, and tags them.
//
//	export WECOM_SUITE_ID=ww… WECOM_SUITE_SECRET=… WECOM_CALLBACK_TOKEN=… WECOM_CALLBACK_AES_KEY=…
//	export ISV_URL=https://isv.example.com ISV_KEY=$(openssl rand -hex 32) ISV_ADMIN_TOKEN=$(openssl rand -hex 16)
//	export REDIS_URL=redis://redis:6379
//	go run .
//
// Run as many as you like, behind one address with TLS. They share everything
// through Redis: suite tickets, permanent codes, tokens, limits, the greetings,
// and an inbox with the events that are not worked off, so each may die at any
// moment. What is secret or personal is encrypted with ISV_KEY; "new,old"
// replaces a key. Without REDIS_URL it starts a redis-server, if that is
// installed, or else a Redis in Go that lives in this process, and says which:
// then the tenants are gone when it ends.
//
// Enter on the app's page in the provider's console ISV_URL/callback/command as
// 指令回调URL, ISV_URL/callback/data as 数据回调URL, ISV_URL as 应用主页, and its
// domain as 可信域名 and 安装完成回调域名; give the app 企业客户权限. Its pages:
//
//	/install   leads an admin to WeCom's install page, and back to /installed
//	/          shows an admin what the corp has granted, and changes the greeting
//	/tenants   lists the corps: curl -H "Authorization: Bearer $ISV_ADMIN_TOKEN"
//	/healthz   for the load balancer
//
// ADDR is where it listens, :8080 unless set; WECOM_BASE_URL is another WeCom,
// such as wecomsim. With -demo it needs no suite: the simulator plays WeCom and
// three corps, two instances serve them, and it tells what happens.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/redis/go-redis/v9"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	switch err := run(ctx, os.Args[1:], os.Getenv, os.Stdout); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "isv:", err)
		os.Exit(1) //nolint:gocritic // stop only restores the signals
	}
}

func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("isv", flag.ContinueOnError)
	demo := flags.Bool("demo", false, "run once against the simulator")
	where := flags.String("redis", getenv("REDIS_URL"), "`URL` of a Redis; or redis-server, or miniredis, to start one")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *demo {
		return runDemo(ctx, *where, out)
	}
	cfg, err := readConfig(getenv)
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewJSONHandler(out, nil))
	found, err := findRedis(ctx, *where)
	if err != nil {
		return err
	}
	defer found.stop()
	logger.InfoContext(ctx, "using Redis", "redis", found.what, "lasting", found.given)
	rdb := redis.NewClient(found.options)
	defer func() { _ = rdb.Close() }()

	cfg.Redis = rdb
	srv, err := newServer(ctx, cfg, logger)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cmp.Or(getenv("ADDR"), ":8080"))
	if err != nil {
		return errors.Join(err, srv.close(ctx))
	}
	return srv.serve(ctx, listener)
}
