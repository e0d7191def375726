// Package window counts calls in a sliding window, a little too strictly
// instead of a little too loosely.
package window

import (
	"math"
	"slices"
	"time"
)

// parts is how finely a window is cut. The counter looks back over parts+1
// parts: the running one and all that a window ending in it can touch. So a
// call is held between 1 and 1+1/parts windows, no window ever sees more than
// its limit, and under full load 1-1/(parts+1) of the limit is used: 99 %.
const parts = 100

// A Counter counts the calls of the last window. Its times are distances from
// a start that the caller chooses and must not go backwards. It grows with the
// number of parts in which there were calls, to about 2 kB. It is not safe for
// concurrent use.
type Counter struct {
	part time.Duration // length of one part
	sum  int           // of used
	used []slot        // parts with calls, oldest first
}

type slot struct {
	part int64 // the part's number since the start
	n    int
}

// New returns a counter for windows of length per, which is positive.
func New(per time.Duration) Counter {
	return Counter{part: (per + parts - 1) / parts}
}

// Add counts one call at now.
func (c *Counter) Add(now time.Duration) {
	part := int64(now / c.part)
	if last := len(c.used) - 1; last >= 0 && c.used[last].part == part {
		c.used[last].n++
	} else {
		c.used = append(c.used, slot{part: part, n: 1})
	}
	c.sum++
}

// When returns the earliest time at which the k-th call from now on fits, if
// no window may hold more than limit calls and every call before it is made
// as early as it can be. It returns now if it fits now. Both k and limit are
// at least 1.
func (c *Counter) When(now time.Duration, k, limit int) time.Duration {
	c.expire(now)
	// Each limit calls fill a window, and the same number follows one window later.
	rounds := (k - 1) / limit
	over := c.sum + k - rounds*limit - limit
	at := now
	for _, s := range c.used {
		if over <= 0 {
			break
		}
		over -= s.n
		at = c.end(s)
	}
	if rounds == 0 {
		return at
	}
	last := int64(at/c.part) + int64(rounds)*(parts+1)
	if last > int64(math.MaxInt64/c.part) {
		return math.MaxInt64
	}
	return time.Duration(last) * c.part
}

// Sum returns how many calls are counted at now.
func (c *Counter) Sum(now time.Duration) int {
	c.expire(now)
	return c.sum
}

// expire forgets parts that no window ending at now or later can touch.
func (c *Counter) expire(now time.Duration) {
	i := 0
	for i < len(c.used) && c.end(c.used[i]) <= now {
		c.sum -= c.used[i].n
		i++
	}
	if i > 0 {
		c.used = slices.Delete(c.used, 0, i)
	}
}

// end is when the calls of s stop counting.
func (c *Counter) end(s slot) time.Duration {
	return time.Duration(s.part+parts+1) * c.part
}
