import type {
  AssistantPart,
  ContentPart,
  Message,
  Request,
  ResponseFormat,
  Tool,
  ToolCall,
  ToolChoice,
} from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { asList, asObject } from '../lenient.ts'
import type { VendorSide } from '../wire-format.ts'

/** Members that are `undefined` vanish in `JSON.stringify`. */
export function encodeRequest(request: Request, { model, quirks }: VendorSide): string {
  const { sampling, responseFormat } = request
  const {
    tools: otherTools,
    tool_choice: otherChoice,
    stream_options: streamOptions,
    ...extra
  } = request.from === undefined || request.from === 'openai-chat' ? request.extra : {}
  const tools = [...request.tools.map(encodeTool), ...asList(otherTools)]
  return JSON.stringify({
    ...extra,
    model,
    messages: request.messages.map(encodeMessage),
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: request.toolChoice === null ? otherChoice : encodeToolChoice(request.toolChoice),
    parallel_tool_calls: request.parallelToolCalls ?? undefined,
    response_format: encodeResponseFormat(responseFormat),
    temperature: sampling.temperature ?? undefined,
    top_p: sampling.topP ?? undefined,
    [quirks.maxTokensField]: sampling.maxOutputTokens ?? undefined,
    stop: sampling.stop.length > 0 ? sampling.stop : undefined,
    seed: sampling.seed ?? undefined,
    frequency_penalty: sampling.frequencyPenalty ?? undefined,
    presence_penalty: sampling.presencePenalty ?? undefined,
    n: sampling.answers === 1 ? undefined : sampling.answers,
    reasoning_effort: request.reasoningEffort ?? undefined,
    logprobs: request.topLogprobs === null ? undefined : true,
    top_logprobs: request.topLogprobs || undefined,
    user: request.user ?? undefined,
    stream: request.stream || undefined,
    // Refused by OpenAI where the request does not stream, and by some vendors always.
    stream_options:
      request.stream && quirks.streamUsageOption
        ? { ...asObject(streamOptions), include_usage: true }
        : undefined,
  })
}

function encodeMessage(message: Message): unknown {
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user':
      return {
        role: message.role,
        content: encodeContent(message.content),
        name: message.name ?? undefined,
      }
    case 'assistant':
      return encodeAssistant(message.content, message.name)
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: encodeContent(message.content) }
    default:
      return unreachable(message)
  }
}

// Reasoning stays out: it was another turn's scratch paper, and most vendors refuse a message that has it.
function encodeAssistant(parts: readonly AssistantPart[], name: string | null): unknown {
  const calls = parts.filter((part) => part.kind === 'tool-call')
  const refusal = parts
    .filter((part) => part.kind === 'refusal')
    .map(({ text }) => text)
    .join('')
  const texts = parts.filter((part) => part.kind === 'text')
  const silent = texts.length === 0 && (calls.length > 0 || refusal !== '')
  return {
    role: 'assistant',
    content: silent ? null : encodeContent(texts),
    refusal: refusal === '' ? undefined : refusal,
    tool_calls: calls.length > 0 ? calls.map(encodeToolCall) : undefined,
    name: name ?? undefined,
  }
}

export const encodeToolCall = ({ id, name, argumentsText }: ToolCall): unknown => ({
  id,
  type: 'function',
  function: { name, arguments: argumentsText },
})

// One text is written as a plain string: not every vendor reads lists of parts.
function encodeContent(parts: readonly ContentPart[]): unknown {
  const [first] = parts
  if (first === undefined) return ''
  if (parts.length === 1 && first.kind === 'text') return first.text
  // An image that only its vendor's file store knows has no place here; `losses` says so.
  return parts.filter((part) => part.kind !== 'image' || part.url !== '').map(encodePart)
}

function encodePart(part: ContentPart): unknown {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image':
      return { type: 'image_url', image_url: { url: part.url, detail: part.detail ?? undefined } }
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.base64, format: part.format } }
    case 'file':
      return {
        type: 'file',
        file: {
          file_id: part.fileId ?? undefined,
          filename: part.filename ?? undefined,
          file_data: part.base64 ?? undefined,
        },
      }
    default:
      return unreachable(part)
  }
}

const encodeTool = ({ name, description, parameters, strict }: Tool): unknown => ({
  type: 'function',
  function: {
    name,
    description: description ?? undefined,
    parameters: parameters ?? undefined,
    strict: strict ?? undefined,
  },
})

const encodeToolChoice = (choice: ToolChoice): unknown =>
  choice.kind === 'named' ? { type: 'function', function: { name: choice.name } } : choice.kind

function encodeResponseFormat(format: ResponseFormat): unknown {
  switch (format.kind) {
    case 'text':
      return undefined
    case 'json':
      return { type: 'json_object' }
    case 'json-schema':
      return {
        type: 'json_schema',
        json_schema: {
          name: format.name,
          description: format.description ?? undefined,
          schema: format.schema,
          strict: format.strict ?? undefined,
        },
      }
    default:
      return unreachable(format)
  }
}
