import { useState } from 'react'
import { useQuery, withQuery } from '../../api/client.ts'
import type { FrontierReport } from '../../../../src/gateway/admin/frontier-calls.ts'
import { Card, Empty, format, Grid, Link, Loaded, Page, Select, setSearch, usePlace } from '../../ui/index.ts'
import { DialCard } from './dial-card.tsx'
import { type DialKind, dialOf, pointAt, positionOfLambda, positionOfQuality, willingnessOf } from './dial.ts'
import './frontier.css'
import { Plane } from './plane.tsx'
import { Shares } from './shares.tsx'

type PolicyLine = { readonly name: string; readonly strategy: string }
const counts = ['500', '2000', '5000']

export default function FrontierPage() {
  const { search } = usePlace()
  const policy = search.get('policy') ?? 'auto'
  const n = counts.find((one) => one === search.get('n')) ?? '2000'
  const report = useQuery<FrontierReport>(withQuery('/admin/frontier', { policy, n }))
  const policies = useQuery<{ readonly policies: readonly PolicyLine[] }>('/admin/policies')
  const names = policies.data?.policies.map(({ name }) => name) ?? [policy]
  return (
    <Page
      title="Cost and quality"
      intro="What each model, each policy and each exchange rate comes to. Qualities are predictions, made when requests were decided: answers that nobody gave have not been graded."
    >
      <div className="filters">
        <Select
          label="Policy"
          value={policy}
          onChange={(name) => setSearch({ policy: name })}
          choices={[...new Set([policy, ...names])].map((name) => ({ value: name, label: name }))}
        />
        <Select
          label="Decisions"
          value={n}
          onChange={(count) => setSearch({ n: count })}
          choices={counts.map((count) => ({
            value: count,
            label: `the last ${format.count(Number(count))}`,
          }))}
        />
      </div>
      <Loaded query={report} lines={12}>
        {(found) =>
          found.frontier.length === 0 || found.bestSingle === null || found.bestSingle <= 0 ? (
            <Card>
              <Empty title={`${policy} has decided nothing yet whose cost is known`}>
                <p>
                  Send it some requests, or try a prompt in the <Link to="/playground">playground</Link>.
                </p>
              </Empty>
            </Card>
          ) : (
            <Report
              key={`${policy} ${n}`}
              report={found}
              bestSingle={found.bestSingle}
              onApplied={report.reload}
            />
          )
        }
      </Loaded>
    </Page>
  )
}

/** Where the dial stands at first: at what the policy goes by now. */
function startOf({ objective, frontier }: FrontierReport, bestSingle: number): number {
  const { configured, set } = objective
  const now = set ?? configured
  switch (now.kind) {
    case 'quality':
      return positionOfQuality(frontier, bestSingle, now.share)
    case 'max-quality-loss':
      return positionOfQuality(frontier, bestSingle, 1 - now.share)
    case 'willingness-to-pay':
      return positionOfLambda(frontier, 0.1 / now.usdPerTenPoints)
    case 'lambda':
      return positionOfLambda(frontier, now.lambda)
    default:
      return 0
  }
}

function Report({
  report,
  bestSingle,
  onApplied,
}: {
  readonly report: FrontierReport
  readonly bestSingle: number
  readonly onApplied: () => void
}) {
  const { frontier } = report
  const [kind, setKind] = useState<DialKind>('quality')
  const [position, setPosition] = useState(() => startOf(report, bestSingle))
  const here = pointAt(frontier, position)
  return (
    <Grid>
      <Card
        title="The plane"
        span={8}
        note={
          <>
            {format.count(report.decisions)} decisions of {report.policy} from {format.time(report.since)} to{' '}
            {format.time(report.until)} ({format.zone()}). Thin lines are 95 % intervals of means. Other
            policies stand where requests of their own have put them.
          </>
        }
      >
        <Plane report={report} here={here} />
      </Card>
      <DialCard
        report={report}
        dial={dialOf(kind, frontier, bestSingle)}
        kind={kind}
        onKind={setKind}
        position={position}
        onPosition={setPosition}
        here={here}
        keeps={here.quality.mean / bestSingle}
        willingness={willingnessOf(here.lambda)}
        onApplied={onApplied}
      />
      <Card
        title="Who would have answered"
        note="At the dial’s place, by the predictions of each request; beside it, what each model is predicted to be by itself."
      >
        <Shares report={report} here={here} />
      </Card>
    </Grid>
  )
}
