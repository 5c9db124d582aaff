import type { Benchmark, Capability, Model, Price, Speed } from '../domain/model.ts'
import { modelId } from '../domain/model.ts'
import { type Source, type SourceKey, sources } from './sources.ts'
import { type SpeedTier, speedTiers } from './speed-tiers.ts'

/** A model and what is known about what is known of it. */
export type CatalogEntry = {
  readonly model: Model
  /** Other names it goes by, at its vendor and in public data. Unique within a vendor, not across vendors. */
  readonly aliases: readonly string[]
  /** No longer served: kept for its descriptors and never part of a default pool. */
  readonly retired: boolean
  /** The day its vendor has announced to stop serving it, ISO 8601. */
  readonly servedUntil: string | null
  readonly provenance: Provenance
}

export type Provenance = {
  readonly prices: Source
  readonly window: Source
  readonly capabilities: Readonly<Partial<Record<Capability, Source>>>
  readonly benchmarks: Readonly<Partial<Record<Benchmark, Source>>>
  readonly speed: Source
  readonly verbosity: Source
}

/** How a model is written in `models/`: figures grouped by the source that gives them. */
export type ModelRecord = {
  readonly prices: {
    readonly input: Price
    readonly cachedRead: Price
    readonly cacheWrite: Price
    readonly output: Price
    readonly source: SourceKey
  }
  /** Tokens of prompt and answer together; tokens of the longest answer. */
  readonly window: { readonly context: number; readonly output: number; readonly source: SourceKey }
  readonly capabilities: BySource<readonly Capability[]>
  readonly benchmarks?: BySource<Readonly<Partial<Record<Benchmark, number>>>>
  /** A tier, or measured figures with their source. */
  readonly speed: SpeedTier | (Speed & { readonly source: SourceKey })
  readonly verbosity: number
  readonly aliases?: readonly string[]
  readonly retired?: true
  readonly servedUntil?: string
  readonly simulated?: true
}

type BySource<T> = Readonly<Partial<Record<SourceKey, T>>>

export type VendorModels = {
  readonly vendor: string
  /** What a cache that lives for an hour costs to write, in prices of plain input; absent: there is none. */
  readonly longCacheWrites?: number
  readonly models: Readonly<Record<string, ModelRecord>>
}

/** The models of one vendor; each key is a model's name at that vendor. */
export const defineModels = ({ vendor, models, longCacheWrites }: VendorModels): readonly CatalogEntry[] =>
  Object.entries(models).map(([vendorName, record]) =>
    entryOf(vendor, vendorName, record, longCacheWrites ?? null),
  )

function entryOf(
  vendor: string,
  vendorName: string,
  record: ModelRecord,
  longCacheWrites: number | null,
): CatalogEntry {
  const { source: pricesSource, ...shortPrices } = record.prices
  const { input } = shortPrices
  const prices =
    longCacheWrites === null || input === 'unknown'
      ? shortPrices
      : { ...shortPrices, longCacheWrite: longCacheWrites * input }
  const capabilities = Object.fromEntries(
    bySource(record.capabilities).flatMap(([source, list]) => list.map((name) => [name, source] as const)),
  ) as Provenance['capabilities']
  const scores = bySource(record.benchmarks ?? {}).flatMap(([source, shares]) =>
    Object.entries(shares).map(([name, share]) => ({ name, share, source })),
  )
  const simulated = record.simulated === true
  return {
    model: {
      id: modelId(`${vendor}/${vendorName}`),
      vendorName,
      vendor,
      prices,
      contextWindow: record.window.context,
      maxOutputTokens: record.window.output,
      capabilities: new Set(Object.keys(capabilities) as Capability[]),
      benchmarks: Object.fromEntries(scores.map(({ name, share }) => [name, share])),
      speed: speedOf(record.speed),
      verbosity: record.verbosity,
      simulated,
    },
    aliases: record.aliases ?? [],
    retired: record.retired === true,
    servedUntil: record.servedUntil ?? null,
    provenance: {
      prices: sources[pricesSource],
      window: sources[record.window.source],
      capabilities,
      benchmarks: Object.fromEntries(scores.map(({ name, source }) => [name, source])),
      speed: typeof record.speed === 'string' ? sources.tierDefault : sources[record.speed.source],
      verbosity: simulated ? sources.simulation : sources.tierDefault,
    },
  }
}

const speedOf = (speed: ModelRecord['speed']): Speed =>
  typeof speed === 'string'
    ? speedTiers[speed]
    : { firstTokenMs: speed.firstTokenMs, tokensPerSecond: speed.tokensPerSecond }

const bySource = <T>(figures: BySource<T>): (readonly [Source, T])[] =>
  Object.entries(figures).map(([key, value]) => [sources[key as SourceKey], value as T])
