package callback_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// memberEvent takes a group of ww1 from one version to another, at a second.
func memberEvent(chat, last, cur string, second int64) *callback.UpdateExternalChat {
	return &callback.UpdateExternalChat{
		Header: callback.Header{ToUserName: "ww1", CreateTime: wecom.NewUnixTime(time.Unix(second, 0))},
		ChatID: chat, LastMemVer: last, CurMemVer: cur,
	}
}

func TestChatVersions(t *testing.T) {
	t.Parallel()
	type step struct {
		last, cur string
		second    int64
		want      callback.ChatOrder
		set       string // the version that the app then knows
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"in order", []step{
			{"v0", "v1", 1, callback.ChatFirst, "v1"},
			{"v1", "v2", 2, callback.ChatNext, "v2"},
			{"v2", "v3", 2, callback.ChatNext, "v3"},
		}},
		{"the same again", []step{
			{"v0", "v1", 1, callback.ChatFirst, "v1"},
			{"v0", "v1", 1, callback.ChatSeen, ""},
		}},
		{"one lost", []step{
			{"v0", "v1", 1, callback.ChatFirst, "v1"},
			{"v2", "v3", 3, callback.ChatGap, "v3"},
			{"v3", "v4", 4, callback.ChatNext, "v4"},
		}},
		{"one overtaken: the group that was read has it", []step{
			{"v0", "v1", 1, callback.ChatFirst, "v1"},
			{"v2", "v3", 3, callback.ChatGap, "v3"},
			{"v1", "v2", 2, callback.ChatSeen, ""},
			{"v3", "v4", 4, callback.ChatNext, "v4"},
		}},
		{"two overtaken within a second: nobody knows", []step{
			{"v0", "v1", 1, callback.ChatFirst, "v1"},
			{"v3", "v4", 1, callback.ChatGap, "v4"},
			{"v1", "v2", 1, callback.ChatGap, "v4"},
			{"v4", "v5", 2, callback.ChatNext, "v5"},
		}},
		{"reading failed: a gap until it succeeds", []step{
			{"v0", "v1", 1, callback.ChatFirst, ""},
			{"v1", "v2", 2, callback.ChatFirst, "v2"},
			{"v3", "v4", 4, callback.ChatGap, ""},
			{"v4", "v5", 5, callback.ChatGap, "v5"},
			{"v5", "v6", 6, callback.ChatNext, "v6"},
		}},
		{"the late one closes the gap that was not read", []step{
			{"v0", "v1", 1, callback.ChatFirst, "v1"},
			{"v2", "v3", 3, callback.ChatGap, ""},
			{"v1", "v2", 2, callback.ChatNext, "v2"},
			{"v3", "v4", 4, callback.ChatGap, "v4"},
		}},
		{"the group that was read trails the event", []step{
			{"v0", "v1", 1, callback.ChatFirst, "v1"},
			{"v2", "v3", 3, callback.ChatGap, "v1"},
			{"v1", "v2", 2, callback.ChatNext, "v2"},
			{"v3", "v4", 4, callback.ChatGap, "v4"},
		}},
		{"the group that was read trails all of them", []step{
			{"v0", "v1", 1, callback.ChatFirst, "v1"},
			{"v3", "v4", 4, callback.ChatGap, "v1"},
			{"v2", "v3", 3, callback.ChatGap, "v4"},
			{"v1", "v2", 2, callback.ChatSeen, ""},
		}},
		{"the group that was read is ahead of the events", []step{
			{"v0", "v1", 1, callback.ChatFirst, "v3"},
			{"v1", "v2", 2, callback.ChatGap, "v3"},
			{"v2", "v3", 3, callback.ChatSeen, ""},
			{"v3", "v4", 4, callback.ChatNext, "v4"},
		}},
		{"a version that comes back, as of a group that has the same members again", []step{
			{"v0", "v1", 1, callback.ChatFirst, "v1"},
			{"v1", "v2", 2, callback.ChatNext, "v2"},
			{"v2", "v1", 3, callback.ChatNext, "v1"},
			{"v4", "v2", 5, callback.ChatGap, "v2"},
		}},
		{"not about members", []step{
			{"v0", "v1", 1, callback.ChatFirst, "v1"},
			{"", "", 2, callback.ChatSeen, ""},
			{"v1", "v2", 3, callback.ChatNext, "v2"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := callback.NewChatVersions(1)
			for i, s := range tt.steps {
				require.Equal(t, s.want, v.Check(memberEvent("wr1", s.last, s.cur, s.second)), "step %d", i)
				if s.set != "" {
					v.Set("ww1", "wr1", s.set)
				}
			}
		})
	}
}

