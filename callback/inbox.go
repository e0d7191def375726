package callback

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

const (
	// maxAttempts and the two below bound how long an event is tried again:
	// twelve times within the first hour, then hourly, for twenty hours.
	maxAttempts  = 32
	firstBackoff = time.Second
	lastBackoff  = time.Hour
)

// ErrInboxFull is why an [Inbox] takes no more entries for now.
var ErrInboxFull = errors.New("callback: the inbox is full")

// ErrInboxCorrupt is why a [FileInbox] does not open: what it once stored
// cannot be read any more. The error that wraps it says where.
var ErrInboxCorrupt = errors.New("callback: the inbox is corrupt")

// An Entry is one event in an [Inbox]. Printing it, with any verb, does not
// show the event.
type Entry struct {
	Key      string    // names the event: each delivery of it has the same
	Body     []byte    // the event as it was decrypted; [Parse] reads it
	Tenant   Tenant    // whom it is for
	Received time.Time // when it came
	Attempts int       // how often it was taken, this time included; 0 in Append
}

// String shows no more of the event than its length.
func (e Entry) String() string {
	return fmt.Sprintf("callback.Entry{%s, %d bytes, attempt %d}", e.Key, len(e.Body), e.Attempts)
}

// Format shows no more of the event than its length, whatever the verb.
func (e Entry) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(e.String())) }

// LogValue shows no more of the event than its length.
func (e Entry) LogValue() slog.Value { return slog.StringValue(e.String()) }

// An Inbox keeps events from before they are acknowledged until they have been
// handled, whatever happens to the process in between. [FileInbox] is one for
// a single process; one that several processes share hands each entry to one
// of them.
//
// Between Append and Done an entry either waits or is in the hand of the one
// process that took it. A process ends that by Done or Release, or by dying:
// then its entries wait again, to be taken when it is back or by another
// process. Who is dead is for the inbox to know (by a lock that the system
// takes away, by a lease that is renewed while the process lives) and not a
// matter of how long an entry has been in hand: handlers may be slow. On Redis
// Streams, for example, Append would be a script of SET NX on the key and
// XADD; Take would be XREADGROUP, and XAUTOCLAIM over the entries of consumers
// whose lease has run out; Done would be XACK and XDEL, and Release those and
// an entry in a sorted set by time, from which Take moves what is due.
//
// An entry may come twice: if the process dies, or the inbox fails, between
// the end of the work and the end of Done. That is the only case.
//
// Implementations are safe for concurrent use and pass callbacktest.TestInbox.
type Inbox interface {
	// Append stores e, durably when it returns without an error, and reports
	// true. If e's key is known it changes nothing and reports false: the
	// entry is as durable then. A key stays known for five minutes at least
	// after Done, because an event that was stored and not acknowledged is
	// delivered again. After an error e may be stored or not. Append keeps
	// nothing that the caller may change afterwards.
	Append(ctx context.Context, e Entry) (added bool, err error)

	// Take waits until there is an entry to do, and puts it in the caller's
	// hand; it fails with ctx's error if ctx ends first. Entries come in the
	// order in which they were appended, except those that were given back or
	// left by a dead process. An entry that its process died with several
	// times may be held back, longer each time, lest it takes all others with
	// it again and again.
	//
	// After any other error Take may be called again; an entry that cannot
	// be read does not keep the others from being taken.
	Take(ctx context.Context) (Entry, error)

	// Done ends an entry, durably when it returns. That it was done before,
	// or is not known, is no error.
	Done(ctx context.Context, key string) error

	// Release gives back an entry that is in the caller's hand: it waits
	// again, until at or, if that is in the past or zero, for being taken at
	// once. Any other entry stays as it is, and that is no error.
	Release(ctx context.Context, key string, at time.Time) error
}

// backoff is how long to wait after an attempt, the first being 1.
func backoff(attempt int) time.Duration {
	d := firstBackoff
	for range attempt - 1 {
		if d *= 2; d >= lastBackoff {
			return lastBackoff
		}
	}
	return d
}
