import { expect, test } from 'vitest'
import { aHeldModel, aMoment } from '../../../test/support/a-held-model.ts'
import { failure } from '../../domain/failure.ts'
import { cached } from './cached.ts'

const limits = { maxBytes: 100_000, bytesOf: () => 8 }
const { signal } = new AbortController()

test('a text is read once', async () => {
  const { model, calls } = aHeldModel()
  const remembering = cached(model, limits)
  const first = remembering.read(['a'], signal)
  await calls[0]!.answer()
  expect(await first).toEqual({ kind: 'read', values: [{ length: 1 }] })
  expect(await remembering.read(['a'], signal)).toEqual({ kind: 'read', values: [{ length: 1 }] })
  expect(calls).toHaveLength(1)
})

test('a text that several want at the same time is read once', async () => {
  const { model, calls } = aHeldModel()
  const remembering = cached(model, limits)
  const wanted = [
    remembering.read(['a'], signal),
    remembering.read(['a', 'bb'], signal),
    remembering.read(['bb'], signal),
  ]
  expect(calls.map(({ texts }) => texts)).toEqual([['a'], ['bb']])
  for (const call of calls) await call.answer()
  expect(await Promise.all(wanted)).toMatchObject([
    { values: [{ length: 1 }] },
    { values: [{ length: 1 }, { length: 2 }] },
    { values: [{ length: 2 }] },
  ])
})

test('an asker who leaves gets a failure at once; the others still wait', async () => {
  const { model, calls } = aHeldModel()
  const remembering = cached(model, limits)
  const leaver = new AbortController()
  const left = remembering.read(['a'], leaver.signal)
  const stayed = remembering.read(['a'], signal)
  leaver.abort()
  expect(await left).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } })
  expect(calls[0]!.signal.aborted).toBe(false)
  await calls[0]!.answer()
  expect((await stayed).kind).toBe('read')
})

test('a time limit that is over is told as such, and the late result is kept for the next asker', async () => {
  const { model, calls } = aHeldModel()
  const remembering = cached(model, limits)
  expect(await remembering.read(['a'], AbortSignal.timeout(5))).toMatchObject({
    kind: 'failed',
    failure: { kind: 'timed-out' },
  })
  expect(calls[0]!.signal.aborted).toBe(true)
  await calls[0]!.answer()
  expect(await remembering.read(['a'], signal)).toMatchObject({ kind: 'read' })
  expect(calls).toHaveLength(1)
})

test('a text that was given up is asked for again', async () => {
  const { model, calls } = aHeldModel()
  const remembering = cached(model, limits)
  await remembering.read(['a'], AbortSignal.timeout(5))
  const again = remembering.read(['a'], signal)
  await calls[0]!.answer({ kind: 'failed', failure: failure('cancelled', 'gone') })
  await calls[1]!.answer()
  expect((await again).kind).toBe('read')
})

test('a failure is not remembered', async () => {
  const { model, calls } = aHeldModel()
  const remembering = cached(model, limits)
  const first = remembering.read(['a'], signal)
  await calls[0]!.answer({ kind: 'failed', failure: failure('unavailable', 'down') })
  expect((await first).kind).toBe('failed')
  const second = remembering.read(['a'], signal)
  await calls[1]!.answer()
  expect((await second).kind).toBe('read')
})

test('memory is bounded in bytes: what was not used for longest goes', async () => {
  const { model, calls } = aHeldModel()
  const remembering = cached(model, { maxBytes: 2_600, bytesOf: () => 1_000 })
  for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) {
    const result = remembering.read([text], signal)
    await aMoment()
    await calls.at(-1)!.answer()
    expect((await result).kind).toBe('read')
  }
  expect(calls.map(({ texts }) => texts[0])).toEqual(['a', 'b', 'c', 'b'])
})

test('no memory at all: every text is read again', async () => {
  const { model, calls } = aHeldModel()
  const forgetful = cached(model, { maxBytes: 0, bytesOf: () => 8 })
  for (const count of [1, 2]) {
    const result = forgetful.read(['a'], signal)
    expect(calls).toHaveLength(count)
    await calls.at(-1)!.answer()
    await result
  }
})
