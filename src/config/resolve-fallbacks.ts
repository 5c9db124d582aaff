/** The models that a policy or a model names to go on with. */

import { type ModelId, modelId } from '../domain/model.ts'
import type { Fallbacks } from '../domain/policy.ts'
import { didYouMean } from './closest.ts'
import { type Path, pathText, type ReportFault } from './faults.ts'
import type { FallbacksEntry } from './reliability-fields.ts'
import type { ModelsFound, WrittenModel } from './resolve-models.ts'
import type { VendorsFound } from './resolve-vendors.ts'

/** What names of models are looked up in. */
export type KnownModels = {
  readonly vendors: VendorsFound
  readonly models: ModelsFound
  /** Models that faulty entries of the file name: not known, and no second fault. */
  readonly excused: ReadonlySet<string>
  readonly report: ReportFault
  readonly note: (text: string) => void
}

type Entry = {
  readonly fallbacks?: FallbacksEntry | undefined
  readonly contentPolicyFallbacks?: readonly string[] | undefined
}

export function fallbacksOf(entry: Entry, path: Path, context: KnownModels): Fallbacks {
  const written = entry.fallbacks ?? []
  const at = [...path, 'fallbacks']
  const byKind = Array.isArray(written) ? null : (written as Exclude<FallbacksEntry, readonly string[]>)
  const list = (names: readonly string[] | undefined, place: Path) => usable(names ?? [], place, context)
  if (byKind?.contentPolicy !== undefined && entry.contentPolicyFallbacks !== undefined)
    context.report(
      [...path, 'contentPolicyFallbacks'],
      'says the same as fallbacks.contentPolicy. Keep one of them.',
      'key',
    )
  return {
    providerFailure: byKind
      ? list(byKind.providerFailure, [...at, 'providerFailure'])
      : list(written as readonly string[], at),
    contextExceeded: list(byKind?.contextExceeded, [...at, 'contextExceeded']),
    contentPolicy: byKind?.contentPolicy
      ? list(byKind.contentPolicy, [...at, 'contentPolicy'])
      : list(entry.contentPolicyFallbacks, [...path, 'contentPolicyFallbacks']),
    qualityEscalation: list(byKind?.qualityEscalation, [...at, 'qualityEscalation']),
  }
}

export const resolveModelFallbacks = (
  written: readonly WrittenModel[],
  context: KnownModels,
): ReadonlyMap<ModelId, Fallbacks> =>
  new Map(
    written.flatMap(({ index, entry }) =>
      entry.fallbacks === undefined
        ? []
        : [[modelId(entry.id), fallbacksOf(entry, ['models', index], context)] as const],
    ),
  )

/** The models of a list that can be called. One that is not known is a fault; one without a key is left out. */
export function usable(ids: readonly string[], path: Path, context: KnownModels): ModelId[] {
  const callable = new Set(context.models.models.map(({ id }) => id))
  return ids.flatMap((text, index) => {
    const id = modelId(text)
    if (callable.has(id)) return [id]
    if (!isKnown(text, context)) reportUnknown(text, [...path, index], context)
    else context.note(`${pathText(path)}: ${text} is left out. ${unreachableRemedy(id, context)}`)
    return []
  })
}

// The catalogue overlooks capitals; a policy's models are compared by their exact ids.
export const isKnown = (text: string, { models }: KnownModels): boolean =>
  models.catalog.get(text)?.model.id === text

export function reportUnknown(text: string, path: Path, { models, excused, report }: KnownModels): void {
  if (excused.has(text)) return
  const alias = models.aliases.get(text) ?? models.catalog.get(text)?.model.id
  const remedy = alias
    ? `Write its id, ${alias}.`
    : didYouMean(
        text,
        models.catalog.list().map(({ model }) => model.id),
        'Add it under models, or see `fairlead models` for the known ones.',
      )
  report(path, `${JSON.stringify(text)} is not a known model. ${remedy}`)
}

export function unreachableRemedy(id: ModelId, { models, vendors }: KnownModels): string {
  const entry = models.catalog.get(id)
  const found = vendors.unreachable.find((one) => one.vendor.name === entry?.model.vendor)
  if (found) return found.remedy
  return entry?.retired
    ? 'Its vendor no longer serves it. Name another, or list it under models if it is served after all.'
    : 'Its server does not list it. Load it there, or add it under models.'
}
