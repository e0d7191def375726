package wecomtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Mishap befalls callbacks on their way to the app. It befalls every
// matching one until [Mishap.Times] or [Mishap.Remove] ends it; of several
// that match, the oldest does. One that has not happened as often as planned
// fails the test, because then the test did not test what it says.
//
//	srv.Deliver().Of("add_external_contact").Times(1).Duplicate()
//
// An event that no page knows needs no Mishap: [Server.Emit] sends any.
type Mishap struct {
	s *Server
	n int // 1 is the server's first

	// guarded by s.faultMu
	of                 []string
	times, after, seen int
	hits               int
	optional, removed  bool
	way                way
}

// way is what a Mishap does to a delivery.
type way struct {
	copies    int
	late      time.Duration
	overtaken bool
	lost      bool
	forged    bool
	age       time.Duration
	stranger  bool
	oldKeys   bool
	size      int
	lag       time.Duration
}

// Deliver prepares what befalls callbacks from now on. One or more of
// Duplicate, Delay, Reorder, Lose, BadSignature, OldTimestamp, WrongReceiveID,
// OldKeys, Oversize and Lag must follow.
func (s *Server) Deliver() *Mishap {
	m := &Mishap{s: s}
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	m.n = len(s.mishaps) + 1
	s.mishaps = append(s.mishaps, m)
	return m
}

func (m *Mishap) set(change func()) *Mishap {
	m.s.faultMu.Lock()
	defer m.s.faultMu.Unlock()
	change()
	return m
}

// Of limits the mishap to events with one of these names: of an event, of a
// change, or of both, or the type of a message: change_external_chat,
// add_external_contact, change_external_chat/update, text.
func (m *Mishap) Of(names ...string) *Mishap {
	return m.set(func() { m.of = append(m.of, names...) })
}

// Times ends the mishap after n deliveries.
func (m *Mishap) Times(n int) *Mishap { return m.set(func() { m.times = n }) }

// After lets k matching deliveries pass first.
func (m *Mishap) After(k int) *Mishap { return m.set(func() { m.after = k }) }

// Optional lets the test pass if the mishap never happens.
func (m *Mishap) Optional() *Mishap { return m.set(func() { m.optional = true }) }

// Remove ends the mishap; it may have happened or not.
func (m *Mishap) Remove() { m.set(func() { m.removed, m.optional = true, true }) }

// Hits is how many deliveries it befell.
func (m *Mishap) Hits() int {
	m.s.faultMu.Lock()
	defer m.s.faultMu.Unlock()
	return m.hits
}

// Duplicate sends the same bytes once more after the app has answered, as when
// its answer got lost on the way.
func (m *Mishap) Duplicate() *Mishap { return m.set(func() { m.way.copies++ }) }

// Delay sends the event d later on the simulator's clock. Others overtake it.
func (m *Mishap) Delay(d time.Duration) *Mishap { return m.set(func() { m.way.late = d }) }

// Reorder lets the app's next event overtake this one.
func (m *Mishap) Reorder() *Mishap { return m.set(func() { m.way.overtaken = true }) }

// Lose never sends the event: WeCom does not promise that one arrives. Of a
// group chat's events the next then has a LastMemVer that nobody has seen.
func (m *Mishap) Lose() *Mishap { return m.set(func() { m.way.lost = true }) }

// BadSignature sends the event with a signature that is not its own.
func (m *Mishap) BadSignature() *Mishap { return m.set(func() { m.way.forged = true }) }

// OldTimestamp signs the event with the time of d ago, as if somebody had
// recorded it then and sent it now.
func (m *Mishap) OldTimestamp(d time.Duration) *Mishap { return m.set(func() { m.way.age = d }) }

// WrongReceiveID encrypts the event for another corp, with the right keys.
func (m *Mishap) WrongReceiveID() *Mishap { return m.set(func() { m.way.stranger = true }) }

// OldKeys signs and encrypts the event with [Server.OldKeys], as happens for a
// while after the keys were changed in the console.
func (m *Mishap) OldKeys() *Mishap { return m.set(func() { m.way.oldKeys = true }) }

// Oversize pads the event to n bytes before it is encrypted.
func (m *Mishap) Oversize(n int) *Mishap { return m.set(func() { m.way.size = n }) }

// Lag lets the data of a group chat trail its event: for d on the simulator's
// clock groupchat/get still answers what was before, and groupchat/list leaves
// a new one out. It befalls change_external_chat only.
func (m *Mishap) Lag(d time.Duration) *Mishap {
	return m.set(func() { m.way.lag = d })
}

// mishap finds what befalls an event.
func (s *Server) mishap(e Event) way {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	nth := s.numbered(e.kind())
	var hit way
	for _, m := range s.mishaps {
		if m.removed || m.way == (way{}) || !m.matches(e) {
			continue
		}
		m.seen++
		if hit == (way{}) && m.seen > m.after && (m.times == 0 || m.hits < m.times) {
			m.hits++
			hit = m.way
		}
	}
	if hit == (way{}) {
		hit = s.chaosWay(e, nth)
	}
	return hit
}

func (m *Mishap) matches(e Event) bool {
	if m.way.lag > 0 && e.Event != "change_external_chat" {
		return false
	}
	return len(m.of) == 0 || slices.ContainsFunc(m.of, func(name string) bool {
		return name == e.Event || name == e.ChangeType || name == e.MsgType || name == e.kind()
	})
}

