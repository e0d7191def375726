// Command wecomsim is a WeCom on your desk: a server that answers, remembers,
// refuses and calls back like the real one, for programs in any language, and
// the commands to play its people.
//
//	go run ./wecom/cmd/wecomsim serve
//
// prints what to point your program at; docs/wecomsim.md goes on from there.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends what the first one did not
	code := cli.Main(ctx, os.Args[1:], cli.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Now: time.Now,
	})
	stop()
	os.Exit(code)
}
