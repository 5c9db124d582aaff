import type { Turn } from '../../src/domain/strategy.ts'
import type { Contender } from '../../src/learning/bandit/stream.ts'
import { budget } from '../../src/strategies/budget.ts'
import { linUcb } from '../../src/strategies/linucb.ts'
import { noAids } from '../../src/strategies/strategy.ts'
import { thompson } from '../../src/strategies/thompson.ts'
import { utility } from '../../src/strategies/utility.ts'

/** Dollars for trying are set by the stream. */
const explore = { usd: 1, per: 'day' } as const

export const msPerRequest = 60_000
const hoursFor = (requests: number | null) =>
  requests === null ? null : (requests * msPerRequest) / 3_600_000

export type LearningSettings = {
  /** Requests after which feedback counts for half; `null`: it does not fade. */
  readonly halfLife: number | null
  readonly tries: boolean
  readonly written?: object
}

export function linUcbWith({ halfLife, tries, written = {} }: LearningSettings): Contender {
  const options = linUcb.options.parse({
    halfLifeHours: hoursFor(halfLife),
    ...(tries && { explore }),
    ...written,
  })
  const prepared = linUcb.prepare!(options, null)
  return {
    choose: (turn: Turn) => linUcb.choose(turn, options, { ...noAids, prepared }),
    learner: linUcb.learner!(options),
  }
}

export function thompsonWith({ halfLife, tries, written = {} }: LearningSettings): Contender {
  const options = thompson.options.parse({
    halfLifeHours: hoursFor(halfLife),
    ...(tries && { explore }),
    ...written,
  })
  const prepared = thompson.prepare!(options, null)
  return {
    choose: (turn: Turn) => thompson.choose(turn, options, { ...noAids, prepared }),
    learner: thompson.learner!(options),
  }
}

export const utilityContender = (): Contender => {
  const options = utility.options.parse({})
  return { choose: (turn) => utility.choose(turn, options, noAids), learner: null }
}

/** `utility` under the budget's pace: the offline router, with all that a bandit has but what it learns. */
export const pacedUtility = (): Contender => {
  const options = budget.options.parse({ pace: 'lambda' })
  return { choose: (turn) => budget.choose(turn, options, noAids), learner: null }
}
