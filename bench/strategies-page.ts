/** The page docs/strategies/README.md: a table that is measured, a line for each strategy, and what stands around them. */

import { bootstrap, type Interval } from '../src/learning/evaluation/bootstrap.ts'
import type { Served } from './strategies-simulated.ts'

export type Row = {
  readonly name: string
  /** A page of its own, where it has one. */
  readonly page: string | null
  readonly served: readonly Served[]
}

export type Measured = {
  readonly quality: Interval
  readonly qualityLost: Interval
  readonly costShare: Interval
  readonly usd: number
  readonly latencyMs: number
  readonly calls: number
}

const resamples = 2_000

/** Rows are drawn once for all strategies, so that differences from `baseline` are paired ones. */
export function measured(rows: readonly Row[], baseline: Row, seed: string): ReadonlyMap<string, Measured> {
  const figures = bootstrap(
    baseline.served.length,
    (weights) => {
      const base = sums(baseline.served, weights)
      return Object.fromEntries(
        rows.flatMap(({ name, served }) => {
          const own = sums(served, weights)
          return [
            [`quality ${name}`, own.quality / own.weight],
            [`lost ${name}`, (own.quality - base.quality) / own.weight],
            [`cost ${name}`, own.usd / base.usd],
          ]
        }),
      )
    },
    { seed, resamples },
  )
  return new Map(
    rows.map(({ name, served }) => [
      name,
      {
        quality: figures[`quality ${name}`]!,
        qualityLost: figures[`lost ${name}`]!,
        costShare: figures[`cost ${name}`]!,
        usd: mean(served.map(({ usd }) => usd)),
        latencyMs: mean(served.map(({ latencyMs }) => latencyMs)),
        calls: mean(served.map(({ calls }) => calls)),
      },
    ]),
  )
}

function sums(served: readonly Served[], weights: Float64Array) {
  let quality = 0
  let usd = 0
  let weight = 0
  for (let place = 0; place < served.length; place++) {
    const one = served[place]!
    weight += weights[place]!
    usd += weights[place]! * one.usd
    quality += weights[place]! * one.score
  }
  return { quality, usd, weight }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

export function strategyTable(rows: readonly Row[], baseline: Row, seed: string): string {
  const figures = measured(rows, baseline, seed)
  // Not every set has latencies on record.
  const timed = baseline.served.some(({ latencyMs }) => latencyMs > 0)
  return [
    `| strategy | right | points against \`${baseline.name}\` | $ per 1,000 | of its cost |${timed ? ' mean latency |' : ''} calls |`,
    `|---|---:|---:|---:|---:|${timed ? '---:|' : ''}---:|`,
    ...rows.map(({ name, page }) => {
      const { quality, qualityLost, costShare, usd, latencyMs, calls } = figures.get(name)!
      const isBaseline = name === baseline.name
      const cells = [
        page === null ? name : `[${name}](${page})`,
        percent(quality.value),
        isBaseline
          ? ''
          : `${points(qualityLost.value)} [${points(qualityLost.low)}, ${points(qualityLost.high)}]`,
        (1_000 * usd).toFixed(3),
        isBaseline
          ? '100 %'
          : `${percent(costShare.value)} [${percent(costShare.low)}, ${percent(costShare.high)}]`,
        ...(timed ? [`${(latencyMs / 1_000).toFixed(2)} s`] : []),
        calls.toFixed(2),
      ]
      return `| ${cells.join(' | ')} |`
    }),
  ].join('\n')
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const points = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`

const begins = (part: string): string => `<!-- ${part}: begins; npm run bench:strategies -->`
const ends = (part: string): string => `<!-- ${part}: ends -->`

/** Puts a part between its marks, where the page has them, and leaves all else as it is. */
export function withPart(page: string, part: string, text: string): string {
  const from = page.indexOf(begins(part))
  const to = page.indexOf(ends(part))
  if (from < 0 || to < from) throw new Error(`the page has no place for ${part}: ${begins(part)}`)
  return `${page.slice(0, from)}${begins(part)}\n\n${text}\n\n${page.slice(to)}`
}
