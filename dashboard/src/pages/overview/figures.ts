/** What the overview says, from what the gateway answers. */

import type { Interval, Overview, Saving } from '../../api/types.ts'
import { money, percent } from '../../ui/format.ts'

export const ranges = [
  { value: '1h', label: 'Last hour', every: '5 min' },
  { value: '24h', label: 'Last 24 hours', every: 'hour' },
  { value: '7d', label: 'Last 7 days', every: '6 h' },
  { value: '30d', label: 'Last 30 days', every: 'day' },
] as const

export type Range = (typeof ranges)[number]['value']

export const rangeOf = (text: string | null): Range =>
  ranges.find(({ value }) => value === text)?.value ?? '24h'

export const usdOf = ({ microUsd }: { readonly microUsd: number }): number => microUsd / 1e6

/** Wilson's 95 % interval of a share; `null` of none. */
export function shareOf(some: number, all: number): Interval | null {
  if (all === 0) return null
  const z = 1.96
  const share = some / all
  const middle = (share + z ** 2 / (2 * all)) / (1 + z ** 2 / all)
  const half = (z / (1 + z ** 2 / all)) * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2))
  return { mean: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

/** The share with its sign in words: routing may cost more than it saves, and then that is what is said. */
export function savingWords(saving: Saving | null | undefined): {
  readonly value: string
  readonly range: string
  readonly detail: string
} {
  if (saving == null) return { value: '–', range: '', detail: 'nothing to compare with yet' }
  const { share, usd, baselineUsd, baseline, by } = saving
  const known =
    share.low !== null && share.high !== null && Number.isFinite(share.low) && Number.isFinite(share.high)
  return {
    value: percent(share.mean),
    range: known ? `${percent(share.low)} – ${percent(share.high)}` : '',
    detail: `${money(Math.abs(baselineUsd - usd))} ${usd > baselineUsd ? 'more' : 'less'} than ${baseline} alone, ${
      by === 'hold-out' ? 'by a hold-out' : 'by predicted costs'
    }`,
  }
}

/** How many requests a minute the range had. */
export function perMinute({ totals, since, until }: Overview): number {
  const minutes = (Date.parse(until) - Date.parse(since)) / 60_000
  return minutes > 0 ? totals.decisions / minutes : 0
}
