import type { ModelId } from '../../domain/model.ts'
import { hash32 } from '../../domain/random.ts'
import type { WordCounts } from '../../domain/signals.ts'
import { logOddsOf } from '../../estimate/log-odds.ts'
import type { QualityEstimator, ReadPrompt } from '../../estimate/quality/estimator.ts'
import { createLogisticHead, type Headed } from '../../estimate/quality/logistic-head.ts'
import { createNeighbours } from '../../estimate/quality/neighbours.ts'
import { type Stack, type StackReading, stackReader } from '../../estimate/quality/stack.ts'
import { undescribed } from '../../estimate/quality/undescribed.ts'
import type { StackedEstimators } from '../../estimate/stacked-part.ts'
import { unitTextVector } from '../../signals/encoder/network.ts'
import { anyModel, type Example } from './corpus.ts'
import { deviation } from './fit-calibration.ts'
import { fitClusters } from './fit-clusters.ts'
import { type FitNetwork, type FitOptions, type FittedNetwork, headLogOdds } from './fit-network.ts'
import { indexNeighbours } from './fit-neighbours.ts'
import { fitStack, sharedCalibrationWeight, type StackRow } from './fit-stack.ts'
import { type Calibration, fitPlatt } from './platt.ts'
import { type ClusterShrinkage, fitShrinkage, shrunkClusters, type UnseenOutcome } from './shrink-clusters.ts'

/** Each is predicted by a fit on the others. */
export const folds = 3

/** A network that the examples of one fold had no part in. */
export type Fold = { readonly fitted: FittedNetwork; readonly heldOut: readonly number[] }

export function fitFolds(
  examples: readonly Example[],
  fitOne: FitNetwork,
  options: FitOptions & { readonly onFold: (fold: number, epoch: number, epochs: number) => void },
): readonly Fold[] {
  const { seed } = options.network
  const foldOf = examples.map(({ text }) => hash32(text, hash32(seed)) % folds)
  return Array.from({ length: folds }, (_, fold) => ({
    fitted: fitOne(
      examples.filter((_, index) => foldOf[index] !== fold),
      {
        ...options,
        network: { ...options.network, seed: `${seed} ${fold}` },
        onEpoch: (epoch, epochs) => options.onFold(fold, epoch, epochs),
      },
    ),
    heldOut: foldOf.flatMap((its, index) => (its === fold ? [index] : [])),
  }))
}

/** How each model's head is calibrated, by outcomes that it was not fitted on. */
export function calibrateHeads(
  examples: readonly Example[],
  foldFits: readonly Fold[],
  models: readonly ModelId[],
): ReadonlyMap<ModelId, Omit<Headed, 'difference'>> {
  const piles = new Map(
    models.map((id) => [id as string, { logOdds: [] as number[], targets: [] as number[] }]),
  )
  const all = { logOdds: [] as number[], targets: [] as number[] }
  for (const { fitted, heldOut } of foldFits) {
    const differences = new Map(models.map((id) => [id as string, fitted.differenceOf(id)]))
    for (const index of heldOut) {
      const { text, scores } = examples[index]!
      const known = scores.filter(({ model }) => differences.get(model))
      if (known.length === 0) continue
      const encoding = fitted.encode(text)
      for (const { model, score } of known) {
        const z = headLogOdds(fitted.shared, differences.get(model)!, encoding)
        for (const pile of [piles.get(model)!, all]) {
          pile.logOdds.push(z)
          pile.targets.push(score)
        }
      }
    }
  }
  const together = fitPlatt(all.logOdds, all.targets)
  return new Map(
    models.map((id) => {
      const { logOdds, targets } = piles.get(id)!
      const calibration: Calibration = fitPlatt(logOdds, targets, {
        towards: together,
        weight: sharedCalibrationWeight,
      })
      return [id, { calibration, deviation: deviation({ scores: logOdds, targets }, calibration) }]
    }),
  )
}

type Lookups = Pick<StackedEstimators, 'clusters' | 'neighbours'>

/** Clusters of some examples and an index of them, over one encoder. */
export function fitLookups(
  examples: readonly Example[],
  prompts: readonly ReadPrompt[],
  models: readonly ModelId[],
  seed: string,
): Lookups {
  const clusters = fitClusters(
    examples,
    prompts.map(({ vector }) => vector),
    models,
    seed,
  )
  const words = prompts.map((prompt) => prompt.words)
  return { clusters, neighbours: indexNeighbours(examples, words, models) }
}

export const readBy =
  ({ encode, network }: FittedNetwork, words: (text: string) => WordCounts) =>
  (text: string): ReadPrompt => {
    const encoding = encode(text)
    return { encoding, vector: unitTextVector(encoding, network.encoder.textDims), words: words(text) }
  }

/** Models by which levels are read: those of the most outcomes. */
const mostAnchors = 12

/** Of assumed outcomes one in so many is enough to tell how hard such prompts are. */
const assumedOneIn = 5

