import { describe, expect, test } from 'vitest'
import { createLane, createRoom, createTell } from './lane.ts'

const never = () => new Promise<void>(() => {})

function aLane(changes: object = {}) {
  const told: string[] = []
  const lane = createLane<string>({
    work: async () => {},
    room: createRoom(1_000),
    atOnce: 2,
    mostWaiting: 3,
    limitMs: 60_000,
    tell: (why) => told.push(why),
    ...changes,
  })
  return { lane, told }
}

describe('a lane', () => {
  test('begins nothing while whoever offers it is at work', async () => {
    const begun: string[] = []
    const { lane } = aLane({ work: async (item: string) => void begun.push(item) })
    lane.offer('a', 1)
    lane.offer('b', 1)
    expect(begun).toEqual([])
    await expect.poll(() => begun).toEqual(['a', 'b'])
    await expect.poll(() => lane.counts()).toMatchObject({ done: 2, waiting: 0, running: 0 })
  })

  test('runs so many at a time, lets so many wait, and drops and counts the rest', async () => {
    const { lane, told } = aLane({ work: never })
    for (const item of ['a', 'b']) lane.offer(item, 1)
    await expect.poll(() => lane.counts().running).toBe(2)
    for (const item of ['c', 'd', 'e', 'f', 'g']) lane.offer(item, 1)
    expect(lane.counts()).toMatchObject({ running: 2, waiting: 3, dropped: 2 })
    expect(told).toEqual(['has 3 waiting already', 'has 3 waiting already'])
  })

  test('keeps no more in memory than there is room for, and gives room back', async () => {
    const room = createRoom(100)
    const { lane } = aLane({ room })
    lane.offer('a', 80)
    lane.offer('b', 80)
    expect(lane.counts()).toMatchObject({ waiting: 1, dropped: 1 })
    await expect.poll(() => lane.counts().done).toBe(1)
    lane.offer('c', 100)
    await expect.poll(() => lane.counts().done).toBe(2)
  })

  test('goes on after an error, and cuts short what takes too long, whether it listens or not', async () => {
    const { lane, told } = aLane({
      atOnce: 1,
      limitMs: 20,
      work: async (item: string) => {
        if (item === 'hangs') return never()
        if (item === 'breaks') throw new Error('broke')
      },
    })
    for (const item of ['breaks', 'hangs', 'works']) lane.offer(item, 1)
    await expect
      .poll(() => lane.counts(), { timeout: 3_000 })
      .toMatchObject({ failed: 2, done: 1, running: 0 })
    expect(told).toEqual(['broke', 'took longer than 20 ms and was cut short'])
  })

  test('closes with a full queue: what waits is dropped, and what is under way is cut short', async () => {
    let cut = 0
    const work = (_: string, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          cut++
          resolve()
        })
      })
    const { lane } = aLane({ work })
    for (const item of ['a', 'b']) lane.offer(item, 1)
    await expect.poll(() => lane.counts().running).toBe(2)
    for (const item of ['c', 'd', 'e']) lane.offer(item, 1)
    await lane.close(10)
    expect(cut).toBe(2)
    expect(lane.counts()).toMatchObject({ running: 0, waiting: 0, dropped: 3 })
    lane.offer('late', 1)
    expect(lane.counts()).toMatchObject({ waiting: 0, dropped: 4 })
  })

  test('closes though what is under way never ends', async () => {
    const { lane } = aLane({ work: never })
    lane.offer('a', 1)
    await expect.poll(() => lane.counts().running).toBe(1)
    await lane.close(10)
  })

  test('waits for what is soon done', async () => {
    let done = false
    const work = () =>
      new Promise<void>((resolve) =>
        setTimeout(() => {
          done = true
          resolve()
        }, 50),
      )
    const { lane } = aLane({ work })
    lane.offer('a', 1)
    await expect.poll(() => lane.counts().running).toBe(1)
    await lane.close(5_000)
    expect(done).toBe(true)
  })
})

test('one who can’t be told does no harm', () => {
  const tell = createTell('the judge', () => {
    throw new Error('the log is full')
  })
  expect(() => tell('is dead')).not.toThrow()
})

test('the same is told at its first, second, fourth and eighth time', () => {
  const problems: string[] = []
  const tell = createTell('the judge', ({ message }) => problems.push(message))
  for (let n = 0; n < 9; n++) tell('is dead')
  tell('is slow')
  expect(problems).toEqual([
    'the judge is dead',
    'the judge is dead (2 times)',
    'the judge is dead (4 times)',
    'the judge is dead (8 times)',
    'the judge is slow',
  ])
})
