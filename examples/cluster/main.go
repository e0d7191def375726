// Command cluster proves on one machine what wecom/redisstore promises to many:
// eight processes with a hundred goroutines each call one API of one corp as
// fast as they can. They share their token and their limits through Redis, and
// call the simulator, which counts as WeCom does:
//
//	go run .
//
// Together they ask for one token, are never refused for calling too often, and
// use nearly all of the 10,000 calls a minute. Then the same again, while three
// of the processes are killed. It takes two and a half minutes, most of it
// waiting for minutes to end; -window 10s -limit 2000 is a shorter proof.
//
// It uses the Redis that REDIS_URL or -redis names (redis://host:6379). Without
// one it starts a redis-server, if that is installed, or else a Redis in Go
// that lives in this process, and says which.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"
)

func main() {
	if err := start(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

func start(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if job := os.Getenv(jobVariable); job != "" {
		return work(ctx, job, os.Stdin, os.Stdout)
	}
	var p proof
	flags := flag.NewFlagSet("cluster", flag.ExitOnError)
	where := flags.String("redis", os.Getenv("REDIS_URL"), "URL of a Redis; or redis-server, or miniredis, to start one")
	flags.IntVar(&p.Processes, "processes", 8, "processes")
	flags.IntVar(&p.Goroutines, "goroutines", 100, "goroutines of each process")
	flags.IntVar(&p.Killed, "kill", 3, "processes to kill in the second run")
	flags.IntVar(&p.Limit, "limit", 10_000, "calls in a window")
	flags.DurationVar(&p.Window, "window", time.Minute, "length of the window; other than official ones are set in the simulator")
	_ = flags.Parse(args) // ends the process itself

	rdb, err := findRedis(ctx, *where)
	if err != nil {
		return err
	}
	defer rdb.stop()
	fmt.Printf("Redis: %s\n", rdb.what)
	p.Redis = rdb.url

	for _, killed := range []int{0, p.Killed} {
		p.Killed = killed
		r, err := p.run(ctx)
		if err != nil {
			return err
		}
		r.print(os.Stdout)
		if err := r.check(); err != nil {
			return err
		}
	}
	return nil
}

// print shows what came out as a table.
func (r *result) print(out io.Writer) {
	fmt.Fprintf(out, "\n%d processes × %d goroutines, %d calls in %v, %d processes killed\n\n",
		r.Processes, r.Goroutines, r.Limit, r.Window, r.Killed)
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "process\tcalls answered\tshare\t\t")
	for i, c := range r.workers {
		if c.killedAfter > 0 {
			fmt.Fprintf(w, "%d\t?\t?\tkilled after %.1f s\t\n", i+1, c.killedAfter.Seconds())
			continue
		}
		fmt.Fprintf(w, "%d\t%d\t%.1f %%\t\t\n", i+1, c.Calls, 100*float64(c.Calls)/float64(max(len(r.arrivals), 1)))
	}
	_ = w.Flush()
	fmt.Fprintln(out)
	for i := range windows {
		fmt.Fprintf(out, "window %d: %d calls, %.1f %% of the limit\n", i+1, r.inWindow(i), 100*float64(r.inWindow(i))/float64(r.Limit))
	}
	fmt.Fprintf(out, "gettoken: %d   45009: %d   fullest %v: %d calls   used: %.1f %%\n",
		r.tokens, r.refused, r.Window, r.fullest(), 100*r.used())
}
