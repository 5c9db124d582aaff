import { z } from 'zod'
import type { Answer } from '../domain/answer.ts'
import { ascending, type Candidate } from '../domain/candidate.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import type { TaskType } from '../domain/signals.ts'
import { ask, forward, reply, type Turn, type Verdict } from '../domain/strategy.ts'
import { priceOf, worth } from '../domain/value.ts'
import { type AnswerModel, createAnswerModel, type Observed } from './answers/answer-model.ts'
import { type Plan, planAnswers, type PlanOptions } from './answers/answer-plan.ts'
import { finalAnswer } from './answers/final-answer.ts'
import { defineStrategy } from './strategy.ts'

/** Looking ahead takes time that grows with the power of the depth: more candidates than this are not worth it. */
const mostConsidered = 6

/** Tasks whose answers come down to a value that another model's can be compared with. */
const closedTasks: readonly TaskType[] = [
  'knowledge',
  'math',
  'reasoning',
  'classification',
  'extraction',
  'tool-use',
]

/**
 * Routing and cascading in one: before the first answer and after each, the plan of the best expected value is taken up, be it
 * to answer with what is in hand or to ask one more model, and which (cascade routing, arXiv 2410.10347). What an answer tells
 * is whether it agrees with those before it (answers/answer-model.ts). Where one call is all that the best plan can come to,
 * it streams straight through.
 */
export const cascade = defineStrategy({
  name: 'cascade',
  summary: 'asks one model, and another where the answers in hand are not sure enough for what it would cost',
  needs: { quality: true, cost: true },
  options: z.strictObject({
    depth: z.number().int().min(1).max(4).default(3).describe('Models that one request may ask.'),
    sharedDifficulty: z
      .number()
      .min(0)
      .max(10)
      .default(2)
      .describe('Deviation, in log-odds, of how hard prompts are beyond what is predicted.'),
    wrongAgreement: z
      .number()
      .min(0.01)
      .max(0.99)
      .default(0.4)
      .describe(
        'Probability that two wrong answers are the same: high for few choices, low for open answers.',
      ),
    comparable: z
      .enum(['auto', 'always', 'never'])
      .default('auto')
      .describe('Whether answers can be compared; auto: by the kind of task.'),
  }),
  models: () => null,
  *choose(turn, options) {
    const considered = mostPromising(turn)
    const model = createAnswerModel(
      considered.map(({ quality }) => quality.mean),
      options,
    )
    const search: PlanOptions = {
      prices: considered.map((candidate) => priceOf(candidate, turn.objective)),
      depth: options.depth,
      comparable: isComparable(turn, options.comparable),
      check: null,
    }
    const answers: { readonly seen: Observed; readonly answer: Answer }[] = []
    const failed: number[] = []
    const clusters: string[] = []
    for (;;) {
      const plan = planAnswers(
        model,
        answers.map(({ seen }) => seen),
        failed,
        search,
      )
      if (plan.kind === 'stop' || isOneCall(plan, model, search, answers.length + failed.length))
        return ended(turn, considered, answers, plan, failed)
      const candidate = considered[plan.candidate]!
      const [result] = yield ask(candidate)
      if (result?.kind !== 'answered') failed.push(plan.candidate)
      else
        answers.push({
          seen: {
            candidate: plan.candidate,
            cluster: search.comparable ? clusterOf(finalAnswer(result.answer), clusters) : null,
            evidence: 0,
          },
          answer: result.answer,
        })
    }
  },
})

const isComparable = ({ request, signals }: Turn, stated: 'auto' | 'always' | 'never'): boolean =>
  stated === 'auto'
    ? request.responseFormat.kind !== 'text' || closedTasks.includes(signals.taskType)
    : stated === 'always'

function clusterOf(final: string | null, clusters: string[]): number | null {
  if (final === null) return null
  const known = clusters.indexOf(final)
  return known >= 0 ? known : clusters.push(final) - 1
}

/** By the value of each on its own; the cheapest is always among them, since its opinion costs least. */
function mostPromising({ candidates, objective }: Turn): NonEmpty<Candidate> {
  const value = (candidate: Candidate) => worth(candidate, objective)
  const ordered = [...candidates].sort(
    (a, b) => ascending(value(b), value(a)) || b.quality.mean - a.quality.mean || (a.id < b.id ? -1 : 1),
  )
  const cheapest = [...ordered].sort((a, b) => ascending(priceOf(a, objective), priceOf(b, objective)))[0]!
  const kept = ordered.slice(0, mostConsidered)
  if (!kept.includes(cheapest)) kept[kept.length - 1] = cheapest
  return kept as unknown as NonEmpty<Candidate>
}

/** Nothing has been asked, and no second call could be worth its price: the first may stream. */
function isOneCall(
  plan: Extract<Plan, { kind: 'ask' }>,
  model: AnswerModel,
  search: PlanOptions,
  asked: number,
): boolean {
  if (asked > 0) return false
  const alone = model.after([]).right[plan.candidate]! - search.prices[plan.candidate]!
  return plan.value <= alone + 1e-9
}

function ended(
  { candidates }: Turn,
  considered: readonly Candidate[],
  answers: readonly { readonly seen: Observed; readonly answer: Answer }[],
  plan: Plan,
  failed: readonly number[],
): Verdict {
  const first = plan.kind === 'stop' ? plan.best : plan.candidate
  const given = answers.find(({ seen }) => seen.candidate === first)
  if (given) {
    const agreeing = answers.filter(
      ({ seen }) => seen.cluster !== null && seen.cluster === given.seen.cluster,
    ).length
    return reply(
      considered[first]!,
      given.answer,
      `${agreeing > 1 ? `${agreeing} of ${answers.length} answers agree` : `the best of ${answers.length}`}: right with probability ${plan.value.toFixed(3)}; another would cost more than it is worth`,
    )
  }
  const untried = considered.filter((_, place) => !failed.includes(place))
  const rest = candidates.filter((candidate) => !considered.includes(candidate))
  const head = considered[first]
  const order = [...(head ? [head] : []), ...[...untried, ...rest].filter((candidate) => candidate !== head)]
  return forward(
    isNonEmpty(order) ? order : candidates,
    head
      ? `one call is the best plan: value ${plan.value.toFixed(3)}`
      : 'every model that was asked failed; the others are tried in order of value',
  )
}
