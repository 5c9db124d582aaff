import type { Draw } from '../../../domain/random.ts'

export const taskKinds = [
  'arithmetic',
  'dates',
  'units',
  'sorting',
  'strings',
  'logic',
  'json-extraction',
  'code-tracing',
  'word-problems',
] as const
export type TaskKind = (typeof taskKinds)[number]

export const levels = [1, 2, 3, 4, 5] as const
/** 1 is easiest. Follows from the prompt's own content: how many steps, items or people it has. */
export type Level = (typeof levels)[number]

export type JsonSchema = Readonly<Record<string, unknown>>

/** A prompt whose answer can be checked. */
export type Task = {
  readonly kind: TaskKind
  readonly level: Level
  readonly prompt: string
  readonly answer: string
  /** The shape of the answer, where it is JSON. */
  readonly responseSchema: JsonSchema | null
}

/** A prompt that a family understands. `solve` works the answer out from the prompt's text alone. */
export type Recognised = { readonly level: Level; readonly solve: () => string }

/** A member: one kind of task, both ways. */
export type TaskFamily = {
  readonly kind: TaskKind
  /** How one goes about such a task: the explanation that stands before an answer, a sentence per step. */
  readonly approach: readonly string[]
  readonly generate: (draw: Draw, level: Level) => Task
  /** `null`: the prompt is not of this kind. */
  readonly recognise: (prompt: string) => Recognised | null
  /** Does the text give the task's answer? Tolerant of wording, never of substance. */
  readonly check: (task: Pick<Task, 'prompt' | 'answer'>, text: string) => boolean
  /** An answer such as one gets by slipping once. `check` refuses it. */
  readonly mistake: (draw: Draw, task: Pick<Task, 'prompt' | 'answer'>) => string
}

export const levelFrom = (score: number): Level => Math.max(1, Math.min(5, Math.round(score))) as Level

/** Draws until `suits`; a generator that cannot find one within the bound is wrong. */
export function drawUntil<T>(make: () => T, suits: (made: T) => boolean): T {
  for (let tries = 0; tries < 10_000; tries++) {
    const made = make()
    if (suits(made)) return made
  }
  throw new Error('a task generator found nothing that suits its level')
}
