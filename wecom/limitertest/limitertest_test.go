package limitertest_test

import (
	"testing"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/limitertest"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// local is a rig whose machines are all one limiter.
func local(t *testing.T, perIP ...wecom.Limit) limitertest.Rig {
	t.Helper()
	clock := wecomtest.New(t).Clock()
	limiter := wecom.NewLimiter(wecom.LimiterClock(clock), wecom.LimiterPerIP(perIP...))
	return limitertest.Rig{
		Machine: func() wecom.Limiter { return limiter },
		Pass:    func(d time.Duration) { clock.Advance(d) },
	}
}

func TestLocalLimiter(t *testing.T) {
	t.Parallel()
	limitertest.Run(t, local)
}
