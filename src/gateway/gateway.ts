import type { ResolvedConfig } from '../config/resolved.ts'
import type { Answer } from '../domain/answer.ts'
import type { Attempt, AttemptOutcome } from '../domain/attempt.ts'
import type { Candidate } from '../domain/candidate.ts'
import type { Decision, DecisionId } from '../domain/decision.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { Model, ModelId } from '../domain/model.ts'
import { usdOf } from '../domain/money.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import type { Policy } from '../domain/policy.ts'
import type { Verdict } from '../domain/strategy.ts'
import type { Clock } from '../domain/transport.ts'
import { unreachable } from '../domain/unreachable.ts'
import { defaultStreamRules, type Job } from '../engine/attempts/call-target.ts'
import { type Forwarded, forwardTo } from '../engine/attempts/forward.ts'
import type { Affinity } from '../engine/attempts/affinity.ts'
import type { AttemptEngine } from '../engine/attempts/attempt-engine.ts'
import { holdsVendorState } from '../engine/sessions/conversation.ts'
import { viewSession } from '../engine/sessions/session-view.ts'
import { interrupt } from '../engine/attempts/interruption.ts'
import { sumOfCosts } from '../engine/cost.ts'
import { live } from '../engine/live.ts'
import type { DecisionLog } from '../telemetry/decision-log.ts'
import type { ClientFormat, ClientRequest, Envelope } from '../wire/wire-format.ts'
import type { Considered } from './consider.ts'
import { type Decider, momentOf, type Routed } from './decider.ts'
import { encodeReply } from './encode-reply.ts'
import { isOfNoUse } from './escalation.ts'
import type { Experience } from './experience.ts'
import type { Generation, Succession } from './generation.ts'
import { decisionOf, outcomeOf } from './record.ts'
import type { Replies } from './replies.ts'
import { rememberAnswer } from './remember-answer.ts'
import { openSpending, type Spending } from './spend-budgets.ts'
import type { TextReading } from './text-reader.ts'

/** A chat request as it arrived. */
export type Incoming = {
  readonly format: ClientFormat
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
  /** What text models outside say of a request, for `route`; `null`: there are none. `chat` asks them itself. */
  readonly readText: Decider['readText']
  /** Decides and calls no model. Not logged: nothing is served. */
  readonly route: (asked: ClientRequest, text?: TextReading | null) => Routed
  /** Estimated tokens of a request's prompt. Fails where it names no policy and no model. */
  readonly countTokens: Decider['countTokens']
  readonly replies: Replies
  readonly policies: readonly Policy[]
  /** Headers of requests that some policy reads, in lower case: what a server hands on in `options.headers`. */
  readonly headersRead: readonly string[]
  readonly models: readonly Model[]
  /**
   * Serves by another configuration from now on; requests under way finish by the old one, and what was learnt of targets
   * and sessions stays. Where it can't be opened the old one goes on. @throws ArtefactError, TextModelError
   */
  readonly reload: (config: ResolvedConfig) => Promise<void>
  /** Writes what is still queued and closes every connection. */
  readonly close: () => Promise<void>
}

export type GatewayParts = {
  readonly succession: Succession
  readonly experience: Experience
  readonly log: DecisionLog
  readonly replies: Replies
  readonly clock: Clock
  readonly reload: (config: ResolvedConfig) => Promise<void>
  readonly close: () => Promise<void>
}

export function createGateway(parts: GatewayParts): Gateway {
  const { succession, clock } = parts
  return {
    get readText() {
      return succession.current().decider.readText
    },
    route: (asked, text) => succession.current().decider.route(asked, text),
    chat: async (incoming, client) => {
      const startedAt = clock.now()
      const { generation, release } = succession.take()
      try {
        return await chat(parts, generation, incoming, startedAt, client)
      } finally {
        release()
      }
    },
    countTokens: (asked) => succession.current().decider.countTokens(asked),
    replies: parts.replies,
    get headersRead() {
      return succession.current().headersRead
    },
    get policies() {
      return succession.current().policies
    },
    get models() {
      return succession.current().models
    },
    reload: parts.reload,
    close: parts.close,
  }
}

