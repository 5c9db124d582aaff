/** The row that is written of a call. */

import type { Conversation } from './conversation.ts'
import type { McpAuditRow } from './host.ts'
import { jsonBytes } from './result-limits.ts'

type What = Pick<McpAuditRow, 'server' | 'method' | 'item' | 'arguments'>

/** Takes the time now; what it returns makes the row when the call is over. */
export function auditRow(
  { party, settings }: Conversation,
  { server, method, item, arguments: arguments_ }: What,
): (outcome: McpAuditRow['outcome'], bytesOut: number) => McpAuditRow {
  const time = new Date().toISOString()
  const startedAt = performance.now()
  const bytesIn = jsonBytes(arguments_)
  return (outcome, bytesOut) => ({
    time,
    caller: party.caller().id,
    session: party.lasting ? party.id : null,
    server,
    method,
    item: item.slice(0, 500),
    outcome,
    latencyMs: performance.now() - startedAt,
    bytesIn,
    bytesOut,
    arguments: settings.auditArguments ? arguments_ : null,
  })
}
