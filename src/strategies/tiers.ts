import { z } from 'zod'
import { type Answer, answerText } from '../domain/answer.ts'
import { ascending, byCost, type Candidate } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import type { Request } from '../domain/request.ts'
import { taskTypes } from '../domain/signals.ts'
import { askOne, type Choosing, forward, refuse, reply, type Turn, type Verdict } from '../domain/strategy.ts'
import { worth } from '../domain/value.ts'
import {
  checkersOf,
  confidenceOptions,
  gatherEvidence,
  judgesOf,
  type SignalOptions,
  wantedRequest,
} from './answers/confidence/index.ts'
import { validityFault } from './answers/confidence/validity.ts'
import { defineStrategy, modelName, probability } from './strategy.ts'

const tierNames = ['fast', 'mid', 'frontier'] as const
type TierName = (typeof tierNames)[number]

const pool = z.array(modelName).min(1).optional()

/** Calls of one tier that may fail before the next tier is asked. */
const mostFailures = 2

/**
 * Three pools by how hard a request is, and a check of the answer: complexity below `midFrom` goes to the fast pool, below
 * `frontierFrom` to the mid pool, above it to the frontier pool, and no lower than its task allows. An answer of the first two
 * is checked, and where it is right with a lower probability than `accept` the next pool is asked. The probability is that
 * which was predicted for the model, turned by what the answer shows (Bayes' rule; answers/confidence); an answer that is
 * empty, cut short, a refusal or not of the form that was asked for is not accepted at all.
 */
export const tiers = defineStrategy({
  name: 'tiers',
  summary: 'fast, mid or frontier models by complexity and task, and up a tier where the answer is doubtful',
  needs: { quality: true, cost: true },
  options: z.strictObject({
    fast: pool,
    mid: pool,
    frontier: pool.describe(
      "The pools; where none is written, thirds of the policy's models by what they cost.",
    ),
    midFrom: probability.default(0.4).describe('The complexity from which the mid pool answers.'),
    frontierFrom: probability.default(0.8).describe('The complexity from which the frontier pool answers.'),
    tasks: z
      .partialRecord(z.enum(taskTypes), z.enum(tierNames))
      .default({})
      .describe('The lowest tier for a task, whatever the complexity.'),
    accept: probability
      .default(0.5)
      .describe('The probability of being right from which an answer is given.'),
    confidence: confidenceOptions,
    streams: z
      .enum(['check', 'pass'])
      .default('check')
      .describe('Streamed answers: checked first, so that they come all at once, or passed on unchecked.'),
  }),
  models: () => null,
  ways: ({ fast = [], mid = [], frontier = [] }) => [...new Set([...fast, ...mid, ...frontier])],
  advisers: ({ confidence }) => judgesOf(confidence).map(modelId),
  consultants: ({ confidence }) => checkersOf(confidence),
  faults: (options) => {
    const written = tierNames.filter((name) => options[name] !== undefined)
    return [
      ...(written.length === 0 || written.length === tierNames.length
        ? []
        : [
            {
              path: [written[0]!],
              message: `is written, and ${tierNames.filter((name) => !written.includes(name)).join(' and ')} is not. Write all three pools, or none.`,
            },
          ]),
      ...(options.midFrom <= options.frontierFrom
        ? []
        : [
            {
              path: ['midFrom'],
              message: `${options.midFrom} is above frontierFrom ${options.frontierFrom}. Let the mid pool begin below the frontier pool.`,
            },
          ]),
    ]
  },
  *choose(turn, options) {
    const pools = poolsOf(turn, options)
    const first = tierOf(turn, options)
    const passed: string[] = []
    const failed = new Set<Candidate>()
    const answered = new Set<Candidate>()
    for (const name of tierNames.slice(tierNames.indexOf(first.name), -1)) {
      const models = pools[name].filter((candidate) => !failed.has(candidate))
      if (models.length === 0 || isTop(pools, name)) continue
      const unchecked = uncheckedBecause(turn, options)
      if (unchecked !== null)
        return forwarded(turn, pools, name, { failed, answered }, [first.said, unchecked])
      const end = yield* tryTier(turn, models.slice(0, mostFailures), options, failed)
      if (end.kind === 'accepted')
        return reply(end.candidate, end.answer, [first.said, ...passed, end.said].join('; '))
      if (end.kind === 'final') return refuse(end.failure)
      if (end.by) answered.add(end.by)
      passed.push(`${name}: ${end.said}`)
    }
    return forwarded(turn, pools, 'frontier', { failed, answered }, [first.said, ...passed])
  },
})

type Options = {
  readonly [Name in TierName]?: readonly string[] | undefined
} & {
  readonly midFrom: number
  readonly frontierFrom: number
  readonly tasks: Readonly<Partial<Record<string, TierName>>>
  readonly accept: number
  readonly confidence: readonly SignalOptions[]
  readonly streams: 'check' | 'pass'
}

function tierOf(
  { signals }: Turn,
  { midFrom, frontierFrom, tasks }: Options,
): { readonly name: TierName; readonly said: string } {
  const { complexity, taskType } = signals
  const byComplexity = complexity >= frontierFrom ? 'frontier' : complexity >= midFrom ? 'mid' : 'fast'
  const least = tasks[taskType] ?? 'fast'
  const said = `complexity ${complexity.toFixed(2)}`
  return tierNames.indexOf(least) > tierNames.indexOf(byComplexity)
    ? { name: least, said: `${said}, and ${taskType} is for the ${least} pool` }
    : { name: byComplexity, said: `${said}: the ${byComplexity} pool` }
}

type Pools = Readonly<Record<TierName, readonly Candidate[]>>

