/**
 * The first vendor is down for a while under load, the second is not: whether any client notices, how often the first is
 * asked in vain, and how soon it serves again. Exits with 1 where a request failed. Needs `npm run build`.
 * `npm run bench:outage -- --help`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { table } from '../src/cli/table.ts'
import { Connection, nowMs, type ReplySeen } from './gateway/connection.ts'
import { serveFairlead } from './gateway/fairlead.ts'
import { type Outage, outages, type UpstreamCommand, type UpstreamCounts } from './gateway/faulty-upstream.ts'
import { quantile } from './gateway/figures.ts'
import { ask, type Started, startOwn } from './gateway/process.ts'
import { chatRequest, outageConfig } from './gateway/requests.ts'

const options = {
  seconds: { type: 'string', default: '20' },
  rate: { type: 'string', default: '50' },
  outages: { type: 'string', default: '503,reset' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const help = `npm run bench:outage -- [options]
  --seconds N     how long the first vendor is down (${options.seconds.default}; 3600 at most)
  --rate N        requests a second, half of them streams (${options.rate.default})
  --outages A,B   of ${outages.join(', ')}, one after another (${options.outages.default})
  --json          the figures as JSON
`

const beforeMs = 3_000
/** How long it may take until the first vendor serves again. */
const mostReturnMs = 60_000
/** The first vendor is back when so many requests in a row were its own. */
const backInARow = 20
const answerMs = 60_000

type Ended = { readonly at: number; readonly tookMs: number; readonly failure: string | null }

type Figures = {
  readonly outage: Outage
  readonly seconds: number
  readonly requests: number
  readonly failed: number
  readonly firstFailure: string | null
  /** Requests to the vendor while it was down. */
  readonly probes: number
  /** `null`: not within a minute. */
  readonly backAfterMs: number | null
  readonly latencyBefore: { readonly median: number; readonly p99: number }
  readonly latencyDown: { readonly median: number; readonly p99: number }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options })
  if (values.help) {
    console.log(help)
    return
  }
  const seconds = Math.min(Number(values.seconds), 3_600)
  const figures: Figures[] = []
  for (const outage of chosenOutages(values.outages))
    figures.push(await measure(outage, seconds, Number(values.rate)))
  console.log(values.json ? JSON.stringify(figures, null, 2) : text(figures))
  if (figures.some(({ failed, backAfterMs }) => failed > 0 || backAfterMs === null)) process.exitCode = 1
}

function chosenOutages(list: string): readonly Outage[] {
  const names = list.split(',')
  const unknown = names.filter((name) => !outages.includes(name as Outage))
  if (unknown.length > 0) throw new Error(`there is no outage ${unknown.join(', ')}\n${help}`)
  return names as Outage[]
}

