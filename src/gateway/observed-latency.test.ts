import { expect, test } from 'vitest'
import { aTarget } from '../../test/support/an-engine.ts'
import { aModel } from '../../test/support/builders.ts'
import { targetBook } from '../engine/attempts/model-targets.ts'
import { createHealth } from '../engine/health/health.ts'
import { noteTook } from '../engine/health/load.ts'
import { observedLatency } from './observed-latency.ts'

const model = aModel({ id: 'acme/small' })

function aBook() {
  const health = createHealth()
  const targets = ['http://127.0.0.1:1/v1', 'http://127.0.0.1:2/v1'].map((baseUrl, index) =>
    aTarget({ id: `acme/small@${index}`, model, baseUrl }),
  )
  const book = targetBook(
    () => targets,
    () => null,
    health,
  )
  const [fast, slow] = book(model.id).known.map(({ health: { load } }) => load)
  return { book, fast: fast!, slow: slow! }
}

test('is unknown until enough calls have been seen, and then that of the fastest target', () => {
  const { book, fast, slow } = aBook()
  let now = 0
  const observed = observedLatency(book, () => now)
  expect(observed(model.id)).toBeNull()
  for (let call = 0; call < 100; call++) {
    noteTook(fast, true, call < 90 ? 200 : 1_000, call)
    noteTook(slow, true, 2_000, call)
  }
  // What was read is kept for a second.
  expect(observed(model.id)).toBeNull()
  now = 1_000
  const { mean, deviation } = observed(model.id)!
  expect(mean).toBeGreaterThanOrEqual(200)
  expect(mean).toBeLessThan(221)
  expect(mean + 1.645 * deviation).toBeGreaterThan(999)
})

test('whole answers say nothing of the first content', () => {
  const { book, fast } = aBook()
  for (let call = 0; call < 100; call++) noteTook(fast, false, 5_000, call)
  expect(observedLatency(book, () => 0)(model.id)).toBeNull()
})
