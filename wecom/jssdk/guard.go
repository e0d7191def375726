package jssdk

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

var (
	// ErrState says that a login came back to another browser than it left, too
	// late, for the second time, or that somebody made it up. Begin again.
	ErrState = errors.New("jssdk: the login was not begun in this browser, or too long ago")

	// ErrNoCode says that a login came back without a code: the person did not
	// consent.
	ErrNoCode = errors.New("jssdk: the login came back without a code")

	// ErrTarget says that a login was to go on to something else than a page of
	// this site.
	ErrTarget = errors.New("jssdk: the target is no path on this site")
)

const (
	minGuardKey      = 32 // bytes
	defaultGuardLife = 10 * time.Minute
	maxTarget        = 2000 // bytes; a cookie holds twice that
	maxTrips         = 5    // logins under way in one browser,
	maxCookies       = 4000 // bytes of them: proxies refuse requests that bring 8 kB
	cookiePrefix     = "__Host-wecom-login-"
)

// A GuardConfig says how [NewGuard] makes a guard. Key is required.
type GuardConfig struct {
	Key   []byte        // at least 32 random bytes, the same on all machines of the site
	Life  time.Duration // how long a login may take; 0 is ten minutes
	Clock wecom.Clock   // nil is the system's
}

// A Guard keeps strangers from logging a browser in as somebody else (login
// CSRF), and logins from leading away from the site. The state that it makes is
// signed, ends after a while, and is worth nothing without a cookie of the
// browser that began.
//
// It keeps nothing: any machine of the site can finish what another one began.
// A browser may have several logins under way, as WeCom has when it opens the
// sidebars of several chats.
//
// Its cookies are HttpOnly, SameSite=Lax and Secure, so the site needs https.
// Chrome, Edge and Firefox make an exception for localhost; do not count on
// Safari for that.
//
// Begin logins for pages that people open, and not for what pages fetch: of the
// logins under way the latest five can finish, fewer if their targets are long.
//
// A Guard is safe for concurrent use.
type Guard struct {
	mac   func([]byte) []byte // holds the key, where nothing prints it
	life  time.Duration
	clock wecom.Clock
}

// NewGuard makes a guard.
func NewGuard(cfg GuardConfig) (*Guard, error) {
	if len(cfg.Key) < minGuardKey {
		return nil, fmt.Errorf("jssdk: NewGuard: Key has %d bytes, want at least %d random ones", len(cfg.Key), minGuardKey)
	}
	if cfg.Life != 0 && cfg.Life < time.Second {
		return nil, fmt.Errorf("jssdk: NewGuard: Life is %v, in which nobody logs in", cfg.Life)
	}
	key := string(cfg.Key) // the caller's may change
	g := &Guard{
		mac: func(message []byte) []byte {
			h := hmac.New(sha256.New, []byte(key))
			_, _ = h.Write(message)
			return h.Sum(nil)
		},
		life:  cfg.Life,
		clock: cfg.Clock,
	}
	if g.life == 0 {
		g.life = defaultGuardLife
	}
	return g, nil
}

func (g *Guard) now() time.Time {
	if g.clock == nil {
		return time.Now() //nolint:forbidigo // what nil stands for
	}
	return g.clock.Now()
}

// A trip is one login under way. In the state stand its end, its id and the
// MAC; in the cookie the secret and the target.
type trip struct {
	end    int64 // unix seconds
	id     [16]byte
	secret [16]byte
	target string
}

const stateLength = 2 * (8 + 16 + sha256.Size)

// sum is over all of the trip; only the target has no fixed length.
func (t *trip) sum(g *Guard) []byte {
	message := []byte("wecom-go login state 1\x00")
	message = binary.BigEndian.AppendUint64(message, uint64(t.end)) //nolint:gosec // bits, not a number
	message = append(message, t.id[:]...)
	message = append(message, t.secret[:]...)
	return g.mac(append(message, t.target...))
}

func (t *trip) cookieName() string { return cookiePrefix + hex.EncodeToString(t.id[:4]) }