/** The best value first within each. Thirds by cost: of two models one is fast and one frontier, and the mid pool has both. */
function poolsOf({ candidates, objective }: Turn, options: Options): Pools {
  const inOrder = (pool: readonly Candidate[]) =>
    byCost(pool).sort((a, b) => ascending(worth(b, objective), worth(a, objective)))
  const named = (names: readonly string[]) =>
    inOrder(candidates.filter(({ id }) => names.some((name) => name === id)))
  const { fast, mid, frontier } = options
  if (fast && mid && frontier) return { fast: named(fast), mid: named(mid), frontier: named(frontier) }
  const ordered = byCost(candidates)
  const third = Math.max(1, Math.floor(ordered.length / 3))
  const middle = ordered.slice(third, ordered.length - third)
  return {
    fast: inOrder(ordered.slice(0, third)),
    mid: inOrder(middle.length > 0 ? middle : ordered),
    frontier: inOrder(ordered.slice(-third)),
  }
}

/** Nobody is above: whoever is asked here has the last word, and streams. */
const isTop = (pools: Pools, name: TierName): boolean =>
  tierNames.slice(tierNames.indexOf(name) + 1).every((above) => pools[above].length === 0)

/** Why no answer of this request can be looked at before the client has it; `null`: it can. */
function uncheckedBecause({ request }: Turn, { streams }: Options): string | null {
  if (request.sampling.answers > 1) return 'several answers are wanted, so that none is checked'
  return request.stream && streams === 'pass' ? 'it streams unchecked' : null
}

type TierEnd =
  | {
      readonly kind: 'accepted'
      readonly candidate: Candidate
      readonly answer: Answer
      readonly said: string
    }
  /** `by` has answered; `null`: nobody has. */
  | { readonly kind: 'doubtful'; readonly by: Candidate | null; readonly said: string }
  | { readonly kind: 'final'; readonly failure: Parameters<typeof refuse>[0] }

/** The first model that answers; its answer is accepted, or is not. */
function* tryTier(
  turn: Turn,
  models: readonly Candidate[],
  options: Options,
  failed: Set<Candidate>,
): Choosing<TierEnd> {
  for (const candidate of models) {
    const result = yield* askOne(candidate, wantedRequest(turn, candidate, options.confidence))
    if (result.kind === 'answered') return yield* judged(turn, candidate, result.answer, options)
    failed.add(candidate)
    // The caller's own fault, or a filter's word: nobody else is asked to say otherwise.
    if (
      result.kind === 'failed' &&
      (result.failure.kind === 'rejected' || result.failure.kind === 'content-filtered')
    )
      return { kind: 'final', failure: result.failure }
  }
  return { kind: 'doubtful', by: null, said: `${models.map(({ id }) => id).join(' and ')} failed` }
}

function* judged(
  turn: Turn,
  candidate: Candidate,
  answer: Answer,
  { accept, confidence }: Options,
): Choosing<TierEnd> {
  const fault = faultOf(answer, turn.request)
  if (fault !== null)
    return { kind: 'doubtful', by: candidate, said: `the answer of ${candidate.id} is of no use, ${fault}` }
  const { logRatio, said } = yield* gatherEvidence({ turn, candidate, answer, before: [] }, confidence)
  const right = updated(candidate.quality.mean, logRatio)
  const judgement = `${candidate.id} is right with probability ${right.toFixed(2)}${said.length > 0 ? ` (${said.join(', ')})` : ''}`
  return right >= accept
    ? { kind: 'accepted', candidate, answer, said: judgement }
    : { kind: 'doubtful', by: candidate, said: `${judgement}, under ${accept}` }
}

/** What is wrong with an answer that anybody can see; `null`: nothing. */
export function faultOf(answer: Answer, request: Request): string | null {
  const { parts, finish } = answer
  if (finish.kind === 'content-filter') return 'a content filter ended it'
  if (parts.some(({ kind }) => kind === 'refusal')) return 'it is a refusal'
  const callsTool = parts.some(({ kind }) => kind === 'tool-call')
  if (!callsTool && answerText(answer).trim() === '') return 'it is empty'
  return validityFault(answer, request)
}

/** Certainties on either side are no predictions: evidence could not move them. */
function updated(quality: number, logRatio: number): number {
  const prior = Math.min(0.98, Math.max(0.02, quality))
  const odds = (prior / (1 - prior)) * Math.exp(logRatio)
  return odds / (1 + odds)
}

type Asked = { readonly failed: ReadonlySet<Candidate>; readonly answered: ReadonlySet<Candidate> }

/**
 * The tier's models, those above, then those below: whoever has been asked already stands last. Where a request may cost no
 * more than so much, who has answered is not asked again: their answer is at hand for when nobody else can be paid.
 */
function forwarded(
  { candidates, objective }: Turn,
  pools: Pools,
  name: TierName,
  { failed, answered }: Asked,
  said: readonly string[],
): Verdict {
  const place = tierNames.indexOf(name)
  const inOrder = [...tierNames.slice(place), ...tierNames.slice(0, place).reverse()]
  const all = [...new Set([...inOrder.flatMap((tier) => pools[tier]), ...candidates])]
  const order = [
    ...all.filter((candidate) => !failed.has(candidate) && !answered.has(candidate)),
    ...(objective.maxCostUsd === null ? answered : []),
    ...all.filter((candidate) => failed.has(candidate) && !answered.has(candidate)),
  ]
  const to: NonEmpty<Candidate> = isNonEmpty(order) ? order : candidates
  return forward(to, [...said, `to ${to[0].id}`].join('; '))
}
