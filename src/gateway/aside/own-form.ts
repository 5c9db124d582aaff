/** Questions and answers in Fairlead's own form: nothing of a shadowed request or of its answer is lost between formats. */

import type { Answer } from '../../domain/answer.ts'
import { failure } from '../../domain/failure.ts'
import type { ClientFormat } from '../../wire/wire-format.ts'

/** Its name is that of no vendor's format, so that each vendor gets the request in its own. */
export const ownForm: ClientFormat = {
  name: 'fairlead',
  decodeRequest: () => ({
    kind: 'failed',
    failure: failure('rejected', 'A request in this form is handed over as a value, not as JSON.'),
  }),
  encodeAnswer: (answer) => answer,
  encodeStream: () => ({ part: (part) => `data: ${JSON.stringify(part)}\n\n`, end: () => '' }),
  encodeFailure: ({ kind, message, code }) => ({ status: 500, body: { failed: { kind, message, code } } }),
  encodeStreamFailure: ({ kind }) => `: ${kind}\n\n`,
}

export const answerIn = (bytes: Uint8Array): Answer =>
  JSON.parse(Buffer.from(bytes).toString('utf8')) as Answer
