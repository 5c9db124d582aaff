import { useState } from 'react'
import { useQuery, withQuery } from '../../api/client.ts'
import type { DecisionLine, DecisionPage } from '../../api/types.ts'
import { Button } from '../../ui/controls.tsx'
import { count } from '../../ui/format.ts'
import { Card, Page } from '../../ui/layout.tsx'
import { navigate, usePlace } from '../../ui/location.tsx'
import { Empty, ErrorBox, Skeleton } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { useGatewayNow } from '../../ui/use-now.ts'
import { columnsAt } from './columns.tsx'
import { FilterBar } from './filter-bar.tsx'
import { filtersOf, fits, merged } from './filters.ts'
import { useArrivals } from './use-arrivals.ts'

const pageRows = 50

export default function DecisionsPage() {
  const { search } = usePlace()
  const filters = filtersOf(search)
  const after = search.get('after')
  const from = Number(search.get('from') ?? 0) || 0
  const [paused, setPaused] = useState(false)
  const [inside, setInside] = useState(false)
  const isFirst = after === null
  const query = useQuery<DecisionPage>(
    withQuery('/admin/decisions', { ...filters, after, limit: pageRows, count: true }),
    isFirst ? { everyMs: 60_000 } : {},
  )
  const { arrived, missed, live } = useArrivals(isFirst && !paused && !inside, (line) => fits(line, filters))
  const now = useGatewayNow(15_000)
  const fresh = arrived.filter((line) => fits(line, filters))
  const rows = query.data && (isFirst ? merged(fresh, query.data.decisions, pageRows) : query.data.decisions)
  const isNew = new Set(fresh.map(({ id }) => id))

  return (
    <Page
      title="Decisions"
      intro={
        <>
          <span className={live ? 'live-dot live-on' : 'live-dot'} aria-hidden="true" />
          {liveWords({ live, isFirst, paused, inside, missed })}
        </>
      }
      actions={
        <Button onClick={() => setPaused(!paused)} pressed={paused} disabled={!isFirst}>
          {paused ? 'Go on' : 'Pause'}
        </Button>
      }
    >
      <FilterBar filters={filters} />
      <Card>
        {query.state === 'failed' && <ErrorBox error={query.error} onRetry={query.reload} />}
        {rows === undefined && query.state === 'loading' && <Skeleton lines={16} />}
        {rows?.length === 0 && <Nothing filtered={Object.keys(filters).length > 0} />}
        {rows !== undefined && rows.length > 0 && (
          <section
            aria-label="Requests"
            onMouseEnter={() => setInside(true)}
            onMouseLeave={() => setInside(false)}
            onFocus={() => setInside(true)}
            onBlur={() => setInside(false)}
          >
            <Table<DecisionLine>
              caption="Decisions, newest first"
              columns={columnsAt(now)}
              rows={rows}
              rowKey={({ id }) => id}
              href={({ id }) => `/decisions/${encodeURIComponent(id)}`}
              isNew={({ id }) => isNew.has(id)}
              paging={{
                from,
                total: query.data?.total,
                onNext: query.data?.next ? () => turn(search, query.data!.next, from + pageRows) : null,
                onBack: isFirst ? null : () => history.back(),
              }}
            />
          </section>
        )}
      </Card>
    </Page>
  )
}

/** A step of the history: going back is the page before. */
function turn(search: URLSearchParams, after: string | null, from: number): void {
  const next = new URLSearchParams(search)
  if (after !== null) next.set('after', after)
  next.set('from', String(from))
  navigate(`/decisions?${next}`)
  window.scrollTo(0, 0)
}

type Liveness = {
  readonly live: boolean
  readonly isFirst: boolean
  readonly paused: boolean
  readonly inside: boolean
  readonly missed: number
}

function liveWords({ live, isFirst, paused, inside, missed }: Liveness): string {
  if (!live) return 'Not live: the stream of events is being opened.'
  if (!isFirst) return 'Older requests. The first page is live.'
  const waiting = missed === 0 ? '' : ` ${count(missed)} new ones wait.`
  if (paused) return `Paused.${waiting}`
  if (inside) return `Held while you look.${waiting}`
  return 'Live: requests stand here as they are routed.'
}

const Nothing = ({ filtered }: { readonly filtered: boolean }) =>
  filtered ? (
    <Empty title="No request fits these filters." />
  ) : (
    <Empty title="No requests yet.">
      <p>They appear here as they are routed.</p>
    </Empty>
  )
