package jssdk_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/jssdk"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

var guardKey = bytes.Repeat([]byte("k"), 32)

func newGuard(t testing.TB, clock *wecomtest.Clock) *jssdk.Guard {
	t.Helper()
	cfg := jssdk.GuardConfig{Key: guardKey}
	if clock != nil {
		cfg.Clock = clock
	}
	guard, err := jssdk.NewGuard(cfg)
	require.NoError(t, err)
	return guard
}

// A browser keeps cookies in the order in which they came.
type browser struct{ cookies []*http.Cookie }

func (b *browser) request(target string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for _, c := range b.cookies {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	return r
}

func (b *browser) keep(w *httptest.ResponseRecorder) {
	for _, c := range w.Result().Cookies() {
		b.cookies = slices.DeleteFunc(b.cookies, func(old *http.Cookie) bool { return old.Name == c.Name })
		if c.MaxAge >= 0 {
			b.cookies = append(b.cookies, c)
		}
	}
}

func (b *browser) begin(t *testing.T, guard *jssdk.Guard, target string) (state string) {
	t.Helper()
	w := httptest.NewRecorder()
	state, err := guard.Begin(w, b.request("/login"), target)
	require.NoError(t, err)
	b.keep(w)
	return state
}

func (b *browser) finish(guard *jssdk.Guard, state, code string) (gotCode, target string, err error) {
	w := httptest.NewRecorder()
	defer func() { b.keep(w) }()
	return guard.Finish(w, b.request("/back?"+url.Values{"state": {state}, "code": {code}}.Encode()))
}

func TestGuardLeadsOn(t *testing.T) {
	t.Parallel()
	guard := newGuard(t, nil)
	for _, target := range []string{"/", "/customers", "/customers?id=wm1&tab=%E6%A0%87", "/客户?q=a+b", "/a//b/../c", "/?next=https://example.com/"} {
		b := &browser{}
		state := b.begin(t, guard, target)
		assert.Regexp(t, `^[a-zA-Z0-9]{1,128}$`, state)

		code, got, err := b.finish(guard, state, "c0de")

		require.NoError(t, err)
		assert.Equal(t, "c0de", code)
		assert.Equal(t, target, got)
		assert.Empty(t, b.cookies, "the cookie is gone")
	}
}

func TestGuardTakesAuthCodes(t *testing.T) {
	t.Parallel()
	guard, b := newGuard(t, nil), &browser{}
	state := b.begin(t, guard, "/installed")

	code, target, err := guard.Finish(httptest.NewRecorder(), b.request("/back?auth_code=c0de&expires_in=600&state="+state))

	require.NoError(t, err)
	assert.Equal(t, "c0de", code)
	assert.Equal(t, "/installed", target)
}

func TestGuardLeadsHomeByDefault(t *testing.T) {
	t.Parallel()
	guard, b := newGuard(t, nil), &browser{}
	_, target, err := b.finish(guard, b.begin(t, guard, ""), "c0de")
	require.NoError(t, err)
	assert.Equal(t, "/", target)
}

func TestGuardsCookieIsTheSitesOwn(t *testing.T) {
	t.Parallel()
	guard, b := newGuard(t, nil), &browser{}
	b.begin(t, guard, "/")
	require.Len(t, b.cookies, 1)
	c := b.cookies[0]
	assert.True(t, strings.HasPrefix(c.Name, "__Host-"))
	assert.Equal(t, "/", c.Path)
	assert.Empty(t, c.Domain)
	assert.True(t, c.Secure)
	assert.True(t, c.HttpOnly)
	assert.Equal(t, http.SameSiteLaxMode, c.SameSite)
	assert.Equal(t, 600, c.MaxAge)
}

func TestGuardMakesSecrets(t *testing.T) {
	t.Parallel()
	guard, b := newGuard(t, nil), &browser{}
	b.begin(t, guard, "/")
	b.begin(t, guard, "/")
	assert.NotEqual(t, b.cookies[0].Value, b.cookies[1].Value)
}

func TestGuardLeavesOtherCookiesAlone(t *testing.T) {
	t.Parallel()
	guard, b := newGuard(t, nil), &browser{}
	for i := range 10 {
		b.cookies = append(b.cookies, &http.Cookie{Name: fmt.Sprint("__Host-session-", i), Value: strings.Repeat("x", 600)})
	}
	for range 7 {
		b.begin(t, guard, "/")
	}
	assert.Len(t, b.cookies, 15)
}

func TestGuardRefuses(t *testing.T) {
	t.Parallel()
	other := func(c byte) byte {
		if c == '0' {
			return '1'
		}
		return '0'
	}
	for _, tt := range []struct {
		name   string
		change func(b *browser, state string, clock *wecomtest.Clock) string
	}{
		{"another browser", func(b *browser, state string, _ *wecomtest.Clock) string { b.cookies = nil; return state }},
		{"no state", func(*browser, string, *wecomtest.Clock) string { return "" }},
		{"half a state", func(_ *browser, state string, _ *wecomtest.Clock) string { return state[:len(state)/2] }},
		{"ten minutes later", func(_ *browser, state string, clock *wecomtest.Clock) string {
			clock.Advance(10 * time.Minute)
			return state
		}},
		{"a later end", func(_ *browser, state string, _ *wecomtest.Clock) string { return "7" + state[1:] }},
		{"another signature", func(_ *browser, state string, _ *wecomtest.Clock) string {
			return state[:len(state)-1] + string(other(state[len(state)-1]))
		}},
		{"another target", func(b *browser, state string, _ *wecomtest.Clock) string {
			b.cookies[0].Value = b.cookies[0].Value[:32] + base64.RawURLEncoding.EncodeToString([]byte("/logout"))
			return state
		}},
		{"a target that is none", func(b *browser, state string, _ *wecomtest.Clock) string {
			b.cookies[0].Value += "!"
			return state
		}},
		{"another id", func(_ *browser, state string, _ *wecomtest.Clock) string {
			return state[:40] + string(other(state[40])) + state[41:]
		}},
		{"a longer state", func(_ *browser, state string, _ *wecomtest.Clock) string { return state + "00" }},
		{"a cookie made for another state", func(b *browser, state string, _ *wecomtest.Clock) string {
			b.cookies[0].Value = string(other(b.cookies[0].Value[0])) + b.cookies[0].Value[1:]
			return state
		}},
		{"a short cookie", func(b *browser, state string, _ *wecomtest.Clock) string { b.cookies[0].Value = "00"; return state }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			clock := wecomtest.New(t).Clock()
			guard, b := newGuard(t, clock), &browser{}
			state := tt.change(b, b.begin(t, guard, "/customers"), clock)

			code, target, err := b.finish(guard, state, "c0de")

			require.ErrorIs(t, err, jssdk.ErrState)
			assert.Empty(t, code)
			assert.Empty(t, target)
		})
	}
}

