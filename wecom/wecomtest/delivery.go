package wecomtest

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Delivery is one event on its way to one app or intelligent robot.
type Delivery struct {
	N        int    // 1 is the server's first
	CorpID   string // the corp where it happened
	AgentID  int64
	SuiteID  string    // of a suite's app, or of the suite itself
	AIBotID  string    // of a robot, whose Event has names and no elements
	Event    Event     // in the form of the callback
	Body     string    // the event's XML or JSON, not encrypted
	Attempts []Attempt // how often it was sent
	Done     bool      // answered, or given up
	Mishap   string    // what befell it
}

// An Attempt is one request of a delivery.
type Attempt struct {
	Time     time.Time     `json:"time"` // by the simulator's clock
	Elapsed  time.Duration `json:"elapsed,omitzero"`
	Status   int           `json:"status"`            // 0 if there was no answer
	Err      string        `json:"error,omitzero"`    // why there was none
	Response string        `json:"response,omitzero"` // the answer's body
	Reply    string        `json:"reply,omitzero"`    // the passive reply in it, decrypted
}

// Delivered reports whether the app answered.
func (d Delivery) Delivered() bool {
	return d.Done && len(d.Attempts) > 0 && d.Attempts[len(d.Attempts)-1].Err == ""
}

// Emit sends any event to the apps that may see it, as if people had caused
// it.
func (s *Server) Emit(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emit(e)
}

// emit sends an event to every app with a callback that may see it. The
// caller holds s.mu.
func (s *Server) emit(e Event) {
	userID, _ := e.Get("UserID").(string)
	if m := s.corp.members.byID[userID]; m != nil && m.NoContact && e.Event == "change_external_contact" {
		return // WeCom tells of members with the 客户联系 function only
	}
	now := s.clock.Now()
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	for _, cb := range s.callbacks {
		to, ok := cb.reader(s, e)
		if !ok || !to.hears(e) {
			continue
		}
		w := s.mishap(e)
		e := e
		if to.app != nil && to.app.install != nil {
			e = e.veiled(s.corp, to.app.provider())
		}
		d := &Delivery{
			CorpID: s.corp.id, SuiteID: to.suiteID,
			Event: e.in(to.form), Body: e.document(to, now.Unix()), Mishap: w.String(),
		}
		if to.app != nil {
			d.AgentID = to.app.AgentID
		}
		s.deliveries.add(d, origin{cb, to.receiveID})
		if w.lag > 0 {
			chatID, _ := e.Get("ChatId").(string)
			s.corp.groupChats.trail(chatID, now, now.Add(w.lag))
		}
		cb.post(&parcel{d: d, way: w, copies: w.copies, receiveID: to.receiveID})
	}
}

// reader returns who hears, by this callback, of an event in a corp. The caller
// holds s.mu and s.deliverMu.
func (cb *callback) reader(s *Server, e Event) (to reader, ok bool) {
	to = reader{form: cb.form, json: cb.json, app: cb.app, corpID: s.corp.id, receiveID: cb.keys.ReceiveID, suiteID: cb.suiteID, providerID: cb.providerID}
	forms := e.forms()
	switch {
	case cb.suite != nil:
		if !slices.Contains(forms, FormSuite) {
			to.form = FormCorp
		}
		if to.app = s.corp.appOf(cb.suite); to.app == nil && e.suiteOnly == nil || e.suiteOnly != nil && e.suiteOnly != cb.suite {
			return to, false
		}
		to.corpID = s.openCorpID(cb.suite.provider)
		if to.receiveID = cb.suite.SuiteID; to.form == FormCorp {
			to.receiveID = to.corpID
		}
	case cb.provider != nil:
		if e.providerOnly != nil && e.providerOnly != cb.provider {
			return to, false
		}
		to.corpID, to.providerID = s.openCorpID(cb.provider), cb.provider.CorpID
	case cb.app == nil, cb.s.corp != s.corp, e.suiteOnly != nil, e.providerOnly != nil:
		return to, false
	default:
		return to, slices.Contains(forms, cb.form) && (cb.form != FormCorp || !slices.Contains(forms, FormSuite) || !s.heardAsSuite(cb.app))
	}
	return to, slices.Contains(forms, to.form)
}

