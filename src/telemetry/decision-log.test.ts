import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aDecision, anOutcome } from '../../test/support/a-decision.ts'
import { aFolder } from '../../test/support/a-folder.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import type { Store } from '../storage/store.ts'
import { StoreError } from '../storage/store-error.ts'
import { createDecisionLog, type DecisionLogOptions, type DecisionLogProblem } from './decision-log.ts'

type Batch = Parameters<Store['append']>[0]
const full = new StoreError('disk-full', 'No space left.', 'Free space.')

/** A store that throws what `fail` returns and else keeps the ids it got. */
function aStore(fail: (batch: Batch) => Error | null = () => null) {
  const batches: string[][] = []
  return {
    batches,
    append: async (batch: Batch) => {
      const error = fail(batch)
      if (error) throw error
      const outcomes = batch.outcomes.map(({ decision }) => `${decision}!`)
      batches.push([...batch.decisions.map(({ id }) => id as string), ...outcomes])
    },
  }
}

/** Timers that only run when told to. */
function heldTimers() {
  const waiting = new Map<number, { work: () => void; delayMs: number }>()
  let last = 0
  return {
    delays: () => [...waiting.values()].map(({ delayMs }) => delayMs),
    fire: () => {
      const due = [...waiting.values()]
      waiting.clear()
      for (const { work } of due) work()
    },
    start: (work: () => void, delayMs: number) => {
      last += 1
      waiting.set(last, { work, delayMs })
      return last
    },
    cancel: (timer: unknown) => void waiting.delete(timer as number),
  }
}

function aLog(store: Pick<Store, 'append'>, options: Partial<DecisionLogOptions> = {}) {
  const timers = heldTimers()
  const problems: DecisionLogProblem[] = []
  const log = createDecisionLog(store, { timers, onProblem: (problem) => problems.push(problem), ...options })
  return { log, timers, problems }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))
const instantTimers = {
  start: (work: () => void) => setImmediate(work),
  cancel: (timer: unknown) => clearImmediate(timer as NodeJS.Immediate),
}

describe('a decision log over a SQLite store', () => {
  it('writes in the background, with no call to flush', async () => {
    const store = await openSqliteStore({ path: join(aFolder(), 'log.db') })
    const log = createDecisionLog(store, {
      flushIntervalMs: 1,
      onProblem: (problem) => expect.fail(problem.kind),
    })
    log.decided(aDecision())
    log.finished(anOutcome())
    await expect
      .poll(() => store.decision(aDecision().id))
      .toEqual({ decision: aDecision(), outcome: anOutcome() })
    await log.close()
    await store.close()
  })

  it('has everything after close', async () => {
    const store = await openSqliteStore({ path: join(aFolder(), 'log.db') })
    const { log, problems } = aLog(store)
    for (let n = 0; n < 5000; n++) {
      log.decided(aDecision({ id: `d-${n}` }))
      log.finished(anOutcome({ decision: `d-${n}` }))
    }
    await log.close()
    const stored = await store.decisions({ since: null, policy: null, limit: 10_000 })
    expect(stored.filter(({ outcome }) => outcome !== null)).toHaveLength(5000)
    expect(log.counts()).toEqual({ queued: 0, written: 10_000, dropped: 0 })
    expect(problems).toEqual([])
    await store.close()
  })
})

