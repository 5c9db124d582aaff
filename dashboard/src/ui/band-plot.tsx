import { type ReactNode, useCallback } from 'react'
import './band-plot.css'
import {
  type BandMark,
  type BandRow,
  type BandRule,
  latestOfEach,
  sentenceOf,
  spanOf,
  tickOf,
} from './band-rows.ts'
import { time } from './format.ts'
import { Plot, plotColours, Plots } from './plot.tsx'
import type { Column } from './table.tsx'

/** Curves over time, each with its band where it has one; what stands at the end is said in words beneath. */
export function BandPlot({
  title,
  description,
  unit,
  rows,
  say,
  bare,
  tick = bare,
  rules = [],
  marks = [],
  steps = false,
  titles = { at: 'Look', name: 'Policy' },
}: {
  readonly title: string
  /** What it shows, in a sentence. What stands at the end is added. */
  readonly description: string
  readonly unit: string
  /** By time; at least one. */
  readonly rows: readonly BandRow[]
  readonly say: (value: number) => string
  /** The same without its unit. */
  readonly bare: (value: number) => string
  /** On the axis; absent: as `bare`. */
  readonly tick?: (value: number) => string
  readonly rules?: readonly BandRule[]
  readonly marks?: readonly BandMark[]
  /** A value holds until the next one. */
  readonly steps?: boolean
  /** Heads of the table's first two columns. */
  readonly titles?: { readonly at: string; readonly name: string }
}) {
  // Asked for again and again, and mostly the same.
  const key = JSON.stringify([rows, rules, marks, unit, steps])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says when something else is drawn
  const options = useCallback(
    (width: number) => drawing({ rows, rules, marks, unit, steps, tick }, width),
    [key],
  )
  const sentences = latestOfEach(rows).map((row) => sentenceOf(row, say, bare))
  const happened = marks.map(({ words }) => words)
  return (
    <>
      <Plot
        title={title}
        description={`${description} Now ${sentences.join('; ')}.${
          happened.length > 0 ? ` Marked: ${happened.join('; ')}.` : ''
        }`}
        options={options}
        rows={rows}
        columns={columnsOf(say, titles)}
      />
      <ul className="band-words">
        {sentences.map((sentence, at) => (
          <Sign key={sentence} sign={lineOf(at).sign} style={`band-sign-${at % plotColours.length}`}>
            {sentence}
          </Sign>
        ))}
        {rules.map(({ words }) => (
          <Sign key={words} sign="┅" style="rule-sign" quiet>
            {words}
          </Sign>
        ))}
        {marks.map(({ at, words }, place) => (
          <Sign key={`${at.getTime()} ${words}`} sign="┊" style="mark-sign" quiet>
            {place + 1}: {time(at)}, {words}
          </Sign>
        ))}
      </ul>
    </>
  )
}

const Sign = ({
  sign,
  style,
  quiet = false,
  children,
}: {
  readonly sign: string
  readonly style: string
  readonly quiet?: boolean
  readonly children: ReactNode
}) => (
  <li className={quiet ? 'quiet' : undefined}>
    <span aria-hidden="true" className={style}>
      {sign}
    </span>{' '}
    {children}
  </li>
)

/** Lines differ by more than their colour. */
const lines = [
  { sign: '━', dashes: 'none' },
  { sign: '╍', dashes: '8 4' },
  { sign: '┉', dashes: '3 3' },
] as const

const lineOf = (place: number) => lines[place % lines.length]!

type Drawn = {
  readonly rows: readonly BandRow[]
  readonly rules: readonly BandRule[]
  readonly marks: readonly BandMark[]
  readonly unit: string
  readonly steps: boolean
  readonly tick: (value: number) => string
}

function drawing({ rows, rules, marks, unit, steps, tick }: Drawn, width: number) {
  const names = [...new Set(rows.map(({ name }) => name))]
  const span = spanOf([...rows, ...marks].map(({ at }) => at))
  const banded = rows.filter(({ low, high }) => low !== null && high !== null)
  const curve = steps ? ('step-after' as const) : ('linear' as const)
  return {
    marginLeft: 60,
    marginTop: 24,
    x: {
      type: 'time' as const,
      label: null,
      domain: [...span],
      ticks: width < 420 ? 3 : 5,
      tickFormat: tickOf(span),
    },
    y: { label: `↑ ${unit}`, grid: true, nice: true, tickFormat: tick },
    color: { domain: names, range: names.map((_, at) => plotColours[at % plotColours.length]!) },
    marks: [
      Plots.areaY(banded, { x: 'at', y1: 'low', y2: 'high', fill: 'name', fillOpacity: 0.2 }),
      ...names.map((name, at) =>
        Plots.lineY(
          rows.filter((row) => row.name === name),
          {
            x: 'at',
            y: 'estimate',
            stroke: 'name',
            strokeWidth: 2,
            strokeDasharray: lineOf(at).dashes,
            curve,
          },
        ),
      ),
      // A single look has no line.
      Plots.dot(rows.length <= dotsUpTo * names.length ? rows : [], {
        x: 'at',
        y: 'estimate',
        fill: 'name',
        r: 2.5,
      }),
      Plots.ruleX(banded.length <= names.length ? banded : [], {
        x: 'at',
        y1: 'low',
        y2: 'high',
        stroke: 'name',
      }),
      Plots.ruleY([0], { stroke: 'var(--text)' }),
      Plots.ruleY(
        rules.map(({ value }) => value),
        { stroke: 'var(--bad)', strokeDasharray: '4 4' },
      ),
      Plots.ruleX(marks, { x: 'at', stroke: 'var(--text-quiet)', strokeDasharray: '2 3' }),
      Plots.text(marks, {
        x: 'at',
        text: (_: BandMark, place: number) => String(place + 1),
        frameAnchor: 'top' as const,
        dy: -10,
        fill: 'var(--text-quiet)',
      }),
    ],
  }
}

/** Of more looks than this the line alone is clearer. */
const dotsUpTo = 60

const columnsOf = (
  say: (value: number) => string,
  titles: { readonly at: string; readonly name: string },
): readonly Column<BandRow>[] => {
  const bound = (value: number | null) => (value === null ? '–' : say(value))
  return [
    { key: 'at', title: titles.at, cell: ({ at }) => time(at) },
    { key: 'name', title: titles.name, cell: ({ name }) => name },
    { key: 'estimate', title: 'Estimate', align: 'right', cell: ({ estimate }) => say(estimate) },
    { key: 'low', title: 'From', align: 'right', cell: ({ low }) => bound(low) },
    { key: 'high', title: 'To', align: 'right', cell: ({ high }) => bound(high) },
  ]
}
