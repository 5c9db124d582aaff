import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { acmeConfig, acmeKey, acmeModel } from '../../test/support/acme-config.ts'
import { aCandidate, aModel, aRequest, aSignals, aTurn } from '../../test/support/builders.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'
import type { Turn } from '../domain/strategy.ts'
import { reasoning } from './reasoning.ts'
import { orderOf, strategyContract, verdictOf } from './strategies.contract.ts'
import { noAids } from './strategy.ts'

strategyContract(
  reasoning,
  fc.record({
    complexityFrom: fc.double({ min: 0, max: 1, noNaN: true }),
    directEffort: fc.constantFrom('none', undefined),
  }),
)

const plain = aCandidate({ id: 'acme/plain', quality: 0.7, usd: 0.001 })
const thinker = aCandidate({
  model: aModel({
    id: 'acme/thinker',
    capabilities: ['tools', 'reasoning'],
    usdPerMillion: { input: 1, output: 4 },
  }),
  quality: 0.72,
  usd: 0.001,
})

function routed(changes: Partial<Turn> = {}, written: object = {}, lambda = 1) {
  const options = reasoning.options.parse(written)
  const verdict = verdictOf(
    (turn) => reasoning.choose(turn, options, noAids),
    aTurn({
      candidates: [plain, thinker],
      objective: { lambda, mu: 0, maxCostUsd: null, statedAs: 'a test' },
      ...changes,
    } as never),
  )
  return {
    verdict,
    request: verdict.kind === 'forward' ? verdict.request : null,
    order: orderOf(verdict),
    because: verdict.because,
  }
}

const hard = { signals: aSignals({ complexity: 0.95, taskType: 'math' }) }
const middling = { signals: aSignals({ complexity: 0.45, taskType: 'math' }) }
const easy = { signals: aSignals({ complexity: 0.1 }) }

describe('a request that needs reasoning', () => {
  test('goes to a model that reasons, with the effort that it needs', () => {
    const { request, order, because } = routed(hard)
    expect(order).toEqual(['acme/thinker'])
    expect(request).toMatchObject({ reasoningEffort: 'high', reasoning: { enabled: true } })
    expect(because).toMatch(/need 0\.\d\d of complexity 0\.95, math/)
  })

  test('with less need has less effort', () => {
    expect(routed(middling).request?.reasoningEffort).toBe('low')
  })

  test('is answered directly where thoughts cost more than they bring', () => {
    const { request, because } = routed(hard, {}, 400)
    expect(request?.reasoningEffort ?? null).toBeNull()
    expect(because).toContain('not worth its price')
  })

  test('is answered directly where no model of the pool reasons', () => {
    const { request, because } = routed({ ...hard, candidates: [plain] as never })
    expect(request).toBeNull()
    expect(because).toContain('no model reasons')
  })
})

describe('a request that does not', () => {
  test('is answered directly, and a model that could think is told not to', () => {
    const { request, order, because } = routed(easy)
    expect(order[0]).toBe('acme/thinker')
    expect(request).toMatchObject({ reasoningEffort: null, reasoning: { enabled: false } })
    expect(because).toContain('a direct answer')
  })

  test('in the word of the vendor where one is configured', () => {
    expect(routed(easy, { directEffort: 'none' }).request?.reasoningEffort).toBe('none')
  })

  test('and is sent as it is where the model can not reason anyway', () => {
    expect(routed({ ...easy, candidates: [plain] as never }).request).toBeNull()
  })
})

test('what the client says of reasoning holds', () => {
  const { request, because } = routed({ ...hard, request: aRequest({ reasoningEffort: 'low' }) })
  expect(request).toBeNull()
  expect(because).toContain('the client asks for effort low')
  expect(routed({ ...hard, request: aRequest({ reasoning: { enabled: false } }) }).because).toContain(
    'no reasoning',
  )
})

test('a classifier decides alone where it has spoken, and the signals where it is silent', () => {
  const written = { classifier: { name: 'think', labels: ['yes'] } }
  const said = (yes: number) => ({
    signals: aSignals({ complexity: 0.95, classes: { think: { yes, no: 1 - yes } } }),
  })
  expect(routed(said(0.9), written).request?.reasoningEffort).toBe('high')
  expect(routed(said(0.1), written).request?.reasoning).toEqual({ enabled: false })
  expect(routed(hard, written).because).toContain('think is silent')
})

test('more effort is dearer: thoughts are billed as output', () => {
  const efforts = [{ name: 'high', from: 0, outputs: 10, logOddsGain: 1 }]
  // 200 direct tokens at $4 per million: 9 x 200 more of them are $0.0072.
  expect(routed(hard, { efforts }).because).toContain('acme/thinker about $0.0082')
})

test('efforts out of order are a fault with its place', () => {
  const efforts = [
    { name: 'high', from: 0.8, outputs: 8, logOddsGain: 1 },
    { name: 'low', from: 0.4, outputs: 2, logOddsGain: 0.5 },
  ]
  expect(reasoning.faults!(reasoning.options.parse({ efforts }))).toMatchObject([
    { path: ['efforts', 1, 'from'] },
  ])
})

test('the vendor gets the effort that was decided', async () => {
  const server = await aFaultServer({ thinker: [{ kind: 'answer' }] })
  const { gateway, stored } = await aGateway({
    config: acmeConfig(server.baseUrl, {
      models: [
        acmeModel('thinker', 1, { capabilities: ['tools', 'reasoning'], benchmarks: { 'mmlu-pro': 0.9 } }),
      ],
      policies: {
        auto: {
          strategy: 'reasoning',
          pool: ['acme/thinker'],
          complexityFrom: 0,
          lambda: 0,
          efforts: [{ name: 'high', from: 0, outputs: 8, logOddsGain: 1 }],
        },
      },
    }),
    variables: acmeKey,
  })
  await gateway.chat(
    incoming({ model: 'auto', messages: say('Prove that there are infinitely many primes.') }),
    new AbortController().signal,
  )
  expect(JSON.parse(server.seen[0]!.text)).toMatchObject({ model: 'thinker', reasoning_effort: 'high' })
  const [first] = await stored()
  expect(first?.decision.trace.end).toMatchObject({ kind: 'forward', rewritten: true })
})
