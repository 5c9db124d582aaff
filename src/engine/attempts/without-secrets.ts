import type { Failure } from '../../domain/failure.ts'
import type { Target } from '../../domain/vendor.ts'
import type { Layer } from './call-target.ts'

/** A header as short as this is no secret, and its letters may stand in any message. */
const shortestSecret = 6

/** A failure as it may be told: a vendor that quotes the key that it refuses must not give it away. */
export function withoutSecrets(reason: Failure, { credential, headers }: Target): Failure {
  let { message } = reason
  for (const secret of [credential, ...Object.values(headers)]) {
    const text = secret?.reveal() ?? ''
    if (text.length >= shortestSecret) message = message.replaceAll(text, '[secret]')
  }
  return message === reason.message ? reason : { ...reason, message }
}

/** Of attempts that fail as a whole; a stream cleans its own last words. */
export const withSecretsKept: Layer = (next) => async (call, attempt) => {
  const reply = await next(call, attempt)
  return reply.kind === 'failed' ? { ...reply, failure: withoutSecrets(reply.failure, call.target) } : reply
}
