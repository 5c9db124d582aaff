/** Strategies that learn, under turns that bring something learnt and dollars to try models with. */

import fc from 'fast-check'
import { addTo, type Learner, type Learnt, type Lesson, type Sums } from '../../src/domain/learner.ts'
import { modelId } from '../../src/domain/model.ts'
import { seededDraw } from '../../src/domain/random.ts'
import type { BudgetFacts, Turn, Verdict } from '../../src/domain/strategy.ts'
import { contractModels, type Member } from '../../src/strategies/strategies.contract.ts'
import { aTurn } from './builders.ts'

export const dayMs = 86_400_000
export const learntAtMs = 20_000 * dayMs

export const aLesson = (
  learner: Learner,
  changes: Partial<Lesson> & { readonly turn?: Turn } = {},
): Lesson => {
  const { turn = aTurn(), ...lesson } = changes
  return {
    model: modelId('acme/m0'),
    features: learner.features(turn),
    quality: 1,
    expectedQuality: 0.7,
    usd: null,
    expectedUsd: null,
    propensity: 1,
    atMs: learntAtMs,
    weight: 1,
    ...lesson,
  }
}

export const learntFrom = (learner: Learner, lessons: readonly Lesson[], atMs = learntAtMs): Learnt => ({
  learner: learner.id,
  atMs,
  sums: lessons.reduce<Sums>((sums, lesson) => {
    const increment = learner.learn(lesson)
    return increment ? addTo(sums, increment) : sums
  }, new Map()),
})

/** Some lessons about each of the contract's models, the same for the same seed. */
export function someLearnt(learner: Learner, seed: string, count: number): Learnt {
  const draw = seededDraw(seed)
  const lessons = Array.from({ length: count }, (_, place) =>
    aLesson(learner, {
      model: modelId(contractModels[place % contractModels.length]!),
      quality: draw() < 0.5 ? 1 : 0,
      expectedQuality: draw(),
      atMs: learntAtMs - draw() * dayMs,
    }),
  )
  return learntFrom(learner, lessons)
}

/**
 * The member with turns that bring what was learnt and money to try models with: a contract that its turns lack these for would
 * pass over all that makes it a bandit.
 */
export const withLearnt = (
  member: Member & { readonly learner?: (options: never) => Learner },
  exploration: BudgetFacts | null,
): Member => {
  const learnt = new Map<string, Learnt>()
  const learntOf = (learner: Learner | undefined): Learnt | null => {
    if (!learner) return null
    const known = learnt.get(learner.id) ?? someLearnt(learner, 'contract', 60)
    learnt.set(learner.id, known)
    return known
  }
  return {
    ...member,
    choose: (turn, options, aids) =>
      member.choose({ ...turn, learnt: learntOf(member.learner?.(options)), exploration }, options, aids),
  }
}

/** Verdicts of one strategy with its options, made as config makes it: once. */
export function chooserOf<Options>(
  member: {
    readonly options: { parse: (written: unknown) => Options }
    readonly prepare?: (options: never, embedder: null) => unknown
    readonly choose: (turn: Turn, options: never, aids: never) => Generator<unknown, Verdict, never>
  },
  written: object = {},
): (turn: Turn) => Extract<Verdict, { kind: 'forward' }> {
  const options = member.options.parse(written)
  const prepared = member.prepare?.(options as never, null)
  return (turn) => {
    const { value } = member.choose(turn, options as never, { prepared } as never).next()
    const verdict = value as Verdict
    if (verdict.kind !== 'forward') throw new Error(`a verdict that is no forward: ${verdict.kind}`)
    return verdict
  }
}

/** Ample money to try with, or little of it. */
export const someExploration = (spentUsd = 0, limitUsd = 10): BudgetFacts => ({
  limitUsd,
  spentUsd,
  elapsedShare: 0.5,
})

export const tryingOptions = fc.record({
  explore: fc.constant({ usd: 10, per: 'day' }),
  floor: fc.double({ min: 0, max: 0.5, noNaN: true }),
  tryWithin: fc.double({ min: 0, max: 1, noNaN: true }),
  deadBand: fc.double({ min: 0, max: 1, noNaN: true }),
})
