package wecomtest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// badDay makes 200 rounds of calls under a profile and tells what befell each.
func badDay(t *testing.T, profile wecomtest.ChaosProfile, seed uint64, also ...string) []string {
	t.Helper()
	var got []string
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		c := newCaller(t, srv)
		defer srv.Chaos(profile, seed).Stop()
		for range 200 {
			for _, op := range append(also, "getcallbackip") {
				r, err := c.try(http.MethodGet, op, url.Values{"access_token": {c.token}}, "")
				if op != "getcallbackip" {
					continue
				}
				got = append(got, fmt.Sprint(r.Status, r.code(), r.Body != "", err != nil, srv.Calls().Op(op).Last().Fault))
				if r.code() == 40014 || r.code() == 42001 {
					c.token = c.steadyToken()
				}
			}
		}
	})
	return got
}

// steadyToken asks for a token until there is one.
func (c *caller) steadyToken() string {
	for {
		r, err := c.try(http.MethodGet, "gettoken", url.Values{"corpid": {c.srv.CorpID()}, "corpsecret": {c.srv.App().Secret}}, "")
		if token, ok := r.JSON["access_token"].(string); ok && err == nil {
			return token
		}
	}
}

func TestChaosRepeats(t *testing.T) {
	t.Parallel()
	for _, profile := range wecomtest.ChaosProfiles() {
		t.Run(string(profile), func(t *testing.T) {
			t.Parallel()
			first := badDay(t, profile, 7)

			assert.Equal(t, first, badDay(t, profile, 7))
			assert.NotEqual(t, first, badDay(t, profile, 8))
		})
	}
}

func TestChaosOfAnOperationIsItsOwn(t *testing.T) {
	t.Parallel()

	alone := badDay(t, wecomtest.RushHour, 7)
	amid := badDay(t, wecomtest.RushHour, 7, "get_api_domain_ip", "externalcontact/get_follow_user_list")

	assert.Equal(t, alone, amid, "what befalls a call depends on the calls of its operation")
}

// TestTokenStormWithSameToken: an app whose token was ended is given another.
func TestTokenStormWithSameToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t, wecomtest.WithSameToken())
		c := newCaller(t, srv)
		ends := make(map[int]int)
		for seed := range uint64(20) {
			chaos := srv.Chaos(wecomtest.TokenStorm, seed)
			assert.Equal(t, int(seed)+1, chaos.State().N)
			code := 0
			for code == 0 {
				code = c.get("getcallbackip").code()
			}
			chaos.Stop()
			ends[code]++
			c.token = c.fetchToken(srv.Credential().Secret)
			require.Zero(t, c.get("getcallbackip").code())
		}
		assert.Positive(t, ends[40014], "revoked")
		assert.Positive(t, ends[42001], "expired")
	})
}

// TestChaosOfTheNthCall: what befalls a call does not depend on what befell
// those before it, of a Fault, of the token or of another Chaos.
func TestChaosOfTheNthCall(t *testing.T) {
	t.Parallel()
	const n = 300
	day := func(prepare func(srv *wecomtest.Server, c *caller)) (befell []string) {
		synctest.Test(t, func(t *testing.T) {
			srv := wecomtest.New(t)
			c := newCaller(t, srv)
			prepare(srv, c)
			for range n {
				c.get("getcallbackip")
				befell = append(befell, srv.Calls().Op("getcallbackip").Last().Fault)
			}
		})
		return befell
	}
	storm := func(srv *wecomtest.Server, _ *caller) { srv.Chaos(wecomtest.TokenStorm, 7) }
	rush := func(srv *wecomtest.Server, _ *caller) { srv.Chaos(wecomtest.RushHour, 7) }
	aloneStorm, aloneRush := day(storm), day(rush)

	faulty := day(func(srv *wecomtest.Server, c *caller) {
		srv.Fault("getcallbackip").Times(50).Delay(time.Second)
		rush(srv, c)
	})
	both := day(func(srv *wecomtest.Server, c *caller) {
		rush(srv, c)
		storm(srv, c)
	})
	stranger := day(func(srv *wecomtest.Server, c *caller) {
		rush(srv, c)
		token := c.token
		c.token = "another"
		for range n / 2 {
			c.get("getcallbackip")
		}
		c.token = token
	})

	assert.Equal(t, aloneRush[50:], faulty[50:])
	rushed := 0
	for i, label := range both {
		if strings.Contains(label, "rush-hour") { // which comes first
			rushed++
			assert.True(t, strings.HasPrefix(aloneRush[i], label), "call %d: %s, not %s", i, aloneRush[i], label)
			continue
		}
		assert.Equal(t, aloneStorm[i], label, "call %d", i)
	}
	assert.Positive(t, rushed)
	assert.Equal(t, aloneRush[n/2:], stranger[:n/2])
}

