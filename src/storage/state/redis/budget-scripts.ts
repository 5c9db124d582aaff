/**
 * What Redis does with accounts, each script as one step that nobody else can come between. Time is the server's, so that all processes
 * agree on the period. Under the base key (which is a hash tag: all of it lies on one node of a cluster):
 *
 *     :a:PERIOD:NAME   hash: b(egan), s(pent), r(eserved)
 *     :holds, :due     what is set aside by id, packed; ids by when they count as spent
 *     :told:ID         what was told later, so that it is not counted twice
 *     :epoch           made with the first key: another one, or none, says that Redis has lost what it knew
 */

const accounts = `
local base = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local dayMs = 86400000

local function whole(number) return string.format('%.0f', number) end

-- Days since 1970 to the day of their month, by the Gregorian calendar (H. Hinnant, chrono-compatible low-level date algorithms).
local function dayOfMonth(days)
  local fromMarch = days + 719468
  local ofEra = fromMarch - math.floor(fromMarch / 146097) * 146097
  local year = math.floor((ofEra - math.floor(ofEra / 1460) + math.floor(ofEra / 36524) - math.floor(ofEra / 146096)) / 365)
  local ofYear = ofEra - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local month = math.floor((5 * ofYear + 2) / 153)
  return ofYear - math.floor((153 * month + 2) / 5) + 1
end

-- When the period that holds a moment began, and when it ends: nil, never.
local function period(per, at)
  if per == 'lifetime' then return 0, nil end
  if per == 'month' then
    local today = math.floor(at / dayMs)
    local first = today - dayOfMonth(today) + 1
    local later = first + 31
    return first * dayMs, (later - dayOfMonth(later) + 1) * dayMs
  end
  local length = per == 'hour' and 3600000 or per == 'week' and 7 * dayMs or dayMs
  local origin = per == 'week' and 4 * dayMs or 0
  local began = math.floor((at - origin) / length) * length + origin
  return began, began + length
end

local opened = {}
-- As it stands in the period that runs; one that begins later is not closed again.
local function open(per, name)
  local key = base .. ':a:' .. per .. ':' .. name
  if opened[key] then return opened[key] end
  local saved = redis.call('HMGET', key, 'b', 's', 'r')
  local began, ends = period(per, now)
  local account = { key = key, per = per, began = began, ends = ends, spent = tonumber(saved[2]) or 0, reserved = tonumber(saved[3]) or 0, asked = 0 }
  local before = tonumber(saved[1])
  account.lasting = before == began
  if before and before < began then account.spent = 0 end
  if before and before > began then
    account.began, account.lasting = before, true
    local _, later = period(per, before)
    account.ends = later
  end
  opened[key] = account
  return account
end

local function save(account)
  redis.call('HSET', account.key, 'b', whole(account.began), 's', whole(account.spent), 'r', whole(account.reserved))
  -- Once in a period.
  if account.ends and not account.lasting then redis.call('PEXPIREAT', account.key, whole(account.ends + dayMs)) end
  account.lasting = true
end

local function tell(answer, account)
  answer[#answer + 1] = account.began
  answer[#answer + 1] = account.spent
  answer[#answer + 1] = account.reserved
end

-- Ends what is set aside under an id. No amounts: it counts as it is. Says whether there was any.
local function finish(id, amounts, answer)
  local packed = redis.call('HGET', base .. ':holds', id)
  redis.call('ZREM', base .. ':due', id)
  if not packed then return false end
  redis.call('HDEL', base .. ':holds', id)
  local held = cmsgpack.unpack(packed)
  for at = 1, #held, 3 do
    local account = open(held[at], held[at + 1])
    account.reserved = math.max(0, account.reserved - held[at + 2])
    account.spent = account.spent + (amounts and amounts[(at + 2) / 3] or held[at + 2])
    save(account)
  end
  for at = 1, #held, 3 do if answer then tell(answer, open(held[at], held[at + 1])) end end
  return true
end

local function sweep(most)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', base .. ':due', '-inf', whole(now), 'LIMIT', 0, most)) do finish(id) end
end

local function keep(id, held, forMs)
  redis.call('HSET', base .. ':holds', id, cmsgpack.pack(held))
  redis.call('ZADD', base .. ':due', whole(now + forMs), id)
end

local function numbers(from, step)
  local list = {}
  for at = from, #ARGV, step or 1 do list[#list + 1] = tonumber(ARGV[at]) end
  return list
end

local function told(id) return base .. ':told:' .. id end
local function epoch() return redis.call('GET', base .. ':epoch') or '' end
`

/** The first to come names the epoch. ARGV: a new name. */
const epoch = `
redis.call('SET', KEYS[1] .. ':epoch', ARGV[1], 'NX')
return redis.call('GET', KEYS[1] .. ':epoch')
`

