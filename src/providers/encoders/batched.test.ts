import { expect, test } from 'vitest'
import { aHeldModel, aMoment } from '../../../test/support/a-held-model.ts'
import { failure } from '../../domain/failure.ts'
import { type BatchLimits, batched } from './batched.ts'

const limits = (changes: Partial<BatchLimits> = {}): BatchLimits => ({
  waitMs: 1,
  maxTexts: 3,
  maxChars: 100,
  maxCalls: 1,
  maxWaiting: 10,
  ...changes,
})

const { signal } = new AbortController()

test('texts that are asked for at once go together, and each asker gets its own results', async () => {
  const { model, calls } = aHeldModel()
  const together = batched(model, limits())
  const one = together.read(['a'], signal)
  const two = together.read(['bb', 'ccc'], signal)
  await aMoment()
  expect(calls.map(({ texts }) => texts)).toEqual([['a', 'bb', 'ccc']])
  await calls[0]!.answer()
  expect(await one).toEqual({ kind: 'read', values: [{ length: 1 }] })
  expect(await two).toEqual({ kind: 'read', values: [{ length: 2 }, { length: 3 }] })
})

test('a call holds no more texts and characters than it may; a longer text goes alone', async () => {
  const { model, calls } = aHeldModel()
  const together = batched(model, limits({ maxChars: 5, maxCalls: 9 }))
  const results = together.read(['a', 'b', 'c', 'd', 'eeee', 'f', 'x'.repeat(30)], signal)
  await aMoment()
  expect(calls.map(({ texts }) => texts.join())).toEqual(['a,b,c', 'd,eeee', 'f', 'x'.repeat(30)])
  for (const call of calls) await call.answer()
  expect(await results).toMatchObject({ kind: 'read' })
})

test('the next call begins when one of those under way has ended', async () => {
  const { model, calls } = aHeldModel()
  const together = batched(model, limits({ maxTexts: 1 }))
  const both = [together.read(['a'], signal), together.read(['b'], signal)]
  await aMoment()
  expect(calls).toHaveLength(1)
  await calls[0]!.answer()
  await aMoment()
  expect(calls.map(({ texts }) => texts)).toEqual([['a'], ['b']])
  await calls[1]!.answer()
  expect(await Promise.all(both)).toMatchObject([{ kind: 'read' }, { kind: 'read' }])
})

test('a text that nobody waits for any more is not read', async () => {
  const { model, calls } = aHeldModel()
  const together = batched(model, limits({ maxTexts: 1 }))
  const first = together.read(['a'], signal)
  const leaver = new AbortController()
  const left = together.read(['b'], leaver.signal)
  const last = together.read(['c'], signal)
  await aMoment()
  leaver.abort()
  await calls[0]!.answer()
  await aMoment()
  expect(calls.map(({ texts }) => texts)).toEqual([['a'], ['c']])
  expect(await left).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } })
  await calls[1]!.answer()
  expect([(await first).kind, (await last).kind]).toEqual(['read', 'read'])
})

test('more texts than may wait are refused at once, and the others stay', async () => {
  const { model, calls } = aHeldModel()
  const together = batched(model, limits({ maxWaiting: 2 }))
  const kept = together.read(['a', 'b'], signal)
  expect(await together.read(['c'], signal)).toMatchObject({
    kind: 'failed',
    failure: { kind: 'overloaded', message: expect.stringContaining('2 texts wait') },
  })
  await aMoment()
  await calls[0]!.answer()
  expect((await kept).kind).toBe('read')
})

test('the failure of a call is that of all who are in it', async () => {
  const { model, calls } = aHeldModel()
  const together = batched(model, limits())
  const both = [together.read(['a'], signal), together.read(['b'], signal)]
  await aMoment()
  const failed = { kind: 'failed', failure: failure('unavailable', 'down') } as const
  await calls[0]!.answer(failed)
  expect(await Promise.all(both)).toEqual([failed, failed])
})

test('closing stops what is under way, answers those who wait, and closes the model last', async () => {
  const { model, calls, closed } = aHeldModel()
  const together = batched(model, limits({ maxTexts: 1 }))
  const both = [together.read(['a'], signal), together.read(['b'], signal)]
  await aMoment()
  const closing = together.close()
  expect(await both[1]).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } })
  expect([calls[0]!.signal.aborted, closed()]).toEqual([true, false])
  await calls[0]!.answer()
  await closing
  expect(closed()).toBe(true)
  expect(await together.read(['c'], signal)).toMatchObject({ kind: 'failed' })
  expect(calls).toHaveLength(1)
})
