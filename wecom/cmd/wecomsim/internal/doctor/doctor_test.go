package doctor_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/doctor"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// examiner returns a doctor for a URL, who takes no time: a busy machine is not
// the application's fault.
func examiner(url string) *doctor.Doctor {
	n, now := uint64(0), time.Now()
	return &doctor.Doctor{URL: url, Keys: keys, Now: func() time.Time { return now }, Random: func() [16]byte {
		n++
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, n))
		return [16]byte(sum[:16])
	}}
}

// complaints are the findings that are not ok. Each has a sentence and says what
// to do.
func complaints(t *testing.T, list []doctor.Finding) map[string]doctor.Finding {
	t.Helper()
	bad := make(map[string]doctor.Finding)
	seen := make(map[string]bool)
	for _, f := range list {
		assert.False(t, seen[f.Check], "%s is there twice", f.Check)
		seen[f.Check] = true
		assert.NotEmpty(t, f.Message, f.Check)
		assert.NotContains(t, f.Message, "\n", f.Check)
		if f.Level != doctor.OK {
			bad[f.Check] = f
			assert.NotEmpty(t, f.Advice, f.Check)
		} else {
			assert.Empty(t, f.Advice, f.Check)
		}
	}
	return bad
}

func TestGoodApplications(t *testing.T) {
	t.Parallel()
	h, err := callback.NewHandler(callback.Keys{Token: keys.Token, EncodingAESKey: keys.EncodingAESKey, ReceiveID: keys.ReceiveID})
	require.NoError(t, err)
	callback.On(h, func(context.Context, *callback.AddExternalContact) error { return errors.New("nobody came") })
	for name, handler := range map[string]http.Handler{"one from the pages": newApp(), "package callback": h} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			web := httptest.NewServer(handler)
			defer web.Close()
			list := examiner(web.URL + "/wecom?app=shop").Examine(t.Context())
			assert.Empty(t, complaints(t, list))
			assert.Equal(t, doctor.OK, doctor.Worst(list))
			var checks []string
			for _, f := range list {
				checks = append(checks, f.Check)
			}
			assert.Equal(t, []string{
				"echo", "echo-speed", "signature", "receive-id", "timestamp",
				"event", "event-speed", "forged-event", "garbage", "xml-entities",
			}, checks)
		})
	}
}

// finding is what must be found of a broken application, and nothing else.
type finding struct {
	check        string
	level        doctor.Level
	says, advice string
}

