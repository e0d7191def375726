// Package doctor examines the callback URL of an application the way WeCom's
// console and servers would, and says what is wrong with it.
package doctor

import (
	"context"
	"net/http"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A Level is how bad a finding is.
type Level string

// The levels.
const (
	OK   Level = "ok"
	Warn Level = "warn" // it works, and something may go wrong some day
	Fail Level = "fail" // it does not work with WeCom, or is not safe
)

// A Finding is what came of one check.
type Finding struct {
	Check   string `json:"check"` // echo, echo-speed, signature, …
	Level   Level  `json:"level"`
	Message string `json:"message"`
	Advice  string `json:"advice,omitzero"` // what to do about it
}

// A Doctor examines one URL.
type Doctor struct {
	URL      string
	Keys     wecomtest.Keys           // of the console; ReceiveID is what echoes and events are encrypted for
	ThirdApp bool                     // it is a third-party app's, and answers "success"
	Robot    bool                     // it is an intelligent robot's, and speaks JSON
	Now      func() time.Time         // the time
	Random   func() (random [16]byte) // what encryption begins with

	// Transport makes the requests; nil is a connection for each.
	Transport http.RoundTripper

	// Twice has an event that the application acts on delivered twice, and
	// returns what the application then did, and what of it twice: the one thing
	// that its answers do not tell. nil leaves it unknown.
	Twice func(ctx context.Context) (did, twice []string, err error)
}

const (
	echoLimit  = time.Second     // for the answer to the check of a URL
	eventLimit = 5 * time.Second // for the answer to an event
	slowEvent  = time.Second     // from here on something is better done later
)

// Examine makes every check, and returns what it found in the order of the
// checks. An application that does not pass the first ones is not asked more.
func (d *Doctor) Examine(ctx context.Context) []Finding {
	if list := d.checkKeys(); len(list) > 0 {
		return list
	}
	list := d.checkEcho(ctx)
	if ctx.Err() != nil {
		return list
	}
	if failed(list) {
		return list
	}
	list = append(list, d.checkForgeries(ctx)...)
	events := d.checkEvents(ctx)
	list = append(list, events...)
	if d.Twice != nil && !failed(events) && ctx.Err() == nil {
		list = append(list, d.checkTwice(ctx))
	}
	return list
}

func failed(list []Finding) bool {
	for _, f := range list {
		if f.Level == Fail {
			return true
		}
	}
	return false
}

// Worst is the level of the worst finding.
func Worst(list []Finding) Level {
	worst := OK
	for _, f := range list {
		if f.Level == Fail || f.Level == Warn && worst == OK {
			worst = f.Level
		}
	}
	return worst
}
