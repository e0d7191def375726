package callback

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A job that is queued while the last goroutine is on its way out runs.
func TestPoolPassesTheQueueOn(t *testing.T) {
	t.Parallel()
	p := newPool(1, 1)
	p.running = 1 // a goroutine that has found the queue empty and not left yet
	done := make(chan struct{})
	require.NoError(t, p.submit(t.Context(), "", func() { close(done) }))
	p.leave()
	<-done
}

// assertEmpty wants a pool that costs no more than a new one.
func assertEmpty(t *testing.T, p *pool, places int) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	assert.Empty(t, p.lanes)
	assert.Zero(t, p.ready.Len())
	assert.Zero(t, p.blocked.Len())
	assert.Zero(t, p.running)
	assert.Equal(t, places, p.free)
}

// Whatever comes in whatever order: what submit takes in runs once, what it
// refuses never, each key in order and alone, and nothing is left behind.
func TestPoolProperties(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { tryPool(t, rand.New(rand.NewPCG(seed, 0))) })
		})
	}
}

func tryPool(t *testing.T, random *rand.Rand) {
	t.Helper()
	size, places, keys := 1+random.IntN(4), 1+random.IntN(8), random.IntN(6)
	p := newPool(size, places)
	var (
		mu       sync.Mutex
		running  = make(map[string]int)
		ran      = make(map[string][]int)
		accepted = make(map[string][]int)
		all      int
		wg       sync.WaitGroup
	)
	for i := range 200 {
		key := ""
		if n := random.IntN(keys + 1); n > 0 {
			key = fmt.Sprint("key", n)
		}
		work, patience := time.Duration(random.IntN(20))*time.Second, time.Duration(random.IntN(30))*time.Second
		ends := random.IntN(10) == 0
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			err := p.submit(ctx, key, func() {
				mu.Lock()
				running[key]++
				all++
				assert.LessOrEqual(t, all, size)
				assert.True(t, key == "" || running[key] == 1, "%q runs twice at once", key)
				ran[key] = append(ran[key], i)
				mu.Unlock()
				time.Sleep(work)
				mu.Lock()
				running[key]--
				all--
				mu.Unlock()
				if ends {
					runtime.Goexit()
				}
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				accepted[key] = append(accepted[key], i)
			}
		})
		synctest.Wait() // it is in line
		assertSound(t, p, places)
		time.Sleep(time.Duration(random.IntN(8)) * time.Second)
	}
	wg.Wait()
	time.Sleep(time.Hour)
	synctest.Wait()
	assert.ElementsMatch(t, accepted[""], ran[""])
	delete(accepted, "")
	delete(ran, "")
	for key := range accepted {
		assert.ElementsMatch(t, accepted[key], ran[key])
		assert.IsIncreasing(t, ran[key], "in the order of submission")
	}
	assert.Len(t, ran, len(accepted))
	assertEmpty(t, p, places)
}

// assertSound looks into a pool between two jobs.
func assertSound(t *testing.T, p *pool, places int) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	lanes := slices.Collect(maps.Values(p.lanes))
	for e := p.ready.Front(); e != nil; e = e.Next() {
		if l := laneOf(e); l.key == "" {
			lanes = append(lanes, l)
		}
	}
	placed, ready, blocked := 0, 0, 0
	for _, l := range lanes {
		placed += l.placed
		if !l.busy {
			ready++
		}
		if l.placed < len(l.jobs) {
			blocked++
			assert.GreaterOrEqual(t, l.placed, p.free, "a place is free and a job that may have it has none")
		}
	}
	assert.Equal(t, places, placed+p.free)
	assert.Equal(t, ready, p.ready.Len())
	assert.Equal(t, blocked, p.blocked.Len())
	assert.True(t, ready == 0 || p.running == p.size, "a job could run and a goroutine is free")
}