async function chat(
  parts: GatewayParts,
  generation: Generation,
  incoming: Incoming,
  startedAt: number,
  client: AbortSignal,
): Promise<Reply> {
  const { decider } = generation
  const { asked, text } = incoming
  // Awaited only where there is somebody to wait for: the built-in encoder decides within this turn of the loop.
  const reading = decider.readText === null ? null : await decider.readText(asked)
  const view = viewSession(parts.experience.sessions, asked.request, asked.options, text)
  const consideration = decider.consider(asked, reading, view)
  if (consideration.kind === 'failed') return { ...consideration, served: null }
  const { considered } = consideration
  const spending = openSpending(parts.experience, considered)
  try {
    return await serve(parts, generation, incoming, considered, spending, startedAt, client)
  } catch (error) {
    spending?.abandon()
    throw error
  }
}

async function serve(
  { experience, log, clock }: GatewayParts,
  { engine, consultants }: Generation,
  incoming: Incoming,
  considered: Considered,
  spending: Spending | null,
  startedAt: number,
  client: AbortSignal,
): Promise<Reply> {
  const job = jobOf(incoming, considered, startedAt, experience, clock.wall().getTime())
  const lived = await live(considered.policy.choose, considered.turn, engine, consultants, job, client)
  spending?.decided(lived.verdict, lived.attempts)
  const decision = decisionOf(considered, lived.trace, momentOf(clock, startedAt))
  log.decided(decision)
  const finish = (attempts: readonly Attempt[], end: Failure | null) => {
    const all = [...lived.attempts, ...attempts]
    log.finished(outcomeOf(decision, all, end, clock.now() - startedAt))
    spending?.settle(lived.attempts, attempts)
    if (end === null) rememberAnswer(experience.sessions, engine, considered.view, all)
  }
  const served = (attempts: readonly Attempt[], model: ModelId | null): Served => ({
    decision,
    model,
    failedModels: failedModels(attempts),
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
      const models = withFallbacks(verdict, considered)
      const forwarded = await forwardTo(engine, models, forwardJob(job, verdict), client)
      return handOn(engine, job, await escalated(engine, forwarded, considered, job, client), finish, served)
    }
    default:
      return unreachable(verdict)
  }
}

/** A whole answer that is of no use is asked of the models that the policy names for that; if those fail, it has to do. */
async function escalated(
  engine: AttemptEngine,
  forwarded: Forwarded,
  { escalations }: Considered,
  job: Job,
  client: AbortSignal,
): Promise<Forwarded> {
  if (forwarded.kind !== 'buffered' || !isOfNoUse(forwarded.answer, job.request)) return forwarded
  const others = escalations.filter(({ id }) => id !== forwarded.candidate.id)
  if (!isNonEmpty(others)) return forwarded
  const again = await forwardTo(engine, others, job, client)
  const attempts = [...forwarded.attempts, ...again.attempts]
  return again.kind === 'buffered' ? { ...again, attempts } : { ...forwarded, attempts }
}

/** A session goes back to the target that has its prompts in its cache. */
function affinityOf({ view, turn }: Considered): Affinity | null {
  const session = view?.session
  if (!view || !session) return null
  // A pin holds only where its model is the one to be asked.
  const isKept = turn.candidates.length === 1 && turn.candidates[0].id === session.model
  return { target: session.target, only: view.pinned && isKept ? session.credential : null }
}

function jobOf(
  { format, text, asked }: Incoming,
  considered: Considered,
  startedAt: number,
  { hedges }: Experience,
  wallMs: number,
): Job {
  const { policy, turn, detours } = considered
  return {
    request: asked.request,
    original: { format: format.name, text },
    clientFormat: format,
    envelope: (model) => envelopeOf(considered.id, model, wallMs),
    sealedBy: sealingVendor(considered, text),
    usageWanted: asked.usageWanted,
    promptTokens: turn.signals.inputTokens,
    startedAt,
    deadlineAt: startedAt + policy.deadlineMs,
    limits: policy.limits,
    affinity: affinityOf(considered),
    detours,
    streamRules: {
      ...defaultStreamRules,
      recovery: policy.streamRecovery,
      minTokensPerSecond: policy.minTokensPerSecond,
    },
    hedging: policy.hedging && { rules: policy.hedging, spending: hedges(policy.name) },
    sent: null,
    continuation: null,
  }
}

