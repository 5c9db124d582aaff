import { modelId } from '../../domain/model.ts'
import { encoderId } from '../../estimate/encoder-id.ts'
import { sigmoid } from '../../estimate/log-odds.ts'
import type { Headed } from '../../estimate/quality/logistic-head.ts'
import type { ArtefactReport } from '../../estimate/router-artefact.ts'
import type { EncoderWeights } from '../../signals/encoder/network.ts'
import { languageShares } from './check-rows.ts'
import type { Example } from './corpus.ts'
import type { CrossFit, Fold } from './cross-fit.ts'
import { headLogOdds } from './fit-network.ts'
import { stackedShare } from './fit-stack.ts'
import { groupBy } from '../../domain/group-by.ts'
import { heldOutReport } from './held-out-report.ts'
import { hasOutcomes } from './training-examples.ts'
import type { TrainingInput } from './train-router.ts'

type Heads = ReadonlyMap<string, Omit<Headed, 'difference'>>

/** How the artefact came to be, and how well it predicted the prompts of the first fold from the others. */
export function artefactReport(
  input: TrainingInput,
  seed: string,
  examples: readonly Example[],
  fitted: {
    readonly encoder: EncoderWeights
    readonly heads: Heads
    readonly foldFits: readonly Fold[]
    readonly crossFit: CrossFit | null
  },
): ArtefactReport {
  const sets = groupBy(input.rows, ({ dataset }) => dataset)
  const [first] = fitted.foldFits
  const isHeldOut = new Set(first?.heldOut)
  const places = examples.map((_, index) => index).filter((index) => hasOutcomes(examples[index]!))
  const figures = heldOutReport(
    places.filter((index) => !isHeldOut.has(index)).map((index) => examples[index]!),
    places.filter((index) => isHeldOut.has(index)).map((index) => examples[index]!),
    first ? predictHeldOut(examples, first, fitted.heads, fitted.crossFit) : () => null,
  )
  const { cells, logLoss, auroc, ece } = figures.router
  return {
    name: input.name,
    command: input.command,
    seed,
    trainedOn: [
      ...[...sets].map(([set, rows]) => ({
        set,
        prompts: rows.length,
        cells: rows.reduce((sum, { outcomes }) => sum + outcomes.size, 0),
      })),
      ...Object.entries(input.texts).map(([set, list]) => ({ set, prompts: list.length, cells: 0 })),
    ],
    heldOut: { cells, logLoss, auroc: auroc ?? Number.NaN, ece },
    encoder: input.given?.encoderId ?? encoderId(fitted.encoder),
    report: { ...figures, languages: languageShares(input.rows), warnings: input.warnings ?? [] },
  }
}

/** By the stack where it knows the model, else by the head. */
function predictHeldOut(
  examples: readonly Example[],
  { fitted, heldOut }: Fold,
  heads: Heads,
  crossFit: CrossFit | null,
): (example: Example, model: string) => number | null {
  const indexOf = new Map(heldOut.map((index) => [examples[index]!, index]))
  const encodings = new Map<Example, Float32Array>()
  return (example, model) => {
    const row = crossFit?.rows.get(indexOf.get(example)!)
    const place = crossFit?.stack.models.indexOf(modelId(model)) ?? -1
    const cell = row?.cells.find((one) => one.place === place)
    if (crossFit && row && cell && place >= 0) return stackedShare(crossFit.stack, row, cell)
    const head = heads.get(model)
    const difference = fitted.differenceOf(model)
    if (!head || !difference) return null
    let encoding = encodings.get(example)
    if (!encoding) {
      encoding = fitted.encode(example.text)
      encodings.set(example, encoding)
    }
    const { slope, intercept } = head.calibration
    return sigmoid(slope * headLogOdds(fitted.shared, difference, encoding) + intercept)
  }
}
