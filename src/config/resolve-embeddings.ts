/** Models that turn texts into vectors: those that are known and those that the file adds, where their vendors can be reached. */

import { builtInEmbeddings } from '../catalog/embeddings.ts'
import { type Model, type ModelId, modelId, type Price } from '../domain/model.ts'
import type { Target, Vendor } from '../domain/vendor.ts'
import { didYouMean } from './closest.ts'
import type { EmbeddingsModelEntry } from './embeddings-fields.ts'
import type { Environment } from './environment.ts'
import type { ReportFault } from './faults.ts'
import { resolveTargets } from './resolve-targets.ts'
import type { VendorsFound } from './resolve-vendors.ts'

/** One that can be called. */
export type EmbeddingsModel = {
  readonly model: Model
  readonly dimensions: number
  /** Vectors of one space and of as many numbers can be compared; no others. */
  readonly space: string
  readonly targets: readonly Target[]
  readonly fallbacks: readonly ModelId[]
}

type Context = {
  readonly vendors: VendorsFound
  readonly environment: Environment
  readonly report: ReportFault
  readonly note: (text: string) => void
}

/** Where nothing is said of it. */
const assumedWindow = 8_191

export function resolveEmbeddings(
  written: readonly EmbeddingsModelEntry[],
  context: Context,
): readonly EmbeddingsModel[] {
  const listed = withKnown(written)
  const described = listed.flatMap((entry) => describe(entry, written, context))
  for (const [index, entry] of written.entries()) checkFallbacks(index, entry, described, context)
  return described.flatMap((one) => {
    const targets = targetsOf(one.model, context)
    return targets.length === 0 ? [] : [{ ...one, targets }]
  })
}

/** The file's entries, laid over those that are known. */
function withKnown(written: readonly EmbeddingsModelEntry[]): readonly EmbeddingsModelEntry[] {
  const byId = new Map<string, EmbeddingsModelEntry>(
    builtInEmbeddings.map(({ source: _, ...known }) => [known.id, known]),
  )
  for (const entry of written) byId.set(entry.id, { ...byId.get(entry.id), ...entry })
  return [...byId.values()]
}

type Described = Omit<EmbeddingsModel, 'targets'>

function describe(
  entry: EmbeddingsModelEntry,
  written: readonly EmbeddingsModelEntry[],
  { vendors, report }: Context,
): readonly Described[] {
  const index = written.findIndex(({ id }) => id === entry.id)
  const vendorName = entry.id.slice(0, entry.id.indexOf('/'))
  const vendor = vendorNamed(vendorName, vendors)
  if (index >= 0) {
    const path = ['embeddings', index]
    if (written.findLastIndex(({ id }) => id === entry.id) !== index)
      report([...path, 'id'], `${entry.id} stands twice in the list. Put what is said of it in one entry.`)
    if (vendor === undefined) {
      const names = [...vendors.reachable, ...vendors.unreachable].map((one) => one.vendor.name)
      const remedy = didYouMean(vendorName, names, 'Add it under vendors, with its baseUrl.')
      report([...path, 'id'], `${JSON.stringify(vendorName)} is not a known vendor. ${remedy}`)
    } else if (!speaksEmbeddings(vendor))
      report(
        [...path, 'id'],
        `${vendor.title} is reached in a way that has no embeddings. Name a model of another vendor.`,
      )
    if (entry.dimensions === undefined)
      report(path, 'says of how many numbers its vectors are nowhere. Write dimensions, such as 1024.', 'key')
  }
  if (vendor === undefined || !speaksEmbeddings(vendor) || entry.dimensions === undefined) return []
  const { fallbacks = [], dimensions } = entry
  const model = modelOf(entry, vendor)
  const space = entry.space ?? model.vendorName.slice(model.vendorName.lastIndexOf('/') + 1).toLowerCase()
  return [{ model, dimensions, space, fallbacks: fallbacks.map(modelId) }]
}

const vendorNamed = (name: string, { reachable, unreachable }: VendorsFound): Vendor | undefined =>
  [...reachable, ...unreachable].find(({ vendor }) => vendor.name === name)?.vendor

/** `POST /embeddings` is OpenAI's, and that of vendors compatible with it. */
const speaksEmbeddings = ({ format, library }: Vendor): boolean =>
  library === undefined && format !== 'anthropic-messages'

function modelOf({ id, vendorName, price, contextWindow }: EmbeddingsModelEntry, vendor: Vendor): Model {
  const input: Price = price ?? (vendor.local ? 0 : 'unknown')
  const window = contextWindow ?? assumedWindow
  return {
    id: modelId(id),
    vendorName: vendorName ?? id.slice(id.indexOf('/') + 1),
    vendor: vendor.name,
    // Nothing is written, so an answer costs nothing.
    prices: { input, cachedRead: input, cacheWrite: input, output: 0 },
    contextWindow: window,
    maxOutputTokens: window,
    capabilities: new Set(),
    benchmarks: {},
    speed: { firstTokenMs: 300, tokensPerSecond: 10_000 },
    verbosity: 1,
    simulated: false,
  }
}

function checkFallbacks(
  index: number,
  entry: EmbeddingsModelEntry,
  described: readonly Described[],
  { report }: Context,
): void {
  const own = described.find(({ model }) => model.id === entry.id)
  for (const [place, name] of (entry.fallbacks ?? []).entries()) {
    const path = ['embeddings', index, 'fallbacks', place]
    const other = described.find(({ model }) => model.id === name)
    if (other === undefined) {
      const names = described.map(({ model }) => model.id)
      report(
        path,
        `${JSON.stringify(name)} is not a known embeddings model. ${didYouMean(name, names, 'Add it under embeddings.')}`,
      )
    } else if (own !== undefined && other.dimensions !== own.dimensions)
      report(
        path,
        `${name} makes vectors of ${other.dimensions} numbers, and ${entry.id} of ${own.dimensions}: they can't be compared. Name a model of as many.`,
      )
    else if (own !== undefined && other.space !== own.space)
      report(
        path,
        `${name} is another model than ${entry.id}, and vectors of two models can't be compared. Name the same model at another vendor; if it is the same under another name, write one space for both.`,
      )
  }
}

/** All are asked in one way, whichever of OpenAI's formats their chat models speak. */
function targetsOf(model: Model, context: Context): readonly Target[] {
  const { targets } = resolveTargets({ models: [model] }, [], context)
  return (targets.get(model.id) ?? []).map((target) => ({
    ...target,
    vendor: { ...target.vendor, format: 'openai-chat' },
  }))
}
