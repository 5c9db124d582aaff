import type { TokenLogprob } from '../../domain/answer.ts'
import { asList, asText, isObject } from '../lenient.ts'

/** OpenAI's own word for a token so unlikely that its logarithm is minus infinity. JSON has no infinity. */
const leastLogprob = -9999

export const decodeTokens = (list: unknown): TokenLogprob[] =>
  asList(list).flatMap((entry) => {
    if (!isObject(entry) || typeof entry.logprob !== 'number') return []
    const top = asList(entry.top_logprobs).flatMap((other) =>
      isObject(other) && typeof other.logprob === 'number'
        ? [{ token: asText(other.token), logprob: other.logprob }]
        : [],
    )
    return [{ token: asText(entry.token), logprob: entry.logprob, top }]
  })

export const encodeTokens = (tokens: readonly TokenLogprob[]) =>
  tokens.map(({ token, logprob, top }) => ({
    ...encodeToken(token, logprob),
    top_logprobs: top.map((other) => encodeToken(other.token, other.logprob)),
  }))

const encodeToken = (token: string, logprob: number) => ({
  token,
  logprob: Number.isFinite(logprob) ? logprob : leastLogprob,
  bytes: [...Buffer.from(token)],
})
