-- Stores an entry. Returns 1 if it is new, 0 if it is known, and minus the
-- number of unfinished ones if they are too many. A known entry that is not in
-- the stream, which somebody else must have cut, is new.
local stream, known, finished = KEYS[1], KEYS[2], KEYS[3]
local limit, key = tonumber(ARGV[1]), ARGV[2]
forget(finished)
local forgotten = redis.call('ZSCORE', finished, key)
if forgotten and tonumber(forgotten) > now then
  return 0
end
local there = redis.call('HGET', known, key)
if there then
  local id = string.match(there, '^%S+')
  if #redis.call('XRANGE', stream, id, id) > 0 then
    return 0
  end
end
local unfinished = redis.call('HLEN', known)
if unfinished >= limit then
  return -unfinished
end
local id = redis.call('XADD', stream, '*', 'key', key, 'suite', ARGV[3], 'corp', ARGV[4], 'received', ARGV[5], 'body', ARGV[6])
redis.call('HSET', known, key, id)
return 1
