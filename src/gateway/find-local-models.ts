import type { LocalModel } from '../config/surroundings.ts'
import type { Vendor } from '../domain/vendor.ts'
import { discover } from '../providers/discovery/discover.ts'
import { listModels } from '../providers/list-models.ts'

/** A server that has listed its models may take this long to describe them. */
const patienceMs = 1_500

/** Asks the local servers whose ports are their own which models they have. */
export async function findLocalModels(vendors: readonly Vendor[]): Promise<readonly LocalModel[]> {
  const found = await Promise.all(vendors.filter(({ ownPort }) => ownPort).map(modelsOf))
  return found.flat()
}

/** Names first, since a port where nobody answers must not hold up the start; then what the server says of them. */
async function modelsOf(vendor: Vendor): Promise<readonly LocalModel[]> {
  const names = await listModels(vendor)
  if (names.length === 0) return []
  const discovery = await discover({ vendor, credential: null, headers: {} }, patienceMs)
  if (discovery.kind === 'silent') return names.map((name) => ({ vendor: vendor.name, name }))
  return discovery.models
    .filter(({ kind }) => kind === 'chat')
    .map(({ name, contextWindow, capabilities }) => ({
      vendor: vendor.name,
      name,
      ...(contextWindow !== null && { contextWindow }),
      ...(capabilities !== null && { capabilities }),
    }))
}
