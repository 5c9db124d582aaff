import { describe, expect, test } from 'vitest'
import { aCandidate, aTurn } from '../../test/support/builders.ts'
import { callsOf } from '../../test/support/calls-of.ts'
import type { Candidate } from '../domain/candidate.ts'
import { explain } from '../engine/explain.ts'
import { replay } from '../engine/replay.ts'
import { noAids } from './strategy.ts'
import { cascade } from './cascade.ts'

const small = aCandidate({ id: 'acme/small', quality: 0.7, usd: 0.0001 })
const middle = aCandidate({ id: 'acme/middle', quality: 0.68, usd: 0.0002 })
const large = aCandidate({ id: 'acme/large', quality: 0.82, usd: 0.02 })

function cascaded(texts: Readonly<Record<string, string>>, written: object = {}, lambda = 8) {
  const turn = aTurn({
    candidates: [small, middle, large],
    objective: { lambda, mu: 0, maxCostUsd: null, statedAs: 'a test' },
  })
  const options = cascade.options.parse({ comparable: 'always', ...written })
  const answerOf = ({ id, cost }: Candidate) =>
    texts[id] === undefined
      ? null
      : { score: 1, usd: cost.kind === 'known' ? cost.usd.mean : null, latencyMs: 1, text: texts[id] }
  return {
    ...replay((turned) => cascade.choose(turned, options, noAids), turn, answerOf),
    explained: explain((turned) => cascade.choose(turned, options, noAids), turn),
  }
}

const asked = ({ trace }: ReturnType<typeof cascaded>) =>
  trace.steps.flatMap(callsOf).map(({ model }) => model)

describe('two cheap models and a dear one', () => {
  test('the cheap ones agree: their answer is given', () => {
    const run = cascaded({ 'acme/small': 'B', 'acme/middle': '(b)', 'acme/large': 'C' })
    expect(asked(run)).toEqual(['acme/small', 'acme/middle'])
    expect(run.verdict).toMatchObject({
      kind: 'reply',
      because: expect.stringContaining('2 of 2 answers agree'),
    })
  })

  test('they differ: the dear one is asked, and whom it sides with is given', () => {
    const run = cascaded({ 'acme/small': 'B', 'acme/middle': 'C', 'acme/large': 'C' })
    expect(asked(run)).toEqual(['acme/small', 'acme/middle', 'acme/large'])
    expect(run.verdict).toMatchObject({ kind: 'reply', answer: { parts: [{ text: 'C' }] } })
  })

  test('one that fails is passed over', () => {
    const run = cascaded({ 'acme/middle': 'B', 'acme/large': 'B' })
    expect(asked(run).slice(0, 2)).toEqual(['acme/small', 'acme/middle'])
    expect(run.verdict).toMatchObject({ kind: 'reply' })
  })

  test('all fail: the verdict forwards, so that nothing is given up before the engine has tried', () => {
    expect(cascaded({}).verdict).toMatchObject({ kind: 'forward' })
  })
})

test('where answers cannot be compared one call is the plan, and it streams', () => {
  const run = cascaded({ 'acme/small': 'B' }, { comparable: 'never' })
  expect(run.trace.steps).toEqual([])
  expect(run.verdict).toMatchObject({ kind: 'forward', because: expect.stringContaining('one call') })
})

test('what is asked first is explained without asking', () => {
  expect(cascaded({}).explained.trace.end).toEqual({ kind: 'would-ask', models: ['acme/small'] })
})
