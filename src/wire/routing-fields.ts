/**
 * Fairlead's own fields in a client's body, the same in every wire format: `model`, `models` (OpenRouter's ordered
 * fallbacks), `fallbacks`, `provider` (OpenRouter's rules for vendors) and `fairlead: {…}`. They never reach a vendor.
 */
import {
  type CacheWish,
  cacheWishes,
  type RoutingOptions,
  type VendorConditions,
} from '../domain/routing-options.ts'
import {
  type Faults,
  optionalFlag,
  optionalNumber,
  optionalObject,
  optionalText,
  optionalTexts,
  requiredText,
  wrongValue,
} from './client-checks.ts'
import type { JsonObject } from './lenient.ts'

/** The fields to take out before the body goes to a vendor; `model` is replaced. */
export const routingFields = ['models', 'fallbacks', 'fairlead', 'provider'] as const

export type Routing = { readonly model: string; readonly options: RoutingOptions }

export function readRouting(body: JsonObject, faults: Faults): Routing {
  const models = optionalTexts(body, 'models', '', faults)
  const fallbacks = optionalTexts(body, 'fallbacks', '', faults)
  const model = readModel(body, models, faults)
  const wanted = new Set([...models, ...fallbacks])
  wanted.delete(model)
  return { model, options: { ...readOptions(body, faults), fallbacks: [...wanted] } }
}

// A client of OpenRouter may give `models` alone: the first is then the one it asks for.
function readModel(body: JsonObject, models: readonly string[], faults: Faults): string {
  if ((body.model ?? null) === null && models[0] !== undefined) return models[0]
  const remedy = 'Name a policy such as "auto", or a model such as "vendor/name".'
  const model = requiredText(body, 'model', '', faults, remedy)
  if (body.model === '') wrongValue(faults, 'model', `the name is empty. ${remedy}`)
  return model
}

const optionKeys = [
  'session',
  'episode',
  'step',
  'user',
  'tier',
  'tags',
  'maxCostUsd',
  'quality',
  'vendors',
  'cache',
]

function readOptions(body: JsonObject, faults: Faults): Omit<RoutingOptions, 'fallbacks'> {
  const own = optionalObject(body, 'fairlead', '', faults) ?? {}
  for (const key of Object.keys(own)) {
    if (optionKeys.includes(key)) continue
    const param = `fairlead.${key.slice(0, 60)}`
    const message = `${param}: there is no such option. Use ${optionKeys.join(', ')}, or take it out.`
    faults.push({ param, code: 'unknown_field', message })
  }
  const text = (key: string) => optionalText(own, key, 'fairlead', faults)
  const vendors = readVendorConditions(body, own, faults)
  return {
    ...(vendors && { vendors }),
    ...readCacheWish(own, faults),
    session: text('session'),
    ...episodeOf(text('episode')),
    step: text('step'),
    user: text('user'),
    tier: text('tier'),
    tags: optionalTexts(own, 'tags', 'fairlead', faults),
    maxCostUsd: between(own, 'maxCostUsd', Number.POSITIVE_INFINITY, 'Write dollars, such as 0.01.', faults),
    quality: between(own, 'quality', 1, 'Write a share, such as 0.95.', faults),
  }
}

/**
 * OpenRouter's `provider` and Fairlead's own `vendors`: `only` and `ignore` name vendors. What else `provider` says goes by the
 * speed and price of endpoints, and is for vendors that read it.
 */
function readVendorConditions(body: JsonObject, own: JsonObject, faults: Faults): VendorConditions | null {
  const provider = optionalObject(body, 'provider', '', faults)
  const vendors = optionalObject(own, 'vendors', 'fairlead', faults)
  if (provider === null && vendors === null) return null
  const names = (key: 'only' | 'ignore'): readonly string[] => [
    ...optionalTexts(provider ?? {}, key, 'provider', faults),
    ...optionalTexts(vendors ?? {}, key, 'fairlead.vendors', faults),
  ]
  const lists = [provider?.only, vendors?.only].filter((list) => (list ?? null) !== null)
  if (lists.length === 2)
    wrongValue(faults, 'fairlead.vendors.only', 'stands beside provider.only. Keep one of them.')
  const data = optionalText(provider ?? {}, 'data_collection', 'provider', faults)
  if (data !== null && data !== 'allow' && data !== 'deny')
    wrongValue(faults, 'provider.data_collection', 'it must be "allow" or "deny".')
  const zdr = optionalFlag(provider ?? {}, 'zdr', 'provider', faults) ?? false
  return {
    only: lists.length === 0 ? null : names('only').map(folded),
    ignore: names('ignore').map(folded),
    data: zdr ? 'zero-retention' : data === 'deny' ? 'no-training' : 'any',
    regions: null,
  }
}

const folded = (name: string): string => name.trim().toLowerCase()

function between(own: JsonObject, key: string, most: number, remedy: string, faults: Faults): number | null {
  const value = optionalNumber(own, key, 'fairlead', faults)
  if (value === null || (value >= 0 && value <= most)) return value
  wrongValue(faults, `fairlead.${key}`, `${value} is ${value < 0 ? 'below 0' : `above ${most}`}. ${remedy}`)
  return null
}

function readCacheWish(own: JsonObject, faults: Faults): { readonly cache?: CacheWish } {
  const text = optionalText(own, 'cache', 'fairlead', faults)
  const cache = cacheWishes.find((wish) => wish === text)
  if (text !== null && cache === undefined)
    wrongValue(faults, 'fairlead.cache', `it must be ${cacheWishes.join(' or ')}.`)
  return cache === undefined ? {} : { cache }
}

const episodeOf = (episode: string | null) => (episode === null ? {} : { episode })
