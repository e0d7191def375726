package wecomtest

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// What has ended goes, so that a server which runs for weeks holds what its
// people and programs did, and not what programs asked.
const (
	sweepEvery = time.Minute
	remembered = oneDay // so long something that has ended is told from what never was

	// Of what every read may leave behind the latest are kept: a program that
	// asks for more within their lives would be blocked by WeCom long before.
	maxTokens = 10_000 // of an app
	maxRounds = 10_000 // walks through a list

	maxDuplicate = 4 * time.Hour // that a message is compared with those before it

	maxExpired = 16 * megabyte // of files that have expired, for who looks at them with Server.Media
)

// count numbers what has an id that looks random. What is thrown away leaves
// its number unused.
func (c *corp) count(kind string) int {
	c.ids[kind]++
	return c.ids[kind]
}

// sweep throws away what has ended. The caller holds s.mu.
func (w *world) sweep(now time.Time) {
	if now.Sub(w.swept) < sweepEvery {
		return
	}
	w.swept = now
	for _, s := range w.servers {
		s.corp.sweep(now)
	}
	maps.DeleteFunc(w.routes.tokens, func(token string, s *Server) bool { return s.corp.tokens[token] == nil })
	w.providers.sweep(now.Add(-remembered))
}

func (c *corp) sweep(now time.Time) {
	old := now.Add(-remembered)
	maps.DeleteFunc(c.tokens, func(_ string, tok *accessToken) bool { return tok.expires.Before(old) })
	maps.DeleteFunc(c.banned, func(_ string, until time.Time) bool { return until.Before(now) })
	maps.DeleteFunc(c.wrong, func(_ string, tries []time.Time) bool {
		return len(tries) == 0 || tries[len(tries)-1].Before(old)
	})
	maps.DeleteFunc(c.welcomes, func(_ string, w *welcomeCode) bool { return w.issued.Add(welcomeLife).Before(old) })
	maps.DeleteFunc(c.logins.codes, func(_ string, l *loginCode) bool { return l.expires.Before(old) })
	maps.DeleteFunc(c.logins.tickets, func(_ string, t *userTicket) bool { return t.expires.Before(old) })
	maps.DeleteFunc(c.logins.tfa, func(_ string, t *tfaCode) bool { return t.expires.Before(old) })
	maps.DeleteFunc(c.links.chatKeys, func(_ string, k chatKey) bool { return k.expires.Before(old) })
	maps.DeleteFunc(c.links.onceKeys, func(_ string, k *onceKey) bool { return k.expires.Before(old) })
	maps.DeleteFunc(c.appMessages.contents, func(_ appContent, sent time.Time) bool {
		return sent.Add(maxDuplicate).Before(now)
	})
	maps.DeleteFunc(c.aiBots.files, func(_ string, f *aiBotFile) bool { return f.expires.Before(old) })
	maps.DeleteFunc(c.aiBots.codes, func(_ string, code *aiBotCode) bool { return code.issued.Add(aiBotURLLife).Before(old) })
	maps.DeleteFunc(c.contactRounds.began, func(_ int, began time.Time) bool { return now.Sub(began) >= contactCursorLife })
	c.media.sweep(now)
}

// sweep throws away the jobs that nobody can ask for any more, and of the
// files that have expired the oldest.
func (s *mediaStore) sweep(now time.Time) {
	maps.DeleteFunc(s.jobs, func(_ string, job *uploadJob) bool {
		return job.done && now.Sub(job.created) >= uploadJobLife+remembered
	})
	var expired []*Media
	size := 0
	for _, m := range s.byID {
		if now.Sub(m.CreateTime) >= mediaLife {
			expired = append(expired, m)
			size += m.size()
		}
	}
	if size <= maxExpired {
		return
	}
	slices.SortFunc(expired, func(a, b *Media) int {
		if n := a.CreateTime.Compare(b.CreateTime); n != 0 {
			return n
		}
		return strings.Compare(a.MediaID, b.MediaID)
	})
	for _, m := range expired {
		if size <= maxExpired {
			return
		}
		size -= m.size()
		delete(s.byID, m.MediaID)
	}
}

// size is about what a file takes.
func (m *Media) size() int { return len(m.Data) + len(m.Speex) + 512 }

// sweep throws away what ended before a time.
func (st *providerStore) sweep(old time.Time) {
	maps.DeleteFunc(st.preAuthCodes, func(_ string, c *preAuthCode) bool { return c.expires.Before(old) })
	maps.DeleteFunc(st.authCodes, func(_ string, c *authCode) bool { return c.expires.Before(old) })
	maps.DeleteFunc(st.logins, func(_ string, l *suiteLogin) bool { return l.expires.Before(old) })
	maps.DeleteFunc(st.authLinks, func(_ string, l *authLink) bool { return l.expires.Before(old) })
	maps.DeleteFunc(st.registers, func(_ string, r *registerCode) bool { return r.server == nil && r.asked.Before(old) })
}
