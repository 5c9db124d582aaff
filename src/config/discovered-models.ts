import type { ModelOverride } from '../catalog/override.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { compare } from '../providers/discovery/compare.ts'
import { type Discovery, discover } from '../providers/discovery/discover.ts'
import { resolveVendors } from './resolve-vendors.ts'
import { type VendorEntry, vendorSchema } from './vendor-fields.ts'
import type { Surroundings } from './surroundings.ts'

/** A start waits no longer than this for the lists of all vendors together. */
const patienceMs = 3_000

/** Asks the vendors of a configuration that says `discover: true` of them. One with faults asks nobody: it is not used anyway. */
export async function discoverModels(
  written: unknown,
  surroundings: Surroundings,
): Promise<readonly Discovery[]> {
  const entries = asking(written)
  if (Object.keys(entries).length === 0) return []
  let faulty = false
  const { reachable } = resolveVendors(entries, surroundings, () => {
    faulty = true
  })
  const asked = faulty ? [] : reachable.filter(({ vendor }) => entries[vendor.name]?.discover === true)
  return Promise.all(asked.map((vendor) => discover(vendor, patienceMs)))
}

function asking(written: unknown): Readonly<Record<string, VendorEntry>> {
  const vendors = (written as { readonly vendors?: unknown } | null)?.vendors
  if (typeof vendors !== 'object' || vendors === null) return {}
  return Object.fromEntries(
    Object.entries(vendors).flatMap(([name, entry]) => {
      const parsed = vendorSchema.safeParse(entry)
      return parsed.success && parsed.data.discover === true ? [[name, parsed.data] as const] : []
    }),
  )
}

/** What the vendors' lists add to the catalogue, and change in it: a vendor knows its own models. */
export const discoveredOverrides = (
  discoveries: readonly Discovery[],
  catalog: Pick<Catalog, 'get'>,
): readonly ModelOverride[] =>
  discoveries.flatMap((discovery) =>
    discovery.kind === 'silent'
      ? []
      : compare(discovery, catalog).flatMap(({ stated, status }) =>
          status === 'known' ? [] : [overrideOf(stated)],
        ),
  )

const overrideOf = ({ prices, ...stated }: ReturnType<typeof compare>[number]['stated']): ModelOverride => ({
  ...stated,
  retired: false,
  ...(prices !== undefined && prices !== 'unknown' && { prices }),
})

export const discoveryNote = (discovery: Discovery, catalog: Pick<Catalog, 'get'>): string => {
  const { title } = discovery
  if (discovery.kind === 'silent')
    return `${title} was asked for its models, and ${discovery.why}: those of the catalogue and the file stand`
  const compared = compare(discovery, catalog)
  const of = (status: string): number => compared.filter((one) => one.status === status).length
  const others = discovery.models.length - compared.length
  return [
    `${title} lists ${compared.length} chat models: ${of('new')} that the catalogue has not`,
    `${of('differs')} of which it says otherwise`,
    ...(others > 0 ? [`${others} of other kinds are left out`] : []),
  ].join(', ')
}
