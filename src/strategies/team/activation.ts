/** Which roles become active next, and what their models may cost, by how sure the team is (OI-MAS, arXiv 2601.04861). */

import { type Features, type Head, scoreOf, softmax } from './heads.ts'
import { type Role, rolesFor } from './roles.ts'
import type { TaskType } from '../../domain/signals.ts'

/** Ends the work with what is in hand. */
export const finish = 'finish'

export type RoleHeads = Readonly<Record<string, Head>>

/**
 * Chosen by hand. Nobody reviews before there is an answer; the surer the team, the nearer the end; agreement that is missing
 * after two answers speaks for a third.
 */
export const untrainedActivation: RoleHeads = {
  [finish]: { bias: -4, weights: { confidence: 6 } },
  solver: { bias: 1, weights: { 'after:solver': -0.5 } },
  mathematician: { bias: 0.5, weights: { 'task:math': 1, 'task:reasoning': 0.5 } },
  logician: { bias: 0.3, weights: { 'task:reasoning': 1 } },
  programmer: { bias: 0.3, weights: { 'task:code': 1.5, code: 1 } },
  expert: { bias: 0.3, weights: { 'task:knowledge': 1 } },
  writer: { bias: 0.3, weights: { 'task:creative': 1.5, 'task:rewriting': 1.5 } },
  analyst: { bias: 0.3, weights: { 'task:extraction': 1.5, 'task:classification': 1 } },
  critic: { bias: 0, weights: { answers: 0.3 } },
  'fact-checker': { bias: -0.3, weights: { 'task:knowledge': 0.7 } },
  tester: { bias: -0.3, weights: { 'task:code': 1, 'task:math': 0.3 } },
  editor: { bias: -0.3, weights: { 'task:creative': 1, 'task:rewriting': 1 } },
}

export type Activation =
  | { readonly kind: 'finish' }
  | { readonly kind: 'roles'; readonly roles: readonly Role[]; readonly mass: number }

/**
 * Roles in order of their probability until together they have `mass` of it, at most `most`. The end is one of them: it comes
 * when it is the likeliest.
 */
export function activate(
  heads: RoleHeads,
  features: Features,
  task: TaskType,
  answers: number,
  limits: { readonly mass: number; readonly most: number; readonly maySolve: boolean },
): Activation {
  const open = rolesFor(task, 'any').filter(({ part }) => (part === 'review' ? answers > 0 : limits.maySolve))
  const names = [...(answers > 0 ? [finish] : []), ...open.map(({ name }) => name)]
  if (open.length === 0) return { kind: 'finish' }
  const probabilities = softmax(names.map((name) => scoreOf(heads[name], features)))
  const ordered = names
    .map((name, place) => ({ name, probability: probabilities[place]! }))
    .sort((a, b) => b.probability - a.probability)
  if (ordered[0]!.name === finish) return { kind: 'finish' }
  const active: Role[] = []
  let mass = 0
  for (const { name, probability } of ordered) {
    if (mass >= limits.mass || active.length >= limits.most) break
    mass += probability
    const role = open.find((one) => one.name === name)
    if (role) active.push(role)
  }
  return { kind: 'roles', roles: active, mass }
}

/**
 * Cost counts more the surer the team is, and less while it is in doubt: lambda_t = lambda c / reference, so that small models
 * are taken to confirm and large ones to settle.
 */
export const lambdaAt = (lambda: number, confidence: number, reference: number): number =>
  (lambda * confidence) / reference
