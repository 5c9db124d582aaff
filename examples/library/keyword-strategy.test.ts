/** Tests of a strategy, without a network: `node --import tsx --test keyword-strategy.test.ts`, or by any other runner. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aCandidate, aRequest, aTurn, scriptedAnswers, simulate, strategyContract } from 'fairlead/testing'
import { keywords } from './keyword-strategy.ts'

describe('keywords keeps what every strategy keeps', () => {
  const options = [{ words: ['prove'] }, { words: ['capital'], atLeastChars: 1 }]
  for (const { name, check } of strategyContract(keywords, { options })) test(name, check)
})

test('an answer that is too short goes to the best model', () => {
  const turn = aTurn({
    request: aRequest({ text: 'Why?' }),
    candidates: [
      aCandidate({ id: 'acme/small', quality: 0.5, usd: 0.001 }),
      aCandidate({ id: 'acme/large', quality: 0.9, usd: 0.01 }),
    ],
  })
  const options = { words: ['prove'], atLeastChars: 10 }
  const answers = scriptedAnswers({ 'acme/small': 'No.', 'acme/large': 'For a good reason.' })
  const { verdict, final } = simulate((at) => keywords.choose(at, options, {} as never), turn, answers)
  assert.equal(verdict.because, 'the cheapest did not say enough')
  assert.equal(final?.candidate.id, 'acme/large')
})