// The attack that the guard is for: a link that a stranger began, with their
// code in it, opened by a victim who is in the middle of a login of their own.
func TestStrangersLoginDoesNotPass(t *testing.T) {
	t.Parallel()
	guard, stranger, victim := newGuard(t, nil), &browser{}, &browser{}
	theirs := stranger.begin(t, guard, "/")
	own := victim.begin(t, guard, "/")

	_, _, err := victim.finish(guard, theirs, "strangers-code")
	require.ErrorIs(t, err, jssdk.ErrState)

	_, _, err = victim.finish(guard, own, "c0de")
	require.NoError(t, err, "their own login goes on")
	_, _, err = victim.finish(guard, own, "c0de")
	require.ErrorIs(t, err, jssdk.ErrState, "but once")
}

func TestOtherMachineFinishes(t *testing.T) {
	t.Parallel()
	b := &browser{}
	state := b.begin(t, newGuard(t, nil), "/customers")
	_, target, err := b.finish(newGuard(t, nil), state, "c0de")
	require.NoError(t, err)
	assert.Equal(t, "/customers", target)

	another, err := jssdk.NewGuard(jssdk.GuardConfig{Key: bytes.Repeat([]byte("x"), 32)})
	require.NoError(t, err)
	_, _, err = b.finish(another, b.begin(t, newGuard(t, nil), "/"), "c0de")
	require.ErrorIs(t, err, jssdk.ErrState, "another key is another site")
}

func TestSeveralLoginsAtOnce(t *testing.T) {
	t.Parallel()
	guard, b := newGuard(t, nil), &browser{}
	one, two := b.begin(t, guard, "/chat/1"), b.begin(t, guard, "/chat/2")
	for state, want := range map[string]string{one: "/chat/1", two: "/chat/2"} {
		_, target, err := b.finish(guard, state, "c0de")
		require.NoError(t, err)
		assert.Equal(t, want, target)
	}
	last := ""
	for i := range 20 {
		last = b.begin(t, guard, fmt.Sprintf("/%d", i))
	}
	assert.Len(t, b.cookies, 5, "logins that never finish do not pile up")
	_, target, err := b.finish(guard, last, "c0de")
	require.NoError(t, err)
	assert.Equal(t, "/19", target)
}

// Proxies take 8 kB of cookies, of which the site has others.
func TestGuardsCookiesStaySmall(t *testing.T) {
	t.Parallel()
	guard, b := newGuard(t, nil), &browser{}
	long := strings.Repeat("a", 1990)
	var state string
	for i := range 5 {
		state = b.begin(t, guard, fmt.Sprintf("/%d%s", i, long))
		assert.LessOrEqual(t, len(b.request("/").Header.Get("Cookie")), 4096)
	}
	_, target, err := b.finish(guard, state, "c0de")
	require.NoError(t, err)
	assert.Equal(t, "/4"+long, target)
}

