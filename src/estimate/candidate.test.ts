import { expect, test } from 'vitest'
import { aRouter } from '../../test/support/a-router.ts'
import { aModel, aRequest } from '../../test/support/builders.ts'
import { readSignals } from '../signals/index.ts'
import { candidateEstimator } from './candidate.ts'

const router = aRouter()
const model = aModel({ usdPerMillion: { input: 1, output: 4 } })

function estimate(sampling: Parameters<typeof aRequest>[0] = {}) {
  const request = aRequest({ text: 'Why is the sky blue?', ...sampling })
  return candidateEstimator(router, request, readSignals(request, router.signals))(model)
}

test('a limit on the answer lowers tokens, cost and latency together', () => {
  const free = estimate()
  const limited = estimate({ sampling: { maxOutputTokens: 10 } })
  expect(limited.outputTokens.mean).toBe(10)
  expect(limited.latencyMs.mean).toBe(500)
  expect(limited.cost).toMatchObject({ kind: 'known', usd: { mean: (12 + 10 * 4) / 1e6 } })
  expect(limited.latencyMs.mean).toBeLessThan(free.latencyMs.mean)
  expect(limited.quality).toEqual(free.quality)
})

test('several answers cost more, one prompt between them', () => {
  const one = estimate()
  const three = estimate({ sampling: { answers: 3 } })
  if (one.cost.kind !== 'known' || three.cost.kind !== 'known') throw new Error('the price is known')
  expect(three.cost.usd.mean - one.cost.usd.mean).toBeCloseTo((2 * 4 * one.outputTokens.mean) / 1e6, 12)
})
