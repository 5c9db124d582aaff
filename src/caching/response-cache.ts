/** Answers that are given again: of the same request, and where that is wanted, of one that means the same. */

import type { Answer } from '../domain/answer.ts'
import type { ModelId } from '../domain/model.ts'
import type { Draw } from '../domain/random.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { SharedState } from '../storage/state/shared-state.ts'
import { type CacheEntry, decodeEntry, encodeEntry, withoutSeals } from './entry.ts'
import { createFlights, type Flights, type Lead } from './flights.ts'
import { type Questioned, requestKey } from './request-key.ts'
import type { CacheRules, ExactRules } from './rules.ts'
import { type AnswerJudge, sameAnswer } from './semantic/same-answer.ts'
import {
  createSemanticCache,
  type SemanticCache,
  type SemanticQuestion,
  type SemanticStatus,
} from './semantic/semantic-cache.ts'
import { partitionOf, singlePrompt } from './semantic/single-turn.ts'
import { whyNotAsked, whyNotKept } from './suitable.ts'

export type CacheQuestion = Questioned & {
  readonly rules: CacheRules
  /** Of the prompt, of unit length; `null`: it was not read. */
  readonly vector: Float32Array | null
  /** What made the vector; those of two encoders are not compared. */
  readonly encoder: string
  readonly language: string
  /** Nobody waits longer for another's answer. */
  readonly waitAtMostMs: number
  /** Whether this model might serve the request by now. */
  readonly mayServe: (model: ModelId) => boolean
  /** Which hits are verified. */
  readonly draw: Draw
}

export type CacheKind = 'exact' | 'semantic'

export type Found =
  | { readonly kind: 'hit'; readonly cache: CacheKind; readonly entry: CacheEntry }
  | { readonly kind: 'miss'; readonly handle: CacheHandle }

/** What is to become of the answer to a miss. Ends once, whichever comes first; later calls change nothing. */
export type CacheHandle = {
  /** A whole answer as its client got it. Stores it where it is one to give again, and hands it to those who wait. */
  readonly store: (answer: Answer, model: ModelId, usd: number | null) => void
  /** There is none, since it failed or its client has left: whoever waits takes over. */
  readonly abandon: () => void
  /** There is one that nobody else can have: those who wait ask for themselves, all at once. */
  readonly withhold: () => void
  /** A larger answer is not stored. */
  readonly maxBytes: number
}

export type CacheReport =
  | {
      readonly kind: 'result'
      readonly cache: CacheKind
      readonly result: 'hit' | 'miss' | 'stored' | 'refused' | 'false-hit'
    }
  /** Too many of its hits were false: the policy's semantic cache has turned itself off. */
  | { readonly kind: 'off'; readonly status: SemanticStatus }

export type ResponseCache = {
  /** `null`: this request is none for a cache. Waits while the same request is being answered. */
  readonly lookup: (question: CacheQuestion, client: AbortSignal) => Promise<Found | null>
  readonly semantic: Pick<SemanticCache, 'status' | 'reset' | 'bytes'>
  /** Questions that are being answered now. */
  readonly flights: () => number
}

export type ResponseCacheParts = {
  readonly state: Pick<SharedState, 'read' | 'write' | 'publish' | 'subscribe'>
  /** Milliseconds since 1970. */
  readonly wall: () => number
  /** Milliseconds of a clock that goes forward. */
  readonly now: () => number
  readonly report: (report: CacheReport) => void
  readonly judge?: AnswerJudge
}

type Landed = { readonly cache: CacheKind; readonly entry: CacheEntry }
type Leading = Lead<Landed> | null

/** A request as the caches see it. */
type Look = {
  readonly key: string
  /** `null`: only by meaning. */
  readonly exact: ExactRules | null
  /** `null`: only word for word. */
  readonly semantic: SemanticQuestion | null
  readonly question: CacheQuestion
}

export function createResponseCache({
  state,
  wall,
  now,
  report,
  judge = sameAnswer,
}: ResponseCacheParts): ResponseCache {
  const flights: Flights<Landed> = createFlights(now)
  const semantic = createSemanticCache(state)
  const within: Within = { state, wall, report, judge, semantic }
  return {
    flights: flights.size,
    semantic,
    lookup: async (question, client) => {
      const look = lookOf(question)
      if (look === null) return null
      if (question.options.cache === 'refresh') return missed(within, look, null)
      if (look.exact === null) return byLead(within, look, null)
      const { waitMs, maxWaiters } = look.exact
      const bounds = { maxWaiters, waitMs: Math.min(waitMs, question.waitAtMostMs) }
      const joined = flights.join(look.key, bounds, client)
      if (joined?.kind !== 'wait') return byLead(within, look, joined)
      const outcome = await joined.outcome
      switch (outcome.kind) {
        case 'landed':
          return question.mayServe(outcome.landed.entry.model)
            ? hit(within, outcome.landed)
            : missed(within, look, null)
        case 'take-over':
          return missed(within, look, outcome.lead)
        case 'alone':
          return missed(within, look, null)
        default:
          return unreachable(outcome)
      }
    },
  }
}

type Within = Required<Omit<ResponseCacheParts, 'now'>> & { readonly semantic: SemanticCache }

