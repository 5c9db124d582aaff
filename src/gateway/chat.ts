import { randomUUID } from 'node:crypto'
import type { Attempt } from '../domain/attempt.ts'
import type { ExperimentMark } from '../domain/decision.ts'
import type { Failure } from '../domain/failure.ts'
import type { ModelId } from '../domain/model.ts'
import { isNonEmpty } from '../domain/non-empty.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { Job } from '../engine/attempts/call-target.ts'
import { type Forwarded, forwardTo } from '../engine/attempts/forward.ts'
import type { AttemptEngine } from '../engine/attempts/attempt-engine.ts'
import { type SessionView, viewSession } from '../engine/sessions/session-view.ts'
import { isContinued } from '../engine/sessions/conversation.ts'
import { live } from '../engine/live.ts'
import type { Entry } from '../governance/governor.ts'
import type { Inside } from '../governance/door.ts'
import type { Asked } from '../telemetry/events.ts'
import type { ClientFormat } from '../wire/wire-format.ts'
import type { Considered } from './consider.ts'
import type { CacheHandle } from '../caching/response-cache.ts'
import { momentOf } from './decider.ts'
import { isOfNoUse } from './escalation.ts'
import type { Generation } from './generation.ts'
import { dollarsOf, encodeAnswerInHand, failedModels, handOn } from './hand-on.ts'
import { forwardJob, jobOf, withFallbacks } from './job.ts'
import { outputOf } from './expected-output.ts'
import { decisionOf, outcomeOf } from './record.ts'
import { rememberAnswer } from './remember-answer.ts'
import { keepForwarded, serveCached } from './response-cache.ts'
import { openSpending, type Spending } from './spend-budgets.ts'
import type { GatewayParts, Incoming, Reply, Served } from './gateway.ts'

/** A request's way through a generation: let in, decided, asked, recorded. */
export async function chat(
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
      rememberAnswer(experience.sessions, engine, considered, all)
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
  const again = await forwardTo(engine, others, { ...job, opening: 'escalation' }, client)
  const attempts = [...forwarded.attempts, ...again.attempts]
  return again.kind === 'buffered' ? { ...again, attempts } : { ...forwarded, attempts }
}
