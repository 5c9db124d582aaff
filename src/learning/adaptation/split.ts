import { seededDraw, shuffle } from '../../domain/random.ts'
import type { Example } from './example.ts'

/** What variants are searched on, what the best of them is chosen by, and what is looked at once, at the end. */
export type Parts = {
  readonly search: readonly Example[]
  readonly selection: readonly Example[]
  readonly heldOut: readonly Example[]
}

/** With fewer, no difference but a huge one could be told from luck. */
export const leastExamples = 40

const heldOutShare = 0.25
const selectionShare = 0.15

/** By the seed and the number of examples alone. @throws RangeError below `leastExamples` */
export function splitExamples(examples: readonly Example[], seed: string): Parts {
  if (examples.length < leastExamples)
    throw new RangeError(`${examples.length} examples are too few: ${leastExamples} are needed`)
  const order = shuffle(seededDraw(`${seed} split`), examples)
  const heldOut = Math.ceil(order.length * heldOutShare)
  const selection = Math.ceil(order.length * selectionShare)
  return {
    heldOut: order.slice(0, heldOut),
    selection: order.slice(heldOut, heldOut + selection),
    search: order.slice(heldOut + selection),
  }
}
