import { z } from 'zod'
import { byQuality, type Candidate } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import { seededDraw, shuffle } from '../domain/random.ts'
import type { Request } from '../domain/request.ts'
import { askAll, askOne, type Choosing, forward, reply, type Turn, type Verdict } from '../domain/strategy.ts'
import { unreachable } from '../domain/unreachable.ts'
import { answerText } from '../domain/answer.ts'
import { areUnanimous, ballotsOf, oneAnswerFault } from './ensemble/ballots.ts'
import { callsTo } from './ensemble/calls-to.ts'
import { byWorth } from './ensemble/by-worth.ts'
import { mostUsd, roomChars, tokensOfChars, usdOf, usdWithMaterial } from './ensemble/call-price.ts'
import { isSettled } from './ensemble/early-stop.ts'
import { membersOf } from './ensemble/members.ts'
import { type Ballot, countVotes } from './ensemble/vote.ts'
import { answerAsText } from './prompts/conversation.ts'
import { judgedPlace, judgeRequest } from './prompts/judge-prompt.ts'
import { forwardRewritten } from './prompts/forward-rewritten.ts'
import { synthesisRequest } from './prompts/synthesis-prompt.ts'
import { defineStrategy, modelName } from './strategy.ts'

const options = z.strictObject({
  combine: z
    .enum(['vote', 'judge', 'synthesis'])
    .default('vote')
    .describe(
      'How the answers become one: by vote, by the choice of a judge, or written anew out of all of them.',
    ),
  size: z.number().int().min(2).max(8).default(3).describe('Models that are asked: the best by value.'),
  minAgreeing: z
    .number()
    .int()
    .min(2)
    .max(8)
    .optional()
    .describe('Ask one after another, cheapest first, until so many answers agree. Absent: all at once.'),
  wrongAgreement: z
    .number()
    .min(0.01)
    .max(0.99)
    .default(0.4)
    .describe('Probability that two wrong answers are the same; weighs the votes.'),
  judge: modelName.optional().describe('Who judges; absent: the strongest model of the pool.'),
  layers: z
    .number()
    .int()
    .min(1)
    .max(3)
    .default(1)
    .describe(
      'Synthesis: rounds in which the models answer, from the second on with all answers of the one before.',
    ),
  maxUsd: z
    .number()
    .positive()
    .optional()
    .describe('Dollars that all calls for one request may be expected to cost.'),
  answerChars: z
    .number()
    .int()
    .min(200)
    .max(50_000)
    .default(6000)
    .describe('Characters of each answer that a judge or a synthesis sees.'),
})

type Options = z.output<typeof options>

/**
 * Several models answer, and their answers become one: by a vote weighted with predicted quality, by a judge that does not know
 * whose answer is whose, or by synthesis (Mixture-of-Agents, arXiv 2406.04692), whose last call streams to the client.
 */
