import { describe, expect, it } from 'vitest'
import { aGateway } from '../../test/support/a-gateway.ts'
import { boundedLabel, knownOf } from './known.ts'

describe('what a configuration names', () => {
  it('is its policies, its models and where they are served', async () => {
    const { config } = await aGateway({
      config: {
        vendors: {
          acme: { baseUrl: 'http://llm.acme.example:8080/v1', format: 'openai-chat', apiKey: 'k' },
        },
        models: [
          {
            id: 'acme/small',
            vendorName: 'small-2026',
            prices: { input: 1, output: 2 },
            contextWindow: 1000,
          },
          { id: 'acme/large', prices: { input: 1, output: 2 }, contextWindow: 1000 },
        ],
        policies: {
          auto: { pool: ['acme/small', 'acme/large'] },
          alone: { pool: ['acme/small'] },
          constant: { strategy: 'fixed', model: 'acme/small' },
        },
      },
    })
    const known = knownOf(config, ({ name }) => `${name}_ai`)
    expect(known.policies).toEqual(expect.arrayContaining(['auto', 'alone', 'constant']))
    expect(known.routing).toEqual(['auto'])
    expect(known.models).toEqual(['acme/small', 'acme/large'])
    expect(known.targets[0]).toEqual({
      id: expect.stringContaining('acme/small'),
      vendor: 'acme',
      model: 'small-2026',
      provider: 'acme_ai',
      address: { host: 'llm.acme.example', port: 8080 },
    })
  })
})

describe('a bounded label', () => {
  it('is a name of the list, one of the first that are learnt, or other', () => {
    const label = boundedLabel(['a'], 2)
    expect(['a', 'b', 'c', 'd', 'b', null].map((name) => label.of(name))).toEqual([
      'a',
      'b',
      'c',
      'other',
      'b',
      'none',
    ])
    label.allow(['d'])
    expect(label.of('d')).toBe('d')
  })
})
