import { describe, expect, it } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import { createFalseHits, upperBound } from './false-hits.ts'

/** After how many verified hits it turns off, at this true rate; `null`: not within `most`. */
function turnsOffAfter(rate: number, seed: string, most: number): number | null {
  const draw = seededDraw(seed)
  const falseHits = createFalseHits(0.02)
  for (let verified = 1; verified <= most; verified++) if (falseHits.note(draw() < rate)) return verified
  return null
}
const runs = Array.from({ length: 100 }, (_, run) => `run ${run}`)

describe('the count of false hits', () => {
  it('turns the cache off soon where a tenth of its hits is false', () => {
    for (const seed of runs) expect(turnsOffAfter(0.1, seed, 400)).not.toBeNull()
  })

  it('turns it off at twice what is allowed', () => {
    for (const seed of runs) expect(turnsOffAfter(0.04, seed, 1_500)).not.toBeNull()
  })

  it('leaves it on at a quarter of what is allowed, but for chance', () => {
    const off = runs.filter((seed) => turnsOffAfter(0.005, seed, 5_000) !== null)
    expect(off.length).toBeLessThanOrEqual(5)
  })

  it('leaves a cache on that has never been false, however young', () => {
    const falseHits = createFalseHits(0.02)
    for (let verified = 0; verified < 3_000; verified++) expect(falseHits.note(false)).toBe(false)
    expect(falseHits.counts()).toMatchObject({ verified: 1_000, falseHits: 0 })
  })

  it('goes by the last thousand once there are as many: thirteen false ones are too many', () => {
    const falseHits = createFalseHits(0.02)
    for (let verified = 0; verified < 1_000; verified++) falseHits.note(verified % 100 === 0)
    expect(falseHits.isOff()).toBe(false)
    for (let verified = 0; verified < 250; verified++) falseHits.note(verified % 40 === 39)
    expect(falseHits.counts().falseHits).toBe(13)
    expect(falseHits.isOff()).toBe(true)
  })

  it('stays off until it is begun anew', () => {
    const falseHits = createFalseHits(0.02)
    falseHits.turnOff()
    expect(falseHits.note(false)).toBe(true)
    falseHits.reset()
    expect(falseHits.isOff()).toBe(false)
    expect(falseHits.counts()).toEqual({ verified: 0, falseHits: 0, upperBound: 1 })
  })

  it.each([
    // Clopper and Pearson: 1 - 0.05^(1/n) for none in n.
    [0, 149, 1 - 0.05 ** (1 / 149)],
    [0, 1, 0.95],
    [12, 1_000, 0.01935],
    [13, 1_000, 0.02058],
    [5, 10, 0.77756],
    [10, 10, 1],
  ])('bounds the rate of %i in %i', (count, n, bound) => {
    expect(upperBound(count, n)).toBeCloseTo(bound, 4)
  })
})