describe('a decision log', () => {
  it('touches the store neither when it is told something nor before its interval is over', async () => {
    const store = aStore()
    const { log, timers } = aLog(store, { flushIntervalMs: 200 })
    log.decided(aDecision({ id: 'a' }))
    log.finished(anOutcome({ decision: 'a' }))
    await settle()
    expect(store.batches).toEqual([])
    expect(timers.delays()).toEqual([200])
    timers.fire()
    await settle()
    expect(store.batches).toEqual([['a', 'a!']])
    expect(timers.delays()).toEqual([])
  })

  it('writes at once when its queue is full', async () => {
    const store = aStore()
    const { log } = aLog(store, { maxQueued: 3 })
    for (const id of ['a', 'b', 'c', 'd']) log.decided(aDecision({ id }))
    await settle()
    expect(store.batches[0]).toEqual(['a', 'b', 'c'])
    await log.close()
    expect(store.batches.flat()).toEqual(['a', 'b', 'c', 'd'])
  })

  it('keeps what a failing store refused, waits longer each time, and writes it when the store is back', async () => {
    let failing = true
    const store = aStore(() => (failing ? full : null))
    const { log, timers, problems } = aLog(store, { flushIntervalMs: 100 })
    log.decided(aDecision({ id: 'a' }))
    const delays: number[] = []
    for (let round = 0; round < 8; round++) {
      delays.push(...timers.delays())
      timers.fire()
      await settle()
    }
    expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000])
    expect(problems).toHaveLength(8)
    expect(problems[0]).toEqual({ kind: 'not-written', error: full, queued: 1 })
    log.finished(anOutcome({ decision: 'a' }))
    failing = false
    timers.fire()
    await settle()
    expect(store.batches).toEqual([['a', 'a!']])
    log.decided(aDecision({ id: 'b' }))
    expect(timers.delays()).toEqual([100])
  })

  it('is bounded: past its limit it drops the newest, and says how many', async () => {
    let failing = true
    const store = aStore(() => (failing ? full : null))
    const { log, timers, problems } = aLog(store, { maxQueued: 2, maxKept: 4 })
    for (let n = 0; n < 10; n++) log.decided(aDecision({ id: `d-${n}` }))
    await settle()
    expect(log.counts()).toEqual({ queued: 4, written: 0, dropped: 6 })
    failing = false
    timers.fire()
    await settle()
    await log.close()
    expect(store.batches.flat()).toEqual(['d-0', 'd-1', 'd-2', 'd-3'])
    const dropped = problems.flatMap((problem) => (problem.kind === 'dropped' ? [problem] : []))
    expect(dropped.map(({ dropped, total }) => [dropped, total])).toEqual([
      [1, 1],
      [5, 6],
    ])
    expect(dropped[0]?.why).toContain('4 decisions and outcomes wait already')
  })

  it('writes the good members of a batch that has a bad one, and says what it dropped', async () => {
    const store = aStore(({ decisions }) =>
      decisions.some(({ id }) => (id as string) === 'bad') ? new TypeError('not JSON') : null,
    )
    const { log, problems } = aLog(store)
    for (const id of ['a', 'bad', 'b']) log.decided(aDecision({ id }))
    await log.flush()
    expect(store.batches).toEqual([['a'], ['b']])
    expect(log.counts()).toEqual({ queued: 0, written: 2, dropped: 1 })
    expect(problems).toEqual([
      { kind: 'dropped', why: "the store can't hold it: not JSON", dropped: 1, total: 1 },
    ])
  })

  it('writes one batch at a time', async () => {
    let open = 0
    const seen: number[] = []
    const { log } = aLog({
      append: async () => {
        open += 1
        seen.push(open)
        await settle()
        open -= 1
      },
    })
    log.decided(aDecision({ id: 'a' }))
    const first = log.flush()
    await Promise.resolve()
    log.decided(aDecision({ id: 'b' }))
    await Promise.all([first, log.flush(), log.close()])
    expect(seen).toEqual([1, 1])
  })

  it('counts what is being written as queued, so that a slow store is bounded too', async () => {
    let finish = () => {}
    const append = () =>
      new Promise<void>((resolve) => {
        finish = resolve
      })
    const { log, problems } = aLog({ append }, { maxQueued: 2, maxKept: 3 })
    for (const id of ['a', 'b', 'c', 'd']) log.decided(aDecision({ id }))
    expect(log.counts()).toEqual({ queued: 3, written: 0, dropped: 1 })
    expect(problems).toHaveLength(1)
    finish()
    await settle()
    expect(log.counts()).toMatchObject({ queued: 1, written: 2 })
  })
})

describe('closing a decision log', () => {
  it('tries again while the store fails', async () => {
    let failures = 3
    const store = aStore(() => (failures-- > 0 ? full : null))
    const { log } = aLog(store, { timers: instantTimers })
    log.decided(aDecision({ id: 'a' }))
    await log.close()
    expect(store.batches).toEqual([['a']])
  })

  it('says what is lost where the store never comes back', async () => {
    const { log, problems } = aLog(
      aStore(() => full),
      { timers: instantTimers, closeAttempts: 2 },
    )
    log.decided(aDecision({ id: 'a' }))
    log.decided(aDecision({ id: 'b' }))
    await log.close()
    expect(problems.map(({ kind }) => kind)).toEqual(['not-written', 'not-written', 'dropped'])
    expect(problems.at(-1)).toMatchObject({ dropped: 2, total: 2 })
    expect(log.counts()).toEqual({ queued: 0, written: 0, dropped: 2 })
  })

  it('leaves no timer, and reports what comes too late', async () => {
    const store = aStore()
    const { log, timers, problems } = aLog(store)
    log.decided(aDecision({ id: 'a' }))
    await log.close()
    log.decided(aDecision({ id: 'b' }))
    expect(timers.delays()).toEqual([])
    expect(store.batches).toEqual([['a']])
    expect(problems).toEqual([{ kind: 'dropped', why: 'the decision log was closed', dropped: 1, total: 1 }])
  })
})
