package wecom

import (
	"mime"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var dispositionTests = []struct {
	name, header, want string
}{
	{"as documented", `attachment; filename="MEDIA_ID.jpg"`, "MEDIA_ID.jpg"},
	{"raw Chinese", `attachment; filename="报价单.xlsx"`, "报价单.xlsx"},
	{"extended", `attachment; filename*=utf-8''%E6%8A%A5%E4%BB%B7%E5%8D%95.xlsx`, "报价单.xlsx"},
	{"extended in capitals, with a language", `ATTACHMENT; FILENAME*=UTF-8'zh-CN'%e6%8a%a5.txt`, "报.txt"},
	{"extended in quotes", `attachment; filename*="utf-8''%E6%8A%A5.txt"`, "报.txt"},
	{"extended is preferred", `attachment; filename="bao.txt"; filename*=utf-8''%E6%8A%A5.txt`, "报.txt"},
	{"and comes first", `attachment; filename*=utf-8''%E6%8A%A5.txt; filename="bao.txt"`, "报.txt"},
	{"extended is broken", `attachment; filename="bao.txt"; filename*=utf-8''%E6%8A%ZZ.txt`, "bao.txt"},
	{"extended is not UTF-8", `attachment; filename*=gbk''%B1%A8.txt; filename="bao.txt"`, "bao.txt"},
	{"extended lacks a charset", `attachment; filename*=%E6%8A%A5.txt`, ""},
	{"a plus stays", `attachment; filename*=utf-8''a+b.txt`, "a+b.txt"},
	{"unquoted", `attachment; filename=a.txt`, "a.txt"},
	{"unquoted, Chinese, spaces", `attachment; filename=报 价 单.txt ; size=3`, "报 价 单.txt"},
	{"spaces around", `attachment ;  filename = "a.txt" ; x=y`, "a.txt"},
	{"a semicolon inside", `attachment; filename="a;b.txt"`, "a;b.txt"},
	{"escaped quotes", `attachment; filename="a\"b\\.txt"`, ".txt"},
	{"bare quotes", `attachment; filename="a "b" c.txt"; size=3`, `a "b" c.txt`},
	{"never closed", `attachment; filename="a.txt`, "a.txt"},
	{"a path", `attachment; filename="../../etc/passwd"`, "passwd"},
	{"an encoded path", `attachment; filename*=utf-8''..%2F..%2Fetc%2Fpasswd`, "passwd"},
	{"a Windows path", `attachment; filename="C:\Users\a.txt"`, "a.txt"},
	{"the parent", `attachment; filename=".."`, ""},
	{"control characters", "attachment; filename*=utf-8''a%00%0D%0Ab.txt", "ab.txt"},
	{"not UTF-8", "attachment; filename=\"\xb1\xa8.txt\"", "\uFFFD.txt"},
	{"a flag before", `attachment; x; filename="a.txt"`, "a.txt"},
	{"no name", `attachment`, ""},
	{"empty name", `attachment; filename=""`, ""},
	{"empty", ``, ""},
	{"another parameter that ends alike", `attachment; xfilename="a.txt"`, ""},
}

func TestDispositionName(t *testing.T) {
	t.Parallel()
	for _, tt := range dispositionTests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, dispositionName(tt.header))
		})
	}
}

func FuzzDispositionName(f *testing.F) {
	for _, tt := range dispositionTests {
		f.Add(tt.header, tt.want)
	}
	f.Fuzz(func(t *testing.T, header, name string) {
		requireSafeName(t, dispositionName(header))

		// What senders write must be read as they mean it.
		want := safeName(name)
		requireSafeName(t, want)
		require.Equal(t, want, dispositionName("attachment; filename*=UTF-8''"+url.PathEscape(want)))
		if formatted := mime.FormatMediaType("attachment", map[string]string{"filename": want}); formatted != "" {
			require.Equal(t, want, dispositionName(formatted), formatted)
		}
	})
}

func requireSafeName(t *testing.T, name string) {
	t.Helper()
	require.True(t, utf8.ValidString(name), "%q", name)
	require.False(t, strings.ContainsAny(name, `/\`), "%q", name)
	require.False(t, strings.ContainsFunc(name, unicode.IsControl), "%q", name)
	if name != "" {
		require.Equal(t, "dir", filepath.ToSlash(filepath.Dir(filepath.Join("dir", name))), "%q", name)
	}
}
