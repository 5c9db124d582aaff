import type { Candidate } from '../domain/candidate.ts'
import type { Request } from '../domain/request.ts'
import type { Signals } from '../domain/signals.ts'

/** What rules may look at. */
export type Circumstances = {
  readonly request: Request
  readonly signals: Signals
  /** The strategy compares costs. */
  readonly needsCost: boolean
  readonly maxCostUsd: number | null
}

/** A hard constraint: no score overrides it. `refuse` says why a candidate may not serve, or null. */
export type Rule = {
  readonly name: string
  readonly refuse: (candidate: Candidate, circumstances: Circumstances) => string | null
}
