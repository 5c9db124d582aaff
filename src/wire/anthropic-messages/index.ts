import type { WireFormat } from '../wire-format.ts'
import { continueRequest } from './continue-request.ts'
import { decodeAnswer } from './decode-answer.ts'
import { decodeFailure } from './decode-failure.ts'
import { decodeRequest } from './decode-request.ts'
import { editRequest } from './edit-request.ts'
import { encodeAnswer } from './encode-answer.ts'
import { encodeFailure } from './encode-failure.ts'
import { encodeRequest } from './encode-request.ts'
import { losses } from './losses.ts'
import { type MessagesStreamState, streamDecoder } from './stream-decoder.ts'
import { encodeStream, encodeStreamFailure, resumeStream } from './stream-encoder.ts'

const format: WireFormat<MessagesStreamState> = {
  name: 'anthropic-messages',
  path: '/messages',
  clientHeaders: ['anthropic-beta'],
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
 * Anthropic's Messages API, as Anthropic and the vendors that are compatible with it speak it. The type hides the decoder's
 * state: outside, it is only handed back.
 */
export const anthropicMessages = format as WireFormat