func TestBrokenApplications(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string) func(a *app) http.Handler {
		return func(*app) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			})
		}
	}
	echo := func(of func(text, encrypted string) string) func(a *app) http.Handler {
		return func(a *app) http.Handler {
			a.echo = func(w http.ResponseWriter, text, encrypted string) { _, _ = io.WriteString(w, of(text, encrypted)) }
			return a
		}
	}
	unchecked := func(what string) func(a *app) http.Handler {
		return func(a *app) http.Handler {
			a.checks = func(kind string) bool { return kind != what }
			return a
		}
	}
	post := func(status int, body string) func(a *app) http.Handler {
		return func(a *app) http.Handler {
			a.event = func(w http.ResponseWriter, _ *http.Request, _ event) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}
			return a
		}
	}
	tests := []struct {
		name   string
		broken func(a *app) http.Handler
		want   []finding
	}{
		{"another token", func(a *app) http.Handler { a.keys.Token = "other"; return a },
			[]finding{{"echo", doctor.Fail, `refuses the check with 403 "signature\n"`, "compare all three"}}},
		{"another AES key", func(a *app) http.Handler { a.keys.EncodingAESKey = strings.Repeat("b", 42) + "E"; return a },
			[]finding{{"echo", doctor.Fail, `403 "encryption\n"`, "to a wrong EncodingAESKey and to a wrong receive id"}}},
		{"another receive id", func(a *app) http.Handler { a.keys.ReceiveID = "wwOther"; return a },
			[]finding{{"echo", doctor.Fail, `403 "encryption\n"`, "to a wrong receive id"}}},
		{"a plus that becomes a space", func(a *app) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "%2B", "+")
				a.ServeHTTP(w, r)
			})
		}, []finding{{"echo", doctor.Fail, "only if echostr has a + in it", "decode the query once"}}},
		{"quotes", echo(func(text, _ string) string { return `"` + text + `"` }),
			[]finding{{"echo", doctor.Fail, "in quotation marks", "as JSON"}}},
		{"line break", echo(func(text, _ string) string { return text + "\n" }),
			[]finding{{"echo", doctor.Fail, "ends with a line break", "without one"}}},
		{"CRLF", echo(func(text, _ string) string { return text + "\r\n" }),
			[]finding{{"echo", doctor.Fail, "ends with a line break", "without one"}}},
		{"spaces", echo(func(text, _ string) string { return " " + text }),
			[]finding{{"echo", doctor.Fail, "spaces around", "text/plain"}}},
		{"BOM", echo(func(text, _ string) string { return "\ufeff" + text }),
			[]finding{{"echo", doctor.Fail, "byte order mark", "without a BOM"}}},
		{"JSON", echo(func(text, _ string) string { return `{"code":0,"data":"` + text + `"}` }),
			[]finding{{"echo", doctor.Fail, "wrapped in something else", "nothing else"}}},
		{"nothing", echo(func(string, string) string { return "" }),
			[]finding{{"echo", doctor.Fail, "empty", "decrypted echostr"}}},
		{"not decrypted", echo(func(_, encrypted string) string { return encrypted }),
			[]finding{{"echo", doctor.Fail, "encrypted", "decrypt it first"}}},
		{"success", echo(func(string, string) string { return "success" }),
			[]finding{{"echo", doctor.Fail, "as if to an event", "GET"}}},
		{"the receive id stays on", echo(func(text, _ string) string { return text + keys.ReceiveID }),
			[]finding{{"echo", doctor.Fail, "ends with the receive id", "length"}}},
		{"the random bytes stay on", echo(func(text, _ string) string { return "0123456789abcdef\x00\x00\x00\x13" + text }),
			[]finding{{"echo", doctor.Fail, "before the decrypted text", "16 random bytes"}}},
		{"a page", answer(200, "<!DOCTYPE html><html>log in</html>"),
			[]finding{{"echo", doctor.Fail, "page of HTML", "login page"}}},
		{"another text", answer(200, "hello"),
			[]finding{{"echo", doctor.Fail, `"hello"`, "decrypted echostr"}}},
		{"404", answer(404, ""), []finding{{"echo", doctor.Fail, "404", "path"}}},
		{"405", answer(405, ""), []finding{{"echo", doctor.Fail, "GET is not allowed", "GET with echostr"}}},
		{"500", answer(500, "oops"), []finding{{"echo", doctor.Fail, `500 "oops"`, "log"}}},
		{"redirect", func(*app) http.Handler {
			return http.RedirectHandler("https://shop.example/wecom/", http.StatusMovedPermanently)
		},
			[]finding{{"echo", doctor.Fail, "redirects to https://shop.example/wecom/", "address that it redirects to"}}},
		{"panic", func(*app) http.Handler {
			return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		}, []finding{{"echo", doctor.Fail, "ends without an answer", "panic"}}},

		{"believes any signature", unchecked("signature"), []finding{
			{"signature", doctor.Fail, "wrong signature", "before anything is decrypted"},
			{"forged-event", doctor.Warn, "wrong signature is answered with 200", "not handled"},
		}},
		{"believes old timestamps", unchecked("timestamp"), []finding{{"timestamp", doctor.Warn, "an hour ago", "few minutes"}}},
		{"takes what is another corp's", unchecked("receive id"), []finding{{"receive-id", doctor.Warn, "another corp", "corp id"}}},
		{"replaces entities", unchecked("xml"), []finding{{"xml-entities", doctor.Warn, "XXE", "DOCTYPE"}}},
		{"fails on garbage", func(a *app) http.Handler {
			a.refuse = func(w http.ResponseWriter, why string) { http.Error(w, why, http.StatusInternalServerError) }
			return a
		}, []finding{{"garbage", doctor.Warn, "a body that is no event", "400"}}},
		{"answers forged events with 200", func(a *app) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					a.refuse = func(http.ResponseWriter, string) {}
				}
				a.ServeHTTP(w, r)
			})
		}, []finding{
			{"forged-event", doctor.Warn, "wrong signature", "not handled"},
			{"xml-entities", doctor.Warn, "the body is not looked at", "DOCTYPE"},
		}},

		{"500 to an unknown event", post(500, "no handler"), []finding{{"event", doctor.Fail, `500 "no handler"`, "answer 200"}}},
		{"400 to an unknown event", post(400, "no"), []finding{{"event", doctor.Fail, "signed well", "200"}}},
		{"404 to POST", post(404, ""), []finding{{"event", doctor.Fail, "POST is answered with 404", "same path"}}},
		{"POST redirected", post(302, ""), []finding{{"event", doctor.Fail, "redirected", "in place"}}},
		{"panics over an unknown event", func(a *app) http.Handler {
			a.event = func(http.ResponseWriter, *http.Request, event) { panic(http.ErrAbortHandler) }
			return a
		}, []finding{{"event", doctor.Fail, "ends without an answer", "panic"}}},
		{"JSON to an event", post(200, `{"errcode":0}`), []finding{{"event", doctor.Warn, `{\"errcode\":0}`, "with nothing"}}},
		{"success to an event", post(200, "success"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			web := httptest.NewServer(tt.broken(newApp()))
			defer web.Close()
			got := complaints(t, examiner(web.URL+"/wecom").Examine(t.Context()))
			assert.Len(t, got, len(tt.want), "%v", got)
			for _, want := range tt.want {
				f := got[want.check]
				assert.Equal(t, want.level, f.Level, "%s: %v", want.check, got)
				assert.Contains(t, f.Message, want.says)
				assert.Contains(t, f.Advice, want.advice)
			}
		})
	}
}

