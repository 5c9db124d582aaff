/** Items to messages: what an assistant did between two turns of others is one message. */
import type { AssistantPart, Message } from '../../domain/request.ts'
import {
  type Faults,
  optionalList,
  optionalText,
  requiredText,
  shown,
  within,
  wrongType,
  wrongValue,
} from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'
import { type CallPairs, callPairs, noteCall, noteResult } from './call-pairs.ts'
import { decodeContent, decodeSpeech } from './decode-content.ts'
import { argumentsOfInput } from './freeform.ts'
import { isHostedItem, opaquePart, reasoningText, sealOf } from './items.ts'

/** State that the vendor holds may stand in for an input. */
const inputElsewhere = ['prompt', 'conversation', 'previous_response_id'] as const

export function decodeInput(body: JsonObject, faults: Faults): Message[] {
  const messages = decodeInstructions(body, faults)
  const input = body.input ?? null
  if (typeof input === 'string') {
    messages.push({ role: 'user', content: decodeContent(input, 'input', faults), name: null })
    return messages
  }
  if (!Array.isArray(input)) {
    if (input === null && inputElsewhere.some((field) => (body[field] ?? null) !== null)) return messages
    const remedy = 'Write a prompt, or [{"role": "user", "content": "…"}].'
    wrongType(faults, 'input', 'a string or a list of items', input ?? undefined, remedy)
    return messages
  }
  if (input.length === 0 && !inputElsewhere.some((field) => (body[field] ?? null) !== null)) {
    wrongValue(faults, 'input', 'the list is empty. Write at least one message.')
  }
  const pairs = callPairs(body, input, faults)
  input.forEach((item: unknown, index) => {
    const path = `input[${index}]`
    if (isObject(item)) decodeItem(item, path, messages, pairs)
    else wrongType(faults, path, 'an object', item, 'Write {"role": "user", "content": "…"}.')
  })
  return messages
}

/** Instructions are a system message before all others. */
function decodeInstructions(body: JsonObject, faults: Faults): Message[] {
  const text = optionalText(body, 'instructions', '', faults) ?? ''
  return text === '' ? [] : [{ role: 'system', content: [{ kind: 'text', text }], name: null }]
}

const knownItems =
  'message, function_call, function_call_output, custom_tool_call, custom_tool_call_output, reasoning, item_reference, or the item of a hosted tool such as web_search_call'

function decodeItem(item: JsonObject, path: string, messages: Message[], pairs: CallPairs): void {
  const { faults } = pairs
  const type = item.type ?? (item.role === undefined && item.id !== undefined ? 'item_reference' : 'message')
  switch (type) {
    case 'message':
      decodeMessage(item, path, messages, faults)
      return
    case 'reasoning':
      optionalList(item, 'summary', path, faults)
      said(messages, reasoningPart(item))
      return
    case 'function_call':
    case 'custom_tool_call':
      said(messages, decodeCall(item, type === 'custom_tool_call', path, pairs))
      return
    case 'function_call_output':
    case 'custom_tool_call_output':
      messages.push(decodeResult(item, path, pairs))
      return
    default:
      if (typeof type === 'string' && isHostedItem(type)) said(messages, opaquePart(item))
      else unknownItem(type, path, faults)
  }
}

function unknownItem(type: unknown, path: string, faults: Faults): void {
  const param = within(path, 'type')
  if (typeof type !== 'string') wrongType(faults, param, 'a string', type, `Use ${knownItems}.`)
  else wrongValue(faults, param, `there is no item of type ${shown(type)}. Use ${knownItems}.`)
}

function said(messages: Message[], ...parts: AssistantPart[]): void {
  const last = messages.at(-1)
  // The list is this decoder's own; a copy for each item would make long conversations slow.
  if (last?.role === 'assistant') (last.content as AssistantPart[]).push(...parts)
  else messages.push({ role: 'assistant', content: parts, name: null })
}

const roles = 'user, system, developer or assistant'

function decodeMessage(item: JsonObject, path: string, messages: Message[], faults: Faults): void {
  const content = within(path, 'content')
  switch (item.role) {
    case 'system':
    case 'developer':
    case 'user':
      messages.push({ role: item.role, content: decodeContent(item.content, content, faults), name: null })
      return
    case 'assistant':
      said(messages, ...decodeSpeech(item.content, content, faults))
      return
    default: {
      const param = within(path, 'role')
      if (typeof item.role !== 'string') {
        wrongType(faults, param, 'a string', item.role, `Use ${roles}.`)
        return
      }
      const tool = item.role === 'tool' ? ' A tool answers with a function_call_output item.' : ''
      const message = `${param}: there is no role ${shown(item.role)}. Use ${roles}.${tool}`
      faults.push({ param, code: 'unknown_role', message })
    }
  }
}

function reasoningPart(item: JsonObject): AssistantPart {
  const sealed = sealOf(item)
  return { kind: 'reasoning', text: reasoningText(item), ...(sealed !== null && { sealed }) }
}

function decodeCall(item: JsonObject, freeform: boolean, path: string, pairs: CallPairs): AssistantPart {
  const { faults } = pairs
  const id = requiredText(item, 'call_id', path, faults, 'Write the call_id that the model gave the call.')
  const name = requiredText(item, 'name', path, faults, 'Name the tool.')
  noteCall(pairs, id, path)
  if (freeform) {
    const input = requiredText(item, 'input', path, faults, 'Write the text that the model gave the tool.')
    return { kind: 'tool-call', id, name, argumentsText: argumentsOfInput(input), freeform: true }
  }
  const remedy = 'Write the arguments as JSON text, in quotes.'
  return {
    kind: 'tool-call',
    id,
    name,
    argumentsText: requiredText(item, 'arguments', path, faults, remedy),
  }
}

function decodeResult(item: JsonObject, path: string, pairs: CallPairs): Message {
  const { faults } = pairs
  const toolCallId = requiredText(
    item,
    'call_id',
    path,
    faults,
    'Repeat the call_id of the call that it answers.',
  )
  noteResult(pairs, toolCallId, path)
  return { role: 'tool', toolCallId, content: decodeContent(item.output, within(path, 'output'), faults) }
}
