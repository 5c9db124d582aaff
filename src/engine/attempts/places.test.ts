import { describe, expect, test } from 'vitest'
import { noLoad } from '../health/load.ts'
import { freePlace, takePlace, waitForPlace } from './places.ts'

const limits = { maxConcurrent: 1, maxQueued: 2, queueMs: 1_000 }
const nobody = new AbortController().signal

describe('places at a target', () => {
  test('are given in the order in which they are asked for', async () => {
    const load = noLoad()
    expect(takePlace(load, 1)).toBe(true)
    expect(takePlace(load, 1)).toBe(false)
    const admitted: string[] = []
    const wait = (name: string) =>
      waitForPlace(load, limits, 1_000, nobody).then((how) => admitted.push(`${name} ${how}`))
    const both = [wait('first'), wait('second')]
    freePlace(load, 1)
    await both[0]
    expect(admitted).toEqual(['first admitted'])
    // Whoever comes now stands behind those who wait.
    expect(takePlace(load, 5)).toBe(false)
    freePlace(load, 1)
    await both[1]
    expect(admitted).toEqual(['first admitted', 'second admitted'])
    freePlace(load, 1)
    expect(load.inFlight).toBe(0)
  })

  test('are refused when the queue is full', async () => {
    const load = noLoad()
    takePlace(load, 1)
    void waitForPlace(load, limits, 1_000, nobody)
    void waitForPlace(load, limits, 1_000, nobody)
    expect(await waitForPlace(load, limits, 1_000, nobody)).toBe('full')
  })

  test('are waited for no longer than there is time, and by nobody who has left', async () => {
    const load = noLoad()
    takePlace(load, 1)
    expect(await waitForPlace(load, limits, 5, nobody)).toBe('late')
    const client = new AbortController()
    const waiting = waitForPlace(load, limits, 1_000, client.signal)
    client.abort()
    expect(await waiting).toBe('gone')
    expect(await waitForPlace(load, limits, 1_000, AbortSignal.abort())).toBe('gone')
    expect(load.queue).toHaveLength(0)
    freePlace(load, 1)
    expect(load.inFlight).toBe(0)
  })
})
