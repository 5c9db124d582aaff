/** The provider as the SDK uses it, in process and over HTTP; what vendors do is simulated, or made to fail. */

import {
  createProviderRegistry,
  generateObject,
  generateText,
  Output,
  stepCountIs,
  streamText,
  tool,
} from 'ai'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { acmeConfig, smallThen } from '../../../test/support/acme-config.ts'
import { aFaultServer, type Behaviour, wholeText } from '../../../test/support/fault-server.ts'
import type { FairleadConfig } from '../../config/define-config.ts'
import { createFairlead, type Fairlead } from '../fairlead.ts'
import { createFairleadProvider, type FairleadProvider } from './index.ts'

const atOnce: FairleadConfig = { simulated: { pace: 0 } }

async function aFairlead(config: FairleadConfig): Promise<Fairlead> {
  const environment = { ACME_KEY: 'acme-key-of-the-tests-0123456789' }
  const made = await createFairlead(config, { decisionLog: 'memory', environment })
  onTestFinished(() => made.close({ graceMs: 0 }))
  return made
}

const ways = {
  'in process': async (config: FairleadConfig): Promise<FairleadProvider> =>
    createFairleadProvider({ instance: await aFairlead(config) }),
  'over HTTP': async (config: FairleadConfig): Promise<FairleadProvider> => {
    const { url } = await (await aFairlead(config)).listen({ port: 0 })
    return createFairleadProvider({ baseURL: `${url}/v1/`, apiKey: 'any' })
  },
}

const sum = 'What is 17 * 23?'
const sumAnswer = '391'

/** Acme's small model fails as it is told, and its large one answers. */
async function acme(small: readonly Behaviour[], large: readonly Behaviour[] = [{ kind: 'answer' }]) {
  const server = await aFaultServer({ small, large })
  return {
    server,
    config: acmeConfig(server.baseUrl, { policies: smallThen('acme/large') }) as FairleadConfig,
  }
}

