import type { TargetChoiceName } from '../../../domain/vendor.ts'
import { cheapest } from './cheapest.ts'
import { headroom } from './headroom.ts'
import { leastBusy } from './least-busy.ts'
import { powerOfTwo } from './power-of-two.ts'
import { roundRobin } from './round-robin.ts'
import type { TargetChoice } from './target-choice.ts'
import { weighted } from './weighted.ts'

/** The ways to choose among a model's targets; the first holds where nothing is said. */
export const targetChoices = [powerOfTwo, weighted, roundRobin, leastBusy, cheapest, headroom] as const

const byName: Readonly<Record<TargetChoiceName, TargetChoice>> = {
  'power-of-two': powerOfTwo,
  weighted,
  'round-robin': roundRobin,
  'least-busy': leastBusy,
  cheapest,
  headroom,
}

/** `null`: nothing is said. */
export const targetChoice = (name: TargetChoiceName | null): TargetChoice =>
  name === null ? powerOfTwo : byName[name]
