package isv_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

func TestNewSuite(t *testing.T) {
	t.Parallel()
	good := isv.SuiteCredential{SuiteID: "wwsuite", Secret: "s3cr3t"}
	tests := []struct {
		name string
		cred isv.SuiteCredential
		opts []isv.Option
		want string
	}{
		{"no id", isv.SuiteCredential{Secret: "s3cr3t"}, nil, "SuiteID is empty"},
		{"no secret", isv.SuiteCredential{SuiteID: "wwsuite"}, nil, "Secret is empty"},
		{"a line break", isv.SuiteCredential{SuiteID: "wwsuite", Secret: "s3cr3t\n"}, nil, "line break"},
		{"nil option", good, []isv.Option{nil}, "nil option"},
		{"nil tickets", good, []isv.Option{isv.WithTickets(nil)}, "nil store"},
		{"nil tenants", good, []isv.Option{isv.WithTenants(nil)}, "nil store"},
		{"nil tokens", good, []isv.Option{isv.WithTokenStore(nil)}, "nil store"},
		{"nil logger", good, []isv.Option{isv.WithLogger(nil)}, "nil logger"},
		{"a token store for the clients", good, []isv.Option{isv.WithClientOptions(wecom.WithTokenStore(new(wecom.MemoryStore)))}, "WithTokenStore"},
		{"a bad option for the clients", good, []isv.Option{isv.WithClientOptions(wecom.WithTimeout(-1))}, "WithTimeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := isv.NewSuite(tt.cred, tt.opts...)
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), "s3cr3t")
		})
	}
}

func TestOptionsOfSuitesAreForSuites(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]isv.Option{
		"WithTickets":     isv.WithTickets(new(isv.MemoryStore)),
		"WithTenants":     isv.WithTenants(new(isv.MemoryStore)),
		"WithAppTemplate": isv.WithAppTemplate(),
	} {
		_, err := isv.NewProvider(isv.ProviderCredential{CorpID: "wwprovider", Secret: "s3cr3t"}, opt)
		require.EqualError(t, err, "isv: NewProvider: "+name+" is for NewSuite")
	}
}

func TestTheNewestTicketBuysTheToken(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.freshSuite(t)
	now := time.Now()
	for _, e := range []struct {
		value string
		age   time.Duration
	}{{"s3cr3t-2", 10 * time.Minute}, {"s3cr3t-3", 0}, {"s3cr3t-1", 20 * time.Minute}} {
		require.NoError(t, s.TakeTicket(t.Context(), ticketEvent(e.value, now.Add(-e.age))))
	}

	_, err := s.Self().Token(t.Context())

	require.NoError(t, err)
	require.Len(t, p.to(suiteToken), 1)
	assert.Equal(t, map[string]string{"suite_id": "wwsuite", "suite_secret": "s3cr3t-of-the-suite", "suite_ticket": "s3cr3t-3"}, p.to(suiteToken)[0].body)
}

func TestTicketIsRefused(t *testing.T) {
	t.Parallel()
	s := new(peer).freshSuite(t)
	require.ErrorContains(t, s.TakeTicket(t.Context(), ticketEvent("", time.Now())), "no SuiteTicket")
	foreign := ticketEvent("s3cr3t", time.Now())
	foreign.SuiteID = "wwother"
	require.ErrorContains(t, s.TakeTicket(t.Context(), foreign), `suite "wwother" came to suite wwsuite`)
}

func TestWithoutATicketNothingIsSent(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.freshSuite(t)

	_, err := s.GetPreAuthCode(t.Context())

	require.ErrorIs(t, err, isv.ErrNoTicket)
	assert.Empty(t, p.calls)
}

