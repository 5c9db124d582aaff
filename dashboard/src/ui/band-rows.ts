/** Curves with bands, as rows for a plot. Pure. */

export type BandRow = {
  readonly at: Date
  /** Whose curve it is. */
  readonly name: string
  readonly estimate: number
  /** `null`: the curve has no band. */
  readonly low: number | null
  readonly high: number | null
}

/** A level that is drawn across, and what it means. */
export type BandRule = { readonly value: number; readonly words: string }

/** A moment that is drawn upright, and what happened then. */
export type BandMark = { readonly at: Date; readonly words: string }

/** The newest of each curve. */
export const latestOfEach = (rows: readonly BandRow[]): readonly BandRow[] => [
  ...new Map(rows.map((row) => [row.name, row])).values(),
]

/** From the first to the last of all times; a single moment gets some time about it, or there is no scale. */
export function spanOf(times: readonly Date[]): readonly [Date, Date] {
  const moments = times.map((at) => at.getTime())
  const [first, last] = [Math.min(...moments), Math.max(...moments)]
  const room = first === last ? 60_000 : 0
  return [new Date(first - room), new Date(last + room)]
}

/** In the viewer's zone and way of writing: days over days, seconds over minutes. */
export function tickOf([from, to]: readonly [Date, Date]): (at: Date) => string {
  const minutes = (to.getTime() - from.getTime()) / 60_000
  const shown: Intl.DateTimeFormatOptions =
    minutes > 3 * 1_440
      ? { month: 'short', day: 'numeric' }
      : { hour: '2-digit', minute: '2-digit', ...(minutes < 15 && { second: '2-digit' }) }
  return (at) => at.toLocaleString(undefined, shown)
}

/** `frugal: 1.2 points (0.4 to 2.0)` */
export function sentenceOf(
  { name, estimate, low, high }: BandRow,
  say: (value: number) => string,
  bare: (value: number) => string,
): string {
  const range = low === null || high === null ? '' : ` (${bare(low)} to ${bare(high)})`
  return `${name}: ${say(estimate)}${range}`
}
