import type { Asked, Said, SaidEvent, SpokenFormat } from './said.ts'
import { reportedTokens } from './said.ts'

/** Messages as Anthropic sends them. */
export const anthropicMessagesSpoken: SpokenFormat = {
  name: 'anthropic-messages',
  read,
  whole,
  events,
  errorEvent: (error) =>
    event('error', { error: { type: 'overloaded_error', ...(error as object) }, request_id: 'req_1' }),
  brokenEvent: 'event: content_block_delta\ndata: {"type":"content_block_delta","delta": \n\n',
}

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

/** Anthropic counts apart what came from its cache. */
const inputUsage = {
  input_tokens: reportedTokens.input - reportedTokens.cached,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: reportedTokens.cached,
}

type Block = { readonly type: string; readonly text?: string }
type Message = { readonly role: string; readonly content?: string | readonly Block[] }

function read(body: unknown): Asked {
  const { model, stream = false, messages = [] } = body as Partial<Asked> & { messages?: Message[] }
  const last = messages.at(-1)
  const before = messages.at(-2)
  const told = last?.role === 'user' && before?.role === 'assistant'
  const continues =
    last?.role === 'assistant'
      ? { kind: 'prefill' as const, text: textOf(last) }
      : told
        ? { kind: 'instruction' as const, text: textOf(before) }
        : null
  return { model: model ?? '', stream, continues }
}

const textOf = ({ content = '' }: Message): string =>
  typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('')

function whole({ model }: Asked, { words, reasoning, toolCall, usage }: Said): string {
  return JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content: [
      ...(reasoning.length > 0
        ? [{ type: 'thinking', thinking: reasoning.join(''), signature: 'c2lnbmVk' }]
        : []),
      { type: 'text', text: words.join('') },
      ...(toolCall
        ? [
            {
              type: 'tool_use',
              id: 'toolu_1',
              name: toolCall.name,
              input: JSON.parse(toolCall.argumentsPieces.join('')),
            },
          ]
        : []),
    ],
    stop_reason: toolCall ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    ...(usage && { usage: { ...inputUsage, output_tokens: reportedTokens.output } }),
    vendor_extra: 'kept',
  })
}

/** A block begins with its first delta's event and ends with the next block's, so that each event says one thing. */
function events({ model }: Asked, { words, reasoning, toolCall, usage }: Said): SaidEvent[] {
  const id = `msg_${model === 'small' ? '1' : model}`
  const message = {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  }
  const list: SaidEvent[] = [
    {
      says: 'start',
      text:
        event('message_start', {
          message: { ...message, usage: usage ? { ...inputUsage, output_tokens: 1 } : undefined },
        }) + event('ping', {}),
    },
  ]
  let index = -1
  let open = false
  const close = (): string => {
    const text = open ? event('content_block_stop', { index }) : ''
    open = false
    return text
  }
  const begin = (block: object): string => {
    const text = close()
    index++
    open = true
    return text + event('content_block_start', { index, content_block: block })
  }
  const delta = (fields: object): string => event('content_block_delta', { index, delta: fields })
  for (const [place, thought] of reasoning.entries()) {
    const opening = place === 0 ? begin({ type: 'thinking', thinking: '', signature: '' }) : ''
    const seal =
      place === reasoning.length - 1 ? delta({ type: 'signature_delta', signature: 'c2lnbmVk' }) : ''
    list.push({
      says: 'reasoning',
      text: opening + delta({ type: 'thinking_delta', thinking: thought }) + seal,
    })
  }
  for (const [place, text] of words.entries()) {
    const opening = place === 0 ? begin({ type: 'text', text: '' }) : ''
    list.push({ says: 'word', text: opening + delta({ type: 'text_delta', text }) })
  }
  if (toolCall) {
    const block = { type: 'tool_use', id: 'toolu_1', name: toolCall.name, input: {} }
    list.push({ says: 'tool-call', text: begin(block) })
    for (const piece of toolCall.argumentsPieces)
      list.push({ says: 'tool-call', text: delta({ type: 'input_json_delta', partial_json: piece }) })
  }
  const stop = { stop_reason: toolCall ? 'tool_use' : 'end_turn', stop_sequence: null }
  list.push({
    says: 'finish',
    text:
      close() +
      event('message_delta', {
        delta: stop,
        ...(usage && { usage: { output_tokens: reportedTokens.output } }),
      }),
  })
  list.push({ says: 'end', text: event('message_stop', {}) })
  return list
}
