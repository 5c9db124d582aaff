/**
 * What it takes to set an amount aside from five accounts and to settle it: in memory, with a journal, and in Redis, one after another and many
 * at a time. `npm run bench:state [-- redis://localhost:6379]`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { table } from '../src/cli/table.ts'
import { openMemoryState } from '../src/storage/state/memory-state.ts'
import { openRedisState } from '../src/storage/state/redis-state.ts'
import type { Hold, SharedState } from '../src/storage/state/shared-state.ts'

const clock = { now: () => performance.now(), wall: () => new Date() }
const report = (problem: object) => console.error(problem)
const minute = 60_000

const holds: readonly Hold[] = [
  { account: { name: 'all usd', per: 'month' }, amount: 1000, limit: 1e12 },
  { account: { name: 'key k-1 usd', per: 'day' }, amount: 1000, limit: 1e12 },
  { account: { name: 'key k-1 tokens', per: 'hour' }, amount: 1000, limit: 1e12 },
  { account: { name: 'team t-1 usd', per: 'lifetime' }, amount: 1000, limit: 1e12 },
  { account: { name: 'user u-1 usd', per: 'week' }, amount: 1000, limit: 1e12 },
]
const cameTo = holds.map(({ amount }) => amount - 100)

async function holdAndSettle(state: SharedState): Promise<void> {
  const held = await state.hold(holds, minute)
  if (held.kind === 'refused') throw new Error('refused')
  await held.hold.settle(cameTo)
}

/** Without a promise between the two, as the answers of a state in memory allow. */
function holdAndSettleAtOnce(state: SharedState): void {
  const held = state.hold(holds, minute)
  if (held instanceof Promise || held.kind === 'refused') throw new Error('refused')
  held.hold.settle(cameTo)
}

/** Microseconds for each of so many, and those that this process worked: on a machine that is shared the two differ. */
function stopwatch() {
  const from = performance.now()
  const cpu = process.cpuUsage()
  return (times: number): [string, string] => {
    const { user, system } = process.cpuUsage(cpu)
    const took = (performance.now() - from) * 1000
    return [(took / times).toFixed(1), ((user + system) / times).toFixed(1)]
  }
}

async function inMemory(journal: boolean): Promise<[string, string]> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'))
  const path = join(folder, 'journal')
  const state = openMemoryState({ clock, report, ...(journal ? { journal: { path } } : {}) })
  for (let n = 0; n < 20_000; n++) holdAndSettleAtOnce(state)
  const times = 200_000
  const lap = stopwatch()
  for (let n = 0; n < times; n++) holdAndSettleAtOnce(state)
  const figure = lap(times)
  await state.close()
  rmSync(folder, { recursive: true, force: true })
  return figure
}

async function inRedis(url: string, together: number): Promise<[string, string]> {
  const prefix = `bench-${process.pid}-${together}`
  const state = await openRedisState({ clock, report, url, prefix, commandTimeoutMs: 5000 })
  if (state.mode() !== 'shared') throw new Error('Redis does not answer: is the URL right?')
  const work = async (times: number) => {
    for (let n = 0; n < times; n++) await holdAndSettle(state)
  }
  await work(500)
  const times = together === 1 ? 3000 : 500
  const lap = stopwatch()
  await Promise.all(Array.from({ length: together }, () => work(times)))
  const figure = lap(times * together)
  await state.close()
  return figure
}

const url = process.argv[2]
const rows = [
  ['in memory', ...(await inMemory(false))],
  ['in memory, with a journal', ...(await inMemory(true))],
  ...(url
    ? [
        ['in Redis, one after another', ...(await inRedis(url, 1))],
        ['in Redis, 32 at a time', ...(await inRedis(url, 32))],
      ]
    : []),
]
const columns = [
  { title: 'a hold of five accounts and its settlement' },
  { title: 'microseconds', align: 'right' },
  { title: 'of this process', align: 'right' },
] as const
console.log(table(columns, rows))
