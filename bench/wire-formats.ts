/**
 * What translating between wire formats costs: CPU of the gateway per request and per event, for clients of each format, of a
 * vendor that speaks Chat Completions. Needs `npm run build`. `npm run bench:wire-formats -- [--rounds 5] [--seconds 2]`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { WireFormatName } from '../src/domain/vendor.ts'
import { startFairlead } from './gateway/fairlead.ts'
import { median } from './gateway/figures.ts'
import type { LoadJob, LoadResult } from './gateway/load-job.ts'
import { ask, coresAllowed, cpuSeconds, startOwn } from './gateway/process.ts'
import { eventsPerStream } from './gateway/upstream.ts'

type Client = {
  readonly format: WireFormatName
  readonly path: string
  readonly endMarker: string
  readonly body: (prompt: string, stream: boolean) => object
}

const system = 'You are a helpful assistant.'

const clients: readonly Client[] = [
  {
    format: 'openai-chat',
    path: '/v1/chat/completions',
    endMarker: 'data: [DONE]',
    body: (content, stream) => ({
      model: 'auto',
      stream,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content },
      ],
      ...(stream && { stream_options: { include_usage: true } }),
    }),
  },
  {
    format: 'anthropic-messages',
    path: '/v1/messages',
    endMarker: 'message_stop',
    body: (content, stream) => ({
      model: 'auto',
      stream,
      max_tokens: 1000,
      system,
      messages: [{ role: 'user', content }],
    }),
  },
  {
    format: 'openai-responses',
    path: '/v1/responses',
    // The last bytes of a response that is told whole.
    endMarker: '"metadata":{}}}',
    body: (input, stream) => ({ model: 'auto', stream, store: false, instructions: system, input }),
  },
]

const prompts = Array.from(
  { length: 500 },
  (_, index) => `What is ${index} * 23, and why does it matter to ${index + 7}?`,
)

type Sample = { readonly micros: number; readonly failed: number; readonly why: string | null }

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' } },
})
const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'))
const [gatewayCore = null, loadCore = null] = coresAllowed().length < 2 ? [] : coresAllowed()
const upstream = startOwn('upstream.ts', loadCore)
const load = startOwn('load.ts', loadCore)
const { port } = await ask<{ port: number }>(upstream, null)
const fairlead = await startFairlead({ upstream: { host: '127.0.0.1', port }, core: gatewayCore, folder })

async function sample(client: Client, stream: boolean, seconds: number): Promise<Sample> {
  const job: LoadJob = {
    load: { kind: 'closed', clients: 16 },
    seconds,
    ...fairlead.origin,
    path: client.path,
    headers: {},
    bodies: prompts.map((prompt) => JSON.stringify(client.body(prompt, stream))),
    stream,
    endMarker: client.endMarker,
  }
  const before = cpuSeconds(fairlead.pid!)
  const { answered, failed, firstFailure } = await ask<LoadResult>(load, job)
  const micros = (1e6 * (cpuSeconds(fairlead.pid!) - before)) / answered
  return { micros: stream ? micros / eventsPerStream : micros, failed, why: firstFailure }
}

try {
  const rounds = Number(values.rounds)
  const seconds = Number(values.seconds)
  const rows: string[] = []
  const base = new Map<boolean, readonly number[]>()
  const samples = new Map<string, number[]>()
  let failed = 0
  // The first round warms up.
  for (let round = 0; round <= rounds; round++)
    for (const stream of [false, true])
      for (const client of clients) {
        const taken = await sample(client, stream, seconds)
        failed += taken.failed
        if (taken.why) console.error(`${client.format}: ${taken.why}`)
        const key = `${client.format} ${stream}`
        if (round > 0) samples.set(key, [...(samples.get(key) ?? []), taken.micros])
      }
  for (const stream of [false, true])
    for (const { format } of clients) {
      const taken = samples.get(`${format} ${stream}`)!
      const own = base.get(stream) ?? taken
      base.set(stream, own)
      const ratios = taken.map((micros, round) => micros / own[round]!)
      rows.push(
        `${stream ? 'SSE, per event of the vendor' : 'JSON, per request'}  ${format.padEnd(20)}${median(taken).toFixed(1).padStart(8)} µs  ${median(ratios).toFixed(2)} x`,
      )
    }
  console.log(
    `CPU of the gateway, median of ${rounds} rounds of ${seconds} s; the vendor speaks openai-chat; ${failed} failed`,
  )
  console.log(rows.join('\n'))
} finally {
  await fairlead.stop()
  await load.stop()
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}
