import { describe, expect, it, vi } from 'vitest'
import { shortlyKept } from './shortly-kept.ts'

describe('an answer that is kept shortly', () => {
  it('is made once for all who ask at one time, and for those that come soon after', async () => {
    const kept = shortlyKept<number>(60_000)
    const make = vi.fn(async () => 7)
    expect(await Promise.all([kept('a', make), kept('a', make)])).toEqual([7, 7])
    expect(await kept('a', make)).toBe(7)
    expect(make).toHaveBeenCalledTimes(1)
    expect(await kept('b', async () => 8)).toBe(8)
  })

  it('is made anew where it failed', async () => {
    const kept = shortlyKept<number>(60_000)
    await expect(kept('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await kept('a', async () => 1)).toBe(1)
  })
})
