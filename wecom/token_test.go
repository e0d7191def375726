package wecom_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

func TestColdStartFetchesOneToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{token: func(int) string {
			time.Sleep(300 * time.Millisecond) // in the bubble
			return tokenReply("tok-1", 7200)
		}}
		c := p.client(t)
		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(func() { assert.NoError(t, call(t.Context(), c, opRead)) })
		}
		wg.Wait()

		assert.Equal(t, 1, p.tokens())
		assert.Equal(t, 1000, p.count(opRead.Path))
	})
}

func TestAppsOfOneCorpDoNotShareTokens(t *testing.T) {
	t.Parallel()
	p := &peer{}
	store := new(wecom.MemoryStore)
	sales := p.clientOf(t, wecom.Credential{CorpID: "wwcorp", Secret: "sales"}, wecom.WithTokenStore(store))
	service := p.clientOf(t, wecom.Credential{CorpID: "wwcorp", Secret: "service"}, wecom.WithTokenStore(store))

	first, err := sales.Token(t.Context())
	require.NoError(t, err)
	second, err := service.Token(t.Context())
	require.NoError(t, err)

	assert.NotEqual(t, first.Value, second.Value)
	assert.Equal(t, 2, p.tokens())
}

func TestClientsOfOneCredentialShareAStore(t *testing.T) {
	t.Parallel()
	p := &peer{}
	store := new(wecom.MemoryStore)
	var wg sync.WaitGroup
	for range 50 {
		c := p.client(t, wecom.WithTokenStore(store))
		wg.Go(func() { assert.NoError(t, call(t.Context(), c, opRead)) })
	}
	wg.Wait()
	assert.Equal(t, 1, p.tokens(), "one process fetches for all")
}

func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	for _, code := range []int{40014, 42001} {
		for _, op := range []wecom.Operation{opRead, opWrite} {
			t.Run(wecom.Code(code).String()+op.Path, func(t *testing.T) {
				t.Parallel()
				p := &peer{serve: func(r *http.Request, _ int) string {
					if r.URL.Query().Get("access_token") == "tok-1" {
						return refusal(code)
					}
					return ok
				}}
				c := p.client(t)

				require.NoError(t, call(t.Context(), c, op))
				assert.Equal(t, 2, p.count(op.Path))
				assert.Equal(t, 2, p.tokens())
			})
		}
	}
}

func TestRefusedReplacementIsNotReplacedAgain(t *testing.T) {
	t.Parallel()
	p := &peer{serve: func(*http.Request, int) string { return refusal(42001) }}
	c := p.client(t)

	err := call(t.Context(), c, opWrite)

	require.ErrorIs(t, err, wecom.ErrInvalidToken)
	assert.Equal(t, 2, p.count(opWrite.Path), "one try and one replay")
	assert.Equal(t, 2, p.tokens())
}

func TestServerThatHandsOutARefusedTokenIsNotAskedInALoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{
			token: func(int) string { return tokenReply("tok-always-the-same", 7200) },
			serve: func(*http.Request, int) string { return refusal(40014) },
		}
		c := p.client(t)
		for range 60 { // a call a second
			require.ErrorIs(t, call(t.Context(), c, opRead), wecom.ErrInvalidToken)
			time.Sleep(time.Second)
		}
		assert.LessOrEqual(t, p.tokens(), 8, "about one gettoken every ten seconds")
	})
}

func TestLateRefusalKeepsTheNewerToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		p.serve = func(r *http.Request, n int) string {
			old := r.URL.Query().Get("access_token") == "tok-1"
			if old && n == 1 {
				time.Sleep(time.Minute) // the answer to the first call comes late
			}
			if old {
				return refusal(42001)
			}
			return ok
		}
		c := p.client(t, wecom.WithTimeout(10*time.Minute))
		var wg sync.WaitGroup
		wg.Go(func() { assert.NoError(t, call(t.Context(), c, opRead)) })
		time.Sleep(time.Second)
		require.NoError(t, call(t.Context(), c, opRead)) // replaces tok-1 by tok-2
		wg.Wait()                                        // the late refusal of tok-1 arrives

		assert.Equal(t, 2, p.tokens(), "tok-2 was kept")
	})
}

func TestInvalidateOfAnUnknownTokenDoesNothing(t *testing.T) {
	t.Parallel()
	p := &peer{}
	c := p.client(t)
	require.NoError(t, call(t.Context(), c, opRead))
	c.Invalidate(t.Context(), "some other token")
	c.Invalidate(t.Context(), "")
	require.NoError(t, call(t.Context(), c, opRead))
	assert.Equal(t, 1, p.tokens())
	c.Invalidate(t.Context(), "tok-1")
	require.NoError(t, call(t.Context(), c, opRead))
	assert.Equal(t, 2, p.tokens())
}

func TestCallerWhoLeavesDisturbsNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{token: func(int) string {
			time.Sleep(5 * time.Second)
			return tokenReply("tok-1", 7200)
		}}
		c := p.client(t)
		start := time.Now()

		first, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() { // begins the fetch, and leaves
			err := call(first, c, opRead)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, time.Second, time.Since(start))
		})
		wg.Go(func() { assert.NoError(t, call(t.Context(), c, opRead)) })
		wg.Wait()

		assert.Equal(t, 5*time.Second, time.Since(start))
		assert.Equal(t, 1, p.tokens(), "the fetch outlived its first caller")
	})
}

func TestEarlyRefreshMakesNobodyWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		p.token = func(n int) string {
			if n == 2 {
				time.Sleep(20 * time.Second)
			}
			return tokenReply([]string{"", "tok-1", "tok-2"}[n], 7200)
		}
		var used []string
		p.serve = func(r *http.Request, _ int) string {
			used = append(used, r.URL.Query().Get("access_token"))
			return ok
		}
		c := p.client(t)
		require.NoError(t, call(t.Context(), c, opRead))

		time.Sleep(2*time.Hour - 4*time.Minute) // inside the margin, before the end
		start := time.Now()
		for range 100 {
			require.NoError(t, call(t.Context(), c, opRead))
		}
		assert.Zero(t, time.Since(start), "callers go on with the old token")
		assert.Equal(t, "tok-1", used[len(used)-1])

		time.Sleep(30 * time.Second)
		require.NoError(t, call(t.Context(), c, opRead))
		assert.Equal(t, "tok-2", used[len(used)-1])
		assert.Equal(t, 2, p.tokens())
	})
}

func TestEarlyRefreshIsJittered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		at := map[time.Duration]bool{}
		for range 20 {
			p := &peer{}
			c := p.client(t)
			start := time.Now()
			require.NoError(t, call(t.Context(), c, opRead))
			for p.tokens() == 1 && time.Since(start) < 2*time.Hour {
				time.Sleep(10 * time.Second)
				require.NoError(t, call(t.Context(), c, opRead))
				synctest.Wait()
			}
			d := time.Since(start)
			assert.GreaterOrEqual(t, d, 110*time.Minute)
			assert.LessOrEqual(t, d, 115*time.Minute+10*time.Second)
			at[d] = true
		}
		assert.Greater(t, len(at), 5, "20 clients must not refresh at the same moment")
	})
}

func TestServerThatRepeatsTheTokenIsNotAskedInALoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		born := time.Now()
		p := &peer{token: func(int) string { // as WeCom documented it: the same token while it is valid
			return tokenReply("tok-1", int((2*time.Hour - time.Since(born)).Seconds()))
		}}
		c := p.client(t)
		for time.Since(born) < 2*time.Hour-time.Second {
			require.NoError(t, call(t.Context(), c, opRead))
			time.Sleep(500 * time.Millisecond)
		}
		assert.LessOrEqual(t, p.tokens(), 22, "at most one gettoken each half minute of the last ten minutes")
	})
}

func TestWrongSecretStopsAsking(t *testing.T) {
	t.Parallel()
	for _, code := range []int{40001, 40013} {
		t.Run(wecom.Code(code).String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				right := false
				p := &peer{token: func(n int) string {
					if right {
						return tokenReply("tok-1", 7200)
					}
					return refusal(code)
				}}
				c := p.client(t)
				start := time.Now()
				for time.Since(start) < time.Minute {
					err := call(t.Context(), c, opRead)
					require.ErrorIs(t, err, wecom.ErrInvalidCredential)
					e, isError := errors.AsType[*wecom.Error](err)
					require.True(t, isError)
					assert.Equal(t, "/cgi-bin/gettoken", e.Op.Path)
					time.Sleep(time.Second)
				}
				assert.Equal(t, 1, p.tokens(), "remembered for a minute")

				for time.Since(start) < time.Hour {
					require.Error(t, call(t.Context(), c, opRead))
					time.Sleep(time.Second)
				}
				assert.LessOrEqual(t, p.tokens(), 6, "the cool-down doubles")

				right = true // the secret was set right in the console
				time.Sleep(time.Hour)
				require.NoError(t, call(t.Context(), c, opRead))
			})
		})
	}
}

func TestWrongSecretIsAskedForOnceByAThousand(t *testing.T) {
	t.Parallel()
	p := &peer{token: func(int) string { return refusal(40001) }}
	c := p.client(t)
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() { assert.ErrorIs(t, call(t.Context(), c, opRead), wecom.ErrInvalidCredential) })
	}
	wg.Wait()
	assert.Equal(t, 1, p.tokens())
}

