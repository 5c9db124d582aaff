/** Two or more policies for the requests of one, drawn at random: words that configuration, gateway and statistics share. */

import type { Decision } from './decision.ts'

export const experimentUnits = ['session', 'user', 'key', 'request'] as const

/** Who takes part; all that is said must hold. `null`: anybody. */
export type Cohort = {
  readonly tags: readonly string[] | null
  readonly users: readonly string[] | null
  readonly keys: readonly string[] | null
  readonly teams: readonly string[] | null
}

export const everybody: Cohort = { tags: null, users: null, keys: null, teams: null }

export type ExperimentDefinition = {
  readonly id: string
  /** The policy whose requests take part: what clients ask for. */
  readonly policy: string
  /** The policy that its requests go to otherwise: mostly itself. */
  readonly control: string
  /** Shares are of the units that take part; what is left goes to the control. */
  readonly arms: readonly { readonly policy: string; readonly share: number }[]
  /** What stays with one arm. */
  readonly by: (typeof experimentUnits)[number]
  readonly cohort: Cohort
  /** `fixed`: shares as they stand, or as the ramp has them; `adaptive`: by what has been seen (track-and-stop). */
  readonly allocation: 'fixed' | 'adaptive'
  /** Shares of all arms together, one step after the other; empty: no ramp. */
  readonly ramp: readonly number[]
  /** Units of each arm before the next step. */
  readonly unitsPerStep: number
  /** Quality (0 to 1) that may be lost and still counts as no loss. */
  readonly qualityMargin: number
  /** The chance that any verdict is false, over all looks. */
  readonly alpha: number
  readonly guardrails: Guardrails
  /** Verdicts are carried out; else they are only told. */
  readonly automatic: boolean
}

/** How much worse an arm may get before it is rolled back, whatever else it does; `null`: nobody looks. */
export type Guardrails = {
  /** Share of requests that fail, beyond the control's. */
  readonly failures: number | null
  /** Milliseconds beyond the control's. */
  readonly latencyMs: number | null
}

/** How the experiments of what is done beside the served path are named: their decisions are those of judges and shadows. */
export const asidePrefixes = { judge: 'judge ', shadow: 'shadow ' } as const

/** No client asked for it: it counts in the ledger, and nowhere where served traffic is counted, judged or learnt from. */
export const isAside = ({ experiment }: Pick<Decision, 'experiment'>): boolean =>
  experiment !== undefined &&
  (experiment.id.startsWith(asidePrefixes.judge) || experiment.id.startsWith(asidePrefixes.shadow))

/** A share of a policy's requests that one model answers, so that what routing saves can be measured. */
export type HoldOut = { readonly share: number; readonly model: string }