/** With a gateway and a vendor of its own, so that nothing of one outage is remembered in the next. */
async function measure(outage: Outage, seconds: number, rate: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-outage-'))
  const upstream = startOwn('faulty-upstream.ts', null)
  try {
    const { port } = await ask<{ port: number }>(upstream, null)
    const env = { ACME_KEY: 'key-of-the-bench-0123456789' }
    const gateway = await serveFairlead({ folder, core: null, config: outageConfig(port), env })
    try {
      return await measureUnderLoad(upstream, gateway.port, { outage, seconds, rate })
    } finally {
      await gateway.stop()
    }
  } finally {
    await upstream.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Course = { readonly outage: Outage; readonly seconds: number; readonly rate: number }

async function measureUnderLoad(upstream: Started, port: number, course: Course): Promise<Figures> {
  const { outage, seconds, rate } = course
  const load = startLoad(port, rate)
  await sleep(beforeMs)
  const begun = nowMs()
  await tell(upstream, { kind: 'set-down', model: 'primary', outage })
  const downAt = nowMs()
  await count(upstream)
  await sleep(1000 * seconds)
  const { requests } = await count(upstream)
  await tell(upstream, { kind: 'set-down', model: 'primary', outage: null })
  const upAt = nowMs()
  const backAfterMs = await untilBack(upstream, upAt)
  const ended = await load.stop()
  const failures = ended.filter(({ failure }) => failure !== null)
  return {
    outage,
    seconds,
    requests: ended.length,
    failed: failures.length,
    firstFailure: failures[0]?.failure ?? null,
    probes: requests.primary?.length ?? 0,
    backAfterMs,
    latencyBefore: latencyOf(ended.filter(({ at }) => at < begun)),
    latencyDown: latencyOf(ended.filter(({ at }) => at > downAt && at < upAt)),
  }
}

const tell = (upstream: Started, command: UpstreamCommand): Promise<unknown> => ask(upstream, command)

const count = (upstream: Started): Promise<UpstreamCounts> =>
  ask<UpstreamCounts>(upstream, { kind: 'count' } satisfies UpstreamCommand)

function latencyOf(ended: readonly Ended[]): { readonly median: number; readonly p99: number } {
  const times = ended.map(({ tookMs }) => tookMs)
  return { median: quantile(times, 0.5), p99: quantile(times, 0.99) }
}

/** From the vendor's return to the first of so many requests in a row that all went to it. */
async function untilBack(upstream: Started, upAt: number): Promise<number | null> {
  let run: number[] = []
  while (nowMs() - upAt < mostReturnMs) {
    await sleep(200)
    const { primary = [], backup = [] } = (await count(upstream)).requests
    const lastElsewhere = backup.at(-1) ?? 0
    run = [...run, ...primary].filter((at) => at > Math.max(upAt, lastElsewhere))
    if (run.length >= backInARow) return run[0]! - upAt
  }
  return null
}

/** Requests at an even rate, whatever becomes of those before. */
function startLoad(port: number, rate: number): { readonly stop: () => Promise<readonly Ended[]> } {
  const ended: Ended[] = []
  const underWay = new Set<Promise<void>>()
  let sent = 0
  const begun = nowMs()
  const timer = setInterval(() => {
    for (; sent < ((nowMs() - begun) * rate) / 1000; sent++) {
      const one = askOnce(port, sent % 2 === 0).then((end) => {
        ended.push(end)
        underWay.delete(one)
      })
      underWay.add(one)
    }
  }, 5)
  return {
    stop: async () => {
      clearInterval(timer)
      await Promise.all(underWay)
      return ended
    },
  }
}

function askOnce(port: number, stream: boolean): Promise<Ended> {
  const at = nowMs()
  const connection = new Connection({ host: '127.0.0.1', port })
  return new Promise((resolve) => {
    const timer = setTimeout(() => connection.close(), answerMs)
    connection.send(chatRequest({ port, model: 'auto', stream }), (reply) => {
      clearTimeout(timer)
      connection.close()
      resolve({ at, tookMs: nowMs() - at, failure: failureOf(reply, stream) })
    })
  })
}

function failureOf({ status, tail }: ReplySeen, stream: boolean): string | null {
  if (status !== 200) return `status ${status}: ${tail}`
  return stream && !tail.endsWith('data: [DONE]\n\n') ? `a stream without its end: ${tail}` : null
}

function text(figures: readonly Figures[]): string {
  const right = (title: string) => ({ title, align: 'right' as const })
  const ms = (value: number): string => value.toFixed(0)
  return table(
    [
      { title: 'outage' },
      right('seconds'),
      right('requests'),
      right('failed'),
      right('asked in vain'),
      right('back after, s'),
      right('median before, ms'),
      right('median down, ms'),
      right('p99 down, ms'),
      { title: 'first failure' },
    ],
    figures.map((one) => [
      one.outage,
      String(one.seconds),
      String(one.requests),
      String(one.failed),
      String(one.probes),
      one.backAfterMs === null ? `not in ${mostReturnMs / 1000}` : (one.backAfterMs / 1000).toFixed(1),
      ms(one.latencyBefore.median),
      ms(one.latencyDown.median),
      ms(one.latencyDown.p99),
      one.firstFailure ?? '',
    ]),
  )
}

await main()
