import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate, aModel, anAnswer, aRequest } from '../../../test/support/builders.ts'
import { modelId } from '../../domain/model.ts'
import { creditSteps } from './credit.ts'
import { episodeMoney, payableFrom } from './episode-budget.ts'
import { stepFault } from './reassign.ts'
import { statedStep } from './step.ts'
import { saidOfSwitch, switchCase } from './switching.ts'

const priced = (
  id: string,
  input: number,
  cachedRead: number,
  cacheWrite: number,
  usd: number,
  quality = 0.8,
) =>
  aCandidate({
    model: aModel({ id, prices: { input, cachedRead, cacheWrite, output: 5 * input } }),
    usd,
    quality,
  })

describe('a switch', () => {
  const rules = { turnsAhead: 6, handOff: 0, margin: 0 }
  const session = { model: modelId('acme/dear'), warmTokens: 50_000, switches: 0 }
  // 50,000 tokens: $15 and $3 a million, reads at a tenth, writes at 1.25 times (the published example).
  const dear = priced('acme/dear', 15, 1.5, 18.75, 0.075 + 0.02)
  const cheap = priced('acme/cheap', 3, 0.3, 3.75, 0.1875 + 0.02)

  test('is paid back after penalty over saving: the published example', () => {
    const weighed = switchCase(dear, cheap, session, 50_000, { lambda: 1, better: 0 }, rules)
    expect(weighed.penaltyUsd).toBeCloseTo(0.1725, 6)
    expect(weighed.breakEven).toBeCloseTo(0.1725 / 0.06, 3)
    expect(weighed.gain).toBeCloseTo(0.06 - 0.1725 / 6, 6)
    expect(saidOfSwitch(weighed, rules)).toBe('its $0.1725 once are back after 2.9 of 6 requests')
  })

  test('costs nothing once the cache is cold', () => {
    const cold = { ...session, warmTokens: 0 }
    const weighed = switchCase(dear, cheap, cold, 50_000, { lambda: 1, better: 0 }, rules)
    expect(weighed.penaltyUsd).toBe(0)
    expect(saidOfSwitch(weighed, rules)).toBe('no cache is lost by it')
  })

  test('to the dearer one is never paid back, and may be worth it for its quality', () => {
    const stay = { ...session, model: modelId('acme/cheap') }
    const cheapWarm = priced('acme/cheap', 3, 0.3, 3.75, 0.035)
    const dearCold = priced('acme/dear', 15, 1.5, 18.75, 0.9375 + 0.02)
    const worse = switchCase(cheapWarm, dearCold, stay, 50_000, { lambda: 1, better: 0 }, rules)
    expect(worse.breakEven).toBe(Number.POSITIVE_INFINITY)
    expect(worse.gain).toBeLessThan(0)
    const better = switchCase(cheapWarm, dearCold, stay, 50_000, { lambda: 1, better: 0.5 }, rules)
    expect(better.gain).toBeGreaterThan(0)
  })

  test('to a price that nobody knows gains nothing, unless money is no object', () => {
    const unknown = aCandidate({ id: 'acme/new', usd: null, quality: 0.9 })
    const gain = (lambda: number) =>
      switchCase(dear, unknown, session, 50_000, { lambda, better: 0.1 }, rules).gain
    expect(gain(1)).toBe(Number.NEGATIVE_INFINITY)
    expect(gain(0)).toBeCloseTo(0.1)
  })

  test('gains less the more is lost in handing over, and the sooner it is left again', () => {
    const gain = (turnsAhead: number, handOff: number) =>
      switchCase(dear, cheap, session, 50_000, { lambda: 1, better: 0 }, { turnsAhead, handOff, margin: 0 })
        .gain
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ahead, loss) => {
          expect(gain(ahead + 1, loss)).toBeGreaterThanOrEqual(gain(ahead, loss))
          expect(gain(ahead, loss)).toBeLessThanOrEqual(gain(ahead, 0))
        },
      ),
    )
  })
})

describe('an episode’s money', () => {
  const rules = { usd: 1, steps: 10 }
  const spent = (usd: number, steps: number) => episodeMoney({ usd, steps, switches: 0 }, rules)

  test('presses nobody who keeps pace, and more the further ahead it is spent', () => {
    expect(episodeMoney(undefined, rules).pressure).toBe(1)
    expect(spent(0.5, 5).pressure).toBeCloseTo(1)
    expect(spent(0.2, 5).pressure).toBe(1)
    expect(spent(0.8, 5).pressure).toBeCloseTo((0.5 / 0.2) ** 2)
    expect(spent(2, 3).pressure).toBe(1e6)
  })

  test('leaves dear models out while it lasts, and the cheapest alone after that', () => {
    const [cheap, middle, dear] = [0.01, 0.1, 0.3].map((usd) => aCandidate({ id: `acme/${usd}`, usd }))
    const all = [dear!, cheap!, middle!] as const
    expect(payableFrom(all, spent(0, 0))).toEqual({ candidates: all, limited: 'none' })
    expect(payableFrom(all, spent(0.5, 5)).candidates).toEqual([cheap, middle])
    expect(payableFrom(all, spent(0.98, 5))).toEqual({ candidates: [cheap], limited: 'some' })
    expect(payableFrom(all, spent(1.5, 9))).toEqual({ candidates: [cheap], limited: 'cheapest' })
  })
})

