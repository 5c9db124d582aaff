import type { Finish } from '../../domain/answer.ts'
import { type Failure, failure } from '../../domain/failure.ts'

/** Vendors' words beside OpenAI's own. */
const kinds: Readonly<Record<string, Finish['kind']>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  tool_use: 'tool-calls',
  function_call: 'tool-calls',
}

/**
 * Several vendors, and OpenAI itself where a tool was forced, end a turn of tool calls with `stop`. The word is kept
 * in `raw`; what the client has to do is run the tools.
 */
export function decodeFinish(raw: string, hasToolCalls: boolean): Finish {
  const word = raw.toLowerCase()
  // Gemini's compatible endpoint appends the reason: `content_filter: SAFETY`.
  if (word.startsWith('content_filter')) return { kind: 'content-filter', raw }
  const kind = kinds[word] ?? 'other'
  return { kind: kind === 'stop' && hasToolCalls ? 'tool-calls' : kind, raw }
}

export function encodeFinish({ kind, raw }: Finish): string {
  switch (kind) {
    case 'tool-calls':
      return 'tool_calls'
    case 'content-filter':
      return 'content_filter'
    case 'other':
      return raw === '' ? 'other' : raw
    default:
      return kind
  }
}

const interruptions = new Set(['error', 'abort', 'insufficient_system_resource'])

/** Words with which a vendor ends an answer that it could not complete. */
export const interruptedFinish = (raw: string): Failure | null =>
  interruptions.has(raw.toLowerCase())
    ? failure(
        'truncated',
        `The vendor broke its answer off (finish_reason "${raw}"). Send the request again.`,
      )
    : null
