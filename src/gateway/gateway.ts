import type { Answer } from '../domain/answer.ts'
import type { Attempt } from '../domain/attempt.ts'
import type { Candidate } from '../domain/candidate.ts'
import type { Decision } from '../domain/decision.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { Model, ModelId } from '../domain/model.ts'
import { usdOf } from '../domain/money.ts'
import type { NonEmpty } from '../domain/non-empty.ts'
import type { Policy } from '../domain/policy.ts'
import type { Verdict } from '../domain/strategy.ts'
import type { Clock } from '../domain/transport.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { AttemptEngine } from '../engine/attempts/attempt-engine.ts'
import type { Job } from '../engine/attempts/call-target.ts'
import { type Forwarded, forwardTo } from '../engine/attempts/forward.ts'
import { interrupt } from '../engine/attempts/interruption.ts'
import { sumOfCosts } from '../engine/cost.ts'
import { live } from '../engine/live.ts'
import type { DecisionLog } from '../telemetry/decision-log.ts'
import type { ClientRequest, WireFormat } from '../wire/wire-format.ts'
import type { Considered } from './consider.ts'
import { type Decider, momentOf, type Routed } from './decider.ts'
import { encodeReply } from './encode-reply.ts'
import { decisionOf, outcomeOf } from './record.ts'

/** A chat request as it arrived. */
export type Incoming = {
  readonly format: WireFormat
  /** The client's own text, passed on to a vendor of the same format. */
  readonly text: string
  readonly asked: ClientRequest
}

/** What the client gets. `served` is null where nothing was decided. */
export type Reply = { readonly served: Served | null } & (
  | { readonly kind: 'buffered'; readonly bytes: Uint8Array }
  /** Whole server-sent events. Read to the end, or abort the signal. */
  | { readonly kind: 'stream'; readonly frames: AsyncIterable<Uint8Array> }
  | { readonly kind: 'failed'; readonly failure: Failure }
)

/** What headers tell of a decision. */
export type Served = {
  readonly decision: Decision
  readonly model: ModelId | null
  /** The models that were tried and failed before it. */
  readonly failedModels: readonly ModelId[]
  /** Dollars; `null` while a stream runs or where a price is unknown. */
  readonly usd: number | null
}

/** The one place where the parts meet. A value: two gateways can live in one process. */
export type Gateway = {
  readonly chat: (incoming: Incoming, client: AbortSignal) => Promise<Reply>
  /** Decides and calls nobody. Not logged: nothing is served. */
  readonly route: (asked: ClientRequest) => Routed
  readonly policies: readonly Policy[]
  readonly models: readonly Model[]
  /** Writes what is still queued and closes every connection. */
  readonly close: () => Promise<void>
}

export type GatewayParts = {
  readonly decider: Decider
  readonly engine: AttemptEngine
  readonly log: DecisionLog
  readonly clock: Clock
  readonly policies: readonly Policy[]
  readonly models: readonly Model[]
  readonly close: () => Promise<void>
}

export function createGateway(parts: GatewayParts): Gateway {
  const { decider, clock } = parts
  return {
    route: decider.route,
    chat: async (incoming, client) => {
      const startedAt = clock.now()
      const consideration = decider.consider(incoming.asked)
      if (consideration.kind === 'failed') return { ...consideration, served: null }
      return serve(parts, incoming, consideration.considered, startedAt, client)
    },
    policies: parts.policies,
    models: parts.models,
    close: parts.close,
  }
}