export type CrossFit = {
  readonly stack: Stack
  readonly shrinkage: ClusterShrinkage
  /** What the members said of the examples, unseen, by example; those that teach nothing are left out. */
  readonly rows: ReadonlyMap<number, StackRow>
}

/** Fits the stack on what head and neighbours say of the examples of each fold, all fitted on the others. */
export function crossFitStack(
  examples: readonly Example[],
  foldFits: readonly Fold[],
  heads: ReadonlyMap<ModelId, Omit<Headed, 'difference'>>,
  cells: ReadonlyMap<ModelId, number>,
  options: {
    readonly seed: string
    readonly words: (text: string) => WordCounts
    readonly onProgress: (done: number, total: number) => void
  },
): CrossFit {
  const models = [...heads.keys()]
  const placeOf = new Map(models.map((id, place) => [id as string, place]))
  const steps = 2 * foldFits.length
  const built = foldFits.map((fold, step) => {
    options.onProgress(step, steps)
    return buildFold(examples, fold, models, placeOf, options)
  })
  const shrinkage = fitShrinkage(built.flatMap((fold) => unseenOutcomes(examples, fold, placeOf)))
  const anchors = [...models].sort((a, b) => cells.get(b)! - cells.get(a)!).slice(0, mostAnchors)
  const rows = new Map<number, StackRow>()
  built.forEach(({ fitted, lookups, unseen }, step) => {
    options.onProgress(foldFits.length + step, steps)
    const clusters = shrunkClusters(lookups.clusters, shrinkage)
    const members = membersOf(fitted, heads, { ...lookups, clusters })
    const readStack = stackReader(members, anchors)
    for (const [index, prompt] of unseen)
      rows.set(index, stackRow(examples[index]!, readStack(prompt), placeOf, members.length))
  })
  return { stack: fitStack([...rows.values()], 2, models, anchors), shrinkage, rows }
}

/** Clusters and index of all other examples, and the prompts of the fold that teach something, read. */
type BuiltFold = {
  readonly fitted: FittedNetwork
  readonly lookups: Lookups
  readonly unseen: ReadonlyMap<number, ReadPrompt>
}

function buildFold(
  examples: readonly Example[],
  { fitted, heldOut }: Fold,
  models: readonly ModelId[],
  placeOf: ReadonlyMap<string, number>,
  { seed, words }: { readonly seed: string; readonly words: (text: string) => WordCounts },
): BuiltFold {
  const read = readBy(fitted, words)
  const isHeldOut = new Set(heldOut)
  const others = examples.filter((_, index) => !isHeldOut.has(index))
  const lookups = fitLookups(
    others,
    others.map(({ text }) => read(text)),
    models,
    seed,
  )
  const taught = heldOut.filter((index) => teaches(examples[index]!, index, placeOf))
  return { fitted, lookups, unseen: new Map(taught.map((index) => [index, read(examples[index]!.text)])) }
}

function unseenOutcomes(
  examples: readonly Example[],
  { lookups, unseen }: BuiltFold,
  placeOf: ReadonlyMap<string, number>,
): UnseenOutcome[] {
  return [...unseen].map(([index, prompt]) => {
    const { scores, weight } = examples[index]!
    const known = scores.filter(({ model }) => placeOf.has(model))
    return {
      table: lookups.clusters,
      prompt,
      outcomes: known.map(({ model, score }) => ({ model: undescribed(model), score })),
      weight,
    }
  })
}

/** Head and neighbours, in this order everywhere; clusters have their word as what neighbours are added to. */
export function membersOf(
  { shared, differenceOf }: Pick<FittedNetwork, 'shared' | 'differenceOf'>,
  heads: ReadonlyMap<ModelId, Omit<Headed, 'difference'>>,
  { clusters, neighbours }: Lookups,
): readonly QualityEstimator[] {
  const headed = new Map(
    [...heads].flatMap(([id, head]) => {
      const difference = differenceOf(id)
      return difference ? [[id, { ...head, difference }] as const] : []
    }),
  )
  return [createLogisticHead(shared, headed), createNeighbours(neighbours, clusters)]
}

function teaches({ scores }: Example, index: number, placeOf: ReadonlyMap<string, number>): boolean {
  if (scores.some(({ model }) => placeOf.has(model))) return true
  return index % assumedOneIn === 0 && scores.some(({ model }) => model === anyModel)
}

function stackRow(
  { scores, weight }: Example,
  reading: StackReading,
  placeOf: ReadonlyMap<string, number>,
  estimators: number,
): StackRow {
  const cells = scores.flatMap(({ model, score }) => {
    if (model === anyModel) return [{ place: -1, score, logOdds: new Array<number>(estimators).fill(0) }]
    const place = placeOf.get(model)
    const known = place === undefined ? null : reading.of(undescribed(model))
    return place === undefined || known === null
      ? []
      : [{ place, score, logOdds: known.map(({ mean }) => logOddsOf(mean)) }]
  })
  const assumed = cells.length > 0 && cells.every(({ place }) => place === -1)
  return { levels: reading.levels, cells, weight: assumed ? weight * assumedOneIn : weight }
}