// heardAsSuite reports whether an app has a 指令回调 beside its 数据回调, which then
// is not told what the other one is.
func (s *Server) heardAsSuite(a *app) bool {
	return slices.ContainsFunc(s.callbacks, func(cb *callback) bool { return cb.app == a && cb.form == FormSuite })
}

// entitled reports whether the reader has the scope that events of this kind
// need. Suites and providers hear of their own affairs.
func (to reader) entitled(e Event) bool {
	r := events().of(e)
	return to.app == nil || to.form == FormProvider || r == nil || len(r.Scopes) == 0 ||
		slices.ContainsFunc(r.Scopes, func(scope Scope) bool { return slices.Contains(to.app.Scopes, scope) })
}

// hears reports whether an event is for the reader's app.
func (to reader) hears(e Event) bool {
	if !to.entitled(e) || to.app == nil || to.form == FormProvider || e.suiteOnly != nil {
		return to.entitled(e)
	}
	if e.AgentID != 0 {
		return e.AgentID == to.app.AgentID
	}
	if e.only != 0 && e.only != to.app.AgentID {
		return false
	}
	userID, _ := e.Get("UserID").(string)
	userID = cmp.Or(userID, e.about)
	return userID == "" || to.app.sees(userID)
}

// run sends what is queued, one after the other, and ends when there is no
// more. What is sent again goes behind what came in the meantime: events reach
// an app in another order than they happened.
func (cb *callback) run() {
	defer cb.s.owned.Done()
	for {
		cb.s.deliverMu.Lock()
		if len(cb.queue) == 0 || cb.s.done.Err() != nil {
			cb.running = false
			cb.s.noteDelivered()
			cb.s.deliverMu.Unlock()
			return
		}
		p := cb.queue[0]
		cb.queue = cb.queue[1:]
		cb.attempts++
		cb.s.deliverMu.Unlock()
		if a, ok := cb.deliver(p); ok {
			if p.answered != nil && (p.once || !cb.failed(a)) {
				p.answered(a)
				p.answered = nil
			}
			cb.done(p, a)
		}
	}
}

// deliver makes one attempt, unless the server is closed.
func (cb *callback) deliver(p *parcel) (Attempt, bool) {
	if p.query == nil {
		if err := cb.pack(p); err != nil {
			cb.s.problemf("%v", err)
			return Attempt{}, false
		}
	}
	a := cb.send(cb.s.done, http.MethodPost, p.query, p.body, p.d.Event.limit())
	if cb.s.done.Err() != nil {
		return Attempt{}, false // cut off by Close
	}
	a.Reply = cb.passive(p, a)
	return a, true
}

// failed reports whether an attempt has no answer.
func (cb *callback) failed(a Attempt) bool {
	return a.Err != "" || cb.s.set.redeliverErrors && a.Status/100 != 2
}

// done notes an attempt, and queues the next one if there must be one.
func (cb *callback) done(p *parcel, a Attempt) {
	again := cb.failed(a) && !p.once
	if want := cb.answer(p.d.Event); a.Err == "" && p.way == (way{}) && want != "" && a.Response != want {
		cb.s.problemf("callback: %s: WeCom takes the answer %q for an error: it must be %q", p.d.Event.kind(), clip(a.Response), want)
	}
	cb.s.deliverMu.Lock()
	defer cb.s.deliverMu.Unlock()
	p.d.Attempts = append(p.d.Attempts, a)
	s := cb.s
	s.deliveries.bytes += a.size()
	if !again && p.copies > 0 {
		p.copies--
		again = true
	}
	p.d.Done = !again || len(p.d.Attempts) == maxAttempts || cb.gone
	if !p.d.Done {
		cb.queue = append(cb.queue, p)
	}
	cb.s.noteDelivered()
}

// answer is what the page of an event says that an app must answer, or "".
func (cb *callback) answer(e Event) string {
	if cb.bot != nil || e.Form == FormCorp {
		return ""
	}
	if r := events().of(e); r != nil {
		return r.Answer
	}
	return ""
}

