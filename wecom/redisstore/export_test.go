package redisstore

import (
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// Watch has f told of all calls that the limiter lets through, and when by the
// clock that counts. Call it before anything else.
func (l *Limiter) Watch(f func(at time.Time, calls int)) { l.watch = f }

// Lines returns how many corps' and IPs' APIs the limiter keeps in memory.
func (l *Limiter) Lines() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lines)
}

// Consumer is b's name in the group of its stream.
func (b *Inbox) Consumer() string { return b.consumer }

// Used returns how many calls of all processes the limiter supposes in each
// window of a corp, if Redis fails now.
func (l *Limiter) Used(req wecom.LimitRequest) (used []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	corp, _ := l.linesOf(req)
	for i := range corp.windows {
		used = append(used, corp.used(i, l.now()))
	}
	return used
}

// Pass lets time go by for the closed APIs that the limiter knows of.
func (l *Limiter) Pass(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range l.all {
		n.closedUntil -= d
	}
}
