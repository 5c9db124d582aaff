import { describe, expect, it, onTestFinished } from 'vitest'
import { type BreakerReading, breakerChanges, watchBreakers } from './breaker-changes.ts'
import type { TelemetryEvent } from './events.ts'

const reading = (name: string, state: BreakerReading['state']): BreakerReading => ({ name, state })
const told = (before: readonly BreakerReading[], now: readonly BreakerReading[]) =>
  breakerChanges(before, now).map(({ name, state }) => `${name} ${state}`)

describe('changes of breakers', () => {
  it('are told, and what stays as it is is not', () => {
    expect(told([], [reading('a', 'open'), reading('b', 'closed')])).toEqual(['a open'])
    expect(told([reading('a', 'open')], [reading('a', 'open')])).toEqual([])
    expect(told([reading('a', 'open')], [reading('a', 'half-open')])).toEqual(['a half-open'])
    expect(told([reading('a', 'half-open'), reading('b', 'open')], [reading('b', 'open')])).toEqual([
      'a closed',
    ])
  })

  it('are found by looking now and then', async () => {
    let now: readonly BreakerReading[] = []
    const events: TelemetryEvent[] = []
    onTestFinished(
      watchBreakers(
        () => now,
        (event) => events.push(event),
        1,
      ),
    )
    now = [reading('vendor acme', 'open')]
    await expect.poll(() => events.length).toBe(1)
    now = []
    await expect.poll(() => events.length).toBe(2)
    expect(events).toEqual([
      { kind: 'breaker-changed', name: 'vendor acme', state: 'open' },
      { kind: 'breaker-changed', name: 'vendor acme', state: 'closed' },
    ])
  })
})
