package wecom

import (
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// However a file is named, the body has one part with two headers, and the
// name stays inside its quotes.
func FuzzMultipartHead(f *testing.F) {
	for _, name := range []string{
		"a.txt", "报价单（终稿）.xlsx", `a"b.txt`, `a\`, `a\"`, "a\r\nContent-Type: x", "a\r\n\r\nbody\r\n--", "\"; name=\"other",
		"\x00", "a;b=c", "%0D%0A", "/", `C:\a`, "", " ", "\u2028", "\x85", "é.png", "\xff",
	} {
		f.Add(name, "content")
	}
	f.Fuzz(func(t *testing.T, name, content string) {
		m, err := newMultipartFile("media", File{Name: name, Reader: strings.NewReader(content)}, sizeRange{min: minFile})
		base := baseName(name)
		if base == "" || !utf8.ValidString(base) || len(content) < minFile {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		body, err := m.open(func() {})
		require.NoError(t, err)
		all, err := io.ReadAll(body)
		require.NoError(t, err)
		require.Len(t, all, int(m.total))

		_, params, err := mime.ParseMediaType(m.contentType)
		require.NoError(t, err)
		r := multipart.NewReader(strings.NewReader(string(all)), params["boundary"])
		part, err := r.NextRawPart()
		require.NoError(t, err)
		assert.Len(t, part.Header, 2, "%v", part.Header)
		got, err := io.ReadAll(part)
		require.NoError(t, err)
		assert.Equal(t, content, string(got))
		_, err = r.NextRawPart()
		require.ErrorIs(t, err, io.EOF)

		line := part.Header.Get("Content-Disposition")
		require.Equal(t, line, textproto.TrimString(line))
		before, found := strings.CutPrefix(line, `form-data; name="media"; filename="`)
		require.True(t, found, line)
		quoted, found := strings.CutSuffix(before, `"; filelength=`+strconv.Itoa(len(content)))
		require.True(t, found, line)
		for i := 0; i < len(quoted); i++ {
			require.GreaterOrEqual(t, quoted[i], byte(' '))
			require.NotEqual(t, byte('"'), quoted[i], "a bare quote in %s", line)
			if quoted[i] == '\\' {
				i++ // escapes the next, which must be there
				require.Less(t, i, len(quoted), line)
			}
		}
		_, params, err = mime.ParseMediaType(line)
		require.NoError(t, err, line)
		assert.Equal(t, "media", params["name"])
	})
}

func TestBoundariesDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		m, err := newMultipartFile("media", File{Name: "a", Reader: strings.NewReader("mytext")}, sizeRange{})
		require.NoError(t, err)
		seen[m.contentType] = true
	}
	assert.Len(t, seen, 100)
}