function lookOf(question: CacheQuestion): Look | null {
  const { rules, request, options, vector, policy, language } = question
  if (options.cache === 'off' || whyNotAsked(request, { anyTemperature: true }) !== null) return null
  const exact = rules.exact !== null && whyNotAsked(request, rules.exact) === null ? rules.exact : null
  const prompt =
    rules.semantic && vector?.some((number) => number !== 0)
      ? singlePrompt(request, rules.semantic.maxTemperature)
      : null
  const semantic =
    prompt === null || rules.semantic === null || vector === null
      ? null
      : {
          policy: policy.name,
          partition: partitionOf(question, rules.semantic, question.encoder),
          prompt,
          language,
          vector,
          rules: rules.semantic,
        }
  const scope = exact?.scope ?? semantic?.rules.scope
  return scope === undefined
    ? null
    : { key: `cache ${requestKey(question, scope)}`, exact, semantic, question }
}

/** Whoever leads looks for the others too. */
async function byLead(within: Within, look: Look, lead: Leading): Promise<Found> {
  try {
    const found = await stored(within, look)
    if (found === null) return missed(within, look, lead)
    if (found.cache === 'semantic' && look.semantic !== null) {
      if (look.question.draw() < look.semantic.rules.verify) return missed(within, look, lead, found.entry)
    }
    lead?.land(found)
    return hit(within, found)
  } catch (error) {
    lead?.fail()
    throw error
  }
}

async function stored(within: Within, { key, exact, semantic, question }: Look): Promise<Landed | null> {
  const { report } = within
  if (exact !== null) {
    const entry = await read(within, key, exact.seconds)
    if (entry !== null && question.mayServe(entry.model)) return { cache: 'exact', entry }
    report({ kind: 'result', cache: 'exact', result: 'miss' })
  }
  if (semantic === null) return null
  const { hits, guarded } = await within.semantic.find(semantic)
  for (const one of hits) {
    const entry = await read(within, one.key, semantic.rules.seconds)
    if (entry === null) one.forget()
    else if (question.mayServe(entry.model)) {
      one.touch()
      return { cache: 'semantic', entry }
    }
  }
  report({ kind: 'result', cache: 'semantic', result: guarded ? 'refused' : 'miss' })
  return null
}

async function read({ state, wall }: Within, key: string, seconds: number): Promise<CacheEntry | null> {
  const text = await state.read(key)
  const entry = text === null ? null : decodeEntry(text)
  return entry !== null && wall() - entry.storedAt < seconds * 1000 ? entry : null
}

function hit({ report }: Within, { cache, entry }: Landed): Found {
  report({ kind: 'result', cache, result: 'hit' })
  return { kind: 'hit', cache, entry }
}

/** `given`: what the semantic cache would have given, had the hit not been picked to be verified. */
function missed(within: Within, look: Look, lead: Leading, given: CacheEntry | null = null): Found {
  let open = true
  const once = (end: () => void) => {
    if (!open) return
    open = false
    end()
  }
  const { exact, semantic } = look
  const handle: CacheHandle = {
    maxBytes: Math.max(exact?.maxBytes ?? 0, semantic?.rules.maxBytes ?? 0),
    abandon: () => once(() => lead?.fail()),
    withhold: () => once(() => lead?.scatter()),
    store: (answer, model, usd) =>
      once(() => {
        if (given !== null && semantic !== null) void verify(within, semantic, given.answer, answer)
        keep(within, look, lead, {
          answer: withoutSeals(answer),
          model,
          usd,
          storedAt: within.wall(),
        })
      }),
  }
  return { kind: 'miss', handle }
}

function keep(within: Within, { key, exact, semantic }: Look, lead: Leading, entry: CacheEntry): void {
  const cache: CacheKind = exact === null ? 'semantic' : 'exact'
  if (whyNotKept(entry.answer, { toolCalls: exact?.toolCalls ?? false }) !== null) {
    lead?.scatter()
    within.report({ kind: 'result', cache, result: 'refused' })
    return
  }
  const text = encodeEntry(entry)
  const bytes = Buffer.byteLength(text)
  // Those who wait may have it all the same: it is at hand.
  const land = () => lead?.land({ cache, entry })
  const forExact = exact !== null && bytes <= exact.maxBytes
  const forSemantic = semantic !== null && bytes <= semantic.rules.maxBytes
  if (!forExact && !forSemantic) {
    land()
    within.report({ kind: 'result', cache, result: 'refused' })
    return
  }
  const seconds = Math.max(forExact ? exact.seconds : 0, forSemantic ? semantic.rules.seconds : 0)
  const written = within.state.write(key, text, seconds * 1000)
  if (forSemantic) within.semantic.remember(semantic, key)
  within.report({ kind: 'result', cache, result: 'stored' })
  // Only then: who asks between the two finds the answer, and does not ask a model.
  if (written instanceof Promise) void written.then(land, land)
  else land()
}

/** A judge that fails says nothing. */
async function verify(
  { judge, semantic, report }: Within,
  question: SemanticQuestion,
  given: Answer,
  fresh: Answer,
): Promise<void> {
  let isFalse: boolean
  try {
    isFalse = !(await judge(given, fresh))
  } catch {
    return
  }
  const off = semantic.verified(question, isFalse)
  if (isFalse) report({ kind: 'result', cache: 'semantic', result: 'false-hit' })
  const status = off ? semantic.status().find(({ policy }) => policy === question.policy) : undefined
  if (status !== undefined) report({ kind: 'off', status })
}
