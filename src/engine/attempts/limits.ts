import type { AttemptLimits } from '../../domain/attempt.ts'
import type { LoadLimits } from '../health/load.ts'
import type { TargetCall } from './call-target.ts'

/** What holds where neither target nor policy says otherwise. Connecting has its own limit, in the transport. */
export type EngineLimits = LoadLimits &
  Omit<AttemptLimits, 'firstByteMs' | 'firstContentMs'> & {
    /** `null`: no other than that of the first content. */
    readonly firstByteMs: number | null
    /** `null`: as long as models of its kind take. */
    readonly firstContentMs: number | null
  }

export const defaultAttemptLimits: EngineLimits = {
  firstByteMs: null,
  firstContentMs: null,
  answerMs: 120_000,
  idleMs: 30_000,
  maxAttempts: 6,
  sameTargetRetries: 1,
  backoffMs: 250,
  maxBackoffMs: 8_000,
  patienceMs: 3_000,
  maxConcurrent: 512,
  maxQueued: 1024,
  queueMs: 10_000,
}

/** Put together once for each policy, not for each request. */
export function mergedLimits(limits: EngineLimits): (own: Partial<AttemptLimits>) => EngineLimits {
  const known = new WeakMap<Partial<AttemptLimits>, EngineLimits>()
  return (own) => {
    const merged = known.get(own) ?? { ...limits, ...own }
    known.set(own, merged)
    return merged
  }
}

const usualFirstContentMs = 30_000
/** A model that thinks may be silent while it does. */
const thinkingFirstContentMs = 120_000

export function firstContentMsOf(call: TargetCall, limits: EngineLimits): number {
  const { target, job } = call
  return (
    target.limits.firstContentMs ??
    job.limits.firstContentMs ??
    limits.firstContentMs ??
    (target.model.capabilities.has('reasoning') ? thinkingFirstContentMs : usualFirstContentMs)
  )
}

export const firstByteMsOf = ({ target, job }: TargetCall, limits: EngineLimits): number | null =>
  target.limits.firstByteMs ?? job.limits.firstByteMs ?? limits.firstByteMs

export const answerMsOf = ({ target, job }: TargetCall, limits: EngineLimits): number =>
  target.limits.answerMs ?? job.limits.answerMs ?? limits.answerMs

export const idleMsOf = ({ target, job }: TargetCall, limits: EngineLimits): number =>
  target.limits.idleMs ?? job.limits.idleMs ?? limits.idleMs
