import { describe, expect, it } from 'vitest'
import { aRequest } from '../../../test/support/builders.ts'
import { normal, seededDraw } from '../../domain/random.ts'
import { loadRouters } from '../../gateway/load-routers.ts'
import { readSignals } from '../../signals/index.ts'
import { familiarityOver } from './familiarity.ts'

const dimensions = 20
function sample(seed: string, size: number, scale = 1): Float32Array {
  const draw = seededDraw(seed)
  return Float32Array.from(
    { length: size * dimensions },
    (_, at) => scale * (1 + (at % dimensions)) * normal(draw),
  )
}
const rows = (encodings: Float32Array, size: number) =>
  Array.from({ length: size }, (_, row) => encodings.subarray(row * dimensions, (row + 1) * dimensions))

describe('familiarity', () => {
  const familiarity = familiarityOver(sample('training', 400), 400)!
  const shareBelow = (encodings: readonly Float32Array[], limit: number) =>
    encodings.filter((encoding) => familiarity(encoding) < limit).length / encodings.length

  it('is uniform on what is like the sample', () => {
    const same = rows(sample('same', 2000), 2000)
    expect(Math.abs(shareBelow(same, 0.05) - 0.05)).toBeLessThan(0.04)
    expect(Math.abs(shareBelow(same, 0.5) - 0.5)).toBeLessThan(0.1)
  })

  it('is small for what is farther out, and for what is nearer to nothing', () => {
    expect(shareBelow(rows(sample('far', 500, 2), 500), 0.05)).toBeGreaterThan(0.9)
    expect(shareBelow(rows(sample('near', 500, 0.3), 500), 0.05)).toBeGreaterThan(0.9)
  })

  it('says nothing where the sample is too small, and is silent on encodings of another encoder', () => {
    expect(familiarityOver(sample('training', 40), 40)).toBeNull()
    expect(familiarity(new Float32Array(7))).toBe(1)
  })

  it('finds everyday prompts usual and another script strange, over the router that comes with Fairlead', async () => {
    const { router } = await loadRouters(null, null)
    const { encodings, size } = router.artefact.reference
    const shipped = familiarityOver(encodings, size)!
    const of = (text: string) => shipped(readSignals(aRequest({ text }), router.signals).encoding)
    for (const text of [
      'What is the capital of France?',
      'Write a Python function that reverses a linked list.',
      'Solve for x: 3x+5=20. Choose A) 3 B) 4 C) 5 D) 6',
    ])
      expect(of(text), text).toBeGreaterThan(0.05)
    for (const text of [
      '你好，请把这段话翻译成法语',
      'ZZXQ '.repeat(400),
      'asdf qwer zxcv 1234 lkjh poiu mnbv',
    ])
      expect(of(text), text).toBeLessThan(0.05)
  })
})
