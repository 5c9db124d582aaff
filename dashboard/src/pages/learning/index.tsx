import type { LearningPage, RaisedAlarm } from '../../api/types.ts'
import { useQuery } from '../../api/client.ts'
import { Badge, Card, Empty, ErrorBox, format, Grid, Page, Skeleton } from '../../ui/index.ts'
import { CalibrationCard } from './calibration-card.tsx'
import { CorrectionCard } from './correction-card.tsx'
import './learning.css'
import { PolicyCard } from './policy-card.tsx'
import { RegretCard } from './regret-card.tsx'

const everyMs = 15_000

export default function Learning() {
  const learning = useQuery<LearningPage>('/admin/learning', { everyMs })
  // A gateway of another version may not say.
  const regretOf = learning.data?.regretOf ?? []
  return (
    <Page
      title="Learning"
      intro="Whether predictions come true, what policies have learnt from feedback, what that may have cost, and what has drifted. Every version can be gone back to."
    >
      <Grid>
        <CalibrationCard />
        <DriftCard />
      </Grid>
      <Learnt query={learning} />
      {regretOf.length > 0 && <RegretCard policies={regretOf} />}
      <CorrectionCard />
    </Page>
  )
}

function Learnt({ query }: { readonly query: ReturnType<typeof useQuery<LearningPage>> }) {
  // A gateway of another version may know no such call.
  const absent = query.state === 'failed' && query.error.status === 404
  if (query.data === undefined && query.state === 'failed' && !absent)
    return <ErrorBox error={query.error} onRetry={query.reload} />
  if (query.data === undefined && !absent) return <Skeleton lines={6} />
  const policies = query.data?.policies ?? []
  if (policies.length === 0)
    return (
      <Card title="Policies that learn">
        <Empty title="No policy learns from feedback">
          <p>
            Give one a strategy that does, such as <code>linucb</code> or <code>thompson</code>, and send
            feedback with <code>POST /v1/feedback</code>.
          </p>
        </Empty>
      </Card>
    )
  return (
    <>
      {query.data !== undefined && <Intake counts={query.data.intake} />}
      {policies.map((policy) => (
        <PolicyCard key={policy.policy} learnt={policy} onRolledBack={query.reload} />
      ))}
    </>
  )
}

const Intake = ({
  counts: { waiting, dropped, unanswered },
}: {
  readonly counts: LearningPage['intake']
}) => (
  <p className="note">
    Feedback: {format.count(waiting)} waiting to be learnt, {format.count(unanswered)} about answers that
    never ended{dropped > 0 ? `, ${format.count(dropped)} dropped because too much came at once` : ''}.
  </p>
)

/** Alarms that say that something is no longer as it was; the others are about the gateway itself. */
const driftAlarms: readonly RaisedAlarm['name'][] = [
  'constant-router',
  'escalation-rate',
  'cost-shift',
  'quality-shift',
  'unfamiliar-prompts',
  'old-prices',
]

function DriftCard() {
  const query = useQuery<{ readonly alarms: readonly RaisedAlarm[] }>('/admin/alarms', { everyMs })
  const drifted = query.data?.alarms.filter(({ name }) => driftAlarms.includes(name))
  return (
    <Card
      title="Drift"
      span={5}
      note="What is no longer as it was when the router was trained or calibrated."
    >
      {drifted === undefined ? (
        query.state === 'failed' ? (
          <ErrorBox error={query.error} onRetry={query.reload} />
        ) : (
          <Skeleton />
        )
      ) : drifted.length === 0 ? (
        <p>
          <Badge tone="good">steady</Badge> No alarm is raised.
        </p>
      ) : (
        <ul className="alarms">
          {drifted.map(({ name, subject, since, message }) => (
            <li key={`${name} ${subject}`}>
              <div className="row">
                <Badge tone="warn">{name}</Badge>
                <span className="note">
                  {subject}, since {format.time(since)}
                </span>
              </div>
              <p>{message}</p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
