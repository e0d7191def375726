// Package redistest starts a real Redis for a test, and takes it away again in
// the ways in which one goes away: killed, paused, flushed, restarted.
package redistest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	startTimeout = 10 * time.Second
	startTries   = 5 // another process may take the port first
)

// A Server is a redis-server process that lives as long as the test.
type Server struct {
	t       testing.TB
	dir     string
	port    int
	args    []string
	cluster bool

	mu      sync.Mutex // guards running
	running *process   // nil while it is down
}

// A process is one run of redis-server.
type process struct {
	*os.Process

	ended  chan struct{}
	output bytes.Buffer // complete once it has ended
}

func (p *process) kill() {
	_ = p.Kill() // fails if it has ended by itself
	<-p.ended
}

// An Option changes how [Start] runs the server.
type Option func(*Server)

// Persistent writes every change to disk before it is answered, so that a
// restart loses nothing. By default it loses everything.
func Persistent() Option {
	return func(s *Server) { s.args = append(s.args, "--appendonly", "yes", "--appendfsync", "always") }
}

// Cluster makes the server a cluster of one that refuses, as every cluster
// does, commands whose keys are not in one slot.
func Cluster() Option {
	return func(s *Server) {
		s.cluster = true
		s.args = append(s.args, "--cluster-enabled", "yes")
	}
}

// Args passes more arguments to redis-server.
func Args(args ...string) Option {
	return func(s *Server) { s.args = append(s.args, args...) }
}

// Start starts a redis-server on a free port and stops it when the test ends.
// The test fails if there is none to start: on Debian, apt-get install redis-server.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s := &Server{t: t, dir: t.TempDir()}
	for _, opt := range opts {
		opt(s)
	}
	t.Cleanup(s.Kill)
	var err error
	for range startTries {
		s.port = freePort(t)
		if err = s.start(); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatalf("redistest: %v", err)
	}
	if s.cluster {
		s.formCluster()
	}
	return s
}

// freePort returns a port that the system gives to nobody who asks for any: a
// server that is down must not find another one in its place. The port of a
// cluster's bus is 10,000 higher.
func freePort(t testing.TB) int {
	t.Helper()
	for range 100 {
		port := 10_000 + rand.N(12_000) //nolint:gosec // no secret
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("redistest: no port is free")
	return 0
}

func (s *Server) formCluster() {
	s.t.Helper()
	client := s.Client()
	if err := client.ClusterAddSlotsRange(s.t.Context(), 0, 16383).Err(); err != nil {
		s.t.Fatalf("redistest: %v", err)
	}
	s.eventually("form a cluster", func(ctx context.Context) error {
		if info := client.ClusterInfo(ctx).Val(); !strings.Contains(info, "cluster_state:ok") {
			return errors.New(info)
		}
		return nil
	})
}

// start runs the server and waits until it answers.
func (s *Server) start() error {
	bin, err := exec.LookPath("redis-server")
	if err != nil {
		return fmt.Errorf("these tests need a redis-server (on Debian: apt-get install redis-server): %w", err)
	}
	args := append([]string{
		"--port", strconv.Itoa(s.port), "--bind", "127.0.0.1", "--dir", s.dir,
		"--save", "", "--daemonize", "no", "--logfile", "",
	}, s.args...)
	cmd := exec.Command(bin, args...) //nolint:gosec,noctx // a test's own arguments; Kill ends it
	p := &process{ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	if err := cmd.Start(); err != nil {
		return err
	}
	p.Process = cmd.Process
	go func() {
		_ = cmd.Wait()
		close(p.ended)
	}()
	if err := s.answers(p); err != nil {
		p.kill()
		return fmt.Errorf("%w\n%s", err, p.output.String())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = p
	return nil
}

// answers waits until p does.
func (s *Server) answers(p *process) error {
	client := redis.NewClient(&redis.Options{Addr: s.Addr(), MaxRetries: -1, DialerRetries: 1})
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for client.Ping(ctx).Err() != nil {
		select {
		case <-p.ended:
			return errors.New("redis-server ended at once")
		case <-ctx.Done():
			return errors.New("redis-server does not answer")
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

// Addr is where the server listens. It stays the same after a restart.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// Client returns a new client, closed when the test ends. change, if any,
// adapts its options.
func (s *Server) Client(change ...func(*redis.Options)) *redis.Client {
	s.t.Helper()
	opts := &redis.Options{Addr: s.Addr()}
	for _, f := range change {
		f(opts)
	}
	client := redis.NewClient(opts)
	s.t.Cleanup(func() { _ = client.Close() })
	return client
}

// ClusterClient returns a new client for a server made with [Cluster].
func (s *Server) ClusterClient() *redis.ClusterClient {
	s.t.Helper()
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{s.Addr()}})
	s.t.Cleanup(func() { _ = client.Close() })
	return client
}

// Kill ends the server without a warning, as a power failure does.
func (s *Server) Kill() {
	s.mu.Lock()
	p := s.running
	s.running = nil
	s.mu.Unlock()
	if p != nil {
		p.kill()
	}
}

// Restart starts the server again at the same address, after a Kill or
// instead of one. Unless it is [Persistent] it is empty.
func (s *Server) Restart() {
	s.t.Helper()
	s.Kill()
	if err := s.start(); err != nil {
		s.t.Fatalf("redistest: %v", err)
	}
}

// Flush deletes everything, keys and scripts.
func (s *Server) Flush() {
	s.t.Helper()
	client := s.Client()
	ctx := context.Background()
	if err := errors.Join(client.FlushAll(ctx).Err(), client.ScriptFlush(ctx).Err()); err != nil {
		s.t.Fatalf("redistest: %v", err)
	}
}

// Pause makes the server hang: connections stay, and nobody answers.
func (s *Server) Pause() { s.t.Helper(); s.signal(pause) }

// Resume ends a Pause.
func (s *Server) Resume() { s.t.Helper(); s.signal(resume) }

func (s *Server) signal(send func(*os.Process) error) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		s.t.Fatal("redistest: the server is down")
	}
	if err := send(s.running.Process); err != nil {
		s.t.Fatalf("redistest: %v", err)
	}
}

// Keys returns every key of the server.
func (s *Server) Keys() []string {
	s.t.Helper()
	keys, err := s.Client().Keys(context.Background(), "*").Result()
	if err != nil {
		s.t.Fatalf("redistest: %v", err)
	}
	return keys
}

func (s *Server) eventually(what string, f func(context.Context) error) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for err := f(ctx); err != nil; err = f(ctx) {
		select {
		case <-ctx.Done():
			s.t.Fatalf("redistest: could not %s: %v", what, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
