import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey, acmeModel, smallThen } from '../../test/support/acme-config.ts'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import type { Gateway } from './gateway.ts'

const hard = `Five friends sit in a row. Ann is not beside Bob; Cid is left of Dee; Eve is at an end; Bob is
third. Prove which seatings are possible, count them, and derive the probability that Ann is first.`

const decided = (gateway: Gateway, body: object) => {
  const routed = gateway.route(incoming({ model: 'auto', messages: say(hard), ...body }).asked)
  if (routed.kind === 'failed') throw new Error(routed.failure.message)
  return routed.decision
}

const refused = (gateway: Gateway, body: object) => {
  const routed = gateway.route(incoming({ model: 'auto', messages: say('Hi.'), ...body }).asked)
  return routed.kind === 'failed' ? routed.failure : null
}

/** Two models of a vendor that nobody calls here. */
const unasked = (changes: object = {}) =>
  aGateway({ config: acmeConfig('http://127.0.0.1:9/v1', changes), variables: acmeKey })

describe('what a request says of its worth', () => {
  test('a quality of its own overrides the objective of the policy', async () => {
    const { gateway } = await aGateway()
    const spent = (quality: number) => {
      const { candidates, chosen, objective } = decided(gateway, { fairlead: { quality } })
      const cost = candidates.find(({ id }) => id === chosen)?.cost
      return { statedAs: objective.statedAs, usd: cost?.kind === 'known' ? cost.usd.mean : null }
    }
    const [thrifty, best] = [spent(0.3), spent(1)]
    expect([thrifty.statedAs, best.statedAs]).toEqual(['quality 0.3', 'quality 1'])
    expect(thrifty.usd).toBeLessThan(best.usd!)
  })

  test('models that are expected to cost more than it may are refused, each with the reason', async () => {
    const { gateway } = await aGateway()
    const { candidates, refused: dear } = decided(gateway, { fairlead: { maxCostUsd: 0.001 } })
    expect(candidates.length).toBeGreaterThan(0)
    expect(dear.length).toBeGreaterThan(0)
    for (const { rule, reason } of dear) {
      expect(rule).toBe('max-cost')
      expect(reason).toMatch(/over the limit of \$0\.001$/)
    }
  })

  test('the lower of its limit and the policy holds', async () => {
    const { gateway } = await aGateway({ config: { ...atOnce, policies: { auto: { maxCostUsd: 0.001 } } } })
    expect(decided(gateway, { fairlead: { maxCostUsd: 0.5 } }).objective.maxCostUsd).toBe(0.001)
    expect(decided(gateway, { fairlead: { maxCostUsd: 0.0005 } }).objective.maxCostUsd).toBe(0.0005)
  })

  test('with no model cheap enough it says which limit and what each would cost', async () => {
    const { gateway } = await aGateway()
    const failure = refused(gateway, { fairlead: { maxCostUsd: 1e-9 } })
    expect(failure).toMatchObject({ kind: 'rejected', code: 'no_eligible_model' })
    expect(failure?.message).toMatch(/simulated\/nano: it is expected to cost \$[\d.e-]+, over the limit/)
  })
})

