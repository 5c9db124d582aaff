/**
 * Fits a correction to graded answers: the mode of log loss under Gaussian priors, by Newton's method on one parameter after another
 * (the loss is convex, so the order does not matter). The priors pull towards no correction, those of a model and a task the
 * harder: few answers change little, and what all have in common is learnt first.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { groupBy } from '../../../domain/group-by.ts'
import type { ModelId } from '../../../domain/model.ts'
import type { TaskType } from '../../../domain/signals.ts'
import { logOddsOf } from '../../../estimate/log-odds.ts'
import { type CorrectionModel, noCorrection, type Offsets } from './correction.ts'

/** An answer with its score. */
export type Graded = {
  /** ISO 8601, UTC. */
  readonly time: string
  /** What stays together: answers of one session are no independent witnesses. */
  readonly unit: string
  readonly model: ModelId
  readonly task: TaskType
  /** Predicted before any correction, 0 to 1. */
  readonly predicted: number
  /** 0 to 1. */
  readonly score: number
}

/** Deviations of the priors, in log-odds. */
const deviations = { slope: 0.25, offset: 0.5, model: 0.5, task: 0.3 } as const
const mostPasses = 60
const closeEnough = 1e-6
const leastSlope = 0.1

/** A parameter, the answers that it has a say in and what it is multiplied by in each. */
type Parameter = {
  value: number
  readonly prior: number
  readonly variance: number
  readonly rows: readonly number[]
  readonly factor: (row: number) => number
}

/** Yields to whoever waits after each pass. */
export async function fitCorrection(graded: readonly Graded[]): Promise<CorrectionModel> {
  if (graded.length === 0) return noCorrection
  const x = graded.map(({ predicted }) => logOddsOf(predicted))
  const all = graded.map((_, row) => row)
  const byModel = rowsBy(graded, ({ model }) => model)
  const byTask = rowsBy(graded, ({ model, task }) => JSON.stringify([model, task]))
  const slope = parameter(all, deviations.slope, 1, (row) => x[row]!)
  const offset = parameter(all, deviations.offset)
  const models = mapped(byModel, (rows) => parameter(rows, deviations.model))
  const tasks = mapped(byTask, (rows) => parameter(rows, deviations.task))
  const parameters = [slope, offset, ...models.values(), ...tasks.values()]
  const logOdds = Float64Array.from(x)
  for (let pass = 0; pass < mostPasses; pass++) {
    let moved = 0
    for (const one of parameters) moved = Math.max(moved, Math.abs(improve(one, logOdds, graded)))
    if (moved < closeEnough) break
    await nextTurn()
  }
  return {
    slope: slope.value,
    offset: offset.value,
    models: Object.fromEntries(
      [...models].map(([model, { value }]): [string, Offsets] => [
        model,
        { offset: value, tasks: tasksOf(model, tasks) },
      ]),
    ),
  }
}

const parameter = (
  rows: readonly number[],
  deviation: number,
  prior = 0,
  factor: Parameter['factor'] = () => 1,
): Parameter => ({ value: prior, prior, variance: deviation ** 2, rows, factor })

/** A Newton step, no longer than 1: from far away a whole one overshoots. */
function improve(one: Parameter, logOdds: Float64Array, graded: readonly Graded[]): number {
  let gradient = (one.value - one.prior) / one.variance
  let curve = 1 / one.variance
  for (const row of one.rows) {
    const predicted = 1 / (1 + Math.exp(-logOdds[row]!))
    const factor = one.factor(row)
    gradient += (predicted - graded[row]!.score) * factor
    curve += predicted * (1 - predicted) * factor * factor
  }
  let step = Math.max(-1, Math.min(1, -gradient / curve))
  if (one.prior === 1) step = Math.max(step, leastSlope - one.value)
  one.value += step
  for (const row of one.rows) logOdds[row]! += step * one.factor(row)
  return step
}

function rowsBy(graded: readonly Graded[], keyOf: (one: Graded) => string): Map<string, number[]> {
  return groupBy([...graded.keys()], (row) => keyOf(graded[row]!))
}

const mapped = <From, To>(map: ReadonlyMap<string, From>, make: (from: From) => To): Map<string, To> =>
  new Map([...map].map(([key, one]) => [key, make(one)]))

function tasksOf(model: string, tasks: ReadonlyMap<string, Parameter>): Record<string, number> {
  const found: Record<string, number> = {}
  for (const [key, { value }] of tasks) {
    const [of, task] = JSON.parse(key) as [string, string]
    if (of === model) found[task] = value
  }
  return found
}
