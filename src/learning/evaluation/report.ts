import type { CostBasis } from '../outcomes/costing.ts'
import type { Interval } from './bootstrap.ts'
import type { Calibration } from './calibration.ts'
import type { ConstantWarning } from './constant.ts'
import type { Point } from './cost-quality.ts'

/** All that an evaluation found, as JSON can hold it (NaN and infinity become `null` there: undefined, unbounded). */
export type EvaluationReport = {
  readonly router: string
  readonly seed: string
  readonly resamples: number
  readonly datasets: readonly {
    readonly name: string
    readonly fitRows: number
    readonly scoreRows: number
  }[]
  readonly fit: SideReport
  readonly score: SideReport
  readonly pool: readonly string[]
  readonly comparison: PricedComparison | QualityComparison
  readonly twoModels: TwoModelReport | null
  readonly calibration: { readonly all: Calibration; readonly byModel: Readonly<Record<string, Calibration>> }
  readonly notes: readonly string[]
}

/** Rows used, and rows dropped because a model of the pool has no outcome or no cost there. */
export type SideReport = {
  readonly split: string
  readonly rows: number
  readonly droppedMissing: number
  readonly droppedUncosted: number
}

export type ModelReport = {
  readonly model: string
  readonly quality: Interval
  readonly costUsd: number
}

/** A router's or control's figures; differences are the router's less this one's (0 for the router itself). */
export type CurveReport = {
  readonly name: string
  /** Mean quality over costs from the cheapest model's to the best single one's. */
  readonly usefulQuality: Interval
  /** Cascade routing's AUC: the same over costs from the cheapest to the dearest single model. */
  readonly auc: Interval
  readonly aiq: Interval
  readonly usefulDifference: Interval
  readonly aucDifference: Interval
  readonly aiqDifference: Interval
  readonly points: readonly Point[]
}

/** A single point in the plane: a control with one setting, or the best quality of one with many. */
export type PointReport = {
  readonly name: string
  readonly quality: Interval
  readonly costUsd: number
  /** Its quality less that of the router at the same mean cost. */
  readonly routerDifference: Interval
}

/** What reaching a share of the best single model's quality costs, as a share of that model's cost; infinite: not reached. */
export type TargetReport = {
  readonly qualityShare: number
  readonly byCurve: readonly { readonly name: string; readonly costShare: Interval }[]
}

/** The setting at which the router's own predictions promise a share of the best model's quality: no label was used. */
export type PromiseReport = {
  readonly qualityShare: number
  readonly lambda: number
  readonly quality: Interval
  readonly costUsd: number
  readonly reachedShare: Interval
  readonly costShare: Interval
  readonly shares: Readonly<Record<string, number>>
}

export type PricedComparison = {
  readonly kind: 'priced'
  readonly costBasis: Readonly<Record<CostBasis, number>>
  readonly models: readonly ModelReport[]
  readonly cheapest: string
  readonly bestSingle: string
  readonly dearest: string
  readonly usefulRange: { readonly fromUsd: number; readonly toUsd: number }
  readonly router: CurveReport
  readonly controls: readonly CurveReport[]
  readonly points: readonly PointReport[]
  readonly targets: readonly TargetReport[]
  readonly promise: PromiseReport
  /** Quality bought along a grid of costs, with its interval: the plot's band. */
  readonly band: readonly { readonly costUsd: number; readonly quality: Interval }[]
  readonly constant: ConstantWarning | null
}

/** No prices: every row to the model of the best predicted quality. */
export type QualityComparison = {
  readonly kind: 'quality-only'
  readonly why: string
  readonly models: readonly { readonly model: string; readonly quality: Interval }[]
  readonly bestSingle: string
  readonly router: { readonly quality: Interval; readonly shares: Readonly<Record<string, number>> }
  readonly controls: readonly {
    readonly name: string
    readonly quality: Interval
    readonly difference: Interval
  }[]
  readonly constant: ConstantWarning | null
}

export type ShareReport = {
  readonly name: string
  readonly apgr: Interval
  readonly cpt20: Interval
  readonly cpt50: Interval
  readonly cpt80: Interval
  /** The router's APGR less this one's. */
  readonly difference: Interval | null
}

export type TwoModelReport = {
  readonly weak: string
  readonly strong: string
  readonly weakQuality: number
  readonly strongQuality: number
  readonly routers: readonly ShareReport[]
}
