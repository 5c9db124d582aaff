import type { FrontierPoint, PlanePoint } from '../../../../src/domain/plane.ts'
import { useCallback, useState } from 'react'
import { format } from '../../ui/index.ts'
import { Plot, Plots } from '../../ui/plot.tsx'
import { type Kind, type PlaneRow, planeRows, shortName, spaced } from './plane.ts'
import { capital, type Shown, type Words, wordsOf } from './shown.ts'

/** A wall has more room than a desk. */
const heightOn = (screen: { readonly innerHeight: number }): number =>
  screen.innerHeight > 1_100 ? 600 : 440
/** Costs of single requests are too small to be read: they are shown for a thousand. */
const thousand = 1_000

const looks: Record<Kind, { readonly sign: string; readonly word: string; readonly colour: string }> = {
  model: { sign: '●', word: 'a model alone', colour: 'var(--plot-1)' },
  policy: { sign: '■', word: 'a policy, as it decided', colour: 'var(--plot-2)' },
  oracle: { sign: '★', word: 'oracle', colour: 'var(--plot-4)' },
  control: { sign: '◆', word: 'controls, which know nothing', colour: 'var(--plot-7)' },
}
const symbols: Record<Kind, 'circle' | 'square' | 'star' | 'diamond'> = {
  model: 'circle',
  policy: 'square',
  oracle: 'star',
  control: 'diamond',
}

export function Plane({ shown, here }: { readonly shown: Shown; readonly here: FrontierPoint }) {
  const [height] = useState(() => heightOn(window))
  const options = useCallback((width: number) => drawing(shown, here, width, height), [shown, here, height])
  const words = wordsOf(shown.basis)
  return (
    <>
      <Plot
        title={`${capital(words.how)} quality against cost`}
        description={`${shown.models.length} models, ${shown.policies.length} policies, controls and the frontier of ${shown.policy}; the dial stands at ${format.money(here.usd.mean * thousand)} per 1,000 requests and a quality of ${format.percent(here.quality.mean)}.`}
        options={options}
        height={height}
        rows={planeRows(shown)}
        columns={columnsIn(words)}
      />
      <ul className="legend" aria-label="Signs of the plot">
        {kindsOf(shown).map((kind) => (
          <li key={kind}>
            <span aria-hidden="true" className={`sign sign-${kind}`}>
              {looks[kind].sign}
            </span>{' '}
            {kind === 'oracle' ? words.oracle : looks[kind].word}
          </li>
        ))}
        <li>
          <span aria-hidden="true" className="sign sign-line">
            ━
          </span>{' '}
          the frontier
        </li>
        <li>
          <span aria-hidden="true" className="sign sign-here">
            ◎
          </span>{' '}
          the dial
        </li>
      </ul>
    </>
  )
}

/** On a set no policy stands as it decided: the legend says of no sign that is not there. */
const kindsOf = (shown: Shown): readonly Kind[] =>
  (Object.keys(looks) as Kind[]).filter((kind) => planeRows(shown).some((row) => row.kind === kind))

/** Controls of every family end in these. */
const ends: readonly string[] = ['cheapest', 'strongest']

const usdOf = ({ usd }: Pick<PlanePoint, 'usd'>): number => usd.mean * thousand
const qualityOf = ({ quality }: Pick<PlanePoint, 'quality'>): number => quality.mean

