import { z } from 'zod'
import { ascending, byCost, type Candidate, expectedUsd } from '../domain/candidate.ts'
import { failure } from '../domain/failure.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import {
  type BudgetFacts,
  type Choosing,
  forward,
  refuse,
  type Turn,
  type Verdict,
} from '../domain/strategy.ts'
import { unreachable } from '../domain/unreachable.ts'
import { worth } from '../domain/value.ts'
import { knapsackThreshold, pacedLambda, type Pace, paceOf, spentOfBin } from './budget/pace.ts'
import { type Aids, defineStrategy, probability } from './strategy.ts'

const positive = z.number().positive()
const rule = z
  .strictObject({
    leftBelowUsd: positive.optional(),
    leftAboveUsd: z.number().min(0).optional(),
    complexityAbove: probability.optional(),
    to: z.string().min(1).describe('A model as vendor/name, or a policy.'),
  })
  .describe('Holds where all that it says holds.')

const options = z.strictObject({
  pace: z
    .enum(['lambda', 'knapsack', 'rules'])
    .default('lambda')
    .describe(
      'A price of money that follows spending, a bar on quality per dollar that does, or rules of your own.',
    ),
  strength: z
    .number()
    .min(0)
    .max(10)
    .default(2)
    .describe('For lambda: the power with which it answers to being ahead or behind.'),
  lambdaRange: z
    .strictObject({ lowest: positive.default(0.1), highest: positive.default(10_000) })
    .prefault({})
    .describe('For lambda: quality per dollar that it keeps within.'),
  ratioRange: z
    .strictObject({ lowest: positive.default(20), highest: positive.default(20_000) })
    .prefault({})
    .describe(
      'For knapsack: quality per dollar of dear and of cheap models, 5th and 95th percentile of your traffic.',
    ),
  bins: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(24)
    .describe('For knapsack: parts of the period that have an equal part of the money.'),
  optimism: z
    .number()
    .min(0)
    .max(3)
    .default(0)
    .describe(
      'For knapsack: deviations of its estimate that a quality is raised by, to try what is little known.',
    ),
  rules: z.array(rule).max(50).default([]).describe('For rules: in order, the first that holds.'),
  otherwise: z.string().min(1).optional().describe('For rules: where none holds.'),
  whenSpent: z
    .enum(['cheapest', 'refuse'])
    .default('cheapest')
    .describe('What becomes of requests that the money left does not pay for.'),
})
type Options = z.output<typeof options>

/**
 * As good as the money allows: the policy's budget is spread over its period, and as it runs out faster than time does, cheaper
 * models answer. No model is chosen that is expected to cost more than is left.
 */
export const budget = defineStrategy({
  name: 'budget',
  summary: 'spreads a budget over its period: cheaper models as money runs out, then a configured end',
  needs: { quality: true, cost: true },
  options,
  models: () => null,
  ways: ({ pace, rules, otherwise }) =>
    pace === 'rules' ? [...rules.map(({ to }) => to), ...(otherwise === undefined ? [] : [otherwise])] : [],
  faults: (stated) => faultsOf(stated),
  *choose(turn, stated, aids) {
    const { candidates, objective } = turn
    const facts = turn.budget
    const pace = facts && paceOf(facts)
    const payable = pace ? candidates.filter((one) => expectedUsd(one) <= pace.leftUsd) : candidates
    if (facts && !isNonEmpty(payable)) return spent(turn, facts, stated)
    const within = isNonEmpty(payable) ? payable : candidates
    switch (stated.pace) {
      case 'lambda': {
        const lambda = pace
          ? pacedLambda(objective.lambda, pace, stated.strength, stated.lambdaRange)
          : objective.lambda
        const best = ordered(within, (one) => worth(one, { lambda, mu: objective.mu }))
        return onwards(
          turn,
          best,
          `${saidOf(pace)}: lambda ${short(lambda)}, base ${short(objective.lambda)}`,
        )
      }
      case 'knapsack':
        return packed(turn, within, pace, stated)
      case 'rules':
        return yield* ruled(turn, within, pace, stated, aids)
      default:
        return unreachable(stated.pace)
    }
  },
})

