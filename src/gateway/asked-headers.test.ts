import { expect, test } from 'vitest'
import { z } from 'zod'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { forward } from '../domain/strategy.ts'
import { defineStrategy } from '../strategies/strategy.ts'

const byHeader = defineStrategy({
  name: 'by-header',
  summary: 'says the headers that it got, for tests',
  needs: { quality: false, cost: false },
  options: z.strictObject({ header: z.string() }),
  models: () => null,
  headers: ({ header }) => [header],
  *choose({ candidates, asked }) {
    return forward(candidates, `${JSON.stringify(asked.headers ?? null)} ${asked.tier}`)
  },
})

test('a policy gets the headers that it reads, and no others, whoever calls', async () => {
  const policies = {
    auto: { strategy: 'by-header', header: 'x-tenant' },
    plan: { strategy: 'by-header', header: 'x-plan' },
    blind: { strategy: 'cheapest' },
  }
  const { gateway } = await aGateway({ config: { ...atOnce, policies }, strategies: [byHeader] })
  expect(gateway.headersRead).toEqual(['x-tenant', 'x-plan'])
  const decided = (model: string, headers?: Record<string, string>) => {
    const { asked } = incoming({ model, messages: say('Hello.'), fairlead: { tier: 'gold' } })
    const options = { ...asked.options, ...(headers && { headers }) }
    const routed = gateway.route({ ...asked, options })
    if (routed.kind === 'failed') throw new Error(routed.failure.message)
    return routed.decision.because
  }
  const sent = { 'X-Tenant': 'acme', 'x-plan': 'free', authorization: 'Bearer secret' }
  expect(decided('auto', sent)).toBe('{"x-tenant":"acme"} gold')
  expect(decided('plan', sent)).toBe('{"x-plan":"free"} gold')
  expect(decided('auto', {})).toBe('{} gold')
  expect(decided('auto')).toBe('null gold')
})
