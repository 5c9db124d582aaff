import { z } from 'zod'
import { ascending, type Candidate, expectedUsd } from '../domain/candidate.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import type { Request } from '../domain/request.ts'
import { subjects, taskTypes } from '../domain/signals.ts'
import { forward, type Turn } from '../domain/strategy.ts'
import { defineStrategy, probability } from './strategy.ts'

const effort = z.strictObject({
  name: z.string().min(1).describe("The vendor's word: low, medium, high."),
  from: probability.describe('The need of reasoning, 0 to 1, from which on this effort is worth having.'),
  outputs: z.number().min(1).describe('Output tokens, thoughts included, relative to a direct answer.'),
  logOddsGain: z
    .number()
    .min(0)
    .max(10)
    .describe('What it adds to the log-odds of a right answer, where there is full need.'),
})
type Effort = z.output<typeof effort>

const efforts: readonly Effort[] = [
  { name: 'low', from: 0.4, outputs: 2, logOddsGain: 0.5 },
  { name: 'medium', from: 0.6, outputs: 4, logOddsGain: 0.8 },
  { name: 'high', from: 0.8, outputs: 8, logOddsGain: 1 },
]

const options = z.strictObject({
  complexityFrom: probability
    .default(0.4)
    .describe('Complexity at which reasoning begins to be needed; at 1 there is full need.'),
  tasks: z
    .array(z.enum(taskTypes))
    .default(['math', 'reasoning', 'code'])
    .describe('Kinds of task that are better thought about.'),
  subjects: z
    .array(z.enum(subjects))
    .default(['business', 'economics', 'law', 'physics', 'chemistry', 'engineering'])
    .describe('Subjects that are.'),
  classifier: z
    .strictObject({ name: z.string().min(1), labels: z.array(z.string().min(1)).min(1) })
    .optional()
    .describe('A classifier, and its labels that mean that reasoning is needed; then it decides alone.'),
  efforts: z
    .array(effort)
    .min(1)
    .max(6)
    .default([...efforts]),
  directEffort: z
    .string()
    .min(1)
    .optional()
    .describe('The word for the least effort, for vendors that turn reasoning off by it: none, minimal.'),
})
type Options = z.output<typeof options>

/**
 * When to reason (vLLM Semantic Router, arXiv 2510.08731): first whether a request is worth thinking about, then which model and
 * effort. The effort is part of the choice: it makes an answer dearer by the tokens of the thoughts, and better by as much as the
 * request needs them. A direct answer turns reasoning off where the model's vendor can.
 */
export const reasoning = defineStrategy({
  name: 'reasoning',
  summary: 'thinks about requests that need it, and answers the others directly',
  needs: { quality: true, cost: true },
  options,
  models: () => null,
  classifiers: ({ classifier }) => (classifier ? [classifier] : []),
  faults: ({ efforts: list }) =>
    list.flatMap(({ from }, place) =>
      from < (list[place - 1]?.from ?? 0)
        ? [
            {
              path: ['efforts', place, 'from'],
              message: 'must not be below the one before it. Order efforts by it.',
            },
          ]
        : [],
    ),
  *choose(turn, stated) {
    const { need, said } = needOf(turn, stated)
    const weighing = { turn, stated, need }
    const asked = statedByClient(turn.request)
    const directly = byWorth(weighing, turn.candidates, null)
    if (asked !== null) return forward(directly, `the client asks for ${asked}: left as it is`)
    const worthy = stated.efforts.filter(({ from }) => need >= from)
    const thinkers = turn.candidates.filter(({ model }) => model.capabilities.has('reasoning'))
    const best = bestAction(weighing, thinkers, worthy)
    // Behind the best stand only models that reason too: the others may refuse a request that speaks of effort.
    if (best.effort !== null && isNonEmpty(thinkers))
      return {
        ...forward(
          byWorth(weighing, thinkers, best.effort),
          `${said}: reasoning, effort ${best.effort.name}; ${figures(best, stated)}`,
        ),
        request: withEffort(turn.request, best.effort.name),
      }
    const [first] = directly
    const action = { candidate: first, effort: null, value: worthWith(weighing, first, null) }
    const because = `${said}: ${whyDirect(worthy, thinkers)}; ${figures(action, stated)}`
    const thinks = first.model.capabilities.has('reasoning')
    return { ...forward(directly, because), request: thinks ? direct(turn.request, stated) : null }
  },
})

function whyDirect(worthy: readonly Effort[], thinkers: readonly Candidate[]): string {
  if (worthy.length === 0) return 'a direct answer'
  return thinkers.length === 0
    ? 'no model reasons, a direct answer'
    : 'reasoning is not worth its price, a direct answer'
}

type Action = { readonly candidate: Candidate; readonly effort: Effort | null; readonly value: number }