// A slowContext takes a second to be asked, which is when a caller has seen that
// there is no token and has not joined a fetch yet.
type slowContext struct{ context.Context }

func (c slowContext) Err() error {
	time.Sleep(time.Second)
	return c.Context.Err()
}

func TestCallerBetweenLookAndFetchLearnsOfTheRefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{token: func(int) string { return refusal(40001) }}
		c := p.client(t)
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := c.Token(slowContext{t.Context()})
			assert.ErrorIs(t, err, wecom.ErrInvalidCredential)
			assert.ErrorContains(t, err, "not sent by the client")
		})
		synctest.Wait()
		_, err := c.Token(t.Context())
		require.ErrorIs(t, err, wecom.ErrInvalidCredential)
		wg.Wait()
		assert.Equal(t, 1, p.tokens())
	})
}

// The secret is withdrawn while the token is still good.
func TestWrongSecretStopsEarlyRefreshesToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked []time.Time
		p := &peer{token: func(n int) string {
			asked = append(asked, time.Now())
			if n == 1 {
				return tokenReply("tok-1", 7200)
			}
			return refusal(40001)
		}}
		c := p.client(t)
		start := time.Now()
		for time.Since(start) < 2*time.Hour {
			require.NoError(t, call(t.Context(), c, opRead), "the token is good for two hours")
			time.Sleep(5 * time.Second)
		}
		require.GreaterOrEqual(t, len(asked), 3)
		assert.LessOrEqual(t, len(asked), 5, "after a minute, two, four")
		for i := range asked[1:] {
			assert.GreaterOrEqual(t, asked[i+1].Sub(asked[i]), time.Minute)
		}
	})
}

func TestRememberedRefusalSaysThatNothingWasSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{token: func(int) string { return refusal(40001) }}
		c := p.client(t)
		start := time.Now()
		first, _ := errors.AsType[*wecom.Error](call(t.Context(), c, opRead))
		require.NotNil(t, first)
		assert.False(t, first.Client)
		assert.Equal(t, 1, first.Attempts)

		time.Sleep(time.Second)
		err := call(t.Context(), c, opRead)
		second, _ := errors.AsType[*wecom.Error](err)
		require.NotNil(t, second)
		assert.True(t, second.Client)
		assert.Zero(t, second.Attempts)
		assert.Zero(t, second.HTTPStatus)
		assert.Equal(t, start.Add(time.Minute), second.RetryAt)
		require.ErrorIs(t, err, wecom.ErrInvalidCredential)
		require.ErrorContains(t, err, opRead.Path+": no access token")
		require.ErrorContains(t, err, "/cgi-bin/gettoken: not sent by the client: 40001")
	})
}

// gettoken has limits too. While it is closed it is left alone.
func TestLimitOfGettokenIsWaitedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{token: func(n int) string {
			if n == 1 {
				return refusal(45009)
			}
			return tokenReply("tok-1", 7200)
		}}
		c := p.client(t)
		start := time.Now()
		for time.Since(start) < time.Minute {
			err := call(t.Context(), c, opRead)
			require.ErrorIs(t, err, wecom.ErrRateLimited)
			e, _ := errors.AsType[*wecom.Error](err)
			require.NotNil(t, e)
			assert.Equal(t, "/cgi-bin/gettoken", e.Op.Path)
			assert.Equal(t, start.Add(time.Minute), e.RetryAt)
			assert.Equal(t, time.Since(start) > 0, e.Client)
			time.Sleep(10 * time.Second)
		}
		assert.Equal(t, 1, p.tokens())
		require.NoError(t, call(t.Context(), c, opRead))
	})
}

func TestFailedFetchIsSharedByAThousand(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		token string
		fault error
		want  error
	}{
		{"busy", refusal(-1), nil, wecom.ErrBusy},
		{"not reachable", "", io.ErrUnexpectedEOF, io.ErrUnexpectedEOF},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				p := &peer{
					token: func(int) string { return test.token },
					fault: func(*http.Request) error { tries++; time.Sleep(time.Second); return test.fault },
				}
				c := p.client(t)
				var wg sync.WaitGroup
				for range 1000 {
					wg.Go(func() {
						err := call(t.Context(), c, opWrite)
						assert.ErrorIs(t, err, test.want)
						assert.NotErrorIs(t, err, wecom.ErrOutcomeUnknown, "the write was not sent")
					})
				}
				wg.Wait()
				assert.Equal(t, 3, tries)
				assert.Zero(t, p.count(opWrite.Path))
			})
		})
	}
}

func TestEndedContextFetchesNoToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		c := p.client(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.Token(ctx)
		require.ErrorIs(t, err, context.Canceled)
		synctest.Wait()
		assert.Zero(t, p.tokens())
	})
}

// A trace id in the ctx of the caller that began the fetch is the fetch's too.
func TestFetchKeepsTheValuesOfItsFirstCaller(t *testing.T) {
	t.Parallel()
	type key struct{}
	seen := map[string]any{}
	p := &peer{}
	c := p.client(t, wecom.WithObserver(func(ctx context.Context, a wecom.Attempt) { seen[a.Op.Path] = ctx.Value(key{}) }))
	require.NoError(t, call(context.WithValue(t.Context(), key{}, "trace-1"), c, opRead))
	assert.Equal(t, map[string]any{"/cgi-bin/gettoken": "trace-1", opRead.Path: "trace-1"}, seen)
}

func TestTokenSurvivesAClockThatIsSet(t *testing.T) {
	t.Parallel()
	for name, jump := range map[string]time.Duration{"forward": 3 * time.Hour, "back": -3 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				revoked := map[string]bool{}
				p := &peer{serve: refuseTokens(revoked)}
				clock := new(jumpingClock)
				c := p.client(t, wecom.WithClock(clock))
				require.NoError(t, call(t.Context(), c, opRead))
				clock.jump(jump)
				revoked["tok-1"] = jump < 0 // its two hours are over before the clock knows
				require.NoError(t, call(t.Context(), c, opRead))
				assert.Equal(t, 2, p.tokens())
				require.NoError(t, call(t.Context(), c, opRead))
				assert.Equal(t, 2, p.tokens())
			})
		})
	}
}

func TestLifetimesThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, seconds := range []int{-1, 0, math.MaxInt64, math.MaxInt64 / 1_000_000_000 * 2, 5_000_000_000, 18_446_744_173} {
		p := &peer{token: func(int) string { return tokenReply("tok-1", seconds) }}
		tok, err := p.client(t).Token(t.Context())
		require.NoError(t, err)
		life := time.Until(tok.ExpiresAt)
		assert.Greater(t, life, 4*time.Minute, "%d", seconds)
		assert.LessOrEqual(t, life, 24*time.Hour, "%d", seconds)
	}
}

func TestEmptyTokenIsNotCached(t *testing.T) {
	t.Parallel()
	p := &peer{token: func(n int) string {
		if n == 1 {
			return ok
		}
		return tokenReply("tok-2", 7200)
	}}
	c := p.client(t)
	require.ErrorContains(t, call(t.Context(), c, opRead), "without a token")
	require.NoError(t, call(t.Context(), c, opRead))
}

func TestFailedFetchIsNotRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{token: func(n int) string {
			if n <= 3 {
				return refusal(-1)
			}
			return tokenReply("tok", 7200)
		}}
		c := p.client(t)
		require.ErrorIs(t, call(t.Context(), c, opRead), wecom.ErrBusy)
		assert.Equal(t, 3, p.tokens(), "-1 is tried three times at most")
		require.NoError(t, call(t.Context(), c, opRead))
	})
}

func TestCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		token string
		reply string
		want  error
	}{
		{"right", tokenReply("tok-1", 7200), `{"errcode":0,"errmsg":"ok","ip_list":["203.0.113.0/24"]}`, nil},
		{"wrong secret", refusal(40001), ok, wecom.ErrInvalidCredential},
		{"untrusted address", tokenReply("tok-1", 7200), refusal(60020), wecom.ErrForbidden},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := &peer{
				token: func(int) string { return test.token },
				serve: func(*http.Request, int) string { return test.reply },
			}
			assert.ErrorIs(t, p.client(t).Check(t.Context()), test.want)
		})
	}
}

func TestTokenSourceReplacesTheSecret(t *testing.T) {
	t.Parallel()
	p := &peer{serve: func(r *http.Request, _ int) string {
		if r.URL.Query().Get("access_token") == "tok-from-afar" {
			return ok
		}
		return refusal(40014)
	}}
	c := p.clientOf(t, wecom.Credential{CorpID: "wwcorp"}, wecom.WithTokenSource(fixedToken("tok-from-afar")))
	require.NoError(t, call(t.Context(), c, opRead))
	assert.Zero(t, p.tokens())
}

type fixedToken string

func (f fixedToken) Token(context.Context) (wecom.Token, error) {
	return wecom.Token{Value: string(f), ExpiresAt: time.Now().Add(time.Hour)}, nil
}
func (fixedToken) Invalidate(context.Context, string) {}
