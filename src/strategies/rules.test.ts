import { describe, expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { aRequest, aSignals, aTurn } from '../../test/support/builders.ts'
import { nothingAsked, type Turn } from '../domain/strategy.ts'
import { waysOver } from '../domain/ways.ts'
import { rules } from './rules.ts'
import { orderOf, verdictOf } from './strategies.contract.ts'

const parsed = (written: object) => rules.options.parse({ default: 'acme/small', ...written })

function chosen(written: object, turn: Partial<Turn> = {}) {
  const checked = parsed(written)
  const aids = { to: waysOver(new Map()), prepared: rules.prepare!(checked, null) }
  const verdict = verdictOf((one) => rules.choose(one, checked, aids), aTurn(turn))
  return { model: orderOf(verdict)[0], because: verdict.because }
}

const faults = (...written: object[]) => rules.faults!(parsed({ rules: written }))

describe('a condition holds', () => {
  const holding = (when: object, turn: Partial<Turn> = {}) =>
    chosen({ rules: [{ when, to: 'acme/large' }] }, turn).model === 'acme/large'

  const asked = {
    tier: 'Gold',
    step: 'plan',
    user: 'ann@acme.example',
    tags: ['beta', 'eu'],
    headers: { 'x-team': 'ML-search' },
  }
  const metadata = { plan: 'pro', seats: '12', count: 3, nested: { a: 1 } }
  const signals = aSignals({
    taskType: 'code',
    complexity: 0.7,
    inputTokens: 900,
    classes: { domain: { law: 0.8, health: 0.2 } },
    structure: { ...aSignals().structure, images: 2, jsonSchema: true },
  })
  const turn = {
    request: aRequest({ text: 'Please REFACTOR the parser of Ångström.', extra: { metadata } }),
    signals,
    asked,
  }

  test.each<readonly [object, boolean]>([
    [{ taskType: 'code' }, true],
    [{ taskType: ['math', 'code'], complexity: { atLeast: 0.7, below: 0.71 } }, true],
    [{ taskType: 'code', complexity: { below: 0.7 } }, false],
    [{ inputTokens: { atLeast: 900 } }, true],
    [{ subject: 'law' }, false],
    [{ language: ['de', 'EN'] }, true],
    [{ structure: { images: { atLeast: 1 }, jsonSchema: true } }, true],
    [{ structure: { images: 1 } }, false],
    [{ text: { mentions: 'refactor' } }, true],
    [{ text: { mentions: 'factor' } }, false],
    [{ text: { contains: 'factor' } }, true],
    [{ text: { endsWith: 'ångström.' } }, true],
    [{ stream: false }, true],
    [{ tier: 'gold' }, true],
    [{ step: { is: ['act', 'plan'] } }, true],
    [{ user: { matches: '*@acme.example' } }, true],
    [{ tags: 'eu' }, true],
    [{ not: { tags: ['eu', 'us'] } }, false],
    [{ headers: { 'X-Team': { startsWith: 'ml-' } } }, true],
    [{ headers: { 'x-other': { present: false } } }, true],
    [{ metadata: { plan: 'PRO', seats: { atLeast: 10, below: 20 } } }, true],
    [{ metadata: { count: { is: '3' } } }, true],
    [{ metadata: { nested: { present: true } } }, false],
    [{ metadata: { toString: { present: true } } }, false],
    [{ classes: { domain: { law: { atLeast: 0.8 } } } }, true],
    [{ classes: { other: { law: { below: 1 } } } }, false],
    [{ any: [{ taskType: 'math' }, { all: [{ tags: 'beta' }, { not: { tier: 'silver' } }] }] }, true],
  ])('%j: %s', (when, expected) => {
    expect(holding(when, turn)).toBe(expected)
  })

  test('of nothing that a request lacks, but that it lacks it', () => {
    const bare = { request: aRequest({ messages: [] }), asked: nothingAsked }
    expect(holding({ user: { contains: 'a' } }, bare)).toBe(false)
    expect(holding({ not: { user: { contains: 'a' } } }, bare)).toBe(true)
    expect(holding({ tags: { present: false } }, bare)).toBe(true)
    expect(holding({ text: { contains: 'a' } }, bare)).toBe(false)
  })
})

describe('of several rules', () => {
  const written = {
    rules: [
      { name: 'code', when: { taskType: 'code' }, to: 'acme/small' },
      { name: 'hard', priority: 5, when: { complexity: { atLeast: 0.5 } }, to: 'acme/large' },
    ],
  }
  test('the highest priority that holds counts, whatever the order', () => {
    const both = { signals: aSignals({ taskType: 'code', complexity: 0.9 }) }
    expect(chosen(written, both)).toEqual({ model: 'acme/large', because: 'rule hard: to acme/large' })
    expect(chosen({ rules: written.rules.toReversed() }, both).model).toBe('acme/large')
  })

  test('none holds: the default, and a classifier that has not spoken is named', () => {
    expect(chosen(written)).toEqual({ model: 'acme/small', because: 'no rule holds: to acme/small' })
    const asking = { rules: [{ when: { classes: { domain: { law: { atLeast: 0.5 } } } }, to: 'acme/large' }] }
    expect(chosen(asking).because).toBe('no rule holds, and domain has not spoken: to acme/small')
  })
})

describe('what the options name', () => {
  const checked = parsed({
    rules: [
      {
        when: { headers: { 'X-Team': 'a' }, classes: { domain: { law: 1, health: { atLeast: 0.5 } } } },
        to: 'vip',
      },
      { when: { not: { any: [{ headers: { 'x-plan': 'b' } }] } }, to: 'acme/large' },
    ],
  })
  test('ways, headers in lower case, classifiers with their labels', () => {
    expect(rules.ways!(checked)).toEqual(['vip', 'acme/large', 'acme/small'])
    expect(rules.headers!(checked)).toEqual(['x-team', 'x-plan'])
    expect(rules.classifiers!(checked)).toEqual([{ name: 'domain', labels: ['law', 'health'] }])
  })

  test.each([
    { rules: [] },
    { rules: [{ when: {}, to: 'a/b' }] },
    { rules: [{ when: { colour: 'red' }, to: 'a/b' }] },
    { rules: [{ when: { taskType: 'coding' }, to: 'a/b' }] },
    { rules: [{ when: { complexity: { over: 1 } }, to: 'a/b' }] },
    { rules: [{ when: { all: [] }, to: 'a/b' }] },
    { rules: [{ when: { text: { matches: '' } }, to: 'a/b' }] },
  ])('%j is refused', (written) => {
    expect(rules.options.safeParse({ default: 'a/b', ...written }).success).toBe(false)
  })
})

describe('a configuration is refused', () => {
  test('with two rules of one priority that can both hold and go different ways, and an example', () => {
    expect(
      faults(
        { name: 'code', when: { taskType: 'code' }, to: 'acme/small' },
        { when: { complexity: { atLeast: 0.6 } }, to: 'acme/large' },
      ),
    ).toEqual([
      {
        path: ['rules', 1, 'when'],
        message:
          'can hold together with the rule code of the same priority 0 (taskType "code", complexity 0.6), and they go different ways: acme/small and acme/large. Give one of them a higher priority, or let one exclude the other.',
      },
    ])
  })

  test.each<readonly [string, object, object]>([
    ['other tasks', { taskType: 'code' }, { taskType: ['math', 'chat'] }],
    ['ranges that meet', { complexity: { below: 0.5 } }, { complexity: { atLeast: 0.5 } }],
    ['one that excludes the other', { taskType: 'code' }, { tags: 'a', not: { taskType: 'code' } }],
    ['a user and nobody', { user: 'ann' }, { user: { present: false } }],
    [
      'labels that cannot both be likely',
      { classes: { d: { law: { atLeast: 0.5 } } } },
      { classes: { d: { health: { atLeast: 0.5 } } } },
    ],
  ])('but not with %s', (_name, first, second) => {
    expect(faults({ when: first, to: 'a/b' }, { when: second, to: 'c/d' })).toEqual([])
  })

  test('nor where they go the same way, or one comes before the other', () => {
    const [first, second] = [{ when: { taskType: 'code' } }, { when: { tags: 'a' } }]
    expect(faults({ ...first, to: 'a/b' }, { ...second, to: 'a/b' })).toEqual([])
    expect(faults({ ...first, to: 'a/b' }, { ...second, to: 'c/d', priority: 1 })).toEqual([])
  })

  test('with a rule that another always comes before', () => {
    expect(
      faults(
        { name: 'wide', priority: 1, when: { complexity: { atLeast: 0.5 } }, to: 'a/b' },
        { when: { complexity: { atLeast: 0.7 }, taskType: 'code' }, to: 'c/d' },
      ),
    ).toMatchObject([
      {
        path: ['rules', 1, 'when'],
        message: expect.stringContaining('whenever it holds, so does the rule wide'),
      },
    ])
  })

  test('with a rule that several together leave nothing of', () => {
    expect(
      faults(
        { priority: 1, when: { complexity: { below: 0.5 } }, to: 'a/b' },
        { priority: 2, when: { complexity: { atLeast: 0.5 } }, to: 'c/d' },
        { when: { taskType: 'code' }, to: 'e/f' },
      ),
    ).toMatchObject([{ message: expect.stringContaining('so does rule 1 or rule 2') }])
  })

  test('with a rule that contradicts itself', () => {
    expect(faults({ when: { all: [{ taskType: 'code' }, { taskType: 'math' }] }, to: 'a/b' })).toMatchObject([
      { message: expect.stringContaining('can never hold') },
    ])
  })

  test('and does not take long over many long rules', () => {
    const many = Array.from({ length: 200 }, (_, place) => ({
      when: { any: Array.from({ length: 60 }, (_, at) => ({ user: `user ${place} ${at}` })) },
      to: `a/${place}`,
    }))
    expect(faults(...many)).toEqual([])
  })
})

test('a gateway goes by metadata, headers aside, and the decision says which rule', async () => {
  const { gateway, stored } = await aGateway({
    config: {
      ...atOnce,
      policies: {
        auto: {
          strategy: 'rules',
          default: 'thrifty',
          rules: [
            { name: 'pro', when: { metadata: { plan: 'pro' }, tier: 'gold' }, to: 'simulated/frontier' },
          ],
        },
        thrifty: { strategy: 'cheapest', pool: ['simulated/nano', 'simulated/mid'] },
      },
    },
  })
  const ask = (body: object) =>
    gateway.chat(incoming({ model: 'auto', messages: say('Hi.'), ...body }), new AbortController().signal)
  await ask({ metadata: { plan: 'pro' }, fairlead: { tier: 'gold' } })
  await ask({ metadata: { plan: 'pro' } })
  const decisions = (await stored()).map(({ decision }) => [decision.chosen, decision.because])
  expect(decisions).toEqual([
    ['simulated/frontier', 'rule pro: to simulated/frontier'],
    ['simulated/nano', 'no rule holds: thrifty: the lowest expected cost'],
  ])
})
