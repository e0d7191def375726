package wecomtest

import (
	"fmt"
	"strings"
)

// Trigger sends the apps an event or message by its name, as if people had
// caused it, and returns it. The name is WeCom's own:
// "change_external_contact/add_external_contact", "text", "suite_ticket";
// [Server.EventNames] lists them. Nothing in the corp changes.
//
// An event looks as on its official page, and speaks of people and things of
// the corp where it has some: the first member with a customer, that customer,
// the first group chat. An unknown name or path, a value of another type and an
// event that no callback takes end the test.
func (s *Server) Trigger(name string, overrides ...Override) Event {
	s.helper()
	e, err := s.NewEvent(name, overrides...)
	if err == nil {
		err = s.taken(e)
	}
	if err != nil {
		s.fatalf("%v", err)
	}
	s.Emit(e)
	return e
}

// NewEvent makes the event that [Server.Trigger] sends, for [Server.Emit]. A
// customer in it has a new welcome code.
func (s *Server) NewEvent(name string, overrides ...Override) (Event, error) {
	row := events().byName[name]
	if row == nil {
		return Event{}, fmt.Errorf("wecomtest: no event %q; nearest: %s", name, strings.Join(events().nearest(name, 3), ", "))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.eventBuilder(row, overrides)
	e := Event{AgentID: b.agentID(), anonymous: row.From == "none"}
	e.MsgType, e.Event, e.ChangeType = row.event()
	if row.From == "member" {
		e.FromUserName = b.userID("zhangsan")
	}
	for _, o := range overrides {
		known, err := b.headOverride(&e, o)
		if err != nil {
			return Event{}, err
		}
		if !known {
			b.overrides = append(b.overrides, o)
		}
	}
	for _, form := range row.Forms {
		list, err := b.elements(form)
		if err != nil {
			return Event{}, err
		}
		if form == FormSuite && len(row.Forms) > 1 {
			e.suite = list
		} else {
			e.Elements = list
		}
	}
	if err := b.unused(); err != nil {
		return Event{}, err
	}
	if id, ok := e.Get("AgentID").(int64); ok {
		e.AgentID = id
	}
	return e, nil
}

// taken fails if there is no callback that an event of its kind goes to.
func (s *Server) taken(e Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	fits, entitled := false, false
	for _, cb := range s.callbacks {
		to, ok := cb.reader(s, e)
		fits = fits || ok
		entitled = entitled || ok && to.entitled(e)
	}
	switch {
	case entitled:
		return nil
	case fits:
		return fmt.Errorf("wecomtest: %s goes to apps with the scope %s: none with a callback has it", e.kind(), joined(events().of(e).Scopes, " or "))
	default:
		return fmt.Errorf("wecomtest: %s goes to callbacks of the form %s: there is none", e.kind(), joined(e.forms(), " or "))
	}
}

func joined[T ~string](list []T, separator string) string {
	texts := make([]string, 0, len(list))
	for _, v := range list {
		texts = append(texts, string(v))
	}
	return strings.Join(texts, separator)
}
