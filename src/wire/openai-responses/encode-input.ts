/** Messages to items: what one assistant's message holds are several. */
import type { AssistantPart, ContentPart, Message, Request, ToolCall } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { JsonObject } from '../lenient.ts'
import { inputOfArguments } from './freeform.ts'
import { annotationsOf } from './items.ts'

export type EncodedInput = { readonly instructions: string | undefined; readonly input: unknown }

/**
 * A first system message of one text is `instructions`, unless nothing else would be left. `foreignSeals`: what only
 * another vendor can read, or has stored, is left out.
 */
export function encodeInput(
  { messages, tools }: Request,
  { foreignSeals }: { foreignSeals: boolean },
): EncodedInput {
  const instructions = instructionsOf(messages)
  const rest = instructions === undefined ? messages : messages.slice(1)
  const freeform = new Set(tools.filter((tool) => tool.freeform).map(({ name }) => name))
  const items: unknown[] = []
  const freeformCalls = new Set<string>()
  for (const message of rest) {
    if (message.role === 'assistant') {
      for (const part of message.content) {
        if (part.kind === 'tool-call' && isFreeform(part, freeform)) freeformCalls.add(part.id)
      }
      items.push(...encodeAssistant(message.content, freeform, foreignSeals))
    } else items.push(encodeMessage(message, freeformCalls))
  }
  return { instructions, input: items }
}

export function instructionsOf([first, second]: readonly Message[]): string | undefined {
  if (first?.role !== 'system' || second === undefined || first.content.length !== 1) return undefined
  const [part] = first.content
  return part?.kind === 'text' && part.text !== '' ? part.text : undefined
}

export const isFreeform = ({ name, freeform }: ToolCall, names: ReadonlySet<string>): boolean =>
  freeform ?? names.has(name)

function encodeMessage(
  message: Exclude<Message, { role: 'assistant' }>,
  freeformCalls: ReadonlySet<string>,
): unknown {
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user':
      return { type: 'message', role: message.role, content: encodeContent(message.content) }
    case 'tool': {
      const type = freeformCalls.has(message.toolCallId) ? 'custom_tool_call_output' : 'function_call_output'
      return { type, call_id: message.toolCallId, output: encodeContent(message.content) }
    }
    default:
      return unreachable(message)
  }
}

/** Texts and refusals that follow each other are one message. */
function encodeAssistant(
  parts: readonly AssistantPart[],
  freeform: ReadonlySet<string>,
  foreignSeals: boolean,
): unknown[] {
  const items: unknown[] = []
  let speech: unknown[] | null = null
  for (const part of parts) {
    if (part.kind === 'text' || part.kind === 'refusal') {
      if (speech === null) {
        speech = []
        items.push({ type: 'message', role: 'assistant', content: speech })
      }
      speech.push(
        part.kind === 'text'
          ? { type: 'output_text', text: part.text, annotations: annotationsOf(part.own) }
          : { type: 'refusal', refusal: part.text },
      )
      continue
    }
    const item = encodeAct(part, freeform, foreignSeals)
    if (item === null) continue
    speech = null
    items.push(item)
  }
  return items
}

function encodeAct(
  part: Exclude<AssistantPart, { kind: 'text' | 'refusal' }>,
  freeform: ReadonlySet<string>,
  foreignSeals: boolean,
): unknown {
  switch (part.kind) {
    case 'reasoning': {
      // Without its proof it was another turn's scratch paper, and OpenAI refuses an item that it does not know.
      const { sealed } = part
      if (sealed?.format !== 'openai-responses' || foreignSeals) return null
      return {
        type: 'reasoning',
        id: sealed.id ?? undefined,
        summary: part.text === '' ? [] : [{ type: 'summary_text', text: part.text }],
        encrypted_content: sealed.data === '' ? undefined : sealed.data,
      }
    }
    case 'tool-call':
      return encodeCall(part, isFreeform(part, freeform))
    case 'opaque':
      if (part.format !== 'openai-responses') return null
      return foreignSeals ? withoutForeign(part.value) : part.value
    default:
      return unreachable(part)
  }
}

const encodeCall = ({ id, name, argumentsText }: ToolCall, freeform: boolean): unknown =>
  freeform
    ? { type: 'custom_tool_call', call_id: id, name, input: inputOfArguments(argumentsText) }
    : { type: 'function_call', call_id: id, name, arguments: argumentsText }

/** Items that are nothing but a vendor's own memory: a reference into its store, a text that only it can decrypt. */
const memories = ['reasoning', 'item_reference', 'compaction']

/** Of these items OpenAI finds one by its id where it has stored it, and does not mind if there is none. */
const identified = [
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
]

/** The item as another vendor can take it, or `null`. */
export function withoutForeign(item: JsonObject): JsonObject | null {
  const type = item.type ?? (item.role === undefined ? 'item_reference' : 'message')
  if (typeof type !== 'string') return item
  if (memories.includes(type)) return null
  if (!identified.includes(type) || item.id === undefined) return item
  const { id: _, ...rest } = item
  return rest
}

// One text is written as a plain string, the form that every vendor reads.
function encodeContent(parts: readonly ContentPart[]): unknown {
  const [first] = parts
  if (first === undefined) return ''
  if (parts.length === 1 && first.kind === 'text') return first.text
  return parts.map(encodePart)
}

function encodePart(part: ContentPart): unknown {
  switch (part.kind) {
    case 'text':
      return { type: 'input_text', text: part.text }
    case 'image':
      return {
        type: 'input_image',
        image_url: part.url === '' ? undefined : part.url,
        file_id: part.fileId,
        detail: part.detail ?? 'auto',
      }
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.base64, format: part.format } }
    case 'file':
      return {
        type: 'input_file',
        file_id: part.fileId ?? undefined,
        filename: part.filename ?? undefined,
        file_data: part.base64 ?? undefined,
        file_url: part.url,
      }
    default:
      return unreachable(part)
  }
}
