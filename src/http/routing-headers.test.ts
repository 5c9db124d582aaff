import { describe, expect, test } from 'vitest'
import { noRoutingOptions } from '../domain/routing-options.ts'
import { decisionHeaders, withRoutingHeaders } from './routing-headers.ts'
import type { Served } from '../gateway/gateway.ts'

const inBody = { ...noRoutingOptions, session: 'body', tags: ['body'], quality: 0.5 }

describe('headers of a request', () => {
  test('go over the body; what they leave out stays', () => {
    expect(
      withRoutingHeaders(inBody, {
        'x-fairlead-session': 's-1',
        'x-fairlead-step': 'plan',
        'x-fairlead-user': 'ada',
        'x-fairlead-tier': 'gold',
        'x-fairlead-tags': 'a, b ,c',
        'x-fairlead-max-cost-usd': '0.02',
      }),
    ).toEqual({
      ...noRoutingOptions,
      session: 's-1',
      step: 'plan',
      user: 'ada',
      tier: 'gold',
      tags: ['a', 'b', 'c'],
      maxCostUsd: 0.02,
      quality: 0.5,
    })
  })

  test('by which an agent names its conversation name the session, where nothing else does', () => {
    const agent = { 'x-session-affinity': 'a-1', session_id: 'a-2' }
    expect(withRoutingHeaders(noRoutingOptions, agent)).toMatchObject({ session: 'a-1' })
    expect(withRoutingHeaders(inBody, agent)).toMatchObject({ session: 'body' })
    expect(withRoutingHeaders(noRoutingOptions, { ...agent, 'x-fairlead-session': 's-1' })).toMatchObject({
      session: 's-1',
    })
  })

  test('that policies read are kept, and no others', () => {
    const headers = { 'x-tenant': 'acme', 'x-plan': 'free', authorization: 'Bearer secret', cookie: 'a=b' }
    expect(withRoutingHeaders(noRoutingOptions, headers, ['x-tenant', 'x-missing'])).toEqual({
      ...noRoutingOptions,
      headers: { 'x-tenant': 'acme' },
    })
    expect(withRoutingHeaders(noRoutingOptions, headers)).toBe(noRoutingOptions)
    expect(
      withRoutingHeaders(inBody, { ...headers, 'x-fairlead-step': 'plan' }, ['x-plan', 'x-fairlead-step']),
    ).toMatchObject({ step: 'plan', headers: { 'x-plan': 'free', 'x-fairlead-step': 'plan' } })
    expect(withRoutingHeaders(inBody, { 'x-fairlead-quality': '95' }, ['x-plan'])).toMatchObject({
      kind: 'rejected',
    })
  })

  test('that policies read and that were sent twice, or at length, are one bounded text', () => {
    const headers = { 'x-tenant': ['a', 'b'] as unknown as string, 'x-plan': 'x'.repeat(9_000) }
    const options = withRoutingHeaders(noRoutingOptions, headers, ['x-tenant', 'x-plan'])
    expect('kind' in options ? null : options.headers).toEqual({
      'x-tenant': 'a,b',
      'x-plan': 'x'.repeat(2_000),
    })
  })

  test('that are empty count for nothing', () => {
    expect(withRoutingHeaders(inBody, { 'x-fairlead-session': '', 'x-fairlead-quality': '' })).toEqual(inBody)
  })

  test.each([
    ['quality', '95', 'a share above 0 and up to 1, as in 0.95'],
    ['quality', '0', 'a share above 0 and up to 1, as in 0.95'],
    ['quality', '-0.5', 'a share above 0 and up to 1, as in 0.95'],
    ['quality', 'high', 'a share above 0 and up to 1, as in 0.95'],
    ['quality', '95%', 'a share above 0 and up to 1, as in 0.95'],
    ['max-cost-usd', 'NaN', 'a number of dollars above 0, as in 0.01'],
    ['max-cost-usd', 'Infinity', 'a number of dollars above 0, as in 0.01'],
    ['max-cost-usd', '$1', 'a number of dollars above 0, as in 0.01'],
    ['max-cost-usd', '0', 'a number of dollars above 0, as in 0.01'],
  ])('%s: %s is refused, with what to write', (name, value, wanted) => {
    expect(withRoutingHeaders(inBody, { [`x-fairlead-${name}`]: value })).toMatchObject({
      kind: 'rejected',
      code: 'invalid_header',
      param: `x-fairlead-${name}`,
      message: `The header x-fairlead-${name} must be ${wanted}.`,
    })
  })
})

describe('headers of a decision', () => {
  const served = {
    decision: { id: 'dec_1', policy: 'auto', because: 'précis —\r\nset-cookie: x=1' },
    model: 'acme/small',
    failedModels: [],
    usd: 0.0000004,
  } as unknown as Served

  test('are printable ASCII on one line, whatever the reason says', () => {
    expect(decisionHeaders(served)['x-fairlead-reason']).toBe('pr?cis ???set-cookie: x=1')
  })

  test('are not longer than a proxy lets through', () => {
    const long = { ...served, decision: { ...served.decision, because: 'x'.repeat(10_000) } }
    expect(decisionHeaders(long)['x-fairlead-reason']).toHaveLength(400)
  })

  test('leave out what there is not', () => {
    expect(decisionHeaders({ ...served, model: null, usd: null })).toEqual({
      'x-fairlead-decision': 'dec_1',
      'x-fairlead-policy': 'auto',
      'x-fairlead-reason': 'pr?cis ???set-cookie: x=1',
    })
  })

  test('round dollars to the ledger: millionths', () => {
    expect(decisionHeaders({ ...served, usd: 1.23456789 })['x-fairlead-cost-usd']).toBe('1.234568')
  })
})