type Forward = Extract<Verdict, { kind: 'forward' }>

const forwardJob = (job: Job, { request }: Forward): Job =>
  request === null ? job : { ...job, request, original: null }

/** The strategy's models first, in its order; then the fallbacks of the policy that chose them, where it did not name them. */
function withFallbacks({ to, by }: Forward, { fallbacks: own, turn }: Considered): NonEmpty<Candidate> {
  const fallbacks = by === undefined ? own : (turn.nested[by]?.fallbacks ?? [])
  const named = new Set(to.map(({ id }) => id))
  return [...to, ...fallbacks.filter(({ id }) => !named.has(id))] as unknown as NonEmpty<Candidate>
}

function handOn(
  engine: AttemptEngine,
  job: Job,
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
      return {
        kind: 'buffered',
        bytes: inClientsFormat(engine, forwarded, job),
        served: served(attempts, forwarded.candidate.id),
      }
    case 'stream':
      // The stream's own attempt joins `attempts` when it has ended, however it ends.
      void forwarded.told.then((end) => finish(attempts, end))
      return {
        kind: 'stream',
        frames: forwarded.frames,
        served: { ...served(attempts, forwarded.candidate.id), usd: null },
      }
    default:
      return unreachable(forwarded)
  }
}

/** The vendor's own bytes where the client reads its format. */
function inClientsFormat(
  engine: AttemptEngine,
  { answer, bytes, target }: Extract<Forwarded, { kind: 'buffered' }>,
  { clientFormat, envelope }: Job,
): Uint8Array {
  if (engine.format(target.vendor.format).name === clientFormat.name) return bytes
  return Buffer.from(JSON.stringify(clientFormat.encodeAnswer(answer, envelope(target.model))))
}

const envelopeOf = (id: DecisionId, { vendorName }: Model, wallMs: number): Envelope => ({
  id: id.slice(4),
  created: Math.floor(wallMs / 1000),
  model: vendorName,
})

/** Whoever answered last in the session sealed what reasoning the request holds. */
function sealingVendor({ view }: Considered, text: string): string | null {
  const model = view?.session?.model
  if (!model || !holdsVendorState(text)) return null
  return model.slice(0, model.indexOf('/'))
}

/** Each once, however often it was asked. One that another target overtook has not failed. */
const failedModels = (attempts: readonly Attempt[]): readonly ModelId[] => [
  ...new Set(attempts.flatMap(({ model, outcome }) => (hasFailed(outcome) ? [model] : []))),
]

const hasFailed = (outcome: AttemptOutcome): boolean =>
  outcome.kind === 'failed' && outcome.failure !== 'cancelled'

function dollarsOf(attempts: readonly Attempt[]): number | null {
  const cost = sumOfCosts(attempts.map((attempt) => attempt.cost))
  return cost === null ? null : usdOf(cost)
}

function encode(answer: Answer, { model }: Candidate, { format, asked }: Incoming, { id, time }: Decision) {
  const envelope = envelopeOf(id, model, Date.parse(time))
  return encodeReply(answer, format, envelope, { stream: asked.request.stream, usage: asked.usageWanted })
}

/** Ends what is being answered: the client is told that the gateway is shutting down. */
export const cutShort = (client: AbortController): void => interrupt(client, shuttingDown())

/** What a client is told when the gateway is closing. */
export const shuttingDown = (): Failure =>
  failure('overloaded', 'The gateway is shutting down. Send the request again in a moment.', {
    code: 'shutting_down',
    retryAfterMs: 1_000,
  })
