import { failure, type FailureKind } from '../../domain/failure.ts'
import { hash32 } from '../../domain/random.ts'
import type { Clock, Exchange, Outgoing, Transport } from '../../domain/transport.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import type { ClientRequest, Envelope } from '../../wire/wire-format.ts'
import { type Simulated, simulateAnswer } from './answer.ts'
import { bufferedBody, streamEvents, type TimedEvent } from './reply-bytes.ts'
import { inputTokensOf } from './tokens.ts'

/** Something that goes wrong on the way, for tests and demonstrations. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds: number | null }
  /** The connection breaks after so many events of a stream; at once where the reply is not a stream. */
  | { readonly kind: 'cut'; readonly afterEvents: number }
  /** Nothing more comes after so many events, and the connection stays open. */
  | { readonly kind: 'stall'; readonly afterEvents: number }

export type SimulatedTransportOptions = {
  readonly seed: string
  /** What a simulated second takes in real ones: 1 is realistic, 0 does not wait at all. */
  readonly pace: number
  /** For the date in replies. */
  readonly clock?: Clock
  readonly faults?: (outgoing: Outgoing) => Fault | null
}

/** Thrown by a body whose connection was cut on purpose. */
class ConnectionCut extends Error {
  override readonly name = 'ConnectionCut'
}

/** Answers in this process what a vendor of the `openai-chat` format would answer over HTTP, byte for byte. */
export function createSimulatedTransport(options: SimulatedTransportOptions): Transport {
  return {
    send: (outgoing, signal) => exchange(outgoing, signal, options),
    asFailure: (error) =>
      error instanceof ConnectionCut
        ? failure('truncated', 'The simulated model broke off in the middle of its answer.')
        : failure('cancelled', 'The call to the simulated model was cancelled.'),
    close: async () => {},
  }
}

const cancelled: Exchange = {
  kind: 'failed',
  failure: failure('cancelled', 'The call to the simulated model was cancelled.'),
}

async function exchange(
  outgoing: Outgoing,
  signal: AbortSignal,
  options: SimulatedTransportOptions,
): Promise<Exchange> {
  if (signal.aborted) return cancelled
  const fault = options.faults?.(outgoing) ?? null
  if (fault?.kind === 'status') return refusal(fault.status, fault.retryAfterSeconds)
  const decoded = decode(outgoing.body)
  if (decoded.kind === 'failed') return errorReply(400, openaiChat.encodeFailure(decoded.failure).body)
  const { model } = outgoing.target
  const inputTokens = inputTokensOf(decoded.value.request)
  if (inputTokens >= model.contextWindow) {
    const message = `The prompt has ${inputTokens} tokens; ${model.id} takes at most ${model.contextWindow}.`
    return errorReply(400, openaiChat.encodeFailure(failure('context-exceeded', message)).body)
  }
  const simulated = simulateAnswer(model, decoded.value.request, options.seed)
  const envelope: Envelope = {
    id: `simulated-${hash32(`${options.seed} ${model.id} ${outgoing.body}`).toString(16)}`,
    created: Math.floor((options.clock?.wall() ?? new Date()).getTime() / 1000),
    model: model.id,
  }
  const events = decoded.value.request.stream
    ? streamEvents(simulated, envelope, decoded.value.usageWanted)
    : [{ text: bufferedBody(simulated.answer, envelope), atMs: simulated.latency.totalMs }]
  return {
    kind: 'replied',
    status: 200,
    headers: headersFor(decoded.value, simulated),
    body: paced(events, signal, options.pace, fault),
  }
}

function decode(body: string): ReturnType<typeof openaiChat.decodeRequest> {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return { kind: 'failed', failure: failure('rejected', 'The body is not JSON. Send a JSON object.') }
  }
  return openaiChat.decodeRequest(value)
}

const headersFor = ({ request }: ClientRequest, { latency }: Simulated) => ({
  'content-type': request.stream ? 'text/event-stream; charset=utf-8' : 'application/json',
  // What the answer would have taken at pace 1, for those who do not want to wait for it.
  'x-simulated-latency-ms': latency.totalMs.toFixed(0),
})

async function* paced(
  events: readonly TimedEvent[],
  signal: AbortSignal,
  pace: number,
  fault: Exclude<Fault, { kind: 'status' }> | null,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let waitedMs = 0
  for (const [index, event] of events.entries()) {
    if (fault !== null && index >= (events.length === 1 ? 0 : fault.afterEvents))
      await misfortune(fault, signal)
    signal.throwIfAborted()
    const dueMs = event.atMs * pace
    // Timers are no finer than a millisecond: shorter waits are saved up.
    if (dueMs - waitedMs >= 1) {
      await sleep(dueMs - waitedMs, signal)
      waitedMs = dueMs
    }
    yield encoder.encode(event.text)
  }
  signal.throwIfAborted()
}

async function misfortune(fault: Exclude<Fault, { kind: 'status' }>, signal: AbortSignal): Promise<never> {
  switch (fault.kind) {
    case 'cut':
      throw new ConnectionCut('the simulated connection was cut')
    case 'stall':
      await new Promise<void>((_, reject) => {
        if (signal.aborted) reject(signal.reason)
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
      throw new ConnectionCut('a stalled connection does not go on')
    default:
      return unreachable(fault)
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

const kindsByStatus: Readonly<Record<number, FailureKind>> = {
  400: 'rejected',
  401: 'credential',
  402: 'quota',
  403: 'credential',
  408: 'timed-out',
  429: 'rate-limited',
  503: 'overloaded',
  504: 'timed-out',
  529: 'overloaded',
}

function refusal(status: number, retryAfterSeconds: number | null): Exchange {
  const kind = kindsByStatus[status] ?? 'unavailable'
  const { body } = openaiChat.encodeFailure(
    failure(kind, `The simulated model was told to fail with status ${status}.`),
  )
  return errorReply(
    status,
    body,
    retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) },
  )
}

function errorReply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Exchange {
  return {
    kind: 'replied',
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: once(JSON.stringify(body)),
  }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}
