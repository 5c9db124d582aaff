import type { SharedV3ProviderOptions } from '@ai-sdk/provider'
import { isObject } from '../../wire/lenient.ts'
import type { RoutingWishes } from '../chat-types.ts'

/** What holds for a model, and for one call where it stands under `providerOptions.fairlead`. */
export type FairleadModelSettings = RoutingWishes & {
  /** Models to try, in order, when the chosen one fails. */
  readonly fallbacks?: readonly string[] | undefined
  /** How hard a reasoning model thinks, in its vendor's words: `low`, `medium`, `high`. */
  readonly reasoningEffort?: string | undefined
  /** Hold the model to a schema by the vendor's strict mode, which does not take every schema. */
  readonly strictJsonSchema?: boolean | undefined
  readonly parallelToolCalls?: boolean | undefined
}

/** The call's own word first. */
export const settingsOf = (
  own: FairleadModelSettings,
  options: SharedV3ProviderOptions | undefined,
): FairleadModelSettings => ({ ...own, ...(fairleadOf(options) as FairleadModelSettings) })

/** What stands under `fairlead` of a part's, a message's or a call's options. */
export function fairleadOf(options: SharedV3ProviderOptions | undefined): Readonly<Record<string, unknown>> {
  const fairlead: unknown = options?.fairlead
  return isObject(fairlead) ? fairlead : {}
}

const wishNames = [
  'quality',
  'maxCostUsd',
  'session',
  'step',
  'user',
  'tier',
  'tags',
] as const satisfies readonly (keyof RoutingWishes)[]

/** As a body's `fairlead` field has it; `undefined`: nothing is wished. */
export function wishesOf(settings: FairleadModelSettings): RoutingWishes | undefined {
  const wishes = wishNames.flatMap((name) => {
    const value = settings[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return wishes.length === 0 ? undefined : Object.fromEntries(wishes)
}