// String names what befalls.
func (w way) String() string {
	var list []string
	add := func(is bool, name string, arg ...any) {
		if is {
			list = append(list, strings.TrimSpace(name+" "+fmt.Sprint(arg...)))
		}
	}
	add(w.copies > 0, "duplicate")
	add(w.late > 0, "delay", w.late)
	add(w.overtaken, "reorder")
	add(w.lost, "lose")
	add(w.forged, "bad signature")
	add(w.age > 0, "old timestamp", w.age)
	add(w.stranger, "wrong receive id")
	add(w.oldKeys, "old keys")
	add(w.size > 0, "oversize", w.size)
	add(w.lag > 0, "lag", w.lag)
	return strings.Join(list, ", ")
}

// unusedMishaps lists those that have not happened as planned. The caller
// holds s.faultMu.
func (s *Server) unusedMishaps() []string {
	var unused []string
	for _, m := range s.mishaps {
		of := cmp.Or(strings.Join(m.of, " or "), "any event")
		switch {
		case m.way == (way{}) && !m.removed:
			unused = append(unused, fmt.Sprintf("mishap of %s does not say what happens", of))
		case m.optional:
		case m.times > 0 && m.hits < m.times:
			unused = append(unused, fmt.Sprintf("mishap of %s (%s) happened %d of %d times", of, m.way, m.hits, m.times))
		case m.hits == 0:
			unused = append(unused, fmt.Sprintf("mishap of %s (%s) never happened", of, m.way))
		}
	}
	return unused
}

// heldBack reports events that waited to be overtaken to the end.
func (s *Server) heldBack() {
	s.helper()
	s.deliverMu.Lock()
	var held []int
	for _, cb := range s.callbacks {
		if cb.held != nil {
			held = append(held, cb.held.d.N)
		}
	}
	s.deliverMu.Unlock()
	if len(held) > 0 {
		s.problemf("no event came to overtake the deliveries %v", held)
	}
}

// OldKeys returns the keys that [Mishap.OldKeys] uses: those of before the
// keys were changed to [Server.Keys].
func (s *Server) OldKeys() Keys {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.corp.keys("old ")
}

// accept sends a delivery on its way. The caller holds s.deliverMu.
func (cb *callback) accept(p *parcel) {
	if cb.gone { // while the delivery was late
		p.d.Done = true
		cb.s.noteDelivered()
		return
	}
	if p.way.overtaken && cb.held == nil {
		cb.held = p
		return
	}
	cb.queue = append(cb.queue, p)
	if cb.held != nil {
		cb.queue = append(cb.queue, cb.held)
		cb.held = nil
	}
	if !cb.running && cb.s.begin() {
		cb.running = true
		go cb.run()
	}
}

// post takes in a delivery. The caller holds s.deliverMu.
func (cb *callback) post(p *parcel) {
	switch {
	case p.way.lost:
		p.d.Done = true
		cb.s.noteDelivered()
	case p.way.late > 0:
		cb.s.clock.afterFunc(p.way.late, func() {
			cb.s.deliverMu.Lock()
			defer cb.s.deliverMu.Unlock()
			cb.accept(p)
		})
	default:
		cb.accept(p)
	}
}

// pack makes the bytes that a delivery consists of.
func (cb *callback) pack(p *parcel) error {
	p.keys = cb.keys
	if p.way.oldKeys {
		p.keys = cb.oldKeys
	}
	p.keys.ReceiveID = p.receiveID
	if p.way.stranger {
		p.keys.ReceiveID = "wwSIM9999999999999"
	}
	text := p.d.Body + strings.Repeat(" ", max(0, p.way.size-len(p.d.Body)))
	encrypted, err := p.keys.Encrypt(cb.random(), text)
	if err != nil {
		return err
	}
	p.query = cb.signed(p.keys, encrypted, cb.s.clock.Now().Add(-p.way.age))
	p.body = cb.envelope(p, encrypted)
	if p.way.forged {
		p.query.Set("msg_signature", strings.Map(otherDigit, p.query.Get("msg_signature")))
	}
	return nil
}

func otherDigit(r rune) rune {
	if r == '0' {
		return '1'
	}
	return '0'
}

// lagging is a group chat whose data trails its events.
type lagging struct {
	until time.Time
	was   *groupChat // nil: nobody knew of it
}

// remember keeps a group chat as it is before people change it.
func (s *groupChatStore) remember(g *groupChat) {
	before := *g
	before.GroupChat = g.clone()
	s.before = &before
}

// trail lets the API show a group chat as it was before, until a time.
func (s *groupChatStore) trail(chatID string, now, until time.Time) {
	if l, ok := s.lagging[chatID]; ok && now.Before(l.until) {
		s.lagging[chatID] = lagging{until, l.was}
		return
	}
	if s.lagging == nil {
		s.lagging = make(map[string]lagging)
	}
	var was *groupChat
	if s.before != nil && s.before.ChatID == chatID {
		was = s.before
	}
	s.lagging[chatID] = lagging{until, was}
}

// shown is a group chat as the API knows it, or nil.
func (s *groupChatStore) shown(chatID string, now time.Time) *groupChat {
	if l, ok := s.lagging[chatID]; ok && now.Before(l.until) {
		return l.was
	}
	return s.byID[chatID]
}
