import type { Candidate } from '../domain/candidate.ts'
import type { Model, ModelId } from '../domain/model.ts'
import type { Request } from '../domain/request.ts'
import type { Signals } from '../domain/signals.ts'

/** What rules may look at. */
export type Circumstances = {
  readonly request: Request
  readonly signals: Signals
  /** The strategy compares costs. */
  readonly needsCost: boolean
  readonly maxCostUsd: number | null
  /** What of the request a model's vendor could not be told, though the answer hangs on it; `null`: nothing. */
  readonly lossOf?: ((model: ModelId) => string | null) | undefined
  /** A model's window as it has shown to be; absent: as the catalogue has it. */
  readonly windowOf?: (model: Model) => number
}

/** A hard constraint: no score overrides it. `refuse` says why a candidate may not serve, or null. */
export type Rule = {
  readonly name: string
  readonly refuse: (candidate: Candidate, circumstances: Circumstances) => string | null
}
