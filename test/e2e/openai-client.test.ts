import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { atOnce } from '../support/a-gateway.ts'
import { acmeConfig, acmeKey, smallThen } from '../support/acme-config.ts'
import { serve } from '../support/a-process.ts'
import { aRefusedUrl } from '../support/fault-server.ts'

const sum = [{ role: 'user' as const, content: 'What is 17 * 23?' }]
const weather = [{ role: 'user' as const, content: 'What is the weather in "Paris"?' }]

const getWeather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'The weather in a city.',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
}

/** As anyone's code makes it, but for the base URL. */
const clientFor = (url: string) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any' })

async function aClient(config: object = atOnce, variables = {}) {
  const serving = await serve({ config, variables })
  return { ...serving, client: clientFor(serving.url) }
}

describe('the openai client asks for auto and gets', () => {
  test('a whole answer, and the headers of its decision', async () => {
    const { client, decisions, process: child, ended } = await aClient()
    const { data, response } = await client.chat.completions
      .create({ model: 'auto', messages: sum })
      .withResponse()
    expect(data.choices[0]?.message.content).toContain('391')
    expect(data.choices[0]?.finish_reason).toBe('stop')
    expect(data.usage?.total_tokens).toBe(data.usage!.prompt_tokens + data.usage!.completion_tokens)
    expect(data.model).toBe(response.headers.get('x-fairlead-model'))
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
    const [{ decision, outcome } = {}] = await decisions()
    expect(decision?.id).toBe(response.headers.get('x-fairlead-decision'))
    expect(outcome).toMatchObject({ status: 'answered', model: data.model })
  })

  test('a stream, with usage at its end where it asks', async () => {
    const { client } = await aClient()
    const stream = await client.chat.completions.create({
      model: 'auto',
      messages: sum,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let finish: string | null = null
    let usage: OpenAI.CompletionUsage | null = null
    let chunks = 0
    for await (const chunk of stream) {
      chunks++
      text += chunk.choices[0]?.delta.content ?? ''
      finish = chunk.choices[0]?.finish_reason ?? finish
      usage = chunk.usage ?? usage
    }
    expect(text).toContain('391')
    expect(chunks).toBeGreaterThan(5)
    expect(finish).toBe('stop')
    expect(usage?.completion_tokens).toBeGreaterThan(0)
  })

  test('a streamed tool call, and an answer to what the tool returned', async () => {
    const { client } = await aClient()
    const stream = client.chat.completions.stream({ model: 'auto', messages: weather, tools: [getWeather] })
    const { choices } = await stream.finalChatCompletion()
    const { message, finish_reason: finish } = choices[0]!
    expect(finish).toBe('tool_calls')
    const [call] = message.tool_calls ?? []
    if (call?.type !== 'function') throw new Error('no function was called')
    expect(call.function.name).toBe('get_weather')
    expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.stringContaining('Paris') })
    const reply = await client.chat.completions.create({
      model: 'auto',
      messages: [
        ...weather,
        { role: 'assistant', content: message.content, tool_calls: message.tool_calls! },
        { role: 'tool', tool_call_id: call.id, content: 'Sunny, 21 degrees.' },
      ],
      tools: [getWeather],
    })
    expect(reply.choices[0]?.finish_reason).toBe('stop')
    expect(reply.choices[0]?.message.content).toContain('Sunny, 21 degrees.')
  })

  test('tools that the client runs by itself', async () => {
    const { client } = await aClient()
    const asked: unknown[] = []
    const runner = client.chat.completions.runTools({
      model: 'auto',
      messages: weather,
      tools: [
        {
          type: 'function',
          function: {
            ...getWeather.function,
            parse: (text: string) => JSON.parse(text) as { city: string },
            function: ({ city }: { city: string }) => {
              asked.push(city)
              return 'Rain.'
            },
          },
        },
      ],
    })
    expect(await runner.finalContent()).toContain('Rain.')
    expect(asked).toHaveLength(1)
  })

  test('output in the shape of a JSON schema', async () => {
    const { client } = await aClient()
    const Solution = z.object({ explanation: z.string(), answer: z.number() })
    const { choices } = await client.chat.completions.parse({
      model: 'auto',
      messages: sum,
      response_format: zodResponseFormat(Solution, 'solution'),
    })
    expect(choices[0]?.message.parsed).toEqual({ explanation: expect.any(String), answer: 391 })
  })

  test('logprobs', async () => {
    const { client } = await aClient()
    const { choices } = await client.chat.completions.create({
      model: 'auto',
      messages: sum,
      logprobs: true,
      top_logprobs: 2,
    })
    const tokens = choices[0]?.logprobs?.content ?? []
    expect(tokens.map(({ token }) => token).join('')).toBe(choices[0]?.message.content)
    for (const { logprob, top_logprobs: top } of tokens) {
      expect(logprob).toBeLessThanOrEqual(0)
      expect(top.length).toBeLessThanOrEqual(2)
    }
  })

  test('the list of models', async () => {
    const { client } = await aClient()
    const ids: string[] = []
    for await (const { id } of client.models.list()) ids.push(id)
    expect(ids[0]).toBe('auto')
    expect(ids).toContain('simulated/frontier')
    const reply = await client.chat.completions.create({ model: 'simulated/frontier', messages: sum })
    expect(reply.model).toBe('simulated/frontier')
  })
})

describe('the openai client is told', () => {
  test('what is wrong with its request, as the error class that its user expects', async () => {
    const { client } = await aClient()
    const unknown = await client.chat.completions.create({ model: 'atuo', messages: sum }).catch((e) => e)
    expect(unknown).toBeInstanceOf(OpenAI.NotFoundError)
    expect(unknown).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
    expect(unknown.message).toContain('Did you mean auto?')
    const wrong = await client.chat.completions
      .create({ model: 'auto', messages: sum, temperature: 'hot' as unknown as number })
      .catch((e) => e)
    expect(wrong).toBeInstanceOf(OpenAI.BadRequestError)
    expect(wrong).toMatchObject({ status: 400, code: 'invalid_type', type: 'invalid_request_error' })
    // The process is still up.
    expect((await client.chat.completions.create({ model: 'auto', messages: sum })).choices).toHaveLength(1)
  })

  test('that a vendor can not be reached, where, and what to look at', async () => {
    const url = await aRefusedUrl()
    const { client } = await aClient(acmeConfig(url, { policies: smallThen() }), acmeKey)
    const error = await client
      .withOptions({ maxRetries: 0 })
      .chat.completions.create({ model: 'auto', messages: sum })
      .catch((e) => e)
    expect(error).toBeInstanceOf(OpenAI.InternalServerError)
    expect(error).toMatchObject({ status: 502, code: 'upstream_unavailable', type: 'server_error' })
    expect(error.message).toContain(`could not reach acme at ${url} (connection refused)`)
    expect((await client.models.list()).data.length).toBeGreaterThan(0)
  })

  test('nothing, where a fallback answers in place of a vendor that can not be reached', async () => {
    const policies = smallThen('simulated/nano')
    const config = acmeConfig(await aRefusedUrl(), { ...atOnce, policies })
    const { client } = await aClient(config, acmeKey)
    const { data, response } = await client.chat.completions
      .create({ model: 'auto', messages: sum })
      .withResponse()
    expect(data.model).toBe('simulated/nano')
    expect(response.headers.get('x-fairlead-fallback')).toBe('acme/small')
  })
})
