import { type BootstrapOptions, bootstrap, type Interval } from './bootstrap.ts'
import { routerQuality, uninformedQuality } from './compare-routers.ts'
import type { Predictions } from './policy-curve.ts'
import type { OutcomeTable } from './table.ts'

/**
 * What models are worth that a router has never seen, against what training on them gives. A gain is quality above the
 * uninformed choice: with prices, at equal cost above the mix of cheapest and best single model; without, above the best single.
 */
export type LeftOutModels = {
  readonly models: readonly string[]
  readonly rows: number
  readonly priced: boolean
  readonly uninformed: Interval
  readonly fromDescriptors: Interval
  readonly trained: Interval
  /** (from descriptors - uninformed) / (trained - uninformed); meaningless where training gains nothing. */
  readonly shareOfGain: Interval
}

export function judgeLeftOut(
  models: readonly string[],
  tables: { readonly fit: OutcomeTable; readonly score: OutcomeTable; readonly priced: boolean },
  routers: { readonly fromDescriptors: Predictions; readonly trained: Predictions },
  options: BootstrapOptions,
): LeftOutModels {
  const { fit, score, priced } = tables
  const descriptors = routerQuality(fit, score, priced, routers.fromDescriptors)
  const trained = routerQuality(fit, score, priced, routers.trained)
  const uninformed = uninformedQuality(fit, score, priced)
  const figures = bootstrap(
    score.rows.length,
    (weights) => {
      const found = {
        uninformed: uninformed(weights),
        fromDescriptors: descriptors(weights),
        trained: trained(weights),
      }
      const gain = found.trained - found.uninformed
      return { ...found, shareOfGain: (found.fromDescriptors - found.uninformed) / gain }
    },
    options,
  )
  return { models, rows: score.rows.length, priced, ...figures }
}