func TestGuardWithoutConsent(t *testing.T) {
	t.Parallel()
	guard, b := newGuard(t, nil), &browser{}
	_, target, err := b.finish(guard, b.begin(t, guard, "/customers"), "")
	require.ErrorIs(t, err, jssdk.ErrNoCode)
	assert.Equal(t, "/customers", target)
}

func TestGuardStaysOnTheSite(t *testing.T) {
	t.Parallel()
	guard := newGuard(t, nil)
	for _, target := range []string{
		"https://evil.example/", "//evil.example/", `/\evil.example/`, `\\evil.example/`, "evil.example", "javascript:alert(1)",
		"/\t/evil.example/", "\t//evil.example", "/a\r\nSet-Cookie: x=y", "/a b", "/\x00", "/%zz", "/" + strings.Repeat("a", 2000),
	} {
		w := httptest.NewRecorder()
		_, err := guard.Begin(w, httptest.NewRequest(http.MethodGet, "/", nil), target)
		require.ErrorIs(t, err, jssdk.ErrTarget, "%q", target)
		assert.Empty(t, w.Result().Cookies())
	}
}

func TestGuardKeepsCodesToItself(t *testing.T) {
	t.Parallel()
	guard, b := newGuard(t, nil), &browser{}
	begun := httptest.NewRecorder()
	state, err := guard.Begin(begun, b.request("/login"), "/")
	require.NoError(t, err)
	b.keep(begun)
	assert.Equal(t, "no-store", begun.Header().Get("Cache-Control"))
	w := httptest.NewRecorder()
	_, _, err = guard.Finish(w, b.request("/back?code=c0de&state="+state))
	require.NoError(t, err)
	assert.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	assert.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"))
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", guard, guard, *guard), "kkkk")
}

func TestNewGuardSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := jssdk.NewGuard(jssdk.GuardConfig{Key: guardKey[:31]})
	require.ErrorContains(t, err, "31 bytes")
	_, err = jssdk.NewGuard(jssdk.GuardConfig{Key: guardKey, Life: -1})
	require.ErrorContains(t, err, "Life is -1ns")
	_, err = jssdk.NewGuard(jssdk.GuardConfig{Key: guardKey, Life: 600}) // seconds were meant
	require.ErrorContains(t, err, "Life is 600ns")
}

func TestGuardCopiesItsKey(t *testing.T) {
	t.Parallel()
	key := slices.Clone(guardKey)
	guard, err := jssdk.NewGuard(jssdk.GuardConfig{Key: key})
	require.NoError(t, err)
	b := &browser{}
	state := b.begin(t, guard, "/")
	clear(key)
	_, _, err = b.finish(guard, state, "c0de")
	require.NoError(t, err)
}

// Whatever Begin takes, a browser that is sent there stays on the site.
func FuzzGuardTarget(f *testing.F) {
	guard := newGuard(f, nil)
	for _, seed := range []string{"/", "/customers?id=1", "//evil.example", `/\evil.example`, "/\t/evil.example", "/%2f%2fevil.example", "/.//evil.example", "/a:b@evil.example", "/#//evil"} {
		f.Add(seed)
	}
	site, err := url.Parse("https://crm.example.com/back")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, target string) {
		if _, err := guard.Begin(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil), target); err != nil {
			return
		}
		w := httptest.NewRecorder()
		http.Redirect(w, httptest.NewRequest(http.MethodGet, "https://crm.example.com/back", nil), target, http.StatusFound)
		for _, location := range []string{target, w.Header().Get("Location"), strings.NewReplacer("\t", "", "\r", "", "\n", "", `\`, "/").Replace(target)} {
			to, err := site.Parse(location)
			require.NoError(t, err)
			assert.Equal(t, "https://crm.example.com", to.Scheme+"://"+to.Host, "%q", target)
		}
	})
}

// No state and no cookie of a stranger's making passes.
func FuzzGuardFinish(f *testing.F) {
	guard := newGuard(f, nil)
	w := httptest.NewRecorder()
	state, err := guard.Begin(w, httptest.NewRequest(http.MethodGet, "/", nil), "/")
	require.NoError(f, err)
	cookie := w.Result().Cookies()[0]
	f.Add(state, "x"+cookie.Name, cookie.Value)
	f.Add(state, cookie.Name, cookie.Value[:32])
	f.Add(state[:64], cookie.Name, cookie.Value)
	f.Fuzz(func(t *testing.T, gotState, name, value string) {
		r := httptest.NewRequest(http.MethodGet, "/back?"+url.Values{"state": {gotState}, "code": {"c"}}.Encode(), nil)
		r.Header.Set("Cookie", name+"="+value)
		_, target, err := guard.Finish(httptest.NewRecorder(), r)
		if err == nil {
			require.True(t, strings.EqualFold(state, gotState) && strings.EqualFold(cookie.Name, name), "%q %q=%q leads to %q", gotState, name, value, target)
		}
	})
}
