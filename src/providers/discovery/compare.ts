/** What vendors list beside what the catalogue knows. Pure. */

import type { Catalog } from '../../catalog/catalog.ts'
import type { Capability, Model, Price } from '../../domain/model.ts'
import type { Discovery } from './discover.ts'
import type { FoundModel, FoundPrices } from './found-model.ts'

export type ComparedModel = {
  /** `vendor/name`. */
  readonly id: string
  readonly found: FoundModel
  readonly status: 'new' | 'known' | 'differs'
  /** In words: `output 8 in place of 10`. */
  readonly differences: readonly string[]
  /** What the configuration would say of it. */
  readonly stated: StatedModel
}

/** An entry of a configuration's `models`. Of a known model, what differs. */
export type StatedModel = {
  readonly id: string
  readonly prices?: FoundPrices | 'unknown'
  readonly contextWindow?: number
  readonly maxOutputTokens?: number
  readonly capabilities?: readonly Capability[]
}

export type Listed = Extract<Discovery, { kind: 'listed' }>

/** The chat models of a listing, in its order. */
export const compare = (listed: Listed, catalog: Pick<Catalog, 'get'>): readonly ComparedModel[] =>
  listed.models
    .filter(({ kind }) => kind === 'chat')
    .map((found) => {
      const id = `${listed.vendor}/${found.name}`
      const known = catalog.get(id)?.model
      return known === undefined
        ? newModel(id, found, listed.local)
        : knownModel(id, found, known, listed.local)
    })

function newModel(id: string, found: FoundModel, local: boolean): ComparedModel {
  const { contextWindow, maxOutputTokens } = found
  const capabilities = found.capabilities ?? (local ? assumedOfLocal : null)
  const stated = {
    id,
    prices: statedPrices(found, local),
    ...(contextWindow !== null && { contextWindow }),
    ...(maxOutputTokens !== null && { maxOutputTokens: within(maxOutputTokens, contextWindow) }),
    ...(capabilities !== null && { capabilities }),
  }
  return { id, found, status: 'new', differences: [], stated }
}

/** What is assumed of a model that a local server lists and nobody describes: most of the day call tools. */
export const assumedOfLocal: readonly Capability[] = ['tools', 'json-schema']

/** Tokens cost nothing on one's own hardware. Anywhere else a price that nobody names is unknown, and never zero. */
function statedPrices({ prices }: FoundModel, local: boolean): FoundPrices | 'unknown' {
  if (local) return { input: 0, output: 0 }
  return prices === null || (prices.input === 'unknown' && prices.output === 'unknown') ? 'unknown' : prices
}

const within = (tokens: number, window: number | null): number =>
  window === null ? tokens : Math.min(tokens, window)

function knownModel(id: string, found: FoundModel, known: Model, local: boolean): ComparedModel {
  const { contextWindow, maxOutputTokens } = found
  const prices = local ? null : found.prices
  const windowDiffers = contextWindow !== null && contextWindow !== known.contextWindow
  const outputDiffers = maxOutputTokens !== null && maxOutputTokens !== known.maxOutputTokens
  const priceDifferences = prices === null ? [] : pricesThatDiffer(prices, known.prices)
  const more = found.capabilities?.filter((capability) => !known.capabilities.has(capability)) ?? []
  const differences = [
    ...priceDifferences,
    ...(windowDiffers ? [`context window ${contextWindow} in place of ${known.contextWindow}`] : []),
    ...(outputDiffers ? [`longest answer ${maxOutputTokens} in place of ${known.maxOutputTokens}`] : []),
    ...(more.length > 0 ? [`can do ${more.join(', ')}`] : []),
  ]
  const stated = {
    id,
    ...(prices !== null && priceDifferences.length > 0 && { prices }),
    ...(windowDiffers && { contextWindow }),
    ...(outputDiffers && { maxOutputTokens }),
    ...(more.length > 0 && { capabilities: [...known.capabilities, ...more] }),
  }
  return { id, found, status: differences.length > 0 ? 'differs' : 'known', differences, stated }
}

/** A price that the listing does not know takes nothing away from one that is known. */
function pricesThatDiffer(found: FoundPrices, known: Model['prices']): string[] {
  return (['input', 'cachedRead', 'cacheWrite', 'output'] as const).flatMap((part) => {
    const price = found[part]
    if (price === undefined || price === 'unknown' || same(price, known[part])) return []
    return [`${names[part]} ${price} in place of ${known[part]}`]
  })
}

const names = {
  input: 'input',
  cachedRead: 'cached input',
  cacheWrite: 'cache write',
  output: 'output',
} as const

/** To a millionth: prices per token and per million are rounded apart. */
const same = (price: number, known: Price): boolean =>
  known !== 'unknown' && Math.abs(price - known) <= 1e-6 * Math.max(price, known)
