import { describe, expect, test } from 'vitest'
import { aTarget } from '../../test/support/an-engine.ts'
import { failure } from '../domain/failure.ts'
import type { Clock } from '../domain/transport.ts'
import { blockedUntil, noteFailed, readinessOf } from '../engine/health/admission.ts'
import { createHealth } from '../engine/health/health.ts'
import { shareBreakers } from './share-breakers.ts'

const target = aTarget({ baseUrl: 'https://acme.example/v1' })
const clock: Clock = { now: () => 1000, wall: () => new Date(0) }

/** Two processes that hear each other at once. */
function aPair(mode: 'shared' | 'local' = 'shared') {
  const listeners: ((text: string) => void)[] = []
  const said: string[] = []
  const processes = [0, 1].map((own) => {
    const health = createHealth()
    const state = {
      mode: () => mode,
      publish: (_channel: string, text: string) => {
        said.push(text)
        for (const [index, listener] of listeners.entries()) if (index !== own) listener(text)
      },
      subscribe: (_channel: string, listener: (text: string) => void) => {
        listeners.push(listener)
        return () => {}
      },
    }
    return { health, shared: shareBreakers(health, state, clock, 5) }
  })
  return {
    one: processes[0]!,
    other: processes[1]!,
    said,
    close: () => {
      for (const { shared } of processes) shared.close()
    },
  }
}

const rateLimited = failure('rate-limited', 'slow down', { retryAfterMs: 20_000 })

describe('a breaker that opens in one process', () => {
  test('is open in the other, for as long, and is told of once', async () => {
    const { one, other, said, close } = aPair()
    noteFailed(one.health.of(target), 1000, rateLimited, 1000, 0)
    await expect.poll(() => readinessOf(other.health.of(target), 1000)).toBe('blocked')
    expect(blockedUntil(other.health.of(target), 1000)).toBe(blockedUntil(one.health.of(target), 1000))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(said).toHaveLength(1)
    close()
  })

  test('is nobody else’s affair while the others can’t be reached', async () => {
    const { one, other, said, close } = aPair('local')
    noteFailed(one.health.of(target), 1000, rateLimited, 1000, 0)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(said).toEqual([])
    expect(readinessOf(other.health.of(target), 1000)).toBe('ready')
    close()
  })
})
