import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey } from '../../../test/support/acme-config.ts'
import { say } from '../../../test/support/a-gateway.ts'
import { aServer } from '../../../test/support/a-server.ts'
import { aFaultServer, type Behaviour } from '../../../test/support/fault-server.ts'
import { openSqliteStore } from '../../storage/sqlite/sqlite-store.ts'
import { noUsage } from '../../domain/answer.ts'
import { isAside } from '../../domain/experiment.ts'
import { sameAnswer } from './shadow.ts'

const policies = {
  auto: { strategy: 'fixed', model: 'acme/small' },
  bold: { strategy: 'fixed', model: 'acme/large' },
  checker: { strategy: 'fixed', model: 'acme/judge' },
}
const judgeModel = {
  id: 'acme/judge',
  prices: { input: 5, output: 50 },
  contextWindow: 32_000,
  maxOutputTokens: 4_000,
}
const deciding = { policy: 'auto', by: 'bold', share: 1 }
const answering = { ...deciding, answers: true, usd: 5 }

type Changes = {
  readonly small?: readonly Behaviour[]
  readonly large?: readonly Behaviour[]
  readonly judges?: readonly Behaviour[]
  readonly more?: object
}

const plain: readonly Behaviour[] = [{ kind: 'answer' }]

async function opened(shadow: object | null, changes: Changes = {}) {
  const { small = plain, large = plain, judges = plain, more } = changes
  const vendor = await aFaultServer({ small, large, judge: judges })
  const config = acmeConfig(vendor.baseUrl, { policies, models: [judgeModel] })
  const shadows = shadow === null ? {} : { shadows: { trial: shadow } }
  const server = await aServer({ config: { ...config, ...shadows, ...more }, variables: acmeKey })
  return { ...server, vendor }
}

type Opened = Awaited<ReturnType<typeof opened>>

async function ask({ post }: Pick<Opened, 'post'>, body: object = {}, headers: Record<string, string> = {}) {
  const asked = { model: 'auto', messages: say('Say it.'), ...body }
  const reply = await post('/v1/chat/completions', asked, { headers })
  const text = await reply.text()
  return { status: reply.status, text, headers: Object.fromEntries(reply.headers) }
}

const counts = ({ gateway }: Pick<Opened, 'gateway'>) => gateway.aside.counts()['shadow trial']!
const shadowed = (server: Opened, times: number) =>
  expect.poll(() => counts(server).done + counts(server).failed, { timeout: 15_000 }).toBe(times)

async function record(server: Opened) {
  const stored = await server.stored()
  const served = stored.filter(({ decision }) => !isAside(decision))
  const asides = stored.filter(({ decision }) => isAside(decision))
  const store = await openSqliteStore({ path: server.config.log.path })
  const feedback = await store.feedbackOn(stored.map(({ decision }) => decision.id))
  await store.close()
  const of = (one: (typeof stored)[number]) =>
    feedback.filter(({ about }) => about.kind === 'decision' && about.decision === one.decision.id)
  return { served, asides, of }
}

describe('a shadow that decides', () => {
  test('leaves its decision beside the one that it shadows, and asks no model', async () => {
    const server = await opened(deciding)
    await ask(server)
    await shadowed(server, 1)
    const { served, asides } = await record(server)
    expect(asides).toMatchObject([
      {
        decision: {
          policy: 'bold',
          chosen: 'acme/large',
          queryHash: served[0]!.decision.queryHash,
          experiment: { id: 'shadow trial', arm: 'bold', unit: served[0]!.decision.id },
        },
        outcome: null,
      },
    ])
    expect(server.vendor.seen.map(({ model }) => model)).toEqual(['small'])
  })

  test('takes part in its share of the decisions of its policy, and in no others', async () => {
    const server = await opened({ ...deciding, share: 0.5 })
    for (let n = 0; n < 60; n++) await ask(server)
    for (let n = 0; n < 20; n++) await ask(server, { model: 'bold' })
    await expect.poll(() => counts(server).waiting + counts(server).running, { timeout: 15_000 }).toBe(0)
    expect(counts(server).done).toBeGreaterThan(10)
    expect(counts(server).done).toBeLessThan(50)
    const { asides, served } = await record(server)
    const bold = new Set(served.flatMap(({ decision: { id, policy } }) => (policy === 'bold' ? [id] : [])))
    expect(asides.some(({ decision }) => bold.has(decision.experiment!.unit as never))).toBe(false)
  })
})

