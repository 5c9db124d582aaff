/** Where the caches meet the gateway: a request as a question, a cached answer as a reply, and what is served as what is stored. */

import type { CacheHandle, CacheReport, Found, ResponseCache } from '../caching/response-cache.ts'
import { createResponseCache } from '../caching/response-cache.ts'
import type { CacheEntry } from '../caching/entry.ts'
import { type Assembly, assemble, assembled, beginAssembly } from '../caching/assemble.ts'
import type { CacheRules } from '../caching/rules.ts'
import type { Candidate } from '../domain/candidate.ts'
import type { Decision } from '../domain/decision.ts'
import type { Failure } from '../domain/failure.ts'
import type { ModelId } from '../domain/model.ts'
import { seededDraw } from '../domain/random.ts'
import type { Trace } from '../domain/trace.ts'
import type { Clock } from '../domain/transport.ts'
import { unreachable } from '../domain/unreachable.ts'
import { wireFormatNames } from '../domain/vendor.ts'
import type { Forwarded } from '../engine/attempts/forward.ts'
import type { Entry } from '../governance/governor.ts'
import type { SharedState } from '../storage/state/shared-state.ts'
import type { AlarmEvent, Asked, Events } from '../telemetry/events.ts'
import { wireFormat } from '../wire/index.ts'
import { readSse, restOfSse, startSse } from '../wire/sse.ts'
import type { ClientFormat, WireFormat } from '../wire/wire-format.ts'
import type { Considered } from './consider.ts'
import { momentOf } from './decider.ts'
import type { Incoming, Reply, Served } from './gateway.ts'
import { dollarsOf, encodeAnswerInHand } from './hand-on.ts'
import { decisionOf, outcomeOf } from './record.ts'

/** What a cache says of a request. `handle`: tell it what became of the answer. */
export type Cached =
  | {
      readonly kind: 'hit'
      readonly cache: NonNullable<Decision['cache']>
      readonly entry: CacheEntry
      readonly candidate: Candidate
    }
  | Extract<Found, { kind: 'miss' }>

export type CacheDesk = Pick<ResponseCache, 'semantic' | 'flights'> & {
  /** `null`: nobody wants an answer to this request to be kept, and none is waited for. */
  readonly lookup: (
    rules: CacheRules,
    incoming: Incoming,
    considered: Considered,
    entry: Pick<Entry, 'access'>,
    client: AbortSignal,
  ) => Promise<Cached | null>
}

/** A larger body is read by its model each time: to look it up would cost more than it is likely to save. */
const mostBodyChars = 2_000_000

export function createCacheDesk(state: SharedState, clock: Clock, events: Pick<Events, 'emit'>): CacheDesk {
  const cache = createResponseCache({
    state,
    wall: () => clock.wall().getTime(),
    now: clock.now,
    report: (report) => tell(events, report),
  })
  return {
    semantic: {
      ...cache.semantic,
      reset: (policy) => {
        const known = cache.semantic.reset(policy)
        if (known) events.emit(alarm(policy, 'cleared', `The semantic cache of ${policy} is on again.`, {}))
        return known
      },
    },
    flights: cache.flights,
    lookup: async (rules, incoming, considered, entry, client) => {
      const body = bodyOf(incoming)
      if (body === null) return null
      const candidate = (model: ModelId) => candidateOf(considered, model)
      const { asked, format } = incoming
      const { policy, turn, caller } = considered
      const found = await cache.lookup(
        {
          rules,
          policy: { name: policy.name, version: policy.version },
          askedModel: asked.model,
          format: format.name,
          request: asked.request,
          options: asked.options,
          body,
          caller,
          models: entry.access.map(({ models }) => models),
          vector: turn.vector,
          encoder: `${turn.embedder?.id ?? ''} ${turn.vector.length}`,
          language: turn.signals.language,
          waitAtMostMs: policy.deadlineMs / 2,
          mayServe: (model) => candidate(model) !== null,
          draw: seededDraw(`${considered.id} cache`),
        },
        client,
      )
      if (found?.kind !== 'hit') return found
      return { ...found, candidate: candidate(found.entry.model)! }
    },
  }
}