describe('what a policy says of its worth', () => {
  const acme = ['acme/small', 'acme/large']
  const policies = {
    duo: { strategy: 'threshold', strong: 'acme/large', weak: 'acme/small', strongShare: '30%' },
    pair: { strongShare: 0.3, pool: acme },
    thrifty: { meanCost: 0.0000001, pool: acme },
    wishes: { strategy: 'preferences', preferences: { helpfulness: { want: 0.8 } }, pool: acme },
  }
  const opened = () =>
    unasked({ policies, models: [acmeModel('kind', 5, { criteria: { helpfulness: 0.9 } })] })

  test('a share of calls brings both a lambda and thresholds, and a request does not take the latter away', async () => {
    const { gateway } = await opened()
    for (const model of ['duo', 'pair']) {
      const { objective } = decided(gateway, { model })
      expect(objective.statedAs).toBe('strong share 30.0 %')
      expect(Object.keys(objective.strongFrom ?? {}).sort()).toEqual(['acme/large', 'acme/small'])
    }
    const asked = decided(gateway, { model: 'duo', fairlead: { quality: 0.9 } })
    expect(asked.objective.strongFrom).toEqual(decided(gateway, { model: 'duo' }).objective.strongFrom)
  })

  test('a mean cost that nothing meets is the cheapest, and the decision says so', async () => {
    const { gateway } = await opened()
    const { chosen, objective } = decided(gateway, { model: 'thrifty' })
    expect(chosen).toBe('acme/small')
    expect(objective.statedAs).toContain('the cheapest choices cost')
  })

  test('criteria of the configuration reach the strategy that goes by them', async () => {
    const { gateway } = await opened()
    expect(decided(gateway, { model: 'wishes' }).because).toContain('0.5 is assumed')
    const wishes = { ...policies.wishes, pool: [...acme, 'acme/kind'] }
    const other = await unasked({
      policies: { wishes },
      models: [acmeModel('kind', 5, { criteria: { helpfulness: 0.9 } })],
    })
    expect(decided(other.gateway, { model: 'wishes' }).chosen).toBe('acme/kind')
  })
})

describe('who may serve', () => {
  test('a model of unknown price is refused where costs are compared', async () => {
    const { gateway } = await unasked({ models: [acmeModel('odd', 1, { prices: 'unknown' })] })
    const { refused: list } = decided(gateway, {})
    expect(list).toMatchObject([{ id: 'acme/odd', rule: 'known-price' }])
    expect(list[0]?.reason).toContain('set `prices` for it')
  })

  test('no model that does pictures: says so, model by model', async () => {
    const { gateway } = await unasked()
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
    const failure = refused(gateway, { messages: [{ role: 'user', content: [picture] }] })
    expect(failure).toMatchObject({ code: 'no_eligible_model' })
    expect(failure?.message).toContain('acme/small: it does not do images')
  })

  test('no model that calls tools: says that tools are what is missing', async () => {
    const { gateway } = await unasked({
      models: [acmeModel('plain', 1, { capabilities: [] })],
      policies: { plain: { pool: ['acme/plain'] } },
    })
    const tools = [{ type: 'function', function: { name: 'look_up' } }]
    const failure = refused(gateway, { model: 'plain', tools })
    expect(failure?.message).toContain('acme/plain: it does not do tools')
    expect(failure?.message).toContain('Tools are among what the request needs.')
  })

  test('a fallback stands in where nobody in the pool may', async () => {
    const { gateway } = await unasked({
      models: [acmeModel('eye', 5, { capabilities: ['images'] })],
      policies: { auto: { pool: ['acme/small'], fallbacks: ['acme/eye'] } },
    })
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
    const decision = decided(gateway, { messages: [{ role: 'user', content: [picture] }] })
    expect(decision).toMatchObject({
      chosen: 'acme/eye',
      candidates: [{ id: 'acme/eye' }],
      refused: [{ id: 'acme/small', rule: 'capabilities' }],
    })
  })

  test('a prompt over every window is told apart from other refusals', async () => {
    const { gateway } = await unasked()
    const failure = refused(gateway, { messages: say('word '.repeat(60_000)) })
    expect(failure).toMatchObject({ kind: 'context-exceeded', param: 'messages' })
    expect(failure?.message).toContain('over its window of 32000')
  })
})

