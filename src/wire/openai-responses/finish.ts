import type { Finish } from '../../domain/answer.ts'
import { type Failure, failure } from '../../domain/failure.ts'
import { asObject, asText, type JsonObject } from '../lenient.ts'
import { failureOfError } from '../openai/decode-failure.ts'

export type Ending =
  | { readonly kind: 'finished'; readonly finish: Finish }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** How a response object says that it ended. `calls`: the client has something to do before the model can go on. */
export function endingOf(response: JsonObject, calls: boolean): Ending {
  const status = asText(response.status)
  switch (status) {
    case 'completed':
      return { kind: 'finished', finish: { kind: calls ? 'tool-calls' : 'stop', raw: status } }
    case 'incomplete': {
      const reason = asText(asObject(response.incomplete_details).reason)
      return { kind: 'finished', finish: { kind: incompleteKind(reason), raw: reason || status } }
    }
    case 'failed':
      return { kind: 'failed', failure: failureOfError(response.error ?? 'It failed and did not say why.') }
    case 'cancelled':
      return {
        kind: 'failed',
        failure: failure('truncated', 'The vendor cancelled its answer. Send it again.'),
      }
    default:
      return { kind: 'failed', failure: unfinished(status) }
  }
}

function incompleteKind(reason: string): Finish['kind'] {
  if (reason === 'content_filter') return 'content-filter'
  return reason.startsWith('max_') ? 'length' : 'other'
}

const unfinished = (status: string): Failure =>
  failure(
    'unreadable',
    status === ''
      ? "The vendor's answer has no status, so nothing says that it is complete. Check that its base URL is an endpoint of the Responses API."
      : `The vendor's answer is not complete (status "${status}"). Ask for it without "background".`,
  )

export type EncodedFinish = {
  readonly status: 'completed' | 'incomplete'
  readonly incomplete_details: { readonly reason: string } | null
}

export function encodeFinish({ kind }: Finish): EncodedFinish {
  switch (kind) {
    case 'length':
      return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    case 'content-filter':
      return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
    default:
      return { status: 'completed', incomplete_details: null }
  }
}
