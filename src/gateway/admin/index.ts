import { randomBytes } from 'node:crypto'
import type { AdminTokens } from '../../config/resolve-governance.ts'
import type { AuditRow } from '../../storage/store.ts'
import { auditCalls } from './audit.ts'
import type { AdminCall, AdminParts } from './call.ts'
import { decisionCalls } from './decisions.ts'
import { eventCalls } from './events.ts'
import { frontierCalls } from './frontier-calls.ts'
import { experimentCalls } from './experiments.ts'
import { learningCalls } from './learning.ts'
import { healthCalls } from './health.ts'
import { keyCalls } from './keys.ts'
import { limitCalls } from './limits.ts'
import { overviewCalls } from './overview.ts'
import { reportCalls } from './report.ts'

export type Admin = {
  readonly calls: readonly AdminCall[]
  /** Who may ask for them now. */
  readonly tokens: () => AdminTokens
  /** Anybody may read the metrics. */
  readonly openMetrics: () => boolean
  /** Writes down what an administrator has changed; what can't be written down is told of, and done all the same. */
  readonly audited: (row: Pick<AuditRow, 'actor' | 'action' | 'subject' | 'ok'>) => void
}

export const createAdmin = (parts: AdminParts, onProblem: (error: unknown) => void): Admin => ({
  calls: adminCalls(parts),
  tokens: () => parts.config().admin,
  openMetrics: () => parts.config().telemetry.metrics.open,
  audited: (row) => {
    const whole: AuditRow = {
      ...row,
      id: `audit_${randomBytes(9).toString('base64url')}`,
      time: parts.clock.wall().toISOString(),
      kind: 'admin',
      latencyMs: null,
      details: '{}',
    }
    void parts.store.addAudit([whole]).catch(onProblem)
  },
})

const adminCalls = (parts: AdminParts): readonly AdminCall[] => [
  ...keyCalls(parts),
  ...limitCalls(parts),
  ...decisionCalls(parts),
  ...overviewCalls(parts),
  ...reportCalls(parts),
  ...experimentCalls(parts),
  ...frontierCalls(parts),
  ...learningCalls(parts),
  ...healthCalls(parts),
  ...auditCalls(parts),
  ...eventCalls(parts),
]