async function serve(
  parts: GatewayParts,
  incoming: Incoming,
  considered: Considered,
  startedAt: number,
  client: AbortSignal,
): Promise<Reply> {
  const { engine, log, clock } = parts
  const job = jobOf(incoming, considered, startedAt)
  const lived = await live(considered.policy.choose, considered.turn, engine, job, client)
  const decision = decisionOf(considered, lived.trace, momentOf(clock, startedAt))
  log.decided(decision)
  const finish = (attempts: readonly Attempt[], end: Failure | null) =>
    log.finished(outcomeOf(decision, [...lived.attempts, ...attempts], end, clock.now() - startedAt))
  const served = (attempts: readonly Attempt[], model: ModelId | null): Served => ({
    decision,
    model,
    failedModels: attempts.filter(({ outcome }) => outcome.kind === 'failed').map((attempt) => attempt.model),
    usd: dollarsOf([...lived.attempts, ...attempts]),
  })
  const { verdict } = lived
  switch (verdict.kind) {
    case 'refuse':
      finish([], verdict.failure)
      return { kind: 'failed', failure: verdict.failure, served: served([], null) }
    case 'reply': {
      finish([], null)
      const { answer, candidate } = verdict
      return { ...encode(answer, candidate, incoming, decision), served: served([], candidate.id) }
    }
    case 'forward': {
      const forwarded = await forwardTo(
        engine,
        withFallbacks(verdict, considered),
        forwardJob(job, verdict),
        client,
      )
      return handOn(forwarded, finish, served)
    }
    default:
      return unreachable(verdict)
  }
}

function jobOf({ format, text, asked }: Incoming, { policy, turn }: Considered, startedAt: number): Job {
  return {
    request: asked.request,
    original: { format: format.name, text },
    clientFormat: format,
    usageWanted: asked.usageWanted,
    promptTokens: turn.signals.inputTokens,
    startedAt,
    deadlineAt: startedAt + policy.deadlineMs,
  }
}

type Forward = Extract<Verdict, { kind: 'forward' }>

const forwardJob = (job: Job, { request }: Forward): Job =>
  request === null ? job : { ...job, request, original: null }

/** The strategy's models first, in its order; then the fallbacks that it did not name. */
function withFallbacks({ to }: Forward, { fallbacks }: Considered): NonEmpty<Candidate> {
  const named = new Set(to.map(({ id }) => id))
  return [...to, ...fallbacks.filter(({ id }) => !named.has(id))] as unknown as NonEmpty<Candidate>
}

function handOn(
  forwarded: Forwarded,
  finish: (attempts: readonly Attempt[], end: Failure | null) => void,
  served: (attempts: readonly Attempt[], model: ModelId | null) => Served,
): Reply {
  const { attempts } = forwarded
  switch (forwarded.kind) {
    case 'failed':
      finish(attempts, forwarded.failure)
      return { kind: 'failed', failure: forwarded.failure, served: served(attempts, null) }
    case 'buffered':
      finish(attempts, null)
      return { kind: 'buffered', bytes: forwarded.bytes, served: served(attempts, forwarded.candidate.id) }
    case 'stream':
      // The stream's own attempt joins `attempts` when it has ended, however it ends.
      void forwarded.done.then(() => finish(attempts, null))
      return {
        kind: 'stream',
        frames: forwarded.frames,
        served: { ...served(attempts, forwarded.candidate.id), usd: null },
      }
    default:
      return unreachable(forwarded)
  }
}

function dollarsOf(attempts: readonly Attempt[]): number | null {
  const cost = sumOfCosts(attempts.map((attempt) => attempt.cost))
  return cost === null ? null : usdOf(cost)
}

function encode(answer: Answer, { model }: Candidate, { format, asked }: Incoming, { id, time }: Decision) {
  const envelope = { id: id.slice(4), created: Math.floor(Date.parse(time) / 1000), model: model.vendorName }
  return encodeReply(answer, format, envelope, { stream: asked.request.stream, usage: asked.usageWanted })
}

/** Ends what is being answered: the client is told that the gateway is shutting down. */
export const cutShort = (client: AbortController): void => interrupt(client, shuttingDown())

/** What a client is told when the gateway is closing. */
export const shuttingDown = (): Failure =>
  failure('overloaded', 'The gateway is shutting down. Send the request again in a moment.', {
    code: 'shutting_down',
  })
