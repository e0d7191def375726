package callback_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/callback"
)

const megabyte = 1 << 20

// What a stranger may post: none of it is signed.
func hostileBodies() map[string]string {
	fill := func(head, unit, tail string) string {
		return head + strings.Repeat(unit, (megabyte-len(head)-len(tail))/len(unit)) + tail
	}
	return map[string]string{
		"tags":             fill("<xml>", "<a/>", "</xml>"),
		"open tags":        fill("", "<a>", ""),
		"one tag":          fill("<", "a", ">"),
		"attributes":       fill("<xml ", `a="b" `, "></xml>"),
		"quotes":           fill("<xml ", `"'`, "></xml>"),
		"comments":         fill("<xml>", "<!---->", "</xml>"),
		"open comments":    fill("<xml>", "<!--", "</xml>"),
		"sections":         fill("<xml><Encrypt>", "<![CDATA[a]]>", "</Encrypt></xml>"),
		"open sections":    fill("<xml><Encrypt>", "<![CDATA[", "</Encrypt></xml>"),
		"ampersands":       fill("<xml><Encrypt>", "&", "</Encrypt></xml>"),
		"entities":         fill("<xml><Encrypt>", "&amp;", "</Encrypt></xml>"),
		"endless entities": fill("<xml><Encrypt>", "&a", "</Encrypt></xml>"),
		"line ends":        fill("<xml><Encrypt>", "\r", "</Encrypt></xml>"),
		"spaces":           fill("<xml><Encrypt>", " a", "</Encrypt></xml>"),
		"instructions":     fill("", "<??>", "<xml/>"),
		"ciphertext":       fill("<xml><Encrypt>", "A", "</Encrypt></xml>"),
		"no XML":           fill("", "x", ""),
		"space":            fill("", " ", ""),
		"JSON arrays":      fill(`{"a":`, "[", "}"),
		"JSON numbers":     fill(`{"a":[1`, ",1", "]}"),
		"JSON keys":        fill(`{"a":1`, `,"encrypt":""`, "}"),
		"JSON escapes":     fill(`{"encrypt":"`, `\u0041`, `"}`),
		"JSON ciphertext":  fill(`{"encrypt":"`, "A", `"}`),
	}
}

func post(h http.Handler, body string) int {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/?"+pageQuery, strings.NewReader(body)))
	return w.Code
}

func TestHostileBodiesAreRefused(t *testing.T) {
	t.Parallel()
	h := newHandler(t)
	for name, body := range hostileBodies() {
		assert.Contains(t, []int{http.StatusBadRequest, http.StatusForbidden}, post(h, body), name)
	}
}

// BenchmarkHostileBody compares what a stranger's megabyte costs with what
// WeCom's own of the same size does: no body may be dearer.
func BenchmarkHostileBody(b *testing.B) {
	h := newHandler(b, callback.WithoutDedupe())
	env := seal(b, testKeys, strings.Repeat("x", megabyte*7/10))
	genuine := string(env.XML())
	b.Run("genuine", func(b *testing.B) {
		for b.Loop() {
			r := httptest.NewRequest(http.MethodPost, "/?"+env.Query().Encode(), strings.NewReader(genuine))
			h.ServeHTTP(httptest.NewRecorder(), r)
		}
	})
	for name, body := range hostileBodies() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				post(h, body)
			}
		})
	}
}

func BenchmarkHandler(b *testing.B) {
	h := newHandler(b, callback.WithoutDedupe())
	for name, body := range map[string]string{"genuine": pageBody, "forged": strings.Replace(pageBody, "RypE", "RypF", 1), "garbage": "<xml>"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				post(h, body)
			}
		})
	}
}
