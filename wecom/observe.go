package wecom

import "time"

// An Attempt is one try of one call, as a [WithObserver] function sees it.
type Attempt struct {
	Op         Operation
	CorpID     string
	Number     int // 1 is the first
	Start      time.Time
	LimitWait  time.Duration // waited for the limiter
	TokenWait  time.Duration // waited for a token
	Elapsed    time.Duration // Start to the end of the attempt, waits included
	HTTPStatus int           // 0 if no reply came
	Code       Code          // 0 is success, if Err is nil
	Err        error         // what this attempt failed with
	Retry      bool          // another attempt follows
	Backoff    time.Duration // after waiting this long
}