export const ensemble = defineStrategy({
  name: 'ensemble',
  summary: 'asks several models and makes one answer of theirs: by vote, by a judge, or by synthesis',
  needs: { quality: true, cost: true },
  options,
  models: () => null,
  advisers: ({ judge }) => (judge === undefined ? [] : [modelId(judge)]),
  faults: ({ combine, minAgreeing, size, judge, layers }) => [
    ...(minAgreeing !== undefined && minAgreeing > size
      ? [
          {
            path: ['minAgreeing'],
            message: `${minAgreeing} answers can't agree among ${size}. Write at most ${size}, or raise size.`,
          },
        ]
      : []),
    ...(judge !== undefined && combine !== 'judge'
      ? [
          {
            path: ['judge'],
            message: `nobody judges where answers are combined by ${combine}. Remove it, or write combine: judge.`,
          },
        ]
      : []),
    ...(layers > 1 && combine !== 'synthesis'
      ? [
          {
            path: ['layers'],
            message: `layers are of synthesis alone. Remove it, or write combine: synthesis.`,
          },
        ]
      : []),
    ...(layers > 1 && minAgreeing !== undefined
      ? [
          {
            path: ['minAgreeing'],
            message: 'with several layers all models are asked at once. Remove it, or write layers: 1.',
          },
        ]
      : []),
  ],
  *choose(turn, chosen) {
    const fault = oneAnswerFault(turn.request)
    if (fault !== null) return forward(byWorth(turn), `${fault}: one model answers, the best by value`)
    const combiner = combinerOf(turn, chosen)
    const reserved = chosen.combine === 'vote' ? 0 : combiningUsd(turn, chosen, combiner)
    const limit = mostUsd(turn.objective, chosen.maxUsd)
    const members = membersOf(turn, { size: chosen.size, usd: limit - reserved, times: chosen.layers })
    if (!isNonEmpty(members) || members.length < 2)
      return forward(
        byWorth(turn),
        `fewer than two models can be paid for from $${limit}: the best by value answers alone`,
      )
    const ballots = yield* answersOf(members, chosen, null)
    return isNonEmpty(ballots)
      ? yield* combined(turn, chosen, members, combiner, ballots)
      : forward(
          byWorth(turn),
          `none of ${members.length} models answered; the others are tried in order of value`,
        )
  },
})

/** The judge that is named, else the strongest; only a lawful candidate may be forwarded to. */
function combinerOf({ advisers, candidates }: Turn, { combine, judge }: Options): Candidate {
  const strongest = byQuality(candidates)[0]!
  if (combine !== 'judge' || judge === undefined) return strongest
  return advisers.find(({ id }) => id === judge) ?? strongest
}

const judgeTokens = 200

/** Each answer is as long as it may be shown or is expected to be. */
function combiningUsd(
  turn: Turn,
  { combine, size, answerChars, layers }: Options,
  combiner: Candidate,
): number {
  const each = Math.min(tokensOfChars(answerChars), combiner.outputTokens.mean)
  const material = size * each
  switch (combine) {
    case 'vote':
      return 0
    case 'judge':
      return usdOf(combiner, turn.signals.inputTokens + material + judgeTokens, 16)
    case 'synthesis': {
      const layersBetween = (layers - 1) * size * usdOf(combiner, material, 0)
      return usdWithMaterial(combiner, material) + layersBetween
    }
    default:
      return unreachable(combine)
  }
}

/** All at once, or one after another until the answers settle it. */
function* answersOf(
  members: NonEmpty<Candidate>,
  { minAgreeing, wrongAgreement }: Options,
  request: Request | null,
): Choosing<readonly Ballot[]> {
  if (minAgreeing === undefined) return ballotsOf(yield* askAll(callsTo(members, request)))
  const waiting = byPrice(members)
  let ballots: readonly Ballot[] = []
  while (waiting.length > 0 && !isSettled(ballots, waiting, { minAgreeing, wrongAgreement }))
    ballots = [...ballots, ...ballotsOf([yield* askOne(waiting.shift()!, request)])]
  return ballots
}

const byPrice = (members: readonly Candidate[]): Candidate[] =>
  [...members].sort((a, b) => usdMean(a) - usdMean(b) || (a.id < b.id ? -1 : 1))

const usdMean = ({ cost }: Candidate): number => (cost.kind === 'known' ? cost.usd.mean : Number.MAX_VALUE)

function* combined(
  turn: Turn,
  chosen: Options,
  members: NonEmpty<Candidate>,
  combiner: Candidate,
  ballots: NonEmpty<Ballot>,
): Choosing {
  const { combine, minAgreeing, wrongAgreement } = chosen
  const agreed =
    areUnanimous(ballots) ||
    (minAgreeing !== undefined && isSettled(ballots, [], { minAgreeing, wrongAgreement }))
  if (combine === 'vote' || agreed) return voted(ballots, chosen, members.length)
  if (combine === 'judge') return yield* judged(turn, chosen, combiner, ballots)
  return yield* synthesised(turn, chosen, members, combiner, ballots)
}

