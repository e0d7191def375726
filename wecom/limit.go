package wecom

import (
	"context"
	"time"
)

// A Limiter decides when a call may be sent. The default, [NewLimiter], keeps
// the official limits for one process; share one between clients with
// [WithLimiter]. Implementations are safe for concurrent use and pass
// limitertest.Run.
type Limiter interface {
	// Acquire waits until the call fits every limit it falls under, counts it
	// under all of them, and returns. The caller calls release exactly once,
	// when the reply is in.
	//
	// A call that is not let through is not counted anywhere. If it is known
	// that ctx ends before there is room, or if the API is closed (see
	// Refused) and the call does not wait that out, Acquire fails at once with
	// an [*Error] that matches [ErrRateLimited] and has Client and RetryAt
	// set. If ctx ends meanwhile, the error wraps ctx.Err().
	Acquire(ctx context.Context, req LimitRequest) (release func(), err error)

	// Refused tells that the server answered 45009. The API is closed for
	// the block that WeCom documents, and Refused returns when it opens again.
	// Callers that wait are told, too.
	Refused(ctx context.Context, req LimitRequest) (retryAt time.Time)
}

// A LimitRequest says what is about to be called, for whom, and from where.
type LimitRequest struct {
	Op         Operation
	BaseURL    string // limits of different servers are kept apart
	CorpID     string
	Egress     string // from [WithEgress]: calls that leave by one IP share its limits
	Background bool   // from [Client.Background]: goes last, and leaves a tenth of each limit to others
	WaitBlock  bool   // from [Retry.WaitBlock]: wait out a closed API instead of failing at once
}

// admit waits until the limiter lets the call go.
func (k *call) admit(ctx context.Context, a *Attempt) (release func(), err error) {
	start := k.client.clock.Now()
	release, err = k.client.limiter.Acquire(ctx, k.limitRequest())
	a.LimitWait = k.since(start)
	return release, err
}

func (k *call) limitRequest() LimitRequest {
	c := k.client
	return LimitRequest{
		Op:         k.op,
		BaseURL:    c.baseURL,
		CorpID:     c.corpID,
		Egress:     c.egress,
		Background: c.background,
		WaitBlock:  c.retry.WaitBlock,
	}
}