func TestChatVersionsKeepsGroupsApart(t *testing.T) {
	t.Parallel()
	v := callback.NewChatVersions(2)
	v.Set("ww1", "wr1", "v1")
	v.Set("ww2", "wr1", "v5")
	assert.Equal(t, callback.ChatNext, v.Check(memberEvent("wr1", "v1", "v2", 1)), "another corp's group is another group")

	v.Set("ww1", "wr2", "v1")
	assert.Equal(t, callback.ChatNext, v.Check(memberEvent("wr1", "v1", "v2", 1)), "used more recently than that of ww2")
	assert.Equal(t, callback.ChatNext, v.Check(memberEvent("wr2", "v1", "v2", 1)))
	other := memberEvent("wr1", "v5", "v6", 1)
	other.ToUserName = "ww2"
	assert.Equal(t, callback.ChatFirst, v.Check(other))

	v.Forget("ww1", "wr2")
	assert.Equal(t, callback.ChatFirst, v.Check(memberEvent("wr2", "v1", "v2", 1)))
	v.Set("ww1", "wr2", "v2")
	v.Set("ww1", "wr2", "")
	assert.Equal(t, callback.ChatFirst, v.Check(memberEvent("wr2", "v2", "v3", 2)))
	v.Forget("ww1", "unheard of")
}

// Whatever is lost, repeated or overtaken: who does as Check says knows the
// right members whenever it says that they are up to date.
func TestChatVersionsNeverMislead(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 0))
		events, second := make([]*callback.UpdateExternalChat, 60), 0
		for i := range events {
			second += random.IntN(2) // some happen within the same second
			events[i] = memberEvent("wr1", fmt.Sprint(i), fmt.Sprint(i+1), int64(second))
		}
		v, known, newest := callback.NewChatVersions(1), 0, 0
		for i := range events {
			switch j := i + random.IntN(4); random.IntN(5) {
			case 0:
				continue // lost
			case 1: // another goes first
				j = min(j, len(events)-1)
				events[i], events[j] = events[j], events[i]
			}
			e := events[i]
			var cur int
			_, err := fmt.Sscan(e.CurMemVer, &cur)
			require.NoError(t, err)
			newest = max(newest, cur)
			switch v.Check(e) {
			case callback.ChatNext:
				require.Equal(t, known+1, cur, "seed %d", seed)
				known = cur
				v.Set("ww1", "wr1", e.CurMemVer)
			case callback.ChatSeen:
				require.LessOrEqual(t, cur, known, "seed %d", seed)
			case callback.ChatFirst, callback.ChatGap:
				if random.IntN(4) > 0 { // reading succeeds
					known = newest + random.IntN(2)
					v.Set("ww1", "wr1", fmt.Sprint(known))
				}
			}
		}
	}
}

// It keeps ids and versions, and not the events that they came in. Not parallel:
// it looks at the whole heap.
func TestChatVersionsKeepsNoEvents(t *testing.T) {
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	const groups, size = 10, 1 << 20
	versions := callback.NewChatVersions(groups)
	before := heap()
	for i := range groups {
		e, err := callback.Parse(fmt.Appendf(nil, "<xml><ToUserName>ww1</ToUserName><Event>change_external_chat</Event><ChangeType>update</ChangeType>"+
			"<ChatId>wr%d</ChatId><CurMemVer>v%[1]d</CurMemVer><More>%s</More></xml>", i, strings.Repeat("x", size)))
		require.NoError(t, err)
		update, ok := e.(*callback.UpdateExternalChat)
		require.True(t, ok)
		assert.Equal(t, callback.ChatFirst, versions.Check(update))
		versions.Set(update.Corp(), update.ChatID, update.CurMemVer)
	}
	assert.Less(t, heap()-before, int64(size))
	runtime.KeepAlive(versions)
}

