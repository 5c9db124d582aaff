import { describe, expect, test } from 'vitest'
import { learnerOf } from '../../strategies/bandit/learning.ts'
import { linUcb } from '../../strategies/linucb.ts'
import { openMemoryState } from '../../storage/state/memory-state.ts'
import type { SharedState } from '../../storage/state/shared-state.ts'
import { sumsKey } from './basis.ts'
import { createBook, nothingLearnt } from './book.ts'

const clock = { now: () => performance.now(), wall: () => new Date() }
const learner = learnerOf('linucb', linUcb.options.parse({ halfLifeHours: 1 }))
const basis = { learner: learner.id, artefact: 'test' }
const key = sumsKey('auto', basis)

const memory = () => openMemoryState({ clock, report: () => {} })
const opened = (state: Pick<SharedState, 'addSums' | 'readSums' | 'replaceSums'>) =>
  createBook({ policy: 'auto', learner, basis, beganAt: 0, contents: nothingLearnt, state })
const increment = (arm: string, ...numbers: number[]) => ({ arm, add: Float64Array.from(numbers) })
const oneLesson = { lessons: 1, quality: 1, billed: 0, usd: 0 }

describe('a book', () => {
  test('gives a turn the same value until something is learnt', () => {
    const book = opened(memory())
    const before = book.learnt(60_000)
    expect(book.learnt(119_999)).toBe(before)
    expect(book.learnt(120_000)).not.toBe(before)
    book.add(increment('a', 1, 2), oneLesson)
    expect(book.learnt(60_000).sums.get('a')).toEqual(Float64Array.of(1, 2))
    expect(before.sums.size).toBe(0)
  })

  test('keeps the arrays of arms that nobody has added to, which strategies keep factors by', async () => {
    const state = memory()
    const [one, other] = [opened(state), opened(state)]
    one.add(increment('a', 1, 2), oneLesson)
    one.add(increment('b', 3, 4), oneLesson)
    await one.flush()
    await other.refresh()
    const seen = other.contents().sums
    one.add(increment('b', 1, 1), oneLesson)
    await one.flush()
    await other.refresh()
    expect(other.contents().sums.get('a')).toBe(seen.get('a'))
    expect(other.contents().sums.get('b')).toEqual(Float64Array.of(4, 5))
    const now = other.contents().sums
    await other.refresh()
    expect(other.contents().sums).toBe(now)
    expect(other.contents().tally.lessons).toBe(3)
  })

  test('has what it has not told yet, whatever it reads', async () => {
    const state = memory()
    const [one, other] = [opened(state), opened(state)]
    one.add(increment('a', 1), oneLesson)
    other.add(increment('a', 10), oneLesson)
    await other.flush()
    await one.refresh()
    expect(one.contents()).toMatchObject({ tally: { lessons: 2 } })
    expect(one.contents().sums.get('a')).toEqual(Float64Array.of(11))
    await one.flush()
    await Promise.all([one.refresh(), other.refresh()])
    expect(one.contents()).toEqual(other.contents())
  })

  test('tells later what could not be told, and loses nothing of it', async () => {
    const state = memory()
    let broken = true
    const addSums: SharedState['addSums'] = (...given) => {
      if (broken) throw new Error('out of reach')
      return state.addSums(...given)
    }
    const book = opened({ ...state, addSums })
    book.add(increment('a', 1), oneLesson)
    await expect(book.flush()).rejects.toThrow('out of reach')
    book.add(increment('a', 2), oneLesson)
    broken = false
    await book.flush()
    const other = opened(state)
    await other.refresh()
    expect(other.contents().sums.get('a')).toEqual(Float64Array.of(3))
    expect(other.contents().tally.lessons).toBe(2)
  })

  test('puts back what it knows where the shared state was emptied', async () => {
    const state = memory()
    const book = opened(state)
    book.add(increment('a', 1, 2), oneLesson)
    await book.flush()
    const emptied = memory()
    const moved = createBook({
      policy: 'auto',
      learner,
      basis,
      beganAt: 0,
      contents: book.contents(),
      state: emptied,
    })
    await moved.refresh()
    const other = opened(emptied)
    await other.refresh()
    expect(other.contents()).toEqual(book.contents())
  })

  test('drops arms that are too old to have a say, and what it has not told of others stays', async () => {
    const state = memory()
    const book = opened(state)
    const nowMs = Date.now()
    // Epochs of 30 tau, which is about 43 hours at a half-life of one.
    const epoch = Math.floor(nowMs / ((30 * 3_600_000) / Math.LN2))
    book.add(increment(`${epoch - 5}:acme/small`, 1), oneLesson)
    await book.flush()
    book.add(increment(`${epoch}:acme/small`, 2), oneLesson)
    await book.forget(nowMs)
    expect([...book.contents().sums]).toEqual([[`${epoch}:acme/small`, Float64Array.of(2)]])
    expect(Object.keys(await state.readSums(key))).toContain(`${epoch}:acme/small`)
    expect(Object.keys(await state.readSums(key))).not.toContain(`${epoch - 5}:acme/small`)
    expect(book.contents().tally.lessons).toBe(2)
  })
})