/** How much a request needs reasoning, 0 to 1: of complexity, and more where its kind or subject is such. */
function needOf({ signals }: Turn, stated: Options): { readonly need: number; readonly said: string } {
  const { classifier, complexityFrom } = stated
  const classified = classifier && signals.classes?.[classifier.name]
  if (classifier && classified) {
    const need = Math.min(
      1,
      classifier.labels.reduce((sum, label) => sum + (classified[label] ?? 0), 0),
    )
    return { need, said: `${classifier.name} says need ${need.toFixed(2)}` }
  }
  const { complexity, taskType, subject } = signals
  const byComplexity =
    complexityFrom >= 1 ? 0 : Math.max(0, (complexity - complexityFrom) / (1 - complexityFrom))
  const kind = stated.tasks.includes(taskType) ? 0.4 : 0
  const field = stated.subjects.includes(subject.name) ? 0.2 * subject.probability : 0
  const need = 1 - (1 - byComplexity) * (1 - kind) * (1 - field)
  const missing = classifier ? `${classifier.name} is silent; ` : ''
  return {
    need,
    said: `${missing}need ${need.toFixed(2)} of complexity ${complexity.toFixed(2)}, ${taskType}, ${subject.name}`,
  }
}

/** What the client itself says of reasoning holds. */
function statedByClient({ reasoningEffort, reasoning: wish }: Request): string | null {
  if (reasoningEffort !== null) return `effort ${reasoningEffort}`
  if (wish === undefined) return null
  return wish.enabled === false ? 'no reasoning' : 'reasoning'
}

type Weighing = { readonly turn: Turn; readonly stated: Options; readonly need: number }

function bestAction(weighing: Weighing, thinkers: readonly Candidate[], worthy: readonly Effort[]): Action {
  const action = (candidate: Candidate, effortOf: Effort | null): Action => ({
    candidate,
    effort: effortOf,
    value: worthWith(weighing, candidate, effortOf),
  })
  const actions = [
    ...weighing.turn.candidates.map((candidate) => action(candidate, null)),
    ...thinkers.flatMap((candidate) => worthy.map((one) => action(candidate, one))),
  ]
  return actions.reduce((best, one) => (one.value > best.value ? one : best))
}

function byWorth(
  weighing: Weighing,
  candidates: NonEmpty<Candidate>,
  effortOf: Effort | null,
): NonEmpty<Candidate> {
  const value = (candidate: Candidate) => worthWith(weighing, candidate, effortOf)
  return [...candidates].sort(
    (a, b) =>
      ascending(value(b), value(a)) ||
      ascending(expectedUsd(a), expectedUsd(b)) ||
      b.quality.mean - a.quality.mean ||
      (a.id < b.id ? -1 : 1),
  ) as unknown as NonEmpty<Candidate>
}

/** Value as of `worth`, the effort counted in quality, dollars and seconds. */
function worthWith({ turn, stated, need }: Weighing, candidate: Candidate, effortOf: Effort | null): number {
  const { lambda, mu } = turn.objective
  const usd = lambda === 0 ? 0 : lambda * usdWith(candidate, effortOf, stated.directEffort)
  const seconds = ((effortOf?.outputs ?? 1) * candidate.latencyMs.mean) / 1000
  return qualityWith(candidate, effortOf, need) - usd - (mu === 0 ? 0 : mu * seconds)
}

/** Log-odds of what is predicted, and the gain of the effort as far as it is needed. */
function qualityWith({ quality }: Candidate, effortOf: Effort | null, need: number): number {
  if (effortOf === null) return quality.mean
  const mean = Math.min(0.999, Math.max(0.001, quality.mean))
  return 1 / (1 + Math.exp(-(Math.log(mean / (1 - mean)) + effortOf.logOddsGain * need)))
}

/**
 * Thoughts are billed as output. What is predicted of a model that reasons has its usual thoughts in it, `verbosity` times a direct
 * answer; a direct answer counts as that much cheaper only where a word is configured that turns thoughts off.
 */
function usdWith(candidate: Candidate, effortOf: Effort | null, directEffort: string | undefined): number {
  const { model, outputTokens } = candidate
  const usual = expectedUsd(candidate)
  const thinks = model.capabilities.has('reasoning')
  if (effortOf === null && !(thinks && directEffort !== undefined)) return usual
  if (model.prices.output === 'unknown') return Number.POSITIVE_INFINITY
  const directTokens = outputTokens.mean / Math.max(1, model.verbosity)
  const more = (effortOf?.outputs ?? 1) * directTokens - outputTokens.mean
  return Math.max(0, usual + (more * model.prices.output) / 1e6)
}

const withEffort = (request: Request, name: string): Request => ({
  ...request,
  reasoningEffort: name,
  reasoning: { ...request.reasoning, enabled: true },
})

const direct = (request: Request, { directEffort }: Options): Request => ({
  ...request,
  reasoningEffort: directEffort ?? null,
  reasoning: { enabled: false },
})

function figures({ candidate, effort: effortOf, value }: Action, { directEffort }: Options): string {
  const usd = usdWith(candidate, effortOf, directEffort)
  const price = Number.isFinite(usd) ? `about $${usd.toPrecision(2)}` : 'at a price that is not known'
  return `${candidate.id} ${price}, value ${Number.isFinite(value) ? value.toFixed(3) : 'not known'}`
}
