import type { AssistantPart, ContentPart, Message, ToolCall } from '../../domain/request.ts'
import {
  type Faults,
  optionalList,
  optionalObject,
  optionalText,
  requiredText,
  shown,
  within,
  wrongType,
  wrongValue,
} from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'
import { contentList, decodeAudio, unknownPart } from '../openai/content-list.ts'

export function decodeMessages(body: JsonObject, faults: Faults): Message[] {
  const list = body.messages ?? undefined
  const messages: Message[] = []
  if (!Array.isArray(list)) {
    wrongType(faults, 'messages', 'a list of messages', list, 'Write [{"role": "user", "content": "…"}].')
    return messages
  }
  if (list.length === 0) wrongValue(faults, 'messages', 'the list is empty. Write at least one message.')
  list.forEach((item: unknown, index) => {
    const path = `messages[${index}]`
    if (!isObject(item)) {
      wrongType(faults, path, 'an object', item, 'Write {"role": "user", "content": "…"}.')
      return
    }
    const message = decodeMessage(item, path, faults)
    if (message !== null) messages.push(message)
  })
  return messages
}

const roles = 'system, developer, user, assistant or tool'

function decodeMessage(item: JsonObject, path: string, faults: Faults): Message | null {
  switch (item.role) {
    case 'system':
    case 'developer':
    case 'user':
      return {
        role: item.role,
        content: decodeContent(item, path, faults),
        name: optionalText(item, 'name', path, faults),
      }
    case 'assistant':
      return {
        role: 'assistant',
        content: decodeAssistant(item, path, faults),
        name: optionalText(item, 'name', path, faults),
      }
    case 'tool': {
      const remedy = 'Repeat the id of the tool call that it answers.'
      const toolCallId = requiredText(item, 'tool_call_id', path, faults, remedy)
      return { role: 'tool', toolCallId, content: decodeContent(item, path, faults) }
    }
    case 'function':
      return decodeFunctionResult(item, path, faults)
    default:
      unknownRole(item, path, faults)
      return null
  }
}

function unknownRole(item: JsonObject, path: string, faults: Faults): void {
  const param = within(path, 'role')
  if (typeof item.role !== 'string') {
    wrongType(faults, param, 'a string', item.role, `Use ${roles}.`)
    return
  }
  const message = `${param}: there is no role ${shown(item.role)}. Use ${roles}.`
  faults.push({ param, code: 'unknown_role', message })
}

// The calls of before tools had no ids: the function's name pairs a call with its result, here and in decodeAssistant.
function decodeFunctionResult(item: JsonObject, path: string, faults: Faults): Message {
  const toolCallId = requiredText(item, 'name', path, faults, 'Repeat the name of the function.')
  const content = item.content === null ? [] : decodeContent(item, path, faults)
  return { role: 'tool', toolCallId, content }
}

function decodeAssistant(item: JsonObject, path: string, faults: Faults): AssistantPart[] {
  const parts: AssistantPart[] = []
  const reasoning = item.reasoning_content ?? item.reasoning
  if (typeof reasoning === 'string' && reasoning !== '') parts.push({ kind: 'reasoning', text: reasoning })
  parts.push(...decodeAssistantContent(item.content ?? '', within(path, 'content'), faults))
  const refusal = optionalText(item, 'refusal', path, faults)
  if (refusal !== null && refusal !== '') parts.push({ kind: 'refusal', text: refusal })
  optionalList(item, 'tool_calls', path, faults).forEach((call, index) => {
    const toolCall = decodeToolCall(call, `${path}.tool_calls[${index}]`, faults)
    if (toolCall !== null) parts.push(toolCall)
  })
  const legacy = optionalObject(item, 'function_call', path, faults)
  if (legacy !== null) parts.push(decodeFunctionCall(legacy, within(path, 'function_call'), faults))
  return parts
}

