import { type BootstrapOptions, bootstrap, type Interval } from './bootstrap.ts'
import { constantWarning } from './constant.ts'
import { poolRange, pricedControls, singlePoints, usefulRange } from './controls.ts'
import { aiq, byCost, costOfReaching, meanHeight, type Point, qualityAt } from './cost-quality.ts'
import { type Curve, type CurveMeans, curveMeans, sharesOf } from './curve.ts'
import { type PolicyCurve, type Predictions, policyCurve, promised } from './policy-curve.ts'
import type { CurveReport, PointReport, PricedComparison, PromiseReport, TargetReport } from './report.ts'
import { type Corners, cornersOf } from './single-models.ts'
import { columnMeans, type OutcomeTable } from './table.ts'

const targetShares = [0.95, 0.99, 1]
const promisedShare = 0.95
const bandSteps = 40

/** All that is measured, in a form that can be summed anew for each resample. */
type Field = {
  readonly score: OutcomeTable
  readonly corners: Corners
  readonly router: PolicyCurve
  /** The router's setting at which it promises `promisedShare`. */
  readonly promise: number
  /** The router, the random mix, then the other controls. */
  readonly curves: readonly Measured[]
  readonly points: readonly Measured[]
  readonly bandCosts: readonly number[]
}

/** `key` names its figures: a router may bear the name of a control. */
type Measured = Curve & { readonly key: string; readonly means: CurveMeans }

/** A router's predictions against all controls, in dollars and quality. */
export function comparePriced(
  name: string,
  fit: OutcomeTable,
  score: OutcomeTable,
  predictions: Predictions,
  options: BootstrapOptions,
): PricedComparison {
  const field = fieldOf(name, fit, score, predictions)
  const intervals = bootstrap(score.rows.length, (weights) => figuresOf(field, weights), options)
  const figure = (key: string): Interval => intervals[key]!
  const equal = new Float64Array(score.rows.length).fill(1)
  const singles = singlePoints(score, equal)
  const useful = usefulRange(singles, field.corners)
  const reports = field.curves.map((curve) => curveReport(curve, curve.means(equal), figure))
  return {
    kind: 'priced',
    costBasis: score.costBasis,
    models: score.pool.map((model, place) => ({
      model,
      quality: figure(`model ${model}`),
      costUsd: singles[place]!.costUsd,
    })),
    cheapest: score.pool[field.corners.cheapest]!,
    bestSingle: score.pool[field.corners.bestSingle]!,
    dearest: score.pool[field.corners.dearest]!,
    usefulRange: { fromUsd: useful.from, toUsd: useful.to },
    router: reports[0]!,
    controls: reports.slice(1),
    points: field.points.map((point) => pointReport(point, point.means(equal)[0]!, figure)),
    targets: targetShares.map((share) => targetReport(share, field, figure)),
    promise: promiseReport(field, equal, figure),
    band: field.bandCosts.map((costUsd) => ({ costUsd, quality: figure(`band ${costUsd}`) })),
    constant: constantWarning(
      { choices: field.router.choices, points: reports[0]!.points, pool: score.pool },
      useful,
      figure(`useful - ${field.curves[1]!.key}`),
    ),
  }
}

function fieldOf(name: string, fit: OutcomeTable, score: OutcomeTable, predictions: Predictions): Field {
  const corners = cornersOf(fit)
  const router = policyCurve(name, predictions)
  const controls = pricedControls(fit, score, corners)
  const measured = (kind: string) => (curve: Curve, index: number) => ({
    ...curve,
    key: `${kind} ${index}`,
    means: curveMeans(curve, score),
  })
  const curves = [router, controls.randomMix, controls.modelMix, controls.promptLength, ...controls.perGroup]
  const groupBest = controls.perGroup.map((curve) => ({
    name: `${curve.name} best`,
    choices: curve.choices.slice(-1),
  }))
  return {
    score,
    corners,
    router,
    promise: promiseSetting(predictions, router),
    curves: curves.map(measured('curve')),
    points: [...groupBest, controls.oracle].map(measured('point')),
    bandCosts: bandCosts(score, corners),
  }
}

/** Evenly spaced in log-dollars over the pool's range. */
function bandCosts(score: OutcomeTable, corners: Corners): number[] {
  const { from, to } = poolRange(singlePoints(score, new Float64Array(score.rows.length).fill(1)), corners)
  if (!(from > 0 && to > from)) return []
  return Array.from({ length: bandSteps + 1 }, (_, step) => from * (to / from) ** (step / bandSteps))
}

