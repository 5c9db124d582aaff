import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { DemoReport } from './demo-report.ts'

type Dot = {
  readonly name: string
  /** Dollars per 1,000 tasks. */
  readonly x: number
  readonly y: number
  readonly low: number
  readonly high: number
}

const dotsOf = ({ strategies, tasks }: DemoReport): Dot[] =>
  strategies.map(({ strategy, usd, quality }) => ({
    name: strategy === 'auto' ? 'auto' : `${strategy} only`,
    x: (1000 * usd) / tasks,
    y: quality.value,
    low: quality.low,
    high: quality.high,
  }))

/** The three strategies on the cost-quality plane, with 95 % intervals, and the line of random mixes, as SVG. */
export function demoPlot(report: DemoReport): string {
  const { document } = parseHTML('<html><body></body></html>')
  const dots = dotsOf(report)
  const [cheapest, strongest] = dots
  const plot = Plot.plot({
    document,
    width: 760,
    height: 420,
    marginLeft: 56,
    marginBottom: 46,
    marginRight: 30,
    marginTop: 40,
    style: {
      background: 'white',
      color: '#222',
      fontSize: '13px',
      fontFamily: 'system-ui, DejaVu Sans, sans-serif',
    },
    x: {
      label: 'dollars per 1,000 tasks →',
      labelAnchor: 'right',
      nice: true,
      domain: [0, strongest!.x * 1.12],
    },
    y: {
      label: '↑ share of tasks answered right',
      labelAnchor: 'top',
      grid: true,
      domain: [floorOf(dots), 1],
      percent: false,
    },
    marks: [
      Plot.line([cheapest!, strongest!], { x: 'x', y: 'y', stroke: '#6b6b6b', strokeDasharray: '3 4' }),
      Plot.text([midpoint(cheapest!, strongest!)], {
        x: 'x',
        y: 'y',
        text: ['random mix of the two'],
        fill: '#6b6b6b',
        dy: 14,
        textAnchor: 'start',
      }),
      Plot.ruleX(dots, { x: 'x', y1: 'low', y2: 'high', stroke: colourOf, strokeWidth: 2 }),
      Plot.dot(dots, { x: 'x', y: 'y', r: 6, fill: colourOf, stroke: 'white' }),
      Plot.text(dots, {
        x: 'x',
        y: 'y',
        text: 'name',
        dx: 12,
        dy: -12,
        textAnchor: 'start',
        fontWeight: '600',
        fill: colourOf,
        clip: false,
      }),
    ],
  })
  plot.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  plot.setAttribute('role', 'img')
  plot.setAttribute('aria-label', 'quality and cost of the cheapest model only, the strongest only, and auto')
  return plot.outerHTML
}

const colourOf = ({ name }: Dot): string => (name === 'auto' ? '#0072B2' : '#222')

const floorOf = (dots: readonly Dot[]): number =>
  Math.max(0, Math.floor(Math.min(...dots.map(({ low }) => low)) * 10 - 0.5) / 10)

const midpoint = (a: Dot, b: Dot) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })

const columns = 64
const rows = 12

/** The same plane in characters, for the terminal. */
export function textPlot(report: DemoReport): string {
  const dots = dotsOf(report)
  const right = Math.max(...dots.map(({ x }) => x))
  const bottom = floorOf(dots)
  const grid = Array.from({ length: rows }, () => new Array<string>(columns).fill(' '))
  const place = (x: number, y: number) => ({
    row: Math.round((rows - 1) * (1 - (y - bottom) / (1 - bottom))),
    column: Math.round((columns - 20) * (x / right)),
  })
  const [cheapest, strongest] = dots as [Dot, Dot, Dot]
  for (let step = 0; step <= 60; step++) {
    const along = step / 60
    const { row, column } = place(
      cheapest.x + along * (strongest.x - cheapest.x),
      cheapest.y + along * (strongest.y - cheapest.y),
    )
    grid[row]![column] = '·'
  }
  for (const { name, x, y } of dots) {
    const { row, column } = place(x, y)
    for (const [offset, character] of [...`● ${name}`].entries()) grid[row]![column + offset] = character
  }
  const label = (row: number) => `${Math.round(100 * (1 - (row / (rows - 1)) * (1 - bottom)))} %`.padStart(6)
  return [
    'answered right',
    ...grid.map(
      (line, row) =>
        `${row % 3 === 0 || row === rows - 1 ? label(row) : '      '} │${line.join('').trimEnd()}`,
    ),
    `       └${'─'.repeat(columns)}`,
    `        $0${`$${right.toFixed(2)} per 1,000 tasks`.padStart(columns - 4)}`,
  ].join('\n')
}
