package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// A foundRedis is the one to use.
type foundRedis struct {
	what, url string
	stop      func()
}

// findRedis returns the Redis at a URL, or starts one.
func findRedis(ctx context.Context, where string) (*foundRedis, error) {
	if where == "" {
		where = "miniredis"
		if _, err := exec.LookPath("redis-server"); err == nil {
			where = "redis-server"
		}
	}
	switch where {
	case "redis-server":
		return startServer(ctx)
	case "miniredis":
		return startMini(ctx)
	default:
		r := &foundRedis{what: "the one that was named", url: where, stop: func() {}}
		return r, r.answers(ctx)
	}
}

// answers waits until the Redis does, for a while.
func (r *foundRedis) answers(ctx context.Context) error {
	opts, err := redis.ParseURL(r.url)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		opts.MaxRetries = -1
		client := redis.NewClient(opts)
		err = client.Ping(ctx).Err()
		_ = client.Close()
		if err == nil {
			return nil
		}
		sleep(ctx, 20*time.Millisecond)
	}
	return fmt.Errorf("%s does not answer: %w", r.what, err)
}

func startServer(ctx context.Context) (*foundRedis, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr, _ := l.Addr().(*net.TCPAddr)
	dir, err := os.MkdirTemp("", "cluster")
	if err := errors.Join(err, l.Close()); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "redis-server", "--port", strconv.Itoa(addr.Port), "--bind", "127.0.0.1", "--dir", dir, "--save", "") //nolint:gosec // a port
	r := &foundRedis{what: "redis-server, started here", url: "redis://" + addr.String()}
	r.stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	if err := cmd.Start(); err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	if err := r.answers(ctx); err != nil {
		r.stop()
		return nil, err
	}
	return r, nil
}

// startMini starts a Redis in this process. Its keys end only when it is told
// that time has passed.
func startMini(ctx context.Context) (*foundRedis, error) {
	s := miniredis.NewMiniRedis()
	if err := s.StartAddr("127.0.0.1:0"); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		const tick = 50 * time.Millisecond
		for ; ctx.Err() == nil; sleep(ctx, tick) {
			s.FastForward(tick)
		}
	}()
	return &foundRedis{
		what: "miniredis, in this process (no redis-server is installed)",
		url:  "redis://" + s.Addr(),
		stop: func() {
			cancel()
			<-ended
			s.Close()
		},
	}, nil
}
