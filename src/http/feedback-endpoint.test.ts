import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey, smallThen } from '../../test/support/acme-config.ts'
import { say } from '../../test/support/a-gateway.ts'
import { aServer, type OpenedServer } from '../../test/support/a-server.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'

async function opened() {
  const vendor = await aFaultServer({ small: [{ kind: 'answer' }], large: [{ kind: 'answer' }] })
  const config = acmeConfig(vendor.baseUrl, { policies: smallThen() })
  return aServer({ config, variables: acmeKey })
}

async function answered(server: OpenedServer, headers: Record<string, string> = {}): Promise<string> {
  const body = { model: 'auto', messages: say('Say something.') }
  const answer = await server.post('/v1/chat/completions', body, { headers })
  await answer.text()
  return answer.headers.get('x-fairlead-decision') ?? ''
}

const feedbackOn = async ({ url }: OpenedServer, decision: string) =>
  ((await (await fetch(`${url}/admin/decisions/${decision}`)).json()) as any).feedback

describe('feedback', () => {
  test('on a decision is there as soon as it was taken down, however quick it came', async () => {
    const server = await opened()
    const decision = await answered(server)
    const answer = await server.post('/v1/feedback', { decision, score: 0.5, comment: 'so so' })
    expect(answer.status).toBe(200)
    expect(await feedbackOn(server, decision)).toMatchObject([
      { score: 0.5, comment: 'so so', source: 'client', metric: 'quality' },
    ])
  })

  test.each([
    [{ value: true }, 1],
    [{ value: false }, 0],
    [{ value: 0.25 }, 0.25],
    [{ rating: 'down' }, 0],
    [{ comment: 'nice' }, null],
    [{ correction: 'It is 391.' }, null],
  ])('of the form %j counts as %j', async (said, score) => {
    const server = await opened()
    const decision = await answered(server)
    await server.post('/v1/feedback', { decision, ...said })
    expect(await feedbackOn(server, decision)).toMatchObject([{ score }])
  })

  test('that compares two answers says something of both', async () => {
    const server = await opened()
    const [better, worse] = [await answered(server), await answered(server)]
    await server.post('/v1/feedback', { decision: better, over: worse })
    expect(await feedbackOn(server, better)).toMatchObject([{ score: 1 }])
    expect(await feedbackOn(server, worse)).toMatchObject([{ score: 0 }])
  })

  test('with an id of its own is corrected by the same id', async () => {
    const server = await opened()
    const decision = await answered(server)
    await server.post('/v1/feedback', { id: 'mine', decision, score: 1 })
    await server.post('/v1/feedback', { id: 'mine', decision, score: 0 })
    expect(await feedbackOn(server, decision)).toMatchObject([{ score: 0 }])
  })

  test('on a session stands with each of its decisions', async () => {
    const server = await opened()
    const decision = await answered(server, { 'x-fairlead-session': 's1' })
    await server.post('/v1/feedback', { session: 's1', score: 1 })
    await expect
      .poll(() => feedbackOn(server, decision))
      .toMatchObject([{ about: { kind: 'session', session: 's1' } }])
  })

  test.each([
    [{}, 'name one of'],
    [{ decision: 'dec_nothing', score: 1 }, 'There is no decision'],
    [{ decision: 'x', session: 'y', score: 1 }, 'name one of'],
    [{ session: 'x' }, 'say something'],
    [{ session: 'x', score: 95 }, 'score'],
    [{ session: 'x', over: 'y' }, 'over compares decisions'],
    [{ session: 'x', scroe: 1 }, 'scroe'],
  ])('%j is refused with the reason', async (body, reason) => {
    const server = await opened()
    const answer = await server.post('/v1/feedback', body)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(JSON.stringify(await answer.json())).toContain(reason)
    expect(server.errors).toEqual([])
  })
})
