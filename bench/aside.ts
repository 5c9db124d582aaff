/**
 * What work beside the served path adds to a request, with a sampled share of 0, 10 and 100 %: the microseconds that are spent before
 * the reply has left, and those of the whole process, the work itself included. `npm run bench:aside`.
 * Rounds of all contenders are interleaved, so that noise of the machine falls on all alike; medians over rounds.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { table } from '../src/cli/table.ts'
import { builtInSurroundings } from '../src/config/built-in.ts'
import { readEnvironment } from '../src/config/environment.ts'
import { loadConfig } from '../src/config/load.ts'
import type { Decision } from '../src/domain/decision.ts'
import { failure } from '../src/domain/failure.ts'
import { openAside } from '../src/gateway/aside/open-aside.ts'
import type { Gateway, Incoming } from '../src/gateway/gateway.ts'
import { openStoredGateway } from '../src/gateway/open-gateway.ts'
import { wireFormat } from '../src/wire/index.ts'

const format = wireFormat('openai-chat')
const prompt =
  'Explain why a greedy order can be far from the best one, with five crates and two trucks. '.repeat(22)
const policies = { auto: { strategy: 'fixed', model: 'simulated/nano' }, bold: { quality: 0.97 } }

function incoming(stream: boolean): Incoming {
  const text = JSON.stringify({ model: 'auto', stream, messages: [{ role: 'user', content: prompt }] })
  const decoded = format.decodeRequest(JSON.parse(text))
  if (decoded.kind === 'failed') throw new Error(decoded.failure.message)
  return { format, text, asked: decoded.value }
}

const columns = (...titles: readonly string[]) =>
  titles.map((title, index) => ({ title, align: index === 0 ? 'left' : 'right' }) as const)

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

type Contender = { readonly name: string; readonly config: object }

const shadow = (share: number) => ({ policy: 'auto', by: 'bold', share })
const contenders: readonly Contender[] = [
  { name: 'nothing beside', config: {} },
  ...[0, 0.1, 1].map((share) => ({
    name: `shadow decides, ${share * 100} %`,
    config: { shadows: { trial: shadow(share) } },
  })),
  { name: 'implicit feedback', config: { implicit: { retries: true, tools: true } } },
]

async function open(folder: string, { config }: Contender): Promise<Gateway> {
  const file = join(folder, 'fairlead.yaml')
  writeFileSync(file, JSON.stringify({ simulated: { pace: 0 }, policies, ...config }))
  const surroundings = builtInSurroundings([], readEnvironment({}))
  const loaded = await loadConfig({ file, directory: folder, surroundings })
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults))
  return openStoredGateway(loaded.config, { inMemory: true, onLogProblem: () => {} })
}

type Figures = { readonly latency: number[]; readonly cpu: number[] }

/** Microseconds until the reply is there, and of the processor until everything beside it is done too. */
async function round(gateway: Gateway, times: number, { latency, cpu }: Figures): Promise<void> {
  const request = incoming(false)
  const client = new AbortController().signal
  const before = process.cpuUsage()
  const took: number[] = []
  for (let n = 0; n < times; n++) {
    const at = performance.now()
    await gateway.chat(request, client)
    took.push((performance.now() - at) * 1000)
    await turn()
  }
  const isBusy = () => Object.values(gateway.aside.counts()).some((one) => one.waiting + one.running > 0)
  while (isBusy()) await turn()
  const { user, system } = process.cpuUsage(before)
  latency.push(median(took))
  cpu.push((user + system) / times)
}

async function throughTheGateway(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'))
  const gateways = []
  for (const contender of contenders) gateways.push(await open(folder, contender))
  const figures: Figures[] = contenders.map(() => ({ latency: [], cpu: [] }))
  for (const gateway of gateways) await round(gateway, 300, { latency: [], cpu: [] })
  for (let n = 0; n < 15; n++)
    for (const [index, gateway] of gateways.entries()) await round(gateway, 100, figures[index]!)
  for (const gateway of gateways) await gateway.close()
  rmSync(folder, { recursive: true, force: true })
  const rows = contenders.map(({ name }, index) => [
    name,
    median(figures[index]!.latency).toFixed(0),
    median(figures[index]!.cpu).toFixed(0),
  ])
  console.log(table(columns('', 'us until the reply', 'us of the processor, all included'), rows))
}

/** The calls alone that stand in the path of a request. */
async function inThePath(): Promise<void> {
  const rows: string[][] = []
  for (const share of [0, 0.1, 1]) {
    const aside = openAside({
      settings: {
        judge: {
          by: 'bold',
          share,
          budget: { usd: 1, per: 'day' },
          policies: null,
          rubric: null,
          scale: 'ten',
        },
        shadows: [],
        implicit: null,
      },
      // What is asked is refused at once: here it is what stands before it that is measured.
      chat: async () => ({
        kind: 'failed',
        failure: failure('unavailable', 'nobody is asked'),
        served: null,
      }),
      generation: () => ({ decider: { policy: () => ({ kind: 'failed' }) } }) as never,
      governor: { entry: () => ({ accounts: [] }) } as never,
      state: { balance: () => ({ spent: 0, reserved: 0, beganAt: 0, endsAt: 1 }) } as never,
      events: { add: () => () => {} } as never,
      feedback: { add: async () => {} } as never,
      clock: { now: () => performance.now(), wall: () => new Date() },
      onProblem: () => {},
    })
    for (const stream of [false, true]) rows.push(await pathRow(aside, share, stream))
    await aside.close()
  }
  console.log(table(columns('sampled', 'answer', 'us in the path, median', 'mean', '99th percentile'), rows))
}

type Aside = ReturnType<typeof openAside>

async function pathRow(aside: Aside, share: number, stream: boolean): Promise<string[]> {
  const request = incoming(stream)
  const considered = { policy: { vendors: undefined } } as never
  const frames = Array.from({ length: 200 }, (_, n) =>
    Buffer.from(`data: {"n":${n},"text":"some words"}\n\n`),
  )
  const answer = { model: '', parts: [{ kind: 'text', text: prompt }], finish: { kind: 'stop', raw: '' } }
  const took: number[] = []
  for (let n = 0; n < 6_000; n++) {
    const decision = { id: `dec_${n}_${share}`, policy: 'auto', askedModel: 'auto' } as unknown as Decision
    const given = stream
      ? { kind: 'stream', frames: readable(frames) }
      : { kind: 'buffered', answer, bytes: Buffer.alloc(2_000) }
    const plain = stream ? await timeToRead(given as never) : 0
    const again = stream ? { kind: 'stream', frames: readable(frames) } : given
    const at = performance.now()
    const watch = aside.watch(request, considered, decision)
    const seen = watch?.see(again as never) ?? again
    if (stream) await timeToRead(seen as never)
    watch?.over(null)
    if (n >= 1_000) took.push((performance.now() - at) * 1000 - (stream ? plain : 0))
    await turn()
  }
  const sorted = took.sort((a, b) => a - b)
  const mean = took.reduce((sum, one) => sum + one, 0) / took.length
  return [
    `${share * 100} %`,
    stream ? 'stream of 200 events' : 'whole',
    median(sorted).toFixed(2),
    mean.toFixed(2),
    sorted[Math.floor(sorted.length * 0.99)]!.toFixed(2),
  ]
}

async function* readable(frames: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const frame of frames) yield frame
}

/** Microseconds. */
async function timeToRead({ frames }: { readonly frames: AsyncIterable<Uint8Array> }): Promise<number> {
  const at = performance.now()
  for await (const frame of frames) void frame
  return (performance.now() - at) * 1000
}

await inThePath()
await throughTheGateway()
