import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { Point } from './cost-quality.ts'
import { type Anchor, type PlacedLabel, placeLabels } from './label-placement.ts'
import type { EvaluationReport, PricedComparison } from './report.ts'

const width = 960
const height = 560
const header = 84
const margins = { top: 34, right: 24, bottom: 46, left: 58 }
const fontSize = 11
const font = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

/** Okabe and Ito's colours, which stay apart for colour-blind eyes; the dash tells lines apart without colour too. */
const styles = [
  { stroke: '#0072B2', dash: '', weight: 2.8 },
  { stroke: '#6b6b6b', dash: '2 4', weight: 1.8 },
  { stroke: '#009E73', dash: '7 3', weight: 1.6 },
  { stroke: '#D55E00', dash: '10 3 2 3', weight: 1.8 },
  { stroke: '#AA4E86', dash: '4 2', weight: 1.4 },
] as const
type Style = (typeof styles)[number]

/** `x` in dollars per 1,000 prompts, which read better than those of one prompt. */
type Dot = { readonly x: number; readonly y: number }
type NamedDot = Dot & { readonly text: string }
type Line = { readonly name: string; readonly style: Style; readonly dots: readonly Dot[] }

/** The cost-quality plane as SVG: the router with its band, the controls, the single models; `null` without costs. */
export function plotReport(report: EvaluationReport): string | null {
  const { comparison } = report
  if (comparison.kind !== 'priced') return null
  const lines = linesOf(comparison)
  const floor = floorOf(lines)
  const models = comparison.models.map(({ model, costUsd, quality }) => dotOf(model, costUsd, quality.value))
  const shown = models.filter(({ y }) => y >= floor)
  const below = models.filter(({ y }) => y < floor)
  const controls = comparison.points.map(({ name, costUsd, quality }) => dotOf(name, costUsd, quality.value))
  const svg = drawPlane(comparison, lines, shown, controls)
  const x = svg.scale('x')!
  const y = svg.scale('y')!
  const pixel = (dot: Dot) => ({ x: x.apply(dot.x) as number, y: y.apply(dot.y) as number })
  const anchors: Anchor[] = [...shown, ...controls].map((dot) => ({ ...pixel(dot), text: dot.text }))
  const bounds = {
    x: margins.left + 2,
    y: margins.top,
    width: width - margins.left - margins.right,
    height: height - margins.top - margins.bottom - 4,
  }
  const samples = lines.flatMap(({ dots }) => dots.map(pixel))
  return page(report, lines, below, svg.outerHTML, placeLabels(anchors, samples, bounds, fontSize))
}

const dotOf = (text: string, costUsd: number, quality: number): NamedDot => ({
  text,
  x: costUsd * 1000,
  y: quality,
})

/** Models far below every line would squeeze what matters into a corner: they are named instead of drawn. */
function floorOf(lines: readonly Line[]): number {
  const heights = lines.flatMap(({ dots }) => dots.map(({ y }) => y))
  const low = Math.min(...heights)
  return low - Math.max(0.02, Math.max(...heights) - low)
}

function linesOf({ router, controls, usefulRange, models }: PricedComparison): Line[] {
  const least = Math.min(usefulRange.fromUsd, ...models.map(({ costUsd }) => costUsd)) * 0.5
  return [router, ...controls].slice(0, styles.length).map(({ name, points }, index) => ({
    name,
    style: styles[index]!,
    dots: dense(points.filter(({ costUsd }) => costUsd >= least)),
  }))
}

/** Mixing neighbours is a straight line in dollars, and so a bent one on a scale of log-dollars. */
function dense(points: readonly Point[]): Dot[] {
  const sorted = [...points].sort((a, b) => a.costUsd - b.costUsd || a.quality - b.quality)
  return sorted.flatMap((point, index) => {
    const next = sorted[index + 1]
    const steps = next ? Math.max(1, Math.ceil(40 * Math.log(next.costUsd / point.costUsd || 1))) : 1
    return Array.from({ length: Math.min(steps, 400) }, (_, step) => {
      const along = step / Math.min(steps, 400)
      return {
        x: 1000 * (point.costUsd + along * ((next?.costUsd ?? 0) - point.costUsd) * (next ? 1 : 0)),
        y: point.quality + along * (next ? next.quality - point.quality : 0),
      }
    })
  })
}

