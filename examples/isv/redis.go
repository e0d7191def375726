package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

const redisStart = 5 * time.Second // within which a Redis must answer

// A foundRedis is the one to use.
type foundRedis struct {
	what    string
	given   bool // and not started here
	options *redis.Options
	stop    func()
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
		return startMini()
	default:
		opts, err := redis.ParseURL(where)
		if err != nil {
			return nil, errors.New("the URL of Redis is none: want redis://host:6379") // err may repeat a password
		}
		r := &foundRedis{what: "the one at " + opts.Addr, given: true, options: opts, stop: func() {}}
		return r, r.answers(ctx)
	}
}

// answers waits until the Redis does, for a while.
func (r *foundRedis) answers(ctx context.Context) error {
	client := redis.NewClient(r.options)
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithTimeout(ctx, redisStart)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := client.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("Redis, %s, does not answer: %w", r.what, err) //nolint:staticcheck // a name
		}
	}
}

func startServer(ctx context.Context) (*foundRedis, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	_, port, _ := net.SplitHostPort(addr)
	dir, err := os.MkdirTemp("", "isv")
	if err := errors.Join(err, l.Close()); err != nil {
		return nil, err
	}
	// It outlives ctx, to the last thing that stop is for.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", dir, "--save", "") //nolint:gosec // a port
	r := &foundRedis{what: "redis-server, started here", options: &redis.Options{Addr: addr}}
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
func startMini() (*foundRedis, error) {
	s := miniredis.NewMiniRedis()
	if err := s.StartAddr("127.0.0.1:0"); err != nil {
		return nil, err
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		const step = 50 * time.Millisecond
		tick := time.NewTicker(step)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.FastForward(step)
			case <-stop:
				return
			}
		}
	}()
	return &foundRedis{
		what:    "miniredis, in this process",
		options: &redis.Options{Addr: s.Addr()},
		stop: func() {
			close(stop)
			<-stopped
			s.Close()
		},
	}, nil
}