// The same with goroutines that race.
func TestPoolUnderLoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const keys, each, places = 20, 200, 16
		p := newPool(8, places)
		var refused, ran atomic.Int32
		next := make([]int, keys) // written by the jobs of that key alone
		for k := range keys {
			go func() {
				for i := range each {
					ctx := t.Context()
					if i%10 == 9 {
						ctx = done(t)
					}
					err := p.submit(ctx, fmt.Sprint(k), func() {
						assert.Greater(t, i+1, next[k])
						next[k] = i + 1
						ran.Add(1)
						if i%50 == 0 {
							runtime.Goexit()
						}
					})
					if err != nil {
						refused.Add(1)
					}
				}
			}()
		}
		synctest.Wait()
		assert.EqualValues(t, keys*each, ran.Load()+refused.Load())
		assert.LessOrEqual(t, refused.Load(), int32(keys*each/10))
		assertEmpty(t, p, places)
	})
}

// A key whose job hangs has one goroutine and its share of the places. The
// others run as if it were not there.
func TestPoolSlowKey(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                      string
		places, slowKeys, perSlow int
		wantHeld                  int // of the slow keys' jobs, the running ones included
	}{
		{"one key has half of the places", 10, 1, 20, 1 + 5},
		{"two keys have two thirds", 9, 2, 20, 2 + 6},
		{"the only place is enough", 1, 1, 5, 1 + 1},
		{"one of two", 2, 1, 5, 1 + 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPool(tt.slowKeys+1, tt.places)
				release := make(chan struct{})
				held := 0
				for range tt.perSlow {
					for k := range tt.slowKeys {
						if p.submit(done(t), fmt.Sprint("slow", k), func() { <-release }) == nil {
							held++
						}
						synctest.Wait()
					}
				}
				assert.Equal(t, tt.wantHeld, held)
				ran := 0
				for i := range 100 {
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					require.NoError(t, p.submit(ctx, fmt.Sprint("key", i%2), func() { ran++ }))
					cancel()
				}
				synctest.Wait()
				assert.Equal(t, 100, ran)
				close(release)
				synctest.Wait()
				assertEmpty(t, p, tt.places)
			})
		})
	}
}

// done is a context that has ended: submit does not wait.
func done(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestOrderKey(t *testing.T) {
	t.Parallel()
	corp := func(inner string) string {
		return "<xml><ToUserName>ww1</ToUserName><FromUserName>sys</FromUserName><MsgType>event</MsgType>" + inner + "</xml>"
	}
	tests := []struct {
		name, event, want string
	}{
		{"customer", corp("<Event>change_external_contact</Event><ChangeType>del_follow_user</ChangeType><UserID>alice</UserID><ExternalUserID>wm1</ExternalUserID>"), "ww1\x00ExternalUserID\x00wm1"},
		{"customer in an unknown event", corp("<Event>brand_new</Event><ExternalUserId>wm1</ExternalUserId>"), "ww1\x00ExternalUserID\x00wm1"},
		{"customer of a third-party app", "<xml><InfoType>change_external_contact</InfoType><SuiteId>wws</SuiteId><AuthCorpId>ww1</AuthCorpId><ExternalUserID>wm1</ExternalUserID></xml>", "ww1\x00ExternalUserID\x00wm1"},
		{"group", corp("<Event>change_external_chat</Event><ChatId>wr1</ChatId>"), "ww1\x00ChatId\x00wr1"},
		{"account", corp("<Event>kf_msg_or_event</Event><OpenKfId>wk1</OpenKfId><Token>t</Token>"), "ww1\x00OpenKfId\x00wk1"},
		{"message", "<xml><ToUserName>ww1</ToUserName><FromUserName>alice</FromUserName><MsgType>text</MsgType></xml>", "ww1\x00member\x00alice"},
		{"event of a member", "<xml><ToUserName>ww1</ToUserName><FromUserName>alice</FromUserName><MsgType>event</MsgType><Event>enter_agent</Event></xml>", ""},
		{"nobody's", corp("<Event>change_external_tag</Event><Id>1</Id>"), ""},
		{"without a value", corp("<Event>brand_new</Event><ExternalUserID/><ChatId></ChatId>"), ""},
		{"JSON", `{"ToUserName":"ww1","Event":"brand_new","ChatId":"wr1"}`, "ww1\x00ChatId\x00wr1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e, root, err := parse([]byte(tt.event))
			require.NoError(t, err)
			assert.Equal(t, tt.want, orderKey(e.Head(), root))
		})
	}
	assert.Empty(t, orderKey(new(Header), element{}), "unreadable")
}