/** Every figure that gets an interval, from one weighting of the rows. */
function figuresOf(field: Field, weights: Float64Array): Record<string, number> {
  const { corners, score } = field
  const singles = singlePoints(score, weights)
  const cheapest = singles[corners.cheapest]!
  const best = singles[corners.bestSingle]!
  const useful = usefulRange(singles, corners)
  const whole = poolRange(singles, corners)
  const figures: Record<string, number> = {}
  const router = field.curves[0]!
  for (const { key, means } of field.curves) {
    const points = means(weights)
    const sorted = byCost(points, cheapest)
    figures[`useful ${key}`] = meanHeight(sorted, useful.from, useful.to)
    figures[`auc ${key}`] = meanHeight(sorted, whole.from, whole.to)
    figures[`aiq ${key}`] = aiq(points, cheapest, whole.from, whole.to)
    for (const metric of ['useful', 'auc', 'aiq']) {
      figures[`${metric} - ${key}`] = figures[`${metric} ${router.key}`]! - figures[`${metric} ${key}`]!
    }
    for (const share of targetShares) {
      figures[`target ${share} ${key}`] = costOfReaching(sorted, share * best.quality) / best.costUsd
    }
  }
  const routerPoints = router.means(weights)
  const sorted = byCost(routerPoints, cheapest)
  addPromise(figures, routerPoints[field.promise]!, best)
  for (const { key, means } of field.points) {
    const point = means(weights)[0]!
    figures[`quality ${key}`] = point.quality
    figures[`router - ${key}`] = qualityAt(sorted, point.costUsd) - point.quality
  }
  score.pool.forEach((model, place) => {
    figures[`model ${model}`] = singles[place]!.quality
  })
  for (const costUsd of field.bandCosts) figures[`band ${costUsd}`] = qualityAt(sorted, costUsd)
  return figures
}

function addPromise(figures: Record<string, number>, point: Point, best: Point): void {
  figures['promise quality'] = point.quality
  figures['promise reached'] = point.quality / best.quality
  figures['promise cost'] = point.costUsd / best.costUsd
}

type Figure = (key: string) => Interval

const curveReport = ({ name, key }: Measured, points: readonly Point[], figure: Figure): CurveReport => ({
  name,
  usefulQuality: figure(`useful ${key}`),
  auc: figure(`auc ${key}`),
  aiq: figure(`aiq ${key}`),
  usefulDifference: figure(`useful - ${key}`),
  aucDifference: figure(`auc - ${key}`),
  aiqDifference: figure(`aiq - ${key}`),
  points,
})

const pointReport = ({ name, key }: Measured, { costUsd }: Point, figure: Figure): PointReport => ({
  name,
  quality: figure(`quality ${key}`),
  costUsd,
  routerDifference: figure(`router - ${key}`),
})

const targetReport = (qualityShare: number, { curves }: Field, figure: Figure): TargetReport => ({
  qualityShare,
  byCurve: curves.map(({ name, key }) => ({ name, costShare: figure(`target ${qualityShare} ${key}`) })),
})

/** The cheapest setting whose predicted quality keeps the promised share of the best single model's predicted quality. */
function promiseSetting(predictions: Predictions, router: PolicyCurve): number {
  const best = Math.max(...columnMeans(predictions.quality, predictions.models))
  const setting = router.choices.findIndex(
    (choices) => promised(predictions, choices).quality >= promisedShare * best,
  )
  // The last setting takes the best prediction row by row, so it always keeps the promise, but for rounding.
  return setting === -1 ? router.choices.length - 1 : setting
}

function promiseReport(field: Field, equal: Float64Array, figure: Figure): PromiseReport {
  const { router, promise, score } = field
  const shares = sharesOf(router.choices[promise]!, score.pool.length)
  return {
    qualityShare: promisedShare,
    lambda: router.lambdas[promise]!,
    quality: figure('promise quality'),
    costUsd: field.curves[0]!.means(equal)[promise]!.costUsd,
    reachedShare: figure('promise reached'),
    costShare: figure('promise cost'),
    shares: Object.fromEntries(score.pool.map((model, place) => [model, shares[place]!])),
  }
}
