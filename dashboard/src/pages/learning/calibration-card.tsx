import { useCallback } from 'react'
import type { Calibration, CalibrationBin } from '../../../../src/gateway/admin/calibration.ts'
import { useQuery, withQuery } from '../../api/client.ts'
import { Card, Empty, format, Loaded, Select, setSearch, usePlace } from '../../ui/index.ts'
import { Plot, Plots } from '../../ui/plot.tsx'
import { inRange } from './in-range.ts'

type Report = Calibration & { readonly policy: string | null; readonly decisions: number }

/** Predicted quality against feedback. */
export function CalibrationCard() {
  const { search } = usePlace()
  const policy = search.get('policy') ?? ''
  const query = useQuery<Report>(withQuery('/admin/calibration', { policy, n: 5_000 }))
  const policies = useQuery<{ readonly policies: readonly { readonly name: string }[] }>('/admin/policies')
  return (
    <Card
      title="Calibration"
      span={7}
      actions={
        <Select
          label="Policy"
          hideLabel
          value={policy}
          onChange={(name) => setSearch({ policy: name })}
          choices={[
            { value: '', label: 'All policies' },
            ...(policies.data?.policies ?? []).map(({ name }) => ({ value: name, label: name })),
          ]}
        />
      }
    >
      <div className="calibration">
        <Loaded query={query} lines={8}>
          {(report) =>
            report.graded === 0 ? (
              <Empty title="Nothing has been graded yet">
                <p>
                  Of the last {format.count(report.decisions)} decisions none has feedback that counts. Rate
                  answers in the playground, or send <code>POST /v1/feedback</code>.
                </p>
              </Empty>
            ) : (
              <Drawn report={report} />
            )
          }
        </Loaded>
      </div>
    </Card>
  )
}

function Drawn({ report }: { readonly report: Report }) {
  const { bins, bias, error, graded, decisions } = report
  const options = useCallback(() => drawing(bins), [bins])
  return (
    <>
      <Plot
        title="Feedback against predicted quality"
        description="Each point is a group of answers, alike in what was predicted of them; on the diagonal predictions come true."
        options={options}
        height={320}
        rows={bins}
        columns={columns}
      />
      <p className="note">
        {format.count(graded)} graded of the last {format.count(decisions)} decisions. Answers were{' '}
        {bias === null ? 'not graded' : sayBias(bias)}; mean distance from the diagonal{' '}
        {format.decimal((error ?? 0) * 100, 1)} points.
      </p>
    </>
  )
}

function sayBias({ mean, low, high }: NonNullable<Calibration['bias']>): string {
  const points = (share: number): string => format.decimal(Math.abs(share) * 100, 1)
  const range =
    low === null || high === null
      ? ''
      : ` (95 %: ${format.decimal(low * 100, 1)} to ${format.decimal(high * 100, 1)})`
  return `${points(mean)} points ${mean < 0 ? 'worse' : 'better'} than predicted${range}`
}

const drawing = (bins: readonly CalibrationBin[]) => ({
  marginLeft: 48,
  marginBottom: 40,
  x: {
    domain: [0, 1],
    label: 'Predicted quality →',
    tickFormat: (share: number) => format.percent(share, 0),
    grid: true,
  },
  y: {
    domain: [0, 1],
    label: '↑ Feedback',
    tickFormat: (share: number) => format.percent(share, 0),
    grid: true,
  },
  marks: [
    Plots.line(
      [
        [0, 0],
        [1, 1],
      ],
      { stroke: 'var(--text-quiet)', strokeDasharray: '4 4' },
    ),
    Plots.ruleX(
      bins.filter(({ observed }) => observed.low !== null),
      {
        x: 'predicted',
        y1: ({ observed }: CalibrationBin) => inRange(observed.low ?? observed.mean),
        y2: ({ observed }: CalibrationBin) => inRange(observed.high ?? observed.mean),
        stroke: 'var(--plot-1)',
        strokeWidth: 1.5,
      },
    ),
    Plots.dot(bins, {
      x: 'predicted',
      y: ({ observed }: CalibrationBin) => observed.mean,
      fill: 'var(--plot-1)',
      r: 5,
    }),
  ],
})

const columns = [
  {
    key: 'predicted',
    title: 'Predicted',
    cell: ({ predicted }: CalibrationBin) => format.percent(predicted),
  },
  {
    key: 'observed',
    title: 'Feedback',
    align: 'right' as const,
    cell: ({ observed: { mean, low, high } }: CalibrationBin) =>
      low === null || high === null
        ? format.percent(mean)
        : `${format.percent(mean)} (${format.percent(inRange(low))} – ${format.percent(inRange(high))})`,
  },
  {
    key: 'count',
    title: 'Answers',
    align: 'right' as const,
    cell: ({ observed }: CalibrationBin) => format.count(observed.count),
  },
]
