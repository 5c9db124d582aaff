import type { McpStatus } from '../../../../src/mcp/gateway.ts'
import { unreachable } from '../../../../src/domain/unreachable.ts'
import { useQuery } from '../../api/client.ts'
import { Badge, Card, Empty, ErrorBox, format, Skeleton, Table } from '../../ui/index.ts'

/** MCP servers behind `/mcp`; `mcp` is `null` where the process serves none. */
export function McpCard() {
  const query = useQuery<{ readonly mcp: McpStatus | null }>('/admin/mcp', { everyMs: 15_000 })
  // A gateway of another version may know no such call.
  const absent = query.state === 'failed' && query.error.status === 404
  return (
    <Card title="MCP servers" span={6}>
      {absent || query.data?.mcp === null ? (
        <None />
      ) : query.data === undefined ? (
        query.state === 'failed' ? (
          <ErrorBox error={query.error} onRetry={query.reload} />
        ) : (
          <Skeleton />
        )
      ) : (
        <Servers status={query.data.mcp} />
      )}
    </Card>
  )
}

const None = () => (
  <Empty title="No MCP server is configured">
    <p>
      <code>/mcp</code> answers with Fairlead’s own tools. Write servers under <code>mcp</code> in the
      configuration.
    </p>
  </Empty>
)

function Servers({ status: { servers, http } }: { readonly status: McpStatus }) {
  return (
    <>
      <p className="note">
        {format.count(http.open)} of at most {format.count(http.max)} sessions of clients are open.
      </p>
      {servers.length === 0 ? (
        <None />
      ) : (
        <Table
          caption="MCP servers"
          rows={servers}
          rowKey={({ server }) => server}
          columns={[
            { key: 'server', title: 'Server', cell: ({ server }) => server },
            {
              key: 'state',
              title: 'State',
              cell: ({ breaker, state, trouble }) => (
                <>
                  <BreakerBadge breaker={breaker} trouble={trouble} state={state} />
                  {trouble !== null && <p className="note wrap">{trouble}</p>}
                </>
              ),
            },
            {
              key: 'tools',
              title: 'Tools',
              align: 'right',
              cell: ({ tools, hiddenTools }) =>
                hiddenTools > 0 ? `${tools} (${hiddenTools} hidden)` : String(tools),
            },
            { key: 'kind', title: 'By', wide: true, cell: ({ kind }) => kind },
          ]}
        />
      )}
      {http.oldest.length > 0 && <OpenSessions http={http} />}
    </>
  )
}

const OpenSessions = ({ http: { open, oldest } }: { readonly http: McpStatus['http'] }) => (
  <>
    <h3>{oldest.length < open ? `The oldest ${format.count(oldest.length)} sessions` : 'Open sessions'}</h3>
    <Table
      caption="Open MCP sessions, the oldest first"
      rows={oldest}
      rowKey={({ id, caller }) => `${id} ${caller}`}
      columns={[
        { key: 'id', title: 'Session', cell: ({ id }) => <span className="code">{id}…</span> },
        {
          key: 'caller',
          title: 'Of',
          wide: true,
          cell: ({ caller }) => (caller === 'anyone' ? 'no key' : <span className="wrap">{caller}</span>),
        },
        { key: 'age', title: 'Open for', align: 'right', cell: ({ ageMs }) => format.duration(ageMs) },
        {
          key: 'use',
          title: 'Last used',
          align: 'right',
          cell: ({ quietMs, callsUnderWay }) =>
            callsUnderWay > 0
              ? `${format.count(callsUnderWay)} under way`
              : quietMs === null
                ? 'listens'
                : `${format.duration(quietMs)} ago`,
        },
      ]}
    />
  </>
)

function BreakerBadge({
  breaker,
  trouble,
  state,
}: Pick<McpStatus['servers'][number], 'breaker' | 'trouble' | 'state'>) {
  switch (breaker) {
    case 'closed':
      return <Badge tone={trouble === null ? 'good' : 'warn'}>{state}</Badge>
    case 'half-open':
      return <Badge tone="warn">about to be tried</Badge>
    case 'open':
      return <Badge tone="bad">breaker open</Badge>
    default:
      return unreachable(breaker)
  }
}
