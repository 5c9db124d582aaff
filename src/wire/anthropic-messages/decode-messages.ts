import type { ContentPart, Message } from '../../domain/request.ts'
import { type Faults, shown, within, wrongType, wrongValue } from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'
import { contentList, unknownBlock } from './block-list.ts'
import { decodeAssistantBlock } from './decode-assistant-block.ts'
import { decodeContentBlock, decodeText, decodeToolResult } from './decode-content-block.ts'

/** The top-level system prompt is the first message. */
export function decodeSystem(body: JsonObject, faults: Faults): readonly Message[] {
  if ((body.system ?? null) === null) return []
  const content = decodeSystemContent(body.system, 'system', faults)
  return content.length === 0 ? [] : [{ role: 'system', content, name: null }]
}

const decodeSystemContent = (value: unknown, path: string, faults: Faults): ContentPart[] =>
  contentList(value, path, faults, (block, blockPath) => {
    if (block.type === 'text') return [decodeText(block, blockPath, faults)]
    unknownBlock(block, blockPath, 'text', faults)
    return []
  })

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
    if (isObject(item)) messages.push(...decodeMessage(item, path, faults))
    else wrongType(faults, path, 'an object', item, 'Write {"role": "user", "content": "…"}.')
  })
  return messages
}

function decodeMessage(item: JsonObject, path: string, faults: Faults): readonly Message[] {
  const contentPath = within(path, 'content')
  switch (item.role) {
    case 'user':
      return decodeUser(item.content, contentPath, faults)
    case 'assistant': {
      const content = contentList(item.content, contentPath, faults, (block, blockPath) =>
        decodeAssistantBlock(block, blockPath, faults),
      )
      return [{ role: 'assistant', content, name: null }]
    }
    // Newer models take an instruction in the middle of a conversation.
    case 'system':
      return [{ role: 'system', content: decodeSystemContent(item.content, contentPath, faults), name: null }]
    default:
      unknownRole(item, path, faults)
      return []
  }
}

function unknownRole(item: JsonObject, path: string, faults: Faults): void {
  const param = within(path, 'role')
  if (typeof item.role !== 'string') {
    wrongType(faults, param, 'a string', item.role, 'Use user, assistant or system.')
    return
  }
  const message = `${param}: there is no role ${shown(item.role)}. Use user, assistant or system.`
  faults.push({ param, code: 'unknown_role', message })
}

/** Results of tools stand in the user's message here, and are messages of their own in Fairlead's form. */
function decodeUser(value: unknown, path: string, faults: Faults): readonly Message[] {
  const results: Message[] = []
  const content = contentList(value, path, faults, (block, blockPath): ContentPart[] => {
    if (block.type !== 'tool_result') return decodeContentBlock(block, blockPath, faults)
    results.push(decodeToolResult(block, blockPath, faults))
    return []
  })
  const silent = content.length === 0 && results.length > 0
  return silent ? results : [...results, { role: 'user', content, name: null }]
}
