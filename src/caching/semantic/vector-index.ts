/** The prompts of one partition by their vectors: all are compared with, in one pass over one block of memory. */

export type VectorIndex<Item> = {
  /** The nearest that are at least so similar (cosine, of vectors of unit length), nearest first. */
  readonly nearest: (vector: Float32Array, similarity: number, most: number) => readonly Near<Item>[]
  /** In place of what was used longest ago, where it is full. */
  readonly add: (vector: Float32Array, item: Item) => void
  readonly remove: (near: Near<Item>) => void
  /** It was used now. */
  readonly touch: (near: Near<Item>) => void
  readonly size: () => number
  readonly bytes: () => number
}

export type Near<Item> = { readonly place: number; readonly item: Item; readonly similarity: number }

const firstPlaces = 16

/** Nothing is known of what an item holds but its size. Vectors of other than `dims` numbers are none of this index. */
export function createVectorIndex<Item>(
  dims: number,
  maxEntries: number,
  bytesOf: (item: Item) => number,
): VectorIndex<Item> {
  let vectors = new Float32Array(Math.min(firstPlaces, maxEntries) * dims)
  const items: Item[] = []
  const usedAt: number[] = []
  let uses = 0
  let itemBytes = 0

  const placeForOne = (): number => {
    if (items.length < maxEntries) {
      if ((items.length + 1) * dims > vectors.length) {
        const larger = new Float32Array(Math.min(2 * items.length, maxEntries) * dims)
        larger.set(vectors)
        vectors = larger
      }
      return items.length
    }
    let oldest = 0
    for (let place = 1; place < usedAt.length; place++) if (usedAt[place]! < usedAt[oldest]!) oldest = place
    itemBytes -= bytesOf(items[oldest]!)
    return oldest
  }

  return {
    size: () => items.length,
    bytes: () => vectors.byteLength + itemBytes,
    nearest: (vector, similarity, most) => {
      const found: Near<Item>[] = []
      for (let place = 0; place < items.length; place++) {
        const cosine = dot(vectors, place * dims, vector, dims)
        if (cosine < similarity) continue
        if (found.length === most && cosine <= found[most - 1]!.similarity) continue
        let at = found.length
        while (at > 0 && found[at - 1]!.similarity < cosine) at--
        found.splice(at, 0, { place, item: items[place]!, similarity: cosine })
        if (found.length > most) found.pop()
      }
      return found
    },
    add: (vector, item) => {
      const place = placeForOne()
      vectors.set(vector, place * dims)
      items[place] = item
      usedAt[place] = ++uses
      itemBytes += bytesOf(item)
    },
    // The last one moves to the free place, so that there are no holes.
    remove: ({ place, item }) => {
      if (items[place] !== item) return
      const last = items.length - 1
      itemBytes -= bytesOf(item)
      vectors.copyWithin(place * dims, last * dims, (last + 1) * dims)
      items[place] = items[last]!
      usedAt[place] = usedAt[last]!
      items.length = last
      usedAt.length = last
    },
    touch: ({ place, item }) => {
      if (items[place] === item) usedAt[place] = ++uses
    },
  }
}

/** Four sums at once, which do not wait for one another. */
function dot(block: Float32Array, from: number, vector: Float32Array, dims: number): number {
  let one = 0
  let two = 0
  let three = 0
  let four = 0
  let index = 0
  for (; index + 3 < dims; index += 4) {
    one += block[from + index]! * vector[index]!
    two += block[from + index + 1]! * vector[index + 1]!
    three += block[from + index + 2]! * vector[index + 2]!
    four += block[from + index + 3]! * vector[index + 3]!
  }
  for (; index < dims; index++) one += block[from + index]! * vector[index]!
  return one + two + three + four
}
