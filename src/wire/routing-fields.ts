/**
 * Fairlead's own fields in a client's body, the same in every wire format: `model`, `models` (OpenRouter's ordered
 * fallbacks), `fallbacks` and `fairlead: {…}`. They never reach a vendor.
 */
import type { RoutingOptions } from '../domain/routing-options.ts'
import {
  type Faults,
  optionalNumber,
  optionalObject,
  optionalText,
  optionalTexts,
  requiredText,
  wrongValue,
} from './client-checks.ts'
import type { JsonObject } from './lenient.ts'

/** The fields to take out before the body goes to a vendor; `model` is replaced. */
export const routingFields = ['models', 'fallbacks', 'fairlead'] as const

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

const optionKeys = ['session', 'step', 'user', 'tier', 'tags', 'maxCostUsd', 'quality']

function readOptions(body: JsonObject, faults: Faults): Omit<RoutingOptions, 'fallbacks'> {
  const own = optionalObject(body, 'fairlead', '', faults) ?? {}
  for (const key of Object.keys(own)) {
    if (optionKeys.includes(key)) continue
    const param = `fairlead.${key.slice(0, 60)}`
    const message = `${param}: there is no such option. Use ${optionKeys.join(', ')}, or take it out.`
    faults.push({ param, code: 'unknown_field', message })
  }
  const text = (key: string) => optionalText(own, key, 'fairlead', faults)
  return {
    session: text('session'),
    step: text('step'),
    user: text('user'),
    tier: text('tier'),
    tags: optionalTexts(own, 'tags', 'fairlead', faults),
    maxCostUsd: between(own, 'maxCostUsd', Number.POSITIVE_INFINITY, 'Write dollars, such as 0.01.', faults),
    quality: between(own, 'quality', 1, 'Write a share, such as 0.95.', faults),
  }
}

function between(own: JsonObject, key: string, most: number, remedy: string, faults: Faults): number | null {
  const value = optionalNumber(own, key, 'fairlead', faults)
  if (value === null || (value >= 0 && value <= most)) return value
  wrongValue(faults, `fairlead.${key}`, `${value} is ${value < 0 ? 'below 0' : `above ${most}`}. ${remedy}`)
  return null
}