/** ARGV: epoch, id, milliseconds, then period, name, amount, limit (or nothing) of each. */
const hold = `
if epoch() ~= ARGV[1] then return { 'moved', epoch() } end
if redis.call('EXISTS', told(ARGV[2])) == 1 then return { 'told' } end
sweep(4)
local held, mine = {}, {}
for at = 4, #ARGV, 4 do
  local account, amount, limit = open(ARGV[at], ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  if limit and account.spent + account.reserved + account.asked + amount > limit then
    local answer = { 'refused', at / 4 }
    tell(answer, account)
    return answer
  end
  account.asked = account.asked + amount
  mine[#mine + 1] = account
  for _, part in ipairs({ ARGV[at], ARGV[at + 1], amount }) do held[#held + 1] = part end
end
local answer = { 'held' }
for _, account in ipairs(mine) do
  account.reserved = account.reserved + account.asked
  account.asked = 0
  save(account)
end
for _, account in ipairs(mine) do tell(answer, account) end
keep(ARGV[2], held, tonumber(ARGV[3]))
return answer
`

/** Sets aside whatever the limits, in the place of what the id may have: what was set aside while Redis was away. ARGV as `hold`'s, no limits. */
const adopt = `
if epoch() ~= ARGV[1] then return { 'moved', epoch() } end
if redis.call('EXISTS', told(ARGV[2])) == 1 then return { 'told' } end
local before = redis.call('HGET', base .. ':holds', ARGV[2])
if before then
  local held = cmsgpack.unpack(before)
  for at = 1, #held, 3 do
    local account = open(held[at], held[at + 1])
    account.reserved = math.max(0, account.reserved - held[at + 2])
    save(account)
  end
end
local held = {}
for at = 4, #ARGV, 3 do
  local account, amount = open(ARGV[at], ARGV[at + 1]), tonumber(ARGV[at + 2])
  account.reserved = account.reserved + amount
  save(account)
  for _, part in ipairs({ ARGV[at], ARGV[at + 1], amount }) do held[#held + 1] = part end
end
keep(ARGV[2], held, tonumber(ARGV[3]))
local answer = { 'held' }
for at = 1, #held, 3 do tell(answer, open(held[at], held[at + 1])) end
return answer
`

/** ARGV: id, then the other amounts. */
const change = `
local packed = redis.call('HGET', base .. ':holds', ARGV[1])
if not packed then return { 'missing', epoch() } end
local held, amounts, answer = cmsgpack.unpack(packed), numbers(2), { 'ok' }
for at = 1, #held, 3 do
  local account, amount = open(held[at], held[at + 1]), amounts[(at + 2) / 3]
  account.reserved = math.max(0, account.reserved + amount - held[at + 2])
  held[at + 2] = amount
  save(account)
end
redis.call('HSET', base .. ':holds', ARGV[1], cmsgpack.pack(held))
for at = 1, #held, 3 do tell(answer, open(held[at], held[at + 1])) end
return answer
`

/** ARGV: id, then what it came to. */
const settle = `
local answer = { 'ok' }
if finish(ARGV[1], numbers(2), answer) then return answer end
return { 'missing', epoch() }
`

/**
 * What was settled while Redis was away, once. ARGV: epoch, id, `add` or `ignore` (where nothing is set aside under the id), how long to
 * remember, then period, name, amount, when its period began, and when it was settled last.
 */
const tellLater = `
if epoch() ~= ARGV[1] then return { 'moved', epoch() } end
if not redis.call('SET', told(ARGV[2]), '1', 'NX', 'PX', ARGV[4]) then return { 'ok' } end
local answer = { 'ok' }
if finish(ARGV[2], numbers(7, 5), answer) or ARGV[3] == 'ignore' then return { 'ok' } end
for at = 5, #ARGV, 5 do
  local account = open(ARGV[at], ARGV[at + 1])
  -- Of a period that is over; a minute for clocks that differ.
  local over = tonumber(ARGV[at + 3]) < account.began and tonumber(ARGV[at + 4]) < account.began - 60000
  if not over then
    account.spent = account.spent + tonumber(ARGV[at + 2])
    save(account)
  end
end
return { 'ok' }
`

/** What a process knows, where Redis has lost it. ARGV: epoch, then period, name, when the period began, what was spent. */
const restore = `
if epoch() ~= ARGV[1] then return { 'moved', epoch() } end
for at = 2, #ARGV, 4 do
  local account, began, spent = open(ARGV[at], ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  if began > account.began then
    local _, ends = period(account.per, began)
    account.began, account.ends, account.spent, account.lasting = began, ends, spent, false
    save(account)
  elseif began == account.began then
    account.spent = math.max(account.spent, spent)
    save(account)
  end
end
return { 'ok' }
`

/** ARGV: epoch, then period and name of each. */
const balances = `
if epoch() ~= ARGV[1] then return { 'moved', epoch() } end
sweep(64)
local answer = { 'ok' }
for at = 2, #ARGV, 2 do tell(answer, open(ARGV[at], ARGV[at + 1])) end
return answer
`

/** For tests: the periods that hold moments. ARGV: period, moment. */
const periodOf = `
local began, ends = period(ARGV[1], tonumber(ARGV[2]))
return { whole(began), ends and whole(ends) or '' }
`

export const budgetScripts = {
  epoch,
  hold: accounts + hold,
  adopt: accounts + adopt,
  change: accounts + change,
  settle: accounts + settle,
  tellLater: accounts + tellLater,
  restore: accounts + restore,
  balances: accounts + balances,
  periodOf: accounts + periodOf,
} as const
