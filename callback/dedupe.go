package callback

import (
	"container/list"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

const (
	// A recorded request is good for a tolerance before and after the time that
	// it was signed with; its mark outlives both.
	defaultTolerance = 5 * time.Minute
	defaultTTL       = 2*defaultTolerance + time.Minute
	defaultMarks     = 1 << 16
)

// A DedupeStore remembers which events are in hand and which were handled. A
// store that fails costs a log line, and a repeated event may be handled twice.
// Implementations are safe for concurrent use, obey ctx and pass
// callbacktest.TestDedupeStore.
type DedupeStore interface {
	// Claim puts key in hand for lease and reports [DedupeClaimed], unless it
	// is known: then it changes nothing and reports what key is. It does so in
	// one step: of two calls at once, one gets the key.
	Claim(ctx context.Context, key string, lease time.Duration) (DedupeState, error)
	// Done records for ttl that key was handled, whether it is known or not.
	Done(ctx context.Context, key string, ttl time.Duration) error
	// Release forgets key, if it is known. A shared store may leave alone what
	// another process has in hand by then.
	Release(ctx context.Context, key string) error
}

// DedupeState is what a [DedupeStore] says of a key.
type DedupeState string

// The states.
const (
	DedupeClaimed DedupeState = "claimed" // it was not known, and is the caller's now
	DedupeInHand  DedupeState = "in hand" // a process has claimed it, and may have died since
	DedupeDone    DedupeState = "done"    // it was handled
)

// dedupeKey names an event. A message is known by its id. Nothing else has
// one, and events of one second may differ in a single field, so everything
// else is known by all that it says. The key is derived from the app's token
// and AES key: two apps of one corp get the same events, and may share a store.
//
// A robot's stream has no key: each refresh is answered, and does nothing else.
func (s *keySet) dedupeKey(e Event, body []byte) string {
	if _, ok := e.(*RobotStream); ok {
		return ""
	}
	mac := hmac.New(sha256.New, s.secrets().dedupe[:])
	if id := messageID(e); id != "" {
		h := e.Head()
		for _, part := range []string{"message", h.ToUserName, h.FromUserName, id} {
			mac.Write([]byte(part))
			mac.Write([]byte{0})
		}
	} else {
		mac.Write(body)
	}
	return hex.EncodeToString(mac.Sum(nil))
}

func messageID(e Event) string {
	switch m := e.(type) {
	case *TextMessage:
		return m.MsgID
	case *ImageMessage:
		return m.MsgID
	case *VoiceMessage:
		return m.MsgID
	case *VideoMessage:
		return m.MsgID
	case *LocationMessage:
		return m.MsgID
	case *LinkMessage:
		return m.MsgID
	case *RobotTextMessage:
		return m.MsgID
	case *RobotImageMessage:
		return m.MsgID
	case *RobotMixedMessage:
		return m.MsgID
	case *RobotVoiceMessage:
		return m.MsgID
	case *RobotFileMessage:
		return m.MsgID
	case *RobotVideoMessage:
		return m.MsgID
	case *RobotEnterChat:
		return m.MsgID
	case *RobotTemplateCardEvent:
		return m.MsgID
	case *RobotFeedbackEvent:
		return m.MsgID
	default:
		return ""
	}
}

// A MemoryStore is a [DedupeStore] in this process's memory. It is safe for
// concurrent use.
type MemoryStore struct {
	capacity int
	clock    wecom.Clock

	mu    sync.Mutex
	marks map[string]*list.Element // guarded by mu
	order *list.List               // of mark, oldest first; guarded by mu
}

type mark struct {
	key     string
	state   DedupeState // in hand or done
	expires time.Time
}

// NewMemoryStore makes a store of at most capacity marks, some 200 bytes each;
// when it is full the oldest goes first. A nil clock is the system's.
func NewMemoryStore(capacity int, clock wecom.Clock) *MemoryStore {
	if clock == nil {
		clock = systemClock{}
	}
	return &MemoryStore{
		capacity: max(capacity, 1),
		clock:    clock,
		marks:    make(map[string]*list.Element),
		order:    list.New(),
	}
}

// Claim puts key in hand, unless it is known.
func (s *MemoryStore) Claim(_ context.Context, key string, lease time.Duration) (DedupeState, error) {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if el, ok := s.marks[key]; ok {
		if m := markOf(el); now.Before(m.expires) {
			return m.state, nil
		}
	}
	s.set(mark{key, DedupeInHand, now.Add(lease)}, now)
	return DedupeClaimed, nil
}

// Done records that key was handled.
func (s *MemoryStore) Done(_ context.Context, key string, ttl time.Duration) error {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(mark{key, DedupeDone, now.Add(ttl)}, now)
	return nil
}

// Release forgets key.
func (s *MemoryStore) Release(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(s.marks[key])
	return nil
}

func (s *MemoryStore) set(m mark, now time.Time) {
	s.drop(s.marks[m.key])
	for el := s.order.Front(); el != nil && (len(s.marks) >= s.capacity || !now.Before(markOf(el).expires)); el = s.order.Front() {
		s.drop(el)
	}
	s.marks[m.key] = s.order.PushBack(m)
}

func (s *MemoryStore) drop(el *list.Element) {
	if el != nil {
		delete(s.marks, markOf(el).key)
		s.order.Remove(el)
	}
}

func markOf(el *list.Element) mark {
	return el.Value.(mark) //nolint:forcetypeassert // the list holds nothing else
}
