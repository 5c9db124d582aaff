import type { Request } from '../../domain/request.ts'
import { asObject, type JsonObject } from '../lenient.ts'
import type { VendorSide } from '../wire-format.ts'
import { formatName, isBlank, notEmpty } from './blocks.ts'
import { encodeThinking } from './encode-thinking.ts'
import { encodeFormat, encodeTools, jsonInWords } from './encode-tools.ts'
import { abilitiesOf, type ModelAbilities } from './model-abilities.ts'
import { conversationOf, encodeTurn, type Turn } from './turns.ts'

/**
 * The limit of an answer where the client of another format gave none: there it means as much as the model can write, here
 * it must be a number. A run-away answer ends there, and says so.
 */
const mostTokensUnasked = 32_000

/** Members that are `undefined` vanish in `JSON.stringify`. */
export function encodeRequest(request: Request, to: VendorSide): string {
  const own = request.from === formatName
  const abilities = abilitiesOf(to.model)
  const extra = own || request.from === undefined ? request.extra : {}
  const { thinking: otherThinking, output_config: otherOutput, metadata: otherMetadata, ...others } = extra
  const maxTokens = limitOf(request, to, abilities)
  const { system, turns } = conversationOf(request, { own, foreignSeals: to.foreignSeals ?? false })
  const tools = encodeTools(request)
  const wanted = encodeThinking(request, own, abilities, maxTokens)
  const thinking = mayThink(turns, tools.tool_choice, wanted.thinking) ? wanted.thinking : null
  const format = encodeFormat(request.responseFormat, own)
  return wellFormedJson({
    ...others,
    model: to.model,
    max_tokens: maxTokens,
    system: encodeSystem(system, request),
    messages: withLastTurn(turns, request, abilities.prefill && to.quirks.prefill !== undefined).map(
      encodeTurn,
    ),
    ...tools,
    ...encodeSampling(request, own, abilities, thinking),
    thinking: thinking ?? otherThinking,
    output_config:
      notEmpty({
        ...asObject(otherOutput),
        ...(wanted.effort !== null && { effort: wanted.effort }),
        ...(format !== null && { format }),
      }) ?? undefined,
    metadata:
      notEmpty({ ...asObject(otherMetadata), ...(request.user !== null && { user_id: request.user }) }) ??
      undefined,
    stream: request.stream || undefined,
  })
}

/** The vendor refuses a limit that is above what its model can write. */
function limitOf(
  { sampling }: Request,
  { maxOutputTokens }: VendorSide,
  { outputTokens }: ModelAbilities,
): number {
  const asked = sampling.maxOutputTokens
  if (asked !== null) return Math.min(asked, maxOutputTokens ?? asked)
  return Math.min(maxOutputTokens ?? outputTokens, mostTokensUnasked)
}

function encodeSystem(system: readonly JsonObject[], { responseFormat }: Request): unknown {
  const blocks = responseFormat.kind === 'json' ? [...system, { type: 'text', text: jsonInWords }] : system
  const [first] = blocks
  if (first === undefined) return undefined
  return blocks.length === 1 && Object.keys(first).length === 2 ? first.text : blocks
}

/**
 * With a budget for thinking, no tool may be forced, and an answer that goes on from results of tools must have begun with a
 * thought: one that is lost, or another vendor's, can't be given.
 */
function mayThink(
  turns: readonly Turn[],
  choice: JsonObject | undefined,
  thinking: JsonObject | null,
): boolean {
  if (thinking?.type !== 'enabled') return true
  if (choice?.type === 'any' || choice?.type === 'tool') return false
  const last = turns.at(-1)
  if (last?.role !== 'user' || last.results.length === 0) return true
  const first = turns.at(-2)?.content[0]
  return first?.type === 'thinking' || first?.type === 'redacted_thinking'
}

/** Which of two sampling fields a newer model gets: the one that clients set more often. */
function encodeSampling(
  { sampling }: Request,
  own: boolean,
  { samplingFields }: ModelAbilities,
  thinking: JsonObject | null,
): JsonObject {
  const { temperature, topP, topK, stop } = sampling
  const stops = own ? stop : stop.filter((sequence) => !isBlank(sequence))
  const stopSequences = stops.length > 0 ? { stop_sequences: stops } : {}
  // A model that thinks samples in its own way.
  if (samplingFields === 0 || (!own && thinking !== null && thinking.type !== 'disabled'))
    return stopSequences
  return {
    ...(temperature !== null && { temperature: own ? temperature : Math.min(1, Math.max(0, temperature)) }),
    ...(topP !== null && (samplingFields === 2 || temperature === null) && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
    ...stopSequences,
  }
}

/**
 * A conversation that ends with the assistant is gone on with there by models that take that, and not if its last words end
 * in white space. Others refuse it: they are asked to go on. A client of this format gets what it asked for.
 */
function withLastTurn(turns: readonly Turn[], { from }: Request, prefill: boolean): readonly Turn[] {
  const last = turns.at(-1)
  if (last?.role !== 'assistant' || from === formatName) return turns
  if (!prefill) return [...turns, { role: 'user', results: [], content: [{ type: 'text', text: 'Go on.' }] }]
  const content = last.content.map((block, index) =>
    index === last.content.length - 1 && typeof block.text === 'string'
      ? { ...block, text: block.text.trimEnd() }
      : block,
  )
  return [...turns.slice(0, -1), { role: 'assistant', content }]
}

/** The vendor's parser refuses half of a surrogate pair, which JSON can spell and a truncated text may end in. */
function wellFormedJson(value: unknown): string {
  const text = JSON.stringify(value)
  if (!/\\ud[89a-f]/.test(text)) return text
  return JSON.stringify(value, (_, held: unknown) =>
    typeof held === 'string' ? held.replace(/\p{Surrogate}/gu, '\ufffd') : held,
  )
}
