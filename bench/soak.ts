/**
 * Clients by the thousand that leave at random moments while a vendor fails in two ways at once: whether anything is left
 * behind. Exits with 1 where something is. Needs `npm run build`. `npm run bench:soak -- --help`
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import Database from 'libsql'
import { table } from '../src/cli/table.ts'
import { Connection } from './gateway/connection.ts'
import { type Serving, serveFairlead } from './gateway/fairlead.ts'
import type { UpstreamCommand, UpstreamCounts } from './gateway/faulty-upstream.ts'
import { ask, type Started, startOwn } from './gateway/process.ts'
import { chatRequest, faultyConfig } from './gateway/requests.ts'
import { type Slope, slopeOf } from './gateway/slope.ts'

const options = {
  seconds: { type: 'string', default: '60' },
  clients: { type: 'string', default: '60' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const help = `npm run bench:soak -- [options]
  --seconds N   how long (${options.seconds.default}; 86400 at most)
  --clients N   at a time; each that ends is followed by another (${options.clients.default})
  --json        the figures as JSON
`

/** Told by `gateway/probe.mjs`. */
type Vitals = {
  readonly heapBytes: number
  readonly residentBytes: number
  readonly sockets: number
  readonly timers: number
  readonly delay: { readonly median: number; readonly p99: number; readonly most: number }
}

type Sample = Vitals & { readonly second: number; readonly clients: number }

type Tally = { begun: number; answered: number; left: number; failed: number; cut: number }

/** A client waits so long at most, each as long as chance says: an answer takes 0.2 s, a stalled one for ever. */
const mostPatienceMs = 500
/** Clients come for so long, then all leave and memory is read once nothing is open: it must not depend on who is there. */
const roundMs = 4_000
const mostQuietMs = 8_000
/** Clients at the start that are not judged by: pools and caches fill, code is compiled. */
const warmUpClients = 3_000
const fewestRounds = 5
/** A request that leaves anything behind leaves more than this. Less is code and caches that are still warming up. */
const mostHeapBytesPerClient = 64
const mostResidentBytesPerClient = 256
const settleMs = 20_000
const mostStopMs = 3_000

