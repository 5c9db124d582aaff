/** One claim of coverage: a way to make data whose truth is known, and whether the interval held it. */
export type CoverageCase = {
  readonly group: 'sequences' | 'experiments' | 'off-policy'
  /** What makes the interval. */
  readonly method: string
  /** What the outcomes are like. */
  readonly outcomes: string
  readonly size: string
  /** At every value, or once at the end. */
  readonly looks: 'every value' | 'daily' | 'once'
  readonly run: (seed: string) => CoverageResult
}

/** `withheld`: no interval was given at any look. */
export type CoverageResult = 'covered' | 'missed' | 'withheld'

/** Watched: one interval beside the truth is a miss, whatever came after it. */
export function watch(
  readings: Iterable<{ low: number; high: number } | null>,
  truth: number,
): CoverageResult {
  let given = false
  for (const reading of readings) {
    if (reading === null) continue
    given = true
    if (truth < reading.low || truth > reading.high) return 'missed'
  }
  return given ? 'covered' : 'withheld'
}
