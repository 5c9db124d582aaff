/** What a provider package of the Vercel AI SDK gives. Types alone: the packages are the user's to install. */

import type { LanguageModel as AnyLanguageModel } from 'ai'

export type LanguageModel = Extract<AnyLanguageModel, { readonly specificationVersion: 'v3' }>

export type CallOptions = Parameters<LanguageModel['doGenerate']>[0]

/** The generation before differs in how it reports usage and finish reasons, and both are read. */
export const knownVersions: readonly string[] = ['v2', 'v3']

/** The function of a package that makes a provider of a key, a base URL and settings of its own. */
export type ProviderFactory = (settings: Readonly<Record<string, unknown>>) => unknown

/** Makes the language model of that name; `null` where the provider has no way to. */
export function languageModelOf(
  provider: unknown,
  method: string | null,
  name: string,
): LanguageModel | null {
  const made = makerOf(provider, method)?.(name)
  return typeof made === 'object' && made !== null && 'doGenerate' in made && 'doStream' in made
    ? (made as LanguageModel)
    : null
}

function makerOf(provider: unknown, method: string | null): ((name: string) => unknown) | null {
  // A provider is an object, or a function that has the methods of one.
  const members = provider as Readonly<Record<string, unknown>> | null | undefined
  const member = members?.[method ?? 'languageModel']
  if (typeof member === 'function') return (name) => member.call(provider, name)
  return method === null && typeof provider === 'function' ? (name) => provider(name) : null
}
