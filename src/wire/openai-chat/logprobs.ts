import type { TokenLogprob } from '../../domain/answer.ts'
import { asObject } from '../lenient.ts'
import { decodeTokens, encodeTokens } from '../openai/logprobs.ts'

export const decodeLogprobs = (value: unknown): TokenLogprob[] => decodeTokens(asObject(value).content)

export const encodeLogprobs = (tokens: readonly TokenLogprob[]): unknown => ({
  content: encodeTokens(tokens),
  refusal: null,
})
