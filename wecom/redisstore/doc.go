// Package redisstore shares what a WeCom client knows between processes and
// machines, on Redis: tokens and the lock on fetching them, rate limits, and
// the rest of what one process alone would keep in memory.
//
//	rdb := redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{"redis:6379"}})
//	tokens, err := redisstore.NewTokenStore(rdb)
//	limits, err := redisstore.NewLimiter(rdb)
//	client, err := wecom.New(cred, wecom.WithTokenStore(tokens), wecom.WithLimiter(limits))
//
// It needs Redis 5 or later and works on the client that you give it, so
// addresses, TLS, users and their passwords are that client's. Nothing here
// closes it. A user with rights on ~wecom:* and the commands of strings, hashes,
// sorted sets, streams, scripting, PING and TIME is enough.
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
