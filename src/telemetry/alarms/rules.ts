import { escalated } from '../attempt-story.ts'
import type { TelemetryEvent } from '../events.ts'
import { type AnyAlarmRule, percent } from './alarm.ts'
import { constantRouter } from './constant-router.ts'
import { shareRule, type ShareLimits } from './share-rule.ts'
import { costShift, qualityShift, type ShiftLimits } from './shift-rules.ts'

export type AlarmLimits = {
  readonly constantRouter: ShareLimits
  readonly escalationRate: ShareLimits
  readonly errorRate: ShareLimits
  readonly unfamiliarPrompts: ShareLimits
  readonly costShift: ShiftLimits
  readonly qualityShift: ShiftLimits
  /** Prices that were looked up longer ago are old. */
  readonly priceAgeDays: number
}

export const defaultAlarmLimits: AlarmLimits = {
  constantRouter: { window: 500, raiseAbove: 0.98, clearBelow: 0.95 },
  escalationRate: { window: 200, raiseAbove: 0.9, clearBelow: 0.8 },
  errorRate: { window: 100, raiseAbove: 0.1, clearBelow: 0.05 },
  unfamiliarPrompts: { window: 500, raiseAbove: 0.25, clearBelow: 0.15 },
  costShift: { tolerance: 0.25, patience: 10_000 },
  qualityShift: { tolerance: 0.05, patience: 10_000 },
  priceAgeDays: 90,
}

/** Prompts are unfamiliar that rank among this share of the training's own that lies farthest out, or nearest to nothing. */
const unfamiliarBelow = 0.05

/** Those that follow from events alone. `routes`: whether a policy is meant to choose among models. */
export const alarmRules = (
  limits: AlarmLimits,
  routes: (policy: string) => boolean,
): readonly AnyAlarmRule[] => [
  constantRouter(limits.constantRouter, routes),
  shareRule('escalation-rate', limits.escalationRate, {
    subjectOf: policyOf('decided'),
    holds: (event) => (event.kind === 'decided' ? escalated(event.decision) : null),
    message: (share, count, subject) =>
      `${subject}: ${percent(share)} of the last ${count} requests went beyond the first model. Such a cascade costs more than asking the next model at once: calibrate its acceptance (\`fairlead calibrate\`), or choose another first model.`,
  }),
  shareRule('error-rate', limits.errorRate, {
    subjectOf: policyOf('finished'),
    holds: (event) =>
      event.kind !== 'finished' || event.outcome.status === 'cancelled'
        ? null
        : event.outcome.status === 'failed' && event.outcome.failure !== 'rejected',
    message: (share, count, subject) =>
      `${subject}: ${percent(share)} of the last ${count} requests failed. See which vendors fail (\`fairlead report\`, or breakers on /metrics), and add fallbacks at other vendors.`,
  }),
  shareRule('unfamiliar-prompts', limits.unfamiliarPrompts, {
    subjectOf: policyOf('decided'),
    holds: (event) =>
      event.kind !== 'decided' || event.familiarity === undefined
        ? null
        : event.familiarity < unfamiliarBelow,
    message: (share, count, subject) =>
      `${subject}: ${percent(share)} of the last ${count} prompts are unlike those that the router was trained on, where ${percent(unfamiliarBelow)} would be usual. Its estimates may mean little for them: train on outcomes of your own with \`fairlead train\`.`,
  }),
  costShift(limits.costShift),
  qualityShift(limits.qualityShift),
]

const policyOf =
  (kind: 'decided' | 'finished') =>
  (event: TelemetryEvent): string | null =>
    event.kind === kind ? (event as { decision: { policy: string } }).decision.policy : null