// WeCom refuses an old ticket. The error says of when it is, and the next ticket
// ends the trouble: the old one is kept until then.
func TestRefusedTicket(t *testing.T) {
	t.Parallel()
	p := &peer{}
	p.on(suiteToken, func(c call) string {
		if c.body["suite_ticket"] == "s3cr3t-old" {
			return refusal(40085)
		}
		return p.usual(c)
	})
	tickets := new(isv.MemoryStore)
	s := p.freshSuite(t, isv.WithTickets(tickets))
	pushed := time.Now().Add(-time.Hour)
	require.NoError(t, s.TakeTicket(t.Context(), ticketEvent("s3cr3t-old", pushed)))

	_, err := s.GetPreAuthCode(t.Context())
	require.ErrorIs(t, err, isv.ErrNoTicket)
	require.True(t, wecom.IsCode(err, wecom.CodeInvalidSuiteTicket))
	require.ErrorContains(t, err, pushed.Format(time.DateTime))
	assert.NotContains(t, err.Error(), "s3cr3t")
	kept, err := tickets.Ticket(t.Context(), "wwsuite")
	require.NoError(t, err)
	assert.Equal(t, "s3cr3t-old", kept.Value, "no refused token makes the suite forget its ticket")

	require.NoError(t, s.TakeTicket(t.Context(), ticketEvent("s3cr3t-new", time.Now())))
	_, err = s.GetPreAuthCode(t.Context())
	require.NoError(t, err)
}

// A wrong secret is not asked about again at once.
func TestWrongSuiteSecretIsRemembered(t *testing.T) {
	t.Parallel()
	p := &peer{}
	p.on(suiteToken, func(call) string { return refusal(40080) })
	s := p.suite(t)
	for range 10 {
		_, err := s.GetPreAuthCode(t.Context())
		require.ErrorIs(t, err, wecom.ErrInvalidCredential)
	}
	assert.Len(t, p.to(suiteToken), 1)
}

func TestTokensThatCannotBe(t *testing.T) {
	t.Parallel()
	for reply, want := range map[string]time.Duration{
		`{"suite_access_token":"tok","expires_in":7200}`:       2 * time.Hour,
		`{"suite_access_token":"tok"}`:                         5 * time.Minute,
		`{"suite_access_token":"tok","expires_in":0}`:          5 * time.Minute,
		`{"suite_access_token":"tok","expires_in":-7200}`:      5 * time.Minute,
		`{"suite_access_token":"tok","expires_in":9223372036}`: 24 * time.Hour,
	} {
		t.Run(reply, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := &peer{}
				p.on(suiteToken, func(call) string {
					time.Sleep(time.Second)
					return reply
				})
				begun := time.Now()
				tok, err := p.suite(t).Self().Token(t.Context())
				require.NoError(t, err)
				assert.Equal(t, want, tok.ExpiresAt.Sub(begun), "from the moment of asking")
			})
		})
	}
	p := &peer{}
	p.on(suiteToken, func(call) string { return ok })
	_, err := p.suite(t).Self().Token(t.Context())
	require.ErrorContains(t, err, "success without a token")
}

// What was had by another secret, or from another server, is of no use.
func TestSharedTokensAreKeptApart(t *testing.T) {
	t.Parallel()
	p, tokens := &peer{}, new(wecom.MemoryStore)
	for _, secret := range []string{"s3cr3t-1", "s3cr3t-2"} {
		for _, server := range []string{"https://one.test", "https://two.test"} {
			s, err := isv.NewSuite(isv.SuiteCredential{SuiteID: "wwsuite", Secret: secret}, isv.WithTokenStore(tokens),
				isv.WithClientOptions(wecom.WithBaseURL(server), wecom.WithHTTPClient(&http.Client{Transport: p})))
			require.NoError(t, err)
			require.NoError(t, s.TakeTicket(t.Context(), ticketEvent("s3cr3t-ticket", time.Now())))
			_, err = s.Self().Token(t.Context())
			require.NoError(t, err)
		}
	}
	assert.Len(t, p.to(suiteToken), 4)
}

// The token of before a corp cancelled and authorised again is in the store for
// two hours more, and does not come back.
func TestTokenOfBeforeStaysAway(t *testing.T) {
	t.Parallel()
	p, tokens := &peer{}, new(wecom.MemoryStore)
	s := p.suite(t, isv.WithTokenStore(tokens))
	for _, code := range []string{"wwcorp:first", "wwcorp:second"} {
		_, err := s.TakeAuth(t.Context(), authEvent(code, time.Now()))
		require.NoError(t, err)
		c, err := s.Client(t.Context(), "wwcorp")
		require.NoError(t, err)
		_, err = wecom.Do[wecom.Empty](t.Context(), c, opSome(), nil)
		require.NoError(t, err)
		_, err = s.TakeCancel(t.Context(), cancelEvent(time.Now().Add(time.Second)))
		require.NoError(t, err)
	}
	assert.Equal(t, "wwcorp-token-1", p.to(someCall)[0].token)
	assert.Equal(t, "wwcorp-token-2", p.to(someCall)[1].token)
}