/** `null`: too large, or none that can be looked up. */
function bodyOf({ text, format }: Incoming): Readonly<Record<string, unknown>> | null {
  if (format.name === 'openai-embeddings' || text.length > mostBodyChars) return null
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** Among all that the request might be answered by, wherever it may be sent. */
function candidateOf(
  { turn, fallbacks, escalations, detours }: Considered,
  model: ModelId,
): Candidate | null {
  const is = ({ id }: Candidate) => id === model
  const nested = Object.values(turn.nested).flatMap((one) => [...one.candidates, ...one.fallbacks])
  return (
    turn.candidates.find(is) ??
    fallbacks.find(is) ??
    nested.find(is) ??
    escalations.find(is) ??
    detours.contextExceeded.find(is) ??
    detours.contentPolicy.find(is) ??
    null
  )
}

function tell(events: Pick<Events, 'emit'>, report: CacheReport): void {
  switch (report.kind) {
    case 'result':
      events.emit({ kind: 'cache', cache: report.cache, result: report.result })
      return
    case 'off': {
      const { policy, verified, falseHits, upperBound } = report.status
      const message = `The semantic cache of ${policy} has turned itself off: of the last ${verified} hits that a model answered as well, ${falseHits} would have been false. Raise its similarity, leave it off, or turn it on again to count anew.`
      events.emit(alarm(policy, 'raised', message, { verified, falseHits, upperBound }))
      return
    }
    default:
      unreachable(report)
  }
}

const alarm = (
  subject: string,
  state: AlarmEvent['state'],
  message: string,
  numbers: AlarmEvent['numbers'],
): AlarmEvent => ({ kind: 'alarm', name: 'semantic-cache-off', subject, state, message, numbers })

/** The record of a request that a cache has answered: no model was asked, and it is evidence for none. */
function cachedDecision(
  considered: Considered,
  { cache, candidate }: Extract<Cached, { kind: 'hit' }>,
  when: Parameters<typeof decisionOf>[2],
): Decision {
  const because =
    cache === 'exact'
      ? 'the same request was answered before'
      : 'a request that means the same was answered before'
  const trace: Trace = {
    driver: 'live',
    steps: [],
    end: { kind: 'reply', model: candidate.id, because, propensity: 1 },
  }
  return { ...decisionOf(considered, trace, when), cache }
}

/** Tells of a request that a cache has answered, and answers it. Nothing was spent. */
export function serveCached(
  { events, clock }: { readonly events: Pick<Events, 'emit'>; readonly clock: Clock },
  incoming: Incoming,
  considered: Considered,
  hit: Extract<Cached, { kind: 'hit' }>,
  asked: Asked,
  startedAt: number,
): Reply {
  const decision = cachedDecision(considered, hit, momentOf(clock, startedAt))
  events.emit({ kind: 'decided', decision })
  const outcome = outcomeOf(decision, [], null, clock.now() - startedAt)
  events.emit({ kind: 'finished', decision, outcome, asked })
  const { entry, candidate } = hit
  const served: Served = { decision, model: candidate.id, failedModels: [], attempts: [], usd: 0 }
  return { ...encodeAnswerInHand(entry.answer, candidate, incoming, decision, served), served }
}

/**
 * What is served is what is stored. A buffered answer is at hand; of a stream, the events that its client gets are read
 * beside it, and what they say is stored when the client was told that it is whole.
 */
export function keepForwarded(handle: CacheHandle, forwarded: Forwarded, format: ClientFormat): Forwarded {
  switch (forwarded.kind) {
    case 'failed':
      handle.abandon()
      return forwarded
    case 'buffered':
      handle.store(forwarded.answer, forwarded.candidate.id, dollarsOf(forwarded.attempts))
      return forwarded
    case 'stream':
      return keepStream(handle, forwarded, format)
    default:
      return unreachable(forwarded)
  }
}

type Streamed = Extract<Forwarded, { kind: 'stream' }>

function keepStream(handle: CacheHandle, forwarded: Streamed, { name }: ClientFormat): Forwarded {
  const decoded = wireFormatNames.find((known) => known === name)
  if (decoded === undefined) {
    // No client's format but these can be read back.
    handle.withhold()
    return forwarded
  }
  const reader = readBack(wireFormat(decoded), handle.maxBytes)
  const { candidate, attempts, done, told } = forwarded
  const end = async (failed: Failure | null): Promise<void> => {
    if (failed !== null) return handle.abandon()
    const { usage, model } = await done
    const answer = reader.answer(usage)
    // Another model may have ended what this one began: it is nobody's answer.
    if (answer === null || model !== candidate.id) handle.withhold()
    else handle.store(answer, model, dollarsOf(attempts))
  }
  void told.then(end).catch(handle.abandon)
  return { ...forwarded, frames: beside(forwarded.frames, reader.read) }
}

type ReadBack = {
  readonly read: (bytes: Uint8Array) => void
  readonly answer: (usage: Parameters<typeof assembled>[1]) => ReturnType<typeof assembled>
}

/** Reads what a client gets. What can't be followed is no answer. */
function readBack({ streamDecoder }: WireFormat, maxBytes: number): ReadBack {
  let framing = startSse()
  let state = streamDecoder.start
  let assembly: Assembly | null = beginAssembly(maxBytes)
  const readEvent = (event: Parameters<typeof streamDecoder.read>[1]): void => {
    if (assembly === null) return
    const read = streamDecoder.read(state, event)
    state = read.state
    const sound = read.failure === null && read.malformed !== true
    for (const part of read.parts) if (assembly !== null && !assemble(assembly, part)) assembly = null
    if (!sound) assembly = null
  }
  return {
    read: (bytes) => {
      if (assembly === null) return
      const { state: next, frames, overflow } = readSse(framing, bytes)
      framing = next
      for (const { event } of frames) if (event !== null && event.data !== '[DONE]') readEvent(event)
      if (overflow) assembly = null
    },
    answer: (usage) => {
      const rest = restOfSse(framing)
      if (rest?.event) readEvent(rest.event)
      return assembly === null ? null : assembled(assembly, usage)
    },
  }
}

/** Hands on what it reads, and the end of it: whoever stops reading stops the source. */
async function* beside(
  frames: AsyncIterableIterator<Uint8Array>,
  read: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of frames) {
      read(bytes)
      yield bytes
    }
  } finally {
    await frames.return?.()
  }
}
