/** An experiment as it stands: what is kept of it, as JSON. */

import type { ExperimentDefinition } from '../domain/experiment.ts'

export type ExperimentStatus = 'running' | 'stopped' | 'promoted' | 'rolled-back'

/** A stretch of time with one allocation. ISO 8601; `endedAt` is `null` for the one that runs. */
export type StageRecord = {
  readonly beganAt: string
  readonly endedAt: string | null
  /** By policy, the control included; they add up to 1. */
  readonly shares: Readonly<Record<string, number>>
}

/** What was seen at one look, for plots over time. */
export type Look = {
  readonly at: string
  readonly arms: Readonly<Record<string, LookAtArm>>
}

/** Differences to the control with the bounds of their intervals; `null`: no interval yet. */
export type LookAtArm = {
  readonly sessions: number
  readonly quality: Bounds | null
  readonly usd: Bounds | null
}

export type Bounds = { readonly estimate: number; readonly low: number; readonly high: number }

export type ExperimentState = {
  readonly definition: ExperimentDefinition
  readonly status: ExperimentStatus
  /** The policy that all requests go to now; `null` while it runs. */
  readonly winner: string | null
  /** Of the ramp. */
  readonly step: number
  readonly stages: readonly StageRecord[]
  /** For people: what was found at the last look. */
  readonly sentence: string
  /** Newest last. */
  readonly looks: readonly Look[]
  readonly history: readonly { readonly at: string; readonly what: string }[]
}

export const mostLooks = 500
export const mostHistory = 200

export function beginExperiment(definition: ExperimentDefinition, at: string): ExperimentState {
  return {
    definition,
    status: 'running',
    winner: null,
    step: 0,
    stages: [{ beganAt: at, endedAt: null, shares: sharesAt(definition, 0) }],
    sentence: 'Begun: nothing has been seen yet.',
    looks: [],
    history: [{ at, what: 'begun' }],
  }
}

/** The arms' own shares, brought to what the step of the ramp allows all of them together. */
export function sharesAt(
  { arms, control, ramp }: ExperimentDefinition,
  step: number,
): Record<string, number> {
  const whole = arms.reduce((sum, { share }) => sum + share, 0)
  const allowed = ramp.length === 0 ? whole : Math.min(whole, ramp[Math.min(step, ramp.length - 1)] ?? whole)
  const shares: Record<string, number> = {}
  for (const { policy, share } of arms) shares[policy] = whole === 0 ? 0 : (share / whole) * allowed
  return { ...shares, [control]: 1 - allowed }
}

/** From `at` on the units are shared out anew. */
export function reshared(
  state: ExperimentState,
  shares: Readonly<Record<string, number>>,
  at: string,
  what: string,
): ExperimentState {
  const ended = state.stages.map((stage) => (stage.endedAt === null ? { ...stage, endedAt: at } : stage))
  return { ...noted(state, at, what), stages: [...ended, { beganAt: at, endedAt: null, shares }] }
}

export function ended(
  state: ExperimentState,
  status: Exclude<ExperimentStatus, 'running'>,
  winner: string,
  at: string,
  what: string,
): ExperimentState {
  const stages = state.stages.map((stage) => (stage.endedAt === null ? { ...stage, endedAt: at } : stage))
  return { ...noted(state, at, what), status, winner, stages }
}

const noted = (state: ExperimentState, at: string, what: string): ExperimentState => ({
  ...state,
  history: [...state.history, { at, what }].slice(-mostHistory),
})