// One suite token serves thousands of corps, and each corp's is fetched once,
// however many ask at the same time.
func TestTokensAreFetchedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const corps, goroutines = 2000, 5
		p := &peer{}
		tenants := new(isv.MemoryStore)
		s := p.suite(t, isv.WithTenants(tenants))
		for i := range corps {
			require.NoError(t, tenants.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: fmt.Sprint("ww", i), PermanentCode: "s3cr3t"}))
		}
		var calls sync.WaitGroup
		for i := range corps {
			for range goroutines {
				calls.Go(func() {
					c, err := s.Client(t.Context(), fmt.Sprint("ww", i))
					if assert.NoError(t, err) {
						_, err = wecom.Do[wecom.Empty](t.Context(), c, opSome(), nil)
						assert.NoError(t, err)
					}
				})
			}
		}
		calls.Wait()

		assert.Len(t, p.to(suiteToken), 1)
		assert.Len(t, p.to(corpToken), corps)
		assert.Len(t, p.to(someCall), corps*goroutines)
	})
}

// A second process with the same stores asks for nothing.
func TestTokensAreShared(t *testing.T) {
	t.Parallel()
	p, store, tokens := &peer{}, new(isv.MemoryStore), new(wecom.MemoryStore)
	for range 2 {
		s := p.suite(t, isv.WithTenants(store), isv.WithTickets(store), isv.WithTokenStore(tokens))
		require.NoError(t, store.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t"}))
		c, err := s.Client(t.Context(), "wwcorp")
		require.NoError(t, err)
		_, err = wecom.Do[wecom.Empty](t.Context(), c, opSome(), nil)
		require.NoError(t, err)
	}
	assert.Len(t, p.to(suiteToken), 1)
	assert.Len(t, p.to(corpToken), 1)
	assert.Equal(t, "wwcorp-token-1", p.to(someCall)[1].token)
}

// The suite's token ends while many corps ask for theirs: it is replaced once.
func TestEndedSuiteToken(t *testing.T) {
	t.Parallel()
	for _, code := range []int{42009, 40082} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := &peer{}
				tenants := new(isv.MemoryStore)
				s := p.suite(t, isv.WithTenants(tenants))
				_, err := s.Self().Token(t.Context())
				require.NoError(t, err)
				p.refuse(corpToken, "suite-token-1", code)

				var calls sync.WaitGroup
				for i := range 100 {
					corp := fmt.Sprint("ww", i)
					require.NoError(t, tenants.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: corp, PermanentCode: "s3cr3t"}))
					calls.Go(func() {
						c, err := s.Client(t.Context(), corp)
						if assert.NoError(t, err) {
							_, err = c.Token(t.Context())
							assert.NoError(t, err)
						}
					})
				}
				calls.Wait()

				assert.Len(t, p.to(suiteToken), 2)
			})
		})
	}
}

// A corp's token is refused: it is replaced, and the call made again.
func TestRefusedCorpToken(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.tenantSuite(t)
	p.refuse(someCall, "wwcorp-token-1", 40014)
	c, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)

	_, err = wecom.Do[wecom.Empty](t.Context(), c, opSome(), nil)

	require.NoError(t, err)
	assert.Len(t, p.to(corpToken), 2)
	assert.Equal(t, "wwcorp-token-2", p.to(someCall)[1].token)
	assert.Len(t, p.to(suiteToken), 1, "the suite's token has nothing to do with it")
}

// tenantSuite is a suite that corp wwcorp has authorised.
func (p *peer) tenantSuite(t *testing.T, opts ...isv.Option) *isv.Suite {
	t.Helper()
	tenants := new(isv.MemoryStore)
	require.NoError(t, tenants.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: "wwcorp", PermanentCode: "s3cr3t-1"}))
	return p.suite(t, append([]isv.Option{isv.WithTenants(tenants)}, opts...)...)
}

