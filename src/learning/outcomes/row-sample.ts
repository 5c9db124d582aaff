/** Which rows of a file are kept where it has more than are wanted. */

import { hash32 } from '../../domain/random.ts'

export type RowSample = { readonly most: number; readonly seed: string }

export type Kept<Row> = {
  readonly add: (row: Row) => void
  /** Rows that were added, kept or not. */
  readonly found: () => number
  /** In the order in which they were added. */
  readonly rows: () => readonly Row[]
}

/** Places are settled once there are twice as many rows as are wanted, so that a row costs little wherever it stands. */
const slack = 2

/**
 * The rows whose ids have the lowest hashes under the seed: a simple random sample without replacement, as far as the hash is
 * uniform. Which rows it is does not hang on their order, and the memory it takes not on how many there are.
 */
export function keeping<Row extends { readonly id: string }>(sample: RowSample | null): Kept<Row> {
  let kept: { readonly row: Row; readonly at: number; readonly place: number }[] = []
  let found = 0
  const prune = (most: number): void => {
    if (kept.length <= most) return
    kept.sort((a, b) => a.place - b.place || a.at - b.at)
    kept = kept.slice(0, most).sort((a, b) => a.at - b.at)
  }
  return {
    add: (row) => {
      kept.push({ row, at: found++, place: sample === null ? 0 : hash32(`${sample.seed} ${row.id}`) })
      if (sample !== null && kept.length >= slack * sample.most) prune(sample.most)
    },
    found: () => found,
    rows: () => {
      if (sample !== null) prune(sample.most)
      return kept.map(({ row }) => row)
    },
  }
}
