/** Whether what comes is what was predicted: cost against the bill, quality against feedback. */

import type { Decision } from '../../domain/decision.ts'
import { usdOf } from '../../domain/money.ts'
import type { TelemetryEvent } from '../events.ts'
import {
  type AlarmName,
  type AnyAlarmRule,
  between,
  defineAlarm,
  dollars,
  good,
  type Judgement,
} from './alarm.ts'
import { type EDetector, evidence, observe, startDetector } from './e-detector.ts'

export type ShiftLimits = {
  /** How far means may be off before it is a shift. Cost: a share of what was predicted; quality: points, 0 to 1. */
  readonly tolerance: number
  /** Observations per false alarm, on average, at least. */
  readonly patience: number
}

/** Observed beside predicted, of one request. */
type Pair = { readonly observed: number; readonly predicted: number }

type State = {
  readonly above: EDetector
  readonly below: EDetector
  /** Means over about the last 200, for the message and for clearing. */
  readonly observed: number
  readonly predicted: number
  readonly count: number
}

const start: State = { above: startDetector, below: startDetector, observed: 0, predicted: 0, count: 0 }

/** The weight of the newest in a mean over about the last 200; at first all weigh the same. */
const weight = (count: number): number => Math.max(1 / count, 1 / 200)

/** What has been told of the past is enough to clear by after so many. */
const enoughToClear = 100

type Shift = {
  readonly name: AlarmName
  readonly pairOf: (event: TelemetryEvent) => { readonly subject: string; readonly pair: Pair } | null
  /** At least -1, with expectation of at most zero while the truth is at most so far above, or below, the prediction. */
  readonly above: (pair: Pair, tolerance: number) => number
  readonly below: (pair: Pair, tolerance: number) => number
  /** How far the means are apart, in the unit of the tolerance. */
  readonly gap: (observed: number, predicted: number) => number
  readonly message: (state: State, subject: string) => string
}

function shiftRule(shift: Shift, { tolerance, patience }: ShiftLimits): AnyAlarmRule {
  return defineAlarm<State>({
    name: shift.name,
    subjectOf: (event) => shift.pairOf(event)?.subject ?? null,
    start,
    step: (state, event) => {
      const found = shift.pairOf(event)
      if (found === null) return state
      const { pair } = found
      const count = state.count + 1
      return {
        above: observe(state.above, shift.above(pair, tolerance)),
        below: observe(state.below, shift.below(pair, tolerance)),
        observed: state.observed + (pair.observed - state.observed) * weight(count),
        predicted: state.predicted + (pair.predicted - state.predicted) * weight(count),
        count,
      }
    },
    judge: (state, subject): Judgement => {
      // Two tests at once: each may give half of the false alarms.
      const seen = Math.max(evidence(state.above), evidence(state.below))
      if (seen >= 2 * patience)
        return {
          level: 'bad',
          message: shift.message(state, subject),
          numbers: {
            observed: state.observed,
            predicted: state.predicted,
            observations: state.count,
            observationsPerFalseAlarm: patience,
          },
        }
      const gap = Math.abs(shift.gap(state.observed, state.predicted))
      return state.count >= enoughToClear && gap < tolerance / 2 && seen < Math.sqrt(patience)
        ? good
        : between
    },
    restarts: false,
  })
}

/** A bill of more than so many times the prediction counts as that, so that one monster of an answer is no shift. */
const highestRatio = 4

const ratio = ({ observed, predicted }: Pair) => Math.min(highestRatio, observed / predicted)

export const costShift = (limits: ShiftLimits): AnyAlarmRule =>
  shiftRule(
    {
      name: 'cost-shift',
      pairOf: (event) => {
        if (event.kind !== 'finished') return null
        const pair = costsOf(event.decision, event.outcome)
        return pair && { subject: event.decision.policy, pair }
      },
      above: (pair, tolerance) => (ratio(pair) - 1 - tolerance) / (1 + tolerance),
      below: (pair, tolerance) => (1 - tolerance - ratio(pair)) / (highestRatio - 1 + tolerance),
      gap: (observed, predicted) => observed / predicted - 1,
      message: ({ observed, predicted }, subject) =>
        `${subject}: requests cost ${dollars(observed)} on average where ${dollars(predicted)} was predicted (${(observed / predicted).toFixed(2)} times). See whether prices or the length of answers have changed: \`fairlead models\` shows the prices in use, and \`fairlead train\` on recent outcomes learns the lengths.`,
    },
    limits,
  )

/** Of requests that the chosen model answered alone: retries and fallbacks cost money that nobody predicted. */
function costsOf(
  decision: Decision,
  { attempts, cost, model }: Extract<TelemetryEvent, { kind: 'finished' }>['outcome'],
): Pair | null {
  const [only] = attempts
  if (attempts.length !== 1 || cost === null || model === null || model !== decision.chosen) return null
  if (only?.outcome.kind !== 'answered' || only.usage.source !== 'reported') return null
  const predicted = decision.candidates.find(({ id }) => id === model)?.cost
  if (predicted?.kind !== 'known' || !(predicted.usd.mean > 0)) return null
  return { observed: usdOf(cost), predicted: predicted.usd.mean }
}

export const qualityShift = (limits: ShiftLimits): AnyAlarmRule =>
  shiftRule(
    {
      name: 'quality-shift',
      pairOf: qualitiesOf,
      above: ({ observed, predicted }, tolerance) => (observed - predicted - tolerance) / (1 + tolerance),
      below: ({ observed, predicted }, tolerance) => (predicted - observed - tolerance) / (1 + tolerance),
      gap: (observed, predicted) => observed - predicted,
      message: ({ observed, predicted }, subject) =>
        `${subject}: answers scored ${observed.toFixed(2)} on average where ${predicted.toFixed(2)} was predicted. ${observed < predicted ? 'A model may have become worse, or the prompts harder than those it was trained on' : 'The router thinks less of its models than it should, and may pay for dearer ones than it needs'}: calibrate again on recent feedback with \`fairlead calibrate\`, or train on it.`,
    },
    limits,
  )

/** Implicit signs, such as a question asked again, come from the dissatisfied alone: no mean can be compared with theirs. */
function qualitiesOf(event: TelemetryEvent): { readonly subject: string; readonly pair: Pair } | null {
  if (event.kind !== 'feedback' || event.decision === undefined) return null
  const { feedback, decision } = event
  if (feedback.metric !== 'quality' || feedback.score === null || feedback.source === 'implicit') return null
  const predicted = decision.candidates.find(({ id }) => id === decision.chosen)?.quality.mean
  if (predicted === undefined || decision.cache !== undefined) return null
  return { subject: decision.policy, pair: { observed: feedback.score, predicted } }
}
