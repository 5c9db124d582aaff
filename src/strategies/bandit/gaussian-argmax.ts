import { normalShare } from '../answers/normal.ts'

export type Gaussian = { readonly mean: number; readonly deviation: number }

/** Cells of the integral, across the range of all that could win. */
const cells = 96
const reach = 4.5

/**
 * How likely each of several independent normal values is the largest:
 *
 *     P(a) = integral of phi_a(v) prod_{b != a} Phi_b(v) dv = sum over cells of (Phi_a(high) - Phi_a(low)) prod_{b != a} Phi_b(middle)
 *
 * normalised. This is what one draw from each and an argmax would give (Thompson sampling), with no draws and so without their
 * noise: the shares that come out are the chances with which a choice is made. A deviation of 0 is a value that is certain.
 */
export function argmaxChances(values: readonly Gaussian[]): Float64Array {
  const chances = new Float64Array(values.length)
  // Nothing below the best value's own low end can be the largest.
  const low = Math.max(...values.map(({ mean, deviation }) => mean - reach * deviation))
  const high = Math.max(...values.map(({ mean, deviation }) => mean + reach * deviation))
  if (!(high > low)) return certain(values, chances)
  const places = values.flatMap(({ mean, deviation }, place) =>
    mean + reach * deviation >= low ? [place] : [],
  )
  const masses = integrated(
    places.map((place) => values[place]!),
    low,
    (high - low) / cells,
  )
  const total = masses.reduce((sum, mass) => sum + mass, 0)
  if (!(total > 0)) return certain(values, chances)
  places.forEach((place, at) => {
    chances[place] = masses[at]! / total
  })
  return chances
}

function integrated(values: readonly Gaussian[], low: number, step: number): Float64Array {
  const masses = new Float64Array(values.length)
  let below = values.map((value) => shareBelow(value, low))
  for (let cell = 0; cell < cells; cell++) {
    const end = cell === cells - 1 ? Infinity : low + (cell + 1) * step
    const above = values.map((value) => shareBelow(value, end))
    const middle = values.map((value) => shareBelow(value, low + (cell + 0.5) * step))
    addCell(masses, below, above, middle)
    below = above
  }
  return masses
}

function addCell(
  chances: Float64Array,
  below: readonly number[],
  above: readonly number[],
  middle: readonly number[],
): void {
  const zeros = middle.filter((share) => share === 0).length
  // Two that are surely above the cell: nobody has their largest value in it.
  if (zeros > 1) return
  const product = middle.reduce((all, share) => (share === 0 ? all : all * share), 1)
  for (let place = 0; place < chances.length; place++) {
    const inCell = above[place]! - below[place]!
    if (inCell <= 0) continue
    const own = middle[place]!
    if (own === 0) chances[place]! += inCell * product
    else if (zeros === 0) chances[place]! += (inCell * product) / own
  }
}

function shareBelow({ mean, deviation }: Gaussian, value: number): number {
  if (deviation > 0) return tabled((value - mean) / deviation)
  return value > mean ? 1 : 0
}

/** The normal distribution between -range and range, straight between entries: off by 3e-6 at most, and much faster than to compute it. */
const range = 6
const entries = 1200
const shares = Float64Array.from({ length: entries + 1 }, (_, entry) =>
  normalShare(((2 * entry) / entries - 1) * range),
)

function tabled(deviations: number): number {
  const place = ((deviations + range) * entries) / (2 * range)
  if (!(place > 0)) return 0
  if (place >= entries) return 1
  const entry = Math.floor(place)
  return shares[entry]! + (place - entry) * (shares[entry + 1]! - shares[entry]!)
}

/** The first of the largest. */
function certain(values: readonly Gaussian[], chances: Float64Array): Float64Array {
  let best = 0
  values.forEach(({ mean }, place) => {
    if (mean > values[best]!.mean) best = place
  })
  return chances.fill(0).fill(1, best, best + 1)
}
