import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { Line } from './known-worlds.ts'

/** Okabe and Ito's colours; dashes tell lines apart without colour too. */
const styles = [
  { stroke: '#6b6b6b', dash: '2 4' },
  { stroke: '#D55E00', dash: '10 3 2 3' },
  { stroke: '#0072B2', dash: '' },
  { stroke: '#009E73', dash: '7 3' },
] as const

const width = 860
const height = 480

/** Cumulative regret by requests, with bands of 95 %, and the square root of theory through the first learner's middle. */
export function regretPlot(lines: readonly Line[], seeds: number): string {
  const { document } = parseHTML('<html><body></body></html>')
  const drawn = lines.slice(0, styles.length).map((line, place) => ({
    ...line,
    ...styles[place % styles.length]!,
    dots: [{ at: 0, mean: 0, halfWidth: 0 }, ...line.dots],
  }))
  const learner = lines.find(({ name }) => name === 'linucb')!.dots
  const middle = learner[Math.floor(learner.length / 2)]!
  const root = learner.map(({ at }) => ({ at, mean: middle.mean * Math.sqrt(at / middle.at) }))
  const top = 1.15 * Math.max(...lines.slice(1).flatMap(({ dots }) => dots.map(({ mean }) => mean)))
  const within = drawn.map((line) => ({ ...line, dots: line.dots.filter(({ mean }) => mean <= top) }))
  const plot = Plot.plot({
    document,
    width,
    height,
    marginTop: 40,
    marginRight: 150,
    marginLeft: 56,
    marginBottom: 44,
    style: {
      fontFamily: "system-ui, 'DejaVu Sans', sans-serif",
      fontSize: '12px',
      background: 'white',
      color: '#222',
    },
    x: { label: 'requests →', domain: [0, learner.at(-1)!.at] },
    y: {
      label: `↑ regret against the best policy, in good answers; band: 95 % over ${seeds} worlds`,
      domain: [0, top],
      grid: true,
    },
    marks: [
      ...within.map(({ dots, stroke }) =>
        Plot.areaY(dots, {
          x: 'at',
          y1: ({ mean, halfWidth }: (typeof dots)[number]) => Math.max(0, mean - halfWidth),
          y2: ({ mean, halfWidth }: (typeof dots)[number]) => Math.min(top, mean + halfWidth),
          fill: stroke,
          fillOpacity: 0.13,
        }),
      ),
      Plot.line(root, { x: 'at', y: 'mean', stroke: '#bbb', strokeWidth: 1.2 }),
      Plot.text([root.at(-1)!], {
        x: 'at',
        y: 'mean',
        text: () => 'square root',
        textAnchor: 'start',
        dx: 6,
        dy: -14,
        fill: '#888',
      }),
      ...within.flatMap(({ name, dots, stroke, dash }) => [
        Plot.line(dots, { x: 'at', y: 'mean', stroke, strokeWidth: 2.2, strokeDasharray: dash }),
        Plot.text([dots.at(-1)!], {
          x: 'at',
          y: 'mean',
          text: () => name,
          textAnchor: 'start',
          dx: 6,
          fill: stroke,
        }),
      ]),
    ],
  })
  return plot.outerHTML.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
}