func TestUnreachableApplications(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	secure := httptest.NewUnstartedServer(newApp())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	for _, tt := range []struct{ name, url, check, says, advice string }{
		{"nobody listens", "http://" + closed.Addr().String(), "echo", "nobody listens", "start the application"},
		{"nobody's certificate", secure.URL, "echo", "certificate is not valid", "public authority"},
		{"no such host", "http://wecom.invalid/", "echo", "no address", "DNS"},
		{"http to a port of https", strings.Replace(secure.URL, "https", "http", 1), "echo", "400", "https"},
		{"https to a port of http", "", "echo", "speaks no TLS", "http"},
		{"no URL", "127.0.0.1:80", "url", "no http or https URL", "whole address"},
		{"a file", "file:///x", "url", "no http or https URL", "whole address"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.url == "" {
				plain := httptest.NewServer(newApp())
				defer plain.Close()
				tt.url = strings.Replace(plain.URL, "http", "https", 1)
			}
			got := complaints(t, examiner(tt.url).Examine(t.Context()))
			require.Len(t, got, 1)
			assert.Equal(t, doctor.Fail, got[tt.check].Level)
			assert.Contains(t, got[tt.check].Message, tt.says)
			assert.Contains(t, got[tt.check].Advice, tt.advice)
		})
	}
}

func TestKeysAreLookedAtFirst(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		keys         wecomtest.Keys
		check        string
		says, advice string
	}{
		{"no token", wecomtest.Keys{EncodingAESKey: keys.EncodingAESKey}, "token", "0 characters", "console"},
		{"a token with a dash", wecomtest.Keys{Token: "a-b", EncodingAESKey: keys.EncodingAESKey}, "token", "letters and digits", "console"},
		{"a long token", wecomtest.Keys{Token: strings.Repeat("x", 33), EncodingAESKey: keys.EncodingAESKey}, "token", "33", "console"},
		{"a short key", wecomtest.Keys{Token: "x", EncodingAESKey: keys.EncodingAESKey[1:]}, "aes-key", "42", "console"},
		{"a key with =", wecomtest.Keys{Token: "x", EncodingAESKey: keys.EncodingAESKey + "="}, "aes-key", "44", "leave out the ="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := examiner("http://127.0.0.1:1")
			d.Keys = tt.keys
			got := complaints(t, d.Examine(t.Context()))
			require.Len(t, got, 1, "%v", got)
			assert.Contains(t, got[tt.check].Message, tt.says)
			assert.Contains(t, got[tt.check].Advice, tt.advice)
		})
	}
}

// inProcess brings requests to a handler without a network, so that its time can
// be a bubble's.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	rec, done := httptest.NewRecorder(), make(chan struct{})
	go func() {
		defer close(done)
		p.handler.ServeHTTP(rec, r)
	}()
	select {
	case <-done:
		return rec.Result(), nil
	case <-r.Context().Done():
		<-done
		return nil, r.Context().Err()
	}
}

func TestSlowApplications(t *testing.T) {
	t.Parallel()
	slow := func(method string, d time.Duration) http.Handler {
		a := newApp()
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == method {
				select {
				case <-time.After(d):
				case <-r.Context().Done():
					return
				}
			}
			a.ServeHTTP(w, r)
		})
	}
	for _, tt := range []struct {
		name    string
		handler http.Handler
		check   string
		level   doctor.Level
		says    string
		takes   time.Duration
	}{
		{"the check takes more than a second", slow(http.MethodGet, 1010*time.Millisecond), "echo-speed", doctor.Fail, "took 1.01s", 0},
		{"the check takes as long as the console waits", slow(http.MethodGet, time.Second), "", doctor.OK, "", 0},
		{"the check hangs", slow(http.MethodGet, time.Hour), "echo", doctor.Fail, "no answer within 5 seconds", 5 * time.Second},
		{"an event takes four seconds", slow(http.MethodPost, 4*time.Second), "event-speed", doctor.Warn, "took 4s", 0},
		{"an event takes too long", slow(http.MethodPost, 5001*time.Millisecond), "event", doctor.Fail, "no answer within 5 seconds", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := examiner("http://app/wecom")
				d.Transport, d.Now = inProcess{tt.handler}, time.Now
				start := time.Now()
				got := complaints(t, d.Examine(t.Context()))
				if tt.takes > 0 {
					assert.Equal(t, tt.takes, time.Since(start))
				}
				if tt.check == "" {
					assert.Empty(t, got)
					return
				}
				require.Len(t, got, 1)
				assert.Equal(t, tt.level, got[tt.check].Level)
				assert.Contains(t, got[tt.check].Message, tt.says)
			})
		})
	}
}

