import type { TokenLogprob } from '../../domain/answer.ts'
import { type Draw, normal } from '../../domain/random.ts'

/**
 * How sure a model seems of its answer, in (0, 1). It follows the chance of success and, a little, whether this answer is
 * right, with much noise: a real signal, and an imperfect one.
 *
 *   logit(confidence) = 1.2 + 0.3 * logit(chance) + 0.65 * (right ? 1 : -1) + 1.15 * N(0, 1)
 */
export function apparentConfidence(draw: Draw, chance: number, right: boolean): number {
  const clipped = Math.min(0.999, Math.max(0.001, chance))
  const logit = Math.log(clipped / (1 - clipped))
  return 1 / (1 + Math.exp(-(1.2 + 0.3 * logit + (right ? 0.65 : -0.65) + 1.15 * normal(draw))))
}

/** Between this and certainty lie the tokens that are not part of the answer. */
const plainDeviation = 0.04

/** The answer's first tokens carry its doubt: choosing them is choosing the answer. */
const doubtfulTokens = 3

/**
 * Log-probabilities of `tokens`; those from `answerFrom` on belong to the answer, and the product of their probabilities is
 * about `confidence`. `alternatives` is how many of the likeliest tokens to list.
 */
export function logprobsOf(
  draw: Draw,
  tokens: readonly string[],
  { answerFrom, confidence, alternatives }: { answerFrom: number; confidence: number; alternatives: number },
): TokenLogprob[] {
  const doubtful = Math.max(1, Math.min(doubtfulTokens, tokens.length - answerFrom))
  return tokens.map((token, index) => {
    const carriesDoubt = index >= answerFrom && index < answerFrom + doubtful
    const doubt = carriesDoubt ? Math.log(confidence) / doubtful : 0
    const logprob = round(doubt - Math.abs(normal(draw)) * plainDeviation)
    return { token, logprob, top: alternativesTo(token, logprob, alternatives) }
  })
}

/** The chosen token first; what probability is left is halved from one alternative to the next. */
function alternativesTo(token: string, logprob: number, count: number): TokenLogprob['top'] {
  if (count === 0) return []
  const top = [{ token, logprob }]
  let left = Math.max(1e-6, 1 - Math.exp(logprob))
  for (let rank = 1; rank < count; rank++) {
    left /= 2
    top.push({ token: variant(token, rank), logprob: round(Math.log(left)) })
  }
  return top.sort((a, b) => b.logprob - a.logprob)
}

function variant(token: string, rank: number): string {
  const number = /^( ?)(\d+)$/.exec(token)
  return number ? `${number[1]}${Number(number[2]) + rank}` : `${token}${'~'.repeat(rank)}`
}

const round = (logprob: number): number => Number(Math.min(0, logprob).toFixed(6))