func TestTokensGoWhereTheyBelong(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.tenantSuite(t)
	c, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)

	_, err = wecom.Do[wecom.Empty](t.Context(), s.Self(), opSome(), nil)
	require.ErrorContains(t, err, "needs access_token, and the client has suite_access_token")
	op := wecom.Operation{Method: http.MethodGet, Path: someCall, Auth: wecom.AuthSuiteAccessToken}
	_, err = wecom.Do[wecom.Empty](t.Context(), c, op, nil)
	require.ErrorContains(t, err, "needs suite_access_token, and the client has access_token")
	assert.Empty(t, p.calls)
	_, err = wecom.Do[wecom.Empty](t.Context(), s.Self(), op, nil)
	require.NoError(t, err)
	assert.Equal(t, "suite_access_token=suite-token-1", p.to(someCall)[0].query)
}

func TestClientOfNobody(t *testing.T) {
	t.Parallel()
	p := &peer{}
	_, err := p.suite(t).Client(t.Context(), "wwstranger")
	require.ErrorIs(t, err, isv.ErrNotAuthorized)
	require.ErrorContains(t, err, "wwstranger")
	assert.Empty(t, p.calls)
}

// A delegated app is an app of the corp: its permanent code is its secret.
func TestAppTemplate(t *testing.T) {
	t.Parallel()
	p := &peer{}
	s := p.tenantSuite(t, isv.WithAppTemplate())
	c, err := s.Client(t.Context(), "wwcorp")
	require.NoError(t, err)

	_, err = wecom.Do[wecom.Empty](t.Context(), c, opSome(), nil)

	require.NoError(t, err)
	require.Len(t, p.to(ownToken), 1)
	assert.Equal(t, "corpid=wwcorp&corpsecret=s3cr3t-1", p.to(ownToken)[0].query)
	assert.Equal(t, "own-token-1", p.to(someCall)[0].token)
	assert.Empty(t, p.to(suiteToken))
}

// Each corp has limits of its own, and all together those that WeCom allows a
// provider's address.
func TestLimitsOfManyCorps(t *testing.T) {
	t.Parallel()
	seen := new(limiter)
	tenants := new(isv.MemoryStore)
	p := &peer{}
	s := p.suite(t, isv.WithTenants(tenants), isv.WithClientOptions(wecom.WithLimiter(seen), wecom.WithEgress("198.51.100.1")))
	for _, corp := range []string{"wwone", "wwtwo"} {
		require.NoError(t, tenants.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: corp, PermanentCode: "s3cr3t"}))
		c, err := s.Client(t.Context(), corp)
		require.NoError(t, err)
		_, err = wecom.Do[wecom.Empty](t.Context(), c, opSome(), nil)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{
		someCall + " wwone 198.51.100.1", corpToken + " wwsuite 198.51.100.1", suiteToken + " wwsuite 198.51.100.1",
		someCall + " wwtwo 198.51.100.1", corpToken + " wwsuite 198.51.100.1",
	}, seen.keys)
}

// limiter writes down what calls count under.
type limiter struct{ keys []string }

func (l *limiter) Acquire(_ context.Context, r wecom.LimitRequest) (func(), error) {
	l.keys = append(l.keys, r.Op.Path+" "+r.CorpID+" "+r.Egress)
	return func() {}, nil
}

func (l *limiter) Refused(context.Context, wecom.LimitRequest) time.Time { return time.Time{} }

// The address of a provider may call an API 40,000 times a minute, all corps
// together.
func TestProviderLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		tenants := new(isv.MemoryStore)
		s := p.suite(t, isv.WithTenants(tenants))
		start := time.Now()
		for i := range 40_001 {
			corp := fmt.Sprint("ww", i%5)
			if i < 5 {
				require.NoError(t, tenants.PutTenant(t.Context(), isv.Tenant{SuiteID: "wwsuite", CorpID: corp, PermanentCode: "s3cr3t"}))
			}
			if i == 40_000 {
				require.Less(t, time.Since(start), time.Second)
			}
			c, err := s.Client(t.Context(), corp)
			require.NoError(t, err)
			_, err = wecom.Do[wecom.Empty](t.Context(), c, opSome(), nil)
			require.NoError(t, err)
		}
		assert.GreaterOrEqual(t, time.Since(start), time.Minute)
	})
}
