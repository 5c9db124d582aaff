import type { Draw } from '../../../domain/random.ts'
import type { Target, TargetChoiceName } from '../../../domain/vendor.ts'
import type { TargetHealth } from '../../health/health.ts'

/** A target with what is known of it. */
export type KnownTarget = { readonly target: Target; readonly health: TargetHealth }

/** `turn` counts the choices that were made for the model. */
export type Choosing = {
  readonly turn: number
  readonly stream: boolean
  readonly draw: Draw
  readonly now: number
}

/** Chooses one of a model's targets. */
export type TargetChoice = {
  readonly name: TargetChoiceName
  readonly summary: string
  /** The index of the one to ask. All of `ready` may be asked; there are at least two. */
  readonly choose: (ready: readonly KnownTarget[], choosing: Choosing) => number
}

/** The index with the smallest number; of equal ones, each in its turn. */
export function smallest(
  ready: readonly KnownTarget[],
  { turn }: Choosing,
  number: (known: KnownTarget) => number,
): number {
  let best = turn % ready.length
  let least = number(ready[best]!)
  for (let step = 1; step < ready.length; step++) {
    const index = (turn + step) % ready.length
    const other = number(ready[index]!)
    if (other >= least) continue
    best = index
    least = other
  }
  return best
}
