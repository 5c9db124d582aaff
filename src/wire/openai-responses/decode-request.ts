import type { ReasoningWish, Request, Sampling } from '../../domain/request.ts'
import {
  deepestNesting,
  type Faults,
  kindOf,
  nestsDeeper,
  optionalFlag,
  optionalNumber,
  optionalObject,
  optionalText,
  optionalTexts,
  optionalWhole,
  rejection,
  wrongValue,
} from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'
import { readRouting, routingFields } from '../routing-fields.ts'
import type { ClientRequest, Decoded } from '../wire-format.ts'
import { decodeInput } from './decode-input.ts'
import { decodeResponseFormat, decodeToolChoice, decodeTools } from './decode-tools.ts'
import { checkWellFormed } from './well-formed.ts'

/** The fields that have a place in Fairlead's own form; all others go to `extra`, and so does what is left of these. */
const knownFields: ReadonlySet<string> = new Set([
  ...routingFields,
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'temperature',
  'top_p',
  'top_logprobs',
  'max_output_tokens',
  'include',
  'stream',
  'user',
])

export const includedLogprobs = 'message.output_text.logprobs'

export function decodeRequest(body: unknown): Decoded<ClientRequest> {
  if (!isObject(body)) {
    const message = `The body: expected a JSON object, got ${kindOf(body)}. Write {"model": "auto", "input": "…"}.`
    return { kind: 'failed', failure: rejection([{ param: '', code: 'invalid_type', message }]) }
  }
  if (nestsDeeper(body, deepestNesting)) {
    const message = `The body: its lists and objects are nested more than ${deepestNesting} levels deep. Flatten it.`
    return { kind: 'failed', failure: rejection([{ param: '', code: 'invalid_value', message }]) }
  }
  const faults: Faults = []
  checkWellFormed(body, faults)
  const routing = readRouting(body, faults)
  const request = decodeFields(body, faults)
  checkBackground(body, faults)
  if (faults.length > 0) return { kind: 'failed', failure: rejection(faults) }
  return { kind: 'decoded', value: { ...routing, request, usageWanted: true } }
}

function decodeFields(body: JsonObject, faults: Faults): Request {
  const { tools, hosted } = decodeTools(body, faults)
  const { choice: toolChoice, other: otherChoice } = decodeToolChoice(body, faults)
  const text = optionalObject(body, 'text', '', faults)
  const reasoning = optionalObject(body, 'reasoning', '', faults)
  const include = optionalTexts(body, 'include', '', faults)
  const effort = reasoning === null ? null : optionalText(reasoning, 'effort', 'reasoning', faults)
  const wish = decodeReasoningWish(reasoning, effort, faults)
  return {
    from: 'openai-responses',
    messages: decodeInput(body, faults),
    tools,
    toolChoice,
    parallelToolCalls: optionalFlag(body, 'parallel_tool_calls', '', faults),
    responseFormat: decodeResponseFormat(text, faults),
    sampling: decodeSampling(body, faults),
    reasoningEffort: effort,
    ...(wish !== null && { reasoning: wish }),
    ...(hosted.length > 0 && { hostedTools: hosted }),
    topLogprobs: decodeTopLogprobs(body, include, faults),
    stream: optionalFlag(body, 'stream', '', faults) ?? false,
    user: optionalText(body, 'user', '', faults),
    extra: decodeExtra(body, {
      text: without(text, ['format']),
      reasoning: without(reasoning, ['effort', 'summary', 'generate_summary']),
      include: listOrNull(include.filter((field) => field !== includedLogprobs)),
      tool_choice: otherChoice,
    }),
  }
}

/** `generate_summary` is the older name of `summary`. */
function decodeReasoningWish(
  reasoning: JsonObject | null,
  effort: string | null,
  faults: Faults,
): ReasoningWish | null {
  if (reasoning === null) return null
  const older = optionalText(reasoning, 'generate_summary', 'reasoning', faults)
  const summary = optionalText(reasoning, 'summary', 'reasoning', faults) ?? older
  return summary === null ? null : { enabled: effort !== 'none', summary }
}

const decodeSampling = (body: JsonObject, faults: Faults): Sampling => ({
  temperature: optionalNumber(body, 'temperature', '', faults),
  topP: optionalNumber(body, 'top_p', '', faults),
  maxOutputTokens: optionalWhole(body, 'max_output_tokens', '', faults, 1),
  stop: [],
  seed: null,
  frequencyPenalty: null,
  presencePenalty: null,
  answers: 1,
})

/** Either of the two asks for them. */
function decodeTopLogprobs(body: JsonObject, include: readonly string[], faults: Faults): number | null {
  const top = optionalWhole(body, 'top_logprobs', '', faults, 0)
  return top ?? (include.includes(includedLogprobs) ? 0 : null)
}

// An answer that is fetched later has no request of its own that it could be sent with.
function checkBackground(body: JsonObject, faults: Faults): void {
  if (optionalFlag(body, 'background', '', faults) !== true) return
  const remedy = 'Leave it out, and set "stream": true to keep the connection of a long answer alive.'
  wrongValue(faults, 'background', `answers in the background are not served. ${remedy}`)
}

// Object.fromEntries makes own properties of any key: a client's `__proto__` must not set a prototype.
function decodeExtra(body: JsonObject, rest: JsonObject): Record<string, unknown> {
  const entries = Object.entries(body).filter(([key]) => !knownFields.has(key))
  return Object.fromEntries([...entries, ...Object.entries(rest).filter(([, value]) => value !== null)])
}

function without(object: JsonObject | null, keys: readonly string[]): JsonObject | null {
  const entries = Object.entries(object ?? {}).filter(([key]) => !keys.includes(key))
  return entries.length > 0 ? Object.fromEntries(entries) : null
}

const listOrNull = (list: readonly string[]): readonly string[] | null => (list.length > 0 ? list : null)
