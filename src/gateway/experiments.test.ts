import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey } from '../../test/support/acme-config.ts'
import { say } from '../../test/support/a-gateway.ts'
import { aServer } from '../../test/support/a-server.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'

const policies = {
  auto: { strategy: 'fixed', model: 'acme/large' },
  frugal: { strategy: 'fixed', model: 'acme/small' },
}

async function opened(config: object) {
  const vendor = await aFaultServer({ small: [{ kind: 'answer' }], large: [{ kind: 'answer' }] })
  return aServer({ config: { ...acmeConfig(vendor.baseUrl, { policies }), ...config }, variables: acmeKey })
}

type Opened = Awaited<ReturnType<typeof opened>>

async function ask({ post }: Opened, session: string) {
  const body = { model: 'auto', messages: say('Say something.') }
  const answer = await post('/v1/chat/completions', body, { headers: { 'x-fairlead-session': session } })
  await answer.text()
  return {
    status: answer.status,
    model: answer.headers.get('x-fairlead-model'),
    decision: answer.headers.get('x-fairlead-decision') ?? '',
  }
}

async function admin({ url }: Opened, method: string, path: string, body?: object) {
  const response = await fetch(`${url}/admin${path}`, { method, ...(body && { body: JSON.stringify(body) }) })
  return { status: response.status, json: (await response.json()) as any }
}

const cheaper = { policy: 'auto', arms: { frugal: 0.5 } }
const sessions = Array.from({ length: 60 }, (_, index) => `session ${index}`)

describe('an experiment of the configuration', () => {
  test('gives each session to one arm, for good, and its decisions say so', async () => {
    const server = await opened({ experiments: { cheaper } })
    const first = await Promise.all(sessions.map((one) => ask(server, one)))
    const again = await Promise.all(sessions.map((one) => ask(server, one)))
    expect(again.map(({ model }) => model)).toEqual(first.map(({ model }) => model))
    const small = first.filter(({ model }) => model === 'acme/small').length
    expect(small).toBeGreaterThan(10)
    expect(small).toBeLessThan(50)
    const stored = await server.stored()
    for (const { decision } of stored)
      expect(decision).toMatchObject({
        askedModel: 'auto',
        experiment: { id: 'cheaper', arm: decision.chosen === 'acme/small' ? 'frugal' : 'auto' },
      })
  })

  test('is read from the record, with feedback that came later', async () => {
    const server = await opened({ experiments: { cheaper } })
    for (const session of sessions) {
      const { decision, model } = await ask(server, session)
      await server.post('/v1/feedback', { decision, score: model === 'acme/small' ? 0.5 : 1 })
    }
    const { json } = await admin(server, 'POST', '/experiments/cheaper/look')
    expect(json.status).toBe('running')
    const arms = json.looks.at(-1).arms
    expect(arms.frugal.sessions).toBeGreaterThan(10)
    expect(json.sentence).toContain('frugal')
    expect(server.errors).toEqual([])
  })

  test('sends everybody to its winner once it is promoted, also after a restart of the configuration', async () => {
    const server = await opened({ experiments: { cheaper } })
    expect((await admin(server, 'POST', '/experiments/cheaper/promote')).json).toMatchObject({
      status: 'promoted',
      winner: 'frugal',
    })
    for (const session of sessions.slice(0, 8)) expect((await ask(server, session)).model).toBe('acme/small')
    await server.gateway.reload(server.config)
    expect((await ask(server, 'another')).model).toBe('acme/small')
    const { decision } = (await server.stored()).at(-1)!
    expect(decision.experiment).toBeUndefined()
  })
})

describe('an experiment that is begun by hand', () => {
  test('runs until it is ended', async () => {
    const server = await opened({})
    expect((await ask(server, 's')).model).toBe('acme/large')
    const begun = await admin(server, 'POST', '/experiments', {
      id: 'all',
      policy: 'auto',
      arms: { frugal: 1 },
    })
    expect(begun.status).toBe(200)
    expect((await ask(server, 's')).model).toBe('acme/small')
    await admin(server, 'POST', '/experiments/all/roll-back')
    expect((await ask(server, 's')).model).toBe('acme/large')
  })

  test.each([
    [{ id: 'x', policy: 'auto', arms: { frugel: 0.5 } }, 400, 'frugel'],
    [{ id: 'x', policy: 'auto', arms: { frugal: 0.5, auto: 0.5 } }, 400, 'control'],
    [{ id: 'x', policy: 'auto', arms: {} }, 400, 'arms'],
    [{ id: 'x', policy: 'auto', arms: { frugal: 1.5 } }, 400, 'frugal'],
    [{ id: 'x', policy: 'auto', arms: { frugal: 0.5 }, ramp: [0.5, 0.1] }, 400, 'ramp'],
  ])('is refused where it can’t be run: %j', async (body, status, word) => {
    const server = await opened({})
    const answer = await admin(server, 'POST', '/experiments', body)
    expect(answer.status).toBe(status)
    expect(answer.json.error.message).toContain(word)
  })

  test('can’t run beside another on the same policy', async () => {
    const server = await opened({ experiments: { cheaper } })
    const answer = await admin(server, 'POST', '/experiments', {
      id: 'x',
      policy: 'auto',
      arms: { frugal: 0.1 },
    })
    expect(answer.status).toBe(409)
    expect((await admin(server, 'POST', '/experiments/nothing/stop')).status).toBe(404)
  })
})

test('a hold-out answers its share of the sessions by the baseline, and the saving is measured by it', async () => {
  const held = {
    auto: { strategy: 'fixed', model: 'acme/small', holdOut: { share: 0.5, model: 'acme/large' } },
  }
  const server = await opened({ policies: held })
  for (let n = 0; n < 120; n++) await ask(server, `session ${n}`)
  await expect
    .poll(async () => (await admin(server, 'GET', '/decisions?count=true&limit=1')).json.total)
    .toBe(120)
  const { json } = await admin(server, 'GET', '/saving?baseline=acme/large')
  expect(json.saving).toMatchObject({ by: 'hold-out', baseline: 'acme/large' })
  // The large one costs ten times as much.
  expect(json.saving.share.mean).toBeGreaterThan(0.8)
  expect(json.saving.share.low).toBeLessThanOrEqual(json.saving.share.mean)
})
