/** The dial between cost and quality: what lies between two points of the frontier, so that dragging asks the gateway nothing. Pure. */

import type { FrontierPoint, Mean } from '../../../../src/domain/plane.ts'

import type { ObjectiveStatement } from '../../../../src/domain/policy.ts'
import { unreachable } from '../../../../src/domain/unreachable.ts'

/** What the dial turns: the share of the best model's quality to keep, or dollars a request that ten points of quality are worth. */
export type DialKind = 'quality' | 'willingness-to-pay'

type Points = readonly FrontierPoint[]

/** @param position from 0, the best that money buys, to the last point, the cheapest; the frontier has a point at least */
export function pointAt(points: Points, position: number): FrontierPoint {
  const at = Math.min(Math.max(position, 0), points.length - 1)
  const [before, after] = [points[Math.floor(at)]!, points[Math.ceil(at)]!]
  const part = at - Math.floor(at)
  if (part === 0) return before
  return {
    lambda: before.lambda ** (1 - part) * after.lambda ** part,
    promised:
      before.promised === null || after.promised === null
        ? null
        : between(before.promised, after.promised, part),
    quality: meanBetween(before.quality, after.quality, part),
    usd: meanBetween(before.usd, after.usd, part),
    shares: sharesBetween(before.shares, after.shares, part),
    changed: between(before.changed, after.changed, part),
    versus: {
      quality: meanBetween(before.versus.quality, after.versus.quality, part),
      usd: meanBetween(before.versus.usd, after.versus.usd, part),
    },
  }
}

const between = (before: number, after: number, part: number): number => before + part * (after - before)

function meanBetween(before: Mean, after: Mean, part: number): Mean {
  const bound = (name: 'low' | 'high'): number | null => {
    const [one, other] = [before[name], after[name]]
    return one === null || other === null ? null : between(one, other, part)
  }
  return {
    mean: between(before.mean, after.mean, part),
    low: bound('low'),
    high: bound('high'),
    count: before.count,
  }
}

function sharesBetween(
  before: FrontierPoint['shares'],
  after: FrontierPoint['shares'],
  part: number,
): FrontierPoint['shares'] {
  const models = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return Object.fromEntries(
    models.map((model) => [model, between(before[model] ?? 0, after[model] ?? 0, part)]),
  )
}

/**
 * The share of the best model's quality that leads to a point: what is promised at its rate, which is what a policy goes by; where
 * that is not known, the share that the point has of the best single model.
 */
const keptAt = ({ promised, quality }: FrontierPoint, bestSingle: number): number =>
  promised ?? quality.mean / bestSingle

/** The cheapest position that keeps a share of the best model's quality; 0 where nothing does. */
export const positionOfQuality = (points: Points, bestSingle: number, share: number): number =>
  lastWith(points, (point) => keptAt(point, bestSingle), share)

/** Where a rate lies between those of the points. */
export function positionOfLambda(points: Points, lambda: number): number {
  // Rates rise along the frontier; their negatives fall, as qualities do.
  const asFalling = ({ lambda: rate }: FrontierPoint): number => -Math.log(Math.max(rate, Number.MIN_VALUE))
  return lastWith(points, asFalling, -Math.log(Math.max(lambda, Number.MIN_VALUE)))
}

/** The largest position at which something that falls is still at or above a level. */
function lastWith(points: Points, of: (point: FrontierPoint) => number, level: number): number {
  const last = points.findLastIndex((point) => of(point) >= level)
  if (last === -1) return 0
  const [here, next] = [points[last]!, points[last + 1]]
  if (next === undefined) return last
  const fall = of(here) - of(next)
  return fall > 0 ? last + (of(here) - level) / fall : last
}

export const willingnessOf = (lambda: number): number => 0.1 / lambda

/** The range that a dial of a kind goes through, and where on the frontier a value of it lies. */
export type Dial = {
  readonly low: number
  readonly high: number
  /** Of a value of the dial's own. */
  readonly positionOf: (value: number) => number
  /** Of what stands at a position. */
  readonly valueAt: (position: number) => number
}

export function dialOf(kind: DialKind, points: Points, bestSingle: number): Dial {
  const last = points.length - 1
  switch (kind) {
    case 'quality': {
      const valueAt = (position: number): number => keptAt(pointAt(points, position), bestSingle)
      const positionOf = (share: number): number => positionOfQuality(points, bestSingle, share)
      return { low: valueAt(last), high: valueAt(0), positionOf, valueAt }
    }
    case 'willingness-to-pay': {
      const valueAt = (position: number): number => willingnessOf(pointAt(points, position).lambda)
      const positionOf = (usd: number): number => positionOfLambda(points, 0.1 / usd)
      return { low: valueAt(last), high: valueAt(0), positionOf, valueAt }
    }
    default:
      return unreachable(kind)
  }
}

/** Numbers that a person would write: three figures. A quality target is never above 1. */
export function targetOf(kind: DialKind, dial: Dial, position: number): number {
  const value = dial.valueAt(position)
  switch (kind) {
    case 'quality':
      return Math.min(1, Math.round(value * 1_000) / 1_000)
    case 'willingness-to-pay':
      return Number(value.toPrecision(3))
    default:
      return unreachable(kind)
  }
}

/** What is sent to set it: as a configuration says it. */
export function bodyOf(kind: DialKind, target: number): Readonly<Record<string, number>> {
  switch (kind) {
    case 'quality':
      return { quality: target }
    case 'willingness-to-pay':
      return { willingnessToPay: target }
    default:
      return unreachable(kind)
  }
}

/** The lines of a configuration that say the same. */
export const yamlOf = (policy: string, kind: DialKind, target: number): string =>
  [
    'policies:',
    `  ${policy}:`,
    ...Object.entries(bodyOf(kind, target)).map(([name, one]) => `    ${name}: ${one}`),
  ].join('\n')

/** An objective in a few words. */
export function sayObjective(statement: ObjectiveStatement): string {
  switch (statement.kind) {
    case 'lambda':
      return `lambda ${statement.lambda}`
    case 'quality':
      return `keep ${percent(statement.share)} of the best model’s quality`
    case 'max-quality-loss':
      return `lose at most ${percent(statement.share)} of the best model’s quality`
    case 'willingness-to-pay':
      return `$${statement.usdPerTenPoints} a request for ten points of quality`
    case 'mean-cost':
      return `$${statement.usd} a request on average`
    case 'strong-share':
      return `${percent(statement.share)} of calls to the strong model`
    default:
      return unreachable(statement)
  }
}

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`
