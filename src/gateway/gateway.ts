import { randomUUID } from 'node:crypto'
import type { ResolvedConfig } from '../config/resolved.ts'
import type { Attempt } from '../domain/attempt.ts'
import type { Decision, DecisionId, ExperimentMark } from '../domain/decision.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { Model, ModelId } from '../domain/model.ts'
import { isNonEmpty } from '../domain/non-empty.ts'
import type { Policy } from '../domain/policy.ts'
import type { Clock } from '../domain/transport.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { Job } from '../engine/attempts/call-target.ts'
import { type Forwarded, forwardTo } from '../engine/attempts/forward.ts'
import type { AttemptEngine } from '../engine/attempts/attempt-engine.ts'
import { createSessions } from '../engine/sessions/sessions.ts'
import { type SessionView, viewSession } from '../engine/sessions/session-view.ts'
import { isContinued } from '../engine/sessions/conversation.ts'
import { interrupt } from '../engine/attempts/interruption.ts'
import { live } from '../engine/live.ts'
import type { Entry, Governor } from '../governance/governor.ts'
import type { Inside } from '../governance/door.ts'
import type { Identity } from '../governance/key-ring.ts'
import type { Asked, Events } from '../telemetry/events.ts'
import type { ClientFormat, ClientRequest } from '../wire/wire-format.ts'
import type { Aside } from './aside/mark.ts'
import { type AsideWork, noAsideWork } from './aside/open-aside.ts'
import type { Considered } from './consider.ts'
import type { CacheHandle } from '../caching/response-cache.ts'
import type { Admin } from './admin/index.ts'
import { type Decider, momentOf, type Routed } from './decider.ts'
import { isOfNoUse } from './escalation.ts'
import type { Experience } from './experience.ts'
import type { Experiments } from './experiments.ts'
import type { FeedbackDesk } from './feedback.ts'
import type { Generation, Succession } from './generation.ts'
import type { Learning } from './learning/learning.ts'
import { dollarsOf, encodeAnswerInHand, failedModels, handOn } from './hand-on.ts'
import { forwardJob, jobOf, withFallbacks } from './job.ts'
import { outputOf } from './expected-output.ts'
import { decisionOf, outcomeOf } from './record.ts'
import type { Replies } from './replies.ts'
import type { StoredDecision } from '../storage/store.ts'
import type { FindTools } from '../tools/find-tools.ts'
import type { ToolDesk } from './tool-desk.ts'
import type { SharedSessions } from './share-sessions.ts'
import { rememberAnswer } from './remember-answer.ts'
import { type CacheDesk, keepForwarded, serveCached } from './response-cache.ts'
import { openSpending, type Spending } from './spend-budgets.ts'
import type { TextReading } from './text-reader.ts'

/** A chat request as it arrived. */
export type Incoming = {
  readonly format: ClientFormat
  /** The client's own text, passed on to a vendor of the same format. */
  readonly text: string
  readonly asked: ClientRequest
  /** Those of the client's headers that its format hands on to vendors. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Whose request it is; absent: that of a client that needs no key, or of the program that Fairlead is a part of. */
  readonly identity?: Identity | null
  /** The client's `traceparent` header (W3C Trace Context). */
  readonly traceparent?: string | null
  /** The gateway's own, beside the served path: in no session and no experiment of clients, and on an account of its own. */
  readonly aside?: Aside
}

/** What the client gets. `served` is null where nothing was decided. */
export type Reply = { readonly served: Served | null } & (
  | { readonly kind: 'buffered'; readonly bytes: Uint8Array }
  /** Whole server-sent events. Read to the end, or abort the signal; `over` resolves when they have ended, however that was. */
  | {
      readonly kind: 'stream'
      readonly frames: AsyncIterable<Uint8Array>
      readonly over: Promise<StreamOver>
    }
  | { readonly kind: 'failed'; readonly failure: Failure }
)

/** What a stream came to. */
export type StreamOver = {
  readonly served: Served
  /** What the client was told at the end; `null`: the answer is whole. */
  readonly failure: Failure | null
}

