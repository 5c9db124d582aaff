import { z } from 'zod'
import { type Candidate, expectedUsd } from '../domain/candidate.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import type { Request } from '../domain/request.ts'
import { askAll, type Call, type Choosing, forward, reply, type Turn } from '../domain/strategy.ts'
import { ballotsOf, oneAnswerFault } from './ensemble/ballots.ts'
import { byWorth } from './ensemble/by-worth.ts'
import { mostUsd } from './ensemble/call-price.ts'
import { majorityIsStable } from './ensemble/stable-majority.ts'
import { type Ballot, countVotes } from './ensemble/vote.ts'
import { defineStrategy } from './strategy.ts'

const options = z.strictObject({
  samples: z.number().int().min(2).max(30).default(5).describe('Answers that are asked for, at most.'),
  temperature: z
    .number()
    .min(0)
    .max(2)
    .default(0.7)
    .describe('Of the samples, where the client has set none. Reasoning models keep their own.'),
  atOnce: z.number().int().min(1).max(10).default(2).describe('Samples that are asked for side by side.'),
  stopAt: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.95)
    .describe(
      'Stop when the answer in the lead is with this probability the one of the majority; 1: never before all samples are in.',
    ),
  maxUsd: z
    .number()
    .positive()
    .optional()
    .describe('Dollars that the samples may be expected to cost together.'),
})

type Options = z.output<typeof options>

/**
 * One model answers several times, and the answer that comes most often is given (self-consistency, arXiv 2203.11171), with an
 * early stop as soon as the majority is settled (adaptive consistency, arXiv 2305.11860). The model is the best by value for
 * as many samples as may be taken.
 */
export const selfConsistency = defineStrategy({
  name: 'self-consistency',
  summary: 'asks one model several times and gives the answer that comes most often',
  needs: { quality: true, cost: true },
  options,
  models: () => null,
  *choose(turn, chosen) {
    const fault = oneAnswerFault(turn.request)
    if (fault !== null)
      return forward(byWorth(turn), `${fault}: it is asked once, of the best model by value`)
    const order = bestFor(turn, chosen.samples)
    const [sampled] = order
    const most = affordable(sampled, turn, chosen)
    if (most < 2)
      return forward(
        byWorth(turn),
        `two samples of ${sampled.id} would cost more than they may: one model answers, the best by value`,
      )
    const { ballots, asked } = yield* samplesOf(sampled, turn.request, most, chosen)
    if (ballots.length === 0)
      return forward(
        isNonEmpty(order.slice(1)) ? ([...order.slice(1), sampled] as unknown as NonEmpty<Candidate>) : order,
        `none of ${asked} samples of ${sampled.id} came to an answer; the others are tried in order of value`,
      )
    // The samples are of one model: each vote weighs the same, whatever wrong answers have in common.
    const { winner, agreeing } = countVotes(ballots, 0.5)
    const comparable = ballots.some(({ final }) => final !== null)
    return reply(
      sampled,
      winner.answer,
      comparable
        ? `${agreeing} of ${ballots.length} samples of ${sampled.id} agree${asked < most ? `, and ${most - asked} more were not needed` : ''}`
        : `answers of ${sampled.id} can't be compared: the first is given`,
    )
  },
})

/** By quality - lambda x dollars - mu x seconds, with the dollars of all samples. */
function bestFor({ candidates, objective }: Turn, samples: number): NonEmpty<Candidate> {
  return byWorth({ candidates, objective: { ...objective, lambda: objective.lambda * samples } })
}

function affordable(candidate: Candidate, { objective }: Turn, { samples, maxUsd }: Options): number {
  const limit = mostUsd(objective, maxUsd)
  if (limit === Number.POSITIVE_INFINITY) return samples
  const each = expectedUsd(candidate)
  return each === 0 ? samples : Math.min(samples, Math.floor((limit / each) * (1 + 1e-9)))
}

function* samplesOf(
  candidate: Candidate,
  request: Request,
  most: number,
  { atOnce, stopAt, temperature }: Options,
): Choosing<{ readonly ballots: readonly Ballot[]; readonly asked: number }> {
  let ballots: readonly Ballot[] = []
  let asked = 0
  while (asked < most) {
    const calls = Array.from(
      { length: Math.min(atOnce, most - asked) },
      (_, place): Call => ({
        candidate,
        request: sampleOf(candidate, request, asked + place, temperature),
      }),
    )
    const results = yield* askAll(calls as unknown as NonEmpty<Call>)
    asked += calls.length
    const said = ballotsOf(results)
    ballots = [...ballots, ...said]
    // A model that is down is not asked over and over, and answers that can't be compared are as good after one as after ten.
    if (said.length === 0 || ballots.every(({ final }) => final === null)) break
    if (majorityIsStable(ballots, stopAt)) break
  }
  return { ballots, asked }
}

/** The seed makes each sample a request of its own, where vendors know seeds and for whatever keeps answers on the way. */
function sampleOf(candidate: Candidate, request: Request, place: number, temperature: number): Request {
  const { sampling } = request
  const fixed = candidate.model.capabilities.has('reasoning')
  return {
    ...request,
    sampling: {
      ...sampling,
      seed: (sampling.seed ?? 0) + place + 1,
      temperature: sampling.temperature ?? (fixed ? null : temperature),
    },
  }
}
