import { describe, expect, test } from 'vitest'
import { aServer, jsonOf, type OpenedServer } from '../../../test/support/a-server.ts'
import { say } from '../../../test/support/a-gateway.ts'
import type { Overview } from './overview.ts'

const chat = '/v1/chat/completions'

const overviewOf = async ({ url }: OpenedServer, query = ''): Promise<Overview> =>
  jsonOf(await fetch(`${url}/admin/overview${query}`))

/** Decisions are written in batches: what was sent is there a moment later. */
async function afterWriting(server: OpenedServer, decisions: number, query = ''): Promise<Overview> {
  for (;;) {
    const found = await overviewOf(server, query)
    if (found.totals.decisions >= decisions) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('GET /admin/overview', () => {
  test('has a step for each hour of the last 24, and figures of none', async () => {
    const server = await aServer()
    const found = await overviewOf(server)
    expect(found.steps).toHaveLength(24)
    expect(found.stepMs).toBe(3_600_000)
    expect(found.totals.decisions).toBe(0)
    expect(found.quality).toBeNull()
    expect(found.timing).toEqual({ latencyMs: null, firstContentMs: null, addedMs: null, decidedMs: null })
    expect([found.policies, found.models]).toEqual([[], []])
    for (const [index, step] of found.steps.entries())
      if (index > 0) expect(step.from).toBe(found.steps[index - 1]!.until)
  })

  test('counts requests once in all, in their step, and for their policy and model', async () => {
    const server = await aServer()
    const replies = await Promise.all(
      ['simulated/nano', 'simulated/nano', 'simulated/mid'].map((model) =>
        server.post(chat, { model, messages: say('What is 17 * 23?') }),
      ),
    )
    const [first] = replies.map(({ headers }) => headers.get('x-fairlead-decision'))
    const found = await afterWriting(server, 3, '?range=1h')
    expect(found.totals).toMatchObject({ decisions: 3, answered: 3, failed: 0 })
    expect(found.steps.map(({ sums }) => sums.decisions).reduce((a, b) => a + b)).toBe(3)
    expect(found.models.map(({ group, decisions }) => [group, decisions])).toEqual([
      ['simulated/mid', 1],
      ['simulated/nano', 2],
    ])
    const { latencyMs, addedMs } = found.timing
    expect(latencyMs!.of).toBe(3)
    expect(addedMs!.p95).toBeLessThanOrEqual(latencyMs!.p95)

    await server.post('/v1/feedback', { decision: first, score: 0 })
    await server.post('/v1/feedback', { decision: first, score: 1 })
    const rated = await overviewOf(server)
    expect(rated.quality).toMatchObject({ mean: 1, ratings: 1 })
    expect(rated.models.find(({ group }) => group === 'simulated/nano')!.quality).toMatchObject({
      ratings: 1,
    })
    expect(rated.models.find(({ group }) => group === 'simulated/mid')!.quality).toBeNull()
  })

  test("days begin at the viewer's midnight", async () => {
    const server = await aServer()
    const { steps } = await overviewOf(server, '?range=30d&zoneMinutes=330')
    expect(steps).toHaveLength(30)
    expect(steps.map(({ from }) => from.slice(11, 16))).toEqual(Array.from({ length: 30 }, () => '18:30'))
  })

  test.each(['?range=2h', '?range=toString', '?zoneMinutes=x', '?zoneMinutes=99999'])(
    '%s is refused',
    async (query) => {
      const { url } = await aServer()
      const reply = await fetch(`${url}/admin/overview${query}`)
      expect(reply.status).toBe(400)
      expect((await jsonOf(reply)).error.message).toMatch(/^(range|zoneMinutes) must be /)
    },
  )
})
