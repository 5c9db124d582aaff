/**
 * What the words of others, and the advice to go step by step, do to a simulated model's chance, in log-odds. Chosen, not
 * measured. With s the share of the answers before it that are right, and r the mean of the reviews of the last (1: no fault, -1: a
 * fault):
 *
 *   shift = 0.5 [step by step] + 2 (2 s - 1)                    without reviews
 *   shift = 0.5 [step by step] + (2 s - 1) (1 + 1.5 r)          with reviews
 *
 * Right answers help, wrong ones mislead; a fault that is found in a wrong answer is put right more often than not, and one that
 * is found in a right answer unsettles it.
 */

import type { Material } from './instruction.ts'
import { isRight, noFault, taskIn } from './opinions.ts'

export function shiftBy({ answers, reviews, stepByStep }: Material, prompt: string): number {
  const known = taskIn(prompt)
  const steps = stepByStep ? 0.5 : 0
  if (!known || answers.length === 0) return steps
  // Reviews are of the answer that came last.
  const seen = reviews.length > 0 ? answers.slice(-1) : answers
  const share = seen.filter((text) => isRight(known, text)).length / seen.length
  const leaning = 2 * share - 1
  if (reviews.length === 0) return steps + 2 * leaning
  const mean = reviews.reduce((sum, text) => sum + (text.includes(noFault) ? 1 : -1), 0) / reviews.length
  return steps + leaning * (1 + 1.5 * mean)
}
