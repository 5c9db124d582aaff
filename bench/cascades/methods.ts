/** The ways to spend money on a set that are compared, each as a curve of settings; whatever is chosen is chosen on train rows. */
import type { Strategy } from '../../src/domain/strategy.ts'
import { chooseAt, lambdaGrid } from '../../src/learning/evaluation/policy-curve.ts'
import {
  type AnsweredQuestion,
  fitAnswerModel,
  type FittedAnswerModel,
} from '../../src/learning/calibration/fit-answer-model.ts'
import { cascade } from '../../src/strategies/cascade.ts'
import { noAids } from '../../src/strategies/strategy.ts'
import { thresholdedCascade } from '../../src/strategies/thresholded-cascade.ts'
import {
  meansOf,
  type Realised,
  type ReplayedSet,
  type ReplayRows,
  replayRows,
  someRows,
} from './replayed-set.ts'

export type Method = {
  readonly name: string
  /** Its settings on the scored rows, in order of growing spending. */
  readonly curve: readonly Realised[]
  /** The setting that was best on the train rows at no more than the money allowed. */
  readonly chosen: Realised
  readonly chosenAs: string
}

/** Settings of lambda along a curve: quantiles of where predictions change their choice. */
const settings = 12
/** Looking ahead over every train row at every setting takes hours and changes nothing that can be seen. */
const trainRowsReplayed = 600

export type Money = {
  /** Mean dollars per row that a chosen setting may cost on the train rows. */
  readonly allowedUsd: number
}

export function routing({ fit, score }: ReplayedSet, money: Money): Method {
  const lambdas = lambdaGrid(fit.predictions, 60)
  const at = (rows: ReplayRows, lambda: number): Realised => {
    const choices = chooseAt(rows.predictions, lambda)
    const cells = (all: Float64Array) =>
      Float64Array.from(choices, (model, row) => all[row * rows.pool.length + model]!)
    return { quality: cells(rows.quality), costUsd: cells(rows.costUsd), calls: 1 }
  }
  return swept(
    'plain routing',
    lambdas,
    (lambda) => at(fit, lambda),
    (lambda) => at(score, lambda),
    money,
  )
}

export function cascadeRouting(
  name: string,
  { fit, score }: ReplayedSet,
  options: object,
  money: Money,
): Method {
  const parsed = cascade.options.parse({ comparable: 'always', ...options })
  const choose: Strategy = (turn) => cascade.choose(turn, parsed, noAids)
  const every = Math.max(1, Math.floor(fit.rows / trainRowsReplayed))
  const train = someRows(fit, (row) => row % every === 0)
  const lambdas = lambdaGrid(fit.predictions, settings).map((lambda) =>
    lambda === Number.POSITIVE_INFINITY ? 1e9 : lambda,
  )
  return swept(
    name,
    lambdas,
    (lambda) => replayRows(train, choose, lambda),
    (lambda) => replayRows(score, choose, lambda),
    money,
  )
}

function swept(
  name: string,
  lambdas: readonly number[],
  onTrain: (lambda: number) => Realised,
  onScore: (lambda: number) => Realised,
  { allowedUsd }: Money,
): Method {
  const best = bestWithin(lambdas.map(onTrain), allowedUsd)
  const curve = lambdas.map(onScore)
  return { name, curve, chosen: curve[best]!, chosenAs: `lambda ${Number(lambdas[best]!.toPrecision(3))}` }
}

/** The place of the best mean quality at a mean cost within what is allowed; else of the cheapest. */
function bestWithin(settingsOnTrain: readonly Realised[], allowedUsd: number): number {
  let best = -1
  let cheapest = 0
  settingsOnTrain.forEach((one, place) => {
    if (mean(one.costUsd) < mean(settingsOnTrain[cheapest]!.costUsd)) cheapest = place
    if (mean(one.costUsd) > allowedUsd) return
    if (best < 0 || mean(one.quality) > mean(settingsOnTrain[best]!.quality)) best = place
  })
  return best < 0 ? cheapest : best
}

export const mean = (cells: Float64Array): number => cells.reduce((sum, cell) => sum + cell, 0) / cells.length

const accepts = [0.55, 0.7, 0.8, 0.88, 0.94, 0.98]

/**
 * A fixed order of two to four models that knows of the prompt nothing but what was answered: it sees the means of the train
 * rows in the place of predictions. Every order and threshold is tried on train rows; the curve is the front of them.
 */
