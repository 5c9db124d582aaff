import { byQuality, type Candidate, expectedUsd } from '../domain/candidate.ts'
import type { Failure } from '../domain/failure.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import { askOne, type Choosing, forward, refuse, reply, type Turn, type Verdict } from '../domain/strategy.ts'
import { byStepValue, inFront, isLatched, keptInstead, type StepValue } from './agent/choice.ts'
import { episodeMoney, type EpisodeMoney, payableFrom, saidOfMoney } from './agent/episode-budget.ts'
import { type StepsOptions, stepsOptions, weightOf } from './agent/options.ts'
import { stepFault } from './agent/reassign.ts'
import { type StepAtHand, stepAtHand } from './agent/step.ts'
import { type Aids, defineStrategy } from './strategy.ts'
import { lambdaAt } from './team/activation.ts'

/**
 * Each step of an agent to whom it suits. A step is what the client says it is, or what the conversation shows (signals/agent);
 * a model or a policy is named for it, or the best value does it, where an error weighs as much as that step's errors cost:
 *
 *     weight(step) x max(1, prompt tokens / ordinary) x quality - lambda x dollars - mu x seconds.
 *
 * An agent's prompt has its whole conversation in it, and its answer the whole task at stake: both grow together, and the choice
 * does not hang on how long the conversation is by now. The session's model is left only where that pays for what it costs (agent/switching), never in an open tool loop and never where
 * somebody else could not read what was sealed or kept. A session in trouble goes to the strong model until it makes a fresh
 * start. Everything is told from the request and the session's facts: the same turn, the same choice.
 */
export const steps = defineStrategy({
  name: 'steps',
  summary: 'each step of an agent to whom it suits, and a session in trouble to a strong model',
  needs: { quality: true, cost: true },
  options: stepsOptions,
  models: () => null,
  ways: ({ steps: named, strong }) => [
    ...new Set([...Object.values(named), ...(strong === undefined ? [] : [strong])]),
  ],
  // Agents are known by it where nothing else in a request tells.
  headers: () => ['user-agent'],
  betweenRounds: ({ toolLoops }) => toolLoops === 'between-rounds',
  *choose(turn, options, { to }) {
    const held = heldBy(turn)
    if (held !== null) return held
    const at = stepAtHand(turn)
    if (at === null) {
      const order = byStepValue(turn.candidates, { ...turn.objective, weight: 1 })
      return forward(order, `no step of an agent: ${order[0].id} is worth most`)
    }
    return yield* chosenFor(turn, at, options, to)
  },
})

/** Whoever has to go on goes on: the gateway leaves no other, unless that one is out of order. */
function heldBy({ session, candidates }: Turn): Verdict | null {
  if (session?.held === undefined) return null
  const own = candidates.find(({ id }) => id === session.model)
  if (!own) return null
  return forward(inFront(own, candidates), `${own.id} goes on: ${holds[session.held]}`)
}

const holds = {
  'tool-loop': 'it has called tools, and reads what they say',
  seals: 'its own reasoning is sealed in the conversation',
  'vendor-state': 'its vendor keeps the conversation',
} as const

function* chosenFor(turn: Turn, at: StepAtHand, options: StepsOptions, to: Aids['to']): Choosing {
  const money = options.episode ? episodeMoney(turn.session?.episode, options.episode) : null
  const within = money ? payableFrom(turn.candidates, money) : null
  const payable = { ...turn, candidates: within?.candidates ?? turn.candidates }
  const latched = isLatched(at, turn.session, options)
  const said = [
    latched
      ? `in trouble (${at.agent?.trouble.sign ?? 'errors'}): the strong model`
      : `step ${at.step} (${at.because})`,
    ...(money && options.episode && within?.limited !== 'none' ? [saidOfMoney(money, options.episode)] : []),
  ]
  if (within?.limited === 'cheapest') {
    const [cheapest] = payable.candidates
    return forward([cheapest], [...said, `${cheapest.id} is the cheapest`].join('; '))
  }
  const own = {
    turn: payable,
    at,
    options,
    value: stepValue(payable, at, options, money),
    latched,
    said,
    money,
  }
  const way = latched ? options.strong : options.steps[at.step]
  const verdict =
    way === undefined || way.includes('/') ? byModels(own, way) : settled(yield* to(way)(payable), own)
  return options.check ? yield* checked(verdict, own) : verdict
}

