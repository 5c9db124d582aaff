import type { Model } from '../../domain/model.ts'
import { normal, seededDraw } from '../../domain/random.ts'
import type { Level, TaskKind } from './tasks/task.ts'

/**
 * How likely a simulated model is to solve a task:
 *
 *   P(correct) = logistic(slope * (skill[model, kind] - difficulty)),  difficulty = level + offset[kind] + jitter(prompt)
 *
 * the two-parameter logistic model of item response theory (Birnbaum 1968). Skill and difficulty share the levels' scale:
 * a model of skill 3 solves half of the tasks of difficulty 3. The jitter is the same for every model, so that a prompt
 * that is hard for one is harder for all. All figures are chosen, none is measured.
 */
const slope = 3.5

/** Standard deviation of what makes one prompt harder than another of its kind and level. */
const jitterDeviation = 0.25

const offsets: Readonly<Record<TaskKind, number>> = {
  'json-extraction': -1,
  sorting: -0.7,
  'word-problems': -0.5,
  units: -0.4,
  arithmetic: -0.1,
  strings: 0.1,
  dates: 0.3,
  'code-tracing': 0.8,
  logic: 1.1,
}

type Tier = { readonly base: number; readonly differences: Readonly<Partial<Record<TaskKind, number>>> }

const tiers: Readonly<Record<string, Tier>> = {
  nano: { base: 3.2, differences: { logic: -0.2, 'code-tracing': -0.2, 'json-extraction': 0.2 } },
  mid: { base: 4.45, differences: { logic: -0.4, 'code-tracing': -0.1, sorting: 0.2 } },
  frontier: { base: 5.4, differences: { logic: 0.4, 'code-tracing': 0.2, strings: 0.2 } },
  reasoning: {
    base: 5.1,
    differences: {
      arithmetic: 0.9,
      'word-problems': 0.5,
      logic: 1.2,
      'code-tracing': 1,
      'json-extraction': -0.3,
      strings: -0.1,
    },
  },
}

/** A simulated model that has no row of its own is as skilled as `mid`. */
export const skillOf = (model: Model, kind: TaskKind): number => {
  const { base, differences } = tiers[model.vendorName] ?? tiers.mid!
  return base + (differences[kind] ?? 0)
}

type Asked = { readonly kind: TaskKind; readonly level: Level; readonly prompt: string }

export function difficultyOf({ kind, level, prompt }: Asked): number {
  return level + offsets[kind] + jitterDeviation * normal(seededDraw(`difficulty ${prompt}`))
}

/** `shift`: what else speaks for it, in log-odds. */
export const chanceOfSuccess = (model: Model, task: Asked, shift = 0): number =>
  logistic(slope * (skillOf(model, task.kind) - difficultyOf(task)) + shift)

export const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds))

/** Of a probability that is neither 0 nor 1. */
export const logit = (probability: number): number => Math.log(probability / (1 - probability))
