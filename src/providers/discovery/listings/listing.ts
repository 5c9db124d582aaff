import type { Capability } from '../../../domain/model.ts'
import { asObject } from '../../../wire/lenient.ts'
import type { FoundModel } from '../found-model.ts'

/** The JSON behind a URL, by POST where there is a body; `undefined` where there is none to be had. */
export type Ask = (url: string, body?: object) => Promise<unknown>

/** A way in which servers tell what models they have. */
export type Listing = {
  /** The API, as its documentation calls it. */
  readonly name: string
  /** Only servers on the user's own hardware have it: nobody else is asked for it. */
  readonly localOnly: boolean
  /** `null`: the server has no such listing. */
  readonly read: (baseUrl: string, ask: Ask) => Promise<Listed | null>
}

export type Listed = { readonly url: string; readonly models: readonly FoundModel[] }

/** Where a server's own API begins, beside the one that is compatible with OpenAI's. */
export const rootOf = (baseUrl: string): string => baseUrl.replace(/\/v1\/?$/, '')

/** Servers that bind what a model writes to a grammar can do so to any schema, whatever the model. */
export const byGrammar: Capability = 'json-schema'

/** A positive whole number of tokens, or null. */
export const tokensOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null

export const firstTokens = (...values: readonly unknown[]): number | null =>
  values.map(tokensOf).find((tokens) => tokens !== null) ?? null

/** No server has more that anybody would choose among. */
const mostModels = 2_000

export const entriesOf = (list: unknown): readonly Readonly<Record<string, unknown>>[] =>
  (Array.isArray(list) ? list : []).slice(0, mostModels).map(asObject)
