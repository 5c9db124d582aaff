/**
 * The standard question of an experiment between policies: is the new one's quality no worse than a margin, and its cost lower? Both
 * are read from intervals that hold together and at every look, so that the chance of ever saying something false is the
 * reading's alpha, and a verdict may end the experiment.
 */

import { unreachable } from '../domain/unreachable.ts'
import type { ArmReading, Difference, ExperimentReading } from './experiment-reading.ts'
import type { Reading } from './interval.ts'

export type Question = {
  /** What quality may be lost and still count as no loss: 0.01 is a point of the score. */
  readonly qualityMargin: number
  /** What was drawn into the arms, for the sentences; a session where nothing is said. */
  readonly unit?: string
}

export type Verdict = {
  readonly arm: string
  readonly kind: /** Quality within the margin, cost lower: take it. */
    | 'adopt'
    /** Quality lower by more than the margin: roll it back. */
    | 'roll-back'
    /** Quality within the margin, and cost higher: nothing is gained. */
    | 'dearer'
    /** Higher quality at a higher cost: somebody must say what quality is worth. */
    | 'better-and-dearer'
    /** Not settled yet. */
    | 'undecided'
    /** The arms did not get the sessions that they were meant to get: nothing can be said. */
    | 'blocked'
  /** For people: what was found, with its numbers. */
  readonly sentence: string
}

/** @throws RangeError where the margin is no margin */
export function verdicts(
  reading: ExperimentReading,
  { qualityMargin, unit = 'session' }: Question,
): readonly Verdict[] {
  if (!(qualityMargin >= 0 && qualityMargin <= 1))
    throw new RangeError(`the margin of quality is from 0 to 1, not ${qualityMargin}`)
  return reading.arms.map((arm) => ({ arm: arm.arm, ...verdictOn(arm, reading, qualityMargin, unit) }))
}

function verdictOn(
  arm: ArmReading,
  reading: ExperimentReading,
  margin: number,
  unit: string,
): Omit<Verdict, 'arm'> {
  const { sampleRatio, control } = reading
  if (!sampleRatio.fits)
    return {
      kind: 'blocked',
      sentence: `No verdict: the arms' ${unit}s do not have the intended shares (chi-square ${sampleRatio.chiSquare.toFixed(1)}, p ${pText(sampleRatio.pValue)}). Find out why ${unit}s are lost or counted twice, and begin again.`,
    }
  const { quality, usd } = arm.differences
  const kind = kindOf(quality.reading, usd.reading, margin)
  const found = `${qualitySentence(arm.arm, control, quality.reading)}; ${costSentence(usd)}`
  return { kind, sentence: `${opening(kind, arm, margin)}: ${found}. ${unitsText(arm, unit)}` }
}

function kindOf(quality: Reading, usd: Reading, margin: number): Verdict['kind'] {
  if (quality.kind === 'withheld') return 'undecided'
  if (quality.high < -margin) return 'roll-back'
  if (usd.kind === 'withheld' || quality.low <= -margin) return 'undecided'
  if (usd.high < 0) return 'adopt'
  if (usd.low <= 0) return 'undecided'
  return quality.low > 0 ? 'better-and-dearer' : 'dearer'
}

function opening(kind: Verdict['kind'], { arm }: ArmReading, margin: number): string {
  const lost = `${points(margin)} points`
  switch (kind) {
    case 'adopt':
      return `Adopt ${arm}: no more than ${lost} of quality lost, and cheaper`
    case 'roll-back':
      return `Roll ${arm} back: more than ${lost} of quality lost`
    case 'dearer':
      return `Drop ${arm}: no more than ${lost} of quality lost, but dearer`
    case 'better-and-dearer':
      return `${arm} is better and dearer: say what quality is worth`
    case 'undecided':
    case 'blocked':
      return `Not settled yet for ${arm} (margin ${lost})`
    default:
      return unreachable(kind)
  }
}

function qualitySentence(arm: string, control: string, reading: Reading): string {
  const head = `quality of ${arm} less that of ${control}`
  return reading.kind === 'withheld'
    ? `${head} has no interval yet (${reading.because})`
    : `${head} is ${signedPoints(reading.estimate)} points [${signedPoints(reading.low)}, ${signedPoints(reading.high)}]`
}

function costSentence({ reading, control }: Difference): string {
  if (reading.kind === 'withheld') return `its cost has no interval yet (${reading.because})`
  const { estimate, low, high } = reading
  if (control === null || control <= 0)
    return `cost per decision changes by ${usd(estimate)} [${usd(low)}, ${usd(high)}]`
  const share = (value: number) => `${signed((100 * value) / control, 1)} %`
  return `cost per decision changes by ${share(estimate)} [${share(low)}, ${share(high)}] of ${usd(control)}`
}

const unitsText = ({ sessions }: ArmReading, unit: string): string =>
  `${sessions.toLocaleString('en-US')} ${unit}${sessions === 1 ? '' : 's'} so far.`
const points = (share: number): string => String(Number((share * 100).toFixed(2)))
const signedPoints = (share: number): string => signed(share * 100, 2)
const signed = (value: number, digits: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(digits)}`
const usd = (value: number): string => `${value < 0 ? '-' : ''}$${Number(Math.abs(value).toPrecision(3))}`
const pText = (value: number): string => (value < 1e-6 ? 'below 0.000001' : value.toPrecision(2))
