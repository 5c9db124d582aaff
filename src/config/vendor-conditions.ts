import type { VendorConditions } from '../domain/routing-options.ts'
import { didYouMean } from './closest.ts'
import type { Path } from './faults.ts'
import type { KnownModels } from './resolve-fallbacks.ts'
import type { PolicyFields } from './schema.ts'

/** Which vendors may serve a policy; `null`: any. A name of none is a fault: a slip would let everybody serve, or nobody. */
export function conditionsOf(
  { vendors, dataPolicy, region }: Pick<PolicyFields, 'vendors' | 'dataPolicy' | 'region'>,
  path: Path,
  { vendors: { reachable, unreachable }, report }: KnownModels,
): VendorConditions | null {
  if (vendors === undefined && dataPolicy === undefined && region === undefined) return null
  const known = [...reachable, ...unreachable].map(({ vendor }) => vendor.name)
  for (const list of ['only', 'ignore'] as const)
    for (const [index, name] of (vendors?.[list] ?? []).entries())
      if (!known.includes(name))
        report(
          [...path, 'vendors', list, index],
          `${JSON.stringify(name)} is not a known vendor. ${didYouMean(name, known, 'Add it under vendors, with its baseUrl.')}`,
        )
  const regions = region === undefined ? null : [region].flat().map((name) => name.toLowerCase())
  const folded = (names: readonly string[]) => names.map((name) => name.toLowerCase())
  return {
    only: vendors?.only ? folded(vendors.only) : null,
    ignore: folded(vendors?.ignore ?? []),
    data: dataPolicy ?? 'any',
    regions,
  }
}