describe('names', () => {
  test('a model by its id, its own name, another case or an alias is that model', async () => {
    const { gateway } = await unasked({ models: [acmeModel('Big', 20, { aliases: ['my-favourite'] })] })
    for (const model of ['acme/Big', 'Big', 'acme/big', 'my-favourite']) {
      const decision = decided(gateway, { model })
      expect(decision).toMatchObject({ policy: 'acme/Big', strategy: 'fixed', chosen: 'acme/Big' })
      expect(decision.askedModel).toBe(model)
    }
  })

  test('a model that is named is used whatever it costs, but not beyond what it can', async () => {
    const { gateway } = await unasked()
    expect(decided(gateway, { model: 'large' }).chosen).toBe('acme/large')
    const failure = refused(gateway, { model: 'large', messages: say('word '.repeat(60_000)) })
    expect(failure?.kind).toBe('context-exceeded')
  })

  test.each([
    ['atuo', /no model or policy `atuo`\. Did you mean auto\?/],
    ['acme/smal', /Did you mean acme\/small\?/],
    ['nothing-like-it', /no model or policy `nothing-like-it`\. Policies: auto\. GET \/v1\/models/],
    ['gpt-5-mini', /is a model of OpenAI, which can't be reached: set OPENAI_API_KEY, or write vendors\./],
    ['simulated/nano', /write `simulated: {}` in the config/],
  ])('%s leads nowhere, and the failure says where to', async (model, message) => {
    const { gateway } = await unasked()
    expect(refused(gateway, { model })).toMatchObject({
      kind: 'rejected',
      code: 'model_not_found',
      param: 'model',
      message: expect.stringMatching(message),
    })
  })

  test('a name that several reachable vendors serve asks which', async () => {
    const { gateway } = await aGateway({
      config: {
        vendors: { acme: { baseUrl: 'http://127.0.0.1:9/v1' }, globex: { baseUrl: 'http://127.0.0.1:9/v1' } },
        models: [
          { id: 'acme/twin', prices: { input: 1, output: 1 } },
          { id: 'globex/twin', prices: { input: 1, output: 1 } },
        ],
      },
    })
    expect(refused(gateway, { model: 'twin' })?.message).toContain(
      'Several vendors serve `twin`: ask for acme/twin or globex/twin.',
    )
  })

  test('a name of megabytes is neither compared nor told back whole', async () => {
    const { gateway } = await unasked()
    expect(refused(gateway, { model: 'x'.repeat(2_000_000) })?.message.length).toBeLessThan(400)
  })
})

describe('deciding', () => {
  test('the same request is decided alike, with a decision of its own', async () => {
    const { gateway } = await aGateway()
    const [one, two] = [decided(gateway, {}), decided(gateway, {})]
    expect(one.id).not.toBe(two.id)
    const essence = ({ id: _id, seed: _seed, time: _time, decidedInMicros: _micros, ...rest }: typeof one) =>
      rest
    expect(essence(one)).toEqual(essence(two))
  })

  test('what is only routed is not stored', async () => {
    const { gateway, stored } = await aGateway()
    decided(gateway, {})
    expect(await stored()).toEqual([])
  })

  test('a weighted policy records the propensity of its draw', async () => {
    const { gateway } = await unasked({
      policies: { auto: { strategy: 'weighted', weights: { 'acme/small': 3, 'acme/large': 1 } } },
    })
    const drawn = Array.from({ length: 60 }, () => decided(gateway, {}))
    const propensities = new Set(drawn.map(({ chosen, propensity }) => `${chosen} ${propensity}`))
    expect([...propensities].sort()).toEqual(['acme/large 0.25', 'acme/small 0.75'])
  })

  test('two gateways live side by side', async () => {
    const [one, two] = [await unasked({ policies: smallThen() }), await aGateway()]
    expect(decided(one.gateway, {}).chosen).toBe('acme/small')
    await one.close()
    expect(decided(two.gateway, {}).chosen).toMatch(/^simulated\//)
  })
})

test('a team is asked for as a model of a vendor', async () => {
  const { gateway } = await aGateway({
    config: { ...atOnce, policies: { crew: { strategy: 'team', lambda: 20 } } },
  })
  const ask = (model: string) =>
    gateway.route(incoming({ model, messages: say('Why is the sky blue?') }).asked)
  expect(ask('team/crew')).toMatchObject({
    kind: 'decided',
    decision: { policy: 'crew', askedModel: 'team/crew' },
  })
  expect(ask('team/nobody')).toMatchObject({ kind: 'failed', failure: { code: 'model_not_found' } })
})
