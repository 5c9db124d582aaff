/** `POST /v1/messages/count_tokens`: what a prompt weighs, without an answer. */
import type { ClientRequest, Decoded } from '../wire-format.ts'
import { decodeBody } from './decode-request.ts'

/** The body of a request for an answer, but for `max_tokens`, which may be left out. */
export const decodeCountTokens = (body: unknown): Decoded<ClientRequest> => decodeBody(body, 'tokens')

export const encodeTokenCount = (inputTokens: number): unknown => ({ input_tokens: inputTokens })
