import { z } from 'zod'
import { ascending, byCost, type Candidate } from '../domain/candidate.ts'
import { failure } from '../domain/failure.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import { taskTypes } from '../domain/signals.ts'
import { forward, refuse, type Turn } from '../domain/strategy.ts'
import { worth } from '../domain/value.ts'
import { defineStrategy, modelName } from './strategy.ts'

const ability = z.enum(['no', 'fair', 'good'])
type Ability = z.output<typeof ability>

const row = z.record(modelName, ability)

/**
 * A capability matrix: which models may do which task, laid down before any choice by value. Models that say `no` to a task
 * never get it, whatever the prediction; those that are fair at it only where no good one may serve, or always (`fair`). Among
 * what is left another policy chooses (`policy`), else the best value or the cheapest.
 */
export const matrix = defineStrategy({
  name: 'matrix',
  summary: 'which models may do which task, then the best value among them',
  needs: { quality: true, cost: true },
  options: z.strictObject({
    matrix: z
      .partialRecord(z.enum([...taskTypes, 'other']), row)
      .refine(
        (rows) => Object.keys(rows).length > 0,
        'needs at least one task, as in {code: {openai/gpt-5: good}}',
      )
      .describe('By task type; other: every task without a row of its own.'),
    unlisted: ability.default('fair').describe('Models that a row does not name.'),
    fair: z
      .enum(['without-good', 'always'])
      .default('without-good')
      .describe('When models that are fair at a task get it.'),
    by: z.enum(['value', 'cost']).default('value').describe('How one of them is chosen.'),
    policy: z
      .string()
      .min(1)
      .optional()
      .describe('A policy of this file that chooses among those of its models that the matrix allows.'),
  }),
  models: () => null,
  ways: ({ matrix: rows, policy }) => [
    ...new Set([
      ...(policy === undefined ? [] : [policy]),
      ...Object.values(rows).flatMap((abilities) => Object.keys(abilities)),
    ]),
  ],
  faults: ({ policy }) =>
    policy?.includes('/')
      ? [
          {
            path: ['policy'],
            message: `${policy} is a model: there is nothing to choose. Name a policy, or take it out.`,
          },
        ]
      : [],
  *choose(turn, options, { to }) {
    const { taskType } = turn.signals
    const of = abilityOf(options, taskType)
    const allowed = allowedOf(turn.candidates, of, options.fair)
    if (options.policy !== undefined) {
      const narrowed = narrow(turn, options.policy, of, options.fair)
      if (narrowed !== null) {
        const verdict = yield* to(options.policy)(narrowed)
        return { ...verdict, because: `${taskType}: ${verdict.because}` }
      }
    }
    if (!isNonEmpty(allowed.models))
      return refuse(
        failure(
          'rejected',
          `The matrix allows no model for ${taskType} that may serve this request. Add one to its row.`,
          { code: 'no_eligible_model' },
        ),
      )
    const ordered = options.by === 'cost' ? byCost(allowed.models) : byWorth(allowed.models, turn)
    return forward(
      ordered as unknown as NonEmpty<Candidate>,
      `${taskType}: ${allowed.said}, of which ${ordered[0]!.id} ${options.by === 'cost' ? 'costs least' : 'is the best value'}`,
    )
  },
})

type Options = {
  readonly matrix: Readonly<Partial<Record<string, Readonly<Record<string, Ability>>>>>
  readonly unlisted: Ability
}

/** Without a row nothing is known against any model. */
function abilityOf({ matrix: rows, unlisted }: Options, taskType: string): (candidate: Candidate) => Ability {
  const abilities = rows[taskType] ?? rows.other
  return ({ id }) => (abilities === undefined ? 'good' : (abilities[id] ?? unlisted))
}

type Allowed = { readonly models: readonly Candidate[]; readonly said: string }

function allowedOf(
  candidates: readonly Candidate[],
  of: (candidate: Candidate) => Ability,
  fair: 'without-good' | 'always',
): Allowed {
  const good = candidates.filter((candidate) => of(candidate) === 'good')
  const able = candidates.filter((candidate) => of(candidate) !== 'no')
  if (fair === 'always')
    return { models: able, said: `${able.length} of ${candidates.length} models are fair or good` }
  if (good.length > 0)
    return { models: good, said: `${good.length} of ${candidates.length} models are good at it` }
  return {
    models: able,
    said: `none is good at it, and ${able.length} of ${candidates.length} models are fair`,
  }
}

/** The policy sees no model that the matrix forbids, its fallbacks included; `null`: none of them would be left. */
function narrow(
  turn: Turn,
  policy: string,
  of: (candidate: Candidate) => Ability,
  fair: 'without-good' | 'always',
): Turn | null {
  const own = turn.nested[policy]
  if (!own) return null
  const candidates = allowedOf(own.candidates, of, fair).models
  const fallbacks = allowedOf(own.fallbacks, of, fair).models
  if (candidates.length + fallbacks.length === 0) return null
  return { ...turn, nested: { ...turn.nested, [policy]: { ...own, candidates, fallbacks } } }
}

function byWorth(candidates: readonly Candidate[], { objective }: Turn): readonly Candidate[] {
  const value = (candidate: Candidate) => worth(candidate, objective)
  // The sort is stable: equal values stay in the order of cost.
  return byCost(candidates).sort((a, b) => ascending(value(b), value(a)))
}
