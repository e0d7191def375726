package callback_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

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

// No stranger's request may take longer than WeCom's own of the same size. The
// factor is for machines that do other things, and JSON is still read by
// encoding/json.
func TestHostileBodiesAreCheap(t *testing.T) {
	t.Parallel()
	const factor = 6
	h := newHandler(t)
	env := seal(t, testKeys, strings.Repeat("x", megabyte*7/10))
	fastest := func(f func()) time.Duration {
		best := time.Hour
		for range 5 {
			start := time.Now()
			f()
			best = min(best, time.Since(start))
		}
		return best
	}
	genuine := fastest(func() {
		r := httptest.NewRequest(http.MethodPost, "/?"+env.Query().Encode(), strings.NewReader(string(env.XML())))
		h.ServeHTTP(httptest.NewRecorder(), r)
	})
	for name, body := range hostileBodies() {
		d := fastest(func() {
			assert.Contains(t, []int{http.StatusBadRequest, http.StatusForbidden}, post(h, body), name)
		})
		t.Logf("%-16s %v, genuine %v", name, d, genuine)
		assert.Less(t, d, factor*genuine, name)
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
