import type { Model, ModelId } from '../domain/model.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import { closestNames } from './closest-names.ts'
import type { CatalogEntry } from './entry.ts'
import { builtInModels } from './models/index.ts'
import { applyOverride, type ModelOverride } from './override.ts'

export type CatalogOptions = {
  readonly overrides?: readonly ModelOverride[]
  /** Vendors that run on the user's own hardware: their models cost nothing per token unless a price is stated. */
  readonly localVendors?: ReadonlySet<string>
}

export type Lookup =
  | { readonly kind: 'found'; readonly entry: CatalogEntry }
  /** Several vendors serve a model of this name. */
  | { readonly kind: 'ambiguous'; readonly candidates: NonEmpty<CatalogEntry> }
  /** `closest`: ids that may have been meant, the likeliest first. */
  | { readonly kind: 'unknown'; readonly closest: readonly ModelId[] }

export type Catalog = {
  /** In the order of the built-in list, a user's own models last. */
  readonly list: () => readonly CatalogEntry[]
  readonly get: (id: string) => CatalogEntry | undefined
  readonly ofVendor: (vendor: string) => readonly CatalogEntry[]
  /** By id, by the vendor's own name, or by alias; capitals don't matter. */
  readonly find: (name: string) => Lookup
  /** The model that goes by a name, as written in data that comes from anywhere: the first vendor's where several serve it. */
  readonly identify: (name: string) => Model | null
  /** Vendors' own names and aliases, as written, that mean one model and no other. */
  readonly names: () => ReadonlyMap<string, ModelId>
}

/** Nothing is fetched: what Fairlead knows of models is what it ships and what its user adds. */
export function createCatalog(
  entries: readonly CatalogEntry[] = builtInModels,
  { overrides = [], localVendors = new Set() }: CatalogOptions = {},
): Catalog {
  const byId = new Map<string, CatalogEntry>(entries.map((entry) => [folded(entry.model.id), entry]))
  for (const override of overrides) {
    const key = folded(override.id)
    byId.set(key, applyOverride(byId.get(key), override, localVendors))
  }
  const all = [...byId.values()]
  const byName = namesOf(all)
  const identify = (name: string): Model | null => {
    const entry = byId.get(folded(name)) ?? preferServed(byName.get(folded(name)) ?? [])[0]
    return entry?.model ?? null
  }
  return {
    identify,
    list: () => all,
    get: (id) => byId.get(folded(id)),
    ofVendor: (vendor) => all.filter(({ model }) => model.vendor === vendor),
    find: (name) => {
      const exact = byId.get(folded(name))
      if (exact) return { kind: 'found', entry: exact }
      const named = preferServed(byName.get(folded(name)) ?? [])
      if (!isNonEmpty(named)) return { kind: 'unknown', closest: closest(name, all) }
      return named.length === 1
        ? { kind: 'found', entry: named[0] }
        : { kind: 'ambiguous', candidates: named }
    },
    names: () => unambiguous(all, byName),
  }
}

function unambiguous(
  entries: readonly CatalogEntry[],
  byName: ReadonlyMap<string, readonly CatalogEntry[]>,
): ReadonlyMap<string, ModelId> {
  const names = new Map<string, ModelId>()
  for (const { model, aliases } of entries)
    for (const name of [model.vendorName, ...aliases]) {
      const [meant, ...others] = preferServed(byName.get(folded(name)) ?? [])
      if (meant?.model.id === model.id && others.length === 0) names.set(name, model.id)
    }
  return names
}

function namesOf(entries: readonly CatalogEntry[]): ReadonlyMap<string, readonly CatalogEntry[]> {
  const byName = new Map<string, CatalogEntry[]>()
  for (const entry of entries)
    for (const name of new Set([entry.model.vendorName, ...entry.aliases].map(folded))) {
      const known = byName.get(name)
      if (known) known.push(entry)
      else byName.set(name, [entry])
    }
  return byName
}

// A retired model is meant only where no model of that name is served any more.
function preferServed(entries: readonly CatalogEntry[]): readonly CatalogEntry[] {
  const served = entries.filter(({ retired }) => !retired)
  return served.length > 0 ? served : entries
}

function closest(name: string, entries: readonly CatalogEntry[]): readonly ModelId[] {
  const names = entries.flatMap(({ model, aliases }) =>
    [model.id, model.vendorName, ...aliases].map((text) => ({ text: folded(text), of: model.id })),
  )
  return closestNames(folded(name), names)
}

const folded = (name: string): string => name.trim().toLowerCase()
