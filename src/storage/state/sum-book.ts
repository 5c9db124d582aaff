/** Vectors of sums, in this process's memory. */

import { LRUCache } from 'lru-cache'

export type Sums = Readonly<Record<string, readonly number[]>>

export type SumBook = {
  readonly add: (key: string, sums: Sums) => void
  readonly read: (key: string) => Sums
  readonly replace: (key: string, sums: Sums) => void
  readonly remove: (key: string) => void
  readonly keys: () => Iterable<string>
}

/** `mostNumbers` over all keys; beyond it the key that was not used for longest is forgotten. */
export function createSumBook(mostNumbers: number): SumBook {
  const kept = new LRUCache<string, Map<string, readonly number[]>>({
    maxSize: mostNumbers,
    sizeCalculation: numbersIn,
  })
  const put = (key: string, fields: Map<string, readonly number[]>): void => {
    kept.delete(key)
    kept.set(key, fields)
  }
  return {
    add: (key, sums) => {
      const fields = kept.get(key) ?? new Map<string, readonly number[]>()
      for (const [field, more] of Object.entries(sums)) {
        const before = fields.get(field)
        fields.set(
          field,
          before?.length === more.length ? before.map((sum, index) => sum + more[index]!) : [...more],
        )
      }
      put(key, fields)
    },
    read: (key) => Object.fromEntries(kept.get(key) ?? []),
    replace: (key, sums) =>
      put(key, new Map(Object.entries(sums).map(([field, numbers]) => [field, [...numbers]]))),
    remove: (key) => {
      kept.delete(key)
    },
    keys: () => kept.keys(),
  }
}

function numbersIn(fields: ReadonlyMap<string, readonly number[]>): number {
  let numbers = 1
  for (const vector of fields.values()) numbers += vector.length
  return numbers
}
