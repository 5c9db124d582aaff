import { expect, test } from 'vitest'
import { anArtefact, anEncoder } from '../../test/support/a-router.ts'
import { encoderId } from './encoder-id.ts'
import { readRouterArtefact, writeRouterArtefact } from './router-artefact.ts'

test('is the same before an artefact is written and after it is read', () => {
  const artefact = anArtefact()
  const read = readRouterArtefact(writeRouterArtefact(artefact), 'tiny')
  expect(encoderId(read.encoder)).toBe(encoderId(artefact.encoder))
})

test('names the shape, and differs by weights', () => {
  const encoder = anEncoder()
  expect(encoderId(encoder)).toMatch(/^n-grams-64x4\+3-[0-9a-f]{12}$/)
  const other = anEncoder({ hiddenBias: Float32Array.of(1, 2, 3) })
  expect(encoderId(other)).not.toBe(encoderId(encoder))
})
