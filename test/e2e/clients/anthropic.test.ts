import Anthropic from '@anthropic-ai/sdk'
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema'
import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey, smallThen } from '../../support/acme-config.ts'
import { anthropicMessagesSpoken } from '../../support/faults/anthropic-messages.ts'
import { aFaultServer, wholeText } from '../../support/fault-server.ts'
import { aServedGateway, cityParameters, sumAnswer, sumPrompt, weatherPrompt } from './a-served-gateway.ts'

const clientFor = (url: string) => new Anthropic({ baseURL: url, apiKey: 'any' })
const sum = [{ role: 'user' as const, content: sumPrompt }]
const weather = [{ role: 'user' as const, content: weatherPrompt }]
const tools = [{ name: 'get_weather', description: 'The weather in a city.', input_schema: cityParameters }]
const textOf = ({
  content,
}: {
  readonly content: readonly { readonly type: string; readonly text?: string }[]
}) => content.map(({ text = '' }) => text).join('')

describe('the Anthropic client asks for auto, of models that speak another format, and gets', () => {
  test('a message, with the headers of its decision', async () => {
    const { url } = await aServedGateway()
    const { data, response } = await clientFor(url)
      .messages.create({ model: 'auto', max_tokens: 200, messages: sum, system: 'Be brief.' })
      .withResponse()
    expect(textOf(data)).toContain(sumAnswer)
    expect(data).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' })
    expect(data.usage.input_tokens).toBeGreaterThan(0)
    expect(data.usage.output_tokens).toBeGreaterThan(0)
    expect(response.headers.get('x-fairlead-model')).toContain('simulated/')
  })

  test('a stream', async () => {
    const { url } = await aServedGateway()
    const stream = clientFor(url).messages.stream({ model: 'auto', max_tokens: 200, messages: sum })
    let texts = 0
    stream.on('text', () => void texts++)
    const message = await stream.finalMessage()
    expect(textOf(message)).toContain(sumAnswer)
    expect(texts).toBeGreaterThan(5)
    expect(message.usage.output_tokens).toBeGreaterThan(0)
  })

  test('a streamed call of a tool, and an answer to what it returned', async () => {
    const { url } = await aServedGateway()
    const client = clientFor(url)
    const called = await client.messages
      .stream({ model: 'auto', max_tokens: 200, messages: weather, tools })
      .finalMessage()
    expect(called.stop_reason).toBe('tool_use')
    const call = called.content.find((block) => block.type === 'tool_use')!
    expect(call).toMatchObject({ name: 'get_weather', input: { city: 'Paris' } })
    const answered = await client.messages.create({
      model: 'auto',
      max_tokens: 200,
      tools,
      messages: [
        ...weather,
        { role: 'assistant', content: called.content },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: call.id, content: 'Sunny, 21 degrees.' }],
        },
      ],
    })
    expect(answered.stop_reason).toBe('end_turn')
  })

  test('its tool runner runs', async () => {
    const { url } = await aServedGateway()
    const asked: unknown[] = []
    const message = await clientFor(url).beta.messages.toolRunner({
      model: 'auto',
      max_tokens: 200,
      max_iterations: 3,
      messages: weather,
      tools: [
        betaTool({
          name: 'get_weather',
          description: 'The weather in a city.',
          inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
          run: (input) => {
            asked.push(input)
            return 'Sunny, 21 degrees.'
          },
        }),
      ],
    })
    expect(asked[0]).toEqual({ city: 'Paris' })
    expect(message.role).toBe('assistant')
  })

  test('a count of tokens, and a list of models', async () => {
    const { url } = await aServedGateway()
    const client = clientFor(url)
    const counted = await client.messages.countTokens({ model: 'auto', messages: sum, tools })
    expect(counted.input_tokens).toBeGreaterThan(10)
    const { data } = await client.models.list()
    expect(data[0]).toMatchObject({ type: 'model', id: 'auto' })
    expect(await client.models.retrieve('auto')).toMatchObject({ id: 'auto' })
  })

  test('its own errors', async () => {
    const { url } = await aServedGateway()
    const client = clientFor(url)
    await expect(client.messages.create({ model: 'nope', max_tokens: 9, messages: sum })).rejects.toSatisfy(
      (error) => error instanceof Anthropic.NotFoundError && error.message.includes('Policies: auto'),
    )
    const none = { model: 'auto', messages: sum } as never
    await expect(client.messages.create(none)).rejects.toSatisfy(
      (error) => error instanceof Anthropic.BadRequestError && error.message.includes('max_tokens'),
    )
  })
})

describe('of a vendor that speaks its format', () => {
  test('the bytes come as they are, and a broken stream is gone on with', async () => {
    const server = await aFaultServer(
      { small: [{ kind: 'cut', afterWords: 3, how: 'reset' }], large: [{ kind: 'answer', asked: 'go-on' }] },
      { format: anthropicMessagesSpoken },
    )
    const config = acmeConfig(server.baseUrl, { policies: smallThen('acme/large') })
    const { url } = await aServedGateway(
      { ...config, vendors: { acme: { ...config.vendors.acme, format: 'anthropic-messages' } } },
      acmeKey,
    )
    const client = clientFor(url)
    const message = await client.messages
      .stream({ model: 'auto', max_tokens: 50, messages: sum, metadata: { user_id: 'somebody' } })
      .finalMessage()
    expect(textOf(message)).toBe(wholeText)
    expect(server.seen.map(({ path }) => path)).toEqual(['/v1/messages', '/v1/messages'])
    const whole = await client.messages.create({ model: 'acme/large', max_tokens: 50, messages: sum })
    expect(whole).toMatchObject({ vendor_extra: 'kept' })
  })
})
