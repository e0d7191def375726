-- A sign of life of who has entries in hand. Returns those that another has taken.
local stream, beat = KEYS[1], KEYS[2]
local group, me, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
steady(beat, lease)
local lost = {}
for i = 4, #ARGV do
  local mine = redis.pcall('XPENDING', stream, group, ARGV[i], ARGV[i], 1, me)
  if mine.err or #mine == 0 then
    table.insert(lost, ARGV[i])
  else
    redis.call('XCLAIM', stream, group, me, 0, ARGV[i], 'JUSTID')
  end
end
return lost
