-- Returns the next entry: its id, which attempt it is, and its fields; or, if
-- there is none: an empty id, in how many milliseconds one is due (-1: that is
-- not known), and the last id of the stream.
--
-- When told to sweep it first gives back what is in the hand of the dead. What
-- may have killed them waits from the third attempt on, as in a FileInbox: a
-- second at first, an hour at most.
local stream, known, later, beat = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group, me, lease, sweep = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]

local function entry(id)
  local found = redis.call('XRANGE', stream, id, id)
  return found[1] and found[1][2]
end

local there = false
if redis.call('EXISTS', stream) == 1 then
  for _, g in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    there = there or g[2] == group
  end
end
if not there then
  redis.call('XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM')
end

if steady(beat, lease) and sweep == '1' then
  for _, p in ipairs(redis.call('XPENDING', stream, group, 'IDLE', lease, '-', '+', 100)) do
    local id, attempts = p[1], p[4]
    local fields = entry(id)
    if fields then
      local due = 0
      if attempts > 2 then
        due = now + 1000 * math.min(2 ^ (attempts - 3), 3600)
      end
      if type(redis.pcall('HSET', known, fields[2], id .. ' ' .. attempts)) == 'table'
          or type(redis.pcall('ZADD', later, due, id)) == 'table' then
        break
      end
    end
    redis.call('XACK', stream, group, id)
  end
  for _, c in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
    if c[2] ~= me and c[4] == 0 and c[6] > lease then
      redis.call('XGROUP', 'DELCONSUMER', stream, group, c[2])
    end
  end
end

while true do
  local id = redis.call('ZRANGEBYSCORE', later, '-inf', now, 'LIMIT', 0, 1)[1]
  if not id then
    break
  end
  local fields = entry(id)
  if fields then
    local before = tonumber(string.match(redis.call('HGET', known, fields[2]) or '', ' (%d+)$')) or 0
    redis.call('XCLAIM', stream, group, me, 0, id, 'RETRYCOUNT', before + 1, 'FORCE', 'JUSTID')
    redis.call('ZREM', later, id)
    return {id, before + 1, fields}
  end
  redis.call('ZREM', later, id)
end

while true do
  local new = redis.call('XREADGROUP', 'GROUP', group, me, 'COUNT', 1, 'STREAMS', stream, '>')
  if not new then
    break
  end
  local id, fields = new[1][2][1][1], new[1][2][1][2]
  if #fields == 10 and fields[1] == 'key' then
    return {id, 1, fields}
  end
  redis.call('XACK', stream, group, id)
  redis.call('XDEL', stream, id)
end

local wait, last = -1, '0-0'
local due = redis.call('ZRANGE', later, 0, 0, 'WITHSCORES')
if due[2] then
  wait = due[2] - now
end
local info = redis.call('XINFO', 'STREAM', stream)
for i = 1, #info, 2 do
  if info[i] == 'last-generated-id' and info[i + 1] ~= '' then -- as a Redis in Go has it while there is none
    last = info[i + 1]
  end
end
return {'', wait, last}