function decodeAssistantContent(value: unknown, path: string, faults: Faults): AssistantPart[] {
  return contentList(value, path, 'text', faults, (part, partPath) => {
    const found = decodeSpokenPart(part, partPath, faults)
    if (found === undefined) unknownPart(part, partPath, 'text or refusal', faults)
    return found ?? null
  })
}

/** `undefined`: no part that an assistant may have written. */
function decodeSpokenPart(part: JsonObject, path: string, faults: Faults): AssistantPart | undefined {
  if (part.type === 'text') return { kind: 'text', text: requiredText(part, 'text', path, faults, '') }
  if (part.type === 'refusal') {
    return { kind: 'refusal', text: requiredText(part, 'refusal', path, faults, '') }
  }
  return undefined
}

/** A call of a `custom` tool is kept as a call whose arguments are its input. */
function decodeToolCall(call: unknown, path: string, faults: Faults): ToolCall | null {
  if (!isObject(call)) {
    wrongType(faults, path, 'an object', call, 'Write {"id": "…", "type": "function", "function": {…}}.')
    return null
  }
  const id = requiredText(call, 'id', path, faults, 'Write the id that the model gave the call.')
  if (isObject(call.custom)) {
    const own = within(path, 'custom')
    const name = requiredText(call.custom, 'name', own, faults, 'Name the tool.')
    return { kind: 'tool-call', id, name, argumentsText: requiredText(call.custom, 'input', own, faults, '') }
  }
  if (!isObject(call.function)) {
    const remedy = 'Write {"name": "…", "arguments": "{…}"}.'
    wrongType(faults, within(path, 'function'), 'an object', call.function, remedy)
    return null
  }
  return { ...decodeFunctionCall(call.function, within(path, 'function'), faults), id }
}

function decodeFunctionCall(call: JsonObject, path: string, faults: Faults): ToolCall {
  const name = requiredText(call, 'name', path, faults, 'Name the function.')
  const remedy = 'Write the arguments as JSON text, in quotes.'
  return {
    kind: 'tool-call',
    id: name,
    name,
    argumentsText: requiredText(call, 'arguments', path, faults, remedy),
  }
}

function decodeContent(item: JsonObject, path: string, faults: Faults): ContentPart[] {
  return contentList(item.content, within(path, 'content'), 'text', faults, (part, partPath) =>
    decodePart(part, partPath, faults),
  )
}

function decodePart(part: JsonObject, path: string, faults: Faults): ContentPart | null {
  switch (part.type) {
    case 'text':
      return { kind: 'text', text: requiredText(part, 'text', path, faults, '') }
    case 'image_url':
      return decodeImage(part, path, faults)
    case 'input_audio':
      return decodeAudio(part, path, faults)
    case 'file':
      return decodeFile(part, path, faults)
    default:
      unknownPart(part, path, 'text, image_url, input_audio or file', faults)
      return null
  }
}

/** `image_url` is `{url, detail}`; some vendors' clients write the URL alone. */
function decodeImage(part: JsonObject, path: string, faults: Faults): ContentPart | null {
  const image = part.image_url
  if (typeof image === 'string') return { kind: 'image', url: image, detail: null }
  const own = within(path, 'image_url')
  if (!isObject(image)) {
    wrongType(faults, own, 'an object', image, 'Write {"url": "https://… or data:image/png;base64,…"}.')
    return null
  }
  const url = requiredText(image, 'url', own, faults, 'Write an https: or data: URL.')
  return { kind: 'image', url, detail: optionalText(image, 'detail', own, faults) }
}

function decodeFile(part: JsonObject, path: string, faults: Faults): ContentPart | null {
  const own = within(path, 'file')
  const file = part.file
  if (!isObject(file)) {
    wrongType(
      faults,
      own,
      'an object',
      file,
      'Write {"file_id": "…"} or {"filename": "…", "file_data": "…"}.',
    )
    return null
  }
  return {
    kind: 'file',
    fileId: optionalText(file, 'file_id', own, faults),
    filename: optionalText(file, 'filename', own, faults),
    base64: optionalText(file, 'file_data', own, faults),
  }
}