/** What headers tell of a decision. */
export type Served = {
  readonly decision: Decision
  readonly model: ModelId | null
  /** The models that were tried and failed before it. */
  readonly failedModels: readonly ModelId[]
  /** So far: a stream's own joins them when it is over. */
  readonly attempts: readonly Attempt[]
  /** Dollars; `null` while a stream runs or where a price is unknown. */
  readonly usd: number | null
  /** A cache has been asked, and had no answer; a hit says so in its decision. Absent: none took part. */
  readonly cache?: 'miss'
}

/** The one place where the parts meet. A value: two gateways can live in one process. */
export type Gateway = {
  /** Whose secret this is; `null`: nobody's, and no key is needed. */
  readonly identify: Governor['identify']
  readonly chat: (incoming: Incoming, client: AbortSignal) => Promise<Reply>
  /** Vectors of texts, by a model of the configuration's embeddings. */
  readonly embed: (incoming: Incoming, client: AbortSignal) => Promise<Reply>
  /** What text models outside say of a request, for `route`; `null`: there are none. `chat` asks them itself. */
  readonly readText: Decider['readText']
  /** Decides and calls no model. Not logged: nothing is served. */
  readonly route: (asked: ClientRequest, text?: TextReading | null) => Routed
  /** Estimated tokens of a request's prompt. Fails where it names no policy and no model. */
  readonly countTokens: Decider['countTokens']
  readonly replies: Replies
  readonly feedback: FeedbackDesk
  /** A decision for whom it was made; for a program or a client that needs no key, any. */
  readonly explain: (id: DecisionId, identity: Identity | null) => Promise<StoredDecision | null>
  readonly toolDesk: ToolDesk
  /** Tools that suit a query best, best first. */
  readonly findTools: FindTools
  /** What judges and shadows have done, and what waits. */
  readonly aside: Pick<AsideWork, 'counts'>
  /** What Prometheus reads. */
  readonly metrics: {
    readonly render: () => Promise<{ readonly contentType: string; readonly text: string }>
  }
  /** What administrators may ask for. Who is one, is for the server to say. */
  readonly admin: Admin
  readonly policies: readonly Policy[]
  /** Headers of requests that some policy reads, in lower case: what a server hands on in `options.headers`. */
  readonly headersRead: readonly string[]
  readonly models: readonly Model[]
  readonly embeddingsModels: readonly Model[]
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
  readonly sharedSessions: Pick<SharedSessions, 'tell' | 'recall'>
  readonly governor: Governor
  readonly experiments: Pick<Experiments, 'assignment'>
  readonly learning: Pick<Learning, 'chooser'>
  readonly aside: Pick<AsideWork, 'watch' | 'counts'>
  readonly caches: Pick<CacheDesk, 'lookup'>
  readonly events: Events
  readonly admin: Admin
  readonly metrics: Gateway['metrics']
  readonly replies: Replies
  readonly feedback: FeedbackDesk
  readonly toolDesk: ToolDesk
  readonly findDecision: (id: DecisionId) => Promise<StoredDecision | null>
  readonly clock: Clock
  readonly reload: (config: ResolvedConfig) => Promise<void>
  readonly close: () => Promise<void>
}

