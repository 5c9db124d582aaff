/**
 * The rising sequence nearest to `values` in squares: neighbours out of order are pooled to their mean (pool adjacent
 * violators: Ayer et al. 1955).
 */
export function rising(values: readonly number[]): number[] {
  const pools: { sum: number; size: number }[] = []
  for (const value of values) {
    pools.push({ sum: value, size: 1 })
    for (;;) {
      const last = pools.at(-1)!
      const before = pools.at(-2)
      if (!before || before.sum / before.size <= last.sum / last.size) break
      pools.pop()
      before.sum += last.sum
      before.size += last.size
    }
  }
  return pools.flatMap(({ sum, size }) => new Array<number>(size).fill(sum / size))
}
