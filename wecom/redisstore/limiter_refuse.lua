-- Closes an API for a corp, after WeCom refused a call with 45009.
--
-- KEYS: the corp's block (hash).
-- ARGV: the lengths of the corp's windows, shortest first.
-- Returns: for how long the API is closed.
--
-- Times are in microseconds. WeCom does not say which limit was passed, so the
-- first guess is the shortest. Only the refusal of a call that was let through
-- after the API had opened again, and soon after, shows that it was a longer
-- one: calls that were on their way when it closed are all refused, and say
-- nothing new. The fields of a block: until, level (which window), granted
-- (when the last call was let through since there is a block).

local MINUTE, DAY = 60000000, 86400000000

local function text(x) return string.format('%.0f', x) end
local function number(x)
  if x then return tonumber(x) end
  return nil
end

local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local h = redis.call('HMGET', KEYS[1], 'until', 'level', 'granted')
local block, level, granted = number(h[1]), number(h[2]) or 0, number(h[3]) or 0
if block and block > now then return block - now end

local function length() return math.max(tonumber(ARGV[level + 1] or '0'), MINUTE) end

if block and granted >= block then
  if now - block <= length() then
    level = math.min(level + 1, math.max(#ARGV - 1, 0))
  else
    level = 0
  end
end
local pause = length()
if pause >= 28 * DAY then
  pause = 30 * DAY
elseif pause >= DAY then -- until midnight in China
  pause = DAY - (now + DAY / 3) % DAY
end
redis.call('HSET', KEYS[1], 'until', text(now + pause), 'level', text(level), 'granted', '0')
redis.call('PEXPIRE', KEYS[1], text(math.ceil((pause + length()) / 1000) + 60000))
return pause
