import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { readDecisions } from '../../test/support/a-gateway.ts'
import { acmeConfig, acmeKey, smallThen } from '../../test/support/acme-config.ts'
import { aFaultServer, type Behaviour, wholeText } from '../../test/support/fault-server.ts'
import {
  type ChatRequest,
  createFairlead,
  type Fairlead,
  type FairleadConfig,
  FairleadError,
  type FairleadOptions,
} from '../index.ts'
import { defineStrategy, forward, isNonEmpty, modelName, z } from './strategies.ts'

const keep = defineStrategy({
  name: 'keep',
  summary: 'One model before all others.',
  needs: { quality: false, cost: false },
  options: z.strictObject({ keep: modelName }),
  models: () => null,
  *choose({ candidates }, { keep: kept }) {
    const first = candidates.filter(({ id }) => id === kept)
    return forward(isNonEmpty(first) ? first : candidates, `${kept} is kept`)
  },
})

const sum = [{ role: 'user', content: 'What is 17 * 23?' }] as const
const hi = [{ role: 'user', content: 'Hi' }] as const

async function aFairlead(
  config: FairleadConfig | string | undefined = { simulated: { pace: 0 } },
  options: FairleadOptions = {},
): Promise<Fairlead> {
  const made = await createFairlead(
    config as FairleadConfig,
    {
      decisionLog: 'memory',
      environment: acmeKey,
      findLocalModels: false,
      ...options,
    } as FairleadOptions<readonly []>,
  )
  onTestFinished(() => made.close({ graceMs: 0 }))
  return made
}

/** Acme's small model fails as it is told, and its large one answers. */
async function acme(small: readonly Behaviour[], large: readonly Behaviour[] = [{ kind: 'answer' }]) {
  const server = await aFaultServer({ small, large })
  const config = acmeConfig(server.baseUrl, { policies: smallThen('acme/large') }) as FairleadConfig
  return { server, config, fairlead: await aFairlead(config) }
}

const caught = (work: Promise<unknown>): Promise<FairleadError> =>
  work.then(
    () => {
      throw new Error('it succeeded')
    },
    (error) => error,
  )

async function read(chunks: AsyncIterable<{ choices: readonly { delta: { content?: string | null } }[] }>) {
  let text = ''
  for await (const { choices } of chunks) text += choices[0]?.delta.content ?? ''
  return text
}

