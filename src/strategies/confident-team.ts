import { z } from 'zod'
import { type Candidate, expectedUsd } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import {
  askAll,
  type Call,
  type CallResult,
  type Choosing,
  forward,
  reply,
  type Turn,
  type Verdict,
} from '../domain/strategy.ts'
import { type AnswerModel, createAnswerModel, type Observed } from './answers/answer-model.ts'
import {
  checkersOf,
  confidenceOptions,
  gatherEvidence,
  judgesOf,
  wantedRequest,
} from './answers/confidence/index.ts'
import { ballotsOf } from './ensemble/ballots.ts'
import type { Ballot } from './ensemble/vote.ts'
import { byWorth } from './ensemble/by-worth.ts'
import { mostUsd } from './ensemble/call-price.ts'
import { answerAsText } from './prompts/conversation.ts'
import { type Contribution, teamRequest, verdictOf } from './prompts/team-prompt.ts'
import { defineStrategy, probability } from './strategy.ts'
import { activate, lambdaAt, untrainedActivation } from './team/activation.ts'
import { requestFeatures } from './team/heads.ts'
import type { Role } from './team/roles.ts'
import { unfitForTeams } from './team/unfit.ts'

const options = z.strictObject({
  turns: z.number().int().min(1).max(6).default(4).describe('How often roles become active, at most.'),
  mass: probability
    .default(0.4)
    .describe('Roles become active in order until they have so much of the probability.'),
  most: z.number().int().min(1).max(4).default(2).describe('Roles that are active at once, at most.'),
  enough: probability.default(0.93).describe('The confidence from which the answer in hand is given.'),
  reference: z
    .number()
    .min(0.05)
    .max(1)
    .default(0.7)
    .describe('The confidence at which money counts as the objective says: more above it, less below.'),
  reviewWeight: z
    .number()
    .min(0)
    .max(4)
    .default(1)
    .describe('Log-odds by which a review that finds an answer sound, or flawed, moves its confidence.'),
  sharedDifficulty: z.number().min(0).max(10).default(2).describe('As for cascade.'),
  wrongAgreement: z.number().min(0.01).max(0.99).default(0.4).describe('As for cascade.'),
  confidence: confidenceOptions
    .unwrap()
    .prefault([{ kind: 'logprob' }])
    .describe('What each answer is judged by, beside agreement and reviews.'),
  maxUsd: z.number().positive().optional().describe('Dollars that all calls for one request may cost.'),
})

type Options = z.output<typeof options>
type Told = { readonly seen: Observed; readonly ballot: Ballot }

type Work = {
  readonly turn: Turn
  readonly options: Options
  readonly model: AnswerModel
  readonly limitUsd: number
  readonly told: Told[]
  /** Places of candidates that were asked for an answer, whether they gave one or not. */
  readonly asked: Set<number>
  readonly clusters: string[]
  readonly roles: string[]
  spentUsd: number
}

/**
 * A team that goes by how sure it is: roles become active by probability mass, the price of their models counts more the surer
 * the team is, and it ends early when it is sure enough (OI-MAS, arXiv 2601.04861). How sure is worked out, not asked for: from
 * predicted quality, agreement, token probabilities and reviews, in the model of answers that the cascade has.
 */
export const confidentTeam = defineStrategy({
  name: 'confident-team',
  summary: 'roles become active while the answer is in doubt, with dearer models the more it is',
  needs: { quality: true, cost: true },
  options,
  models: () => null,
  advisers: ({ confidence }) => judgesOf(confidence).map(modelId),
  consultants: ({ confidence }) => checkersOf(confidence),
  *choose(turn, chosen) {
    const [alone] = byWorth(turn)
    const fault = unfitForTeams(turn.request)
    if (fault !== null)
      return forward(byWorth(turn), `${fault}: ${alone.id} answers alone, the best by value`)
    if (alone.quality.mean >= chosen.enough || turn.candidates.length === 1)
      return forward(
        byWorth(turn),
        `${alone.id} is right with probability ${alone.quality.mean.toFixed(3)}: that is enough, or all there is`,
      )
    return yield* worked({
      turn,
      options: chosen,
      model: createAnswerModel(
        turn.candidates.map(({ quality }) => quality.mean),
        chosen,
      ),
      limitUsd: mostUsd(turn.objective, chosen.maxUsd),
      told: [],
      asked: new Set(),
      clusters: [],
      roles: [],
      spentUsd: 0,
    })
  },
})

function* worked(work: Work): Choosing {
  const { turn, options: chosen } = work
  const { candidates, signals } = turn
  let turnsTaken = 0
  while (turnsTaken < chosen.turns) {
    const confidence = confidenceOf(work)
    if (work.told.length > 0 && confidence >= chosen.enough) break
    const features = {
      ...requestFeatures(signals),
      confidence,
      answers: work.told.length,
      ...Object.fromEntries(work.roles.map((role) => [`after:${role}`, 1])),
    }
    const next = activate(untrainedActivation, features, signals.taskType, work.told.length, {
      mass: chosen.mass,
      most: chosen.most,
      maySolve: work.asked.size < candidates.length,
    })
    if (next.kind === 'finish') break
    const calls = planned(work, next.roles, lambdaAt(turn.objective.lambda, confidence, chosen.reference))
    if (!isNonEmpty(calls)) break
    turnsTaken++
    const results = yield* askAll(calls.map(({ call }) => call) as unknown as NonEmpty<Call>)
    for (const [place, result] of results.entries()) yield* noted(work, calls[place]!, result)
  }
  return ended(work, turnsTaken)
}