async function main(): Promise<void> {
  const { values } = parseArgs({ options })
  if (values.help) {
    console.log(help)
    return
  }
  const seconds = Math.min(Number(values.seconds), 86_400)
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-soak-'))
  const upstream = startOwn('faulty-upstream.ts', null)
  const running: Started[] = [upstream]
  try {
    const { port } = await ask<{ port: number }>(upstream, null)
    const gateway = await serveFairlead({
      folder,
      core: null,
      config: faultyConfig(port),
      env: { ACME_KEY: 'key-of-the-bench-0123456789' },
      flags: ['--expose-gc', '--import', join(import.meta.dirname, 'gateway', 'probe.mjs')],
      messages: true,
    })
    running.push(gateway)
    const figures = await soak(gateway, upstream, folder, seconds, Number(values.clients))
    console.log(values.json ? JSON.stringify(figures, null, 2) : text(figures))
    if (figures.checks.some(({ passed }) => !passed)) process.exitCode = 1
  } finally {
    await Promise.all(running.map(({ stop }) => stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

type Check = { readonly what: string; readonly found: string; readonly passed: boolean }

type Figures = {
  readonly seconds: number
  readonly tally: Tally
  readonly checks: readonly Check[]
  readonly samples: readonly Sample[]
}

async function soak(
  gateway: Serving,
  upstream: Started,
  folder: string,
  seconds: number,
  clients: number,
): Promise<Figures> {
  const before = await ask<Vitals>(gateway, {})
  const tally: Tally = { begun: 0, answered: 0, left: 0, failed: 0, cut: 0 }
  const samples = await underLoad(gateway, before, tally, { seconds, clients })
  const { after, counts } = await settled(gateway, upstream, before)
  const stopMs = await timeToStop(gateway)
  const checks = [
    ...flatness(samples),
    atMost('sockets of the gateway, beyond those before', after.sockets - before.sockets, 0),
    atMost('timers of the gateway, beyond those before', after.timers - before.timers, 0),
    atMost('streams still open at the vendor', counts.underWay, 0),
    atMost('connections still open at the vendor', counts.connections, 0),
    atLeast('streams that the vendor saw cancelled', counts.cancelled, 1),
    atLeast('clients that left', tally.left, 1),
    // Stopping waits for every request that is under way, for a minute: quick means that none is counted.
    atMost('milliseconds to stop with nothing under way', Math.round(stopMs), mostStopMs),
    atMost('decisions without an outcome', decisionsWithoutOutcome(folder), 0),
  ]
  return { seconds, tally, checks, samples }
}

async function underLoad(
  gateway: Serving,
  before: Vitals,
  tally: Tally,
  { seconds, clients }: { readonly seconds: number; readonly clients: number },
): Promise<readonly Sample[]> {
  const begun = performance.now()
  const samples: Sample[] = []
  while (performance.now() - begun < 1000 * seconds) {
    const endAt = performance.now() + roundMs
    await Promise.all(Array.from({ length: clients }, () => comeAndGo(gateway.port, tally, endAt)))
    const vitals = await quiet(gateway, before)
    samples.push({ ...vitals, second: (performance.now() - begun) / 1000, clients: tally.begun })
  }
  return samples
}

/** Waits until the gateway has no more open than before, or for so long as is bearable; the delay is that of the load. */
async function quiet(gateway: Serving, before: Vitals): Promise<Vitals> {
  const endAt = performance.now() + mostQuietMs
  const { delay } = await ask<Vitals>(gateway, {})
  for (;;) {
    await sleep(250)
    const vitals = await ask<Vitals>(gateway, {})
    if (vitals.sockets <= before.sockets || performance.now() > endAt) return { ...vitals, delay }
  }
}

/** One client after another, each with a connection of its own. */
async function comeAndGo(port: number, tally: Tally, endAt: number): Promise<void> {
  while (performance.now() < endAt) {
    const connection = new Connection({ host: '127.0.0.1', port })
    const stream = Math.random() < 0.8
    let leaving = false
    tally.begun++
    await new Promise<void>((resolve) => {
      const leave = (): void => {
        leaving = true
        connection.close()
      }
      const timer = setTimeout(leave, Math.random() * mostPatienceMs)
      connection.send(chatRequest({ port, model: 'auto', stream }), ({ status, tail }) => {
        clearTimeout(timer)
        if (leaving) tally.left++
        else if (status !== 200) tally.failed++
        else if (stream && !tail.endsWith('data: [DONE]\n\n')) tally.cut++
        else tally.answered++
        resolve()
      })
    })
    connection.close()
  }
}

/** Waits until pooled connections have been let go, or for so long as is bearable. */
async function settled(
  gateway: Serving,
  upstream: Started,
  before: Vitals,
): Promise<{ readonly after: Vitals; readonly counts: UpstreamCounts }> {
  const endAt = performance.now() + settleMs
  for (;;) {
    const after = await ask<Vitals>(gateway, {})
    const counts = await ask<UpstreamCounts>(upstream, { kind: 'count' } satisfies UpstreamCommand)
    const quiet = after.sockets <= before.sockets && after.timers <= before.timers && counts.connections === 0
    if (quiet || performance.now() > endAt) return { after, counts }
    await sleep(500)
  }
}

async function timeToStop({ child }: Serving): Promise<number> {
  const begun = performance.now()
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
  return performance.now() - begun
}

function decisionsWithoutOutcome(folder: string): number {
  const database = new Database(join(folder, '.fairlead', 'fairlead.db'))
  const row = database
    .prepare('select count(*) as n from decisions left join outcomes on decision = id where decision is null')
    .get() as { n: number }
  database.close()
  return row.n
}

function flatness(samples: readonly Sample[]): readonly Check[] {
  const steady = samples.filter(({ clients }) => clients > warmUpClients)
  const [first, last] = [steady[0], steady.at(-1)]
  if (first === undefined || last === undefined || steady.length < fewestRounds) {
    const found = `${steady.length} (at least ${fewestRounds}): run it for longer`
    return [{ what: `rounds after ${warmUpClients} clients, to judge memory by`, found, passed: false }]
  }
  const growth = (name: string, most: number, bytes: (sample: Sample) => number): Check => {
    const slope = slopeOf(steady.map((sample) => ({ at: sample.clients, value: bytes(sample) })))
    const what = `${name}, ${(bytes(last) / 1e6).toFixed(1)} MB: bytes more with each client`
    return { what, found: `${slopeText(slope)} (at most ${most}, for certain)`, passed: slope.low <= most }
  }
  const mostDelay = Math.max(...steady.map(({ delay }) => delay.p99))
  return [
    growth('heap', mostHeapBytesPerClient, ({ heapBytes }) => heapBytes),
    growth('resident memory', mostResidentBytesPerClient, ({ residentBytes }) => residentBytes),
    atMost('event loop held up, p99 of the worst round, ms', Math.round(mostDelay), 500),
  ]
}

const slopeText = ({ perUnit, low, high }: Slope): string =>
  `${perUnit.toFixed(0)}, from ${low.toFixed(0)} to ${high.toFixed(0)}`

const atMost = (what: string, found: number, most: number): Check => ({
  what,
  found: `${found} (at most ${most})`,
  passed: found <= most,
})

const atLeast = (what: string, found: number, least: number): Check => ({
  what,
  found: `${found} (at least ${least})`,
  passed: found >= least,
})

function text({ seconds, tally, checks }: Figures): string {
  const { begun, answered, left, failed, cut } = tally
  return [
    `${seconds} s, ${begun} clients: ${answered} answered, ${left} left, ${failed} refused, ${cut} told that a stream broke.`,
    '',
    table(
      [{ title: '' }, { title: 'check' }, { title: 'found' }],
      checks.map(({ what, found, passed }) => [passed ? 'passed' : 'FAILED', what, found]),
    ),
  ].join('\n')
}

await main()
