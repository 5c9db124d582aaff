/** What Redis does with rates and places. Time is the server's. */

import { partsOfWindow } from '../rate-book.ts'

const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function whole(number) return string.format('%.0f', number) end
`

/**
 * A hash for each rate: counts by part of the window, as in `rate-book.ts`. Parts that lie ahead (the server's clock was set back) count;
 * those further ahead than a window are moved to now, so that they leave it some day.
 */
const windows = `
${clock}
local parts = ${partsOfWindow}
local function key(name, windowMs) return KEYS[1] .. ':' .. windowMs .. ':' .. name end
local windows = {}
local function open(name, windowMs)
  local mine = key(name, windowMs)
  if windows[mine] then return windows[mine] end
  local partMs = math.max(1, tonumber(windowMs) / parts)
  local window = { key = mine, partMs = partMs, part = math.floor(now / partMs), sum = 0, asked = 0, counts = {}, over = {} }
  local saved = redis.call('HGETALL', mine)
  for at = 1, #saved, 2 do
    local part, count = tonumber(saved[at]), tonumber(saved[at + 1])
    if part < window.part - parts or part > window.part + parts then window.over[#window.over + 1] = saved[at] end
    if part > window.part + parts then part, window.ahead = window.part, (window.ahead or 0) + count end
    if part >= window.part - parts then
      window.sum = window.sum + count
      window.counts[#window.counts + 1] = { part, count }
    end
  end
  windows[mine] = window
  return window
end
`

/** ARGV: name, window, limit, amount of each. */
const admit = `
${windows}
for at = 1, #ARGV, 4 do
  local window, limit, amount = open(ARGV[at], ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  if window.sum + window.asked + amount > limit then
    table.sort(window.counts, function(one, other) return one[1] < other[1] end)
    local left, wait = window.sum + window.asked, (parts + 1) * window.partMs
    for _, count in ipairs(window.counts) do
      left = left - count[2]
      if left + amount <= limit then
        local free = count[1] + parts + 1
        wait = math.max(1, math.ceil(free * window.partMs - now))
        -- As it is rounded, a part may only be reached a millisecond after it begins.
        if math.floor((now + wait) / window.partMs) < free then wait = wait + 1 end
        break
      end
    end
    return { 'refused', (at - 1) / 4, math.max(1, math.ceil(wait)) }
  end
  window.asked = window.asked + amount
end
local answer = { 'admitted' }
for at = 1, #ARGV, 4 do
  local window = open(ARGV[at], ARGV[at + 1])
  if window.ahead then
    redis.call('HINCRBY', window.key, whole(window.part), whole(window.ahead))
    window.ahead = nil
  end
  if #window.over > 0 then
    redis.call('HDEL', window.key, unpack(window.over))
    window.over = {}
  end
  redis.call('HINCRBY', window.key, whole(window.part), ARGV[at + 3])
  redis.call('PEXPIRE', window.key, whole(math.ceil((parts + 2) * window.partMs)))
  answer[#answer + 1] = window.part
end
return answer
`

/** ARGV: name, window, part, difference of each. A part that has left its window is gone. */
const correct = `
for at = 1, #ARGV, 4 do
  local key = KEYS[1] .. ':' .. ARGV[at + 1] .. ':' .. ARGV[at]
  if redis.call('HEXISTS', key, ARGV[at + 2]) == 1 then redis.call('HINCRBY', key, ARGV[at + 2], ARGV[at + 3]) end
end
return 1
`

/** A sorted set for each name: who is in, by when their place is free at the latest. ARGV: id, milliseconds, then name and limit of each. */
const enter = `
${clock}
for at = 3, #ARGV, 2 do
  local key = KEYS[1] .. ':' .. ARGV[at]
  redis.call('ZREMRANGEBYSCORE', key, '-inf', whole(now))
  if redis.call('ZCARD', key) >= tonumber(ARGV[at + 1]) then return { 'full', (at - 3) / 2 } end
end
for at = 3, #ARGV, 2 do
  local key = KEYS[1] .. ':' .. ARGV[at]
  redis.call('ZADD', key, whole(now + ARGV[2]), ARGV[1])
  if redis.call('PTTL', key) < tonumber(ARGV[2]) then redis.call('PEXPIRE', key, ARGV[2]) end
end
return { 'entered' }
`

/** ARGV: id, then names. */
const leave = `
for at = 2, #ARGV do redis.call('ZREM', KEYS[1] .. ':' .. ARGV[at], ARGV[1]) end
return 1
`

export const rateScripts = { admit, correct, enter, leave } as const
