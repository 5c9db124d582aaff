import type { Attempt } from '../../src/domain/attempt.ts'
import type { Model } from '../../src/domain/model.ts'
import { createHttpTransport } from '../../src/providers/http-transport.ts'
import { defaultStreamRules } from '../../src/engine/attempts/call-target.ts'
import { type Forwarded, forwardTo } from '../../src/engine/attempts/forward.ts'
import type { Candidate } from '../../src/domain/candidate.ts'
import type { Target } from '../../src/domain/vendor.ts'
import type { NonEmpty } from '../../src/domain/non-empty.ts'
import { anEngine, aJob, aTarget, aVendor } from '../support/an-engine.ts'
import { aCandidate, aModel, aRequest } from '../support/builders.ts'
import { plainWords } from '../support/faults/said.ts'
import { aRefusedUrl, openFaultServer, type RunningFaultServer } from '../support/faults/server.ts'
import type { Fault } from './faults.ts'
import type { Understood } from './dialects.ts'
import type { Row } from './rows.ts'

export type Observed = {
  readonly client: string
  /** The models that were asked, in order. */
  readonly upstream: string
  readonly booked: string
  readonly tookMs: number
  readonly understood: Understood
  readonly asked: readonly string[]
  readonly attempts: readonly Attempt[]
}

const price = { usdPerMillion: { input: 1, output: 10 } }
const models = [
  aModel({ id: 'acme/small', contextWindow: 8_000, ...price }),
  aModel({ id: 'acme/large', contextWindow: 1_000_000, ...price }),
]
const candidates = models.map((model) => aCandidate({ model })) as unknown as NonEmpty<Candidate>

/** Short where a wait is what breaks a model, so that the whole matrix takes seconds; else long enough for a busy machine. */
const shortWaits = { firstByteMs: 250, firstContentMs: 250, answerMs: 250, idleMs: 250 }
const longWaits = { firstByteMs: 30_000, firstContentMs: 30_000, answerMs: 30_000, idleMs: 30_000 }

/** Strikes the first of two models with the row's fault. The second is sound, and says the same when it is asked to go on. */
export async function runRow(row: Row): Promise<Observed> {
  const { fault, dialect, recovery } = row
  const server = await openFaultServer(
    { small: fault.behaviours, large: [{ kind: 'answer', asked: fault.other?.asked ?? 'go-on' }] },
    { format: dialect.spoken, said: fault.said ?? {} },
  )
  const refusedUrl = fault.refused ? await aRefusedUrl() : null
  const transport = createHttpTransport()
  const begun = performance.now()
  try {
    const engine = anEngine({
      baseUrl: server.baseUrl,
      models,
      transport,
      parts: {
        targetsOf: (id) =>
          models
            .filter((model) => model.id === id)
            .map((model) => targetFor(model, row, refusedUrl ?? server.baseUrl, server.baseUrl)),
      },
    })
    const job = aJob({
      request: { ...aRequest({ stream: recovery !== null }), from: row.client.format.name },
      clientFormat: row.client.format,
      streamRules: { ...defaultStreamRules, recovery: recovery ?? 'error' },
    })
    const forwarded = await forwardTo(engine, candidates, job, new AbortController().signal)
    const reply = await read(forwarded, row)
    return observed(row, reply, forwarded.attempts, server, performance.now() - begun)
  } finally {
    await transport.close()
    await server.close()
  }
}

function targetFor(model: Model, { fault, dialect }: Row, smallUrl: string, largeUrl: string): Target {
  const small = model === models[0]
  const prefill = small ? undefined : fault.other?.prefill
  const plain = aVendor()
  return aTarget({
    id: model.id,
    model,
    vendor: {
      ...plain,
      format: dialect.format.name,
      quirks: { ...plain.quirks, ...(prefill && { prefill }) },
    },
    baseUrl: small ? smallUrl : largeUrl,
    limits: small && fault.impatient ? shortWaits : longWaits,
  })
}

/** All that a client may read of the answer, in one text. */
export function wholeOf({ said }: Fault): string {
  const { words, toolCall } = { ...plainWords, ...said }
  return words.join('') + (toolCall?.argumentsPieces.join('') ?? '')
}

type Reply = { readonly status: number; readonly understood: Understood; readonly servedBy: string }

async function read(forwarded: Forwarded, { client, dialect }: Row): Promise<Reply> {
  switch (forwarded.kind) {
    case 'failed': {
      const { status, body } = client.format.encodeFailure(forwarded.failure)
      return { status, understood: client.readWhole(JSON.parse(JSON.stringify(body))), servedBy: '' }
    }
    case 'buffered': {
      // As the gateway hands it on.
      const body: unknown =
        client === dialect
          ? JSON.parse(Buffer.from(forwarded.bytes).toString())
          : client.format.encodeAnswer(forwarded.answer, { id: 'one', created: 1, model: 'small' })
      return {
        status: 200,
        understood: client.readWhole(JSON.parse(JSON.stringify(body))),
        servedBy: forwarded.target.model.vendorName,
      }
    }
    case 'stream': {
      let text = ''
      for await (const frame of forwarded.frames) text += Buffer.from(frame).toString()
      await forwarded.done
      const gone = text.includes(' goes on after ')
      return { status: 200, understood: client.readStream(text), servedBy: gone ? 'both' : '' }
    }
  }
}

function observed(
  { fault }: Row,
  { status, understood, servedBy }: Reply,
  attempts: readonly Attempt[],
  { seen }: RunningFaultServer,
  tookMs: number,
): Observed {
  const last = attempts.at(-1)!
  const by = servedBy === 'both' ? 'small and large' : last.model.slice('acme/'.length)
  const asked = seen.map(({ model }) => model)
  return {
    client: clientGot(wholeOf(fault), status, understood, by),
    upstream: counted(asked),
    booked: attempts.map(inBooks).join('; '),
    tookMs,
    understood,
    asked,
    attempts,
  }
}

function clientGot(whole: string, status: number, { text, complete, error }: Understood, by: string): string {
  if (text === whole && complete && error === null) return `whole answer, by ${by}`
  if (status !== 200) return `status ${status}, ${error}`
  const count = text.trim().split(' ').length
  const beginning = text === '' ? '' : `${count} word${count === 1 ? '' : 's'}, then `
  return complete ? `TRUNCATED: ${JSON.stringify(text)}` : `${beginning}error ${error}`
}

/** `small, small, large` as `small ×2, large`. */
function counted(names: readonly string[]): string {
  const runs: { name: string; times: number }[] = []
  for (const name of names) {
    const last = runs.at(-1)
    if (last?.name === name) last.times++
    else runs.push({ name, times: 1 })
  }
  return runs.map(({ name, times }) => (times === 1 ? name : `${name} ×${times}`)).join(', ')
}

function inBooks({ model, usage, outcome }: Attempt): string {
  const how = outcome.kind === 'answered' ? outcome.finish : outcome.failure
  const tokens = usage.inputTokens + usage.outputTokens
  const estimate = tokens > 0 && usage.source === 'estimated' ? '~' : ''
  return `${model.slice('acme/'.length)} ${how} ${estimate}${usage.inputTokens}+${usage.outputTokens}`
}
