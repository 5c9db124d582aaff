import { estimators } from '../../src/learning/off-policy/estimators.ts'
import {
  defaultEvaluation,
  evaluatePolicy,
  type PolicyEvaluation,
  prepareLog,
} from '../../src/learning/off-policy/evaluate.ts'
import type { LoggedMetric } from '../../src/learning/off-policy/logged-row.ts'
import type { CoverageCase } from './case.ts'
import { type Policy, simulateLog, truthOf, type World } from './off-policy-world.ts'

const ordinary: World = {
  name: 'three models, floor 0.1',
  qualities: [0.7, 0.8, 0.85],
  usd: [0.001, 0.003, 0.02],
  costDeviation: 0.5,
  estimateError: 0.5,
  floor: 0.1,
  sessionLength: 1,
  feedback: { first: 1, others: 1 },
}

const otherWorlds: readonly World[] = [
  { ...ordinary, name: 'floor 0.02: heavy weights', floor: 0.02 },
  { ...ordinary, name: 'rare failures, 0.98', qualities: [0.98, 0.985, 0.99] },
  { ...ordinary, name: 'costs lognormal 1.5', costDeviation: 1.5 },
  { ...ordinary, name: 'estimates that say nothing', estimateError: 6 },
  { ...ordinary, name: 'sessions of five with a mood', sessionLength: 5 },
  { ...ordinary, name: 'a third graded, by model', feedback: { first: 0.2, others: 0.45 } },
]

/** The best value, at an exchange rate: certain, unlike the log. */
const bestValue =
  (lambda: number): Policy =>
  ({ estimates }) => {
    const values = estimates.map((quality, model) => quality - lambda * ordinary.usd[model]!)
    const best = values.indexOf(Math.max(...values))
    return estimates.map((_, model) => (model === best ? 1 : 0))
  }

/** Often the cheapest, by how hard the prompt is. */
const cheapWhenEasy: Policy = ({ difficulty }) => [1 - 0.8 * difficulty, 0.5 * difficulty, 0.3 * difficulty]

/** Evaluations are shared by the estimators of a world: one log is asked for all of them. */
const remembered = new Map<string, PolicyEvaluation>()
const mostRemembered = 4_000

function evaluation(
  world: World,
  policy: Policy,
  label: string,
  size: number,
  seed: string,
): PolicyEvaluation {
  const key = `${world.name} ${label} ${size} ${seed}`
  const known = remembered.get(key)
  if (known) return known
  const { rows, target } = simulateLog(world, policy, size, seed)
  const made = evaluatePolicy(prepareLog(rows, defaultEvaluation), target)
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(key, made)
  return made
}

function casesOf(world: World, policy: Policy, label: string, size: number): readonly CoverageCase[] {
  const truth = truthOf(world, policy)
  return (['quality', 'usd'] as const).flatMap((metric: LoggedMetric) =>
    [...estimators.filter((estimator) => estimator !== 'direct'), 'best' as const].map((estimator) => ({
      group: 'off-policy' as const,
      method: `${estimator}, ${metric}`,
      outcomes: `${world.name}; ${label}`,
      size: size.toLocaleString('en-US'),
      looks: 'once' as const,
      run: (seed: string) => {
        const found = evaluation(world, policy, label, size, seed).metrics[metric]
        const reading = estimator === 'best' ? found.best : found.estimates[estimator]
        if (reading.kind === 'withheld') return 'withheld' as const
        return reading.low <= truth[metric] && truth[metric] <= reading.high
          ? ('covered' as const)
          : ('missed' as const)
      },
    })),
  )
}

export const offPolicyCases = (): readonly CoverageCase[] => [
  ...casesOf(ordinary, bestValue(10), 'best value', 400),
  ...casesOf(ordinary, cheapWhenEasy, 'cheap when easy', 400),
  ...casesOf(ordinary, bestValue(10), 'best value', 1_500),
  ...otherWorlds.flatMap((world) => casesOf(world, bestValue(10), 'best value', sizeOf(world))),
  ...casesOf(otherWorlds[0]!, cheapWhenEasy, 'cheap when easy', 800),
]

/** Where little is known of each decision more of them are needed. */
const sizeOf = ({ sessionLength, feedback }: World): number =>
  sessionLength > 1 || feedback.first < 1 ? 1_500 : 800
