-- Goes before the other scripts.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Deletes keys whose time is over, some at a time.
local function forget(finished)
  local old = redis.call('ZRANGEBYSCORE', finished, '-inf', now, 'LIMIT', 0, 50)
  if #old > 0 then
    redis.call('ZREM', finished, unpack(old))
  end
end

-- Tells that a process lives, and whether processes have been able to tell so
-- for a while: after an outage the living need time to do that.
local function steady(beat, lease)
  local last = redis.call('HMGET', beat, 'at', 'since')
  local since = tonumber(last[2]) or 0
  if last[1] and now - last[1] > lease / 2 then
    since = now
  end
  redis.pcall('HSET', beat, 'at', now, 'since', since)
  return now - since > lease / 2
end

