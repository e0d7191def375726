package wecomtest_test

import (
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestLimitClosesTheAPIForItsBlock(t *testing.T) {
	t.Parallel()
	china := time.FixedZone("UTC+8", 8*60*60)
	tests := []struct {
		name string
		per  time.Duration
		open time.Duration // after 15:00 in China
	}{
		{"a minute", time.Minute, time.Minute},
		{"less", time.Second, time.Minute},
		{"an hour", time.Hour, time.Hour},
		{"a day", 24 * time.Hour, 9 * time.Hour},
		{"a month", 720 * time.Hour, 720 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			srv.Clock().Freeze(time.Date(2026, 3, 1, 15, 0, 0, 0, china))
			srv.Limits().Set("getcallbackip", 2, tt.per)
			code := func() int { return newCaller(t, srv).get("getcallbackip").code() }

			assert.Equal(t, []int{0, 0, 45009, 45009}, []int{code(), code(), code(), code()})
			assert.Zero(t, newCaller(t, srv).get("get_api_domain_ip").code(), "another API")
			srv.Clock().Advance(tt.open - time.Nanosecond)
			assert.Equal(t, 45009, code())
			srv.Clock().Advance(time.Nanosecond)
			assert.Equal(t, []int{0, 0, 45009}, []int{code(), code(), code()})
		})
	}
}

func TestLimitWindowsSlide(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC))
	srv.Limits().Set("getcallbackip", 2, time.Minute).Set("getcallbackip", 3, time.Hour)
	c := newCaller(t, srv)
	after := func(d time.Duration) int {
		srv.Clock().Advance(d)
		return c.get("getcallbackip").code()
	}

	assert.Equal(t, []int{0, 0, 0}, []int{after(0), after(30 * time.Second), after(30 * time.Second)}, "the first is a minute old")
	assert.Equal(t, 45009, after(30*time.Second), "the fourth within the hour")
	assert.Equal(t, 45009, after(59*time.Minute))
	srv.Limits().Reset()
	assert.Zero(t, after(0))
}

func TestLimitsOfSingleEndpoints(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithOfficialLimits())
	srv.Clock().Freeze(time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC))
	srv.AddMember(wecomtest.Member{})
	c := newCaller(t, srv)
	moment := object{"text": object{"content": "Spring sale"}}

	for range 10 {
		c.ok("externalcontact/add_moment_task", moment)
	}
	assert.Equal(t, 45009, c.send("externalcontact/add_moment_task", moment).code())
}

// together makes calls at the same time and counts the errcodes.
func together(c *caller, op string, requests ...object) map[int]int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	codes := make(map[int]int)
	for _, r := range requests {
		wg.Go(func() {
			code := c.send(op, r).code()
			mu.Lock()
			defer mu.Unlock()
			codes[code]++
		})
	}
	wg.Wait()
	return codes
}

func TestLimitOfCallsInFlight(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		opts []wecomtest.Option
		want map[int]int
	}{
		{"official", []wecomtest.Option{wecomtest.WithOfficialLimits()}, map[int]int{0: 5, 45033: 2}},
		{"off", nil, map[int]int{0: 7}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := wecomtest.New(t, tt.opts...)
				alice := srv.AddMember(wecomtest.Member{})
				tag := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "Level", Tag: []wecomtest.Tag{{Name: "VIP"}}}).Tag[0].ID
				var requests []object
				for range 7 {
					cust := srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: alice}}})
					requests = append(requests, object{"userid": alice, "external_userid": cust, "add_tag": []string{tag}})
				}
				srv.Fault("externalcontact/mark_tag").Delay(time.Second)
				c := newCaller(t, srv)

				assert.Equal(t, tt.want, together(c, "externalcontact/mark_tag", requests...))
				assert.Zero(t, c.send("externalcontact/mark_tag", requests[6]).code(), "nothing is in flight any more")
			})
		})
	}
}

func TestLimitOfOneChangeOfARecord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t, wecomtest.WithOfficialLimits())
		alice, bob := srv.AddMember(wecomtest.Member{}), srv.AddMember(wecomtest.Member{})
		zoe := seedFollow(srv, "Zoe", alice, bob)
		yan := seedFollow(srv, "Yan", alice)
		tag := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "Level", Tag: []wecomtest.Tag{{Name: "VIP"}}}).Tag[0].ID
		srv.Fault("externalcontact/mark_tag").Delay(time.Second)
		srv.Fault("externalcontact/transfer_customer").Delay(time.Second)
		c := newCaller(t, srv)
		mark := func(userID string) object {
			return object{"userid": userID, "external_userid": zoe, "add_tag": []string{tag}}
		}
		transfer := func(customers ...string) object {
			return object{"handover_userid": alice, "takeover_userid": bob, "external_userid": customers}
		}

		assert.Equal(t, map[int]int{0: 2, 45035: 1}, together(c, "externalcontact/mark_tag", mark(alice), mark(alice), mark(bob)))
		assert.Equal(t, map[int]int{0: 1, 45035: 1}, together(c, "externalcontact/transfer_customer", transfer(yan), transfer(zoe, yan)))
	})
}

func opCallbackIP() wecom.Operation {
	return wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/getcallbackip", Doc: 90930, Read: true}
}

// The client's own limiter keeps the limits as the simulator reads them, and
// gets nearly all that they allow.
func TestClientKeepsTheLimits(t *testing.T) {
	t.Parallel()
	small := []wecom.Limit{{N: 60, Per: time.Minute}, {N: 600, Per: time.Hour}}
	tests := []struct {
		name string
		opts []wecom.LimiterOption
		set  func(*wecomtest.Limits)
		time time.Duration
		most int64
	}{
		{"official minutes", nil, func(*wecomtest.Limits) {}, 3 * time.Minute, 30_000},
		{
			"hours that are shorter than their minutes",
			[]wecom.LimiterOption{wecom.LimiterPerCorp(small...)},
			func(l *wecomtest.Limits) {
				l.Set("getcallbackip", 60, time.Minute).Set("getcallbackip", 600, time.Hour)
			},
			3 * time.Hour, 1800,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := wecomtest.New(t, wecomtest.WithOfficialLimits())
				tt.set(srv.Limits())
				client := srv.NewClient(wecom.WithLimiter(wecom.NewLimiter(tt.opts...)))
				var done atomic.Int64
				var wg sync.WaitGroup
				end := time.Now().Add(tt.time)
				for range 20 {
					wg.Go(func() {
						for time.Now().Before(end) {
							_, err := wecom.Do[json.RawMessage](t.Context(), client, opCallbackIP(), nil)
							if !assert.NoError(t, err) {
								return
							}
							done.Add(1)
						}
					})
				}
				wg.Wait()

				assert.GreaterOrEqual(t, done.Load(), tt.most*95/100)
				assert.Zero(t, srv.Calls().Code(45009).Len())
			})
		})
	}
}

func TestClientWithoutLimiterIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t, wecomtest.WithOfficialLimits(), wecomtest.WithCallLog(1))
		client := srv.NewClient(wecom.WithLimiter(wecom.NewLimiter(wecom.LimiterPerCorp(), wecom.LimiterPerIP())))
		call := func() error {
			_, err := wecom.Do[json.RawMessage](t.Context(), client, opCallbackIP(), nil)
			return err
		}

		for range 10_000 {
			require.NoError(t, call())
		}
		require.ErrorIs(t, call(), wecom.ErrRateLimited)
	})
}
