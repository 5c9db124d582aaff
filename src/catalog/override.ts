import type { Benchmark, Capability, Price, Prices, Speed } from '../domain/model.ts'
import { modelId } from '../domain/model.ts'
import type { CatalogEntry } from './entry.ts'
import { type Source, sources } from './sources.ts'
import { speedTiers } from './speed-tiers.ts'

/** What a user says of a model: changes to a known one, or a new one, of which an id is enough. */
export type ModelOverride = {
  /** `vendor/name`. */
  readonly id: string
  readonly vendorName?: string | undefined
  readonly prices?: { readonly [Part in keyof Prices]?: Price | undefined } | undefined
  readonly contextWindow?: number | undefined
  readonly maxOutputTokens?: number | undefined
  readonly capabilities?: readonly Capability[] | undefined
  readonly benchmarks?: Readonly<Partial<Record<Benchmark, number | undefined>>> | undefined
  readonly criteria?: Readonly<Record<string, number>> | undefined
  readonly speed?: Speed | undefined
  readonly verbosity?: number | undefined
  readonly aliases?: readonly string[] | undefined
  readonly retired?: boolean | undefined
}

export const configured: Source = { name: 'your configuration', url: null, asOf: null }
export const ownHardware: Source = { name: 'runs on your own hardware', url: null, asOf: null }
export const assumed: Source = { name: 'assumed: not stated', url: null, asOf: null }

/** Small enough that a server which holds more loses only some long prompts, not answers. */
const assumedContextWindow = 8_192

const allPrices = (price: Price): Prices => ({
  input: price,
  cachedRead: price,
  cacheWrite: price,
  output: price,
})

/** A known model with what is stated laid over it; a new model where `base` is undefined. */
export function applyOverride(
  base: CatalogEntry | undefined,
  override: ModelOverride,
  localVendors: ReadonlySet<string>,
): CatalogEntry {
  const { model, aliases, retired, servedUntil, provenance } = base ?? newEntry(override, localVendors)
  const scores = Object.entries(override.benchmarks ?? {}).filter(([, share]) => share !== undefined)
  const stated = <T>(value: T | undefined, source: Source) => (value === undefined ? source : configured)
  const window = override.contextWindow ?? override.maxOutputTokens
  return {
    model: {
      ...model,
      vendorName: override.vendorName ?? model.vendorName,
      prices: override.prices ? mergePrices(model.prices, override.prices) : model.prices,
      contextWindow: override.contextWindow ?? model.contextWindow,
      maxOutputTokens: override.maxOutputTokens ?? fitting(model.maxOutputTokens, override.contextWindow),
      capabilities: override.capabilities ? new Set(override.capabilities) : model.capabilities,
      benchmarks: { ...model.benchmarks, ...Object.fromEntries(scores) },
      ...(override.criteria && { criteria: { ...model.criteria, ...override.criteria } }),
      speed: override.speed ?? model.speed,
      verbosity: override.verbosity ?? model.verbosity,
    },
    aliases: override.aliases ? [...new Set([...aliases, ...override.aliases])] : aliases,
    retired: override.retired ?? retired,
    servedUntil,
    provenance: {
      prices: stated(override.prices, provenance.prices),
      window: stated(window, provenance.window),
      capabilities: override.capabilities
        ? Object.fromEntries(override.capabilities.map((name) => [name, configured]))
        : provenance.capabilities,
      benchmarks: {
        ...provenance.benchmarks,
        ...Object.fromEntries(scores.map(([name]) => [name, configured])),
      },
      speed: stated(override.speed, provenance.speed),
      verbosity: stated(override.verbosity, provenance.verbosity),
    },
  }
}

// A stated input price is also that of cached tokens, unless those are stated too: half-known prices must not
// mix an old discount with a new price.
export function mergePrices(known: Prices, stated: NonNullable<ModelOverride['prices']>): Prices {
  const input = stated.input ?? known.input
  const cachedBy = stated.input === undefined ? known : { cachedRead: input, cacheWrite: input }
  return {
    input,
    cachedRead: stated.cachedRead ?? cachedBy.cachedRead,
    cacheWrite: stated.cacheWrite ?? cachedBy.cacheWrite,
    ...longWrites(known, stated),
    output: stated.output ?? known.output,
  }
}

/** Known ones hold only as long as no price that they go with is stated anew. */
function longWrites(
  known: Prices,
  { input, cacheWrite, longCacheWrite }: NonNullable<ModelOverride['prices']>,
): Pick<Prices, 'longCacheWrite'> {
  if (longCacheWrite !== undefined) return { longCacheWrite }
  if (input !== undefined || cacheWrite !== undefined || known.longCacheWrite === undefined) return {}
  return { longCacheWrite: known.longCacheWrite }
}

const fitting = (tokens: number, contextWindow: number | undefined): number =>
  contextWindow === undefined ? tokens : Math.min(tokens, contextWindow)

function newEntry(override: ModelOverride, localVendors: ReadonlySet<string>): CatalogEntry {
  const slash = override.id.indexOf('/')
  if (slash < 1 || slash === override.id.length - 1)
    throw new Error(`a model's id is written vendor/name, not ${JSON.stringify(override.id)}`)
  const vendor = override.id.slice(0, slash)
  const local = localVendors.has(vendor)
  const contextWindow = override.contextWindow ?? assumedContextWindow
  return {
    model: {
      id: modelId(override.id),
      vendorName: override.id.slice(slash + 1),
      vendor,
      prices: allPrices(local ? 0 : 'unknown'),
      contextWindow,
      maxOutputTokens: contextWindow,
      capabilities: new Set(),
      benchmarks: {},
      speed: speedTiers.medium,
      verbosity: 1,
      simulated: false,
    },
    aliases: [],
    retired: false,
    servedUntil: null,
    provenance: {
      prices: local ? ownHardware : sources.notEstablished,
      window: assumed,
      capabilities: {},
      benchmarks: {},
      speed: sources.tierDefault,
      verbosity: assumed,
    },
  }
}
