import { describe, expect, it } from 'vitest'
import { aDecision, anOutcome } from '../../test/support/a-decision.ts'
import { createEvents } from './create-events.ts'
import type { EventsOptions, Seen, SinkProblem, TelemetryEvent } from './events.ts'
import { decisionLogSink } from './decision-log-sink.ts'

const degraded: TelemetryEvent = { kind: 'state-degraded', why: 'no connection' }
const recovered: TelemetryEvent = { kind: 'state-recovered' }

function someEvents(options: Partial<EventsOptions> = {}) {
  const problems: SinkProblem[] = []
  let now = 1000
  const events = createEvents({
    onProblem: (problem) => problems.push(problem),
    now: () => now++,
    ...options,
  })
  return { events, problems }
}

describe('events', () => {
  it('reach every sink, in order, with the time at which they were told', () => {
    const { events } = someEvents()
    const seen: unknown[] = []
    events.add({ name: 'a', take: (event, at) => seen.push(['a', event.kind, at]) })
    events.add({ name: 'b', take: (event, at) => seen.push(['b', event.kind, at]) })
    events.emit(degraded)
    events.emit(recovered)
    expect(seen).toEqual([
      ['a', 'state-degraded', 1000],
      ['b', 'state-degraded', 1000],
      ['a', 'state-recovered', 1001],
      ['b', 'state-recovered', 1001],
    ])
  })

  it('reach the other sinks where one throws, which is counted and told at powers of two', () => {
    const { events, problems } = someEvents()
    const seen: string[] = []
    const fault = new Error('broken')
    events.add({
      name: 'broken',
      take: () => {
        throw fault
      },
    })
    events.add({ name: 'sound', take: ({ kind }) => seen.push(kind) })
    for (let count = 0; count < 9; count++) events.emit(recovered)
    expect(seen).toHaveLength(9)
    expect(problems.map(({ failures }) => failures)).toEqual([1, 2, 4, 8])
    expect(problems[0]).toEqual({ sink: 'broken', error: fault, failures: 1 })
    expect(events.counts()).toEqual({ emitted: 9, failures: { broken: 9 } })
  })

  it('never throw, not even where the report of a problem does', () => {
    const { events } = someEvents({
      onProblem: () => {
        throw new Error('nobody listens')
      },
    })
    events.add({
      name: 'broken',
      take: () => {
        throw new Error('broken')
      },
    })
    expect(() => events.emit(recovered)).not.toThrow()
    expect(events.counts().failures).toEqual({ broken: 1 })
  })

  it('go on to the others when a sink takes itself off while it is told something', () => {
    const { events } = someEvents()
    const seen: string[] = []
    const remove = events.add({
      name: 'once',
      take: () => {
        seen.push('once')
        remove()
      },
    })
    events.add({ name: 'always', take: () => seen.push('always') })
    events.emit(recovered)
    events.emit(recovered)
    expect(seen).toEqual(['once', 'always', 'always'])
  })

  it('are kept up to a number, oldest first', () => {
    const { events } = someEvents({ ring: 3 })
    expect(events.recent()).toEqual([])
    events.emit(degraded)
    expect(events.recent().map(({ sequence }) => sequence)).toEqual([0])
    for (let count = 0; count < 6; count++) events.emit(recovered)
    expect(events.recent().map(({ sequence }) => sequence)).toEqual([4, 5, 6])
  })

  it('are kept without what was said, which may be large', () => {
    const { events } = someEvents()
    const reader = events.subscribe()
    const asked = { operation: 'chat', request: null, traceparent: null, prompt: null } as const
    const event = { kind: 'finished', decision: aDecision(), outcome: anOutcome() } as const
    events.emit({ ...event, asked, answer: { parts: [] } as never })
    expect(events.recent()[0]?.event).toEqual(event)
    reader.close()
  })

  it('go to the decision log as decisions and outcomes, and nothing else does', () => {
    const { events } = someEvents()
    const told: unknown[] = []
    const log = { decided: (it: unknown) => told.push(it), finished: (it: unknown) => told.push(it) }
    events.add(decisionLogSink(log))
    events.emit({ kind: 'decided', decision: aDecision() })
    events.emit(recovered)
    events.emit({ kind: 'finished', decision: aDecision(), outcome: anOutcome() })
    expect(told).toEqual([aDecision(), anOutcome()])
  })
})

describe('a reader of the live stream', () => {
  async function take(from: AsyncIterable<Seen>, count: number): Promise<string[]> {
    const kinds: string[] = []
    for await (const { event } of from) {
      kinds.push(event.kind)
      if (kinds.length === count) break
    }
    return kinds
  }

  it('gets what is told while it waits', async () => {
    const { events } = someEvents()
    const reader = events.subscribe()
    const reading = take(reader, 2)
    await Promise.resolve()
    events.emit(degraded)
    events.emit(recovered)
    expect(await reading).toEqual(['state-degraded', 'state-recovered'])
  })

  it('gets only the kinds that it asks for', async () => {
    const { events } = someEvents()
    const reader = events.subscribe({ kinds: ['state-recovered'] })
    events.emit(degraded)
    events.emit(recovered)
    expect(await take(reader, 1)).toEqual(['state-recovered'])
  })

  it('loses what does not fit its buffer, and is told how much', async () => {
    const { events } = someEvents()
    const reader = events.subscribe({ buffer: 2 })
    for (let count = 0; count < 5; count++) events.emit(recovered)
    expect(reader.dropped()).toBe(3)
    expect(await take(reader, 2)).toHaveLength(2)
  })

  it('ends when it is closed, also while it waits', async () => {
    const { events } = someEvents({ maxSubscribers: 1 })
    const reader = events.subscribe()
    const reading = take(reader, 1)
    await Promise.resolve()
    reader.close()
    expect(await reading).toEqual([])
    expect(() => events.subscribe()).not.toThrow()
  })

  it('is refused where there are too many, and leaves its place when it stops', async () => {
    const { events } = someEvents({ maxSubscribers: 1 })
    const reader = events.subscribe()
    expect(() => events.subscribe()).toThrow(/1 readers follow the events already. Close one/)
    events.emit(recovered)
    await take(reader, 1)
    expect(() => events.subscribe()).not.toThrow()
  })
})