// TestChaosKeepsItsOdds holds what happens against the odds that the rules
// state.
func TestChaosKeepsItsOdds(t *testing.T) {
	t.Parallel()
	for _, profile := range wecomtest.ChaosProfiles() {
		t.Run(string(profile), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const n = 3000
				srv := wecomtest.New(t)
				c := newCaller(t, srv)
				chaos := srv.Chaos(profile, 1)
				for range n {
					query := url.Values{"access_token": {c.token}}
					r, _ := c.try(http.MethodPost, "externalcontact/remark", query, `{"userid":"a","external_userid":"b","remark":"c"}`)
					_, _ = c.try(http.MethodGet, "gettoken", url.Values{}, "")
					if r.code() == 40014 || r.code() == 42001 {
						c.token = c.steadyToken()
					}
				}
				state := chaos.State()
				assert.Equal(t, profile, state.Profile)
				require.Len(t, state.Rules, len(profile.Rules()))
				for i, r := range state.Rules {
					assert.Zero(t, profile.Rules()[i].Hits)
					if r.Of == "callbacks" {
						continue
					}
					// of n to some more than 2n calls, less what a rule before took
					assert.Positive(t, r.Hits, "%s of %s", r.What, r.Of)
					assert.Less(t, float64(r.Hits), 2.5*n*r.Chance, "%s of %s", r.What, r.Of)
				}
			})
		})
	}
}

func TestTokenStormEndsTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		c := newCaller(t, srv)
		chaos := srv.Chaos(wecomtest.TokenStorm, 7)

		code := 0
		for code == 0 {
			code = c.get("getcallbackip").code()
		}
		chaos.Stop()

		assert.Contains(t, []int{40014, 42001}, code)
		assert.Equal(t, code, c.get("getcallbackip").code(), "it is the token that ended, not one call that failed")
		last := c.token
		c.token = c.fetchToken(srv.Credential().Secret)
		assert.NotEqual(t, last, c.token)
		assert.Zero(t, c.get("getcallbackip").code())
	})
}

func TestFlakyNATOfCallbacks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := listening(t)
		alice := srv.AddMember(wecomtest.Member{})
		chaos := srv.Chaos(wecomtest.FlakyNAT, 7)

		const n = 60
		for range n {
			srv.AddCustomer(alice, wecomtest.Customer{})
		}
		srv.WaitDeliveries(n)

		befell := make(map[string]int)
		for _, d := range srv.Deliveries() {
			assert.True(t, d.Delivered())
			switch {
			case d.Mishap == "duplicate":
				befell["twice"]++
				assert.Len(t, d.Attempts, 2)
			case d.Mishap != "":
				befell["late"]++
			}
		}
		assert.Positive(t, befell["twice"])
		assert.Positive(t, befell["late"])
		assert.Equal(t, befell["twice"]+befell["late"], chaos.State().Hits)
	})
}

func TestChaosWaitsOnTheClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		srv.Clock().Freeze(time.Unix(1700000000, 0))
		c := newCaller(t, srv)
		chaos := srv.Chaos(wecomtest.RushHour, 7)
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			for range 20 {
				c.get("getcallbackip")
			}
		}()

		for done := false; !done; {
			synctest.Wait()
			select {
			case <-answered:
				done = true
			default:
				srv.Clock().Advance(3 * time.Second) // the longest delay
			}
		}

		assert.Positive(t, chaos.State().Hits)
		assert.True(t, srv.Clock().Now().After(time.Unix(1700000000, 0)), "somebody waited")
	})
}

func TestStoppedChaosDoesNothing(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	chaos := srv.Chaos(wecomtest.FlakyNAT, 7)
	chaos.Stop()

	for range 50 {
		require.Zero(t, c.get("getcallbackip").code())
	}

	assert.True(t, chaos.State().Stopped)
	assert.Zero(t, chaos.State().Hits)
	assert.Equal(t, []*wecomtest.Chaos{chaos}, srv.AllChaos())
}

func TestPreparedFaultGoesBeforeChaos(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		c := newCaller(t, srv)
		srv.Chaos(wecomtest.RushHour, 7)
		srv.Fault("getcallbackip").Times(100).Code(60020)

		for range 100 {
			require.Equal(t, 60020, c.get("getcallbackip").code())
		}
	})
}

func TestChaosIsPrintedOnFailure(t *testing.T) {
	t.Parallel()

	failed := record(t, func(srv *wecomtest.Server) {
		srv.Chaos(wecomtest.FlakyNAT, 7)
		srv.Fault("getcallbackip").Code(-1) // never strikes
	})
	quiet := record(t, func(srv *wecomtest.Server) { srv.Chaos(wecomtest.FlakyNAT, 7) })

	assert.Contains(t, failed.logs, "wecomtest: chaos flaky-nat seed 7 struck 0 times")
	assert.Empty(t, quiet.all(), "chaos that never strikes is no failure")
}

func TestUnknownChaos(t *testing.T) {
	t.Parallel()

	r := record(t, func(srv *wecomtest.Server) { srv.Chaos("monday", 7) })

	assert.Equal(t, `wecomtest: no chaos profile "monday"; there are [rush-hour flaky-nat token-storm]`, r.fatal)
	assert.Empty(t, wecomtest.ChaosProfile("monday").Rules())
}
