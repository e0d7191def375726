package wecomtest

import (
	"slices"
	"time"
)

// A task is something that WeCom does by itself at some time. Its fields are
// data, so that a snapshot holds it.
type task interface {
	run(s *Server) // with s.mu held
}

// appointment is a task and when it is done.
type appointment struct {
	at     time.Time
	server *Server // the corp that it is about
	task   task
}

// later has a task done once d has passed. The caller holds s.mu.
func (s *Server) later(d time.Duration, t task) *appointment {
	a := &appointment{at: s.clock.Now().Add(d), server: s, task: t}
	s.agenda = append(s.agenda, a)
	s.arm(a)
	return a
}

// arm sets the clock for an appointment. The caller holds s.mu.
func (w *world) arm(a *appointment) {
	if w.alarms == nil {
		w.alarms = make(map[*appointment]func())
	}
	w.alarms[a] = w.clock.at(a.at, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.cancelLater(a) {
			a.task.run(a.server)
		}
	})
}

// cancelLater takes back what later said, and reports whether it stood. The
// caller holds s.mu.
func (w *world) cancelLater(a *appointment) bool {
	i := slices.Index(w.agenda, a)
	if i < 0 {
		return false
	}
	w.agenda = slices.Delete(w.agenda, i, i+1)
	w.alarms[a]()
	delete(w.alarms, a)
	return true
}
