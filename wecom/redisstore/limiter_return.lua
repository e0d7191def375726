-- Gives back what was let through and not used, once: a client repeats the
-- command if the answer gets lost.
--
-- KEYS: the corp's calls in flight (sorted set), then each window (hash).
-- ARGV: how many calls; when they were let through; a name for this; then for
--   each window its id and the length of a part; then the names of the places
--   to free.

local function text(x) return string.format('%.0f', x) end

local n, at = tonumber(ARGV[1]), tonumber(ARGV[2])
local a = 4
for i = 2, #KEYS do
  local part = text(math.floor(at / tonumber(ARGV[a + 1])))
  local h = redis.call('HMGET', KEYS[i], 'id', part, 'back')
  if h[1] == ARGV[a] and h[2] and tonumber(h[2]) >= n and h[3] ~= ARGV[3] then
    redis.call('HINCRBY', KEYS[i], part, text(-n))
    redis.call('HINCRBY', KEYS[i], 'sum', text(-n))
    redis.call('HSET', KEYS[i], 'back', ARGV[3])
  end
  a = a + 2
end
for j = a, #ARGV do redis.call('ZREM', KEYS[1], ARGV[j]) end
return 0
