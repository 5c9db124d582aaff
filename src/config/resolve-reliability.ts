import type { AttemptLimits } from '../domain/attempt.ts'
import type { ReportFault } from './faults.ts'
import type { AttemptEntry } from './reliability-fields.ts'
import { configFields, type Sections } from './schema.ts'

/** What the file says of attempts as a whole; what it leaves out has the engine's own defaults. */
export type Reliability = {
  readonly connectMs: number
  readonly limits: Partial<AttemptLimits>
  readonly load: Partial<{
    readonly maxConcurrent: number
    readonly maxQueued: number
    readonly queueMs: number
  }>
  readonly breakers: Partial<{
    readonly allowedFails: number
    readonly windowMs: number
    readonly failureShare: number
    readonly cooldownMs: number
    readonly maxCooldownMs: number
  }>
  readonly sessions: NonNullable<Sections['sessions']>
}

export function resolveReliability(
  sections: Pick<Sections, 'timeouts' | 'retries' | 'breakers' | 'load' | 'sessions'>,
  report: ReportFault,
): Reliability {
  const { connectMs, ...timeouts } = sections.timeouts ?? configFields.timeouts.unwrap().parse({})
  return {
    connectMs,
    limits: attemptLimits({ timeouts, retries: sections.retries }),
    load: stated(sections.load ?? {}),
    breakers: breakersOf(sections.breakers ?? {}, report),
    sessions: sections.sessions ?? configFields.sessions.unwrap().parse({}),
  }
}

/** What is said of attempts, and nothing of what is not. */
export function attemptLimits({ timeouts = {}, retries = {} }: AttemptEntry): Partial<AttemptLimits> {
  const { sameTarget, ...others } = retries
  return stated({ ...timeouts, ...others, sameTargetRetries: sameTarget })
}

function breakersOf(
  { cooldownTime, ...rules }: NonNullable<Sections['breakers']>,
  report: ReportFault,
): Reliability['breakers'] {
  if (cooldownTime !== undefined && rules.cooldownMs !== undefined)
    report(
      ['breakers', 'cooldownTime'],
      'says in seconds what cooldownMs says in milliseconds. Keep one of them.',
      'key',
    )
  const cooldownMs = cooldownTime === undefined ? rules.cooldownMs : 1000 * cooldownTime
  const { maxCooldownMs } = rules
  if (cooldownMs !== undefined && maxCooldownMs !== undefined && maxCooldownMs < cooldownMs)
    report(
      ['breakers', 'maxCooldownMs'],
      `${maxCooldownMs} is below the first cooldown of ${cooldownMs}. Write ${cooldownMs} or more.`,
    )
  return stated({
    ...rules,
    cooldownMs,
    // A first cooldown above the usual longest one is its own longest.
    maxCooldownMs: maxCooldownMs ?? (cooldownMs === undefined ? undefined : Math.max(cooldownMs, 10_000)),
  })
}

type Stated<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> }

const stated = <T extends object>(fields: T): Stated<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Stated<T>