function faultsOf({ pace, rules, otherwise, lambdaRange, ratioRange }: Options) {
  const faults: { readonly path: readonly string[]; readonly message: string }[] = []
  if (pace === 'rules' && otherwise === undefined)
    faults.push({
      path: ['pace'],
      message: 'with rules, say which model answers where none holds: add otherwise.',
    })
  if (pace !== 'rules' && (rules.length > 0 || otherwise !== undefined))
    faults.push({
      path: ['rules'],
      message: `are not read with pace: ${pace}. Write pace: rules, or remove them.`,
    })
  for (const [name, { lowest, highest }] of Object.entries({ lambdaRange, ratioRange }))
    if (lowest >= highest) faults.push({ path: [name], message: 'lowest must be below highest.' })
  return faults
}

const short = (value: number): string => String(Number(value.toPrecision(3)))

const saidOf = (pace: Pace | null): string =>
  pace
    ? `${(pace.spentShare * 100).toFixed(1)} % of the budget spent, ${(pace.elapsedShare * 100).toFixed(1)} % of the period gone`
    : 'the policy has no budget'

function ordered(
  candidates: readonly Candidate[],
  value: (candidate: Candidate) => number,
): readonly Candidate[] {
  return [...candidates].sort(
    (a, b) =>
      ascending(value(b), value(a)) ||
      ascending(expectedUsd(a), expectedUsd(b)) ||
      b.quality.mean - a.quality.mean ||
      (a.id < b.id ? -1 : 1),
  )
}

/** What is left does not pay even for the cheapest: the end that is configured. */
function spent({ candidates }: Turn, { limitUsd, spentUsd }: BudgetFacts, { whenSpent }: Options): Verdict {
  const money = `$${spentUsd.toFixed(4)} of $${limitUsd} is spent, and no model is expected to cost as little as what is left`
  if (whenSpent === 'refuse')
    return refuse(
      failure(
        'budget-exhausted',
        `${money}. Wait for the next period, raise the budget, or write whenSpent: cheapest.`,
      ),
    )
  return forward(byCost(candidates) as unknown as NonEmpty<Candidate>, `${money}: the cheapest answers`)
}

/** The models that can be paid come first; behind them, should they fail, only others that can. */
function onwards(turn: Turn, order: readonly Candidate[], because: string): Verdict {
  return forward(isNonEmpty(order) ? order : turn.candidates, because)
}

/** The best of those whose quality per dollar is over the bar; where none is, the cheapest. */
function packed(
  turn: Turn,
  within: NonEmpty<Candidate>,
  pace: Pace | null,
  { ratioRange, bins, optimism }: Options,
): Verdict {
  const bar = pace ? knapsackThreshold(spentOfBin(pace, bins), ratioRange) : 0
  const hope = ({ quality }: Candidate) => Math.min(1, quality.mean + optimism * quality.deviation)
  const bought = within.filter((one) => bar === 0 || expectedUsd(one) <= hope(one) / bar)
  const said = `${saidOf(pace)}: the bar is ${short(bar)} quality per dollar`
  if (bought.length === 0)
    return onwards(turn, byCost(within), `${said}, none is over it, and the cheapest answers`)
  const rest = byCost(within.filter((one) => !bought.includes(one)))
  return onwards(
    turn,
    [...ordered(bought, hope), ...rest],
    `${said}, ${bought.length} of ${within.length} are over it`,
  )
}

function* ruled(
  turn: Turn,
  within: NonEmpty<Candidate>,
  pace: Pace | null,
  { rules, otherwise }: Options,
  { to }: Aids,
): Choosing {
  const leftUsd = pace?.leftUsd ?? Number.POSITIVE_INFINITY
  const { complexity } = turn.signals
  const place = rules.findIndex(
    ({ leftBelowUsd, leftAboveUsd, complexityAbove }) =>
      (leftBelowUsd === undefined || leftUsd < leftBelowUsd) &&
      (leftAboveUsd === undefined || leftUsd > leftAboveUsd) &&
      (complexityAbove === undefined || complexity > complexityAbove),
  )
  const way = rules[place]?.to ?? otherwise
  if (way === undefined) return onwards(turn, byCost(within), 'no rule holds: the cheapest answers')
  const verdict = yield* to(way)({ ...turn, candidates: within })
  const which = place >= 0 ? `rule ${place + 1}` : 'otherwise'
  const left = pace ? `$${leftUsd.toFixed(4)} left` : 'no budget'
  return { ...verdict, because: `${which}, ${left}, complexity ${complexity.toFixed(2)}: ${verdict.because}` }
}
