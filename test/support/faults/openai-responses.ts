import type { Asked, Said, SaidEvent, SpokenFormat } from './said.ts'
import { reportedTokens } from './said.ts'

/** Responses as OpenAI sends them. */
export const openaiResponsesSpoken: SpokenFormat = {
  name: 'openai-responses',
  read,
  whole,
  events,
  errorEvent: (error) =>
    `event: error\ndata: ${JSON.stringify({ type: 'error', sequence_number: 9, param: null, ...(error as object), code: 'server_error' })}\n\n`,
  brokenEvent: 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta": \n\n',
}

const reportedUsage = {
  input_tokens: reportedTokens.input,
  input_tokens_details: { cached_tokens: reportedTokens.cached },
  output_tokens: reportedTokens.output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: reportedTokens.input + reportedTokens.output,
}

type Item = { readonly role?: string; readonly type?: string; readonly content?: unknown }

function read(body: unknown): Asked {
  const { model, stream = false, input = [] } = body as Partial<Asked> & { input?: string | Item[] }
  const items = typeof input === 'string' ? [] : input
  const before = items.at(-2)
  const told = items.at(-1)?.role === 'user' && before?.role === 'assistant'
  return {
    model: model ?? '',
    stream,
    continues: told ? { kind: 'instruction', text: textOf(before.content) } : null,
  }
}

const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : (content as readonly { text?: string }[]).map(({ text = '' }) => text).join('')

const messageItem = (text: string, status = 'completed') => ({
  id: 'msg_1',
  type: 'message',
  status,
  role: 'assistant',
  content: text === '' ? [] : [textPart(text)],
})

const textPart = (text: string) => ({ type: 'output_text', annotations: [], logprobs: [], text })

const callItem = (name: string, argumentsText: string, status = 'completed') => ({
  id: 'fc_1',
  type: 'function_call',
  status,
  arguments: argumentsText,
  call_id: 'call_1',
  name,
})

const reasoningItem = (text: string) => ({
  id: 'rs_1',
  type: 'reasoning',
  summary: text === '' ? [] : [{ type: 'summary_text', text }],
})

const responseOf = ({ model }: Asked, fields: object) => ({
  id: `resp_${model === 'small' ? '1' : model}`,
  object: 'response',
  created_at: 1_700_000_000 + model.length,
  status: 'in_progress',
  error: null,
  incomplete_details: null,
  model,
  output: [],
  usage: null,
  ...fields,
})

function outputOf({ words, reasoning, toolCall }: Said): object[] {
  return [
    ...(reasoning.length > 0 ? [reasoningItem(reasoning.join(''))] : []),
    messageItem(words.join('')),
    ...(toolCall ? [callItem(toolCall.name, toolCall.argumentsPieces.join(''))] : []),
  ]
}

function whole(asked: Asked, said: Said): string {
  return JSON.stringify(
    responseOf(asked, {
      status: 'completed',
      output: outputOf(said),
      usage: said.usage ? reportedUsage : null,
      vendor_extra: 'kept',
    }),
  )
}

/** An item begins with its first delta's event and ends with the next item's, so that each event says one thing. */
function events(asked: Asked, said: Said): SaidEvent[] {
  const { words, reasoning, toolCall, usage } = said
  let sequence = 0
  let output = 0
  const event = (type: string, fields: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`
  const list: SaidEvent[] = [
    {
      says: 'start',
      text:
        event('response.created', { response: responseOf(asked, {}) }) +
        event('response.in_progress', { response: responseOf(asked, {}) }),
    },
  ]
  if (reasoning.length > 0) {
    const place = { item_id: 'rs_1', output_index: output, summary_index: 0 }
    for (const [index, delta] of reasoning.entries()) {
      const opening =
        index === 0
          ? event('response.output_item.added', { output_index: output, item: reasoningItem('') }) +
            event('response.reasoning_summary_part.added', {
              ...place,
              part: { type: 'summary_text', text: '' },
            })
          : ''
      list.push({
        says: 'reasoning',
        text: opening + event('response.reasoning_summary_text.delta', { ...place, delta }),
      })
    }
    output++
  }
  const text = words.join('')
  const place = { item_id: 'msg_1', output_index: output, content_index: 0 }
  for (const [index, delta] of words.entries()) {
    const opening =
      index === 0
        ? event('response.output_item.added', {
            output_index: output,
            item: messageItem('', 'in_progress'),
          }) + event('response.content_part.added', { ...place, part: textPart('') })
        : ''
    list.push({
      says: 'word',
      text: opening + event('response.output_text.delta', { ...place, delta, logprobs: [] }),
    })
  }
  let closing =
    event('response.output_text.done', { ...place, text, logprobs: [] }) +
    event('response.content_part.done', { ...place, part: textPart(text) }) +
    event('response.output_item.done', { output_index: output, item: messageItem(text) })
  if (toolCall) {
    output++
    const { name, argumentsPieces } = toolCall
    const begun = event('response.output_item.added', {
      output_index: output,
      item: callItem(name, '', 'in_progress'),
    })
    list.push({ says: 'tool-call', text: closing + begun })
    const at = { item_id: 'fc_1', output_index: output }
    for (const delta of argumentsPieces)
      list.push({
        says: 'tool-call',
        text: event('response.function_call_arguments.delta', { ...at, delta }),
      })
    const whole = argumentsPieces.join('')
    closing =
      event('response.function_call_arguments.done', { ...at, arguments: whole }) +
      event('response.output_item.done', { output_index: output, item: callItem(name, whole) })
  }
  const done = responseOf(asked, {
    status: 'completed',
    output: outputOf(said),
    usage: usage ? reportedUsage : null,
  })
  list.push({ says: 'finish', text: closing + event('response.completed', { response: done }) })
  return list
}
