package redisstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecomkit/wecom-go/callback"
)

const (
	takeWait    = 2 * time.Second // at most, between looks at what is due or left by the dead
	unreadPause = time.Hour       // for an entry that cannot be read
)

// A taker is what the calls of Take share. One of them at a time has the turn
// to ask Redis.
type taker struct {
	turn chan struct{} // holds one while somebody has the turn
	wake chan struct{} // holds one if something was given back

	// The rest is of who has the turn.
	listening chan struct{} // closed when a new entry came, or none did for a while; nil if nobody listens
	swept     time.Time
}

// Take waits for an entry and puts it in the caller's hand. It lets Redis tell
// when a new one comes, and every two seconds looks for those that are due or
// left by a dead process.
func (b *Inbox) Take(ctx context.Context) (callback.Entry, error) {
	select {
	case b.taker.turn <- struct{}{}:
		defer func() { <-b.taker.turn }()
	case <-ctx.Done():
		return callback.Entry{}, failed("taking an event", ctx.Err())
	}
	for {
		got, err := b.take(ctx)
		if err != nil {
			return callback.Entry{}, err
		}
		if got.id != "" {
			return b.hold(ctx, got)
		}
		b.listen(ctx, got)
	}
}

// taken is an answer of takeScript.
type taken struct {
	id       string // empty if there is none
	attempts int
	entry    callback.Entry // its body as it is stored
	received string

	due  time.Duration // if there is none: until one is; negative if that is not known
	last string        // and the last id of the stream
}

func (b *Inbox) take(ctx context.Context) (taken, error) {
	now, sweep := systemClock{}.Now(), 0
	if now.Sub(b.taker.swept) >= b.lease/10 {
		sweep = 1
	}
	tooLate := func(t taken) {
		if t.id != "" {
			_ = b.giveBack(context.WithoutCancel(ctx), t.entry.Key, 0, 1) // or it is free after the lease
		}
	}
	got, err := ask(ctx, "taking an event", tooLate, func(ctx context.Context) (taken, error) {
		answer, err := b.scripts.take.Run(ctx, b.client, []string{b.stream, b.known, b.later, b.beat},
			inboxGroup, b.consumer, b.lease.Milliseconds(), sweep).Slice()
		if err != nil {
			return taken{}, err
		}
		return parseTaken(answer)
	})
	if err == nil && sweep == 1 {
		b.taker.swept = now
	}
	return got, err
}

var errAnswer = errors.New("the answer is not what was asked for")

func parseTaken(answer []any) (taken, error) {
	if len(answer) != 3 {
		return taken{}, errAnswer
	}
	id, ok1 := answer[0].(string)
	n, ok2 := answer[1].(int64)
	if !ok1 || !ok2 {
		return taken{}, errAnswer
	}
	if id == "" {
		last, ok := answer[2].(string)
		if !ok {
			return taken{}, errAnswer
		}
		return taken{due: time.Duration(n) * time.Millisecond, last: last}, nil
	}
	list, _ := answer[2].([]any)
	fields := map[string]string{}
	for i := 0; i+1 < len(list); i += 2 {
		name, _ := list[i].(string)
		fields[name], _ = list[i+1].(string)
	}
	return taken{
		id: id, attempts: int(n), received: fields["received"],
		entry: callback.Entry{
			Key: fields["key"], Body: []byte(fields["body"]),
			Tenant: callback.Tenant{SuiteID: fields["suite"], CorpID: fields["corp"]},
		},
	}, nil
}

// hold puts an entry in the caller's hand. One that cannot be read is put aside.
func (b *Inbox) hold(ctx context.Context, got taken) (callback.Entry, error) {
	e := got.entry
	body, err := b.keys.open(b.place(e, got.received), string(e.Body))
	if err == nil {
		e.Received, err = time.Parse(time.RFC3339Nano, got.received)
	}
	if err != nil {
		err = failed("reading an event", fmt.Errorf("%w (entry %s of the stream)", err, got.id))
		return callback.Entry{}, errors.Join(err, b.giveBack(context.WithoutCancel(ctx), e.Key, unreadPause, 0))
	}
	e.Body, e.Attempts = []byte(body), got.attempts
	b.hand.take(ctx, e.Key, got.id, b.keepHold)
	return e, nil
}

// listen waits until there may be something to take.
func (b *Inbox) listen(ctx context.Context, nothing taken) {
	wait := b.takeWait()
	if nothing.due >= 0 {
		wait = max(min(nothing.due, wait), time.Millisecond)
	}
	if b.taker.listening == nil {
		came := make(chan struct{})
		b.taker.listening = came
		go func() {
			defer close(came)
			b.awaitNew(context.WithoutCancel(ctx), nothing.last)
		}()
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-b.taker.listening:
		b.taker.listening = nil
	case <-b.taker.wake:
	case <-t.C:
	case <-ctx.Done():
	}
}

// takeWait is short enough for a lease: who waits shows that processes can.
func (b *Inbox) takeWait() time.Duration { return min(takeWait, b.lease/4) }

// awaitNew returns when the stream has an entry after last, or a while later.
// It takes nothing, so it does no harm if nobody waits for it any more.
func (b *Inbox) awaitNew(ctx context.Context, last string) {
	wait := b.takeWait()
	ctx, cancel := context.WithTimeout(ctx, wait+commandTimeout)
	defer cancel()
	err := b.client.XRead(ctx, &redis.XReadArgs{Streams: []string{b.stream, last}, Count: 1, Block: wait}).Err()
	if err != nil && !errors.Is(err, redis.Nil) && !errors.Is(err, redis.ErrClosed) {
		_ = pause(ctx, wait) // Take finds out what is wrong
	}
}
