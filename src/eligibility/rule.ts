import type { Candidate } from '../domain/candidate.ts'
import type { Model, ModelId } from '../domain/model.ts'
import type { Request } from '../domain/request.ts'
import type { VendorConditions } from '../domain/routing-options.ts'
import type { Signals } from '../domain/signals.ts'
import type { Vendor } from '../domain/vendor.ts'

/** What rules may look at. */
export type Circumstances = {
  readonly request: Request
  readonly signals: Signals
  /** The strategy compares costs. */
  readonly needsCost: boolean
  readonly maxCostUsd: number | null
  /** What of the request a model's vendor could not be told, though the answer hangs on it; `null`: nothing. */
  readonly lossOf?: ((model: ModelId) => string | null) | undefined
  /** Which vendors may serve: what the policy says, and what the request does. All must hold. */
  readonly conditions?: readonly VendorConditions[]
  /** Those that serve a model: any of them may be asked. */
  readonly vendorsOf?: (model: ModelId) => readonly Vendor[]
  /** Models that the key and its groups may use, each list by id or `vendor/*`: all of them must hold. */
  readonly allowedModels?: readonly (readonly string[] | null)[]
  /** What limits leave for the request, dollars and tokens; absent: nothing limits it. */
  readonly means?: { readonly leftUsd: number; readonly leftTokens: number }
  /** A model's window as it has shown to be; absent: as the catalogue has it. */
  readonly windowOf?: (model: Model) => number
}

/** A hard constraint: no score overrides it. `refuse` says why a candidate may not serve, or null. */
export type Rule = {
  readonly name: string
  readonly refuse: (candidate: Candidate, circumstances: Circumstances) => string | null
}

/** The first reason that a condition finds against one of a model's vendors. */
export function vendorRefusal(
  { id }: Candidate,
  { conditions = [], vendorsOf }: Circumstances,
  reason: (vendor: Vendor, condition: VendorConditions) => string | null,
): string | null {
  if (conditions.length === 0 || vendorsOf === undefined) return null
  for (const vendor of vendorsOf(id))
    for (const condition of conditions) {
      const found = reason(vendor, condition)
      if (found !== null) return found
    }
  return null
}
