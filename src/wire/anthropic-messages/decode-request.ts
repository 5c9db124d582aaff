import type { Sampling } from '../../domain/request.ts'
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
  wrongType,
} from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'
import { readRouting, routingFields } from '../routing-fields.ts'
import type { ClientRequest, Decoded } from '../wire-format.ts'
import { notEmpty } from './blocks.ts'
import { decodeMessages, decodeSystem } from './decode-messages.ts'
import { decodeOutputConfig, decodeThinking } from './decode-thinking.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'

/** The fields that have a place in Fairlead's own form; all others go to `extra`. */
const knownFields: ReadonlySet<string> = new Set([
  ...routingFields,
  'model',
  'max_tokens',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'stream',
  'metadata',
  'thinking',
  'output_config',
  'output_format',
])

/** `messages`: a request for an answer. `tokens`: one for the number of its tokens, which has no limit of an answer. */
export type Purpose = 'messages' | 'tokens'

export const decodeRequest = (body: unknown): Decoded<ClientRequest> => decodeBody(body, 'messages')

export function decodeBody(body: unknown, purpose: Purpose): Decoded<ClientRequest> {
  if (!isObject(body)) {
    const message = `The body: expected a JSON object, got ${kindOf(body)}. Write {"model": "auto", "max_tokens": 1024, "messages": […]}.`
    return { kind: 'failed', failure: rejection([{ param: '', code: 'invalid_type', message }]) }
  }
  if (nestsDeeper(body, deepestNesting)) {
    const message = `The body: its lists and objects are nested more than ${deepestNesting} levels deep. Flatten it.`
    return { kind: 'failed', failure: rejection([{ param: '', code: 'invalid_value', message }]) }
  }
  const faults: Faults = []
  const routing = readRouting(body, faults)
  const { tools, hostedTools } = decodeTools(body, faults)
  const { toolChoice, parallelToolCalls } = decodeToolChoice(body, faults)
  const { reasoning, otherThinking } = decodeThinking(body, faults)
  const { reasoningEffort, responseFormat, otherOutput } = decodeOutputConfig(body, faults)
  const { user, otherMetadata } = decodeMetadata(body, faults)
  const request = {
    messages: [...decodeSystem(body, faults), ...decodeMessages(body, faults)],
    tools,
    ...(hostedTools.length > 0 && { hostedTools }),
    toolChoice,
    parallelToolCalls,
    responseFormat,
    sampling: decodeSampling(body, purpose, faults),
    reasoningEffort,
    ...(reasoning !== null && { reasoning }),
    topLogprobs: null,
    stream: optionalFlag(body, 'stream', '', faults) ?? false,
    user,
    from: 'anthropic-messages' as const,
    extra: decodeExtra(body, {
      thinking: otherThinking,
      output_config: otherOutput,
      metadata: otherMetadata,
    }),
  }
  if (faults.length > 0) return { kind: 'failed', failure: rejection(faults) }
  // Every stream of this format tells its usage; there is no way to ask for one without.
  return { kind: 'decoded', value: { ...routing, request, usageWanted: true } }
}

function decodeSampling(body: JsonObject, purpose: Purpose, faults: Faults): Sampling {
  const topK = optionalWhole(body, 'top_k', '', faults, 0)
  return {
    temperature: optionalNumber(body, 'temperature', '', faults),
    topP: optionalNumber(body, 'top_p', '', faults),
    ...(topK !== null && { topK }),
    maxOutputTokens: decodeLimit(body, purpose, faults),
    stop: optionalTexts(body, 'stop_sequences', '', faults),
    seed: null,
    frequencyPenalty: null,
    presencePenalty: null,
    answers: 1,
  }
}

/** 0 is lawful: the vendor then reads the prompt into its cache and answers nothing. */
function decodeLimit(body: JsonObject, purpose: Purpose, faults: Faults): number | null {
  const limit = optionalWhole(body, 'max_tokens', '', faults, 0)
  if ((body.max_tokens ?? null) === null && purpose === 'messages') {
    const remedy = 'Write the most tokens that the answer may have, such as 1024.'
    wrongType(faults, 'max_tokens', 'a whole number', undefined, remedy)
  }
  return limit
}

type DecodedMetadata = { readonly user: string | null; readonly otherMetadata: JsonObject | null }

function decodeMetadata(body: JsonObject, faults: Faults): DecodedMetadata {
  const metadata = optionalObject(body, 'metadata', '', faults)
  if (metadata === null) return { user: null, otherMetadata: null }
  const { user_id: _, ...others } = metadata
  return { user: optionalText(metadata, 'user_id', 'metadata', faults), otherMetadata: notEmpty(others) }
}

// Object.fromEntries makes own properties of any key: a client's `__proto__` must not set a prototype.
function decodeExtra(
  body: JsonObject,
  rests: Readonly<Record<string, JsonObject | null>>,
): Record<string, unknown> {
  const entries = Object.entries(body).filter(([key]) => !knownFields.has(key))
  const kept = Object.entries(rests).filter(([, rest]) => rest !== null)
  return Object.fromEntries([...entries, ...kept])
}
