import { type Edits, editScanned, type ScannedObject, scanObject, valueText } from '../edit-json.ts'
import { asList, asObject, asText, isObject, type JsonObject, parsedJson } from '../lenient.ts'
import { routingFields } from '../routing-fields.ts'
import type { VendorSide } from '../wire-format.ts'
import { decodeThinking } from './decode-thinking.ts'
import { encodeThinking } from './encode-thinking.ts'
import { itemsOf, listOf } from './list-items.ts'
import { abilitiesOf, effortFor, type KnownAbilities } from './model-abilities.ts'

/**
 * The client's own bytes for a vendor of the same format. A client must not need to know which model it will be sent to:
 * what this one would refuse (too high a limit, ways to think and to sample) is taken out, or said in its words.
 */
export function editRequest(text: string, to: VendorSide): string {
  const body = scanObject(text)
  const asked = Number(valueText(body, 'max_tokens') ?? 0)
  const limit = Math.min(asked, to.maxOutputTokens ?? asked)
  const messages = valueText(body, 'messages') ?? '[]'
  const unsealed = to.foreignSeals ? withoutSeals(messages) : null
  const set: Record<string, string> = {
    model: JSON.stringify(to.model),
    ...(limit < asked && { max_tokens: String(limit) }),
    ...(unsealed !== null && { messages: unsealed }),
  }
  const remove: string[] = [...routingFields]
  const abilities = abilitiesOf(to.model)
  if (abilities.known) {
    editSampling(body, abilities, remove)
    editEffort(body, abilities, set, remove)
  }
  if (abilities.known || unsealed !== null || limit < asked) {
    const room = limit < asked ? limit : Number.POSITIVE_INFINITY
    const sent = { abilities, limit, room, unsealed: unsealed !== null, messages: unsealed ?? messages }
    editThinking(body, sent, set, remove)
  }
  const edits: Edits = { set, remove }
  return editScanned(body, edits)
}

function editSampling(body: ScannedObject, { samplingFields }: KnownAbilities, remove: string[]): void {
  if (samplingFields === 0) remove.push('temperature', 'top_p', 'top_k')
  if (samplingFields === 1 && isGiven(body, 'temperature')) remove.push('top_p')
}

const isGiven = (body: ScannedObject, key: string): boolean => (valueText(body, key) ?? 'null') !== 'null'

function editEffort(
  body: ScannedObject,
  abilities: KnownAbilities,
  set: Record<string, string>,
  remove: string[],
): void {
  const text = valueText(body, 'output_config')
  const config = text === null ? null : parsedJson(text)
  if (text === null || !isObject(config) || typeof config.effort !== 'string') return
  const effort = effortFor(abilities, config.effort)
  if (effort === config.effort) return
  const others = scanObject(text)
  if (effort !== null) set.output_config = editScanned(others, { set: { effort: JSON.stringify(effort) } })
  else if (Object.keys(config).length === 1) remove.push('output_config')
  else set.output_config = editScanned(others, { remove: ['effort'] })
}

type Sent = {
  readonly abilities: KnownAbilities
  readonly limit: number
  /** What a budget must fit in; no bound where the limit is the client's own: a budget that does not fit is its affair. */
  readonly room: number
  readonly unsealed: boolean
  readonly messages: string
}

function editThinking(
  body: ScannedObject,
  { abilities, limit, room, unsealed, messages }: Sent,
  set: Record<string, string>,
  remove: string[],
): void {
  const text = valueText(body, 'thinking')
  const asked = text === null ? null : parsedJson(text)
  if (!isObject(asked)) return
  const allowed = takes(abilities, asked, room) ? asked : otherwise(body, asked, abilities, limit)
  const uncertain = allowed?.type === 'enabled' && (unsealed || asked.type !== 'enabled')
  const thinking = uncertain && lacksThought(messages) ? null : allowed
  if (thinking === asked) return
  if (thinking === null) {
    remove.push('thinking')
    withoutClearing(body, set, remove)
  } else set.thinking = JSON.stringify(thinking)
}

function takes(
  abilities: KnownAbilities,
  { type, budget_tokens: budget }: JsonObject,
  room: number,
): boolean {
  switch (type) {
    case 'enabled':
      return abilities.thinkingBudget && Number(budget) < room
    case 'adaptive':
      return abilities.adaptiveThinking
    case 'disabled':
      return abilities.noThinking
    default:
      return true
  }
}

/** On a budget, an answer that goes on from results of tools must have begun with a thought. */
function lacksThought(messages: string): boolean {
  const [before, last] = itemsOf(messages)
    .slice(-2)
    .map((item) => asList(asObject(parsedJson(item)).content))
  const fromResults = last?.some((block) => asObject(block).type === 'tool_result') ?? false
  return fromResults && !isThought(before?.[0])
}

function otherwise(
  body: ScannedObject,
  asked: JsonObject,
  abilities: KnownAbilities,
  limit: number,
): JsonObject | null {
  const { reasoning } = decodeThinking({ thinking: asked }, [])
  if (reasoning === null) return asked
  const effort = asText(asObject(parsedJson(valueText(body, 'output_config') ?? 'null')).effort) || null
  return encodeThinking({ reasoning, reasoningEffort: effort }, true, abilities, limit).thinking
}

/** Clearing thoughts out of the context is refused where there is no thinking. */
function withoutClearing(body: ScannedObject, set: Record<string, string>, remove: string[]): void {
  const text = valueText(body, 'context_management')
  const management = asObject(text === null ? null : parsedJson(text))
  const edits = asList(management.edits)
  const kept = edits.filter((edit) => !asText(asObject(edit).type).startsWith('clear_thinking'))
  if (text === null || kept.length === edits.length) return
  if (kept.length === 0 && Object.keys(management).length === 1) remove.push('context_management')
  else set.context_management = editScanned(scanObject(text), { set: { edits: JSON.stringify(kept) } })
}

/**
 * The messages without thoughts, which another vendor's model had: this one refuses what it did not sign. A message of
 * thoughts alone goes altogether; the vendor reads what stands on both sides of it as one turn. `null`: there were none.
 */
function withoutSeals(messages: string): string | null {
  if (!/"(?:redacted_)?thinking"/.test(messages)) return null
  let taken = false
  const kept: string[] = []
  for (const item of itemsOf(messages)) {
    const message = asObject(parsedJson(item))
    const text = message.role === 'assistant' ? withoutThoughts(item, message) : item
    if (text !== item) taken = true
    if (text !== null) kept.push(text)
  }
  return taken ? listOf(kept) : null
}

/** The message's own text where it has no thoughts, `null` where it has nothing else. */
function withoutThoughts(item: string, { content }: JsonObject): string | null {
  if (!Array.isArray(content) || !content.some(isThought)) return item
  if (content.every(isThought)) return null
  const message = scanObject(item)
  const blocks = itemsOf(valueText(message, 'content') ?? '[]')
  const others = blocks.filter((_, index) => !isThought(content[index]))
  return editScanned(message, { set: { content: listOf(others) } })
}

function isThought(block: unknown): boolean {
  const { type } = asObject(block)
  return type === 'thinking' || type === 'redacted_thinking'
}
