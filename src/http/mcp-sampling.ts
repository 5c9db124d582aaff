/** Answers of Fairlead's own models for MCP servers that ask for one where their client has no model to lend. */

import type { CreateMessageRequest, CreateMessageResult } from '@modelcontextprotocol/sdk/types.js'
import type { Gateway, Incoming } from '../gateway/gateway.ts'
import { RpcError } from '../mcp/asked.ts'
import type { McpCaller, McpHost } from '../mcp/host.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'

type Params = CreateMessageRequest['params']

/** What is asked this way is a request of the caller's: `identityOf` says whose it is booked on. */
export const gatewaySample =
  (
    gateway: Gateway,
    identityOf: (caller: McpCaller) => Incoming['identity'] = () => null,
  ): NonNullable<McpHost['sample']> =>
  async (params, caller, signal) => {
    const text = JSON.stringify(chatBody(params, gateway))
    const decoded = openaiChat.decodeRequest(JSON.parse(text))
    if (decoded.kind === 'failed') throw new RpcError(-32602, decoded.failure.message)
    const incoming = {
      format: openaiChat,
      text,
      asked: decoded.value,
      identity: identityOf(caller) ?? null,
    }
    const reply = await gateway.chat(incoming, signal)
    if (reply.kind === 'failed') throw new RpcError(-32000, reply.failure.message)
    if (reply.kind === 'stream') throw new Error('a whole answer was asked for, and a stream came')
    return asResult(JSON.parse(Buffer.from(reply.bytes).toString('utf8')) as ChatAnswer)
  }

function chatBody(params: Params, gateway: Gateway) {
  if (params.tools !== undefined)
    throw new RpcError(-32602, 'Tools are not lent together with a model of the gateway.')
  const { systemPrompt, messages, maxTokens, temperature, stopSequences } = params
  return {
    model: modelFor(params, gateway),
    messages: [
      ...(systemPrompt === undefined ? [] : [{ role: 'system', content: systemPrompt }]),
      ...messages.map(({ role, content }) => ({ role, content: [content].flat().map(chatPart) })),
    ],
    max_tokens: maxTokens,
    // What is not said is left out of the JSON.
    temperature,
    stop: stopSequences,
  }
}

/** Hints are parts of names, the most wanted first; without one that fits, the first policy decides. */
function modelFor({ modelPreferences }: Params, { models, policies }: Gateway): string {
  for (const { name } of modelPreferences?.hints ?? []) {
    if (name === undefined || name === '') continue
    const found = policies.find((policy) => policy.name === name) ?? null
    if (found !== null) return found.name
    const model = models.find(({ id }) => id.includes(name))
    if (model !== undefined) return model.id
  }
  return policies.find(({ name }) => name === 'auto')?.name ?? policies[0]?.name ?? 'auto'
}

function chatPart(block: { readonly type: string }): object {
  const { type, text, data, mimeType } = block as Readonly<Record<string, unknown>>
  if (type === 'text') return { type: 'text', text }
  if (type === 'image') return { type: 'image_url', image_url: { url: `data:${mimeType};base64,${data}` } }
  throw new RpcError(
    -32602,
    `Content of the type ${String(type)} can't be put to a model here. Send text or images.`,
  )
}

type ChatAnswer = {
  readonly model: string
  readonly choices: readonly {
    readonly message: { readonly content: string | null }
    readonly finish_reason: string
  }[]
}

function asResult({ model, choices }: ChatAnswer): CreateMessageResult {
  const [choice] = choices
  return {
    model,
    role: 'assistant',
    content: { type: 'text', text: choice?.message.content ?? '' },
    stopReason: choice?.finish_reason === 'length' ? 'maxTokens' : 'endTurn',
  }
}