describe('a shadow that answers', () => {
  test('is paid for in the ledger, and compared by whether both say the same', async () => {
    const server = await opened({ ...answering, compare: 'exact' })
    await ask(server)
    await shadowed(server, 1)
    const { served, asides, of } = await record(server)
    expect(asides).toMatchObject([{ outcome: { status: 'answered', model: 'acme/large' } }])
    expect(asides[0]!.outcome!.cost).toBeGreaterThan(0)
    for (const one of [...served, ...asides])
      expect(of(one)).toMatchObject([{ metric: 'agreement', score: 1, author: 'shadow trial' }])
  })

  test('is compared by the judge, who sees both in a drawn order and names neither', async () => {
    const server = await opened(
      { ...answering, compare: 'judge' },
      {
        large: [{ kind: 'answer', text: 'The other one, which goes on for quite some time.' }],
        judges: [{ kind: 'answer', text: 'A' }],
        more: { judge: { by: 'checker', share: 0, usd: 5 } },
      },
    )
    for (let n = 0; n < 24; n++) await ask(server)
    await shadowed(server, 24)
    const shown = server.vendor.seen
      .filter(({ model }) => model === 'judge')
      .map(({ text }) => text.indexOf('The other one') < text.indexOf('One two'))
    expect(new Set(shown)).toEqual(new Set([true, false]))
    const { served, asides, of } = await record(server)
    const mine = asides.filter(({ decision }) => decision.policy === 'bold')
    const scores = served.map((one) => of(one)[0]!.score)
    expect(served.map((one) => of(one).map(({ metric }) => metric))).toEqual(served.map(() => ['preference']))
    // The judge always says A: whoever stood there won, which is not always the same one.
    expect(new Set(scores)).toEqual(new Set([0, 1]))
    for (const one of mine) {
      const other = served.find(({ decision }) => decision.id === one.decision.experiment!.unit)!
      expect(of(one)[0]!.score).toBe(1 - of(other)[0]!.score!)
    }
    expect(asides.filter(({ decision }) => decision.policy === 'checker')).toHaveLength(24)
  })

  test('changes nothing of what the client gets, whole or streamed', async () => {
    const alone = await opened(null)
    const beside = await opened({ ...answering, compare: 'exact' })
    for (const stream of [false, true]) {
      const [one, other] = [await ask(alone, { stream }), await ask(beside, { stream })]
      expect(withoutIds(other.text)).toEqual(withoutIds(one.text))
      expect(Object.keys(other.headers).sort()).toEqual(Object.keys(one.headers).sort())
    }
    await shadowed(beside, 2)
    expect(counts(beside)).toMatchObject({ done: 2, failed: 0 })
  })

  test('asks for nothing before the reply has gone out', async () => {
    const server = await opened(answering, { small: [{ kind: 'trickle', everyMs: 20 }] })
    await ask(server, { stream: true })
    await shadowed(server, 1)
    expect(server.vendor.seen.map(({ model }) => model)).toEqual(['small', 'large'])
    expect(await server.vendor.seen[0]!.over).toBe('finished')
  })

  test('leaves the session where it was answered', async () => {
    const server = await opened(answering)
    const headers = { 'x-fairlead-session': 'mine' }
    for (let n = 0; n < 4; n++) await ask(server, {}, headers)
    await shadowed(server, 4)
    const { served, asides } = await record(server)
    expect(served.map(({ outcome }) => outcome?.model)).toEqual(Array(4).fill('acme/small'))
    for (const { decision } of asides) expect(decision.caller?.session ?? null).toBeNull()
  })

  test('keeps to what it may spend, and to the data policy of the request that it shadows', async () => {
    const poor = await opened({ ...answering, usd: 0.000001 })
    await ask(poor)
    await shadowed(poor, 1)
    expect(poor.vendor.seen.map(({ model }) => model)).toEqual(['small'])
    const strict = { ...policies, auto: { ...policies.auto, vendors: { ignore: ['other'] } } }
    const other = await aFaultServer({ faraway: plain })
    const base = acmeConfig(poor.vendor.baseUrl)
    const config = {
      ...base,
      vendors: { ...base.vendors, other: { baseUrl: other.baseUrl, apiKey: 'env:ACME_KEY' } },
      models: [...base.models, { ...judgeModel, id: 'other/faraway' }],
      policies: { auto: strict.auto, bold: { strategy: 'fixed', model: 'other/faraway' } },
      shadows: { trial: answering },
    }
    const server = { ...(await aServer({ config, variables: acmeKey })), vendor: other }
    await ask(server)
    await shadowed(server, 1)
    expect(other.seen).toHaveLength(0)
  })
})

describe('a shadow that fails', () => {
  test.each<[string, Behaviour]>([
    ['hangs', { kind: 'never-answer' }],
    ['breaks', { kind: 'reset-before-headers' }],
    ['is refused', { kind: 'status', status: 429, body: { error: { message: 'slow down' } } }],
  ])('and %s costs its clients nothing', async (_, behaviour) => {
    const server = await opened({ ...answering, compare: 'exact' }, { large: [behaviour] })
    for (let n = 0; n < 10; n++) expect((await ask(server)).status).toBe(200)
    await server.close()
    const { served, of } = await record(server)
    expect(served.map(({ outcome }) => outcome?.status)).toEqual(Array(10).fill('answered'))
    for (const one of served) expect(of(one)).toEqual([])
    expect(server.errors).toEqual([])
  })

  test('and has more waiting than there is room for drops the rest, and closes with what it has', async () => {
    const server = await opened(answering, { large: [{ kind: 'never-answer' }] })
    await Promise.all(Array.from({ length: 230 }, () => ask(server)))
    await expect.poll(() => counts(server).dropped, { timeout: 15_000 }).toBe(26)
    expect(counts(server)).toMatchObject({ waiting: 200, running: 4 })
    const { served, asides } = await record(server)
    expect(served).toHaveLength(230)
    expect(asides.map(({ outcome }) => outcome?.status)).toEqual(Array(4).fill('cancelled'))
  })
})

test.each([
  ['{"a": 1, "b": [2]}', '{"b":[2],"a":1}', true],
  ['{"a": 1}', '{"a": 2}', false],
  ['The answer is 42.', 'First I add. So the answer is: **42**', true],
  ['The answer is 42.', 'The answer is 43.', false],
  ['A long tale.\n\nIt has  no end.', 'a long tale. It has no end.', true],
  ['A long tale.\nIt has no end.', 'A long tale.\nIt has an end.', false],
])('whether %j and %j say the same: %j', (one, other, same) => {
  const saying = (text: string) => ({
    model: 'm',
    parts: [{ kind: 'text', text } as const],
    finish: { kind: 'stop', raw: 'stop' } as const,
    usage: noUsage,
    logprobs: [],
  })
  expect(sameAnswer(saying(one), saying(other))).toBe(same)
})

/** Ids and times differ from one server to the next. */
const withoutIds = (text: string): string =>
  text.replace(/"id":"[^"]*"/g, '"id":""').replace(/"created":\d+/g, '"created":0')
