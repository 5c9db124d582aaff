import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aGateway, incoming, say } from '../../../test/support/a-gateway.ts'
import { aFolder } from '../../../test/support/a-folder.ts'
import { writeOutcomeSet } from '../../../test/support/an-outcome-set.ts'
import type { SetAnswer, SetReport } from '../admin/frontier-sets.ts'
import type { Gateway } from '../gateway.ts'

const pool = ['simulated/nano', 'simulated/mid', 'simulated/frontier']

async function opened() {
  const file = join(aFolder(), 'tasks.jsonl')
  writeOutcomeSet(file, { tasks: 150 })
  const rows = readFileSync(file, 'utf8').trim().split('\n')
  const { gateway } = await aGateway({
    config: { simulated: { pace: 0 }, policies: { auto: { pool } }, outcomeSets: { tasks: file } },
  })
  return { gateway, prompts: rows.map((row) => (JSON.parse(row) as { prompt: string }).prompt) }
}

async function call(
  { admin }: Gateway,
  method: string,
  path: string,
  params: Record<string, string>,
  body?: object,
) {
  const found = admin.calls.find((one) => one.method === method && one.path === path)!
  const answer = await found.run({ params, query: {}, body })
  return answer.kind === 'value' ? answer.value : null
}

async function measured(gateway: Gateway): Promise<SetReport> {
  for (;;) {
    const path = '/outcome-sets/:name/frontier'
    const answer = (await call(gateway, 'GET', path, { name: 'tasks' })) as SetAnswer
    if (answer.kind === 'measured') return answer.report
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const setTo = (gateway: Gateway, objective: object) =>
  call(gateway, 'PATCH', '/policies/:name/objective', { name: 'auto' }, objective)

/** Share of the prompts by the model that the gateway would send them to. */
async function served(gateway: Gateway, prompts: readonly string[]): Promise<Record<string, number>> {
  const shares: Record<string, number> = {}
  for (const prompt of prompts) {
    const routed = await gateway.route(incoming({ model: 'auto', messages: say(prompt) }).asked)
    const chosen = routed.kind === 'decided' ? routed.decision.chosen! : 'nobody'
    shares[chosen] = (shares[chosen] ?? 0) + 1 / prompts.length
  }
  return shares
}

test('the share of requests that a setting shows for a model is what the gateway sends it once that is applied', async () => {
  const { gateway, prompts } = await opened()
  const { frontier } = await measured(gateway)
  let mixed = 0
  for (const at of [0.1, 0.4, 0.6, 0.9]) {
    const { lambda, shares } = frontier[Math.round(at * (frontier.length - 1))]!
    await setTo(gateway, { willingnessToPay: 0.1 / lambda })
    const found = await served(gateway, prompts)
    for (const model of pool) expect(found[model] ?? 0).toBeCloseTo(shares[model] ?? 0, 1)
    if (Object.values(shares).every((share) => share < 0.9)) mixed++
  }
  // Settings at which all go to one model would show nothing.
  expect(mixed).toBeGreaterThan(0)
})

test('the quality that the dial says leads to a setting does', async () => {
  const { gateway } = await opened()
  const { frontier } = await measured(gateway)
  const inside = frontier.filter(({ promised }) => promised! < 0.999 && promised! > 0.5)
  const { promised, lambda } = inside[Math.floor(inside.length / 2)]!
  await setTo(gateway, { quality: Number(promised!.toFixed(3)) })
  const routed = await gateway.route(incoming({ model: 'auto', messages: say('Why?') }).asked)
  const rate = routed.kind === 'decided' ? routed.decision.objective.lambda : Number.NaN
  // A quality is kept by every rate of a step: the largest is chosen.
  const next = frontier.find((point) => point.promised! < promised! - 0.001)!
  expect(rate).toBeGreaterThanOrEqual(lambda * 0.9)
  expect(rate).toBeLessThanOrEqual(next.lambda * 1.1)
})