export function bestFixedCascade(set: ReplayedSet, fitted: FittedAnswerModel, money: Money): Method {
  const { fit, score } = set
  const every = Math.max(1, Math.floor(fit.rows / 500))
  const train = someRows(fit, (row) => row % every === 0)
  const known = meansOf(fit)
  const tried = orders(fit.pool, 4).flatMap((order) =>
    accepts.map((accept) => {
      const choose = fixedOrder(order, accept, fitted)
      return { order, accept, choose, onTrain: replayRows(train, choose, 0, known) }
    }),
  )
  const front = tried
    .filter(
      ({ onTrain }) =>
        !tried.some(
          (other) =>
            mean(other.onTrain.quality) > mean(onTrain.quality) &&
            mean(other.onTrain.costUsd) <= mean(onTrain.costUsd),
        ),
    )
    .sort((a, b) => mean(a.onTrain.costUsd) - mean(b.onTrain.costUsd))
  const curve = front.map(({ choose }) => replayRows(score, choose, 0, known))
  const best = bestWithin(
    front.map(({ onTrain }) => onTrain),
    money.allowedUsd,
  )
  const { order, accept } = front[best]!
  return {
    name: 'best fixed cascade',
    curve,
    chosen: curve[best]!,
    chosenAs: `${order.join(' → ')}, from ${accept}`,
  }
}

const fixedOrder = (order: readonly string[], accept: number, fitted: FittedAnswerModel): Strategy => {
  const options = thresholdedCascade.options.parse({
    stages: order.map((model) => ({ model, accept })),
    comparable: 'always',
    ...fitted,
  })
  return (turn) => thresholdedCascade.choose(turn, options, noAids)
}

/** Every order of one to `longest` models. */
function orders(pool: readonly string[], longest: number): readonly (readonly string[])[] {
  const found: string[][] = pool.map((model) => [model])
  for (let place = 0; place < found.length; place++) {
    const order = found[place]!
    if (order.length === longest) continue
    for (const model of pool) if (!order.includes(model)) found.push([...order, model])
  }
  return found
}

export type NaiveRule = { readonly first: string; readonly second: string; readonly otherwise: string }

/** Both cheap models are asked; where they say the same it is given, else the dear one is asked. */
export function naive({ score }: ReplayedSet, { first, second, otherwise }: NaiveRule): Method {
  const place = (name: string) => score.pool.indexOf(name)
  const [a, b, c] = [place(first), place(second), place(otherwise)]
  const models = score.pool.length
  const quality = new Float64Array(score.rows)
  const costUsd = new Float64Array(score.rows)
  for (let row = 0; row < score.rows; row++) {
    const cell = (model: number) => row * models + model
    const [one, other] = [score.answers[cell(a)], score.answers[cell(b)]]
    const agree = one != null && one === other
    quality[row] = score.quality[cell(agree ? a : c)]!
    costUsd[row] = score.costUsd[cell(a)]! + score.costUsd[cell(b)]! + (agree ? 0 : score.costUsd[cell(c)]!)
  }
  const realised = { quality, costUsd, calls: Number.NaN }
  return {
    name: 'naive rule',
    curve: [realised],
    chosen: realised,
    chosenAs: `${first} and ${second} agree, else ${otherwise}`,
  }
}

export function single(rows: ReplayRows, model: string): Realised {
  const place = rows.pool.indexOf(model)
  const column = (cells: Float64Array) => cells.filter((_, cell) => cell % rows.pool.length === place)
  return { quality: column(rows.quality), costUsd: column(rows.costUsd), calls: 1 }
}

/** What the answers of train rows say of how these models err together. */
export const answerModelOf = ({ fit }: ReplayedSet): FittedAnswerModel => fitAnswerModel(questionsOf(fit))

function questionsOf(rows: ReplayRows): readonly AnsweredQuestion[] {
  const models = rows.pool.length
  return Array.from({ length: rows.rows }, (_, row) => {
    const cells = <Cell>(all: ArrayLike<Cell>) =>
      Array.from({ length: models }, (_unused, model) => all[row * models + model]!)
    return {
      predicted: cells(rows.predictions.quality),
      right: cells(rows.quality).map((score) => score >= 0.5),
      answers: cells<string | null>(rows.answers),
    }
  })
}
