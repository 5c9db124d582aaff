import { type BootstrapOptions, bootstrap, type Interval } from './bootstrap.ts'
import { routerQuality, uninformedQuality } from './compare-routers.ts'
import type { Predictions } from './policy-curve.ts'
import type { OutcomeTable } from './table.ts'

/**
 * What models are worth that a router has never seen, against what training on them gives. Quality is, with prices, the mean
 * over costs from the cheapest model's to the best single one's; without, that of the best predicted model.
 *
 *     share of gain     = (descriptors - uninformed) / (trained - uninformed)
 *     share of addition = (descriptors - without) / (trained - without)
 *
 * `uninformed` is the mix of cheapest and best single model, or the best single; `without` a trained router that may not
 * choose the models. Much of a gain may come from the rest of the pool: the addition is what the models themselves bring,
 * and often too little to divide by.
 */
export type LeftOutModels = {
  readonly models: readonly string[]
  readonly rows: number
  readonly priced: boolean
  readonly uninformed: Interval
  readonly without: Interval
  readonly fromDescriptors: Interval
  readonly trained: Interval
  readonly gain: Interval
  readonly shareOfGain: Interval
  readonly addition: Interval
  readonly shareOfAddition: Interval
}

/** Several sets of models, each left out of a training of its own. */
export type LeftOutInTurn = {
  readonly cases: readonly LeftOutModels[]
  /** Of sums over the cases, so that each counts by what there is to gain. */
  readonly shareOfGain: Interval
  readonly shareOfAddition: Interval
}

export type LeftOutCase = { readonly models: readonly string[]; readonly fromDescriptors: Predictions }

type Tables = { readonly fit: OutcomeTable; readonly score: OutcomeTable; readonly priced: boolean }

/** Training that may gain nothing leaves no share to speak of. */
export const isTold = ({ low }: Interval): boolean => low > 0

export function judgeLeftOut(
  models: readonly string[],
  tables: Tables,
  routers: { readonly fromDescriptors: Predictions; readonly trained: Predictions },
  options: BootstrapOptions,
): LeftOutModels {
  const { fromDescriptors, trained } = routers
  return judgeInTurn([{ models, fromDescriptors }], tables, trained, options).cases[0]!
}

/** Every figure on the same resamples of the scored rows. */
export function judgeInTurn(
  cases: readonly LeftOutCase[],
  { fit, score, priced }: Tables,
  trained: Predictions,
  options: BootstrapOptions,
): LeftOutInTurn {
  const measure = (predictions: Predictions) => routerQuality(fit, score, priced, predictions)
  const uninformed = uninformedQuality(fit, score, priced)
  const whole = measure(trained)
  const measured = cases.map(({ models, fromDescriptors }) => ({
    without: measure(withheld(trained, models, score.pool)),
    fromDescriptors: measure(fromDescriptors),
  }))
  const intervals = bootstrap(
    score.rows.length,
    (weights) => {
      const common = { uninformed: uninformed(weights), trained: whole(weights) }
      const found = measured.map((own) => ({
        ...common,
        without: own.without(weights),
        fromDescriptors: own.fromDescriptors(weights),
      }))
      return Object.fromEntries([
        ...found.flatMap((qualities, index) => keyed(`${index}`, figuresOf([qualities]))),
        ...keyed('all', figuresOf(found)),
      ])
    },
    options,
  )
  const figure = (key: string): Interval => intervals[key]!
  return {
    cases: cases.map(({ models }, index) => ({
      models,
      rows: score.rows.length,
      priced,
      uninformed: figure(`${index} uninformed`),
      without: figure(`${index} without`),
      fromDescriptors: figure(`${index} fromDescriptors`),
      trained: figure(`${index} trained`),
      gain: figure(`${index} gain`),
      shareOfGain: figure(`${index} shareOfGain`),
      addition: figure(`${index} addition`),
      shareOfAddition: figure(`${index} shareOfAddition`),
    })),
    shareOfGain: figure('all shareOfGain'),
    shareOfAddition: figure('all shareOfAddition'),
  }
}

type Qualities = Record<'uninformed' | 'without' | 'fromDescriptors' | 'trained', number>

/** Of sums over cases. */
function figuresOf(cases: readonly Qualities[]) {
  const sum = (of: keyof Qualities) => cases.reduce((total, qualities) => total + qualities[of], 0)
  const [uninformed, without] = [sum('uninformed'), sum('without')]
  const [fromDescriptors, trained] = [sum('fromDescriptors'), sum('trained')]
  return {
    uninformed,
    without,
    fromDescriptors,
    trained,
    gain: trained - uninformed,
    shareOfGain: (fromDescriptors - uninformed) / (trained - uninformed),
    addition: trained - without,
    shareOfAddition: (fromDescriptors - without) / (trained - without),
  }
}

const keyed = (prefix: string, figures: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(figures).map(([key, value]) => [`${prefix} ${key}`, value])

/** So bad and so dear that no setting chooses them. */
function withheld(predictions: Predictions, models: readonly string[], pool: readonly string[]): Predictions {
  const quality = predictions.quality.slice()
  const costUsd = predictions.costUsd.slice()
  for (const place of models.map((model) => pool.indexOf(model)).filter((found) => found >= 0)) {
    for (let cell = place; cell < quality.length; cell += predictions.models) {
      quality[cell] = -1
      costUsd[cell] = 1e6
    }
  }
  return { ...predictions, quality, costUsd }
}