export function createGateway(parts: GatewayParts): Gateway {
  const { succession, clock } = parts
  // Texts to be turned into vectors are no conversation, and must not take the place of any.
  const sessions = createSessions({ affinity: false, ttlMs: 0, maxSessions: 1, cacheMs: 0 }, clock.now)
  const alone: GatewayParts['sharedSessions'] = { tell: () => {}, recall: null }
  const elsewhere = { aside: noAsideWork, sharedSessions: alone }
  const apart = { ...parts, ...elsewhere, experience: { ...parts.experience, sessions } }
  return {
    identify: parts.governor.identify,
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
    embed: async (incoming, client) => {
      const startedAt = clock.now()
      const { generation, release } = succession.take()
      try {
        const { embeddings } = generation
        const refused = embeddings.refusalOf(incoming.asked)
        if (refused !== null) return { kind: 'failed', failure: refused, served: null }
        return await chat(apart, { ...generation, ...embeddings, prompts: [] }, incoming, startedAt, client)
      } finally {
        release()
      }
    },
    countTokens: (asked) => succession.current().decider.countTokens(asked),
    replies: parts.replies,
    feedback: parts.feedback,
    explain: async (id, identity) => {
      const found = await parts.findDecision(id)
      const key = found?.decision.caller?.key ?? null
      return identity === null || key === null || key === identity.key.id ? found : null
    },
    toolDesk: parts.toolDesk,
    findTools: (...asked) => succession.current().findTools(...asked),
    aside: parts.aside,
    admin: parts.admin,
    metrics: parts.metrics,
    get headersRead() {
      return succession.current().headersRead
    },
    get policies() {
      return succession.current().policies
    },
    get models() {
      return succession.current().models
    },
    get embeddingsModels() {
      return succession.current().embeddingsModels
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
  const { asked, identity = null } = incoming
  const named = decider.policy(asked.model)
  if (named.kind === 'failed') return { ...named, served: null }
  const { aside } = incoming
  const entry = aside?.entry ?? parts.governor.entry(identity, asked.options, named.policy.name)
  if ('kind' in entry) return turnedAway(parts, 'access', entry, null)
  // Awaited only where there is somebody to wait for: the built-in encoder decides within this turn of the loop.
  const reading = decider.readText === null ? null : await decider.readText(asked)
  const view = aside ? null : await viewed(parts, incoming)
  const assigned = aside
    ? null
    : parts.experiments.assignment(named.policy, entry.caller, view?.key ?? null, randomUUID())
  const served = assigned && decider.policy(assigned.serve)
  // A policy that a changed configuration no longer has leaves the one that was asked for.
  const policy = served?.kind === 'found' ? served.policy : named.policy
  const consideration = decider.consider(asked, reading, view, entry, policy)
  if (consideration.kind === 'failed') {
    if (consideration.failure.kind === 'budget-exhausted' && !aside)
      return turnedAway(parts, 'budget', consideration.failure, entry)
    return { ...consideration, served: null }
  }
  const { considered } = consideration
  const coming = parts.governor.door.enter(
    entry.subjects,
    expectedTokens(considered),
    considered.policy.deadlineMs + placeGraceMs,
  )
  const inside = coming instanceof Promise ? await coming : coming
  if ('kind' in inside) return turnedAway(parts, 'rate', inside, entry)
  const spending = aside ? null : openSpending(parts.experience.state, considered)
  const mark = aside?.mark ?? (served?.kind === 'found' ? (assigned?.mark ?? null) : null)
  // What is unseen is asked of models: it is there to see what they say.
  const rules = aside ? undefined : generation.caches.get(considered.policy.name)
  let handle: CacheHandle | null = null
  try {
    const cached =
      rules === undefined ? null : await parts.caches.lookup(rules, incoming, considered, entry, client)
    if (cached?.kind === 'hit') {
      spending?.settle([], [])
      inside.leave(0)
      return serveCached(parts, incoming, considered, cached, askedOf(incoming), startedAt)
    }
    handle = cached?.handle ?? null
    const stay: Stay = { entry, inside, spending, mark, handle }
    return await serve(parts, generation, incoming, considered, stay, startedAt, client)
  } catch (error) {
    handle?.abandon()
    spending?.abandon()
    inside.leave(0)
    throw error
  }
}

/** Another process may have answered the conversation before. */
async function viewed(
  { experience, sharedSessions: { recall } }: GatewayParts,
  { asked: { request, options }, text }: Incoming,
): Promise<SessionView | null> {
  const view = viewSession(experience.sessions, request, options, text)
  if (recall === null || view === null || view.session !== null) return view
  if (options.session === null && !isContinued(request)) return view
  return (await recall(view.key)) ? viewSession(experience.sessions, request, options, text) : view
}

/** What a request has been let in on, and what it is to be held to. */
type Stay = {
  readonly entry: Entry
  readonly inside: Inside
  readonly spending: Spending | null
  readonly mark: ExperimentMark | null
  /** What becomes of the answer in a cache; `null`: none wants it. */
  readonly handle: CacheHandle | null
}

/** How long after its deadline a request's place stays taken, should its process die. */
const placeGraceMs = 60_000

/** Prompt and answer of the model that is likeliest to be asked first; what it comes to is put right afterwards. */
const expectedTokens = ({ turn }: Considered): number =>
  Math.ceil(turn.signals.inputTokens + turn.candidates[0].outputTokens.mean)

function turnedAway(
  { events }: GatewayParts,
  reason: 'access' | 'budget' | 'rate',
  problem: Failure,
  entry: Entry | null,
): Reply {
  events.emit({ kind: 'refused-at-the-door', reason, caller: entry?.caller ?? null })
  return { kind: 'failed', failure: problem, served: null }
}

async function serve(
  { experience, governor, events, clock, sharedSessions, aside, learning }: GatewayParts,
  { engine, consultants, prompts }: Generation,
  incoming: Incoming,
  considered: Considered,
  { entry, inside, spending, mark, handle }: Stay,
  startedAt: number,
  client: AbortSignal,
): Promise<Reply> {
  const purse = governor.purse(entry, (model) => outputOf(considered, model))
  const job = jobOf(incoming, considered, startedAt, experience, clock.wall().getTime(), purse, prompts)
  // What is unseen tries nothing at the expense of what is served.
  const choose = incoming.aside ? considered.policy.choose : learning.chooser(considered.policy)
  const lived = await live(choose, considered.turn, engine, consultants, job, client)
  spending?.decided(lived.verdict, lived.attempts)
  const decision = decisionOf(considered, lived.trace, momentOf(clock, startedAt), mark)
  const { familiarity } = considered
  // How usual prompts are is asked of those that clients write.
  const usual = familiarity !== null && !incoming.aside && { familiarity }
  events.emit({ kind: 'decided', decision, ...usual })
  const watch = incoming.aside ? null : aside.watch(incoming, considered, decision)
  const finish = (attempts: readonly Attempt[], end: Failure | null) => {
    const all = [...lived.attempts, ...attempts]
    const outcome = outcomeOf(decision, all, end, clock.now() - startedAt)
    events.emit({ kind: 'finished', decision, outcome, asked: askedOf(incoming) })
    spending?.settle(lived.attempts, attempts)
    inside.leave(tokensOf(all))
    if (end === null) {
      rememberAnswer(experience.sessions, engine, considered.view, all)
      if (considered.view) sharedSessions.tell(considered.view)
    }
    watch?.over(end)
  }
  const served = (attempts: readonly Attempt[], model: ModelId | null): Served => ({
    decision,
    model,
    failedModels: failedModels(attempts),
    attempts: [...lived.attempts, ...attempts],
    usd: dollarsOf([...lived.attempts, ...attempts]),
    ...(handle !== null && { cache: 'miss' }),
  })
  const { verdict } = lived
  switch (verdict.kind) {
    case 'refuse':
      handle?.abandon()
      finish([], verdict.failure)
      return { kind: 'failed', failure: verdict.failure, served: served([], null) }
    case 'reply': {
      const { answer, candidate } = verdict
      handle?.store(answer, candidate.id, dollarsOf(lived.attempts))
      watch?.whole(answer)
      finish([], null)
      const replied = served([], candidate.id)
      return { ...encodeAnswerInHand(answer, candidate, incoming, decision, replied), served: replied }
    }
    case 'forward': {
      const models = withFallbacks(verdict, considered)
      const forwarded = await forwardTo(engine, models, forwardJob(job, verdict), client)
      const given = await escalated(engine, forwarded, considered, job, client)
      const kept = handle === null ? given : keepForwarded(handle, given, incoming.format)
      return handOn(engine, job, watch?.see(kept) ?? kept, finish, served)
    }
    default:
      return unreachable(verdict)
  }
}

const askedOf = ({ format, asked, traceparent = null }: Incoming): Asked => ({
  operation: operationOf(format.name),
  request: asked.request,
  traceparent,
  prompt: null,
})

function operationOf(format: ClientFormat['name']): Asked['operation'] {
  switch (format) {
    case 'openai-embeddings':
      return 'embeddings'
    case 'openai-completions':
      return 'text_completion'
    default:
      return 'chat'
  }
}

const tokensOf = (attempts: readonly Attempt[]): number =>
  attempts.reduce((sum, { usage }) => sum + usage.inputTokens + usage.outputTokens, 0)

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

/** Ends what is being answered: the client is told that the gateway is shutting down. */
export const cutShort = (client: AbortController): void => interrupt(client, shuttingDown())

/** What a client is told when the gateway is closing. */
export const shuttingDown = (): Failure =>
  failure('overloaded', 'The gateway is shutting down. Send the request again in a moment.', {
    code: 'shutting_down',
    retryAfterMs: 1_000,
  })
