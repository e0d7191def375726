package wecom

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

var errMsgTests = []struct {
	name, in string
	want     errMsg
}{
	{"empty", "", errMsg{}},
	{"bare", "not external contact", errMsg{Msg: "not external contact"}},
	{
		"whole",
		"access_token expired, hint: [1600654685300241153285437], from ip: 1.2.3.4, more info at https://open.work.weixin.qq.com/devtool/query?e=42001",
		errMsg{"access_token expired", "1600654685300241153285437", "1.2.3.4", "https://open.work.weixin.qq.com/devtool/query?e=42001"},
	},
	{
		"no message",
		"hint: [16_7_a-b], from ip: 1.2.3.4, more info at https://example.com/?e=1",
		errMsg{"", "16_7_a-b", "1.2.3.4", "https://example.com/?e=1"},
	},
	{"hint only", "invalid credential, hint: [1543907154_20_e4ae]", errMsg{Msg: "invalid credential", Hint: "1543907154_20_e4ae"}},
	{"no space in hint", "bad, hint:[12]", errMsg{Msg: "bad", Hint: "12"}},
	{"ip only", "not allow to access from your ip, from ip: 10.0.0.7", errMsg{Msg: "not allow to access from your ip", IP: "10.0.0.7"}},
	{"ipv6", "no, from ip: 2001:db8::1, more info at http://example.com", errMsg{Msg: "no", IP: "2001:db8::1", HelpURL: "http://example.com"}},
	{"link only", "no more info at https://example.com/x", errMsg{Msg: "no", HelpURL: "https://example.com/x"}},
	{"rid", "invalid credential rid: 5fd0-aa11-22", errMsg{Msg: "invalid credential", Hint: "5fd0-aa11-22"}},
	{
		"json warning before",
		"Warning: wrong json format. invalid message type, hint: [12], from ip: 1.2.3.4",
		errMsg{Msg: "Warning: wrong json format. invalid message type", Hint: "12", IP: "1.2.3.4"},
	},
	{
		"json warning between",
		"empty content, hint: [12], Warning: wrong json format. , from ip: 1.2.3.4",
		errMsg{Msg: "empty content, Warning: wrong json format.", Hint: "12", IP: "1.2.3.4"},
	},
	{
		"json warning behind",
		"empty content, hint: [12], from ip: 1.2.3.4, more info at https://example.com. Warning: wrong json format.",
		errMsg{"empty content, Warning: wrong json format.", "12", "1.2.3.4", "https://example.com."},
	},
	{"parts in another order", "no, from ip: 1.2.3.4, hint: [12]", errMsg{Msg: "no", Hint: "12", IP: "1.2.3.4"}},
	{"no address", "no, from ip: nowhere, hint: [12]", errMsg{Msg: "no, from ip: nowhere", Hint: "12"}},
	{"address missing", "no, from ip:", errMsg{Msg: "no, from ip:"}},
	{"hint not closed", "no, hint: [12", errMsg{Msg: "no, hint: [12"}},
	{"hint empty", "no, hint: []", errMsg{Msg: "no, hint: []"}},
	{"hint without brackets", "no, hint: 12", errMsg{Msg: "no, hint: 12"}},
	{"link of no kind", "no, more info at the counter", errMsg{Msg: "no, more info at the counter"}},
	{"Chinese", "参数错误,hint: [12]", errMsg{Msg: "参数错误", Hint: "12"}},
}

func TestParseErrMsg(t *testing.T) {
	t.Parallel()
	for _, tt := range errMsgTests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, parseErrMsg(tt.in))
		})
	}
}

func TestHasJSONWarning(t *testing.T) {
	t.Parallel()
	assert.True(t, hasJSONWarning("ok. Warning: wrong json format. "))
	assert.False(t, hasJSONWarning("ok"))
}

func TestNewError(t *testing.T) {
	t.Parallel()
	op := Operation{Method: http.MethodGet, Path: "/cgi-bin/user/get"}
	got := newError(op, 60020, "not allow to access from your ip, hint: [12], from ip: 1.2.3.4, more info at https://example.com/?e=60020", 200)
	assert.Equal(t, &Error{
		Op: op, Code: CodeIPNotAllowed, Msg: "not allow to access from your ip", Hint: "12", IP: "1.2.3.4",
		HelpURL: "https://example.com/?e=60020", HTTPStatus: 200,
	}, got)
}

func TestParseErrMsgDoesNotAllocate(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts the whole process
	in := errMsgTests[2].in
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = parseErrMsg(in) }))
}

func FuzzErrorHint(f *testing.F) {
	for _, tt := range errMsgTests {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := parseErrMsg(s)
		for _, part := range []string{m.Hint, m.IP, m.HelpURL} {
			if !strings.Contains(s, part) {
				t.Fatalf("%q is not in %q", part, s)
			}
		}
		if m.IP != "" {
			if _, err := netip.ParseAddr(m.IP); err != nil {
				t.Fatalf("IP %q: %v", m.IP, err)
			}
		}
		if utf8.ValidString(s) && !utf8.ValidString(m.Msg+"|"+m.Hint+"|"+m.IP+"|"+m.HelpURL) {
			t.Fatalf("%q: cut inside a character: %+v", s, m)
		}
		// Nothing is lost: the letters of the parts and of their labels are the
		// letters of the whole.
		want := m.Msg + m.Hint + m.IP + m.HelpURL
		if m.HelpURL != "" {
			want += "more info at"
		}
		if m.IP != "" {
			want += "from ip:"
		}
		switch {
		case m.Hint == "":
		case strings.Contains(s, "hint:"):
			want += "hint:"
		default:
			want += "rid:"
		}
		if got, want := letters(s), letters(want); got != want {
			t.Fatalf("%q: %d letters came out of %d: %+v", s, want, got, m)
		}
	})
}

// letters counts the bytes of s that are not separators.
func letters(s string) int {
	return len(strings.NewReplacer(" ", "", ",", "", "[", "", "]", "").Replace(s))
}