// Whoever is examined may take all the time in the world; who asked may not.
func TestExamineEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		synctest.Test(t, func(t *testing.T) {
			a := newApp()
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			d := examiner("http://app/wecom")
			d.Transport = inProcess{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == method {
					<-r.Context().Done()
					return
				}
				a.ServeHTTP(w, r)
			})}
			start := time.Now()
			assert.NotEqual(t, doctor.Fail, doctor.Worst(d.Examine(ctx)))
			assert.Equal(t, 3*time.Second, time.Since(start))
		})
	}
}

func TestThirdPartyApplications(t *testing.T) {
	t.Parallel()
	a := newApp()
	answer := ""
	var told []string
	a.event = func(w http.ResponseWriter, _ *http.Request, e event) {
		told = append(told, e.InfoType)
		_, _ = io.WriteString(w, answer)
	}
	web := httptest.NewServer(a)
	defer web.Close()
	d := examiner(web.URL)
	d.ThirdApp = true
	got := complaints(t, d.Examine(t.Context()))
	assert.Contains(t, got["event"].Message, "must answer with success")
	answer = "success"
	assert.Empty(t, complaints(t, d.Examine(t.Context())))
	assert.Equal(t, "wecomsim_doctor", told[0])
}

func TestRobots(t *testing.T) {
	t.Parallel()
	a := newApp()
	a.keys.ReceiveID = ""
	web := httptest.NewServer(a)
	defer web.Close()
	d := examiner(web.URL)
	d.Robot, d.Keys.ReceiveID = true, ""
	assert.Empty(t, complaints(t, d.Examine(t.Context())))
	a.event = func(w http.ResponseWriter, _ *http.Request, _ event) { _, _ = io.WriteString(w, `{"encrypt":"x"}`) }
	assert.Empty(t, complaints(t, d.Examine(t.Context())))
	a.event = func(w http.ResponseWriter, _ *http.Request, _ event) { _, _ = io.WriteString(w, "thanks") }
	assert.Contains(t, complaints(t, d.Examine(t.Context())), "event")
}

func TestTwice(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(newApp())
	defer web.Close()
	for _, tt := range []struct {
		name       string
		did, twice []string
		err        error
		level      doctor.Level
		says       string
	}{
		{"handled once", []string{"a/b"}, nil, nil, doctor.OK, "handled once: a/b"},
		{"handled twice", []string{"a/b", "c"}, []string{"a/b"}, nil, doctor.Fail, "twice: a/b"},
		{"not handled", nil, nil, nil, doctor.OK, "call nothing"},
		{"cannot be seen", nil, nil, errors.New("no simulator"), doctor.Fail, "no simulator"},
	} {
		d := examiner(web.URL)
		d.Twice = func(context.Context) (did, twice []string, err error) { return tt.did, tt.twice, tt.err }
		list := d.Examine(t.Context())
		last := list[len(list)-1]
		assert.Equal(t, "twice", last.Check, tt.name)
		assert.Equal(t, tt.level, last.Level, tt.name)
		assert.Contains(t, last.Message, tt.says, tt.name)
		complaints(t, list)
	}
}

// The events carry what real ones do: no AgentID where they are of no app.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	a := newApp()
	var seen []string
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen = append(seen, fmt.Sprintf("%s %s %s", r.Method, r.Header.Get("Content-Type"), body))
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		assert.Equal(t, "shop", r.URL.Query().Get("app"), "what the URL has stays")
		a.ServeHTTP(w, r)
	}))
	defer web.Close()
	d := examiner(web.URL + "/?app=shop")
	d.Random = func() (random [16]byte) { _, _ = rand.Read(random[:]); return random }
	assert.Empty(t, complaints(t, d.Examine(t.Context())))
	assert.Equal(t, "GET  ", seen[0])
	assert.Contains(t, strings.Join(seen, "\n"), "POST text/xml <xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName><Encrypt>")
	assert.NotContains(t, strings.Join(seen, "\n"), "AgentID")
}
