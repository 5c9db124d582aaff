/** The object around an answer. OpenAI's clients read what was asked for in it as well. */
import type { Usage } from '../../domain/answer.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Request } from '../../domain/request.ts'
import { asObject, type JsonObject } from '../lenient.ts'
import type { Envelope } from '../wire-format.ts'
import { instructionsOf } from './encode-input.ts'
import { encodeResponseFormat, encodeTools, isOwn } from './encode-request.ts'
import type { EncodedFinish } from './finish.ts'
import { encodeUsage } from './usage.ts'

/** A response that has just begun. */
export function newResponse({ id, created, model, request, previousResponseId }: Envelope): JsonObject {
  const extra: JsonObject = request !== undefined && isOwn(request) ? request.extra : {}
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: created,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: (request && instructionsOf(request.messages)) ?? null,
    max_output_tokens: request?.sampling.maxOutputTokens ?? null,
    max_tool_calls: extra.max_tool_calls ?? null,
    model,
    output: [],
    parallel_tool_calls: request?.parallelToolCalls ?? true,
    previous_response_id: previousResponseId ?? null,
    ...optional(extra, ['prompt_cache_key', 'prompt_cache_retention', 'safety_identifier']),
    ...conversationOf(extra),
    reasoning: {
      ...asObject(extra.reasoning),
      effort: request?.reasoningEffort ?? null,
      summary: request?.reasoning?.summary ?? null,
    },
    service_tier: extra.service_tier ?? 'default',
    store: extra.store ?? true,
    temperature: request?.sampling.temperature ?? null,
    text: {
      format: { type: 'text' },
      ...asObject(extra.text),
      ...(request && encodeResponseFormat(request.responseFormat)),
    },
    ...choices(request, extra),
    top_logprobs: request?.topLogprobs ?? 0,
    top_p: request?.sampling.topP ?? null,
    truncation: extra.truncation ?? 'disabled',
    usage: null,
    user: request?.user ?? null,
    metadata: extra.metadata ?? {},
  }
}

function choices(request: Request | undefined, extra: JsonObject): JsonObject {
  if (request === undefined) return { tool_choice: 'auto', tools: [] }
  const { tools, tool_choice } = encodeTools(request, extra.tool_choice)
  return { tool_choice: tool_choice ?? 'auto', tools: tools ?? [] }
}

/** Clients may name it by its id alone. */
function conversationOf({ conversation }: JsonObject): JsonObject {
  if ((conversation ?? null) === null) return {}
  return { conversation: typeof conversation === 'string' ? { id: conversation } : conversation }
}

function optional(extra: JsonObject, fields: readonly string[]): JsonObject {
  const present = fields.filter((field) => (extra[field] ?? null) !== null)
  return Object.fromEntries(present.map((field) => [field, extra[field]]))
}

/** `usage` is `null` where none is wanted. */
export const endedResponse = (
  response: JsonObject,
  output: readonly unknown[],
  finish: EncodedFinish,
  usage: Usage | null,
): JsonObject => ({ ...response, ...finish, output, usage: usage === null ? null : encodeUsage(usage) })

export const failedResponse = (
  response: JsonObject,
  output: readonly unknown[],
  { code, message }: Failure,
): JsonObject => ({ ...response, status: 'failed', error: { code, message }, output })
