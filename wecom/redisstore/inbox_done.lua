-- Ends an entry, whoever has it in hand, and keeps its key known for a while.
local stream, known, later, finished = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group, key, retention = ARGV[1], ARGV[2], tonumber(ARGV[3])
forget(finished)
local there = redis.call('HGET', known, key)
if not there then
  return 0
end
local id = string.match(there, '^%S+')
redis.pcall('ZADD', finished, now + retention, key)
if redis.call('PTTL', finished) < retention then
  redis.call('PEXPIRE', finished, retention)
end
redis.call('XACK', stream, group, id)
redis.call('XDEL', stream, id)
redis.call('ZREM', later, id)
redis.call('HDEL', known, key)
return 1
