import type { TokenLogprob } from '../../domain/answer.ts'
import { asList, asObject, asText, isObject } from '../lenient.ts'

/** OpenAI's own word for a token so unlikely that its logarithm is minus infinity. JSON has no infinity. */
const leastLogprob = -9999

export const decodeLogprobs = (value: unknown): TokenLogprob[] =>
  asList(asObject(value).content).flatMap((entry) => {
    if (!isObject(entry) || typeof entry.logprob !== 'number') return []
    const top = asList(entry.top_logprobs).flatMap((other) =>
      isObject(other) && typeof other.logprob === 'number'
        ? [{ token: asText(other.token), logprob: other.logprob }]
        : [],
    )
    return [{ token: asText(entry.token), logprob: entry.logprob, top }]
  })

export const encodeLogprobs = (tokens: readonly TokenLogprob[]): unknown => ({
  content: tokens.map(({ token, logprob, top }) => ({
    ...encodeToken(token, logprob),
    top_logprobs: top.map((other) => encodeToken(other.token, other.logprob)),
  })),
  refusal: null,
})

const encodeToken = (token: string, logprob: number) => ({
  token,
  logprob: Number.isFinite(logprob) ? logprob : leastLogprob,
  bytes: [...Buffer.from(token)],
})
