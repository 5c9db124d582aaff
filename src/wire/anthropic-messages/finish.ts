import type { Finish } from '../../domain/answer.ts'
import { asText, type JsonObject } from '../lenient.ts'

const kinds: ReadonlyMap<string, Finish['kind']> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'content-filter'],
  // The vendor's own tools took too long: the client is to send the answer back, to be gone on with.
  ['pause_turn', 'other'],
])

/** Vendors that are compatible end a turn of tool calls with `end_turn`; what the client has to do is run the tools. */
export function decodeFinish(message: JsonObject, hasToolCalls: boolean): Finish {
  const raw = asText(message.stop_reason)
  const kind = kinds.get(raw) ?? 'other'
  const stopSequence = asText(message.stop_sequence)
  return {
    kind: kind === 'stop' && hasToolCalls ? 'tool-calls' : kind,
    raw,
    ...(stopSequence !== '' && { stopSequence }),
  }
}

export type EncodedFinish = { readonly stop_reason: string; readonly stop_sequence: string | null }

export const encodeFinish = (finish: Finish): EncodedFinish => ({
  stop_reason: reasonOf(finish),
  stop_sequence: finish.stopSequence ?? null,
})

/** Clients know no other words than the vendor's. */
function reasonOf({ kind, raw, stopSequence }: Finish): string {
  if (kinds.get(raw) === kind) return raw
  switch (kind) {
    case 'length':
      return 'max_tokens'
    case 'tool-calls':
      return 'tool_use'
    case 'content-filter':
      return 'refusal'
    default:
      return stopSequence === undefined ? 'end_turn' : 'stop_sequence'
  }
}
