/** Answers in Fairlead's own form, for callers in the same process: nothing of them is lost on the way. */

import type { Answer, StreamPart } from '../domain/answer.ts'
import { failure } from '../domain/failure.ts'
import { parsedJson } from './lenient.ts'
import { readSse, startSse } from './sse.ts'
import type { ClientFormat } from './wire-format.ts'

/** Its name is that of no vendor's format, so that each vendor gets the request in its own. */
export const ownFormat: ClientFormat = {
  name: 'fairlead',
  decodeRequest: () => ({
    kind: 'failed',
    failure: failure('rejected', 'A request in this form is handed over as a value, not as JSON.'),
  }),
  encodeAnswer: (answer) => answer,
  encodeStream: () => ({ part: (part) => `data: ${JSON.stringify(part)}\n\n`, end: () => '' }),
  encodeFailure: ({ kind, message, code }) => ({ status: 500, body: { failed: { kind, message, code } } }),
  // A comment: how a stream ended is told beside it.
  encodeStreamFailure: ({ kind }) => `: ${kind}\n\n`,
}

export const answerIn = (bytes: Uint8Array): Answer =>
  JSON.parse(Buffer.from(bytes).toString('utf8')) as Answer

/** Frames are whole events. */
export function* partsIn(frame: Uint8Array): Generator<StreamPart> {
  for (const { event } of readSse(startSse(), frame).frames) {
    const part = event === null ? undefined : parsedJson(event.data)
    if (part !== undefined) yield part as StreamPart
  }
}
