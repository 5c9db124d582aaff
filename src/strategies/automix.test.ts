import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { aCandidate, anAnswer, aRequest, aTurn } from '../../test/support/builders.ts'
import { failure } from '../domain/failure.ts'
import { lastUserText, type Request } from '../domain/request.ts'
import { simulate } from '../engine/simulate.ts'
import { autoMix } from './automix.ts'
import { contractModels, orderOf, strategyContract } from './strategies.contract.ts'
import { noAids } from './strategy.ts'

strategyContract(
  autoMix,
  fc.record({
    small: fc.constantFrom(...contractModels),
    large: fc.constantFrom(...contractModels),
    samples: fc.integer({ min: 1, max: 4 }),
    router: fc.constantFrom('threshold', 'states'),
  }),
)

const small = aCandidate({ id: 'acme/small', quality: 0.6, usd: 0.0001 })
const large = aCandidate({ id: 'acme/large', quality: 0.85, usd: 0.01 })

/** `passing` of the checks say RIGHT. */
function mixed(passing: number, written: object = {}, lambda = 15, request: Request = aRequest()) {
  const options = autoMix.options.parse({ small: 'acme/small', large: 'acme/large', ...written })
  let checks = 0
  const prompts: string[] = []
  const run = simulate(
    (turn) => autoMix.choose(turn, options, noAids),
    aTurn({
      candidates: [large, small],
      request,
      objective: { lambda, mu: 0, maxCostUsd: null, statedAs: 'a test' },
    }),
    (candidate, asked) => {
      const prompt = lastUserText(asked)
      const isCheck = prompt.includes('RIGHT or WRONG')
      if (isCheck) prompts.push(prompt)
      const text = isCheck ? (checks++ < passing ? 'RIGHT' : 'wrong.') : 'An answer.'
      return { kind: 'answered', candidate, answer: anAnswer({ text }), usd: 0, latencyMs: 1 }
    },
  )
  return { ...run, prompts }
}

describe('the small model checks its own answer', () => {
  test('as often as it is told, the answer and the question quoted', () => {
    const { prompts } = mixed(3, { samples: 3 })
    expect(prompts).toHaveLength(3)
    expect(prompts[0]).toContain('<answer>\nAn answer.\n</answer>')
    expect(prompts[0]).toContain('capital of France')
  })

  test('its answer is given where the checks pass, the large model asked where they do not', () => {
    expect(mixed(4).verdict).toMatchObject({ kind: 'reply', candidate: { id: 'acme/small' } })
    expect(orderOf(mixed(0).verdict)).toEqual(['acme/large', 'acme/small'])
  })

  test('a threshold on the share may decide in place of what is expected', () => {
    const written = { router: 'threshold', threshold: 0.75 }
    expect(mixed(3, written).verdict.kind).toBe('reply')
    expect(mixed(2, written).verdict).toMatchObject({
      kind: 'forward',
      because: expect.stringContaining('50 %'),
    })
  })
})

describe('what the large model is expected to bring', () => {
  test('is weighed against its price', () => {
    expect(mixed(0, {}, 1).verdict.kind).toBe('forward')
    expect(mixed(0, {}, 100).verdict.kind).toBe('reply')
  })

  test('where counts say that nobody can answer, the cheap answer is given', () => {
    const states = (largeOnly: number) => ({ states: [{ upTo: 1, smallRight: 0.1, largeOnly }] })
    expect(mixed(0, states(0.6)).verdict.kind).toBe('forward')
    const hopeless = mixed(0, states(0.03))
    expect(hopeless.verdict.kind).toBe('reply')
    expect(hopeless.verdict.because).toContain('at most 0.870 that nobody is')
  })

  test('the bin of the share decides', () => {
    const states = [
      { upTo: 0.4, smallRight: 0.2, largeOnly: 0.6 },
      { upTo: 1, smallRight: 0.9, largeOnly: 0.02 },
    ]
    expect(mixed(1, { states }).verdict.kind).toBe('forward')
    expect(mixed(2, { states }).verdict.kind).toBe('reply')
  })
})

describe('requests that can not be checked by reading', () => {
  test('tool calls and several answers go to the small model, and it says why', () => {
    const tools = [{ name: 'look', description: null, parameters: null, strict: null }]
    const withTools = mixed(0, {}, 5, aRequest({ tools }))
    expect(withTools.prompts).toEqual([])
    expect(orderOf(withTools.verdict)[0]).toBe('acme/small')
    expect(withTools.verdict.because).toContain('tool call')
    expect(mixed(0, {}, 5, aRequest({ sampling: { answers: 2 } })).verdict.because).toContain(
      'several answers',
    )
  })
})

test('failures on the way: of the small model the large one answers, of the checks what is predicted decides', () => {
  const options = autoMix.options.parse({ small: 'acme/small', large: 'acme/large' })
  const failing = (when: (request: Request) => boolean) =>
    simulate(
      (turn) => autoMix.choose(turn, options, noAids),
      aTurn({ candidates: [small, large] }),
      (candidate, request) =>
        when(request)
          ? { kind: 'failed', candidate, failure: failure('unavailable', 'down') }
          : { kind: 'answered', candidate, answer: anAnswer(), usd: 0, latencyMs: 1 },
    ).verdict
  expect(orderOf(failing(() => true))[0]).toBe('acme/large')
  expect(failing((request) => lastUserText(request).includes('RIGHT or WRONG')).because).toContain('no check')
})

test('options that contradict themselves are faults', () => {
  const faults = (written: object) =>
    autoMix.faults!(autoMix.options.parse({ small: 'acme/a', large: 'acme/b', ...written }))
  expect(faults({ large: 'acme/a' })).toHaveLength(1)
  expect(faults({ states: [{ upTo: 1, smallRight: 0.7, largeOnly: 0.7 }] })).toHaveLength(1)
  expect(faults({})).toEqual([])
})

test('a gateway over simulated models serves it', async () => {
  const { gateway, stored } = await aGateway({
    config: {
      ...atOnce,
      policies: {
        auto: { strategy: 'automix', small: 'simulated/nano', large: 'simulated/frontier', samples: 2 },
      },
    },
  })
  await gateway.chat(
    incoming({ model: 'auto', messages: say('What is 12 + 30?') }),
    new AbortController().signal,
  )
  const [first] = await stored()
  expect(first?.decision.trace.steps).toMatchObject([
    { calls: [{ model: 'simulated/nano' }] },
    { calls: [{ model: 'simulated/nano' }, { model: 'simulated/nano' }] },
  ])
})
