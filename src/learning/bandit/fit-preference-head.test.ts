import { describe, expect, test } from 'vitest'
import { aSignals } from '../../../test/support/builders.ts'
import { modelId } from '../../domain/model.ts'
import { seededDraw } from '../../domain/random.ts'
import { featuresOf } from '../../strategies/bandit/features.ts'
import { preferenceHead, readHead } from '../../strategies/bandit/head.ts'
import { fitPreferenceHead, type LoggedChoice } from './fit-preference-head.ts'

const [plain, dear] = [modelId('acme/plain'), modelId('acme/dear')]
const mathText = Float32Array.from([1, 0, 0, 0])
const otherText = Float32Array.from([0, 1, 0, 0])
const featuresFor = (taskType: 'math' | 'chat') =>
  featuresOf({ signals: aSignals({ taskType }), vector: taskType === 'math' ? mathText : otherText })

/** Dear is good at math and plain at everything else; of either nothing is predicted. Who answered was tossed for. */
function tossedFor(count: number, propensity = 0.5): LoggedChoice[] {
  const draw = seededDraw('tossed')
  return Array.from({ length: count }, () => {
    const taskType = draw() < 0.5 ? ('math' as const) : ('chat' as const)
    const chosen = draw() < propensity ? 1 : 0
    const good = (chosen === 1) === (taskType === 'math') ? 0.9 : 0.4
    return {
      features: featuresFor(taskType),
      candidates: [
        { id: plain, quality: 0.6, usd: 0.001 },
        { id: dear, quality: 0.6, usd: 0.002 },
      ],
      chosen,
      propensity: chosen === 1 ? propensity : 1 - propensity,
      quality: draw() < good ? 1 : 0,
      usd: chosen === 1 ? 0.002 : 0.001,
    }
  })
}

/** Who the head prefers at a setting of the dial. */
function preferred(head: ReturnType<typeof fitPreferenceHead>, taskType: 'math' | 'chat', lambda: number) {
  const valueUnder = readHead(preferenceHead.parse(head), null)
  const candidate = (id: string, usd: number) =>
    ({
      id,
      quality: { mean: 0.6, deviation: 0.1 },
      cost: { kind: 'known', usd: { mean: usd, deviation: 0 } },
      latencyMs: { mean: 0, deviation: 0 },
    }) as never
  const x = featuresFor(taskType)
  const rates = { lambda, mu: 0 }
  return valueUnder(candidate(dear, 0.002), x, rates) > valueUnder(candidate(plain, 0.001), x, rates)
    ? dear
    : plain
}

describe('fitting a preference-conditioned head', () => {
  test('learns who is good at what from the outcomes of those who were chosen', () => {
    const head = fitPreferenceHead(tossedFor(1500))
    expect(preferred(head, 'math', 1)).toBe(dear)
    expect(preferred(head, 'chat', 1)).toBe(plain)
  })

  test('one head serves the dial: where money is all that counts, the cheap one answers everything', () => {
    const head = fitPreferenceHead(tossedFor(1500))
    expect(preferred(head, 'math', 1e6)).toBe(plain)
  })

  test('who was chosen rarely is not learnt to be bad for that', () => {
    const head = fitPreferenceHead(tossedFor(4000, 0.1))
    expect(preferred(head, 'math', 1)).toBe(dear)
    expect(preferred(head, 'chat', 1)).toBe(plain)
  })

  test('a gated reward learns it too', () => {
    const head = fitPreferenceHead(tossedFor(1500), { reward: 'success-gated' })
    expect(preferred(head, 'math', 1)).toBe(dear)
    expect(preferred(head, 'chat', 1)).toBe(plain)
  })

  test('the same log and seed make the same head, which the strategy reads', () => {
    const log = tossedFor(100)
    expect(fitPreferenceHead(log)).toEqual(fitPreferenceHead(log))
    expect(fitPreferenceHead(log, { seed: '2' })).not.toEqual(fitPreferenceHead(log))
    expect(preferenceHead.parse(fitPreferenceHead(log))).toEqual(fitPreferenceHead(log))
  })

  test('texts are left out unless an encoder is named', () => {
    const names = (head: ReturnType<typeof fitPreferenceHead>) =>
      Object.keys(head.models[dear]!.quality).filter((name) => name.startsWith('text:'))
    expect(names(fitPreferenceHead(tossedFor(200)))).toEqual([])
    const withText = fitPreferenceHead(tossedFor(200), { encoder: 'mine' })
    expect(names(withText).length).toBeGreaterThan(0)
    expect(withText.encoder).toBe('mine')
  })

  test.each([
    ['no choices', []],
    ['a propensity of 0', [{ ...tossedFor(1)[0]!, propensity: 0 }]],
    ['a choice of nobody', [{ ...tossedFor(1)[0]!, chosen: 7 }]],
    ['a quality that is no number', [{ ...tossedFor(1)[0]!, quality: Number.NaN }]],
    ['features of another length', [{ ...tossedFor(1)[0]!, features: new Float64Array(2) }]],
  ])('refuses %s', (_, log) => {
    expect(() => fitPreferenceHead(log)).toThrow()
  })
})
