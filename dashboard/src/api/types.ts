/** What the admin API answers, by the gateway's own types. */

import type { Decision, Outcome } from '../../../src/domain/decision.ts'
import type { Feedback } from '../../../src/domain/feedback.ts'
import type { DecisionLine } from '../../../src/gateway/admin/decisions.ts'
import type { FrontierReport, PolicyObjective } from '../../../src/gateway/admin/frontier-calls.ts'
import type { OutcomeSetLine, SetAnswer, SetReport } from '../../../src/gateway/admin/frontier-sets.ts'
import type { SessionRow, SessionsReport, WhyHeld } from '../../../src/gateway/admin/health.ts'
import type { LearningPage } from '../../../src/gateway/admin/learning.ts'
import type { RegretReport } from '../../../src/gateway/admin/learning-regret.ts'
import type { LimitStatus } from '../../../src/gateway/admin/limits.ts'
import type { Overview } from '../../../src/gateway/admin/overview.ts'
import type { Interval, Saving } from '../../../src/gateway/admin/saving.ts'
import type { RaisedAlarm } from '../../../src/telemetry/alarms/index.ts'

export type {
  Decision,
  DecisionLine,
  Feedback,
  FrontierReport,
  Interval,
  LearningPage,
  LimitStatus,
  Outcome,
  OutcomeSetLine,
  Overview,
  PolicyObjective,
  RaisedAlarm,
  RegretReport,
  Saving,
  SetAnswer,
  SetReport,
  SessionRow,
  SessionsReport,
  WhyHeld,
}

export type DecisionPage = {
  readonly decisions: readonly DecisionLine[]
  readonly next: string | null
  readonly total?: number
}

export type Story = {
  readonly decision: Decision
  readonly outcome: Outcome | null
  readonly feedback: readonly Feedback[]
}
