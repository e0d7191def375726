// Package redisstore shares what a WeCom client knows between processes and
// machines, on Redis: tokens and the lock on fetching them, rate limits, the
// tickets and tenants of suites, and the events of callbacks.
//
//	rdb := redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{"redis:6379"}})
//	tokens, err := redisstore.NewTokenStore(rdb)
//	limits, err := redisstore.NewLimiter(rdb)
//	client, err := wecom.New(cred, wecom.WithTokenStore(tokens), wecom.WithLimiter(limits))
//
// Of the processes behind one callback URL, each event is one's, and another's
// when that one dies:
//
//	events, err := redisstore.NewInbox(rdb, redisstore.InboxOptions{Name: "shop"})
//	h, err := callback.NewHandler(keys, callback.WithInbox(events))
//
// [DedupeStore] is for handlers without an inbox. [SuiteStore] is both stores
// that package isv wants. [WithEncryption] encrypts what is secret or personal.
//
// It needs Redis 5 or later, an [Inbox] 6.2, and works on the client that you
// give it, so addresses, TLS, users and their passwords are that client's.
// Nothing here closes it. A user needs these rights and no more:
//
//	ACL SETUSER wecom on >password ~wecom:* +@read +@write +@scripting +@connection -@dangerous +time
//
// and on a cluster +cluster|slots.
//
// # Keys
//
// Every key begins with a prefix, "wecom:" unless [WithPrefix] says otherwise,
// so programs that share a Redis but not their corps choose different ones.
// Keys hold no secret. All keys that one command or script needs together have
// the same {hash tag}, so a Redis Cluster keeps them in one slot.
//
// Redis must not evict what is here: use maxmemory-policy noeviction.
//
// # When Redis fails
//
// Whatever is asked of Redis has a bound in time, whatever the client's own
// time-outs are, and every type says in its documentation what it does without
// it. Nothing hangs, and nothing comes to rely on Redis being there.
//
// Everything in this package is safe for concurrent use.
package redisstore
