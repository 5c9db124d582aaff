import { expect, test } from 'vitest'
import { z } from 'zod'
import { aConsultantServer } from '../../test/support/a-consultant-server.ts'
import { aFolder } from '../../test/support/a-folder.ts'
import { aGateway, atOnce, incoming, resolvedIn, say } from '../../test/support/a-gateway.ts'
import { consult, forward } from '../domain/strategy.ts'
import { defineStrategy } from '../strategies/strategy.ts'

const consulted = defineStrategy({
  name: 'consulted',
  summary: 'asks a consultant of the request, for tests',
  needs: { quality: false, cost: false },
  options: z.strictObject({ by: z.string() }),
  models: () => null,
  consultants: ({ by }) => [by],
  *choose({ candidates, request }, { by }) {
    const [result] = yield* consult([{ consultant: by, request, about: null, models: [] }])
    return forward(candidates, result!.kind === 'said' ? `said ${result!.opinion.label}` : 'nobody spoke')
  },
})

const configOf = (consultants: object) => ({
  ...atOnce,
  consultants,
  policies: { auto: { strategy: 'consulted', by: 'triage' } },
})

async function opened(consultants: object) {
  const { gateway } = await aGateway({ config: configOf(consultants), strategies: [consulted] })
  const decided = async () => {
    const asked = incoming({ model: 'auto', messages: say('hello') })
    const reply = await gateway.chat(asked, new AbortController().signal)
    expect(reply.kind).toBe('buffered')
    return reply.served!.decision
  }
  return { gateway, decided }
}

test('a gateway asks the consultants of its configuration, and records what they say', async () => {
  const server = await aConsultantServer(() => ({ kind: 'json', body: { label: 'billing' } }))
  const { decided } = await opened({ triage: { url: server.url } })
  const { because, trace } = await decided()
  expect(because).toBe('said billing')
  expect(trace.steps).toMatchObject([
    { kind: 'consult', said: [{ consultant: 'triage', about: null, result: { kind: 'said' } }] },
  ])
})

test('what would be asked is shown before anybody is', async () => {
  const server = await aConsultantServer(() => ({ kind: 'json', body: { label: 'billing' } }))
  const { gateway } = await opened({ triage: { url: server.url } })
  const routed = gateway.route(incoming({ model: 'auto', messages: say('hello') }).asked)
  expect(routed).toMatchObject({
    kind: 'decided',
    decision: {
      chosen: null,
      because: 'it consults triage first',
      trace: { driver: 'explain', end: { kind: 'would-consult', consultants: ['triage'] } },
    },
  })
  expect(server.seen).toEqual([])
})

test('one that fails leaves the strategy to do without', async () => {
  const { decided } = await opened({ triage: { url: 'http://127.0.0.1:9/' } })
  expect((await decided()).because).toBe('nobody spoke')
})

test('after a reload others are asked; who is being asked by the old configuration may finish', async () => {
  let answer = () => {}
  const asked = new Promise<void>((seen) => {
    answer = seen
  })
  const before = await aConsultantServer(() => {
    answer()
    return { kind: 'json', body: { label: 'old' }, afterMs: 100 }
  })
  const after = await aConsultantServer(() => ({ kind: 'json', body: { label: 'new' } }))
  const { gateway, decided } = await opened({ triage: { url: before.url } })
  const underWay = decided()
  await asked
  await gateway.reload(await resolvedIn(aFolder(), configOf({ triage: { url: after.url } }), {}, [consulted]))
  expect((await decided()).because).toBe('said new')
  expect((await underWay).because).toBe('said old')
})
