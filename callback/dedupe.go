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
	defaultTTL    = 5 * time.Minute
	defaultMarks  = 1 << 16
	storePatience = time.Second
)

// A DedupeStore remembers which events were handled. A store that fails costs
// a log line, and a repeated event may be handled twice.
// Implementations are safe for concurrent use, obey ctx and pass
// callbacktest.TestDedupeStore.
type DedupeStore interface {
	// Mark records key for ttl and reports whether it was not there yet, in
	// one step: of two calls at once, one is told true.
	Mark(ctx context.Context, key string, ttl time.Duration) (bool, error)
	// Unmark forgets key, if it is there.
	Unmark(ctx context.Context, key string) error
}

// dedupeKey names an event. A message is known by its id. Nothing else has
// one, and events of one second may differ in a single field, so everything
// else is known by all that it says. The key is derived from the app's AES
// key: two apps of one corp get the same events, and may share a store.
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

// Mark records key for ttl and reports whether it was not there yet.
func (s *MemoryStore) Mark(_ context.Context, key string, ttl time.Duration) (bool, error) {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if el, ok := s.marks[key]; ok {
		if now.Before(expiry(el)) {
			return false, nil
		}
		s.drop(el)
	}
	for el := s.order.Front(); el != nil && (len(s.marks) >= s.capacity || !now.Before(expiry(el))); el = s.order.Front() {
		s.drop(el)
	}
	s.marks[key] = s.order.PushBack(mark{key, now.Add(ttl)})
	return true, nil
}

// Unmark forgets key.
func (s *MemoryStore) Unmark(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if el, ok := s.marks[key]; ok {
		s.drop(el)
	}
	return nil
}

func (s *MemoryStore) drop(el *list.Element) {
	m := s.order.Remove(el).(mark) //nolint:forcetypeassert // the list holds nothing else
	delete(s.marks, m.key)
}

func expiry(el *list.Element) time.Time {
	return el.Value.(mark).expires //nolint:forcetypeassert // the list holds nothing else
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() } //nolint:forbidigo // the clock that is injected by default

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
