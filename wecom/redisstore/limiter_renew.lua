-- Holds a place in flight for another while.
--
-- KEYS: the corp's calls in flight (sorted set).
-- ARGV: the name of the place; for how long, in microseconds.

local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
if redis.call('PTTL', KEYS[1]) * 1000 < tonumber(ARGV[2]) then
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil(tonumber(ARGV[2]) / 1000)))
end
return 0
