package callback_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// encryptFile encrypts plain, which is padded already, as page 100719 says.
func encryptFile(t testing.TB, keys callback.Keys, plain []byte) []byte {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(keys.EncodingAESKey + "=")
	require.NoError(t, err)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	data := bytes.Clone(plain)
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(data, data)
	return data
}

func padded(plain []byte, size int) []byte {
	n := size - len(plain)%size
	return append(bytes.Clone(plain), bytes.Repeat([]byte{byte(n)}, n)...)
}

func randomFile(n int) []byte {
	random, data := rand.NewChaCha8([32]byte{1}), make([]byte, n)
	_, _ = random.Read(data)
	return data
}

func decryptFile(r io.Reader, limit int64) ([]byte, error) {
	file, err := robotKeys.DecryptFile(r, limit)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(file)
}

func TestDecryptFile(t *testing.T) {
	t.Parallel()
	sizes := []int{1 << 15, 1<<15 - 1, 1<<15 + 1, 1<<15 - 32, 1<<15 - 31, 1 << 17, 100_003}
	for n := range 100 {
		sizes = append(sizes, n)
	}
	for _, n := range sizes {
		plain := randomFile(n)
		for _, block := range []int{32, 16} {
			sealed := encryptFile(t, robotKeys, padded(plain, block))
			for _, r := range []io.Reader{
				bytes.NewReader(sealed), iotest.DataErrReader(bytes.NewReader(sealed)), iotest.HalfReader(bytes.NewReader(sealed)),
			} {
				got, err := decryptFile(r, int64(max(n, 1)))
				require.NoError(t, err, n)
				require.True(t, bytes.Equal(plain, got), n)
			}
			if n > 1 {
				got, err := decryptFile(bytes.NewReader(sealed), int64(n-1))
				require.ErrorIs(t, err, callback.ErrFileTooLarge, n)
				require.Less(t, len(got), n)
			}
		}
	}
}

func TestDecryptFileByteByByte(t *testing.T) {
	t.Parallel()
	plain := randomFile(1000)
	r, err := robotKeys.DecryptFile(iotest.OneByteReader(bytes.NewReader(encryptFile(t, robotKeys, padded(plain, 32)))), 1000)
	require.NoError(t, err)
	require.NoError(t, iotest.TestReader(r, plain))
	n, err := r.Read(nil)
	assert.Zero(t, n)
	assert.NoError(t, err)
}

func TestDecryptFileRefuses(t *testing.T) {
	t.Parallel()
	good := encryptFile(t, robotKeys, padded(randomFile(1000), 32))
	broken := errors.New("connection broke")
	for _, tt := range []struct {
		name string
		r    io.Reader
		want error
	}{
		{"nothing", bytes.NewReader(nil), callback.ErrDecrypt},
		{"no whole block", bytes.NewReader(good[:999]), callback.ErrDecrypt},
		{"half a block", bytes.NewReader(good[:8]), callback.ErrDecrypt},
		{"cut off between blocks", bytes.NewReader(good[:96]), callback.ErrDecrypt},
		{"other keys", bytes.NewReader(encryptFile(t, otherKeys, padded(randomFile(1000), 32))), callback.ErrDecrypt},
		{"padding of zeros", bytes.NewReader(encryptFile(t, robotKeys, make([]byte, 64))), callback.ErrDecrypt},
		{"padding of 33", bytes.NewReader(encryptFile(t, robotKeys, bytes.Repeat([]byte{33}, 64))), callback.ErrDecrypt},
		{"padding longer than the file", bytes.NewReader(encryptFile(t, robotKeys, bytes.Repeat([]byte{17}, 16))), callback.ErrDecrypt},
		{"uneven padding", bytes.NewReader(encryptFile(t, robotKeys, append(bytes.Repeat([]byte{1}, 31), 2))), callback.ErrDecrypt},
		{"endless", rand.NewChaCha8([32]byte{}), callback.ErrFileTooLarge},
		{"broken", io.MultiReader(bytes.NewReader(good[:500]), iotest.ErrReader(broken)), broken},
		{"stuck", stuck{}, io.ErrNoProgress},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := robotKeys.DecryptFile(tt.r, 1000)
			require.NoError(t, err)
			_, err = io.ReadAll(r)
			require.ErrorIs(t, err, tt.want)
			_, again := r.Read(make([]byte, 1))
			assert.Equal(t, err, again, "and so it stays")
			assert.NotContains(t, fmt.Sprintf("%v %+v %v", err, err, r), robotKeys.EncodingAESKey)
		})
	}
	_, err := robotKeys.DecryptFile(bytes.NewReader(good), 0)
	require.Error(t, err)
	_, err = callback.Keys{Token: "t", EncodingAESKey: "hush", ReceiveID: callback.NoReceiveID}.DecryptFile(bytes.NewReader(good), 1)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "hush")
}

// stuck reads nothing, for ever.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// FuzzDecryptFile decrypts anything: what opens is what was sealed, and nothing
// over the limit comes out.
func FuzzDecryptFile(f *testing.F) {
	f.Add([]byte{}, 1)
	f.Add(padded([]byte("a picture"), 32), 7)
	f.Add(bytes.Repeat([]byte{32}, 64), 1000)
	f.Fuzz(func(t *testing.T, data []byte, chunk int) {
		const limit = 100
		got, err := decryptFile(&chunks{bytes.NewReader(data), chunk}, limit)
		require.LessOrEqual(t, len(got), limit)
		if err == nil {
			n := len(data) - len(got)
			require.True(t, 1 <= n && n <= 32)
			require.Equal(t, data, encryptFile(t, robotKeys, append(got, bytes.Repeat([]byte{byte(n)}, n)...)))
		} else {
			require.True(t, errors.Is(err, callback.ErrDecrypt) || errors.Is(err, callback.ErrFileTooLarge))
		}

		data = data[:min(len(data), limit)]
		got, err = decryptFile(&chunks{bytes.NewReader(encryptFile(t, robotKeys, padded(data, 32))), chunk}, limit)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, got))
	})
}

// chunks reads as many bytes at a time as it is told.
type chunks struct {
	r    io.Reader
	size int
}

func (c *chunks) Read(p []byte) (int, error) {
	return c.r.Read(p[:min(len(p), max(c.size%100, 1))])
}

func BenchmarkDecryptFile(b *testing.B) {
	sealed := encryptFile(b, robotKeys, padded(randomFile(1<<20), 32))
	b.SetBytes(int64(len(sealed)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := robotKeys.DecryptFile(bytes.NewReader(sealed), 1<<20)
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, r)
		require.NoError(b, err)
	}
}