// A group without a version takes no room.
func TestChatVersionsSetToNothing(t *testing.T) {
	t.Parallel()
	versions := callback.NewChatVersions(1)
	versions.Set("ww1", "known", "a")
	versions.Set("ww1", "unknown", "")
	assert.Equal(t, callback.ChatNext, versions.Check(memberEvent("known", "a", "b", 1)))
}

func TestChatVersionsConcurrently(t *testing.T) {
	t.Parallel()
	v := callback.NewChatVersions(10)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			chat := fmt.Sprint(i)
			for n := range 200 {
				if v.Check(memberEvent(chat, fmt.Sprint(n), fmt.Sprint(n+1), int64(n))) != callback.ChatSeen {
					v.Set("ww1", chat, fmt.Sprint(n+1))
				}
				if n%50 == 0 {
					v.Forget("ww1", chat)
				}
			}
		})
	}
	wg.Wait()
}

// On the simulator, with its own idea of versions: a list of members that is
// kept by events alone, and read again only where one went missing.
func TestChatVersionsOnTheSimulator(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		befall func(*wecomtest.Mishap)
		orders []callback.ChatOrder
		reads  int
	}{
		{"nothing happens", nil, []callback.ChatOrder{callback.ChatFirst, callback.ChatNext, callback.ChatNext, callback.ChatNext}, 1},
		{"one is lost", func(m *wecomtest.Mishap) { m.Lose() }, []callback.ChatOrder{callback.ChatFirst, callback.ChatGap, callback.ChatNext}, 2},
		{"one is overtaken", func(m *wecomtest.Mishap) { m.Reorder() }, []callback.ChatOrder{callback.ChatFirst, callback.ChatGap, callback.ChatSeen, callback.ChatNext}, 2},
		{"one comes twice, and is dropped", func(m *wecomtest.Mishap) { m.Duplicate() }, []callback.ChatOrder{callback.ChatFirst, callback.ChatNext, callback.ChatNext, callback.ChatNext}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sim := wecomtest.New(t)
			groups := groupchat.New(sim.NewClient())
			h, err := callback.NewHandler(callback.Keys(sim.Keys()), callback.WithClock(sim.Clock()))
			require.NoError(t, err)
			versions, members, reads := callback.NewChatVersions(10), map[string]bool{}, 0
			var orders []callback.ChatOrder
			callback.On(h, func(ctx context.Context, e *callback.UpdateExternalChat) error {
				order := versions.Check(e)
				orders = append(orders, order)
				switch order {
				case callback.ChatNext:
					for _, m := range e.MemChangeList {
						if e.UpdateDetail == callback.UpdateDetailAddMember {
							members[m] = true
						} else {
							delete(members, m)
						}
					}
					versions.Set(e.Corp(), e.ChatID, e.CurMemVer)
				case callback.ChatFirst, callback.ChatGap:
					group, err := groups.Get(ctx, groupchat.GetRequest{ChatID: e.ChatID})
					if err != nil {
						return err
					}
					reads++
					members = membersOf(group)
					versions.Set(e.Corp(), e.ChatID, group.MemberVersion)
				case callback.ChatSeen:
				}
				return nil
			})
			sim.Callback(h)
			alice := sim.AddMember(wecomtest.Member{})
			chat := sim.Seed().GroupChat(wecomtest.GroupChat{Owner: alice})
			if tt.befall != nil {
				tt.befall(sim.Deliver().After(1).Times(1))
			}
			for range 4 {
				sim.Act().JoinGroupChat(chat, wecomtest.GroupMember{UserID: sim.Seed().Customer(wecomtest.Customer{})})
				sim.Clock().Advance(time.Second)
			}
			sim.WaitDeliveries(4)
			require.NoError(t, h.Close(t.Context()))

			group, err := groups.Get(t.Context(), groupchat.GetRequest{ChatID: chat})
			require.NoError(t, err)
			assert.Equal(t, membersOf(group), members)
			assert.Equal(t, tt.orders, orders)
			assert.Equal(t, tt.reads, reads)
		})
	}
}

func membersOf(g *groupchat.Group) map[string]bool {
	members := make(map[string]bool)
	for _, m := range g.MemberList {
		members[m.UserID] = true
	}
	return members
}
