/** A vendor's signed thoughts, through the SDK and back to the vendor. */

import { generateText, stepCountIs, streamText, tool } from 'ai'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { anthropicMessagesSpoken } from '../../../test/support/faults/anthropic-messages.ts'
import { aFaultServer, type Behaviour } from '../../../test/support/fault-server.ts'
import type { FairleadConfig } from '../../config/define-config.ts'
import { createFairlead } from '../fairlead.ts'
import { createFairleadProvider } from './index.ts'

const signature = 'c2lnbmVkIGJ5IHRoZSB2ZW5kb3IgaXRzZWxmIDEyMzQ1Njc4OQ=='

const thinking = { type: 'thinking', thinking: 'I need the weather.', signature }
const toolUse = { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Paris' } }
const usage = {
  input_tokens: 20,
  output_tokens: 9,
  cache_read_input_tokens: 100,
  cache_creation_input_tokens: 30,
}

const whole: Behaviour = {
  kind: 'raw',
  contentType: 'application/json',
  body: JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'small',
    content: [thinking, toolUse],
    stop_reason: 'tool_use',
    usage,
  }),
}

const event = (type: string, fields: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
const block = (index: number, start: object, ...deltas: readonly object[]) =>
  event('content_block_start', { index, content_block: start }) +
  deltas.map((delta) => event('content_block_delta', { index, delta })).join('') +
  event('content_block_stop', { index })

const streamed: Behaviour = {
  kind: 'raw',
  contentType: 'text/event-stream',
  body:
    event('message_start', {
      message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'small', content: [], usage },
    }) +
    block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: thinking.thinking },
      { type: 'signature_delta', signature },
    ) +
    block(1, { ...toolUse, input: {} }, { type: 'input_json_delta', partial_json: '{"city":"Paris"}' }) +
    event('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } }) +
    event('message_stop', {}),
}

async function aModel(first: Behaviour) {
  const server = await aFaultServer(
    { small: [first, { kind: 'answer' }] },
    { format: anthropicMessagesSpoken },
  )
  const config: FairleadConfig = {
    vendors: { acme: { baseUrl: server.baseUrl, apiKey: 'any', format: 'anthropic-messages' } },
    models: [
      {
        id: 'acme/small',
        prices: { input: 1, output: 10 },
        contextWindow: 32_000,
        maxOutputTokens: 4_000,
        capabilities: ['tools', 'reasoning'],
      },
    ],
  }
  const fairlead = await createFairlead(config, { decisionLog: 'memory', environment: {} })
  onTestFinished(() => fairlead.close({ graceMs: 0 }))
  return { server, model: createFairleadProvider({ instance: fairlead })('auto') }
}

const call = {
  prompt: 'What is the weather in Paris?',
  stopWhen: stepCountIs(2),
  tools: {
    get_weather: tool({ inputSchema: z.object({ city: z.string() }), execute: async () => 'Clear.' }),
  },
}

test.each([
  ['whole', whole],
  ['streamed', streamed],
])('come back with the result of the tool: %s', async (form, first) => {
  const { server, model } = await aModel(first)
  const asked = form === 'whole' ? generateText({ ...call, model }) : streamText({ ...call, model })
  const steps = await (await asked).steps
  expect(steps[0]).toMatchObject({
    reasoningText: thinking.thinking,
    usage: {
      inputTokens: 150,
      inputTokenDetails: { noCacheTokens: 20, cacheReadTokens: 100, cacheWriteTokens: 30 },
      outputTokens: 9,
    },
  })
  const { messages } = JSON.parse(server.seen[1]!.text)
  expect(messages.slice(1)).toMatchObject([
    { role: 'assistant', content: [thinking, toolUse] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1' }] },
  ])
})
