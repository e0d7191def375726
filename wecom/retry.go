package wecom

import "time"

// Retry says how failed calls are tried again. Zero fields take the defaults.
//
// What may be retried is not a setting: a code's class decides, and a write is
// repeated only if it provably did not run.
type Retry struct {
	Attempts   int           // tries in all, the first included; default 3, 1 is no retry
	MinBackoff time.Duration // first pause, doubled each time and jittered; default 200 ms
	MaxBackoff time.Duration // longest pause; default 5 s
	WaitBlock  bool          // wait out a closed API (45009) as long as ctx allows, instead of failing with ErrRateLimited
}