type Case = {
  readonly turn: Turn
  readonly at: StepAtHand
  readonly options: StepsOptions
  readonly value: StepValue
  readonly latched: boolean
  readonly said: readonly string[]
  readonly money: EpisodeMoney | null
}

/** The model that is named for the step, where it may serve; else the best. */
function byModels({ turn, at, options, value, latched, said }: Case, name: string | undefined): Verdict {
  const { candidates } = turn
  const order = latched
    ? (byQuality(candidates) as unknown as NonEmpty<Candidate>)
    : byStepValue(candidates, value)
  const named = candidates.find(({ id }) => id === name)
  const wanted = named ?? order[0]
  const weighed = latched ? null : keptInstead(wanted, turn, at, value, options, named !== undefined)
  const first = weighed?.kept?.candidate ?? wanted
  const why = named ? `${named.id} is named for it` : `${wanted.id} is ${latched ? 'the best' : 'worth most'}`
  const missing = name !== undefined && !named ? [`${name} may not serve`] : []
  const kept = weighed?.kept ? `${first.id} is ${weighed.because}` : null
  const leaving = kept === null && weighed?.because ? [weighed.because] : []
  return forward(inFront(first, order), [...said, ...missing, kept ?? why, ...leaving].join('; '))
}

function stepValue(
  { objective, candidates, signals }: Turn,
  at: StepAtHand,
  options: StepsOptions,
  money: EpisodeMoney | null,
): StepValue {
  const lambda = objective.lambda * (money?.pressure ?? 1)
  const size = Math.max(1, signals.inputTokens / options.ordinaryTokens)
  const value = { weight: weightOf(options, at.step) * size, lambda, mu: objective.mu }
  if (options.confidence === undefined) return value
  // How sure the next answer is: as predicted, and less with every error of late.
  const [best] = byStepValue(candidates, value)
  const confidence = best.quality.mean * 0.5 ** Math.min(8, at.agent?.errorsInARow ?? 0)
  return { ...value, lambda: lambdaAt(lambda, confidence, options.confidence.reference) }
}

/** What a policy has decided for the step, unless the session's model is not worth leaving for it, or the money is gone. */
function settled(verdict: Verdict, { turn, at, options, value, latched, said, money }: Case): Verdict {
  const because = (...more: readonly string[]): string => [...said, ...more, verdict.because].join('; ')
  if (verdict.kind !== 'forward') return { ...verdict, because: because() }
  const payable = money ? verdict.to.filter((one) => expectedUsd(one) <= money.leftUsd) : verdict.to
  if (!isNonEmpty(payable)) {
    const [other] = turn.candidates
    return forward(
      turn.candidates,
      because(`${other.id} stands in for ${verdict.to[0].id}, which can't be paid`),
    )
  }
  const weighed = latched ? null : keptInstead(payable[0], turn, at, value, options, true)
  if (!weighed?.kept) {
    const leaving = weighed?.because ? [weighed.because] : []
    return { ...verdict, to: payable, because: because(...leaving) }
  }
  const { candidate, because: why } = weighed.kept
  const others = payable.filter((one) => turn.candidates.includes(one))
  return forward(inFront(candidate, others), because(`${candidate.id} is ${why}`))
}

/** The answer is looked at first, where it is whole before the client has it and somebody better is there. */
function* checked(verdict: Verdict, { turn, at }: Case): Choosing {
  const { request } = turn
  if (verdict.kind !== 'forward' || verdict.request !== null) return verdict
  const [first, ...others] = verdict.to
  const [best] = byQuality(verdict.to)
  if (request.stream || request.sampling.answers > 1 || !best || best === first) return verdict
  const { because } = verdict
  const result = yield* askOne(first)
  if (result.kind === 'answered') {
    const fault = stepFault(result.answer, request, at.agent)
    if (fault === null) return reply(first, result.answer, because)
    const left = others.filter((one) => one !== best)
    return {
      ...verdict,
      to: [best, ...left],
      because: `${because}; its answer is of no use, ${fault}: ${best.id} takes over`,
    }
  }
  // The caller's own fault, or a filter's word: nobody else is asked to say otherwise.
  if (result.kind === 'failed' && isFinal(result.failure)) return refuse(result.failure)
  return isNonEmpty(others) ? { ...verdict, to: others, because: `${because}; it failed` } : verdict
}

const isFinal = ({ kind }: Failure): boolean => kind === 'rejected' || kind === 'content-filtered'
