import type { Request, ResponseFormat, Tool, ToolChoice } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { asList, asObject, asText, type JsonObject } from '../lenient.ts'
import type { VendorSide } from '../wire-format.ts'
import { includedLogprobs } from './decode-request.ts'
import { encodeInput } from './encode-input.ts'

/** OpenAI refuses a smaller limit. */
export const leastOutputTokens = 16

/** Fields of Chat Completions that have the same name and meaning here. */
export const sharedWithChat: readonly string[] = [
  'metadata',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
]

export const isOwn = ({ from }: Request): boolean => from === undefined || from === 'openai-responses'

/** Members that are `undefined` vanish in `JSON.stringify`. */
export function encodeRequest(request: Request, { model, foreignSeals = false }: VendorSide): string {
  const { sampling } = request
  const { text, reasoning, include, tool_choice: otherChoice, ...extra } = extraOf(request)
  const { instructions, input } = encodeInput(request, { foreignSeals })
  return JSON.stringify({
    ...extra,
    model,
    instructions,
    input,
    ...encodeTools(request, otherChoice),
    parallel_tool_calls: request.parallelToolCalls ?? undefined,
    text: orAbsent({ ...asObject(text), ...encodeResponseFormat(request.responseFormat) }),
    reasoning: encodeReasoning(request, asObject(reasoning)),
    temperature: sampling.temperature ?? undefined,
    top_p: sampling.topP ?? undefined,
    max_output_tokens: limitOf(request),
    include: encodeInclude(request, include),
    top_logprobs: request.topLogprobs || undefined,
    user: request.user ?? undefined,
    stream: request.stream || undefined,
  })
}

/** A client of another format did not ask the vendor to keep anything; here it would by default. */
function extraOf(request: Request): JsonObject {
  if (isOwn(request)) return request.extra
  if (request.from !== 'openai-chat') return { store: false }
  const shared = Object.entries(request.extra).filter(([key]) => sharedWithChat.includes(key))
  const verbosity = asText(request.extra.verbosity)
  return { ...Object.fromEntries(shared), ...(verbosity !== '' && { text: { verbosity } }), store: false }
}

function limitOf(request: Request): number | undefined {
  const { maxOutputTokens } = request.sampling
  if (maxOutputTokens === null) return undefined
  return isOwn(request) ? maxOutputTokens : Math.max(maxOutputTokens, leastOutputTokens)
}

/** The tools and the choice among them, also as answers repeat them. */
export function encodeTools(request: Request, otherChoice: unknown) {
  const { tools, hostedTools = [], toolChoice } = request
  // A function is strict here where nothing is said, and in other formats it is not.
  const strictByDefault = isOwn(request) ? null : false
  const own = hostedTools.filter(({ format }) => format === 'openai-responses')
  const all = [
    ...tools.map((tool) => encodeTool(tool, strictByDefault)),
    ...own.map(({ definition }) => definition),
  ]
  return {
    tools: all.length > 0 ? all : undefined,
    tool_choice: toolChoice === null ? otherChoice : encodeToolChoice(toolChoice, tools),
  }
}

function encodeTool(
  { name, description, parameters, strict, freeform }: Tool,
  unsaid: boolean | null,
): unknown {
  const named = { name, description: description ?? undefined }
  return freeform === undefined
    ? { type: 'function', ...named, parameters, strict: strict ?? unsaid }
    : { type: 'custom', ...named, format: orAbsent(freeform) }
}

function encodeToolChoice(choice: ToolChoice, tools: readonly Tool[]): unknown {
  if (choice.kind !== 'named') return choice.kind
  const { name } = choice
  return { type: tools.find((tool) => tool.name === name)?.freeform ? 'custom' : 'function', name }
}

export function encodeResponseFormat(format: ResponseFormat): { readonly format?: unknown } {
  switch (format.kind) {
    case 'text':
      return {}
    case 'json':
      return { format: { type: 'json_object' } }
    case 'json-schema':
      return {
        format: {
          type: 'json_schema',
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

function encodeReasoning({ reasoningEffort, reasoning }: Request, rest: JsonObject): unknown {
  const effort = reasoningEffort ?? undefined
  const summary = reasoning?.summary
  if (effort === undefined && summary === undefined) return orAbsent(rest)
  return { ...rest, effort, summary }
}

function encodeInclude({ topLogprobs }: Request, others: unknown): unknown {
  const included = [...asList(others), ...(topLogprobs === null ? [] : [includedLogprobs])]
  return included.length > 0 ? included : undefined
}

const orAbsent = (object: JsonObject): JsonObject | undefined =>
  Object.keys(object).length > 0 ? object : undefined
