import { type Answer, answerText } from '../../domain/answer.ts'
import type { Candidate } from '../../domain/candidate.ts'
import type { Request } from '../../domain/request.ts'
import { conversationText } from './conversation.ts'
import { questionTo } from './instructed.ts'
import { openings } from './openings.ts'
import { section, sectionsAreMaterial } from './section.ts'

export const ratings = [1, 2, 3, 4, 5] as const

/** The probability of each rating, 1 to 5; a rating in words alone has all of it. */
export type Rating = { readonly mean: number; readonly probabilities: readonly number[] }

export function ratingRequest(rater: Candidate, request: Request, requestChars: number): Request {
  return questionTo(
    rater,
    [
      openings.rater,
      sectionsAreMaterial,
      'The scale: 1, small talk, or a fact that everybody knows. 2, one simple step. 3, several steps, or knowledge of a field. 4, hard work for an expert. 5, only the strongest models get it right.',
      'Do not answer the request. Reply with one digit from 1 to 5 and nothing else.',
    ].join('\n'),
    `${section('request', conversationText(request, requestChars), requestChars)}\n\nHow hard is it? One digit:`,
    { maxOutputTokens: 8, topLogprobs: 20 },
  )
}

/**
 * The mean over the digits' probabilities where the vendor reports them, else the digit that was said. `null`: none was.
 * (RouteLLM's causal router sums the mass of its score tokens likewise, arXiv 2406.18665.)
 */
export function readRating(answer: Answer): Rating | null {
  const said = /^\D{0,20}?([1-5])(?![\d.,/]*\d)/.exec(answerText(answer).trim())?.[1]
  if (said === undefined) return null
  const token = answer.logprobs.find((one) => one.token.trim() === said)
  const masses = ratings.map((rating) => {
    if (!token) return rating === Number(said) ? 1 : 0
    const tops = token.top.filter((one) => one.token.trim() === String(rating))
    if (tops.length > 0) return tops.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)
    return rating === Number(said) ? Math.exp(token.logprob) : 0
  })
  const total = masses.reduce((sum, mass) => sum + mass, 0)
  if (!(total > 0)) return null
  const probabilities = masses.map((mass) => mass / total)
  return {
    probabilities,
    mean: ratings.reduce((sum, rating) => sum + rating * probabilities[rating - 1]!, 0),
  }
}
