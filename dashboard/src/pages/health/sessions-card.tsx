import { useRef } from 'react'
import { useQuery, withQuery } from '../../api/client.ts'
import type { SessionRow, SessionsReport } from '../../api/types.ts'
import {
  Badge,
  Bar,
  Card,
  Empty,
  ErrorBox,
  Field,
  format,
  Link,
  setSearch,
  Skeleton,
  Stat,
  Stats,
  Table,
  usePlace,
} from '../../ui/index.ts'
import { useGatewayNow } from '../../ui/use-now.ts'
import { useTyped } from '../../ui/use-typed.ts'
import { decisionsOf, sayDetail, sayLooked, sayWhose, sayWhy, shortName } from './sessions.ts'

const everyMs = 5_000

/** What the gateway holds in memory of conversations. */
export function SessionsCard() {
  const wanted = usePlace().search.get('session') ?? ''
  const query = useQuery<SessionsReport>(withQuery('/admin/sessions', { search: wanted }), { everyMs })
  // What another search found stays until this one has been answered: nothing jumps while somebody types.
  const last = useRef<SessionsReport | undefined>(undefined)
  if (query.data !== undefined) last.current = query.data
  const report = last.current
  return (
    <Card title="Sessions" {...(report && { note: sayWhose(report.state) })}>
      {report === undefined && query.state === 'failed' && (
        <ErrorBox error={query.error} onRetry={query.reload} />
      )}
      {report === undefined && query.state === 'loading' && <Skeleton lines={8} />}
      {report !== undefined && <Report report={report} wanted={wanted} />}
    </Card>
  )
}

function Report({ report, wanted }: { readonly report: SessionsReport; readonly wanted: string }) {
  if (!report.affinity)
    return (
      <Empty title="Sessions are not looked at">
        <p>
          <code>sessions.affinity</code> of the configuration is off: every request goes where it would go
          alone.
        </p>
      </Empty>
    )
  if (report.remembered === 0)
    return (
      <Empty title="No session is remembered">
        <p>A conversation stands here from its first answer on.</p>
      </Empty>
    )
  return (
    <div className="sessions">
      <Counts report={report} />
      <SearchBox wanted={wanted} />
      {report.rows.length === 0 ? (
        <p className="note">
          {wanted === ''
            ? 'Those that are remembered have grown too old.'
            : 'No session has that in its name.'}
        </p>
      ) : (
        <Rows report={report} />
      )}
    </div>
  )
}

function Counts({ report }: { readonly report: SessionsReport }) {
  const { held, inTrouble, latchAfterRounds, remembered, max, ttlMs, sessions, conversations } = report
  const looked = sayLooked(report)
  return (
    <>
      <Stats>
        <Stat
          label="Sessions"
          value={format.count(sessions)}
          detail={
            conversations > 0 ? `${format.count(conversations)} conversations in those with names` : null
          }
        />
        <Stat
          label="Nobody else may go on"
          value={format.count(held['vendor-state'])}
          detail="their vendor keeps the conversation"
        />
        <Stat
          label="Held to a model"
          value={format.count(held['tool-loop'] + held.seals)}
          detail={`${format.count(held['tool-loop'])} in a tool loop, ${format.count(held.seals)} sealed`}
        />
        <Stat
          label="In trouble"
          value={format.count(inTrouble)}
          tone={inTrouble > 0 ? 'bad' : 'plain'}
          detail={`${latchAfterRounds} rounds or more without headway`}
        />
      </Stats>
      <Bar
        label="Remembered"
        used={remembered}
        limit={max}
        format={format.count}
        note={
          <>
            Each is forgotten {format.duration(ttlMs)} after its last answer, and the least recently used when
            all places are taken. {looked}
          </>
        }
      />
      {report.models.length > 0 && (
        <p className="note">
          By model:{' '}
          {report.models.map(({ model, sessions: of }) => `${model} ${format.count(of)}`).join(', ')}.
        </p>
      )}
    </>
  )
}

/** It stands in the address, as other filters do. */
function SearchBox({ wanted }: { readonly wanted: string }) {
  const [text, setText] = useTyped(wanted, (typed) => setSearch({ session: typed || null }))
  return (
    <search className="filters">
      <Field
        label="Find a session"
        type="search"
        value={text}
        onChange={setText}
        placeholder="a part of its name"
      />
    </search>
  )
}

function Rows({ report: { rows, matching } }: { readonly report: SessionsReport }) {
  const now = useGatewayNow(5_000)
  return (
    <>
      <Table
        caption="Sessions, those used last first"
        rows={rows}
        rowKey={({ session, name }) => `${session === null ? 'unnamed' : 'named'} ${name}`}
        columns={[
          { key: 'session', title: 'Session', cell: (row) => <Name row={row} /> },
          {
            key: 'model',
            title: 'Model',
            wide: true,
            cell: ({ model, target }) => (
              <>
                <span className="wrap">{model}</span>
                {target !== null && target !== model && <div className="note wrap">{target}</div>}
                {target === null && <div className="note">its target is gone from the configuration</div>}
              </>
            ),
          },
          {
            key: 'why',
            title: 'Why it stays',
            cell: (row) => {
              const { label, tone } = sayWhy(row.why)
              const detail = sayDetail(row)
              return (
                <>
                  <Badge tone={tone}>{label}</Badge>{' '}
                  {row.inTrouble && row.why !== 'in-trouble' && <Badge tone="warn">in trouble</Badge>}
                  {detail !== null && <div className="note">{detail}</div>}
                </>
              )
            },
          },
          {
            key: 'since',
            title: 'With it since',
            wide: true,
            cell: ({ since, switches }) => (
              <>
                <time dateTime={since}>{format.ago(since, now)}</time>
                {switches > 0 && (
                  <div className="note">
                    after {format.count(switches)} {switches === 1 ? 'change' : 'changes'} of model
                  </div>
                )}
              </>
            ),
          },
          {
            key: 'answered',
            title: 'Last answer',
            wide: true,
            cell: ({ answeredAt }) => <time dateTime={answeredAt}>{format.ago(answeredAt, now)}</time>,
          },
        ]}
      />
      {matching > rows.length && (
        <p className="note">
          {format.count(rows.length)} of {format.count(matching)} are shown. Find others by a part of their
          name.
        </p>
      )}
    </>
  )
}

function Name({ row }: { readonly row: SessionRow }) {
  const to = decisionsOf(row)
  const name = <span className="code wrap">{shortName(row.name)}</span>
  return (
    <>
      {to === null ? name : <Link to={to}>{name}</Link>}
      <div className="note sessions-narrow wrap">{row.model}</div>
      {row.session === null && <div className="note">not named by its client</div>}
      {row.conversations > 1 && <div className="note">{format.count(row.conversations)} conversations</div>}
    </>
  )
}
