package redisstore

import (
	"context"
	"crypto/rand"
	mathrand "math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	lockLease    = 3 * time.Second // how long a lock outlives its holder
	lockPoll     = 10 * time.Millisecond
	lockPollMost = 200 * time.Millisecond
)

// claimScript gives a key to the owner who asks first, for some milliseconds,
// and tells it so again if it repeats the question: a client does that when
// the answer got lost.
const claimScript = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return 1
end
return redis.call('GET', KEYS[1]) == ARGV[1] and 1 or 0`

// claim reports whether the key is the owner's.
func claim(ctx context.Context, script *redis.Script, client redis.Scripter, key, owner string, life time.Duration) (bool, error) {
	n, err := script.Run(ctx, client, []string{key}, owner, max(life.Milliseconds(), 1)).Int()
	return n == 1, err
}

// renewScript and freeScript do nothing to a key that is another's.
const (
	renewScript = `
return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0`
	freeScript = `
return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0`
)

// Lock waits until it holds the lock on key, or ctx ends, or Redis fails. It
// asks again several times a second, ever less often. The lock is renewed
// until it is unlocked or ttl is over; if its holder dies it is free within
// three seconds.
func (s *TokenStore) Lock(ctx context.Context, key string, ttl time.Duration) (unlock func(), err error) {
	l := &lock{store: s, name: s.prefix + "lock:" + key, owner: rand.Text(), ended: make(chan struct{})}
	for wait := lockPoll; ; wait = min(2*wait, lockPollMost) {
		ok, err := l.take(ctx, min(ttl, lockLease))
		if err != nil {
			return nil, err
		}
		if ok {
			break
		}
		if err := pause(ctx, wait/2+mathrand.N(wait)); err != nil { //nolint:gosec // spreads those who wait, no secret
			return nil, failed("waiting for a lock", err)
		}
	}
	ctx, l.stop = context.WithTimeout(context.WithoutCancel(ctx), ttl)
	go l.keep(ctx)
	return func() { l.unlock(ctx) }, nil
}

// A lock is one that a call of Lock gets.
type lock struct {
	store *TokenStore
	name  string
	owner string             // random: no other lock has it
	stop  context.CancelFunc // ends keep
	ended chan struct{}      // closed by keep
}

func (l *lock) take(ctx context.Context, life time.Duration) (bool, error) {
	tooLate := func(ok bool) {
		if ok {
			_ = l.free(context.WithoutCancel(ctx)) // it ends by itself soon
		}
	}
	return ask(ctx, "taking a lock", tooLate, func(ctx context.Context) (bool, error) {
		return claim(ctx, l.store.claim, l.store.client, l.name, l.owner, life)
	})
}

// keep renews the lock until ctx, which is as long as the lock may be held,
// ends. A renewal that fails is tried again: the lock may still be there.
func (l *lock) keep(ctx context.Context) {
	defer close(l.ended)
	end, _ := ctx.Deadline()
	for pause(ctx, lockLease/3) == nil {
		life := min(time.Until(end), lockLease)
		mine, err := ask(ctx, "renewing a lock", nil, func(ctx context.Context) (int, error) {
			return l.store.renew.Run(ctx, l.store.client, []string{l.name}, l.owner, max(life.Milliseconds(), 1)).Int()
		})
		switch {
		case ctx.Err() != nil:
		case err != nil:
			l.store.logger.WarnContext(ctx, "redisstore: a lock is not renewed", "lock", l.name, "err", err)
		case mine == 0:
			l.store.logger.WarnContext(ctx, "redisstore: a lock is lost", "lock", l.name)
			return
		}
	}
}

func (l *lock) unlock(ctx context.Context) {
	l.stop()
	<-l.ended
	ctx = context.WithoutCancel(ctx)
	if err := l.free(ctx); err != nil {
		l.store.logger.WarnContext(ctx, "redisstore: a lock is not freed and ends by itself", "lock", l.name, "err", err)
	}
}

func (l *lock) free(ctx context.Context) error {
	_, err := ask(ctx, "freeing a lock", nil, func(ctx context.Context) (int, error) {
		return l.store.free.Run(ctx, l.store.client, []string{l.name}, l.owner).Int()
	})
	return err
}
