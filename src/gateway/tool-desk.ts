/** The gateway's side of tool calls: the same keys, limits and records as model calls have. */

import { randomBytes } from 'node:crypto'
import type { Failure } from '../domain/failure.ts'
import { noRoutingOptions } from '../domain/routing-options.ts'
import { permits } from '../domain/virtual-key.ts'
import type { Governor } from '../governance/governor.ts'
import type { Identity } from '../governance/key-ring.ts'
import type { Awaitable } from '../storage/state/shared-state.ts'
import type { Events } from '../telemetry/events.ts'
import type { AuditLog } from './audit-log.ts'

export type ToolCallRecord = {
  readonly time: string
  readonly actor: string | null
  readonly server: string
  readonly tool: string
  readonly ok: boolean
  readonly latencyMs: number
  /** JSON-able; never holds arguments unless the configuration asks for them. */
  readonly details: object
}

export type ToolDesk = {
  /** Counts a call for the rates of whose it is; a failure: it is too much now. */
  readonly admit: (identity: Identity | null) => Awaitable<Failure | null>
  /** `tool`: `null` asks for what has no list of its own. */
  readonly mayUse: (identity: Identity | null, server: string, tool: string | null) => boolean
  readonly record: (call: ToolCallRecord) => void
}

/** Under this name limits of policies speak of tool calls. */
const policyName = 'mcp'

export function createToolDesk(governor: Governor, audit: AuditLog, events: Pick<Events, 'emit'>): ToolDesk {
  return {
    admit: (identity) => {
      const entry = governor.entry(identity, noRoutingOptions, policyName, { anyPolicy: true })
      if ('kind' in entry) return entry
      const entered = governor.door.enter(entry.subjects, 0, 0)
      // A call takes no place: what it counts for is how many there are in a minute.
      const settle = (found: Awaited<typeof entered>): Failure | null => {
        if ('kind' in found) return found
        found.leave(0)
        return null
      }
      return entered instanceof Promise ? entered.then(settle) : settle(entered)
    },
    mayUse: (identity, server, tool) =>
      identity === null ||
      [identity.key, identity.project, identity.team].every(
        (owner) =>
          owner === null || permits(owner.tools, tool === null ? `${server}/*` : `${server}/${tool}`),
      ),
    record: ({ time, actor, server, tool, ok, latencyMs, details }) => {
      audit.add({
        id: `audit_${randomBytes(9).toString('base64url')}`,
        time,
        kind: 'tool-call',
        actor,
        action: `${server}/${tool}`,
        subject: null,
        ok,
        latencyMs,
        details: JSON.stringify(details),
      })
      events.emit({ kind: 'tool-call', server, tool, ok, latencyMs })
    },
  }
}
