import { decodeFailure } from '../openai/decode-failure.ts'
import { encodeFailure } from '../openai/encode-failure.ts'
import type { WireFormat } from '../wire-format.ts'
import { continueRequest } from './continue-request.ts'
import { decodeAnswer } from './decode-answer.ts'
import { decodeRequest } from './decode-request.ts'
import { editRequest } from './edit-request.ts'
import { encodeAnswer } from './encode-answer.ts'
import { encodeRequest } from './encode-request.ts'
import { losses } from './losses.ts'
import { streamDecoder } from './stream-decoder.ts'
import { encodeStream, encodeStreamFailure, resumeStream } from './stream-encoder.ts'
import type { ResponsesStreamState } from './stream-state.ts'

const format: WireFormat<ResponsesStreamState> = {
  name: 'openai-responses',
  path: '/responses',
  decodeRequest,
  encodeRequest,
  losses,
  editRequest,
  continueRequest,
  decodeAnswer,
  encodeAnswer,
  streamDecoder,
  encodeStream,
  resumeStream,
  decodeFailure: (reply) => decodeFailure(reply),
  encodeFailure,
  encodeStreamFailure,
}

/**
 * OpenAI's Responses API. Answers that are stored, and requests that go on from them, are `stored.ts`. The type hides the
 * decoder's state: outside, it is only handed back.
 */
export const openaiResponses = format as WireFormat
