/** What lessons come to beside the sums of their arms: added up like these, under a field that no arm is called by. */

export type Tally = {
  /** Lessons of quality; one that was taken back is none. */
  readonly lessons: number
  /** Sum of the qualities, 0 to 1 each. */
  readonly quality: number
  /** Lessons of dollars. */
  readonly billed: number
  readonly usd: number
}

export const noTally: Tally = { lessons: 0, quality: 0, billed: 0, usd: 0 }

export const addTallies = (one: Tally, other: Tally): Tally => ({
  lessons: one.lessons + other.lessons,
  quality: one.quality + other.quality,
  billed: one.billed + other.billed,
  usd: one.usd + other.usd,
})

export const numbersOf = ({ lessons, quality, billed, usd }: Tally): readonly number[] => [
  lessons,
  quality,
  billed,
  usd,
]

export const tallyIn = (numbers: readonly number[] | undefined): Tally => ({
  lessons: numbers?.[0] ?? 0,
  quality: numbers?.[1] ?? 0,
  billed: numbers?.[2] ?? 0,
  usd: numbers?.[3] ?? 0,
})
