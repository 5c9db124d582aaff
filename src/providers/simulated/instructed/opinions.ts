/**
 * How simulated models judge, rate and review. All figures are chosen, none is measured:
 *
 *   P(an answer is seen for what it is) = logistic(logit P(solving the task) + 1)     checking is easier than solving
 *   perceived difficulty = difficulty + (1.9 - 0.27 skill, at least 0.3) * N(0, 1)    the able are less mistaken about it
 */

import type { TokenLogprob } from '../../../domain/answer.ts'
import type { Model } from '../../../domain/model.ts'
import { type Draw, normal, pick } from '../../../domain/random.ts'
import { chanceOfSuccess, difficultyOf, logistic, logit, skillOf } from '../skill.ts'
import { checkAnswer, type RecognisedTask, recogniseTask } from '../tasks/index.ts'
import type { Section } from './instruction.ts'

const checkingIsEasier = 1

export type Known = { readonly task: RecognisedTask; readonly prompt: string }

export function taskIn(prompt: string): Known | null {
  const task = recogniseTask(prompt)
  return task ? { task, prompt } : null
}

export function isRight({ task, prompt }: Known, text: string): boolean {
  const { family, level } = task
  return checkAnswer({ kind: family.kind, level, prompt, answer: task.solve(), responseSchema: null }, text)
}

export function chanceOfSeeing(model: Model, { task, prompt }: Known): number {
  const chance = chanceOfSuccess(model, { kind: task.family.kind, level: task.level, prompt })
  return logistic(logit(chance) + checkingIsEasier)
}

/** A letter. Who does not see which answers are right names any of them, as does who sees that none is. */
export function judgement(model: Model, draw: Draw, prompt: string, answers: readonly Section[]): string {
  if (answers.length === 0) return 'A'
  const known = taskIn(prompt)
  const right = known ? answers.filter(({ text }) => isRight(known, text)) : []
  const sees = known !== null && draw() < chanceOfSeeing(model, known)
  const chosen = pick(draw, sees && right.length > 0 ? right : answers)
  return chosen.name.slice('answer '.length)
}

export const noFault = 'Verdict: sound.'
export const aFault = 'Verdict: flawed.'

/** Of the answer that came last. */
export function review(model: Model, draw: Draw, prompt: string, answers: readonly string[]): string {
  const known = taskIn(prompt)
  const last = answers.at(-1)
  if (!known || last === undefined) return noFault
  const right = isRight(known, last)
  const sees = draw() < chanceOfSeeing(model, known)
  const steps = known.task.family.approach.join(' ')
  return `${steps} ${right === sees ? noFault : aFault}`
}

const charsOfEasiest = 50

/** Of what is no task the length alone speaks: twice as long, one point harder. */
export function perceivedDifficulty(model: Model, draw: Draw, prompt: string): number {
  const known = taskIn(prompt)
  if (!known) return Math.min(5, Math.max(1, 1 + Math.log2(Math.max(1, prompt.length) / charsOfEasiest)))
  const { family, level } = known.task
  const deviation = Math.max(0.3, 1.9 - 0.27 * skillOf(model, family.kind))
  return difficultyOf({ kind: family.kind, level, prompt }) + deviation * normal(draw)
}

const spread = 0.6

/** A digit with the probabilities of all five: normal about what is perceived. */
export function rating(
  model: Model,
  draw: Draw,
  prompt: string,
): { readonly text: string; readonly logprob: TokenLogprob } {
  const perceived = perceivedDifficulty(model, draw, prompt)
  const masses = [1, 2, 3, 4, 5].map((digit) => ({
    token: `${digit}`,
    mass: Math.exp(-((digit - Math.min(5, Math.max(1, perceived))) ** 2) / (2 * spread ** 2)),
  }))
  const total = masses.reduce((sum, { mass }) => sum + mass, 0)
  const top = masses
    .map(({ token, mass }) => ({ token, logprob: Number(Math.log(mass / total).toFixed(6)) }))
    .sort((a, b) => b.logprob - a.logprob)
  const [first] = top
  return { text: first!.token, logprob: { ...first!, top } }
}
