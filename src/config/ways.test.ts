import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { acmeConfig, acmeKey } from '../../test/support/acme-config.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'
import { surroundings } from '../../test/support/surroundings.ts'
import { rules } from '../strategies/rules.ts'
import { utility } from '../strategies/utility.ts'
import { loadConfig } from './load.ts'

async function loaded(policies: object) {
  const directory = aFolder()
  writeFileSync(join(directory, 'fairlead.yaml'), JSON.stringify({ policies }))
  return loadConfig({
    file: null,
    directory,
    surroundings: surroundings(undefined, { strategies: [utility, rules] }),
  })
}

const codeTo = (way: string, otherwise: string, more: object = {}) => ({
  strategy: 'rules',
  default: otherwise,
  rules: [{ when: { taskType: 'code' }, to: way }],
  ...more,
})

const faultsOf = async (policies: object) => {
  const result = await loaded(policies)
  return result.kind === 'faulty' ? result.faults.map(({ message }) => message) : []
}

const policiesOf = async (policies: object) => {
  const result = await loaded(policies)
  if (result.kind === 'faulty') throw new Error(JSON.stringify(result.faults))
  return Object.fromEntries(result.config.policies.map((policy) => [policy.name, policy]))
}

describe('policies that name each other in a circle are refused, and the circle is named', () => {
  test('of one', async () => {
    expect(await faultsOf({ a: codeTo('a', 'acme/small') })).toEqual([
      expect.stringContaining('goes round in a circle: a -> a'),
    ])
  })

  test('of three', async () => {
    const faults = await faultsOf({
      a: codeTo('b', 'acme/small'),
      b: codeTo('acme/small', 'c'),
      c: codeTo('a', 'acme/large'),
    })
    expect(faults).toEqual([expect.stringContaining('goes round in a circle: a -> b -> c -> a')])
  })

  test('but not two that name a third', async () => {
    const faults = await faultsOf({
      a: codeTo('b', 'c'),
      b: codeTo('c', 'acme/small'),
      c: { pool: ['acme/small'] },
    })
    expect(faults).toEqual([])
  })
})

describe('a way that leads nowhere is refused', () => {
  test('a policy that does not exist, with the nearest name', async () => {
    expect(await faultsOf({ a: codeTo('supprt', 'acme/small'), support: {} })).toEqual([
      expect.stringMatching(/"supprt" is no policy\..*support/),
    ])
  })

  test('a model that nobody knows, or that cannot be reached', async () => {
    expect(await faultsOf({ a: codeTo('acme/smal', 'acme/small') })).toHaveLength(1)
    expect(await faultsOf({ a: codeTo('globex/hank', 'acme/small') })).toEqual([
      expect.stringContaining("globex/hank can't be reached"),
    ])
  })
})

describe('the pool of a policy with ways', () => {
  const pair = { pool: ['acme/medium', 'acme/large'] }
  test('is what its ways lead to, all of them together', async () => {
    const { a } = await policiesOf({ a: codeTo('pair', 'acme/small'), pair })
    expect([...(a!.pool as readonly string[])].sort()).toEqual(['acme/large', 'acme/medium', 'acme/small'])
    expect(a!.nested.map(({ name }) => name)).toEqual(['pair'])
  })

  test('has its own models beside those', async () => {
    const { a } = await policiesOf({ a: codeTo('acme/small', 'acme/small', { pool: ['acme/medium'] }) })
    expect([...(a!.pool as readonly string[])].sort()).toEqual(['acme/medium', 'acme/small'])
  })

  test('is everything where one of them chooses from everything', async () => {
    const { a } = await policiesOf({ a: codeTo('all', 'acme/small'), all: {} })
    expect(a!.pool).toBe('all')
  })

  test('a policy needs what those that it names need, and changes its version with them', async () => {
    const before = await policiesOf({ a: codeTo('pair', 'acme/small'), pair })
    const after = await policiesOf({ a: codeTo('pair', 'acme/small'), pair: { ...pair, lambda: 3 } })
    expect(before.a!.needs).toEqual({ quality: true, cost: true })
    expect(before.a!.version).not.toBe(after.a!.version)
  })
})

describe('in a gateway', () => {
  test('a nested policy keeps to its pool, and its own fallbacks hold, not those around it', async () => {
    const vendor = await aFaultServer({
      small: [{ kind: 'status', status: 500, body: {} }],
      large: [{ kind: 'answer', text: 'from large' }],
    })
    const policies = {
      auto: { ...codeTo('acme/small', 'inner'), fallbacks: ['simulated/nano'] },
      inner: { strategy: 'fixed', model: 'acme/small', fallbacks: ['acme/large'] },
    }
    const { gateway, stored } = await aGateway({
      config: acmeConfig(vendor.baseUrl, { policies, ...atOnce }),
      variables: acmeKey,
    })
    const reply = await gateway.chat(
      incoming({ model: 'auto', messages: say('Hi.') }),
      new AbortController().signal,
    )
    expect(reply).toMatchObject({ kind: 'buffered', served: { model: 'acme/large' } })
    const [{ decision, outcome } = {}] = await stored()
    expect(decision?.because).toBe('no rule holds: inner: the policy names acme/small')
    expect(outcome?.attempts.map(({ model }) => model)).toEqual(['acme/small', 'acme/large'])
  })

  test('a nested policy whose models may not serve refuses, though others around it could', async () => {
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
    const policies = {
      auto: codeTo('simulated/frontier', 'inner'),
      inner: { pool: ['simulated/nano'] },
    }
    const { gateway } = await aGateway({ config: { ...atOnce, policies } })
    const reply = await gateway.chat(
      incoming({ model: 'auto', messages: [{ role: 'user', content: [picture] }] }),
      new AbortController().signal,
    )
    expect(reply).toMatchObject({ kind: 'failed', failure: { code: 'no_eligible_model' } })
    expect(reply.kind === 'failed' && reply.failure.message).toContain('`inner`')
  })
})
