/** Sums where Redis adds them up, and here until it can. */

import { createSumBook, type SumBook, type Sums } from '../sum-book.ts'
import { lost, type Reach } from './reach.ts'
import type { Remote } from './remote.ts'

export type SharedSums = {
  readonly add: (key: string, sums: Sums) => Promise<void>
  readonly read: (key: string) => Promise<Sums>
  readonly replace: (key: string, sums: Sums) => Promise<void>
  /** Tells what Redis does not know yet. Rejects where it fails; what may have been told is told again under the same id. */
  readonly flush: () => Promise<void>
  /** Gives Redis what it has lost, where nobody else has. Rejects where it fails. */
  readonly restore: () => Promise<void>
}

/** Additions whose answers were lost; beyond it the oldest are given up. */
const mostInDoubt = 256

type Addition = { readonly id: string; readonly key: string; readonly sums: Sums }

export function createSharedSums(
  remote: Remote,
  reach: Reach,
  newId: () => string,
  mostNumbers: number,
): SharedSums {
  /** As Redis has last told, and what was added here since. */
  const known = createSumBook(mostNumbers)
  const untold = createSumBook(mostNumbers)
  /** Keys of which all is known, not this process's share alone. */
  const whole = new Set<string>()
  const replaced = new Set<string>()
  let inDoubt: Addition[] = []

  const doubt = (addition: Addition): void => {
    inDoubt.push(addition)
    if (inDoubt.length > mostInDoubt) inDoubt.shift()
  }
  const takeUntold = (key: string) => {
    const taken = { sums: untold.read(key), inDoubt: inDoubt.filter((one) => one.key === key) }
    untold.remove(key)
    inDoubt = inDoubt.filter((one) => one.key !== key)
    return taken
  }
  const putBack = (key: string, taken: ReturnType<typeof takeUntold>): void => {
    untold.add(key, taken.sums)
    inDoubt = [...taken.inDoubt, ...inDoubt]
  }

  return {
    add: async (key, sums) => {
      known.add(key, sums)
      if (reach.mode() === 'local') return untold.add(key, sums)
      const addition = { id: newId(), key, sums }
      if ((await reach.ask(() => remote.addSums(addition.id, key, sums))) === lost) doubt(addition)
    },
    read: async (key) => {
      const sums = await reach.ask(() => remote.readSums(key))
      if (sums === lost) return known.read(key)
      known.replace(key, sums)
      whole.add(key)
      return sums
    },
    replace: async (key, sums) => {
      known.replace(key, sums)
      whole.add(key)
      takeUntold(key)
      if ((await reach.ask(() => remote.replaceSums(key, sums, 'always'))) === lost) replaced.add(key)
    },
    flush: async () => {
      for (const key of replaced) {
        // What was added after it stands in it.
        takeUntold(key)
        replaced.delete(key)
        try {
          await remote.replaceSums(key, known.read(key), 'always')
        } catch (error) {
          replaced.add(key)
          throw error
        }
      }
      for (const key of untold.keys()) doubt({ id: newId(), key, sums: untold.read(key) })
      for (const key of [...untold.keys()]) untold.remove(key)
      for (;;) {
        const next = inDoubt[0]
        if (!next) return
        await remote.addSums(next.id, next.key, next.sums)
        inDoubt = inDoubt.filter((one) => one !== next)
      }
    },
    restore: async () => {
      for (const key of keysOf(known, whole)) {
        // It stands in what is given back; what is added while that is under way does not.
        const taken = takeUntold(key)
        let given = false
        try {
          given = await remote.replaceSums(key, known.read(key), 'absent')
        } finally {
          if (!given) putBack(key, taken)
        }
      }
    },
  }
}

function keysOf(known: SumBook, whole: Set<string>): readonly string[] {
  const kept = new Set(known.keys())
  for (const key of whole) if (!kept.has(key)) whole.delete(key)
  return [...whole]
}
