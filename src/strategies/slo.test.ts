import { describe, expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { aCandidate, aModel, aRequest, aTurn } from '../../test/support/builders.ts'
import { nothingAsked, type Turn } from '../domain/strategy.ts'
import { slo } from './slo.ts'
import { orderOf, verdictOf } from './strategies.contract.ts'
import { noAids } from './strategy.ts'

const modelOf = (id: string, firstTokenMs: number, quality: number, usd: number, latencyMs: number) =>
  aCandidate({
    model: aModel({ id, speed: { firstTokenMs, tokensPerSecond: 100 } }),
    quality,
    usd,
    latencyMs,
  })

const quick = modelOf('acme/quick', 200, 0.6, 0.0005, 1_000)
const middle = modelOf('acme/middle', 450, 0.8, 0.0008, 4_000)
const slow = modelOf('acme/slow', 5_000, 0.95, 0.05, 20_000)
const free = { objective: { lambda: 0, mu: 0, maxCostUsd: null, statedAs: 'quality alone' } }

function chosen(written: object, turn: Parameters<typeof aTurn>[0] = {}) {
  const options = slo.options.parse(written)
  const verdict = verdictOf(
    (one) => slo.choose(one, options, noAids),
    aTurn({ candidates: [quick, middle, slow], ...free, ...turn }),
  )
  return { order: orderOf(verdict), because: verdict.because, verdict }
}

const asking = (asked: Partial<Turn['asked']>) => ({ asked: { ...nothingAsked, ...asked } })

describe('the tier', () => {
  const tiers = { a: { maxCostUsd: 1 }, b: { maxCostUsd: 1 } }
  const written = { tiers, default: 'a', users: { 'acme-*': 'b', 'acme-guest': 'a', 'ann@*': 'b' } }

  test.each<readonly [string, Partial<Turn>, object, string]>([
    ['what the request asks for', asking({ tier: 'b' }), {}, 'tier b:'],
    ['the default', {}, {}, 'tier a, the default:'],
    ['that of its user', asking({ user: 'ACME-7' }), {}, 'tier b, of the user:'],
    [
      'that of the user as the longest pattern says',
      asking({ user: 'acme-guest' }),
      {},
      'tier a, of the user:',
    ],
    ["that of the body's user", { request: aRequest({ user: 'ann@x' }) }, {}, 'tier b, of the user:'],
    ['what is asked for before the user', asking({ tier: 'a', user: 'acme-7' }), {}, 'tier a:'],
    [
      'not what is asked for where clients may not choose',
      asking({ tier: 'b' }),
      { clientsMayChoose: false },
      'tier a, the default:',
    ],
    [
      'the default where there is no such tier',
      asking({ tier: 'gold' }),
      {},
      'tier a, the default (there is no tier "gold"):',
    ],
    ['never a name of the language itself', asking({ tier: 'constructor' }), {}, 'tier a, the default'],
  ])('is %s', (_name, turn, changes, expected) => {
    expect(chosen({ ...written, ...changes }, turn).because).toContain(expected)
  })

  test('that a user or the default names must exist', () => {
    const faults = (changes: object) => slo.faults!(slo.options.parse({ ...written, ...changes }))
    expect(faults({})).toEqual([])
    expect(faults({ default: 'c', users: { x: 'd' } })).toMatchObject([
      { path: ['default'], message: '"c" is no tier. Write a, b, or add it under tiers.' },
      { path: ['users', 'x'] },
    ])
  })
})

describe('a latency budget', () => {
  const within = (budget: object, changes: object = {}) =>
    chosen({ tiers: { only: { prefer: 'quality', ...budget } }, default: 'only', ...changes })

  test('is kept with the certainty that is asked for: mean + z deviations', () => {
    // 450 + 0 x 112.5 at even chances; 450 + 0.84 x 112.5 = 544.7 at 80 %.
    expect(within({ firstTokenMs: 500 }, { sure: 0.5 }).order[0]).toBe('acme/middle')
    expect(within({ firstTokenMs: 500 }).order[0]).toBe('acme/quick')
    expect(within({ firstTokenMs: 545 }).order[0]).toBe('acme/middle')
  })

  test('of the whole answer goes by its estimate, and both count where both are written', () => {
    expect(within({ latencyMs: 30_000 }).order[0]).toBe('acme/slow')
    expect(within({ latencyMs: 30_000, firstTokenMs: 1_000 }).order[0]).toBe('acme/middle')
  })

  test('leaves those that are too slow behind, the fastest first', () => {
    expect(within({ latencyMs: 2_000 }).order).toEqual(['acme/quick', 'acme/middle', 'acme/slow'])
  })

  test('that nobody keeps goes to the fastest, or to nobody, as is said', () => {
    const nobody = within({ latencyMs: 100 })
    expect(nobody.order).toEqual(['acme/quick', 'acme/middle', 'acme/slow'])
    expect(nobody.because).toContain('no model is 80 % sure to keep to it; acme/quick is the fastest')
    expect(within({ latencyMs: 100 }, { whenTooSlow: 'refuse' }).verdict).toMatchObject({
      kind: 'refuse',
      failure: {
        code: 'no_eligible_model',
        message: expect.stringContaining('acme/quick is expected to take 1000 ms'),
      },
    })
  })
})

describe('a cost ceiling and a pool', () => {
  const only = (tier: object, turn: Parameters<typeof aTurn>[0] = {}) =>
    chosen({ tiers: { only: tier }, default: 'only' }, turn)

  test('hold, for fallbacks too', () => {
    expect(only({ maxCostUsd: 0.001 }).order).toEqual(['acme/middle', 'acme/quick'])
    expect(only({ pool: ['acme/quick', 'acme/slow'] }).order).toEqual(['acme/slow', 'acme/quick'])
  })

  test('that nobody keeps are a refusal that says what is missing; an unknown price keeps to no ceiling', () => {
    expect(only({ maxCostUsd: 1e-6 }).verdict).toMatchObject({
      kind: 'refuse',
      failure: { message: expect.stringContaining('acme/quick costs least, with $0.000500') },
    })
    expect(only({ pool: ['acme/gone'] }).verdict.kind).toBe('refuse')
    const unknown = { candidates: [aCandidate({ id: 'acme/odd', usd: null })] }
    expect(only({ maxCostUsd: 10 }, unknown).verdict.kind).toBe('refuse')
  })

  test.each([
    ['cost', 'acme/quick'],
    ['quality', 'acme/slow'],
    ['speed', 'acme/quick'],
    ['value', 'acme/slow'],
  ])('among those that keep to it %s decides as told', (prefer, expected) => {
    expect(only({ prefer }).order[0]).toBe(expected)
  })
})

test('the tiers that are there from the start: four, each with its own choice', () => {
  const [realtime, standard, premium, batch] = ['realtime', 'standard', 'premium', 'batch'].map(
    (tier) => chosen({}, asking({ tier })).order[0],
  )
  expect([realtime, standard, premium, batch]).toEqual([
    'acme/quick',
    'acme/middle',
    'acme/slow',
    'acme/quick',
  ])
})

test('in a gateway a header-like option of the body picks the tier', async () => {
  const { gateway } = await aGateway({
    config: { ...atOnce, policies: { auto: { strategy: 'slo', sure: 0.7 } } },
  })
  const decided = (tier: string) => {
    const routed = gateway.route(incoming({ model: 'auto', messages: say('Hi.'), fairlead: { tier } }).asked)
    return routed.kind === 'decided' ? routed.decision : null
  }
  expect(decided('realtime')?.because).toMatch(/^tier realtime: \d of 4 models/)
  expect(decided('batch')?.chosen).toBe('simulated/nano')
})
