/** A source of numbers in [0, 1). Seeded, so that a decision can be run again. */
export type Draw = () => number

/** 32-bit FNV-1a hash of a string, well mixed by a final avalanche (murmur3's). */
export function hash32(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return mix32(hash)
}

/** murmur3's 32-bit finaliser: every input bit changes about half of the output bits. */
export function mix32(value: number): number {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** sfc32 (Doty-Humphrey, PractRand): a small, fast generator with a 128-bit state; seeded from a string. */
export function seededDraw(seed: string): Draw {
  let a = hash32(seed, 1)
  let b = hash32(seed, 2)
  let c = hash32(seed, 3)
  let counter = 1
  const next = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 4294967296
  }
  for (let warmUp = 0; warmUp < 12; warmUp++) next()
  return next
}

/** A standard normal deviate (Box-Muller). */
export function normal(draw: Draw): number {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw())
}

/** A whole number in [low, high], both ends included. */
export const integerBetween = (draw: Draw, low: number, high: number): number =>
  low + Math.floor(draw() * (high - low + 1))

export const pick = <T>(draw: Draw, list: readonly T[]): T => list[Math.floor(draw() * list.length)]!

/** Fisher-Yates; returns a new list. */
export function shuffle<T>(draw: Draw, list: readonly T[]): T[] {
  const copy = [...list]
  for (let index = copy.length - 1; index > 0; index--) {
    const other = integerBetween(draw, 0, index)
    ;[copy[index], copy[other]] = [copy[other]!, copy[index]!]
  }
  return copy
}
