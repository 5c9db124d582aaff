/** Longer names than any model has are compared by their beginning, so that a lookup's work stays bounded. */
const longestName = 128
const mostSuggestions = 3

export type NameOf<T> = { readonly text: string; readonly of: T }

/**
 * The things whose names are nearest to what was written, nearest first, at most three. A name is near when at
 * most a quarter of what was written, and at most four characters, must change.
 */
export function closestNames<T>(written: string, names: readonly NameOf<T>[]): readonly T[] {
  const start = written.slice(0, longestName)
  const limit = Math.min(4, Math.max(1, Math.floor(start.length / 4)))
  const distances = new Map<T, number>()
  for (const { text, of } of names) {
    const distance = boundedDistance(start, text.slice(0, longestName), limit)
    if (distance <= limit && distance < (distances.get(of) ?? Number.POSITIVE_INFINITY))
      distances.set(of, distance)
  }
  return [...distances]
    .sort(([, a], [, b]) => a - b)
    .slice(0, mostSuggestions)
    .map(([of]) => of)
}

/** Levenshtein's edit distance, or infinity as soon as it must exceed `limit`. */
export function boundedDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return Number.POSITIVE_INFINITY
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replaced = previous[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1))
    }
    if (Math.min(...current) > limit) return Number.POSITIVE_INFINITY
    previous = current
  }
  const distance = previous[to.length]!
  return distance <= limit ? distance : Number.POSITIVE_INFINITY
}
