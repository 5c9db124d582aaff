import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey, smallThen } from '../../../test/support/acme-config.ts'
import { say } from '../../../test/support/a-gateway.ts'
import { aServer } from '../../../test/support/a-server.ts'
import { aFaultServer, type Behaviour } from '../../../test/support/fault-server.ts'
import { openSqliteStore } from '../../storage/sqlite/sqlite-store.ts'

async function opened(
  implicit: object = { retries: true },
  small: readonly Behaviour[] = [{ kind: 'answer' }],
) {
  const vendor = await aFaultServer({ small })
  const config = { ...acmeConfig(vendor.baseUrl, { policies: smallThen() }), implicit }
  return aServer({ config, variables: acmeKey })
}

type Opened = Awaited<ReturnType<typeof opened>>

async function ask({ post }: Opened, messages: readonly object[], session: string | null = 'mine') {
  const headers = session === null ? {} : { 'x-fairlead-session': session }
  const reply = await post('/v1/chat/completions', { model: 'auto', messages, tools }, { headers })
  await reply.text()
  return reply.headers.get('x-fairlead-decision') ?? ''
}

const tools = [
  { type: 'function', function: { name: 'bash', parameters: { type: 'object', properties: {} } } },
]

/** What was noted of each, in the order in which they were asked. */
async function noted({ close, config }: Opened, decisions: readonly string[]) {
  await new Promise((resolve) => setImmediate(resolve))
  await close()
  const store = await openSqliteStore({ path: config.log.path })
  const feedback = await store.feedbackOn(decisions as never)
  await store.close()
  return decisions.map((id) => {
    const found = feedback.filter(({ about }) => about.kind === 'decision' && about.decision === id)
    for (const one of found)
      expect(one).toMatchObject({ source: 'implicit', author: 'implicit', metric: 'quality' })
    return found.map(({ score }) => score)
  })
}

const question = 'How do I mount a loop device under Linux without being root?'
const answered = [{ role: 'assistant', content: 'With udisksctl.' }]

describe('whoever asks again', () => {
  test('was not content with the first answer; nothing is said of the second', async () => {
    const server = await opened()
    const decisions = [await ask(server, say(question)), await ask(server, say(question))]
    expect(await noted(server, decisions)).toEqual([[0.2], []])
  })

  test('in other words neither', async () => {
    const server = await opened()
    const reworded = 'How do I mount a loop device under Debian Linux without being root?'
    const decisions = [await ask(server, say(question)), await ask(server, say(reworded))]
    expect(await noted(server, decisions)).toEqual([[0.3], []])
  })

  test('at the same point of a conversation that nobody has named is known by what came before', async () => {
    const server = await opened()
    const messages = [...say(question), ...answered, ...say('And how do I get rid of it?')]
    const decisions = [await ask(server, messages, null), await ask(server, messages, null)]
    expect(await noted(server, decisions)).toEqual([[0.2], []])
  })

  test('three times is told of twice', async () => {
    const server = await opened()
    const decisions = []
    for (let n = 0; n < 3; n++) decisions.push(await ask(server, say(question)))
    expect(await noted(server, decisions)).toEqual([[0.2], [0.2], []])
  })
})

describe('nothing is said of an answer where', () => {
  test('the conversation goes on', async () => {
    const server = await opened()
    const decisions = [
      await ask(server, say(question)),
      await ask(server, [...say(question), ...answered, ...say('Thank you. And as root?')]),
    ]
    expect(await noted(server, decisions)).toEqual([[], []])
  })

  test('something else is asked, or another session asks the same, or nobody can tell who asks', async () => {
    const server = await opened()
    const decisions = [
      await ask(server, say(question)),
      await ask(server, say('Write a poem on otters.')),
      await ask(server, say(question), 'other'),
      await ask(server, say(question), null),
      await ask(server, say(question), null),
    ]
    expect(await noted(server, decisions)).toEqual([[], [], [], [], []])
  })

  test('the same was asked several times at once', async () => {
    const server = await opened({ retries: true }, [{ kind: 'answer', delayMs: 150 }])
    const decisions = await Promise.all([1, 2, 3].map(() => ask(server, say(question))))
    expect(await noted(server, decisions)).toEqual([[], [], []])
  })

  test('it came late, or there was none', async () => {
    const late = await opened({ retries: true, withinMinutes: 1e-7 })
    const two = [await ask(late, say(question)), await ask(late, say(question))]
    expect(await noted(late, two)).toEqual([[], []])
    const broken: Behaviour = { kind: 'status', status: 500, body: {} }
    const failing = await opened({ retries: true }, [broken, { kind: 'answer' }])
    const again = [await ask(failing, say(question)), await ask(failing, say(question))]
    expect(await noted(failing, again)).toEqual([[], []])
  })

  test('nobody asked for it', async () => {
    const server = await opened({ tools: true })
    const decisions = [await ask(server, say(question)), await ask(server, say(question))]
    expect(await noted(server, decisions)).toEqual([[], []])
  })
})

describe('what came of the tools that an answer called', () => {
  const call = {
    role: 'assistant',
    content: null,
    tool_calls: [
      { id: 'call_1', type: 'function', function: { name: 'bash', arguments: '{"command":"npm test"}' } },
    ],
  }
  const result = (content: string) => ({ role: 'tool', tool_call_id: 'call_1', content })

  test.each([
    ['failed', 'Tests: 2 failed, 10 passed\nexit code 1', 0.35],
    ['worked', '12 passed\nexit code 0', 0.65],
  ])('counts lightly: it %s', async (_, said, score) => {
    const server = await opened({ tools: true })
    const decisions = [
      await ask(server, say(question)),
      await ask(server, [...say(question), call, result(said)]),
      await ask(server, [...say(question), call, result(said), ...answered, ...say('Go on.')]),
    ]
    expect(await noted(server, decisions)).toEqual([[score], [], []])
  })

  test('is not laid to either of two answers to the same', async () => {
    const server = await opened({ tools: true })
    const decisions = [
      await ask(server, say(question)),
      await ask(server, say(question)),
      await ask(server, [...say(question), call, result('exit code 1')]),
    ]
    expect(await noted(server, decisions)).toEqual([[], [], []])
  })
})
