/** One look at an experiment: what its sums say, and what follows from it. Pure. */

import type { ExperimentDefinition } from '../domain/experiment.ts'
import { unreachable } from '../domain/unreachable.ts'
import { defaultTightestAt, watchedDeviations } from '../statistics/asymptotic-sequence.ts'
import { ratioMoments, ratioOf } from '../statistics/ratio-sums.ts'
import {
  type ArmReading,
  defaultReading,
  readExperiment,
  type Stage,
} from '../statistics/experiment-reading.ts'
import type { Reading } from '../statistics/interval.ts'
import { defaultTracking, trackAndStop } from '../statistics/track-and-stop.ts'
import { type Verdict, verdicts } from '../statistics/verdict.ts'
import {
  type Bounds,
  ended,
  type ExperimentState,
  type LookAtArm,
  mostLooks,
  reshared,
  sharesAt,
} from './state.ts'

export type Looked = {
  readonly state: ExperimentState
  readonly verdicts: readonly Verdict[]
  /** Something other than the numbers has changed. */
  readonly changed: boolean
}

export function look(state: ExperimentState, stages: readonly Stage[], at: string): Looked {
  const { definition } = state
  const reading = readExperiment(stages, {
    ...defaultReading,
    control: definition.control,
    alpha: definition.alpha,
  })
  const found = verdicts(reading, { qualityMargin: definition.qualityMargin, unit: definition.by })
  const tripped = reading.arms.flatMap((arm) => guardrailOf(arm, definition, stages) ?? [])
  const sentence = [...tripped.map(({ sentence: why }) => why), ...found.map((one) => one.sentence)].join(' ')
  const arms = Object.fromEntries(reading.arms.map((arm) => [arm.arm, lookAt(arm)]))
  const seen = { ...state, sentence, looks: [...state.looks, { at, arms }].slice(-mostLooks) }
  const next = definition.automatic ? acted(seen, stages, found, tripped, at) : seen
  return { state: next, verdicts: found, changed: next !== seen }
}

type Tripped = { readonly arm: string; readonly sentence: string }

/** Worse by more than the guardrail, and surely so. */
function guardrailOf(
  { arm, differences }: ArmReading,
  { guardrails, control, alpha }: ExperimentDefinition,
  stages: readonly Stage[],
): Tripped | null {
  const { failures, latencyMs } = guardrails
  const surelyAbove = (reading: Reading, limit: number): boolean =>
    reading.kind === 'interval' && reading.low > limit
  if (
    failures !== null &&
    (surelyAbove(differences.failures.reading, failures) ||
      boundedExcess(stages.at(-1), arm, control, alpha) > failures)
  )
    return { arm, sentence: `${arm} fails more often than its guardrail allows.` }
  if (latencyMs !== null && surelyAbove(differences['latency-ms'].reading, latencyMs))
    return { arm, sentence: `${arm} is slower than its guardrail allows.` }
  return null
}

/** No share varies by more than a coin's. */
const worstDeviation = 0.5

/**
 * How much more often the arm fails than the control, at least, in the stage that runs: by the worst deviation that a share can
 * have, so that it holds for failures that are rare, of which an estimated deviation says too little. Watched at every look.
 */
function boundedExcess(stage: Stage | undefined, arm: string, control: string, alpha: number): number {
  const half = (units: number) =>
    (watchedDeviations(units, alpha / 2, defaultTightestAt) * worstDeviation) / Math.sqrt(units)
  const [treated, base] = [stage?.arms[arm]?.metrics.failures, stage?.arms[control]?.metrics.failures]
  if (!treated || !base) return Number.NEGATIVE_INFINITY
  const [units, baseUnits] = [ratioMoments(treated).count, ratioMoments(base).count]
  if (Math.min(units, baseUnits) === 0) return Number.NEGATIVE_INFINITY
  return ratioOf(treated) - half(units) - (ratioOf(base) + half(baseUnits))
}

