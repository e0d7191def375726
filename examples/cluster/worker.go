package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/redisstore"
)

// jobVariable makes this program one of the processes.
const jobVariable = "CLUSTER_JOB"

// A job is what a process needs to know.
type job struct {
	BaseURL               string
	Credential            credential
	Redis, Prefix         string
	Processes, Goroutines int
	Limit                 *wecom.Limit // nil is the official one
}

// credential is a wecom.Credential that can be written down: the simulator's
// is no secret.
type credential struct{ CorpID, Secret string }

// A report is what a process did.
type report struct {
	Calls  int
	Failed int
	Error  string // of one of them
}

// work fetches a token, says that it is ready, waits for a line, and calls with
// many goroutines until in ends. Then it reports.
func work(ctx context.Context, text string, in io.Reader, out io.Writer) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	opts, err := redis.ParseURL(j.Redis)
	if err != nil {
		return err
	}
	rdb := redis.NewClient(opts)
	defer func() { _ = rdb.Close() }()

	prefix := redisstore.WithPrefix(j.Prefix)
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	tokens, err := redisstore.NewTokenStore(rdb, prefix, redisstore.WithLogger(logger))
	if err != nil {
		return err
	}
	limiter, err := redisstore.NewLimiter(rdb, prefix, redisstore.WithLogger(logger), redisstore.LimiterProcesses(j.Processes))
	if err != nil {
		return err
	}
	defer func() { _ = limiter.Close() }()
	client, err := wecom.New(wecom.Credential(j.Credential),
		wecom.WithBaseURL(j.BaseURL), wecom.WithTokenStore(tokens), wecom.WithLimiter(limiter), wecom.WithLogger(logger))
	if err != nil {
		return err
	}
	if _, err := wecom.Do[wecom.Empty](ctx, client, operation("/cgi-bin/getcallbackip", nil), nil); err != nil {
		return err
	}

	lines := bufio.NewReader(in)
	fmt.Fprintln(out, "ready")
	if _, err := lines.ReadString('\n'); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, lines) // until the parent has enough, or ends
		stop()
	}()
	return json.NewEncoder(out).Encode(call(ctx, client, operation(path, j.Limit), j.Goroutines))
}

func operation(path string, limit *wecom.Limit) wecom.Operation {
	op := wecom.Operation{Method: http.MethodGet, Path: path, Read: true}
	if limit != nil {
		op.Limits = []wecom.Limit{*limit}
	}
	return op
}

// call calls as fast as it may, until ctx ends.
func call(ctx context.Context, client *wecom.Client, op wecom.Operation, goroutines int) report {
	var (
		mu  sync.Mutex
		all report
		wg  sync.WaitGroup
	)
	for range goroutines {
		wg.Go(func() {
			for {
				_, err := wecom.Do[wecom.Empty](ctx, client, op, nil)
				if errors.Is(err, context.Canceled) {
					return
				}
				mu.Lock()
				if err == nil {
					all.Calls++
				} else {
					all.Failed++
					all.Error = err.Error()
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return all
}
