import type { Model, ModelId } from '../domain/model.ts'
import type { Policy } from '../domain/policy.ts'
import type { Target, Vendor } from '../domain/vendor.ts'

/** Where attempts go, for those who watch. */
export type KnownTarget = {
  readonly id: string
  readonly vendor: string
  /** The model's name at the vendor, as it goes on the wire. */
  readonly model?: string
  /** The vendor's name in OpenTelemetry's list of providers; the vendor's own where the list has none. */
  readonly provider: string
  /** `null`: reached through a library or not at all. */
  readonly address: { readonly host: string; readonly port: number } | null
}

/** What a configuration names. Labels of metrics come from here: what a client makes up never becomes one. */
export type Known = {
  readonly policies: readonly string[]
  /** Those of them that choose among several models by what they expect of them. */
  readonly routing: readonly string[]
  readonly models: readonly string[]
  readonly targets: readonly KnownTarget[]
}

/** What the parts of a configuration name. `providerOf`: a vendor's name in OpenTelemetry's list of providers. */
export const knownOf = (
  {
    policies,
    models,
    targets,
  }: {
    readonly policies: readonly Policy[]
    readonly models: readonly Model[]
    readonly targets: ReadonlyMap<ModelId, readonly Target[]>
  },
  providerOf: (vendor: Vendor) => string = ({ name }) => name,
): Known => ({
  policies: policies.map(({ name }) => name),
  routing: policies
    .filter(({ needs, pool }) => needs.quality && (pool === 'all' ? models.length : pool.length) > 1)
    .map(({ name }) => name),
  models: models.map(({ id }) => id),
  targets: [...targets.values()].flat().map(({ id, vendor, model, baseUrl }) => ({
    id,
    vendor: vendor.name,
    model: model.vendorName,
    provider: providerOf(vendor),
    address: vendor.library === undefined ? addressOf(baseUrl) : null,
  })),
})

function addressOf(url: string): KnownTarget['address'] {
  if (!URL.canParse(url)) return null
  const { hostname, port, protocol } = new URL(url)
  if (hostname === '') return null
  return { host: hostname, port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port) }
}

/** The value of a label that is not on a list, or for which there is no room. */
export const other = 'other'

export type BoundedLabel = {
  readonly of: (value: string | null | undefined) => string
  /** Adds names that may be labels from now on; those before stay, since their series do. */
  readonly allow: (values: readonly string[]) => void
}

/**
 * Names from a list, and `other` for everything else. `learns`: how many names beside the list may become labels, first come
 * first served, for what administrators name (teams, tools) and clients can't.
 */
export function boundedLabel(values: readonly string[], learns = 0): BoundedLabel {
  const allowed = new Set(values)
  let left = learns
  return {
    of: (value) => {
      if (value === null || value === undefined) return 'none'
      if (allowed.has(value)) return value
      if (left <= 0) return other
      left -= 1
      allowed.add(value)
      return value
    },
    allow: (more) => {
      for (const value of more) allowed.add(value)
    },
  }
}
