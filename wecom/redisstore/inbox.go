package redisstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecomkit/wecom-go/callback"
)

const (
	defaultUnfinished = 100_000
	minRetention      = 5 * time.Minute
	defaultLease      = 30 * time.Second
	minLease          = 3 * commandTimeout
)

// InboxOptions say which [Inbox] to make. Name is required; the zero value of
// each other field is its default.
type InboxOptions struct {
	// Name tells the inboxes of one Redis apart: the processes of one
	// application have the same, and other applications others.
	Name string

	// MaxUnfinished is how many entries may be unfinished before Append fails
	// with [callback.ErrInboxFull]: 100,000 if it is 0. Each takes some 300
	// bytes of Redis's memory, and its event.
	MaxUnfinished int

	// Retention is for how long the key of an entry stays known after Done:
	// five minutes, which is also the least.
	Retention time.Duration

	// Lease is after what time without a sign of life a process is dead, and
	// its entries are another's: 30 s if it is 0, and three seconds at least. It
	// must be the same in all processes.
	Lease time.Duration
}

// An Inbox is a [callback.Inbox] that many processes share: each handles as
// many events as it can, whichever took them in, and those that one had in
// hand when it died.
//
// An event is an entry of a stream until it is done; what was given back until
// later waits in a sorted set. The processes are the consumers of one group.
// While a process has events in hand, and only then, it has a goroutine that
// renews its hold on them.
//
// An event that is acknowledged is as safe as Redis keeps it: with appendonly
// yes and appendfsync always it survives, with everysec those of the last
// second may not. While Redis is down Append fails within a second, and WeCom
// delivers the event again; Done is tried again until Redis is back, as long
// as the process lives. A Redis that comes back empty is begun anew.
//
// The text of events is personal data: [WithEncryption] hides it from who
// reads Redis. Done deletes it, though Redis frees the memory only when the
// events that came about the same time are done too, and its append-only file
// has the text until it is rewritten. What is never done stays.
type Inbox struct {
	settings

	client    redis.UniversalClient
	scripts   inboxScripts
	stream    string // keys of Redis, all in one slot of a cluster
	known     string // hash: id and attempts of each unfinished entry, by its key
	later     string // sorted set: ids of entries that were given back, by when they are due
	beat      string // hash: when a process last showed that it lives, and since when they can
	finished  string // sorted set: keys of entries that are done, by when they are forgotten
	consumer  string
	limit     int
	retention time.Duration
	lease     time.Duration

	hand  hand
	taker taker
}

var _ callback.Inbox = (*Inbox)(nil)

// NewInbox makes an Inbox. A process needs one for all its handlers of the
// same application, and does not close it.
func NewInbox(client redis.UniversalClient, in InboxOptions, opts ...Option) (*Inbox, error) {
	s, err := newSettings(client, opts)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Name == "" || strings.ContainsAny(in.Name, "{}"):
		return nil, fmt.Errorf("redisstore: InboxOptions.Name is %q: want some text without braces", in.Name)
	case in.MaxUnfinished < 0 || in.Retention < 0:
		return nil, errors.New("redisstore: InboxOptions: want no negative numbers")
	case in.Lease != 0 && in.Lease < minLease:
		return nil, fmt.Errorf("redisstore: InboxOptions.Lease is %v, want %v at least", in.Lease, minLease)
	}
	base := s.prefix + "inbox:{" + in.Name + "}:"
	return &Inbox{
		settings:  s,
		client:    client,
		scripts:   newInboxScripts(),
		stream:    base + "stream",
		known:     base + "known",
		later:     base + "later",
		beat:      base + "beat",
		finished:  base + "finished",
		consumer:  consumerName(),
		limit:     cmp.Or(in.MaxUnfinished, defaultUnfinished),
		retention: max(in.Retention, minRetention),
		lease:     cmp.Or(in.Lease, defaultLease),
		taker:     taker{turn: make(chan struct{}, 1), wake: make(chan struct{}, 1)},
	}, nil
}

// consumerName is unique, and says who it is to people who look into Redis.
func consumerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return host + "-" + strconv.Itoa(os.Getpid()) + "-" + rand.Text()[:8]
}

// Append stores e, unless its key is known.
func (b *Inbox) Append(ctx context.Context, e callback.Entry) (added bool, err error) {
	const what = "storing an event"
	received := e.Received.UTC().Format(time.RFC3339Nano)
	body := b.keys.seal(b.place(e, received), string(e.Body))
	n, err := ask(ctx, what, nil, func(ctx context.Context) (int, error) {
		return b.scripts.append.Run(ctx, b.client, []string{b.stream, b.known, b.finished},
			b.limit, e.Key, e.Tenant.SuiteID, e.Tenant.CorpID, received, body).Int()
	})
	if err == nil && n < 0 {
		err = failed(what, fmt.Errorf("%w: %d entries are unfinished", callback.ErrInboxFull, -n))
	}
	return n > 0, err
}

// place is what the text of an entry belongs to.
func (b *Inbox) place(e callback.Entry, received string) string {
	return strings.Join([]string{b.stream, e.Key, e.Tenant.SuiteID, e.Tenant.CorpID, received}, "\x00")
}

// Done ends an entry. If that fails it is tried again in the background, as
// long as the entry would be in hand.
func (b *Inbox) Done(ctx context.Context, key string) error {
	b.hand.end(key)
	err := b.done(ctx, key)
	if err == nil {
		b.hand.drop(key)
	}
	return err
}

func (b *Inbox) done(ctx context.Context, key string) error {
	_, err := ask(ctx, "ending an event", nil, func(ctx context.Context) (int, error) {
		return b.scripts.done.Run(ctx, b.client, []string{b.stream, b.known, b.later, b.finished},
			inboxGroup, key, b.retention.Milliseconds()).Int()
	})
	return err
}

// Release gives back an entry that is in hand.
func (b *Inbox) Release(ctx context.Context, key string, at time.Time) error {
	b.hand.drop(key)
	err := b.giveBack(ctx, key, at.Sub(b.clock.Now()), 0)
	select {
	case b.taker.wake <- struct{}{}: // it may be due before what Take waits for
	default:
	}
	return err
}

// giveBack releases an entry, and takes back some of its attempts.
func (b *Inbox) giveBack(ctx context.Context, key string, d time.Duration, attempts int) error {
	_, err := ask(ctx, "giving back an event", nil, func(ctx context.Context) (int, error) {
		return b.scripts.release.Run(ctx, b.client, []string{b.stream, b.known, b.later},
			inboxGroup, b.consumer, key, d.Milliseconds(), attempts).Int()
	})
	return err
}

// Len is how many entries are unfinished, for metrics and health checks.
func (b *Inbox) Len(ctx context.Context) (int, error) {
	n, err := ask(ctx, "counting events", nil, func(ctx context.Context) (int64, error) {
		return b.client.HLen(ctx, b.known).Result()
	})
	return int(n), err
}
