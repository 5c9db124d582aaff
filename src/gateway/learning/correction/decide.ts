/** From graded answers to the next state of the calibration. */

import { beginDifference, differenceInterval, updateDifference } from '../../../statistics/arm-difference.ts'
import type { Reading } from '../../../statistics/interval.ts'
import { fitCorrection } from './fit.ts'
import type { GradedDecision } from './graded.ts'
import { isBetter, type Judgement, judge } from './judge.ts'
import type { CalibrationRules, CanaryRules } from './rules.ts'
import type { CalibrationState } from './state.ts'

/** `null`: there is too little that is new. `version` is the one that the state will have. */
export async function fitted(
  graded: readonly GradedDecision[],
  before: CalibrationState,
  version: number,
  rules: CalibrationRules,
  now: string,
): Promise<CalibrationState | null> {
  if (graded.length < rules.minGraded) return null
  const fresh = graded.filter(({ time }) => time > (before.seen?.until ?? '')).length
  if (fresh < rules.minGraded * rules.laterShare) return null
  const cut = Math.floor(graded.length * (1 - rules.laterShare))
  const [earlier, later] = [graded.slice(0, cut), graded.slice(cut)]
  const model = await fitCorrection(earlier)
  const { artefact, since, live } = before
  const judgement = judge(later, model, live?.model ?? null)
  const seen = { until: graded.at(-1)!.time, answers: graded.length }
  const others = { artefact, since, restoredFrom: null, live, canary: null, seen, judgement }
  if (!isBetter(judgement))
    return { ...others, why: 'not-better', because: `what was fitted stays out: ${gainText(judgement)}` }
  const made = { version, model }
  const { canary } = rules
  return canary === null
    ? { ...others, live: made, why: 'promoted', because: `better on later answers: ${gainText(judgement)}` }
    : {
        ...others,
        canary: { ...made, share: canary.share, since: now },
        why: 'fitted',
        because: `better on later answers, serves ${percent(canary.share)} of the sessions until it is decided on: ${gainText(judgement)}`,
      }
}

/** `null`: what was seen since it began does not decide yet. */
export function canaryEnded(
  graded: readonly GradedDecision[],
  before: CalibrationState,
  rules: CanaryRules,
): CalibrationState | null {
  const { canary } = before
  if (canary === null) return null
  const served = graded.filter(({ correction }) => correction === canary.version).length
  if (Math.min(served, graded.length - served) < rules.minGraded) return null
  const reading = canaryDifference(graded, canary.version, canary.share)
  if (reading.kind !== 'interval') return null
  const text = `mean score ${signed(reading.estimate)} [${signed(reading.low)}, ${signed(reading.high)}] on ${served} answers`
  const { version, model } = canary
  if (reading.low > -rules.maxLoss)
    return { ...before, live: { version, model }, canary: null, why: 'promoted', because: text }
  return reading.high < 0 ? { ...before, canary: null, why: 'canary-lost', because: text } : null
}

/** Canary less the others, in an interval that may be watched: sessions in the order in which they began. */
function canaryDifference(graded: readonly GradedDecision[], version: number, share: number): Reading {
  const units = new Map<string, { sum: number; count: number; treated: boolean }>()
  for (const { unit, score, correction } of graded) {
    const known = units.get(unit) ?? { sum: 0, count: 0, treated: correction === version }
    known.sum += score
    known.count++
    units.set(unit, known)
  }
  let state = beginDifference
  for (const { sum, count, treated } of units.values())
    state = updateDifference(state, {
      arm: treated ? 'treatment' : 'control',
      outcome: sum / count,
      treatmentProbability: share,
    })
  return differenceInterval(state, 0.05)
}

function gainText({ answers, gain, none, fitted: made }: Judgement): string {
  const { logLossOverLive: reading } = gain
  const interval =
    reading.kind === 'interval'
      ? `gain in log loss ${signed(reading.estimate)} [${signed(reading.low)}, ${signed(reading.high)}]`
      : reading.because
  return `${interval} on ${answers} later answers (uncorrected ${none.logLoss.toFixed(4)}, fitted ${made.logLoss.toFixed(4)})`
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`
const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`
