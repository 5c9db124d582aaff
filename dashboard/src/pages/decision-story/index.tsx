import { useQuery } from '../../api/client.ts'
import type { Story } from '../../api/types.ts'
import { count, decimal, money, ms, percent, time } from '../../ui/format.ts'
import { Card, Grid, Page, Stat, Stats } from '../../ui/layout.tsx'
import { Link, usePlace } from '../../ui/location.tsx'
import { LongText } from '../../ui/long.tsx'
import { Empty, ErrorBox, Skeleton } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { AttemptsCard } from './attempts-card.tsx'
import { CandidatesCard } from './candidates-card.tsx'
import { FeedbackCard } from './feedback-card.tsx'
import { RawCard } from './raw-card.tsx'
import { SignalsCard } from './signals-card.tsx'
import { StepsCard } from './steps-card.tsx'

export default function DecisionStoryPage() {
  const id = decodeURIComponent(usePlace().path.slice('/decisions/'.length))
  const query = useQuery<Story>(`/admin/decisions/${encodeURIComponent(id)}`)
  if (query.data !== undefined) return <Told story={query.data} />
  return (
    <Page title="Decision" intro={<code className="wrap">{id}</code>}>
      {query.state === 'failed' ? (
        <Missing error={query.error} onRetry={query.reload} />
      ) : (
        <Skeleton lines={14} />
      )}
    </Page>
  )
}

function Missing({ error, onRetry }: Parameters<typeof ErrorBox>[0]) {
  if (error.status !== 404) return <ErrorBox error={error} {...(onRetry && { onRetry })} />
  return (
    <Empty title="There is no decision by this id.">
      <p>
        It may be older than the gateway keeps them, or not be written yet.{' '}
        <Link to="/decisions">All decisions</Link>
      </p>
    </Empty>
  )
}

function Told({ story }: { readonly story: Story }) {
  const { decision, outcome } = story
  return (
    <Page
      title={`Decision of ${time(decision.time)}`}
      intro={
        <>
          <Link to="/decisions">Decisions</Link> / <code className="wrap">{decision.id}</code>
        </>
      }
      actions={<Status status={outcome?.status ?? null} failure={outcome?.failure ?? null} />}
    >
      <Card>
        <p className="lead">
          <strong>{decision.policy}</strong> ({decision.strategy}) chose{' '}
          <strong>{decision.chosen ?? 'no model'}</strong>: <LongText text={decision.because} />
        </p>
        {outcome !== null && outcome.model !== null && outcome.model !== decision.chosen && (
          <p>
            <strong>{outcome.model}</strong> answered in its place.
          </p>
        )}
      </Card>
      <Facts story={story} />
      <Grid>
        <CandidatesCard decision={decision} />
        <SignalsCard decision={decision} />
        <AttemptsCard outcome={outcome} />
        <StepsCard trace={decision.trace} />
        <FeedbackCard feedback={story.feedback} />
        <RawCard story={story} />
      </Grid>
    </Page>
  )
}

function Facts({ story: { decision, outcome } }: { readonly story: Story }) {
  const attempts = outcome?.attempts ?? []
  const output = attempts.reduce((sum, { usage }) => sum + usage.outputTokens, 0)
  const input = attempts.reduce((sum, { usage }) => sum + usage.inputTokens, 0)
  const { caller } = decision
  const who = [caller?.team, caller?.project, caller?.user].filter(Boolean).join(' / ')
  return (
    <Stats four>
      <Stat
        label="Cost"
        value={money(outcome?.cost == null ? null : outcome.cost / 1e6)}
        detail={decision.cache ? `from the ${decision.cache} cache` : `${count(attempts.length)} attempts`}
      />
      <Stat
        label="Latency"
        value={ms(outcome?.latencyMs)}
        detail={`first content after ${ms(outcome?.firstContentMs)}`}
      />
      <Stat label="Decided in" value={ms(decision.decidedInMicros / 1_000)} detail="model calls left out" />
      <Stat
        label="Propensity"
        value={decimal(decision.propensity, 3)}
        detail={
          decision.propensity === 1
            ? 'the same turn is always decided so'
            : `so decided in ${percent(decision.propensity)} of such turns${triedText(decision)}`
        }
      />
      <Stat
        label="Input"
        value={count(input)}
        detail={`tokens; estimated ${count(decision.signals.inputTokens)}`}
      />
      <Stat label="Output" value={count(output)} detail="tokens, of all attempts" />
      <Stat
        label="Objective"
        value={decision.objective.statedAs}
        detail={`λ ${lambdaText(decision.objective.lambda)} quality per $`}
      />
      <Stat
        label="Asked by"
        value={who === '' ? 'nobody named' : who}
        detail={caller?.session ? `session ${caller.session.slice(0, 40)}` : 'no session'}
      />
    </Stats>
  )
}

const lambdaText = (lambda: number): string =>
  lambda >= 100_000 ? count(lambda) : String(Number(lambda.toPrecision(4)))

/** By the policy's own beliefs: it took another than the one that it held to be the best. */
function triedText({ trace: { end } }: Story['decision']): string {
  if (end.kind !== 'forward' || !end.explores) return ''
  return `; tried to learn of it, giving up ${money(end.explores.usd)}`
}
