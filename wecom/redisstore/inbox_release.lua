-- Gives back an entry until later. Leaves alone what is not in the caller's hand.
local stream, known, later = KEYS[1], KEYS[2], KEYS[3]
local group, me, key, delay, attempts = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local there = redis.call('HGET', known, key)
if not there then
  return 0
end
local id = string.match(there, '^%S+')
local mine = redis.pcall('XPENDING', stream, group, id, id, 1, me)
if mine.err or #mine == 0 then
  return 0
end
redis.call('HSET', known, key, id .. ' ' .. (mine[1][4] - attempts))
redis.call('ZADD', later, delay > 0 and now + delay or 0, id)
redis.call('XACK', stream, group, id)
return 1
