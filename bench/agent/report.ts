/** Figures of many episodes, with intervals. Contenders have the same tasks and the same luck: differences are paired. */

import { seededDraw } from '../../src/domain/random.ts'
import type { Episode } from './episode.ts'

export type Figure = { readonly mean: number; readonly low: number; readonly high: number }

const resamples = 2_000

/** A statistic over episodes, with the 95 % interval of a bootstrap over them. */
export function bootstrapped(
  count: number,
  statistic: (places: readonly number[]) => number,
  seed: string,
): Figure {
  const draw = seededDraw(seed)
  const all = Array.from({ length: count }, (_, place) => place)
  const drawn = Array.from({ length: resamples }, () =>
    statistic(all.map(() => Math.floor(draw() * count))),
  ).sort((a, b) => a - b)
  return {
    mean: statistic(all),
    low: drawn[Math.floor(0.025 * resamples)]!,
    high: drawn[Math.floor(0.975 * resamples)]!,
  }
}

export type Row = {
  readonly name: string
  readonly success: Figure
  /** Points of success beyond the strongest's. */
  readonly difference: Figure
  /** Cost as a share of the strongest's. */
  readonly share: Figure
  readonly usd: number
  readonly calls: number
  readonly switches: number
}

export function rowOf(name: string, episodes: readonly Episode[], strongest: readonly Episode[]): Row {
  const sum = (list: readonly Episode[], places: readonly number[], of: (one: Episode) => number): number =>
    places.reduce((total, place) => total + of(list[place]!), 0)
  const solved = (one: Episode): number => (one.solved ? 1 : 0)
  const count = episodes.length
  const mean = (of: (one: Episode) => number): number =>
    episodes.reduce((total, one) => total + of(one), 0) / count
  return {
    name,
    success: bootstrapped(
      count,
      (places) => (100 * sum(episodes, places, solved)) / places.length,
      'success',
    ),
    difference: bootstrapped(
      count,
      (places) => (100 * (sum(episodes, places, solved) - sum(strongest, places, solved))) / places.length,
      'difference',
    ),
    share: bootstrapped(
      count,
      (places) => (100 * sum(episodes, places, ({ usd }) => usd)) / sum(strongest, places, ({ usd }) => usd),
      'share',
    ),
    usd: mean(({ usd }) => usd),
    calls: mean(({ calls }) => calls),
    switches: mean(({ switches }) => switches),
  }
}

const shown = ({ mean, low, high }: Figure): string =>
  `${mean.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`

export const tableOf = (rows: readonly Row[]): string =>
  [
    '| who answers | solved, % | points beyond the strongest | cost, % of the strongest | $ per task | calls | changes of model |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${row.name} | ${shown(row.success)} | ${shown(row.difference)} | ${shown(row.share)} | ${row.usd.toFixed(4)} | ${row.calls.toFixed(1)} | ${row.switches.toFixed(2)} |`,
    ),
  ].join('\n')
