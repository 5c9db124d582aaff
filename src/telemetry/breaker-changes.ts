import type { TelemetryEvent } from './events.ts'
import type { Readings } from './prometheus/readings.ts'

export type BreakerReading = ReturnType<NonNullable<Readings['breakers']>>[number]
export type BreakerChange = Extract<TelemetryEvent, { kind: 'breaker-changed' }>

/** What has changed between two looks. A breaker that is not named is closed. */
export function breakerChanges(
  before: readonly BreakerReading[],
  now: readonly BreakerReading[],
): readonly BreakerChange[] {
  const was = new Map(before.map(({ name, state }) => [name, state]))
  const is = new Map(now.map(({ name, state }) => [name, state]))
  const changes: BreakerChange[] = []
  for (const [name, state] of is)
    if (state !== (was.get(name) ?? 'closed')) changes.push({ kind: 'breaker-changed', name, state })
  for (const [name, state] of was)
    if (state !== 'closed' && !is.has(name)) changes.push({ kind: 'breaker-changed', name, state: 'closed' })
  return changes
}

const lookEveryMs = 1000

/**
 * Tells of breakers as they change, by looking at them once a second: the path of a request need not know that somebody
 * listens. One that opens and closes between two looks is not told of. Gives back what stops it.
 */
export function watchBreakers(
  read: NonNullable<Readings['breakers']>,
  emit: (event: TelemetryEvent) => void,
  everyMs: number = lookEveryMs,
): () => void {
  let before: readonly BreakerReading[] = []
  const timer = setInterval(() => {
    const now = read()
    if (before.length === 0 && now.length === 0) return
    for (const change of breakerChanges(before, now)) emit(change)
    before = now
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