function acted(
  state: ExperimentState,
  stages: readonly Stage[],
  found: readonly Verdict[],
  tripped: readonly Tripped[],
  at: string,
): ExperimentState {
  const { definition } = state
  const { control, arms } = definition
  const out = new Set([
    ...tripped.map(({ arm }) => arm),
    ...found.flatMap(({ arm, kind }) => (isLost(kind) ? [arm] : [])),
  ])
  const taken = found.find(({ arm, kind }) => kind === 'adopt' && !out.has(arm))
  if (taken) return ended(state, 'promoted', taken.arm, at, `promoted ${taken.arm}: ${taken.sentence}`)
  if (out.size === arms.length)
    return ended(state, 'rolled-back', control, at, `rolled back: ${state.sentence}`)
  if (definition.allocation === 'adaptive') return tracked(state, stages, at)
  return ramped(state, stages, at)
}

function isLost(kind: Verdict['kind']): boolean {
  switch (kind) {
    case 'roll-back':
    case 'dearer':
      return true
    case 'adopt':
    case 'better-and-dearer':
    case 'undecided':
    case 'blocked':
      return false
    default:
      return unreachable(kind)
  }
}

/** The next step, when every arm of this one has seen enough. */
function ramped(state: ExperimentState, stages: readonly Stage[], at: string): ExperimentState {
  const { definition, step } = state
  if (step + 1 >= definition.ramp.length) return state
  const last = stages.at(-1)
  const seen = definition.arms.every(
    ({ policy }) => (last?.arms[policy]?.sessions ?? 0) >= definition.unitsPerStep,
  )
  if (!seen) return state
  const share = definition.ramp[step + 1] ?? 1
  const next = reshared(state, sharesAt(definition, step + 1), at, `ramp: ${Math.round(share * 1000) / 10} %`)
  return { ...next, step: step + 1 }
}

/** New shares are worth a stage of their own only where they differ by so much. */
const worthReshare = 0.05

/** Track-and-stop over quality, unit by unit: the arms' means are of all their stages. */
function tracked(state: ExperimentState, stages: readonly Stage[], at: string): ExperimentState {
  const { definition } = state
  const names = [definition.control, ...definition.arms.map(({ policy }) => policy)]
  const found = trackAndStop(
    names.map((name) => ({ name, moments: qualityOf(stages, name) })),
    { ...defaultTracking, delta: definition.alpha },
  )
  switch (found.kind) {
    case 'nursery':
      return state
    case 'winner': {
      const how = found.certain ? 'best by track-and-stop' : 'ahead when the samples ran out'
      return ended(
        state,
        found.arm === definition.control ? 'rolled-back' : 'promoted',
        found.arm,
        at,
        `${found.arm} is ${how}`,
      )
    }
    case 'sample': {
      const now = state.stages.at(-1)?.shares ?? {}
      const moved = names.some(
        (name) => Math.abs((found.shares[name] ?? 0) - (now[name] ?? 0)) > worthReshare,
      )
      return moved ? reshared(state, found.shares, at, `shared out anew; ${found.leader} leads`) : state
    }
    default:
      return unreachable(found)
  }
}

function qualityOf(stages: readonly Stage[], name: string) {
  const moments = stages.flatMap(({ arms }) => (arms[name] ? [ratioMoments(arms[name].metrics.quality)] : []))
  const count = moments.reduce((sum, one) => sum + one.count, 0)
  const mean = count === 0 ? 0 : moments.reduce((sum, one) => sum + one.count * one.mean, 0) / count
  const m2 = moments.reduce((sum, one) => sum + one.m2 + one.count * (one.mean - mean) ** 2, 0)
  return { count, mean, m2, m3: 0, m4: 0 }
}

const lookAt = ({ sessions, differences }: ArmReading): LookAtArm => ({
  sessions,
  quality: boundsOf(differences.quality.reading),
  usd: boundsOf(differences.usd.reading),
})

const boundsOf = (reading: Reading): Bounds | null =>
  reading.kind === 'interval' ? { estimate: reading.estimate, low: reading.low, high: reading.high } : null
