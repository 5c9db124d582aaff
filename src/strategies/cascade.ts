import { z } from 'zod'
import { ascending, type Candidate } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import { forward, reply, type Turn, type Verdict } from '../domain/strategy.ts'
import { unreachable } from '../domain/unreachable.ts'
import { priceOf, worth } from '../domain/value.ts'
import { type AnswerModel, createAnswerModel } from './answers/answer-model.ts'
import { type Plan, planAnswers } from './answers/answer-plan.ts'
import {
  checkersOf,
  confidenceOptions,
  foreseen,
  judgesOf,
  judgingUsd,
  switchedOff,
} from './answers/confidence/index.ts'
import {
  comparisons,
  type Given,
  type Inquiry,
  inquire,
  isComparable,
  openInquiry,
  severalAnswers,
  wantsSeveral,
} from './answers/inquiry.ts'
import { planSupersets } from './answers/superset-plan.ts'
import { defineStrategy, probability } from './strategy.ts'

/** Looking ahead takes time that grows with the power of the depth: more candidates than this are not worth it. */
const mostConsidered = 6

const options = z.strictObject({
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
    .describe('Probability that two wrong answers are the same: high for few choices, low for open answers.'),
  comparable: z
    .enum(comparisons)
    .default('auto')
    .describe('Whether answers can be compared; auto: by the kind of task.'),
  confidence: confidenceOptions,
  acceptFrom: probability
    .optional()
    .describe(
      'An answer less likely right than this is not given while another model may be asked, whatever that costs.',
    ),
  search: z
    .enum(['look-ahead', 'supersets'])
    .default('look-ahead')
    .describe('Plans over what answers may be, or over sets of models by the greatest of their qualities.'),
  unsettled: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.25)
    .describe('For supersets: how far, at evens, the quality of a model that has not run may be off.'),
})
type Options = z.output<typeof options>

/**
 * Routing and cascading in one: before the first answer and after each, the plan of the best expected value is taken up, be it
 * to answer with what is in hand or to ask one more model, and which (cascade routing, arXiv 2410.10347). What an answer tells
 * is whether it agrees with those before it (answers/answer-model.ts), and what signals of confidence say of it. Where one call
 * is all that the best plan can come to, it streams straight through.
 */
export const cascade = defineStrategy({
  name: 'cascade',
  summary: 'asks one model, and another where the answers in hand are not sure enough for what it would cost',
  needs: { quality: true, cost: true },
  options,
  models: () => null,
  advisers: ({ confidence }) => judgesOf(confidence).map(modelId),
  consultants: ({ confidence }) => checkersOf(confidence),
  *choose(turn, stated) {
    const considered = mostPromising(turn)
    const planning = planningOf(turn, considered, stated)
    const inquiry = openInquiry(turn, considered, {
      confidence: stated.confidence,
      comparable: isComparable(turn, stated.comparable),
    })
    for (;;) {
      const plan = planFor(planning, inquiry, stated)
      if (plan.kind === 'stop' || isOneCall(plan, planning, inquiry, stated))
        return ended(inquiry, plan, stated)
      yield* inquire(inquiry, plan.candidate)
    }
  },
})

type Planning = {
  readonly model: AnswerModel
  /** Value that asking each candidate costs, and having its answer judged. */
  readonly prices: readonly number[]
  readonly depth: number
}

function planningOf(turn: Turn, considered: readonly Candidate[], stated: Options): Planning {
  const { objective } = turn
  const judging = (candidate: Candidate) =>
    objective.lambda === 0 ? 0 : objective.lambda * judgingUsd(turn, candidate, stated.confidence)
  return {
    model: createAnswerModel(
      considered.map(({ quality }) => quality.mean),
      stated,
    ),
    prices: considered.map((candidate) => priceOf(candidate, objective) + judging(candidate)),
    // Of several answers to one request none is the answer.
    depth: wantsSeveral(turn) ? 1 : stated.depth,
  }
}

function planFor({ model, prices, depth }: Planning, inquiry: Inquiry, stated: Options): Plan {
  const seen = inquiry.given.map((one) => one.seen)
  const { failed, comparable } = inquiry
  const plan = () => {
    switch (stated.search) {
      case 'look-ahead':
        return planAnswers(model, seen, failed, {
          prices,
          depth,
          comparable,
          check: depth > 1 ? foreseen(inquiry.turn, stated.confidence) : null,
        })
      case 'supersets':
        return planSupersets(model, seen, failed, { prices, depth, unsettled: stated.unsettled })
      default:
        return unreachable(stated.search)
    }
  }
  const best = plan()
  if (best.kind === 'ask' || stated.acceptFrom === undefined || best.value >= stated.acceptFrom) return best
  return nextInstead({ model, prices, depth }, inquiry, best)
}

/** Too unsure to be given: the best of those that may still be asked, if there is one. */
function nextInstead({ model, prices, depth }: Planning, inquiry: Inquiry, stop: Plan): Plan {
  const { given, failed } = inquiry
  if (given.length + failed.length >= depth) return stop
  const { right } = model.after(given.map((one) => one.seen))
  let best = stop
  let most = Number.NEGATIVE_INFINITY
  for (let candidate = 0; candidate < model.candidates; candidate++) {
    const asked = failed.includes(candidate) || given.some(({ seen }) => seen.candidate === candidate)
    const value = right[candidate]! - prices[candidate]!
    if (asked || !(value > most)) continue
    most = value
    best = { kind: 'ask', candidate, value }
  }
  return best
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
  { model, prices, depth }: Planning,
  { given, failed }: Inquiry,
  { acceptFrom = 0 }: Options,
): boolean {
  if (given.length + failed.length > 0) return false
  if (depth === 1) return true
  const right = model.after([]).right[plan.candidate]!
  return right >= acceptFrom && plan.value <= right - prices[plan.candidate]! + 1e-9
}

function ended(inquiry: Inquiry, plan: Plan, stated: Options): Verdict {
  const { turn, candidates, given, failed } = inquiry
  const place = plan.kind === 'stop' ? plan.best : plan.candidate
  const off = switchedOff(stated.confidence)
  const answered = given.find(({ seen }) => seen.candidate === place)
  if (answered)
    return reply(
      candidates[place]!,
      answered.answer,
      [...whyGiven(given, answered, plan.value, stated), ...off].join('; '),
    )
  const untried = candidates.filter((_, one) => !failed.includes(one))
  const rest = turn.candidates.filter((candidate) => !candidates.includes(candidate))
  const head = candidates[place]
  const order = [...(head ? [head] : []), ...[...untried, ...rest].filter((candidate) => candidate !== head)]
  const why = head
    ? `one call is the best plan: value ${plan.value.toFixed(3)}`
    : 'every model that was asked failed; the others are tried in order of value'
  const several = wantsSeveral(turn) ? [severalAnswers] : []
  return forward(isNonEmpty(order) ? order : turn.candidates, [why, ...several, ...off].join('; '))
}

function whyGiven(
  given: readonly Given[],
  { seen, said }: Given,
  right: number,
  { acceptFrom = 0 }: Options,
): readonly string[] {
  const agreeing = given.filter((one) => one.seen.cluster !== null && one.seen.cluster === seen.cluster)
  const which =
    agreeing.length > 1
      ? `${agreeing.length} of ${given.length} answers agree`
      : `the best of ${given.length}`
  return [
    `${which}: right with probability ${right.toFixed(3)}`,
    right < acceptFrom
      ? `less than the ${acceptFrom} that is wanted, and no other may be asked`
      : 'another would cost more than it is worth',
    ...(said.length > 0 ? [said.join(', ')] : []),
  ]
}