type PlannedCall = { readonly role: Role; readonly place: number; readonly call: Call }

/** For each role the model of the best value at the price of the hour; who has answered answers no second time. */
function planned(work: Work, roles: readonly Role[], lambda: number): readonly PlannedCall[] {
  const { turn } = work
  const order = byWorth({ candidates: turn.candidates, objective: { ...turn.objective, lambda } })
  let planUsd = work.spentUsd
  return roles.flatMap((role) => {
    const candidate = order.find((one) => {
      const place = turn.candidates.indexOf(one)
      const free = role.part === 'review' || !work.asked.has(place)
      return (
        free && (work.limitUsd === Number.POSITIVE_INFINITY || planUsd + expectedUsd(one) <= work.limitUsd)
      )
    })
    if (!candidate) return []
    planUsd += expectedUsd(candidate)
    const place = turn.candidates.indexOf(candidate)
    if (role.part === 'solve') work.asked.add(place)
    return [{ role, place, call: { candidate, request: requestOf(work, role, candidate) } }]
  })
}

const contributionChars = 4000

/** Who solves sees no other answer, so that agreement means something; who reviews sees the best one. */
function requestOf(work: Work, role: Role, candidate: Candidate): Call['request'] {
  const { turn, options: chosen } = work
  const best = bestOf(work)
  const before: Contribution[] =
    role.part === 'review' && best
      ? [{ part: 'solve', by: 'solver', text: answerAsText(best.ballot.answer) }]
      : []
  const asked =
    role.part === 'solve' ? (wantedRequest(turn, candidate, chosen.confidence) ?? turn.request) : turn.request
  return teamRequest(asked, { part: role.part, role, before, contributionChars })
}

function* noted(work: Work, { role, place }: PlannedCall, result: CallResult): Choosing<void> {
  work.roles.push(role.name)
  if (result.kind !== 'answered') return
  const expected = expectedUsd(result.candidate)
  work.spentUsd += result.usd ?? (Number.isFinite(expected) ? expected : 0)
  const [ballot] = ballotsOf([result])
  if (!ballot) return
  if (role.part === 'review') return reviewed(work, ballot)
  const { candidate, answer, final } = ballot
  const before = work.told.map((one) => one.ballot.answer)
  const { logRatio } = yield* gatherEvidence(
    { turn: work.turn, candidate, answer, before },
    work.options.confidence,
  )
  work.told.push({
    ballot,
    seen: { candidate: place, cluster: clusterOf(final, work.clusters), evidence: logRatio },
  })
}

function reviewed(work: Work, { answer }: Ballot): void {
  const said = verdictOf(answerAsText(answer))
  const best = bestOf(work)
  if (said === null || !best) return
  const moved = said === 'sound' ? work.options.reviewWeight : -work.options.reviewWeight
  const index = work.told.indexOf(best)
  work.told[index] = { ...best, seen: { ...best.seen, evidence: best.seen.evidence + moved } }
}

function clusterOf(final: string | null, clusters: string[]): number | null {
  if (final === null) return null
  const known = clusters.indexOf(final)
  return known >= 0 ? known : clusters.push(final) - 1
}

const rightOf = ({ model, told }: Work): Float64Array => model.after(told.map(({ seen }) => seen)).right

function bestOf(work: Work): Told | null {
  const right = rightOf(work)
  return work.told.reduce<Told | null>(
    (best, one) => (best === null || right[one.seen.candidate]! > right[best.seen.candidate]! ? one : best),
    null,
  )
}

/** Of the best answer in hand; before there is one, of the best by value. */
function confidenceOf(work: Work): number {
  const best = bestOf(work)
  return best ? rightOf(work)[best.seen.candidate]! : byWorth(work.turn)[0].quality.mean
}

function ended(work: Work, turnsTaken: number): Verdict {
  const best = bestOf(work)
  const roles = work.roles.join(', ')
  if (best) {
    const { candidate, answer } = best.ballot
    return reply(
      candidate,
      answer,
      `right with probability ${confidenceOf(work).toFixed(3)} after ${turnsTaken} turn${turnsTaken === 1 ? '' : 's'} (${roles}): the answer of ${candidate.id} is given`,
    )
  }
  const { candidates } = work.turn
  const untried = byWorth(work.turn).filter((one) => !work.asked.has(candidates.indexOf(one)))
  return forward(
    isNonEmpty(untried) ? untried : byWorth(work.turn),
    roles === ''
      ? 'no call can be paid for; the models are tried in order of value'
      : `nobody answered (${roles}); the rest are tried in order of value`,
  )
}