function drawPlane(
  { band }: PricedComparison,
  lines: readonly Line[],
  models: readonly Dot[],
  controls: readonly Dot[],
) {
  const { document } = parseHTML('<html><body></body></html>')
  const all = [...models, ...controls, ...lines.flatMap(({ dots }) => dots)]
  const logarithmic = all.every(({ x }) => x > 0)
  const end = Math.max(...lines[0]!.dots.map(({ x }) => x))
  const heights = qualityDomain(all.map(({ y }) => y))
  const within = (quality: number) => Math.min(Math.max(quality, heights[0]), heights[1])
  const interval = band
    .map(({ costUsd, quality }) => ({
      x: costUsd * 1000,
      low: within(quality.low),
      high: within(quality.high),
    }))
    .filter(({ x }) => x <= end)
  const domain = padded(
    all.map(({ x }) => x),
    logarithmic,
  )
  return Plot.plot({
    document,
    width,
    height,
    marginTop: margins.top,
    marginRight: margins.right,
    marginBottom: margins.bottom,
    marginLeft: margins.left,
    style: { fontFamily: font, fontSize: '12px', background: 'white', color: '#222' },
    x: { type: logarithmic ? 'log' : 'linear', domain, axis: null },
    y: { domain: heights, label: '↑ mean quality', ticks: 8, grid: true },
    marks: [
      // As a mark of its own: a log scale drops labels of its own choosing where a tick format is given.
      Plot.axisX(logarithmic ? dollarTicks(domain) : evenTicks(domain), {
        text: dollarTick,
        label: 'mean cost, dollars per 1,000 prompts →',
        labelAnchor: 'right',
      }),
      Plot.areaY(interval, { x: 'x', y1: 'low', y2: 'high', fill: styles[0].stroke, fillOpacity: 0.14 }),
      ...[...lines].reverse().map(({ dots, style }) =>
        Plot.line(dots, {
          x: 'x',
          y: 'y',
          stroke: style.stroke,
          strokeWidth: style.weight,
          strokeDasharray: style.dash,
        }),
      ),
      Plot.dot(models, { x: 'x', y: 'y', r: 4, fill: '#222', stroke: 'white' }),
      Plot.dot(controls, { x: 'x', y: 'y', r: 5.5, symbol: 'diamond', fill: 'white', stroke: '#222' }),
    ],
  })
}

/** A little beyond the data on both sides. */
function padded(values: readonly number[], logarithmic: boolean): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const factor = 1.02 * (high / low) ** 0.04
  return logarithmic ? [low / factor, high * factor] : [low, high + (high - low) * 0.04]
}

function qualityDomain(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const margin = (high - low) * 0.06 || 0.01
  return [Math.max(0, low - margin), Math.min(1, high + margin)]
}

/** 1, 2 and 5 of each power of ten. */
function dollarTicks([low, high]: readonly [number, number]): number[] {
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const leading of [1, 2, 5]) ticks.push(Number(`${leading}e${power}`))
  }
  return ticks.filter((tick) => tick >= low && tick <= high)
}

const evenTicks = ([low, high]: readonly [number, number]): number[] =>
  Array.from({ length: 6 }, (_, step) => low + (step * (high - low)) / 5)

const dollarTick = (value: number): string =>
  `$${value >= 1 || value === 0 ? value : value.toFixed(Math.max(2, Math.ceil(-Math.log10(value))))}`

function page(
  report: EvaluationReport,
  lines: readonly Line[],
  below: readonly NamedDot[],
  plane: string,
  labels: readonly PlacedLabel[],
): string {
  const sets = report.datasets.map(({ name }) => name)
  const named =
    sets.length > 4 ? `${sets.slice(0, 4).join(', ')} and ${sets.length - 4} more` : sets.join(', ')
  const subtitle = `${named}: ${report.score.rows} ${report.score.split} rows; band: 95 % interval of the router's curve`
  const missing = below.map(({ text, y }) => `${text} (${y.toFixed(2)})`).join(', ')
  const total = height + header
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="${font}">`,
    `<rect width="${width}" height="${total}" fill="white"/>`,
    `<text x="16" y="28" font-size="17" font-weight="600" fill="#111">Quality and cost of ${escaped(report.router)}</text>`,
    `<text x="16" y="47" font-size="12" fill="#555">${escaped(subtitle)}</text>`,
    legend(lines),
    below.length > 0
      ? `<text x="16" y="${total - 8}" font-size="11" fill="#555">Below the frame: ${escaped(shortened(missing, 110))}</text>`
      : '',
    `<g transform="translate(0 ${header})">`,
    plane,
    ...labels.map(labelMarkup),
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

function legend(lines: readonly Line[]): string {
  let x = 16
  return lines
    .map(({ name, style }) => {
      const sample = `<line x1="${x}" y1="67" x2="${x + 28}" y2="67" stroke="${style.stroke}" stroke-width="${style.weight}" stroke-dasharray="${style.dash}"/>`
      const text = `<text x="${x + 34}" y="71" font-size="12" fill="#222">${escaped(name)}</text>`
      x += 34 + name.length * 6.8 + 22
      return sample + text
    })
    .join('\n')
}

function labelMarkup({ text, x, y, lead }: PlacedLabel): string {
  const at = (value: number) => value.toFixed(1)
  const line = lead
    ? `<line x1="${at(lead.x1)}" y1="${at(lead.y1)}" x2="${at(lead.x2)}" y2="${at(lead.y2)}" stroke="#999" stroke-width="0.8"/>`
    : ''
  return `${line}<text x="${at(x)}" y="${at(y)}" font-size="${fontSize}" fill="#222" stroke="white" stroke-width="3" stroke-linejoin="round" paint-order="stroke">${escaped(text)}</text>`
}

const shortened = (text: string, chars: number): string =>
  text.length > chars ? `${text.slice(0, chars - 1)}…` : text

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
