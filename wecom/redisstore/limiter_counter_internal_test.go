package redisstore

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom"
)

// An outage may be long.
func TestCounterForgets(t *testing.T) {
	t.Parallel()
	w := limitWindow{Limit: wecom.Limit{N: 1, Per: time.Minute}, part: time.Minute / parts, guard: guardOf(time.Minute)}
	c := w.counter()
	for now := time.Duration(0); now < time.Hour; now += w.part {
		c.add(now, 1)
	}
	assert.LessOrEqual(t, len(c.used), parts+parts/30)
	assert.Equal(t, len(c.used), c.n)
}
