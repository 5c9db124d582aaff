/** Which requests a cache may answer, and which answers it may keep. */

import type { Answer } from '../domain/answer.ts'
import type { Request } from '../domain/request.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { ExactRules } from './rules.ts'

/**
 * Why a request is none for a cache; `null`: it is one. What its answer leaves behind at somebody's (a stored response), what no
 * stored answer could hold (several answers, speech), and what is looked up while it is answered (hosted tools) is asked anew.
 */
export function whyNotAsked(
  request: Request,
  { anyTemperature }: Pick<ExactRules, 'anyTemperature'>,
): string | null {
  const { extra, sampling } = request
  if (storesAnswer(request)) return 'its answer is stored'
  if (extra.background === true) return 'it is answered in the background'
  if ((extra.conversation ?? null) !== null) return 'its answer belongs to a conversation at the vendor'
  if (sampling.answers > 1) return 'it asks for several answers'
  if ((request.hostedTools ?? []).length > 0 || 'web_search_options' in extra)
    return 'the vendor’s own tools take part'
  if ('audio' in extra || (Array.isArray(extra.modalities) && extra.modalities.some((one) => one !== 'text')))
    return 'it asks for speech'
  if (!anyTemperature && (sampling.temperature ?? 0) > 0) return 'its temperature is above 0'
  return null
}

/** The Responses API stores what is not told otherwise; Chat Completions what is told so. */
const storesAnswer = ({ from, extra }: Request): boolean =>
  from === 'openai-responses' ? extra.store !== false : extra.store === true

/** Why an answer is not one to give again; `null`: it is. */
export function whyNotKept(answer: Answer, { toolCalls }: Pick<ExactRules, 'toolCalls'>): string | null {
  const calls = answer.parts.some(({ kind }) => kind === 'tool-call')
  if (calls && !toolCalls) return 'it calls tools'
  const { kind } = answer.finish
  switch (kind) {
    case 'stop':
      break
    case 'tool-calls':
      if (!calls) return 'it says that it calls tools, and calls none'
      break
    case 'length':
      return 'it was cut off'
    case 'content-filter':
      return 'it was filtered'
    case 'other':
      return 'it ended for a reason of its vendor’s own'
    default:
      return unreachable(kind)
  }
  if (answer.parts.some((part) => part.kind === 'refusal')) return 'it refuses'
  const says = answer.parts.some(
    (part) => part.kind === 'tool-call' || (part.kind === 'text' && part.text.trim() !== ''),
  )
  return says ? null : 'it says nothing'
}