function drawing(shown: Shown, here: FrontierPoint, width: number, height: number) {
  const rows = planeRows(shown)
  const narrow = width < 520
  const costs = [...rows, ...shown.frontier].map(usdOf).filter((usd) => usd > 0)
  const logarithmic = costs.length > 0 && rows.every((row) => usdOf(row) > 0)
  const spans = { width: width - 72, height: height - 70, logarithmic }
  const named = spaced(rows, spans)
  return {
    marginLeft: 48,
    marginRight: 24,
    marginBottom: 42,
    x: {
      type: logarithmic ? ('log' as const) : ('linear' as const),
      label: 'Cost per 1,000 requests →',
      tickFormat: format.money,
      ticks: narrow ? 3 : 6,
      grid: true,
    },
    y: {
      label: `↑ ${capital(wordsOf(shown.basis).how)} quality`,
      tickFormat: (quality: number) => format.percent(quality, 0),
      grid: true,
      nice: true,
    },
    marks: [
      ...intervals(rows, logarithmic),
      ...(['random-mix', 'prompt-length'] as const).map((family) =>
        Plots.line(
          shown.controls.filter((one) => one.family === family || ends.includes(one.family)),
          { x: usdOf, y: qualityOf, stroke: 'var(--plot-7)', strokeDasharray: '2 4', sort: usdOf },
        ),
      ),
      Plots.line(shown.frontier, { x: usdOf, y: qualityOf, stroke: 'var(--accent)', strokeWidth: 2.5 }),
      ...(Object.keys(looks) as Kind[]).map((kind) =>
        Plots.dot(
          rows.filter((row) => row.kind === kind),
          {
            x: usdOf,
            y: qualityOf,
            fill: kind === 'control' ? 'var(--surface)' : looks[kind].colour,
            stroke: looks[kind].colour,
            symbol: symbols[kind],
            r: kind === 'control' ? 3.5 : kind === 'oracle' ? 6 : 5,
          },
        ),
      ),
      ...(['left', 'right'] as const).map((side) =>
        Plots.text(
          named.filter((row) => row.side === side),
          {
            x: usdOf,
            y: qualityOf,
            text: ({ name }: PlaneRow) => shortName(name),
            textAnchor: side === 'left' ? 'end' : 'start',
            dx: side === 'left' ? -11 : 11,
            fill: 'var(--text)',
            stroke: 'var(--surface)',
            strokeWidth: 4,
          },
        ),
      ),
      Plots.dot([here], { x: usdOf, y: qualityOf, r: 10, stroke: 'var(--text)', strokeWidth: 2.5 }),
      Plots.dot([here], { x: usdOf, y: qualityOf, r: 3.5, fill: 'var(--text)' }),
      Plots.tip(rows, Plots.pointer({ x: usdOf, y: qualityOf, title: sayRow, maxRadius: 24 })),
    ],
  }
}

function intervals(rows: readonly PlaneRow[], logarithmic: boolean) {
  const least = logarithmic ? Number.MIN_VALUE : 0
  const wide = rows.filter(({ kind, usd }) => kind !== 'control' && usd.low !== null && usd.low > least)
  const high = rows.filter(({ kind, quality }) => kind !== 'control' && quality.low !== null)
  const colour = ({ kind }: PlaneRow): string => looks[kind].colour
  return [
    Plots.ruleY(wide, {
      y: qualityOf,
      x1: ({ usd }: PlaneRow) => (usd.low ?? usd.mean) * thousand,
      x2: ({ usd }: PlaneRow) => (usd.high ?? usd.mean) * thousand,
      stroke: colour,
      strokeOpacity: 0.6,
    }),
    Plots.ruleX(high, {
      x: usdOf,
      y1: ({ quality }: PlaneRow) => quality.low ?? quality.mean,
      y2: ({ quality }: PlaneRow) => quality.high ?? quality.mean,
      stroke: colour,
      strokeOpacity: 0.6,
    }),
  ]
}

const ranged = (of: PlanePoint['usd'], say: (value: number) => string): string =>
  of.low === null || of.high === null ? say(of.mean) : `${say(of.mean)} (${say(of.low)} – ${say(of.high)})`

const sayRow = ({ name, quality, usd, observed }: PlaneRow): string =>
  [
    name,
    `quality ${ranged(quality, format.percent)}`,
    `${ranged(usd, (one) => format.money(one * thousand))} per 1,000`,
    ...(observed === null ? [] : [`feedback ${ranged(observed, format.percent)} of ${observed.count}`]),
  ].join('\n')

const columnsIn = (words: Words) => [
  { key: 'name', title: 'Point', cell: ({ name }: PlaneRow) => name },
  {
    key: 'kind',
    title: 'Kind',
    cell: ({ kind }: PlaneRow) => (kind === 'oracle' ? words.oracle : looks[kind].word),
    wide: true,
  },
  {
    key: 'quality',
    title: `${capital(words.how)} quality`,
    align: 'right' as const,
    cell: ({ quality }: PlaneRow) => ranged(quality, format.percent),
  },
  {
    key: 'usd',
    title: 'Cost per 1,000',
    align: 'right' as const,
    cell: ({ usd }: PlaneRow) => ranged(usd, (one) => format.money(one * thousand)),
  },
  {
    key: 'observed',
    title: 'Feedback',
    align: 'right' as const,
    cell: ({ observed }: PlaneRow) =>
      observed === null ? 'none' : `${ranged(observed, format.percent)} of ${format.count(observed.count)}`,
  },
]
