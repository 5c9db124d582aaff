/** What an outcome set says of a pool: true outcomes of every model, and what exchange rates would have made of them. */

import type { Model, ModelId } from './model.ts'
import type { ControlPoint, FrontierPoint, PlanePoint } from './plane.ts'

/** A model of a set, and why it takes no part; `null`: it does. */
export type SetModel = { readonly name: string; readonly id: ModelId | null; readonly leftOut: string | null }

export type MeasuredFrontier = {
  /** What the file holds, what was drawn of it, and what could be used: rows with an outcome and a cost of each model that takes part. */
  readonly rows: { readonly inFile: number; readonly drawn: number; readonly used: number }
  /** Of the rows that are used. */
  readonly datasets: readonly string[]
  /** Names as the file has them. */
  readonly setModels: readonly SetModel[]
  /** How many models the policy chooses among; those of them that the set knows not are not measured. */
  readonly poolSize: number
  readonly bestModel: string
  readonly bestSingle: number
  readonly models: readonly PlanePoint[]
  readonly controls: readonly ControlPoint[]
  readonly oracle: PlanePoint
  /** Rising lambda. */
  readonly frontier: readonly FrontierPoint[]
  /** Where costs come from, in sentences. */
  readonly costs: string
  /** Rows that the router was trained on, as far as its artefact says; above 0 what is measured flatters it. */
  readonly seen: { readonly rows: number; readonly datasets: readonly string[] }
  readonly notes: readonly string[]
}

/** What is asked of whoever measures. */
export type MeasureRequest = {
  readonly path: string
  /** The router's file. */
  readonly artefact: string
  /** Models that the policy chooses among. */
  readonly pool: readonly Model[]
  /** The catalogue's models by their names in small letters. */
  readonly known: ReadonlyMap<string, Model>
  /** More rows are drawn from, by the seed and their ids. */
  readonly mostRows: number
  readonly resamples: number
  readonly seed: string
}

export type MeasureStage = 'reading' | 'predicting' | 'resampling'

/** `total` is `null` while nobody knows it. */
export type MeasureProgress = {
  readonly stage: MeasureStage
  readonly done: number
  readonly total: number | null
}

/** What whoever measures tells, the last of them how it ended. */
export type MeasureEvent =
  | ({ readonly kind: 'progress' } & MeasureProgress)
  | { readonly kind: 'measured'; readonly frontier: MeasuredFrontier }
  | { readonly kind: 'impossible'; readonly problem: string; readonly remedy: string }

/** The models that the first rows of a set have outcomes of, or why it can't be read. */
export type OutcomeHead =
  | { readonly kind: 'models'; readonly names: readonly string[] }
  | { readonly kind: 'faulty'; readonly problem: string; readonly remedy: string }
