/** The items that a conversation is made of, apart from messages, functions and reasoning. */
import type { OpaquePart, OwnFields, SealedReasoning } from '../../domain/request.ts'
import { asList, asObject, asText, type JsonObject } from '../lenient.ts'

// Hosted tools come out faster than gateways do: what is named like a call or its output is one.
const hosted = /^[a-z][a-z_]*_call(?:_output)?$/
const others = new Set([
  'mcp_list_tools',
  'mcp_approval_request',
  'mcp_approval_response',
  'tool_search_output',
  'compaction',
  'compaction_trigger',
  'item_reference',
])

/** What Fairlead hands on and does not read: calls of hosted tools, their results, references. */
export const isHostedItem = (type: string): boolean => hosted.test(type) || others.has(type)

export const opaquePart = (value: JsonObject): OpaquePart => ({
  kind: 'opaque',
  format: 'openai-responses',
  value,
})

/** Calls that the client has to carry out, or to approve, before the model can go on. */
export const awaitsClient = (type: string): boolean =>
  ['local_shell_call', 'shell_call', 'apply_patch_call', 'computer_call', 'mcp_approval_request'].includes(
    type,
  )

/** The ids of reasoning that Fairlead itself wrote down for a model of another format. No vendor knows them. */
const ownReasoning = 'rs_fairlead_'

export const reasoningId = (answerId: string, outputIndex: number): string =>
  `${ownReasoning}${answerId}_${outputIndex}`

export const isOwnReasoning = (id: string): boolean => id.startsWith(ownReasoning)

/** A summary where there is one, else the reasoning itself. */
export function reasoningText(item: JsonObject): string {
  const texts = (list: unknown) => asList(list).map((part) => asText(asObject(part).text))
  const summary = texts(item.summary).join(summaryBreak)
  return summary === '' ? texts(item.content).join('') : summary
}

/** Stands between the parts of a summary where they become one text. */
export const summaryBreak = '\n\n'

/** `null`: nothing in the item is the vendor's secret. */
export function sealOf(item: JsonObject): SealedReasoning | null {
  const data = asText(item.encrypted_content)
  const id = asText(item.id)
  if (data === '' && (id === '' || isOwnReasoning(id))) return null
  return {
    format: 'openai-responses',
    data,
    id: id === '' || isOwnReasoning(id) ? null : id,
    redacted: reasoningText(item) === '',
  }
}

/** Where in a text its sources stand. No other format can say it so. */
export function ownAnnotations(part: JsonObject): { readonly own?: OwnFields } {
  const annotations = asList(part.annotations)
  return annotations.length === 0 ? {} : { own: { format: 'openai-responses', fields: { annotations } } }
}

export const annotationsOf = (own: OwnFields | undefined): readonly unknown[] =>
  own?.format === 'openai-responses' ? asList(own.fields.annotations) : []
