import { useState } from 'react'
import { useQuery, withQuery } from '../../api/client.ts'
import type { DecisionPage, Overview, Saving } from '../../api/types.ts'
import { Select } from '../../ui/controls.tsx'
import { zone } from '../../ui/format.ts'
import { Card, Grid, Page } from '../../ui/layout.tsx'
import { setSearch, usePlace } from '../../ui/location.tsx'
import { ErrorBox, Loaded } from '../../ui/states.tsx'
import { FirstRun } from '../first-run/index.tsx'
import { Budgets } from './budgets.tsx'
import { Alarms } from './alarms.tsx'
import { Figures } from './figures-band.tsx'
import { rangeOf, ranges } from './figures.ts'
import { Groups } from './groups.tsx'
import { StepPlots } from './step-plots.tsx'
import { useLive } from './use-live.ts'

export default function OverviewPage() {
  const range = rangeOf(usePlace().search.get('range'))
  const zoneMinutes = -new Date().getTimezoneOffset()
  const overview = useQuery<Overview>(withQuery('/admin/overview', { range, zoneMinutes }), {
    everyMs: 30_000,
  })
  // It reads many rows of the record: what stands beside it is not to wait for them.
  const saving = useQuery<{ readonly saving: Saving | null }>(
    overview.state === 'loading' ? null : withQuery('/admin/saving', { since: range }),
    { everyMs: 60_000 },
  )
  const any = useQuery<DecisionPage>('/admin/decisions?limit=1')
  const reload = () => {
    overview.reload()
    saving.reload()
    any.reload()
  }
  const live = useLive(reload)
  const [running, setRunning] = useState(false)
  const isFirst =
    any.data !== undefined && any.data.decisions.length === 0 && overview.data?.totals.decisions === 0

  return (
    <Page
      title="Overview"
      intro={
        <>
          <span className={live ? 'live-dot live-on' : 'live-dot'} aria-hidden="true" />
          {live ? 'Live.' : 'Not live; figures are asked for every half minute.'} Times in {zone()}.
        </>
      }
      actions={
        <Select
          label="Range"
          hideLabel
          value={range}
          onChange={(value) => setSearch({ range: value === '24h' ? null : value })}
          choices={ranges}
        />
      }
    >
      {(isFirst || running) && <FirstRun onRunning={setRunning} onProgress={reload} />}
      {overview.state === 'failed' && overview.data === undefined && (
        <ErrorBox error={overview.error} onRetry={overview.reload} />
      )}
      <Figures
        overview={overview.data}
        saving={saving.data?.saving}
        savingKnown={saving.data !== undefined}
      />
      <Grid>
        <Card title="By time" note={`Each ${ranges.find(({ value }) => value === range)?.every}.`} span={12}>
          <Loaded query={overview} lines={12}>
            {(data) => <StepPlots overview={data} />}
          </Loaded>
        </Card>
        <Card title="Policies" span={6}>
          <Loaded query={overview} lines={5}>
            {(data) => <Groups what="policy" rows={data.policies} />}
          </Loaded>
        </Card>
        <Card title="Models" span={6}>
          <Loaded query={overview} lines={5}>
            {(data) => <Groups what="model" rows={data.models} />}
          </Loaded>
        </Card>
        <Budgets />
        <Alarms />
      </Grid>
    </Page>
  )
}
