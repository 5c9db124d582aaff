/** From the record of decisions to the sums that statistics reads: whatever comes late or is corrected is in the next reading. */

import type { Decision } from '../domain/decision.ts'
import { usdOf } from '../domain/money.ts'
import {
  addToSession,
  type ArmSums,
  type Metric,
  moveSession,
  noArmSums,
  type SessionSums,
} from '../statistics/arm-sums.ts'
import type { Stage } from '../statistics/experiment-reading.ts'
import type { StoredDecision } from '../storage/store.ts'
import type { ExperimentState } from './state.ts'

export type Graded = StoredDecision & { readonly score: number | null }

type Unit = { readonly arm: string; sums: SessionSums }

/** Sums by stage. Add decisions in any order, then take the stages. */
export function createReader(state: ExperimentState) {
  const { definition, stages } = state
  const units = stages.map(() => new Map<string, Unit>())
  return {
    add: ({ decision, outcome, score }: Graded): void => {
      if (decision.experiment?.id !== definition.id) return
      const index = stages.findLastIndex(({ beganAt }) => beganAt <= decision.time)
      const inStage = units[index]
      if (inStage === undefined) return
      const { arm, unit: name } = decision.experiment
      // Of a unit that was in two arms, by a cookie that was lost or a clock, the first counts.
      const unit = inStage.get(name) ?? { arm, sums: {} }
      if (unit.arm !== arm) return
      inStage.set(name, unit)
      for (const [metric, value] of valuesOf({ outcome, score }))
        unit.sums = addToSession(unit.sums, metric, value, difficultyOf(decision))
    },
    stages: (): readonly Stage[] =>
      stages.map(({ shares }, index) => ({ shares, arms: armsOf(units[index] ?? new Map()) })),
  }
}

function armsOf(units: ReadonlyMap<string, Unit>): Record<string, ArmSums> {
  const arms: Record<string, ArmSums> = {}
  for (const { arm, sums } of units.values()) arms[arm] = moveSession(arms[arm] ?? noArmSums, null, sums)
  return arms
}

function* valuesOf({
  outcome,
  score,
}: Pick<Graded, 'outcome' | 'score'>): Generator<readonly [Metric, number]> {
  if (score !== null) yield ['quality', score]
  // One that its client left says nothing of the arm.
  if (outcome === null || outcome.status === 'cancelled') return
  yield ['failures', outcome.status === 'failed' ? 1 : 0]
  if (outcome.cost !== null) yield ['usd', usdOf(outcome.cost)]
  if (outcome.status === 'answered') yield ['latency-ms', outcome.latencyMs]
}

/** Before the assignment nothing of it depended on the arm: how hard the prompt looked. */
const difficultyOf = ({ signals }: Decision): number => signals.complexity