describe.each(Object.entries(ways))('%s', (way, providerFor) => {
  test('a text, with the model that answered, what it took, and the decision', async () => {
    const fairlead = await providerFor(atOnce)
    const { text, finishReason, usage, response, providerMetadata, warnings } = await generateText({
      model: fairlead('auto'),
      prompt: sum,
    })
    expect(text).toContain(sumAnswer)
    expect(finishReason).toBe('stop')
    expect(usage.inputTokens).toBeGreaterThan(0)
    expect(usage.outputTokens).toBeGreaterThan(0)
    expect(usage.inputTokenDetails.noCacheTokens).toBe(usage.inputTokens)
    expect(response.modelId).toMatch(/^simulated\//)
    expect(response.id).toMatch(/^dec_/)
    expect(providerMetadata?.fairlead).toMatchObject({
      decision: response.id,
      policy: 'auto',
      model: response.modelId,
      costUsd: expect.any(Number),
      failedModels: [],
    })
    expect(warnings).toEqual([])
  })

  test('a stream, whose parts make the same text', async () => {
    const fairlead = await providerFor(atOnce)
    const stream = streamText({ model: fairlead('auto'), prompt: sum })
    let streamed = ''
    for await (const delta of stream.textStream) streamed += delta
    expect(streamed).toContain(sumAnswer)
    expect(await stream.text).toBe(streamed)
    expect(await stream.finishReason).toBe('stop')
    expect((await stream.usage).outputTokens).toBeGreaterThan(0)
    const { fairlead: facts } = (await stream.providerMetadata)!
    expect(facts).toMatchObject({ policy: 'auto', decision: (await stream.response).id })
    // Headers go out before the cost of a stream is known.
    expect(facts!.costUsd).toEqual(way === 'in process' ? expect.any(Number) : null)
  })

  test('thoughts apart from the text', async () => {
    const fairlead = await providerFor(atOnce)
    const whole = await generateText({ model: fairlead('simulated/reasoning'), prompt: sum })
    expect(whole.reasoningText).not.toBe('')
    expect(whole.text).toContain(sumAnswer)
    expect(whole.usage.outputTokenDetails.reasoningTokens).toBeGreaterThan(0)
    const stream = streamText({ model: fairlead('simulated/reasoning'), prompt: sum })
    const kinds: string[] = []
    for await (const { type } of stream.fullStream) if (kinds.at(-1) !== type) kinds.push(type)
    expect(kinds).toEqual([
      'start',
      'start-step',
      'reasoning-start',
      'reasoning-delta',
      'reasoning-end',
      'text-start',
      'text-delta',
      'text-end',
      'finish-step',
      'finish',
    ])
    expect(await stream.reasoningText).toBe(whole.reasoningText)
  })

  const getWeather = (asked: unknown[]) =>
    tool({
      description: 'The weather in a city.',
      inputSchema: z.object({ city: z.string() }),
      execute: async (input) => {
        asked.push(input)
        return { sky: 'clear', degrees: 21 }
      },
    })

  test('a tool that the SDK runs, and the step after it, whole and streamed', async () => {
    const fairlead = await providerFor(atOnce)
    const asked: unknown[] = []
    const call = {
      model: fairlead('auto'),
      prompt: 'What is the weather in "Paris"?',
      tools: { get_weather: getWeather(asked) },
      stopWhen: stepCountIs(3),
    }
    const whole = await generateText(call)
    expect(whole.steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop'])
    expect(whole.text).toContain('clear')
    const stream = streamText(call)
    await stream.consumeStream()
    expect((await stream.steps).map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop'])
    expect(await stream.text).toContain('clear')
    expect(asked).toEqual([{ city: 'Paris' }, { city: 'Paris' }])
  })

  test('a tool that fails: the model is told so, and goes on', async () => {
    const fairlead = await providerFor(atOnce)
    const { steps, text } = await generateText({
      model: fairlead('auto'),
      prompt: 'What is the weather in "Paris"?',
      tools: {
        get_weather: tool({
          inputSchema: z.object({ city: z.string() }),
          execute: async (): Promise<string> => {
            throw new Error('no such station')
          },
        }),
      },
      stopWhen: stepCountIs(3),
    })
    expect(steps).toHaveLength(2)
    expect(text).toContain('no such station')
  })

  test('the tool that is chosen for the model, or none', async () => {
    const fairlead = await providerFor(atOnce)
    const look_up = tool({ inputSchema: z.object({ q: z.string() }), execute: async () => 'nothing' })
    const tools = { get_weather: getWeather([]), look_up }
    const call = { model: fairlead('auto'), prompt: 'Weather in "Rome"?', tools }
    const named = await generateText({ ...call, toolChoice: { type: 'tool', toolName: 'look_up' } })
    expect(named.toolCalls.map(({ toolName }) => toolName)).toEqual(['look_up'])
    const required = await generateText({ ...call, toolChoice: 'required' })
    expect(required.toolCalls).toHaveLength(1)
    const none = await generateText({ ...call, toolChoice: 'none' })
    expect(none.toolCalls).toEqual([])
  })

  test('an object of a schema, by generateObject and by Output', async () => {
    const fairlead = await providerFor(atOnce)
    const schema = z.object({ explanation: z.string(), answer: z.number() })
    const { object } = await generateObject({ model: fairlead('auto'), schema, prompt: sum })
    expect(object.answer).toBe(391)
    const { output } = await generateText({
      model: fairlead('auto'),
      output: Output.object({ schema }),
      prompt: sum,
    })
    expect(output.answer).toBe(391)
    const streamed = streamText({ model: fairlead('auto'), output: Output.object({ schema }), prompt: sum })
    expect((await streamed.output).answer).toBe(391)
  })

  test('what is wished of the routing, of a model and of one call', async () => {
    const fairlead = await providerFor(atOnce)
    const cheap = await generateText({ model: fairlead('auto', { quality: 0.5 }), prompt: sum })
    expect(cheap.response.modelId).toBe('simulated/nano')
    const refused = generateText({
      model: fairlead('auto'),
      prompt: sum,
      providerOptions: { fairlead: { maxCostUsd: 1e-9 } },
      maxRetries: 0,
    })
    await expect(refused).rejects.toMatchObject({ statusCode: 400, data: { code: 'no_eligible_model' } })
  })

  test('a model that fails goes unseen: another one answers', async () => {
    const { config } = await acme([{ kind: 'status', status: 500, body: {} }])
    const fairlead = await providerFor(config)
    const { text, providerMetadata } = await generateText({ model: fairlead('auto'), prompt: 'Hi' })
    expect(text).toBe(wholeText)
    expect(providerMetadata?.fairlead).toMatchObject({ model: 'acme/large', failedModels: ['acme/small'] })
  })

  test('a stream that breaks off is gone on with', async () => {
    const { config } = await acme([{ kind: 'cut', afterWords: 4, how: 'reset' }])
    const fairlead = await providerFor(config)
    const stream = streamText({ model: fairlead('auto'), prompt: 'Hi' })
    expect(await stream.text).toBe(wholeText)
    expect(await stream.finishReason).toBe('stop')
  })

  test('a stream that nobody can go on with ends with an error, and never as if it were whole', async () => {
    const { config } = await acme(
      [{ kind: 'cut', afterWords: 4, how: 'reset' }],
      [{ kind: 'status', status: 500, body: {} }],
    )
    const fairlead = await providerFor(config)
    const errors: unknown[] = []
    const stream = streamText({
      model: fairlead('auto'),
      prompt: 'Hi',
      onError: ({ error }) => void errors.push(error),
    })
    const types: string[] = []
    for await (const { type } of stream.fullStream) types.push(type)
    expect(types).toContain('error')
    expect(errors).toMatchObject([{ name: 'AI_APICallError' }])
    expect(await stream.finishReason).toBe('error')
  })

  test("errors are the SDK's: status, whether to try again, and what is at fault", async () => {
    const { config, server } = await acme(
      [{ kind: 'status', status: 429, body: {}, headers: { 'retry-after': '7' } }],
      [{ kind: 'status', status: 429, body: {}, headers: { 'retry-after': '7' } }],
    )
    const fairlead = await providerFor(config)
    const call = { model: fairlead('auto'), prompt: 'Hi', maxRetries: 0 }
    const limited = { name: 'AI_APICallError', statusCode: 429, isRetryable: true }
    await expect(generateText(call)).rejects.toMatchObject({
      ...limited,
      data: { kind: 'rate-limited', code: 'rate_limit_exceeded' },
    })
    const unknown = generateText({ ...call, model: fairlead('nobody'), maxRetries: 2 })
    await expect(unknown).rejects.toMatchObject({
      name: 'AI_APICallError',
      statusCode: 404,
      isRetryable: false,
      data: { code: 'model_not_found' },
    })
    expect(server.seen).toHaveLength(2)
  })

  test.each(['before the first word', 'within the stream'])(
    'an abort %s is passed on upstream',
    async (when) => {
      const behaviour: Behaviour =
        when === 'within the stream' ? { kind: 'stall', afterWords: 3 } : { kind: 'never-answer' }
      const { config, server } = await acme([behaviour])
      const fairlead = await providerFor(config)
      const controller = new AbortController()
      const stream = streamText({ model: fairlead('auto'), prompt: 'Hi', abortSignal: controller.signal })
      const types: string[] = []
      const reading = (async () => {
        for await (const { type } of stream.fullStream) {
          types.push(type)
          if (type === 'text-delta') controller.abort()
        }
      })()
      await server.whenSeen(1)
      if (when !== 'within the stream') controller.abort()
      await reading
      expect(types.at(-1)).toBe('abort')
      expect(await server.seen[0]!.over).toBe('aborted')
      expect(server.seen).toHaveLength(1)
    },
  )

  test('an abort of a whole answer throws its reason', async () => {
    const { config, server } = await acme([{ kind: 'never-answer' }])
    const fairlead = await providerFor(config)
    const controller = new AbortController()
    const asked = generateText({ model: fairlead('auto'), prompt: 'Hi', abortSignal: controller.signal })
    const expected = expect(asked).rejects.toMatchObject({ name: 'AbortError' })
    await server.whenSeen(1)
    controller.abort()
    await expected
    expect(await server.seen[0]!.over).toBe('aborted')
  })
})

test('it stands in a registry of providers beside others', async () => {
  const fairlead = await ways['in process'](atOnce)
  const registry = createProviderRegistry({ fairlead })
  const { response } = await generateText({
    model: registry.languageModel('fairlead:simulated/nano'),
    prompt: sum,
  })
  expect(response.modelId).toBe('simulated/nano')
})

test('raw chunks are given where they are asked for', async () => {
  const fairlead = await ways['in process'](atOnce)
  const rawKinds = async (includeRawChunks: boolean): Promise<Set<unknown>> => {
    const stream = streamText({ model: fairlead('auto'), prompt: sum, includeRawChunks })
    const kinds = new Set<unknown>()
    for await (const part of stream.fullStream)
      if (part.type === 'raw') kinds.add((part.rawValue as { readonly kind: unknown }).kind)
    return kinds
  }
  expect(await rawKinds(true)).toEqual(new Set(['start', 'text-delta', 'finish', 'usage']))
  expect(await rawKinds(false)).toEqual(new Set())
})

test('one that the first call makes tells of a faulty configuration, and is made again when that is mended', async () => {
  const config: { policies: object; simulated: object } = {
    simulated: { pace: 0 },
    policies: { auto: { quality: 9 } },
  }
  const options = { decisionLog: 'memory', environment: {} } as const
  const fairlead = createFairleadProvider({ config: config as FairleadConfig, options })
  onTestFinished(() => fairlead.close())
  const call = { model: fairlead('auto'), prompt: sum, maxRetries: 0 }
  await expect(generateText(call)).rejects.toMatchObject({
    name: 'ConfigError',
    message: expect.stringContaining('policies.auto.quality: 9 is above 1'),
  })
  config.policies = {}
  expect((await generateText(call)).text).toContain(sumAnswer)
})
