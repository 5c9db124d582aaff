import { expect, test } from 'vitest'
import { aGateway, incoming, say } from '../../../test/support/a-gateway.ts'
import type { RegretReport } from './learning-regret.ts'

const requests = 150

test('what decisions say that they gave up is what the gateway booked for it', async () => {
  const { gateway, stored } = await aGateway({
    config: {
      simulated: { pace: 0 },
      log: { level: 'silent' },
      policies: {
        auto: {
          strategy: 'linucb',
          lambda: 1,
          floor: 0.5,
          tryWithin: 1,
          explore: { usd: 100, per: 'month' },
        },
        plain: { strategy: 'utility', lambda: 1 },
      },
    },
  })
  const ask = (model: string, at: number) =>
    gateway.chat(
      incoming({ model, messages: say(`What is ${at} plus ${at}?`) }),
      new AbortController().signal,
    )
  for (let at = 0; at < requests; at++) await ask('auto', at)
  await ask('plain', 0)
  const call = gateway.admin.calls.find(({ path }) => path === '/policies/:name/regret')!
  const report = async (): Promise<RegretReport> => {
    const answer = await call.run({ params: { name: 'auto' }, query: { n: '5000' }, body: undefined })
    return JSON.parse(JSON.stringify(answer.kind === 'value' ? answer.value : null))
  }
  // The log is written in batches, and reports are kept for a few seconds.
  await expect.poll(async () => (await report()).decisions, { timeout: 20_000, interval: 250 }).toBe(requests)
  const { givenUp, explored } = await report()
  expect(givenUp).toMatchObject({ decisions: requests, withoutBeliefs: 0 })
  const { decisions, usd } = explored!.recorded
  expect(decisions).toBeGreaterThan(0)
  expect(usd).toBeGreaterThan(0)
  // Each is booked upwards, to the next micro-dollar.
  const { spentUsd } = explored!.points.at(-1)!
  expect(spentUsd).toBeGreaterThanOrEqual(usd - 1e-9)
  expect(spentUsd).toBeLessThanOrEqual(usd + decisions * 1e-6)

  const ends = (await stored()).map(({ decision }) => decision.trace.end)
  const said = ends.flatMap((end) => (end.kind === 'forward' && end.explores ? [end.explores] : []))
  expect(said).toHaveLength(decisions)
  expect(said.reduce((sum, { worth }) => sum + worth, 0)).toBeCloseTo(givenUp.points.at(-1)!.all, 9)
  expect(said.every(({ worth }) => worth > 0)).toBe(true)
  expect('explores' in ends.at(-1)!).toBe(false)
})
