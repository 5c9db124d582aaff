import { seededDraw } from '../../src/domain/random.ts'
import {
  asymptoticInterval,
  beginAsymptotic,
  updateAsymptotic,
} from '../../src/statistics/asymptotic-sequence.ts'
import {
  beginBernstein,
  bernsteinInterval,
  updateBernstein,
} from '../../src/statistics/bernstein-sequence.ts'
import {
  type ArmObservation,
  beginDifference,
  differenceInterval,
  updateDifference,
} from '../../src/statistics/arm-difference.ts'
import type { Reading } from '../../src/statistics/interval.ts'
import { meanInterval } from '../../src/statistics/mean-interval.ts'
import { addValue, noMoments } from '../../src/statistics/moments.ts'
import { beginTest, updateTest } from '../../src/statistics/sequential-test.ts'
import { spreadOfMean } from '../../src/statistics/spread.ts'
import { type CoverageCase, watch } from './case.ts'
import { type OutcomeKind, outcomeKinds } from './outcomes.ts'

const alpha = 0.05

const given = (reading: Reading) => (reading.kind === 'interval' ? reading : null)

const asymptotic = (kind: OutcomeKind, size: number): CoverageCase => ({
  group: 'sequences',
  method: 'asymptotic sequence',
  outcomes: kind.name,
  size: String(size),
  looks: 'every value',
  run: (seed) => {
    const draw = seededDraw(`asymptotic ${kind.name} ${seed}`)
    function* readings() {
      let state = beginAsymptotic
      for (let value = 0; value < size; value++) {
        state = updateAsymptotic(state, kind.draw(draw))
        yield given(asymptoticInterval(state, alpha))
      }
    }
    return watch(readings(), kind.mean)
  },
})

const bernstein = (kind: OutcomeKind, size: number): CoverageCase => ({
  group: 'sequences',
  method: 'empirical-Bernstein sequence',
  outcomes: kind.name,
  size: String(size),
  looks: 'every value',
  run: (seed) => {
    const draw = seededDraw(`bernstein ${kind.name} ${seed}`)
    function* readings() {
      let state = beginBernstein
      for (let value = 0; value < size; value++) {
        state = updateBernstein(state, kind.draw(draw))
        yield given(bernsteinInterval(state, alpha))
      }
    }
    return watch(readings(), kind.mean)
  },
})

const once = (kind: OutcomeKind, size: number): CoverageCase => ({
  group: 'sequences',
  method: 'interval of a mean',
  outcomes: kind.name,
  size: String(size),
  looks: 'once',
  run: (seed) => {
    const draw = seededDraw(`once ${kind.name} ${seed}`)
    let moments = noMoments
    for (let value = 0; value < size; value++) moments = addValue(moments, kind.draw(draw))
    return watch([given(meanInterval(moments, alpha))], kind.mean)
  },
})

/** The treatment's chance goes from 5 % to a half, and the traffic changes with it. */
const difference = (kind: OutcomeKind, size: number, lift: number): CoverageCase => ({
  group: 'sequences',
  method: 'difference of arms, allocation ramped',
  outcomes: `${kind.name}, ${lift === 0 ? 'A/A' : `lift ${lift}`}`,
  size: String(size),
  looks: 'every value',
  run: (seed) => {
    const draw = seededDraw(`difference ${kind.name} ${lift} ${seed}`)
    function* readings() {
      let state = beginDifference
      for (let value = 0; value < size; value++) {
        const treatmentProbability = value < size / 4 ? 0.05 : value < size / 2 ? 0.2 : 0.5
        const arm: ArmObservation['arm'] = draw() < treatmentProbability ? 'treatment' : 'control'
        const base = kind.draw(draw)
        const outcome = arm === 'treatment' && kind.bounded ? raised(base, lift, draw()) : base
        state = updateDifference(state, { arm, outcome, treatmentProbability })
        yield given(differenceInterval(state, alpha))
      }
    }
    return watch(readings(), (1 - kind.mean) * lift)
  },
})

/** A bad answer made good with probability `lift`. */
const raised = (outcome: number, lift: number, drawn: number): number => (drawn < lift ? 1 : outcome)

const aATest = (kind: OutcomeKind, size: number): CoverageCase => ({
  group: 'sequences',
  method: 'mSPRT, A/A: p never below 0.05',
  outcomes: kind.name,
  size: String(size),
  looks: 'every value',
  run: (seed) => {
    const draw = seededDraw(`msprt ${kind.name} ${seed}`)
    let test = beginTest(0.1 * Math.max(0.1, Math.abs(kind.mean)))
    let moments = noMoments
    for (let value = 0; value < size; value++) {
      moments = addValue(moments, kind.draw(draw) - kind.draw(draw))
      test = updateTest(test, moments.mean, spreadOfMean(moments))
    }
    return test.pValue < alpha ? 'missed' : 'covered'
  },
})

const kindNamed = (name: string): OutcomeKind => outcomeKinds.find((kind) => kind.name === name)!

export const sequenceCases: readonly CoverageCase[] = [
  ...outcomeKinds.map((kind) => asymptotic(kind, 2_000)),
  ...outcomeKinds.filter(({ bounded }) => bounded).map((kind) => bernstein(kind, 2_000)),
  ...outcomeKinds.flatMap((kind) => [60, 200, 2_000].map((size) => once(kind, size))),
  ...(
    [
      ['yes or no, 0.8', 0],
      ['yes or no, 0.8', 0.3],
      ['yes or no, 0.98', 0],
      ['uniform', 0.3],
    ] as const
  ).map(([name, lift]) => difference(kindNamed(name), 2_000, lift)),
  difference(kindNamed('lognormal, deviation 1'), 2_000, 0),
  ...['yes or no, 0.8', 'yes or no, 0.02', 'normal', 'lognormal, deviation 1', 'lognormal, deviation 2'].map(
    (name) => aATest(kindNamed(name), 2_000),
  ),
]
