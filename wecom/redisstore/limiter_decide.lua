-- Lets up to a number of calls of one corp to one API through, if they fit all
-- of their windows, and counts them in each. Time is that of Redis.
--
-- KEYS: the corp's block (hash), its calls in flight (sorted set), then each
--   window (hash): first the corp's, then the IP's, shortest first.
-- ARGV: calls wanted (0: only tell); cap on calls in flight (0: none); how long
--   a place is held; the name of the first place and its number; how many
--   windows are the corp's; then for each window: its length, that of a part,
--   the guard, the limit, and what the asker knows of it (see knowledge in Go):
--   id or 0, total, sum, and the calls that it let through without Redis.
-- Returns: calls let through; why not more; for how long not; the end of the
--   block, 0 if there is none; the time; then of each window: id, total, sum,
--   for how long that is certain, and 1 if something had been lost.
--
-- Times are in microseconds. A window is counted in parts: a call counts from
-- the beginning of its part until a window and a guard after the part's end.
-- The fields of a window: id (when it was made), total (calls ever counted),
-- sum (calls that count now), first and last (part with calls), seed (calls
-- that were lost and put back), back (what was given back last), and one field
-- for each part with calls.

local OPEN, CORP, IP, PLACE, CLOSED, LOST = 0, 1, 2, 3, 4, 5

local function number(x)
  if x then return tonumber(x) end
  return nil
end
local function text(x) return string.format('%.0f', x) end

local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])

-- forget starts a window anew with the same identity. It is kept for a while
-- even without calls, so that nobody takes what has run out for a loss.
local function forget(w)
  redis.call('DEL', w.key)
  w.sum, w.first, w.last, w.changed = 0, nil, nil, true
end

local function add(w, n)
  if n <= 0 then return end
  redis.call('HINCRBY', w.key, text(w.part), text(n))
  w.sum, w.total = w.sum + n, w.total + n
  w.first, w.last, w.changed = w.first or w.part, w.part, true
end

-- expire takes out the parts that count no more.
local function expire(w)
  local live = math.floor((now - w.per - w.guard) / w.length)
  if not w.first or w.first >= live then return end
  if w.last < live then return forget(w) end
  local names = {}
  for p = w.first, live - 1 do names[#names + 1] = text(p) end
  for _, n in ipairs(redis.call('HMGET', w.key, unpack(names))) do
    w.sum = w.sum - (number(n) or 0)
  end
  redis.call('HDEL', w.key, unpack(names))
  w.first, w.changed = live, true
end

-- restore puts back what the asker has seen and Redis has lost. Each asker
-- knows the sum of all at some time, so the largest of them counts. Without a
-- loss an id changes only after whatever the asker knows has run out.
local function restore(w, id, total, sum)
  if id == 0 then return end
  local lost = 0
  if w.fresh then
    lost, w.seed = sum, sum
  elseif w.id ~= id then
    lost = sum - w.seed
    w.seed = math.max(w.seed, sum)
  elseif w.total < total then
    lost, w.seed = sum - w.sum, sum
    w.id = math.max(now, w.id + 1)
  else
    return
  end
  w.lost, w.changed = 1, true
  add(w, lost)
end

local function load(i)
  local a = 7 + (i - 1) * 8
  local function arg(n) return tonumber(ARGV[a + n]) end
  local w = { key = KEYS[i + 2], per = arg(0), length = arg(1), guard = arg(2), limit = arg(3), lost = 0 }
  w.part = math.floor(now / w.length)
  local h = redis.call('HMGET', w.key, 'id', 'total', 'sum', 'first', 'last', 'seed')
  w.id, w.total, w.sum = number(h[1]), number(h[2]) or 0, number(h[3]) or 0
  w.first, w.last, w.seed = number(h[4]), number(h[5]), number(h[6]) or 0
  if not w.id then w.id, w.fresh = now, true end
  expire(w)
  if w.last and w.last > w.part then -- the clock went back: everything may be as young as this
    local sum = w.sum
    forget(w)
    w.total = w.total - sum
    add(w, sum)
  end
  restore(w, arg(4), arg(5), arg(6))
  add(w, arg(7))
  return w
end

-- ends is when the calls of a part count no more.
local function ends(w, part) return (part + 1) * w.length + w.per + w.guard end

local function save(w)
  if not w.changed then return end
  redis.call('HSET', w.key, 'id', text(w.id), 'total', text(w.total), 'sum', text(w.sum), 'seed', text(w.seed))
  local life = 0
  if w.last then
    redis.call('HSET', w.key, 'first', text(w.first), 'last', text(w.last))
    life = ends(w, w.last) - now
  end
  redis.call('PEXPIRE', w.key, text(math.ceil(life / 1000) + 60000))
end

-- wait is how long until one more call fits.
local function wait(w)
  local over, counts = w.sum + 1 - w.limit, {}
  local all = redis.call('HGETALL', w.key)
  for j = 1, #all, 2 do counts[all[j]] = tonumber(all[j + 1]) end
  for p = w.first, w.last do
    over = over - (counts[text(p)] or 0)
    if over <= 0 then return ends(w, p) - now end
  end
  return w.per
end

local want, cap, held = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local ofCorp = tonumber(ARGV[6])
local windows = {}
for i = 1, #KEYS - 2 do windows[i] = load(i) end

local room, why, pause = want, OPEN, 0
local block = number(redis.call('HGET', KEYS[1], 'until'))
if block and block > now then
  room, why, pause = 0, CLOSED, block - now
end
for _, w in ipairs(windows) do
  if w.lost == 1 then room, why = 0, LOST end -- others may know of more: hear them first
end
if want > 0 and why == OPEN then
  if cap > 0 then
    redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(now))
    room = math.min(room, cap - redis.call('ZCARD', KEYS[2]))
    if room <= 0 then room, why = 0, PLACE end
  end
  for i, w in ipairs(windows) do
    local free = w.limit - w.sum
    if free <= 0 then
      free = 0
      pause = math.max(pause, wait(w))
      if i <= ofCorp then why = CORP elseif why == OPEN then why = IP end
    end
    room = math.min(room, free)
  end
end

if room > 0 then
  for _, w in ipairs(windows) do add(w, room) end
  if block then redis.call('HSET', KEYS[1], 'granted', text(now)) end
  if cap > 0 then
    for j = 0, room - 1 do
      redis.call('ZADD', KEYS[2], text(now + held), ARGV[4] .. text(tonumber(ARGV[5]) + j))
    end
    if redis.call('PTTL', KEYS[2]) * 1000 < held then -- other processes may hold theirs for longer
      redis.call('PEXPIRE', KEYS[2], text(math.ceil(held / 1000)))
    end
  end
end

local reply = { room, why, pause, block and block > now and block - now or 0, now }
for _, w in ipairs(windows) do
  save(w)
  local certain = 0
  if w.sum > 0 then certain = ends(w, w.last) - now end
  for _, x in ipairs({ w.id, w.total, w.sum, certain, w.lost }) do reply[#reply + 1] = x end
end
return reply