describe('credit', () => {
  const steps = [
    { id: 'a', step: 'planning' as const },
    { id: 'title', step: 'side-call' as const },
    { id: 'b', step: 'tool-selection' as const, failed: true },
    { id: 'c', step: null },
  ]

  test('is shared equally, and calls beside the task have none', () => {
    expect(creditSteps(steps, 0.5)).toEqual(['a', 'b', 'c'].map((id) => ({ id, score: 0.5, weight: 1 })))
    expect(creditSteps([], 1)).toEqual([])
  })

  test('may count the end more', () => {
    const credits = creditSteps(steps, 1, { kind: 'discounted', discount: 0.5 })
    expect(credits.map(({ weight }) => weight)).toEqual([0.25, 0.5, 1])
  })

  test('for a failure goes to what went wrong, for a success to all', () => {
    const hazard = (score: number) =>
      creditSteps(steps, score, { kind: 'hazard', failedOdds: 4 }).map(({ weight }) => weight)
    expect(hazard(1)).toEqual([1, 1, 1])
    expect(hazard(0)).toEqual([0.25, 1, 0.25])
  })

  test('keeps its weights within 0 and 1', () => {
    const rule = fc.oneof(
      fc.constant({ kind: 'equal' as const }),
      fc.record({
        kind: fc.constant('discounted' as const),
        discount: fc.double({ min: 0.01, max: 1, noNaN: true }),
      }),
      fc.record({
        kind: fc.constant('hazard' as const),
        failedOdds: fc.double({ min: 1, max: 100, noNaN: true }),
      }),
    )
    fc.assert(
      fc.property(
        fc.array(fc.boolean()),
        fc.double({ min: 0, max: 1, noNaN: true }),
        rule,
        (failed, score, by) => {
          const many = failed.map((one, id) => ({ id, step: null, failed: one }))
          for (const { weight } of creditSteps(many, score, by)) {
            expect(weight).toBeGreaterThanOrEqual(0)
            expect(weight).toBeLessThanOrEqual(1)
          }
        },
      ),
    )
  })

  test('refuses what is no score and no rule', () => {
    expect(() => creditSteps(steps, 1.2)).toThrow(/1.2 is not between/)
    expect(() => creditSteps(steps, Number.NaN)).toThrow(RangeError)
    expect(() => creditSteps(steps, 1, { kind: 'discounted', discount: 0 })).toThrow(/discount 0/)
    expect(() => creditSteps(steps, 1, { kind: 'hazard', failedOdds: 0.5 })).toThrow(/odds 0.5/)
  })
})

describe('a stated step', () => {
  test.each([
    ['planning', 'planning'],
    [' Error Recovery ', 'recovery'],
    ['tool_result_digestion', 'digestion'],
    ['intent-classification', 'intent'],
    ['complex_reasoning', 'reasoning'],
    ['response_synthesis', 'synthesis'],
    ['brew coffee', null],
    ['', null],
  ])('%s is %s', (text, step) => {
    expect(statedStep(text)).toBe(step)
  })
})

describe('an answer that no agent can go on with', () => {
  const tools = [
    { name: 'read', description: null, parameters: { type: 'object', required: ['path'] }, strict: null },
  ]
  const call = (argumentsText: string) => ({
    kind: 'tool-call' as const,
    id: 'c2',
    name: 'read',
    argumentsText,
  })
  const request = aRequest({
    tools,
    messages: [
      { role: 'user', name: null, content: [{ kind: 'text', text: 'go' }] },
      { role: 'assistant', name: null, content: [{ ...call('{"path":"a"}'), id: 'c1' }] },
      { role: 'tool', toolCallId: 'c1', content: [{ kind: 'text', text: 'Error: no such file' }] },
    ],
  })
  const agent = { lastTool: { name: 'read', kind: 'read', failed: true }, repeats: 0 } as never

  test.each([
    [/empty/, anAnswer({ text: ' ' })],
    [/refusal/, anAnswer({ parts: [{ kind: 'refusal', text: 'no' }] })],
    [/not JSON/, anAnswer({ parts: [call('{"path":')] })],
    [/no tool of the request/, anAnswer({ parts: [{ ...call('{}'), name: 'rm' }] })],
    [/once more/, anAnswer({ parts: [call('{"path":"a"}')] })],
  ])('%s', (fault, answer) => {
    expect(stepFault(answer, request, agent)).toMatch(fault)
  })

  test('is not one that calls something else, or says something', () => {
    expect(stepFault(anAnswer({ parts: [call('{"path":"b"}')] }), request, agent)).toBeNull()
    expect(stepFault(anAnswer({ text: 'The file is gone.' }), request, agent)).toBeNull()
  })
})
