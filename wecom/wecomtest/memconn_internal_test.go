package wecomtest

import (
	"context"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMemConn(t *testing.T) {
	t.Parallel()

	t.Run("what is written before Close is read", func(t *testing.T) {
		t.Parallel()
		a, b := memPipe(memAddr("a"), memAddr("b"))
		_, err := a.Write([]byte("hello"))
		require.NoError(t, err)
		require.NoError(t, a.Close())

		got, err := io.ReadAll(b)

		require.NoError(t, err)
		assert.Equal(t, "hello", string(got))
		_, err = b.Write([]byte("x"))
		require.ErrorIs(t, err, io.ErrClosedPipe)
		_, err = a.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.ErrClosedPipe)
	})

	t.Run("a deadline ends a read, and can be moved", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			a, b := memPipe(memAddr("a"), memAddr("b"))
			start := time.Now()
			require.NoError(t, b.SetDeadline(start.Add(time.Second)))
			_, err := b.Read(make([]byte, 1))
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			assert.Equal(t, time.Second, time.Since(start))

			require.NoError(t, b.SetReadDeadline(time.Time{}))
			_, err = a.Write([]byte("x"))
			require.NoError(t, err)
			n, err := b.Read(make([]byte, 8))
			require.NoError(t, err)
			assert.Equal(t, 1, n)

			reading := make(chan error)
			go func() {
				_, err := b.Read(make([]byte, 1))
				reading <- err
			}()
			synctest.Wait()
			require.NoError(t, b.SetReadDeadline(time.Unix(1, 0)))
			require.ErrorIs(t, <-reading, os.ErrDeadlineExceeded)
		})
	})

	t.Run("a closed listener takes nobody", func(t *testing.T) {
		t.Parallel()
		l := newMemListener()
		require.NoError(t, l.Close())
		require.NoError(t, l.Close())

		_, err := l.dial(t.Context(), "a")
		require.ErrorIs(t, err, net.ErrClosed)
		_, err = l.Accept()
		require.ErrorIs(t, err, net.ErrClosed)
	})

	t.Run("dial obeys its context", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()

		_, err := newMemListener().dial(ctx, "a")

		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"abc", "", 3},
		{"", "abc", 3},
		{"kitten", "sitting", 3},
		{"externalcontact/get", "externalcontact/gett", 1},
	} {
		assert.Equal(t, tt.want, distance(tt.a, tt.b), "%s %s", tt.a, tt.b)
	}
}

func FuzzPartialBody(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":"c"}]}`, `{"a":`, `[1`, `"`, `{"a":1}{`, "\\u", `{"a":nul`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, whole := parseBody(body)
		hasUnicodeEscape(body)
		if fields == nil {
			t.Errorf("nil fields, whole %v", whole)
		}
	})
}

func TestHasUnicodeEscape(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		``:                   false,
		`\`:                  false,
		`{"a":"\n\t\"\/b"}`:  false,
		`{"a":"\\u0041"}`:    false,
		`{"a":"\\\\u0041"}`:  false,
		`{"a":"\u0041"}`:     true,
		`{"a":"\\\u0041"}`:   true,
		`{"a":"\n\u0041"}`:   true,
		`{"a":"\\","b":"\u"`: true,
	} {
		assert.Equal(t, want, hasUnicodeEscape([]byte(body)), body)
	}
}

// TestDueTogether lets what falls due at one time happen as it was set.
func TestDueTogether(t *testing.T) {
	t.Parallel()
	c := &Clock{}
	c.Freeze(time.Unix(1700000000, 0))
	var got []int
	for i := range 20 {
		c.afterFunc(time.Second, func() { got = append(got, i) })
	}

	c.Advance(time.Minute)

	assert.IsIncreasing(t, got)
	assert.Len(t, got, 20)
}
