import type { AssistantPart } from '../../domain/request.ts'
import { type Faults, requiredText, within, wrongType } from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'
import { decodeHints, formatName } from './blocks.ts'
import { unknownBlock } from './block-list.ts'

/** A block that an assistant wrote, as a client sends it back. */
export function decodeAssistantBlock(block: JsonObject, path: string, faults: Faults): AssistantPart[] {
  switch (block.type) {
    case 'text':
      return [
        {
          kind: 'text',
          text: requiredText(block, 'text', path, faults, ''),
          ...decodeHints(block, path, ['text'], faults),
        },
      ]
    case 'tool_use':
      return [decodeToolUse(block, path, faults)]
    case 'thinking':
      return [thoughtOf(requiredText(block, 'thinking', path, faults, ''), block.signature)]
    case 'redacted_thinking':
      return [redactedOf(requiredText(block, 'data', path, faults, ''))]
    default:
      if (isOpaque(block.type)) return [{ kind: 'opaque', format: formatName, value: block }]
      unknownBlock(block, path, 'text, thinking, redacted_thinking or tool_use', faults)
      return []
  }
}

/** Without a signature nothing proves that a vendor's model thought it. */
export const thoughtOf = (text: string, signature: unknown): AssistantPart => ({
  kind: 'reasoning',
  text,
  ...(typeof signature === 'string' &&
    signature !== '' && {
      sealed: { format: formatName, data: signature, id: null, redacted: false },
    }),
})

export const redactedOf = (data: string): AssistantPart => ({
  kind: 'reasoning',
  text: '',
  sealed: { format: formatName, data, id: null, redacted: true },
})

/** Calls of hosted tools, their results, and what else the vendor alone can read. */
const isOpaque = (type: unknown): boolean =>
  typeof type === 'string' && (/_tool_(?:use|result|listing)$/.test(type) || otherOpaque.has(type))

const otherOpaque: ReadonlySet<string> = new Set([
  'container_upload',
  'compaction',
  'fallback',
  'tool_addition',
  'tool_removal',
])

const toolUseFields = ['id', 'name', 'input']

function decodeToolUse(block: JsonObject, path: string, faults: Faults): AssistantPart {
  const { input } = block
  if (!isObject(input))
    wrongType(faults, within(path, 'input'), 'an object', input, "Write the tool's input, or {}.")
  return {
    kind: 'tool-call',
    id: requiredText(block, 'id', path, faults, 'Write the id that the model gave the call.'),
    name: requiredText(block, 'name', path, faults, 'Name the tool.'),
    argumentsText: JSON.stringify(input ?? {}),
    ...decodeHints(block, path, toolUseFields, faults),
  }
}
