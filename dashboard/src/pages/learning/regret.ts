/** Curves of regret as rows for plots, and what is said beside them. Pure. */

import type { RegretReport } from '../../api/types.ts'
import type { BandMark, BandRow } from '../../ui/band-rows.ts'
import { count, decimal, money } from '../../ui/format.ts'

type Against = RegretReport['against']
export type Rival = Against['rivals'][number]

/** Amounts of good answers: as many digits as say something. */
export const bareWorth = (worth: number): string =>
  Math.abs(worth) >= 100 ? count(worth) : decimal(worth, Math.abs(worth) >= 10 ? 1 : 2)

export const sayWorth = (worth: number): string => `${bareWorth(worth)} good answers`

/** Round numbers, as an axis has them. */
export const tickWorth = (worth: number): string => (Number.isInteger(worth) ? count(worth) : decimal(worth))

/** Cents from a cent up. */
export const sayUsd = (usd: number): string => (Math.abs(usd) >= 0.01 ? `$${decimal(usd)}` : money(usd))

const named = ({ kind, name }: Pick<Rival, 'kind' | 'name'>): string =>
  kind === 'model' ? `always ${name}` : name

export const againstRows = ({ curves }: Against): readonly BandRow[] =>
  curves.flatMap((curve) =>
    curve.points.map(({ at, estimate, low, high }) => ({
      at: new Date(at),
      name: named(curve),
      estimate,
      low,
      high,
    })),
  )

const line = (at: string, name: string, estimate: number): BandRow => ({
  at: new Date(at),
  name,
  estimate,
  low: null,
  high: null,
})

type GivenUp = RegretReport['givenUp']

/** One line where every decision says what the policy believed; else what part of it is by predictions stands beside it. */
export const givenUpRows = ({ points, withoutBeliefs }: GivenUp): readonly BandRow[] => [
  ...points.map(({ at, all }) => line(at, 'given up', all)),
  ...(withoutBeliefs === 0
    ? []
    : points.map(({ at, byPredictions }) => line(at, 'of which by the predictions', byPredictions))),
]

/** What the sum stands on. */
export function givenUpWords({ decisions, withoutBeliefs }: GivenUp): string {
  const believed =
    'By what the policy believed of each model as it chose: its best by quality less the price of money and time, less what it chose.'
  if (withoutBeliefs === 0) return `${believed} All of it is the price of trying models.`
  const how =
    'by the predictions on record, which also count where feedback had taught the policy to do otherwise'
  if (withoutBeliefs === decisions)
    return `No record of these decisions says what the policy believed, as those of strategies that learn or try models do from now on: all of it is ${how}.`
  return `${believed} The record of ${count(withoutBeliefs)} of ${count(decisions)} decisions does not say that: what these gave up is ${how}.`
}

type Explored = NonNullable<RegretReport['explored']>

export const exploredRows = ({ points, per, recorded }: Explored): readonly BandRow[] => [
  ...points.map(({ at, spentUsd }) => line(at, `this ${per}`, spentUsd)),
  ...points.map(({ at, totalUsd }) => line(at, 'in all', totalUsd)),
  ...recorded.points.map(({ at, usd }) => line(at, 'by these decisions', usd)),
]

/** What the decisions say themselves, beside the account. */
export function recordedWords({ recorded }: Explored, { withoutBeliefs }: GivenUp): string {
  const { decisions, usd } = recorded
  const tried = decisions === 1 ? 'one of them tried a model' : `${count(decisions)} of them tried a model`
  const booked = decisions === 0 ? 'none of them tried a model' : `${tried}, for ${sayUsd(usd)} in all`
  return withoutBeliefs === 0
    ? `By these decisions’ own records ${booked}.`
    : `By these decisions’ own records, as far as they say it, ${booked}.`
}

/** The limit as it stands. */
export function limitOf({ points, per }: Pick<Explored, 'points' | 'per'>) {
  const limitUsd = points.at(-1)?.limitUsd
  return limitUsd === undefined ? [] : [{ value: limitUsd, words: `at most ${sayUsd(limitUsd)} per ${per}` }]
}

export const marksOf = ({ resets }: Pick<RegretReport, 'resets'>): readonly BandMark[] =>
  resets.map(({ at, what }) => ({ at: new Date(at), words: what }))

/** What the estimate stands on. */
export function groundsOf({ decisions, known, certain }: Against): string {
  const all = count(decisions + certain)
  const drawn = `Of ${all} decisions that have ended ${count(decisions)} were left to chance, of which ${count(known)} are graded or failed.`
  return certain === 0 ? drawn : `${drawn} Nothing is said of the ${count(certain)} whose choice was certain.`
}

/** The verdict on the best fixed model, as far as there is one. */
export function verdictOf({ rivals, because, decisions }: Against): string {
  if (because !== null) return `Whether one model alone would have done better can’t be said: ${because}.`
  const best = rivals.find(({ kind, reading }) => kind === 'model' && reading.kind === 'interval')
  if (best === undefined || best.reading.kind === 'withheld') return ''
  const { low, high } = best.reading
  const judged = rivals.filter(({ kind, reading }) => kind === 'model' && reading.kind === 'interval').length
  const others = rivals.filter(({ kind }) => kind === 'model').length - judged
  const unknown =
    others === 0 ? '' : ` Of ${others === 1 ? 'one other' : `${others} others`} nothing can be said.`
  const over = `over the ${count(decisions)} decisions left to chance`
  if (low > 0)
    return `Always ${best.name} would have earned more, by ${bareWorth(low)} to ${sayWorth(high)} ${over}.${unknown}`
  if (high < 0)
    return `No single model that can be judged would have earned as much: the best, ${best.name}, is behind by ${bareWorth(-high)} to ${sayWorth(-low)} ${over}.${unknown}`
  return `Between the policy and always ${best.name}, the best fixed model by this estimate, no difference is certain: ${bareWorth(low)} to ${sayWorth(high)} ${over}.${unknown}`
}

export const leftOutWords = ({ leftOut }: Pick<RegretReport, 'leftOut'>): string =>
  Object.entries(leftOut)
    .map(([why, amount]) => `${count(amount)} ${why}`)
    .join('; ')
