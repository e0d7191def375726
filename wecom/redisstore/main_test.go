package redisstore_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"flag"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/leakcheck"
	"github.com/wecomkit/wecom-go/wecom/redisstore/internal/redistest"
)

func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "16") // tests of outages wait and do not work
	leakcheck.Main(m)
}

// bound is more than any one command takes, and less than two.
const bound = 1900 * time.Millisecond

// patient runs f and checks that it took no longer than most.
func patient(t *testing.T, most time.Duration, f func()) {
	t.Helper()
	start := time.Now()
	f()
	assert.Less(t, time.Since(start), most)
}

// outages are the ways in which a Redis is not there, and how it comes back.
func outages() []struct {
	name        string
	begin, over func(*redistest.Server)
} {
	return []struct {
		name        string
		begin, over func(*redistest.Server)
	}{
		{"killed", (*redistest.Server).Kill, (*redistest.Server).Restart},
		{"paused", (*redistest.Server).Pause, (*redistest.Server).Resume},
	}
}

func aead(t *testing.T) cipher.AEAD {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	k, err := cipher.NewGCM(block)
	require.NoError(t, err)
	return k
}

// A logBook collects what is logged.
type logBook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (b *logBook) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// dump returns all that a Redis holds, keys and values.
func dump(t *testing.T, s *redistest.Server) string {
	t.Helper()
	client := s.Client()
	var out bytes.Buffer
	for _, key := range s.Keys() {
		out.WriteString(key + "\n" + client.Dump(t.Context(), key).Val() + "\n")
	}
	return out.String()
}

// eventually waits until f reports true.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	require.Eventually(t, f, 10*time.Second, 10*time.Millisecond, what)
}

// A twice is a client that repeats every command, as go-redis does if an
// answer gets lost.
type twice struct{}

func (twice) DialHook(next redis.DialHook) redis.DialHook { return next }

func (twice) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		_ = next(ctx, cmd)
		cmd.SetErr(nil)
		return next(ctx, cmd)
	}
}

func (twice) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