// noteDelivered wakes who waits for deliveries. The caller holds s.deliverMu.
func (s *Server) noteDelivered() {
	if s.delivered != nil {
		close(s.delivered)
		s.delivered = nil
	}
	s.noteNews()
}

// deliveryNews is closed at the next attempt. The caller holds s.deliverMu.
func (s *Server) deliveryNews() <-chan struct{} {
	if s.delivered == nil {
		s.delivered = make(chan struct{})
	}
	return s.delivered
}

// answerTime is how long, on the system's clock, Clock.Advance waits for the
// answer to one attempt before it moves on.
const answerTime = 250 * time.Millisecond

// settle returns when no callback is under way, except attempts that have had
// answerTime.
func (s *Server) settle() {
	var late <-chan time.Time
	for {
		s.deliverMu.Lock()
		busy := slices.DeleteFunc(slices.Clone(s.callbacks), func(cb *callback) bool {
			return !cb.running || cb.attempts == cb.awaited && cb.attempts > 0
		})
		news := s.deliveryNews()
		s.deliverMu.Unlock()
		if len(busy) == 0 {
			return
		}
		if late == nil {
			timer := time.NewTimer(answerTime)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case <-news:
		case <-s.done.Done():
			return
		case <-late:
			late = nil
			s.deliverMu.Lock()
			for _, cb := range busy {
				cb.awaited = cb.attempts
			}
			s.deliverMu.Unlock()
		}
	}
}

// passive decrypts the answer's message to the sender, if it holds one.
func (cb *callback) passive(p *parcel, a Attempt) string {
	if cb.bot != nil {
		return cb.passiveJSON(p, a)
	}
	var r struct {
		Encrypt      string
		MsgSignature string
		TimeStamp    json.Number
		Nonce        string
	}
	var err error
	switch answer := strings.TrimSpace(a.Response); {
	case strings.HasPrefix(answer, "<xml"):
		err = xml.Unmarshal([]byte(answer), &r)
	case strings.HasPrefix(answer, "{") && cb.json:
		err = json.Unmarshal([]byte(answer), &r)
	default:
		return ""
	}
	if err != nil {
		cb.s.problemf("callback: passive reply: %v", err)
		return ""
	}
	if p.keys.Sign(r.TimeStamp.String(), r.Nonce, r.Encrypt) != r.MsgSignature {
		cb.s.problemf("callback: passive reply: wrong signature")
		return ""
	}
	text, err := p.keys.Decrypt(r.Encrypt)
	if err != nil {
		cb.s.problemf("callback: passive reply: %v", err)
	}
	return text
}

// Deliveries returns the events that apps were or will be told of, in the order
// in which they happened: all of them, or what [WithDeliveryLog] has room for.
func (s *Server) Deliveries() []Delivery {
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	out := make([]Delivery, 0, len(s.deliveries.list))
	for _, e := range s.deliveries.list {
		out = append(out, e.d.clone())
	}
	return out
}

// WaitDeliveries returns once n deliveries since the server's start are done:
// answered, or given up. It ends the test if that takes more than half a
// minute of real (in a synctest bubble, fake) time.
func (s *Server) WaitDeliveries(n int) {
	s.helper()
	s.wait(n, "deliveries", func() (int, <-chan struct{}) {
		s.deliverMu.Lock()
		defer s.deliverMu.Unlock()
		return s.deliveries.done(), s.deliveryNews()
	})
}

// printDeliveries writes the deliveries for a reader of a failed test.
func (s *Server) printDeliveries(t TB) {
	t.Helper()
	for _, d := range s.Deliveries() {
		to := "app " + strconv.FormatInt(d.AgentID, 10)
		switch {
		case d.AIBotID != "":
			to = "robot " + d.AIBotID
		case d.SuiteID != "":
			to = "suite " + d.SuiteID
		case d.AgentID == 0:
			to = "the provider"
		}
		t.Logf("wecomtest: delivery %d to %s: %s %s", d.N, to, redactXML(d.Body), d.Mishap)
		for _, a := range d.Attempts {
			t.Logf("wecomtest:   %s -> %d %s %s %s", a.Time.Format("15:04:05.000"), a.Status, a.Err, clip(a.Response), clip(a.Reply))
		}
	}
}