function voted(ballots: NonEmpty<Ballot>, { wrongAgreement }: Options, asked: number, before = ''): Verdict {
  const { winner, agreeing, share } = countVotes(ballots, wrongAgreement)
  const comparable = ballots.some(({ final }) => final !== null)
  const of = `${ballots.length} answers${asked > ballots.length ? ` from ${asked} models` : ''}`
  return reply(
    winner.candidate,
    winner.answer,
    comparable
      ? `${before}${agreeing} of ${of} agree, with ${(100 * share).toFixed(0)} % of the votes' weight`
      : `${before}${of}, which can't be compared: that of the best model is given`,
  )
}

function* judged(turn: Turn, chosen: Options, judge: Candidate, ballots: NonEmpty<Ballot>): Choosing {
  if (ballots.length === 1) return voted(ballots, chosen, chosen.size)
  const shown = presented(ballots)
  const texts = shown.map(({ answer }) => answerAsText(answer))
  const room = Math.floor(
    roomChars(judge, turn.signals.inputTokens, chosen.answerChars * shown.length) / shown.length,
  )
  const result = yield* askOne(judge, judgeRequest(judge, turn.request, texts, Math.max(200, room)))
  const place = result.kind === 'answered' ? judgedPlace(answerText(result.answer), shown.length) : null
  if (place === null) {
    const why = result.kind === 'answered' ? `${judge.id} named no answer` : `${judge.id} could not judge`
    return voted(ballots, chosen, chosen.size, `${why}; by vote, `)
  }
  const { candidate, answer } = shown[place]!
  return reply(
    candidate,
    answer,
    `${judge.id} chose this of ${shown.length} answers, not knowing whose they are`,
  )
}

/**
 * In an order that the answers themselves decide: over requests no model stands first more often than another, so that a judge's
 * liking of a place favours nobody, and yet the same turn leads to the same choice. An order drawn at random would make the
 * propensity of the choice unknown: what the judge would have said of the other orders is not.
 */
function presented(ballots: readonly Ballot[]): readonly Ballot[] {
  const seed = ballots
    .map(({ answer }) => answerAsText(answer))
    .sort()
    .join('\u0000')
  return shuffle(seededDraw(`order ${seed}`), ballots)
}

function* synthesised(
  turn: Turn,
  chosen: Options,
  members: NonEmpty<Candidate>,
  aggregator: Candidate,
  first: NonEmpty<Ballot>,
): Choosing {
  let proposals: readonly Ballot[] = first
  for (let layer = 1; layer < chosen.layers; layer++) {
    const request = synthesisOf(turn, chosen, members, proposals)
    if (request === null) break
    const next = yield* answersOf(members, chosen, request)
    if (next.length === 0) break
    proposals = next
  }
  const request = synthesisOf(turn, chosen, [aggregator], proposals)
  if (request === null || !isNonEmpty(proposals))
    return voted(
      first,
      chosen,
      chosen.size,
      `no room for the answers in ${aggregator.id}'s window; by vote, `,
    )
  const others = byQuality(turn.candidates).filter((candidate) => candidate !== aggregator)
  return forwardRewritten(
    [aggregator, ...others],
    request,
    `${aggregator.id} writes one answer out of ${proposals.length}${chosen.layers > 1 ? ` of layer ${chosen.layers}` : ''}`,
  )
}

const leastChars = 200

function synthesisOf(
  turn: Turn,
  { answerChars }: Options,
  by: NonEmpty<Candidate>,
  proposals: readonly Ballot[],
): Request | null {
  const rooms = by.map((one) => roomChars(one, turn.signals.inputTokens, answerChars * proposals.length))
  const each = Math.floor(Math.min(...rooms) / Math.max(1, proposals.length))
  if (each < leastChars) return null
  return synthesisRequest(
    turn.request,
    presented(proposals).map(({ answer }) => answerAsText(answer)),
    each,
  )
}
