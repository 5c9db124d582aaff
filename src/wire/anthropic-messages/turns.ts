/**
 * Messages as the vendor wants them: turns of user and assistant by turns, the first the user's; every call of a tool with an
 * id of its own and its result at the head of the very next turn; no result without a call; nothing blank.
 */
import type { ContentPart, Message, Request } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { JsonObject } from '../lenient.ts'
import { encodeAssistantPart, encodeContentPart, type PartContext } from './encode-blocks.ts'
import { encodeCache, fieldsOf } from './blocks.ts'

export type Turn =
  | { readonly role: 'user'; readonly results: JsonObject[]; readonly content: JsonObject[] }
  | { readonly role: 'assistant'; readonly content: JsonObject[] }
  | { readonly role: 'system'; readonly content: JsonObject[] }

export type Conversation = { readonly system: readonly JsonObject[]; readonly turns: readonly Turn[] }

type Building = {
  readonly system: JsonObject[]
  readonly turns: Turn[]
  readonly context: PartContext
  readonly used: Set<string>
  /** Calls of the last assistant's turn that have no result yet: the id here, by the id that the client knows. */
  open: { readonly given: string; readonly id: string }[]
}

/**
 * The system's messages stand at the top. Those in the middle go there as well, as they do at Anthropic's own endpoint for
 * chat clients (https://platform.claude.com/docs/en/api/openai-sdk), unless the client wrote them in this format: then
 * its model takes them where they are.
 */
export function conversationOf(request: Request, context: PartContext): Conversation {
  const building: Building = { system: [], turns: [], context, used: new Set(), open: [] }
  for (const message of request.messages) addMessage(building, message)
  closeCalls(building)
  const { system, turns } = building
  return context.own ? { system, turns } : mended(system, turns)
}

/** The user speaks first. A prompt of the system's messages alone is the user's. */
function mended(system: readonly JsonObject[], turns: readonly Turn[]): Conversation {
  if (turns.length === 0 && system.length > 0)
    return { system: [], turns: [{ role: 'user', results: [], content: [...system] }] }
  if (turns[0]?.role === 'user') return { system, turns }
  return { system, turns: [{ role: 'user', results: [], content: [{ type: 'text', text: '…' }] }, ...turns] }
}

function addMessage(building: Building, message: Message): void {
  switch (message.role) {
    case 'system':
    case 'developer': {
      const blocks = encodedContent(building, message.content).filter(({ type }) => type === 'text')
      if (building.context.own && building.turns.length > 0)
        building.turns.push({ role: 'system', content: blocks })
      else building.system.push(...blocks)
      return
    }
    case 'user': {
      const blocks = encodedContent(building, message.content)
      // A blank message would part two of the assistant's.
      if (blocks.length > 0 || building.context.own) userTurn(building).content.push(...blocks)
      return
    }
    case 'tool':
      addResult(building, message)
      return
    case 'assistant':
      addAssistant(building, message.content)
      return
    default:
      unreachable(message)
  }
}

const encodedContent = ({ context }: Building, parts: readonly ContentPart[]): JsonObject[] =>
  parts.flatMap((part) => encodeContentPart(part, context))

/** A turn of nothing is none: the vendor reads what stands on both sides of it as one. */
function addAssistant(building: Building, parts: Extract<Message, { role: 'assistant' }>['content']): void {
  const content: JsonObject[] = []
  const calls: Building['open'] = []
  for (const part of parts) {
    if (part.kind !== 'tool-call') {
      content.push(...encodeAssistantPart(part, building.context))
      continue
    }
    const id = freshId(part.id, building.used)
    calls.push({ given: part.id, id })
    content.push(...encodeAssistantPart({ ...part, id }, building.context))
  }
  if (content.length === 0) return
  const last = building.turns.at(-1)
  if (last?.role === 'assistant') {
    last.content.push(...content)
    building.open.push(...calls)
    return
  }
  closeCalls(building)
  building.turns.push({ role: 'assistant', content })
  building.open = calls
}

function addResult(building: Building, message: Extract<Message, { role: 'tool' }>): void {
  const content = encodedContent(building, message.content)
  const place = building.open.findIndex(({ given }) => given === message.toolCallId)
  const call = building.open[place]
  if (call === undefined) {
    // What it says is worth something to the model, though nobody asked for it.
    userTurn(building).content.push(
      { type: 'text', text: `Result of a tool (${message.toolCallId}):` },
      ...content,
    )
    return
  }
  building.open.splice(place, 1)
  userTurn(building).results.push(resultBlock(call.id, content, message))
}

function resultBlock(
  id: string,
  content: readonly JsonObject[],
  { isError, cache, own }: Pick<Extract<Message, { role: 'tool' }>, 'isError' | 'cache' | 'own'>,
): JsonObject {
  const [first] = content
  const plain = content.length === 1 && first?.type === 'text' && Object.keys(first).length === 2
  return {
    type: 'tool_result',
    tool_use_id: id,
    ...(content.length > 0 && { content: plain ? first.text : content }),
    ...(isError && { is_error: true }),
    ...fieldsOf(own),
    ...encodeCache(cache),
  }
}

/** The vendor refuses a call without a result right behind it. */
function closeCalls(building: Building): void {
  for (const { id } of building.open) {
    const text = 'The tool gave no result.'
    userTurn(building).results.push(resultBlock(id, [{ type: 'text', text }], { isError: true }))
  }
  building.open = []
}

function userTurn({ turns }: Building): Extract<Turn, { role: 'user' }> {
  const last = turns.at(-1)
  if (last?.role === 'user') return last
  const turn: Turn = { role: 'user', results: [], content: [] }
  turns.push(turn)
  return turn
}

/** Ids are of letters, digits, `_` and `-`, and there are no two alike in a conversation. */
function freshId(given: string, used: Set<string>): string {
  const lawful = given.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call'
  let id = lawful
  for (let next = 2; used.has(id); next++) id = `${lawful}_${next}`
  used.add(id)
  return id
}

export const encodeTurn = (turn: Turn): JsonObject => {
  const content = turn.role === 'user' ? [...turn.results, ...turn.content] : turn.content
  const [first] = content
  const plain = content.length === 1 && first?.type === 'text' && Object.keys(first).length === 2
  return { role: turn.role, content: plain ? first.text : content }
}