// Begin puts a cookie on the answer and returns the state for the link of a
// login. Call it before the answer is written, and redirect to the link:
//
//	state, err := guard.Begin(w, r, r.URL.RequestURI())
//
// target is where [Guard.Finish] says to go on: a path on this site, with a
// query if need be; "" is "/". Anything that could lead elsewhere fails with
// [ErrTarget].
func (g *Guard) Begin(w http.ResponseWriter, r *http.Request, target string) (state string, err error) {
	if target == "" {
		target = "/"
	}
	if !onSite(target) {
		return "", ErrTarget
	}
	t := trip{end: g.now().Add(g.life).Unix(), target: target}
	_, _ = rand.Read(t.id[:]) // never fails
	_, _ = rand.Read(t.secret[:])

	value := hex.EncodeToString(t.secret[:]) + base64.RawURLEncoding.EncodeToString([]byte(target))
	dropOldTrips(w, r, len(t.cookieName())+len(value))
	http.SetCookie(w, loginCookie(t.cookieName(), value, int(g.life/time.Second)))
	w.Header().Set("Cache-Control", "no-store")

	text := binary.BigEndian.AppendUint64(nil, uint64(t.end)) //nolint:gosec // bits, not a number
	text = append(append(text, t.id[:]...), t.sum(g)...)
	return hex.EncodeToString(text), nil
}

// Finish checks the request that a login came back with. It returns the code
// for [Service.GetUserInfo] and the target that [Guard.Begin] was given, and
// takes the cookie off. Call it before the answer is written. The code may be
// called auth_code, as it is after the install page and the logins of a provider:
// see package isv.
//
// Fails with [ErrState], or with [ErrNoCode] and the target.
func (g *Guard) Finish(w http.ResponseWriter, r *http.Request) (code, target string, err error) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the code stands in the address

	query := r.URL.Query()
	t, sum, ok := readState(query.Get("state"))
	if !ok {
		return "", "", ErrState
	}
	cookie, err := r.Cookie(t.cookieName())
	if err != nil || !t.readCookie(cookie.Value) {
		return "", "", ErrState
	}
	http.SetCookie(w, loginCookie(cookie.Name, "", -1))
	if !hmac.Equal(sum, t.sum(g)) || g.now().Unix() >= t.end || !onSite(t.target) {
		return "", "", ErrState
	}
	if code = cmp.Or(query.Get("code"), query.Get("auth_code")); code == "" {
		return "", t.target, ErrNoCode
	}
	return code, t.target, nil
}

func readState(state string) (t trip, sum []byte, ok bool) {
	if len(state) != stateLength {
		return t, nil, false
	}
	b, err := hex.DecodeString(state)
	if err != nil {
		return t, nil, false
	}
	t.end = int64(binary.BigEndian.Uint64(b)) //nolint:gosec // bits, not a number
	copy(t.id[:], b[8:])
	return t, b[8+len(t.id):], true
}

func (t *trip) readCookie(value string) bool {
	length := hex.EncodedLen(len(t.secret))
	if len(value) < length {
		return false
	}
	if _, err := hex.Decode(t.secret[:], []byte(value[:length])); err != nil {
		return false
	}
	target, err := base64.RawURLEncoding.DecodeString(value[length:])
	t.target = string(target)
	return err == nil
}

// loginCookie has a name that browsers take from the site itself only, not from
// its neighbours.
func loginCookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: maxAge, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// dropOldTrips keeps a browser from filling up with logins that never finish.
// It makes room for one of so many bytes.
func dropOldTrips(w http.ResponseWriter, r *http.Request, size int) {
	var old []*http.Cookie
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, cookiePrefix) {
			old = append(old, c)
			size += len(c.Name) + len(c.Value)
		}
	}
	for len(old) > 0 && (len(old) >= maxTrips || size > maxCookies) { // browsers send the oldest first
		http.SetCookie(w, loginCookie(old[0].Name, "", -1))
		size -= len(old[0].Name) + len(old[0].Value)
		old = old[1:]
	}
}

// onSite reports whether a browser that is sent to target stays on this site,
// however loosely it reads it.
func onSite(target string) bool {
	if len(target) > maxTarget || !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") {
		return false
	}
	for i := range len(target) {
		if c := target[i]; c <= ' ' || c == 0x7f || c == '\\' {
			return false
		}
	}
	u, err := url.Parse(target)
	return err == nil && u.Scheme == "" && u.Host == "" && u.User == nil
}
