import type { WireFormat } from '../wire-format.ts'
import { continueRequest } from './continue-request.ts'
import { decodeAnswer } from './decode-answer.ts'
import { decodeFailure } from '../openai/decode-failure.ts'
import { decodeRequest } from './decode-request.ts'
import { editRequest } from './edit-request.ts'
import { encodeAnswer } from './encode-answer.ts'
import { encodeFailure } from '../openai/encode-failure.ts'
import { encodeRequest } from './encode-request.ts'
import { losses } from './losses.ts'
import { type ChatStreamState, streamDecoder } from './stream-decoder.ts'
import { encodeStream, encodeStreamFailure, resumeStream } from './stream-encoder.ts'

const format: WireFormat<ChatStreamState> = {
  name: 'openai-chat',
  path: '/chat/completions',
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
 * OpenAI's Chat Completions, as OpenAI and the vendors that are compatible with it speak it. The type hides the decoder's
 * state: outside, it is only handed back.
 */
export const openaiChat = format as WireFormat
