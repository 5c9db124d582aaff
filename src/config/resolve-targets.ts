/** The targets of each model: one for each key of its vendor, or those that the file lists. */

import { mergePrices } from '../catalog/override.ts'
import type { Model, ModelId } from '../domain/model.ts'
import { Secret } from '../domain/secret.ts'
import type { Target, TargetChoiceName } from '../domain/vendor.ts'
import { didYouMean } from './closest.ts'
import type { Environment } from './environment.ts'
import { type Path, pathText, type ReportFault } from './faults.ts'
import type { TargetEntry } from './reliability-fields.ts'
import type { ModelsFound, WrittenModel } from './resolve-models.ts'
import { attemptLimits } from './resolve-reliability.ts'
import { authWith, expanded, type VendorsFound } from './resolve-vendors.ts'
import type { ReachableVendor } from './resolved.ts'

export type TargetsFound = {
  readonly targets: ReadonlyMap<ModelId, readonly Target[]>
  /** Of models that say how one of their targets is chosen. */
  readonly choices: ReadonlyMap<ModelId, TargetChoiceName>
}

type Context = {
  readonly vendors: VendorsFound
  readonly environment: Environment
  readonly report: ReportFault
  readonly note: (text: string) => void
}

export function resolveTargets(
  { models }: Pick<ModelsFound, 'models'>,
  written: readonly WrittenModel[],
  context: Context,
): TargetsFound {
  const entries = new Map(written.map((one) => [one.entry.id, one]))
  const targets = new Map<ModelId, readonly Target[]>()
  const choices = new Map<ModelId, TargetChoiceName>()
  for (const model of models) {
    const one = entries.get(model.id)
    targets.set(model.id, withIds(model, one ? listed(model, one, context) : null, context))
    if (one?.entry.targetChoice !== undefined) choices.set(model.id, one.entry.targetChoice)
  }
  return { targets, choices }
}

type Nameless = Omit<Target, 'id'> & { readonly name: string | null }

/** A model's only target has the model's name; several are told apart by their own names, or by number. */
function withIds(model: Model, written: readonly Nameless[] | null, context: Context): readonly Target[] {
  const found = written ?? ofVendor(model, context)
  return found.map(({ name, ...target }, index) => ({
    ...target,
    id: found.length === 1 && name === null ? model.id : `${model.id}@${name ?? index + 1}`,
  }))
}

function ofVendor(model: Model, { vendors }: Context): readonly Nameless[] {
  const reached = vendors.reachable.find(({ vendor }) => vendor.name === model.vendor)
  return reached ? keysOf(reached).map((credential) => plainTarget(model, reached, credential)) : []
}

const keysOf = ({ credential, otherCredentials }: ReachableVendor): readonly (Secret | null)[] => [
  credential,
  ...otherCredentials,
]

const plainTarget = (model: Model, reached: ReachableVendor, credential: Secret | null): Nameless => ({
  name: null,
  model,
  vendor: reached.vendor,
  baseUrl: reached.vendor.baseUrl,
  credential,
  headers: reached.headers,
  effort: null,
  weight: 1,
  limits: {},
  maxConcurrent: null,
})

/** `null`: the file lists none. */
function listed(model: Model, { index, entry }: WrittenModel, context: Context): readonly Nameless[] | null {
  if (entry.targets === undefined) return null
  const names = new Set<string>()
  return entry.targets.flatMap((target, place) => {
    const path = ['models', index, 'targets', place]
    if (target.id !== undefined && names.has(target.id))
      context.report([...path, 'id'], `${JSON.stringify(target.id)} is another target's id. Choose another.`)
    if (target.id !== undefined) names.add(target.id)
    return listedTargets(model, target, path, context)
  })
}

/** One for each key; none where the vendor has no key here. */
function listedTargets(model: Model, entry: TargetEntry, path: Path, context: Context): readonly Nameless[] {
  const reached = vendorOf(entry.vendor ?? model.vendor, entry, path, context)
  if (reached === null) return []
  const { environment, report } = context
  const { baseUrl } = reached.vendor
  const keys = keysOf(reached)
  return keys.map((credential, index) => ({
    ...plainTarget(model, reached, credential),
    name: entry.id === undefined ? null : keys.length === 1 ? entry.id : `${entry.id}-${index + 1}`,
    model: {
      ...model,
      vendorName: entry.vendorName ?? model.vendorName,
      prices: entry.prices ? mergePrices(model.prices, entry.prices) : model.prices,
    },
    baseUrl:
      entry.baseUrl === undefined
        ? baseUrl
        : expanded(entry.baseUrl, [...path, 'baseUrl'], environment, report).replace(/\/+$/, ''),
    effort: entry.effort ?? null,
    weight: entry.weight,
    limits: attemptLimits({ timeouts: entry.timeouts }),
    maxConcurrent: entry.maxConcurrent ?? null,
  }))
}

/** The vendor of a target, with the target's own key where it has one. */
function vendorOf(
  name: string,
  { apiKey }: TargetEntry,
  path: Path,
  { vendors, environment, report, note }: Context,
): ReachableVendor | null {
  const reached = vendors.reachable.find(({ vendor }) => vendor.name === name)
  const unreached = vendors.unreachable.find(({ vendor }) => vendor.name === name)
  const vendor = reached?.vendor ?? unreached?.vendor
  if (vendor === undefined) {
    const names = [...vendors.reachable, ...vendors.unreachable].map((one) => one.vendor.name)
    const remedy = didYouMean(name, names, 'Add it under vendors, with its baseUrl.')
    report([...path, 'vendor'], `${JSON.stringify(name)} is not a known vendor. ${remedy}`)
    return null
  }
  if (apiKey !== undefined) {
    const key = expanded(apiKey, [...path, 'apiKey'], environment, report)
    return {
      vendor: { ...vendor, auth: authWith(vendor, key) },
      credential: new Secret(key),
      otherCredentials: [],
      headers: reached?.headers ?? {},
      source: 'config',
    }
  }
  if (reached === undefined) note(`${pathText(path)} is left out. ${unreached!.remedy}`)
  return reached ?? null
}
