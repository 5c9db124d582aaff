/**
 * What an alarm is made of: pure functions over events. A window counts events until it is full and is judged once; a test is
 * judged after each event. Both have hysteresis: what is neither bad nor good leaves an alarm as it is.
 */

import type { TelemetryEvent } from '../events.ts'

export const alarmNames = [
  'constant-router',
  'escalation-rate',
  'error-rate',
  'cost-shift',
  'quality-shift',
  'unfamiliar-prompts',
  'old-prices',
  'decisions-lost',
  'state-degraded',
] as const
export type AlarmName = (typeof alarmNames)[number]

export type Judgement =
  | { readonly level: 'good' | 'between' }
  /** What was seen, in numbers, and what to do. */
  | {
      readonly level: 'bad'
      readonly message: string
      readonly numbers: Readonly<Record<string, number>>
    }

export const good: Judgement = { level: 'good' }
export const between: Judgement = { level: 'between' }

/** `State`: what is remembered of one subject; small, and never changed in place. */
export type AlarmRule<State> = {
  readonly name: AlarmName
  /** Whom an event is about; `null`: it is nothing to this rule. */
  readonly subjectOf: (event: TelemetryEvent) => string | null
  readonly start: State
  readonly step: (state: State, event: TelemetryEvent) => State
  /** `null`: too little has been seen to say anything. What comes back starts afresh after a judgement where `restarts`. */
  readonly judge: (state: State, subject: string) => Judgement | null
  readonly restarts: boolean
}

/** A rule whose state nobody outside has to know. */
export type AnyAlarmRule = {
  readonly name: AlarmName
  readonly subjectOf: (event: TelemetryEvent) => string | null
  readonly open: (subject: string) => { readonly see: (event: TelemetryEvent) => Judgement | null }
}

export function defineAlarm<State>(rule: AlarmRule<State>): AnyAlarmRule {
  return {
    name: rule.name,
    subjectOf: rule.subjectOf,
    open: (subject) => {
      let state = rule.start
      return {
        see: (event) => {
          state = rule.step(state, event)
          const judgement = rule.judge(state, subject)
          if (judgement !== null && rule.restarts) state = rule.start
          return judgement
        },
      }
    },
  }
}

export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`

export const dollars = (usd: number): string => `$${usd < 0.01 ? usd.toPrecision(2) : usd.toFixed(2)}`
