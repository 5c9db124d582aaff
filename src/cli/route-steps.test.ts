import { expect, test } from 'vitest'
import { aCandidate, aRequest, aTurn } from '../../test/support/builders.ts'
import { failure } from '../domain/failure.ts'
import { askAll, consult, forward, type Strategy } from '../domain/strategy.ts'
import { explain } from '../engine/explain.ts'
import { stepLines } from './route-steps.ts'

const asking: Strategy = function* asking({ candidates }) {
  yield* askAll([
    { candidate: candidates[0], request: null },
    { candidate: candidates[1]!, request: null },
  ])
  return forward(candidates, 'asked')
}

const consulting: Strategy = function* consulting(turn) {
  yield* consult([{ consultant: 'checker', request: aRequest(), about: null, models: [] }])
  return yield* asking(turn)
}

test('a strategy that only forwards has no steps', () => {
  const { trace } = explain(function* plain({ candidates }) {
    return forward(candidates, 'at once')
  }, aTurn())
  expect(stepLines(trace)).toEqual([])
})

test('calls and questions that it would begin with', () => {
  expect(stepLines(explain(asking, aTurn()).trace)).toEqual([
    '1. It would ask acme/small, acme/large at once, and go by the answers.',
  ])
  expect(stepLines(explain(consulting, aTurn()).trace)).toEqual([
    '1. It would consult checker, and go by what is said; without an opinion it goes on too.',
  ])
})

test('calls that the request may not pay for, and what comes after', () => {
  const objective = { lambda: 1, mu: 0, maxCostUsd: 0.01, statedAs: 'lambda 1' }
  const candidates = [
    aCandidate({ id: 'acme/small', usd: 0.008 }),
    aCandidate({ id: 'acme/large', usd: 0.009 }),
  ]
  const { trace } = explain(asking, aTurn({ candidates, objective }))
  expect(stepLines(trace)).toEqual([
    expect.stringMatching(
      /^1\. It asks acme\/small \(The request may cost \$0\.01.*\), acme\/large \(The request may cost .*\)\.$/,
    ),
  ])
})

test('what was said and not said on the way', () => {
  const lines = stepLines({
    driver: 'live',
    steps: [
      {
        kind: 'consult',
        said: [
          {
            consultant: 'checker',
            about: null,
            result: { kind: 'said', opinion: { score: 1 }, latencyMs: 3 },
          },
          {
            consultant: 'judge',
            about: aCandidate().id,
            result: { kind: 'silent', failure: failure('timed-out', 'too late') },
          },
        ],
      },
    ],
    end: { kind: 'would-ask', models: [aCandidate().id] },
  })
  expect(lines).toEqual([
    '1. It consults checker of the request, judge of the answer of acme/small (too late).',
    '2. It would ask acme/small, and go by the answer.',
  ])
})
