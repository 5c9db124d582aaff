import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { acmeConfig, acmeKey, smallThen } from '../../support/acme-config.ts'
import { openaiResponsesSpoken } from '../../support/faults/openai-responses.ts'
import { aFaultServer, wholeText } from '../../support/fault-server.ts'
import { aServedGateway, cityParameters, sumAnswer, sumPrompt, weatherPrompt } from './a-served-gateway.ts'

const clientFor = (url: string) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any' })
const tools = [
  {
    type: 'function' as const,
    name: 'get_weather',
    description: 'Weather.',
    parameters: cityParameters,
    strict: true,
  },
]

/** The client's stream helper leaves `output_text` out. */
const textOf = ({ output }: Pick<OpenAI.Responses.Response, 'output'>) =>
  output
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => (part.type === 'output_text' ? part.text : ''))
    .join('')

describe('the openai client asks auto for a response and gets', () => {
  test('one, whole and as a stream', async () => {
    const { url } = await aServedGateway()
    const client = clientFor(url)
    const response = await client.responses.create({ model: 'auto', input: sumPrompt })
    expect(response.output_text).toContain(sumAnswer)
    expect(response).toMatchObject({ object: 'response', status: 'completed' })
    expect(response.usage?.total_tokens).toBeGreaterThan(0)
    const streamed = await client.responses.stream({ model: 'auto', input: sumPrompt }).finalResponse()
    expect(textOf(streamed)).toContain(sumAnswer)
  })

  test('one that goes on from another, and both are kept until they are deleted', async () => {
    const { url } = await aServedGateway()
    const client = clientFor(url)
    const first = await client.responses.create({ model: 'auto', input: sumPrompt })
    const second = await client.responses.create({
      model: 'auto',
      input: 'And what is 20 * 20?',
      previous_response_id: first.id,
    })
    expect((await client.responses.retrieve(second.id)).output_text).toBe(second.output_text)
    const { data } = await client.responses.inputItems.list(second.id)
    expect(JSON.stringify(data)).toContain('20 * 20')
    await client.responses.delete(first.id)
    await expect(
      client.responses.create({ model: 'auto', input: 'Again?', previous_response_id: second.id }),
    ).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' })
    await expect(client.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 })
  })

  test('none that is kept where it says so', async () => {
    const { url } = await aServedGateway()
    const client = clientFor(url)
    const { id } = await client.responses.create({ model: 'auto', input: sumPrompt, store: false })
    await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 404 })
  })

  test('a streamed call of a tool, and an answer to what it returned', async () => {
    const { url } = await aServedGateway()
    const client = clientFor(url)
    const called = await client.responses
      .stream({ model: 'auto', input: weatherPrompt, tools })
      .finalResponse()
    const call = called.output.find((item) => item.type === 'function_call')!
    expect(JSON.parse(call.arguments)).toEqual({ city: 'Paris' })
    const answered = await client.responses.create({
      model: 'auto',
      tools,
      previous_response_id: called.id,
      input: [{ type: 'function_call_output', call_id: call.call_id, output: 'Sunny, 21 degrees.' }],
    })
    expect(answered.status).toBe('completed')
    expect(answered.output_text).not.toBe('')
  })

  test('structured output that its helper parses', async () => {
    const { url } = await aServedGateway()
    const parsed = await clientFor(url).responses.parse({
      model: 'auto',
      input: 'Extract the person as JSON: "Ada Lovelace, 36 years old, lives in London."',
      text: { format: zodTextFormat(z.object({ name: z.string(), age: z.number() }), 'person') },
    })
    expect(parsed.output_parsed).toMatchObject({ name: expect.any(String), age: expect.any(Number) })
  })

  test('an older completion', async () => {
    const { url } = await aServedGateway()
    const { choices } = await clientFor(url).completions.create({
      model: 'auto',
      prompt: sumPrompt,
      max_tokens: 60,
    })
    expect(choices[0]?.text).toContain(sumAnswer)
  })
})

test('of a vendor that speaks Responses, a broken stream is gone on with', async () => {
  const server = await aFaultServer(
    { small: [{ kind: 'cut', afterWords: 2, how: 'close' }], large: [{ kind: 'answer', asked: 'go-on' }] },
    { format: openaiResponsesSpoken },
  )
  const config = acmeConfig(server.baseUrl, { policies: smallThen('acme/large') })
  const { url } = await aServedGateway(
    { ...config, vendors: { acme: { ...config.vendors.acme, format: 'openai-responses' } } },
    acmeKey,
  )
  const client = clientFor(url)
  const response = await client.responses.stream({ model: 'auto', input: sumPrompt }).finalResponse()
  expect(textOf(response)).toBe(wholeText)
  expect(server.seen.every(({ path }) => path === '/v1/responses')).toBe(true)
  // A chat client of the same vendor's models: translated both ways.
  const chat = await client.chat.completions.create({
    model: 'acme/large',
    messages: [{ role: 'user', content: sumPrompt }],
  })
  expect(chat.choices[0]?.message.content).toBe(wholeText)
})
