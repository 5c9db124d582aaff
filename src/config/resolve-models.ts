import { type Catalog, createCatalog } from '../catalog/catalog.ts'
import type { CatalogEntry } from '../catalog/entry.ts'
import type { ModelOverride } from '../catalog/override.ts'
import { type Model, type ModelId, modelId } from '../domain/model.ts'
import { didYouMean } from './closest.ts'
import { assumedOfLocal } from '../providers/discovery/compare.ts'
import { discoveredOverrides } from './discovered-models.ts'
import type { ReportFault } from './faults.ts'
import type { VendorsFound } from './resolve-vendors.ts'
import type { ModelEntry } from './schema.ts'
import type { LocalModel, Surroundings } from './surroundings.ts'

export type ModelsFound = {
  /** Every model that is known, reachable or not, the file's changes included. */
  readonly catalog: Catalog
  /** Those that can be called. */
  readonly models: readonly Model[]
  /** Other names of the models that can be called. */
  readonly aliases: ReadonlyMap<string, ModelId>
}

export type WrittenModel = { readonly index: number; readonly entry: ModelEntry }

export type Written = {
  readonly models: readonly WrittenModel[]
  /** Vendors that the file names, faulty ones included. */
  readonly named: { readonly vendors: ReadonlySet<string> }
}

/** The catalogue's models, changed and added to by the file's, and what local servers have. */
export function resolveModels(
  written: Written,
  found: VendorsFound,
  surroundings: Surroundings,
  report: ReportFault,
): ModelsFound {
  const vendors = [...found.reachable, ...found.unreachable].map(({ vendor }) => vendor)
  const good = withoutFaults(written, new Set(vendors.map(({ name }) => name)), report)
  const shipped = createCatalog(surroundings.entries)
  const discoveries = surroundings.discoveries ?? []
  const asked = new Set(discoveries.flatMap((one) => (one.kind === 'listed' ? [one.vendor] : [])))
  const catalog = createCatalog(surroundings.entries, {
    overrides: [
      ...surroundings.localModels
        .filter(({ vendor }) => !asked.has(vendor))
        .map(localOverride)
        .filter(({ id }) => shipped.get(id) === undefined),
      ...discoveredOverrides(discoveries, shipped),
      ...good.map(({ entry }) => overrideOf(entry)),
    ],
    localVendors: new Set(vendors.flatMap(({ name, local }) => (local ? [name] : []))),
  })
  const callable = callableEntries(catalog, good, found, surroundings.localModels)
  const aliases = new Map(createCatalog(callable).names())
  for (const [alias, id] of ownAliases(good, catalog, report))
    if (callable.some(({ model }) => model.id === id)) aliases.set(alias, id)
  return { catalog, models: callable.map(({ model }) => model), aliases }
}

function withoutFaults(
  { models, named }: Written,
  vendors: ReadonlySet<string>,
  report: ReportFault,
): WrittenModel[] {
  const seen = new Set<string>()
  return models.filter(({ index, entry }) => {
    const path = ['models', index, 'id']
    const vendor = entry.id.slice(0, entry.id.indexOf('/'))
    const again = seen.has(entry.id)
    seen.add(entry.id)
    if (again) report(path, `${entry.id} stands twice in the list. Put what is said of it in one entry.`)
    else if (!vendors.has(vendor) && !named.vendors.has(vendor)) {
      const remedy = didYouMean(vendor, vendors, 'Add it under vendors, with its baseUrl.')
      report(path, `${JSON.stringify(vendor)} is not a known vendor. ${remedy}`)
    }
    return !again && vendors.has(vendor)
  })
}

/** Of vendors that can be called; of a local server what it lists or the file names: the rest is not loaded there. */
function callableEntries(
  catalog: Catalog,
  written: readonly WrittenModel[],
  { reachable }: VendorsFound,
  localModels: readonly LocalModel[],
): readonly CatalogEntry[] {
  const sources = new Map(reachable.map(({ vendor, source }) => [vendor.name, source]))
  const listed = new Set([
    ...localModels.map(({ vendor, name }) => `${vendor}/${name}`),
    ...written.map(({ entry }) => entry.id),
  ])
  const elsewhere = servedElsewhere(written, sources)
  return catalog.list().filter(({ model, retired }) => {
    if (elsewhere.has(model.id)) return true
    const source = sources.get(model.vendor)
    return source !== undefined && !retired && (source !== 'local' || listed.has(model.id))
  })
}

/** Models that the file gives a target which can be reached, whether or not their own vendor can. */
const servedElsewhere = (
  written: readonly WrittenModel[],
  sources: ReadonlyMap<string, unknown>,
): ReadonlySet<string> =>
  new Set(
    written.flatMap(({ entry }) =>
      entry.targets?.some(({ vendor, apiKey }) => apiKey !== undefined || sources.has(vendor ?? ''))
        ? [entry.id]
        : [],
    ),
  )

const unknownPrices = {
  input: 'unknown',
  cachedRead: 'unknown',
  cacheWrite: 'unknown',
  output: 'unknown',
} as const

/** Who lists a model means to call it, whatever the catalogue says of its end. */
const overrideOf = ({ prices, ...entry }: ModelEntry): ModelOverride => ({
  ...entry,
  prices: prices === 'unknown' ? unknownPrices : prices,
  retired: false,
})

const localOverride = ({ vendor, name, contextWindow, capabilities }: LocalModel): ModelOverride => ({
  id: `${vendor}/${name}`,
  contextWindow,
  capabilities: capabilities ?? assumedOfLocal,
})

function ownAliases(
  written: readonly WrittenModel[],
  catalog: Catalog,
  report: ReportFault,
): ReadonlyMap<string, ModelId> {
  const owners = new Map<string, ModelId>()
  for (const { index, entry } of written)
    for (const [position, alias] of (entry.aliases ?? []).entries()) {
      const path = ['models', index, 'aliases', position]
      const other = owners.get(alias)
      if (other !== undefined)
        report(path, `${JSON.stringify(alias)} is already a name of ${other}. Choose another.`)
      else if (alias !== entry.id && catalog.get(alias) !== undefined)
        report(path, `${JSON.stringify(alias)} is the id of another model. Choose another.`)
      owners.set(alias, modelId(entry.id))
    }
  return owners
}