describe('an answer', () => {
  test('is the completion, with the decision beside it', async () => {
    const fairlead = await aFairlead()
    const answer = await fairlead.chat({ model: 'auto', messages: sum })
    expect(answer).toMatchObject({ object: 'chat.completion', choices: [{ finish_reason: 'stop' }] })
    expect(answer.choices[0]!.message.content).toContain('391')
    expect(answer.decision).toMatchObject({
      id: expect.stringMatching(/^dec_/),
      policy: 'auto',
      strategy: 'utility',
      model: expect.stringMatching(/^simulated\//),
      reason: expect.stringContaining('best value'),
      costUsd: expect.any(Number),
      failedModels: [],
    })
  })

  test('comes in chunks, and what it cost is known at the end', async () => {
    const fairlead = await aFairlead()
    const stream = await fairlead.chat({ model: 'auto', messages: sum, stream: true })
    expect(stream.decision.costUsd).toBeNull()
    expect(await read(stream)).toContain('391')
    expect(stream.decision.costUsd).toBeGreaterThan(0)
    expect(() => stream[Symbol.asyncIterator]()).toThrow('This stream is being read already')
  })

  test('comes in the other formats, whole and as events', async () => {
    const fairlead = await aFairlead()
    const message = { model: 'auto', max_tokens: 500, messages: sum }
    expect(await fairlead.messages(message)).toMatchObject({ type: 'message', stop_reason: 'end_turn' })
    const types: unknown[] = []
    for await (const { type } of await fairlead.messages({ ...message, stream: true })) types.push(type)
    expect(types[0]).toBe('message_start')
    expect(types.at(-1)).toBe('message_stop')
    const response = await fairlead.responses({ model: 'auto', input: 'What is 17 * 23?' })
    expect(response).toMatchObject({ object: 'response', status: 'completed', decision: { policy: 'auto' } })
    const events: unknown[] = []
    for await (const { type } of await fairlead.responses({ model: 'auto', input: 'Hi', stream: true }))
      events.push(type)
    expect(events.at(-1)).toBe('response.completed')
  })

  test('is what an OpenAI client would ask for: its types fit', async () => {
    const params: ChatCompletionCreateParamsNonStreaming = { model: 'auto', messages: [...sum] }
    const request: ChatRequest = params
    expect((await (await aFairlead()).chat({ ...request, stream: false })).object).toBe('chat.completion')
  })

  test('goes by headers of the call, as over HTTP', async () => {
    const fairlead = await aFairlead()
    const headers = { 'X-Fairlead-Quality': '0.5', 'x-fairlead-user': undefined }
    const { decision } = await fairlead.chat({ model: 'auto', messages: sum }, { headers })
    expect(decision.model).toBe('simulated/nano')
    const wrong = caught(
      fairlead.chat({ model: 'auto', messages: sum }, { headers: { 'x-fairlead-quality': '95' } }),
    )
    expect(await wrong).toMatchObject({ kind: 'rejected', code: 'invalid_header' })
  })

  test('can be decided without being asked for', async () => {
    const fairlead = await aFairlead()
    const decision = await fairlead.route({ model: 'auto', messages: sum })
    expect(decision).toMatchObject({ policy: 'auto', trace: { driver: 'explain' } })
    expect(decision.candidates.map(({ id }) => id)).toEqual(fairlead.models)
    const message = { model: 'auto', max_tokens: 9, messages: sum }
    const other = await fairlead.route(message, { format: 'anthropic-messages' })
    expect(other.chosen).toBe(decision.chosen)
    expect(await caught(fairlead.route({ model: 'x', messages: sum }))).toMatchObject({ status: 404 })
  })
})

describe('what goes wrong', () => {
  test('is thrown with its kind, its status and every attempt', async () => {
    const down: Behaviour = { kind: 'status', status: 503, body: {}, headers: { 'retry-after': '9' } }
    const { fairlead } = await acme([down], [down])
    const error = await caught(fairlead.chat({ model: 'auto', messages: hi }))
    expect(error).toBeInstanceOf(FairleadError)
    expect(error).toMatchObject({ kind: 'overloaded', status: 503, retryAfterMs: 9_000 })
    expect(error.attempts.map(({ model }) => model)).toEqual(['acme/small', 'acme/large'])
    expect(error.decision).toMatchObject({ policy: 'auto', model: null })
    expect(JSON.stringify(error)).not.toContain(acmeKey.ACME_KEY)
  })

  test.each([
    ['a field of the wrong type', { model: 'auto', messages: 'Hi' }, 'invalid_type', 'messages'],
    ['no such model', { model: 'gpt-99', messages: hi }, 'model_not_found', 'model'],
    ['what JSON has no word for', undefined, 'invalid_type', null],
  ])('is the caller’s: %s', async (_, body, code, param) => {
    const fairlead = await aFairlead()
    const error = await caught(fairlead.chat(body as never))
    expect(error).toMatchObject({ name: 'FairleadError', kind: 'rejected', code, param, attempts: [] })
  })

  test('is told of formats and stored responses that there are not', async () => {
    const fairlead = await aFairlead()
    expect(await caught(fairlead.request('grpc' as never, {}))).toMatchObject({
      message: 'There is no format "grpc". Use openai-chat, openai-responses, anthropic-messages.',
    })
    const going = { model: 'auto', input: 'And?', previous_response_id: 'resp_1' }
    expect(await caught(fairlead.responses(going))).toMatchObject({ code: 'previous_response_not_found' })
  })

  test('in the middle of a stream is gone on with by another model', async () => {
    const { fairlead } = await acme([{ kind: 'cut', afterWords: 4, how: 'reset' }])
    expect(await read(await fairlead.chat({ model: 'auto', messages: hi, stream: true }))).toBe(wholeText)
  })

  test.each(['openai-chat', 'anthropic-messages', 'openai-responses'] as const)(
    'in the middle of a stream of %s that nobody goes on with is thrown, and is no event',
    async (format) => {
      const { fairlead } = await acme(
        [{ kind: 'cut', afterWords: 4, how: 'reset' }],
        [{ kind: 'status', status: 500, body: {} }],
      )
      const body = { model: 'auto', stream: true, max_tokens: 50, messages: hi }
      const responses = { model: 'auto', stream: true, input: 'Hi' }
      const stream = await fairlead.request(format, format === 'openai-responses' ? responses : body)
      const events: unknown[] = []
      const reading = (async () => {
        for await (const event of stream as AsyncIterable<unknown>) events.push(event)
      })()
      const error = await caught(reading)
      expect(error).toBeInstanceOf(FairleadError)
      expect(error.attempts.length).toBeGreaterThan(1)
      expect(events.length).toBeGreaterThan(1)
      expect(JSON.stringify(events)).not.toMatch(/"error":\{|response\.failed/)
    },
  )
})

describe('a caller who wants no more', () => {
  test('aborts a whole answer: the call upstream ends, and the reason is thrown', async () => {
    const { fairlead, server } = await acme([{ kind: 'never-answer' }])
    const controller = new AbortController()
    const asked = caught(fairlead.chat({ model: 'auto', messages: hi }, { signal: controller.signal }))
    await server.whenSeen(1)
    controller.abort(new Error('changed my mind'))
    expect((await asked).message).toBe('changed my mind')
    expect(await server.seen[0]!.over).toBe('aborted')
    expect(server.seen).toHaveLength(1)
  })

  test('has aborted beforehand: nobody is asked', async () => {
    const { fairlead, server } = await acme([{ kind: 'answer' }])
    const signal = AbortSignal.abort()
    expect((await caught(fairlead.chat({ model: 'auto', messages: hi }, { signal }))).name).toBe('AbortError')
    expect(server.seen).toHaveLength(0)
  })

  test.each(['break', 'abort'])('ends a stream by %s, and the call upstream with it', async (how) => {
    const { fairlead, server } = await acme([{ kind: 'stall', afterWords: 3 }])
    const controller = new AbortController()
    const stream = await fairlead.chat(
      { model: 'auto', messages: hi, stream: true },
      { signal: controller.signal },
    )
    const reading = (async () => {
      for await (const { choices } of stream) {
        if (!choices[0]?.delta.content) continue
        if (how === 'break') break
        controller.abort()
      }
    })()
    if (how === 'break') await reading
    else expect((await caught(reading)).name).toBe('AbortError')
    expect(await server.seen[0]!.over).toBe('aborted')
  })
})

describe('closing', () => {
  test('waits for what is being answered, and takes no more', async () => {
    const { fairlead } = await acme([{ kind: 'answer', delayMs: 100 }])
    const answer = fairlead.chat({ model: 'auto', messages: hi })
    const closed = fairlead.close()
    expect((await answer).choices[0]!.message.content).toBe(wholeText)
    await closed
    expect(await caught(fairlead.chat({ model: 'auto', messages: hi }))).toMatchObject({ code: 'closed' })
    await fairlead.close()
  })

  test('cuts short what takes too long, and streams that nobody reads', async () => {
    const { fairlead, server } = await acme([{ kind: 'stall', afterWords: 3 }, { kind: 'never-answer' }])
    const unread = await fairlead.chat({ model: 'auto', messages: hi, stream: true })
    const slow = caught(fairlead.chat({ model: 'auto', messages: hi }))
    await server.whenSeen(2)
    await fairlead.close({ graceMs: 10 })
    expect(await slow).toMatchObject({ code: 'shutting_down' })
    expect(await caught(read(unread))).toMatchObject({ code: 'shutting_down' })
    expect(await Promise.all(server.seen.map(({ over }) => over))).toEqual(['aborted', 'aborted'])
  })

  test('leaves every decision in its file', async () => {
    const directory = aFolder()
    const fairlead = await aFairlead(undefined, { decisionLog: 'file', directory })
    const { decision } = await fairlead.chat({ model: 'auto', messages: sum })
    await fairlead.close()
    const stored = await readDecisions(join(directory, '.fairlead', 'fairlead.db'))
    expect(stored.map(({ decision: { id } }) => id)).toEqual([decision.id])
  })
})

describe('a configuration', () => {
  test('that is faulty is refused with every fault', async () => {
    const config = { policies: { auto: { quality: 95 }, 'a/b': {} }, log: { levle: 'info' } }
    await expect(aFairlead(config as never)).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(/policies\.auto\.quality: 95 is above 1[\s\S]*3 faults in config/),
    })
  })

  test('is a file, or the one of the folder, and is read again', async () => {
    const directory = aFolder()
    const write = (name: string, policies: object) =>
      writeFileSync(join(directory, name), JSON.stringify({ simulated: { pace: 0 }, policies }))
    write('other.yaml', { other: {} })
    write('fairlead.yaml', { one: {} })
    expect((await aFairlead('other.yaml', { directory })).policies).toEqual(['auto', 'other'])
    const fairlead = await createFairlead(undefined, { directory, decisionLog: 'memory', environment: {} })
    onTestFinished(() => fairlead.close())
    expect(fairlead.policies).toEqual(['auto', 'one'])
    expect(fairlead.notes).toEqual(['4 models that are simulated, as the file asks'])
    write('fairlead.yaml', { two: {} })
    await fairlead.reload()
    expect(fairlead.policies).toEqual(['auto', 'two'])
    write('fairlead.yaml', { three: { quality: 9 } })
    await expect(fairlead.reload()).rejects.toThrow('policies.three.quality')
    expect(fairlead.policies).toEqual(['auto', 'two'])
    await fairlead.reload({ simulated: { pace: 0 }, policies: { four: {} } })
    expect(fairlead.policies).toEqual(['auto', 'four'])
    expect(existsSync(join(directory, '.fairlead'))).toBe(false)
  })

  test('names strategies of its own, of its options or of a program', async () => {
    const policies = { auto: { strategy: 'keep', keep: 'simulated/mid' } }
    const config = { simulated: { pace: 0 }, policies }
    const asked = { model: 'auto', messages: sum }
    const byOptions = await aFairlead(config as never, { strategies: [keep] })
    expect((await byOptions.chat(asked)).decision).toMatchObject({ strategy: 'keep', model: 'simulated/mid' })
    const byConfig = await aFairlead({ ...config, strategies: [keep] } as never)
    expect((await byConfig.chat(asked)).decision).toMatchObject({ strategy: 'keep', model: 'simulated/mid' })
  })

  test.each([
    ['strategies[0]: There is a strategy "keep" already', { strategies: [keep] }, { strategies: [keep] }],
    ['strategies[0]: There is a strategy "fixed" already', { strategies: [{ ...keep, name: 'fixed' }] }, {}],
    ['strategies[0]: is no strategy. Write one that `defineStrategy`', { strategies: ['keep'] }, {}],
    ['strategies[0]: There is a strategy "fixed" already', {}, { strategies: [{ ...keep, name: 'fixed' }] }],
  ])('is told: %s', async (message, config, options) => {
    await expect(aFairlead(config as never, options)).rejects.toThrow(message)
  })
})

test('it serves over HTTP beside, and goes on when that server is closed', async () => {
  const fairlead = await aFairlead()
  const server = await fairlead.listen({ port: 0 })
  const body = JSON.stringify({ model: 'auto', messages: sum })
  const reply = await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body })
  expect(reply.status).toBe(200)
  await reply.text()
  await server.close()
  await expect(fetch(server.url)).rejects.toThrow()
  expect((await fairlead.chat({ model: 'auto', messages: sum })).object).toBe('chat.completion')
  const other = await fairlead.listen({ port: 0 })
  await fairlead.close()
  await expect(fetch(other.url)).rejects.toThrow()
})

test('two live in one process, each with its own', async () => {
  const [one, two] = await Promise.all([
    aFairlead({ simulated: { pace: 0 }, policies: { auto: { strategy: 'cheapest' } } }),
    aFairlead({
      simulated: { pace: 0 },
      policies: { auto: { strategy: 'fixed', model: 'simulated/frontier' } },
    }),
  ])
  const asked = { model: 'auto', messages: sum }
  const answers = await Promise.all([one.chat(asked), two.chat(asked)])
  expect(answers.map(({ decision }) => decision.model)).toEqual(['simulated/nano', 'simulated/frontier'])
})
