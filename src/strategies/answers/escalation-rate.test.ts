import { expect, test } from 'vitest'
import { noUsage } from '../../domain/answer.ts'
import { modelId } from '../../domain/model.ts'
import type { Trace } from '../../domain/trace.ts'
import { escalationRate } from './escalation-rate.ts'

const [small, large] = [modelId('acme/small'), modelId('acme/large')]

const traceTo = (model: typeof small, asks = true): Trace => ({
  driver: 'live',
  steps: asks
    ? [
        {
          kind: 'ask',
          until: 'all',
          calls: [
            {
              model: small,
              result: {
                kind: 'answered',
                finish: { kind: 'stop', raw: 'stop' },
                usage: noUsage,
                usd: 0,
                latencyMs: 1,
              },
            },
          ],
        },
      ]
    : [],
  end: { kind: 'forward', models: [model], rewritten: false, because: 'a test', propensity: 1 },
})

const many = (count: number, trace: Trace): Trace[] => Array.from({ length: count }, () => trace)

test('counts decisions that asked, and those among them that ended elsewhere', () => {
  const rate = escalationRate(
    [...many(3, traceTo(large)), ...many(1, traceTo(small)), traceTo(large, false)],
    0.9,
  )
  expect(rate).toMatchObject({ asked: 4, escalated: 3, share: 0.75, alarm: null })
})

test('nearly everything going on raises an alarm with the figures; a few decisions do not', () => {
  expect(escalationRate(many(200, traceTo(large)), 0.6).alarm).toContain('100 % of 200 decisions')
  expect(escalationRate(many(3, traceTo(large)), 0.6).alarm).toBeNull()
  expect(escalationRate(many(200, traceTo(small)), 0.6).alarm).toBeNull()
})

test('without a decision that asked there is no rate', () => {
  expect(escalationRate([], 0.5)).toMatchObject({ asked: 0, share: Number.NaN, alarm: null })
})
