/**
 * Groups ratings into at most `most` tiers of neighbours, so that the sum of squares within tiers is the least there is
 * (RouteLLM, arXiv 2406.18665; the dynamic programme of Fisher 1958). Tier 0 is the lowest. With no more ratings than
 * tiers each stands alone.
 */
export function tiersOf(ratings: ArrayLike<number>, most: number): Uint8Array {
  const size = ratings.length
  const count = Math.min(most, size)
  const order = Array.from({ length: size }, (_, place) => place).sort((a, b) => ratings[a]! - ratings[b]!)
  const within = sumsOfSquares(order.map((place) => ratings[place]!))
  // least[k][end]: of the first `end` ratings in k + 1 tiers; starts[k][end]: where the last of these begins.
  let least = Float64Array.from({ length: size + 1 }, (_, end) => within(0, end))
  const starts: Int32Array[] = [new Int32Array(size + 1)]
  for (let tier = 1; tier < count; tier++) {
    const next = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY)
    const start = new Int32Array(size + 1)
    for (let end = tier + 1; end <= size; end++) {
      for (let from = tier; from < end; from++) {
        const sum = least[from]! + within(from, end)
        if (sum < next[end]!) {
          next[end] = sum
          start[end] = from
        }
      }
    }
    least = next
    starts.push(start)
  }
  const tiers = new Uint8Array(size)
  let end = size
  for (let tier = count - 1; tier >= 0; tier--) {
    const from = starts[tier]![end]!
    for (let place = from; place < end; place++) tiers[order[place]!] = tier
    end = from
  }
  return tiers
}

/** Sum of squares around the mean of the ratings from..end, from running sums. */
function sumsOfSquares(sorted: readonly number[]): (from: number, end: number) => number {
  const sums = [0]
  const squares = [0]
  sorted.forEach((rating, place) => {
    sums.push(sums[place]! + rating)
    squares.push(squares[place]! + rating * rating)
  })
  return (from, end) => {
    const sum = sums[end]! - sums[from]!
    return end === from ? 0 : Math.max(0, squares[end]! - squares[from]! - (sum * sum) / (end - from))
  }
}
