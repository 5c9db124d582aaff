/**
 * The heads that make up a team: linear scores of a few features, one softmax for each decision, each decision reading those
 * before it (MasRouter's cascade; there the scores come from a graph-variational network, and here from weights that one can
 * read). `fitTeamHeads` in learning/training/team-heads fits them.
 */

import { z } from 'zod'
import { subjects, type Signals, taskTypes } from '../../domain/signals.ts'
import { roleNames } from './roles.ts'
import { mostAgents, teamModes } from './modes.ts'

export type Features = Readonly<Record<string, number>>

export type Head = { readonly bias: number; readonly weights: Features }

/** `models`: by model id, added to what `*` says of every model. */
export type TeamHeads = {
  readonly modes: Readonly<Record<string, Head>>
  readonly agents: Readonly<Record<string, Head>>
  readonly roles: Readonly<Record<string, Head>>
  readonly models: Readonly<Record<string, Head>>
}

/** What every head may go by. */
export function requestFeatures({
  complexity,
  inputTokens,
  taskType,
  subject,
  structure,
}: Signals): Features {
  return {
    complexity,
    tokens: Math.log1p(inputTokens) / 10,
    code: structure.codeShare,
    json: structure.jsonSchema ? 1 : 0,
    [`task:${taskType}`]: 1,
    [`subject:${subject.name}`]: 1,
  }
}

const requestNames = [
  'complexity',
  'tokens',
  'code',
  'json',
  ...taskTypes.map((type) => `task:${type}`),
  ...subjects.map((subject) => `subject:${subject}`),
]
const modeNames = teamModes.map((mode) => `mode:${mode}`)
const memberNames = [...roleNames.map((role) => `role:${role}`), 'quality', 'price', 'concludes']

export const featureNames = {
  modes: requestNames,
  agents: [...requestNames, ...modeNames],
  roles: [...requestNames, ...modeNames, ...roleNames.map((role) => `after:${role}`)],
  models: [...requestNames, ...modeNames, ...memberNames],
} as const

export const scoreOf = (head: Head | undefined, features: Features): number => {
  if (!head) return 0
  let score = head.bias
  for (const name in head.weights) score += head.weights[name]! * (features[name] ?? 0)
  return score
}

/** Sums to 1; of scores however large. */
export function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores)
  const masses = scores.map((score) => Math.exp(score - top))
  const total = masses.reduce((sum, mass) => sum + mass, 0)
  return masses.map((mass) => mass / total)
}

const headsOf = (keys: readonly string[] | null, names: readonly string[]) =>
  z
    .record(
      z.string().min(1),
      z.strictObject({
        bias: z.number().default(0),
        weights: z
          .record(z.string(), z.number())
          .default({})
          .superRefine((weights, context) => {
            for (const name of Object.keys(weights))
              if (!names.includes(name))
                context.addIssue({
                  code: 'custom',
                  path: [name],
                  message: `${JSON.stringify(name)} is no feature of this head. There are ${names.slice(0, 4).join(', ')}, task:…, subject:… and others in docs/strategies/team.md.`,
                })
          }),
      }),
    )
    .superRefine((heads, context) => {
      for (const key of Object.keys(heads))
        if (keys !== null && !keys.includes(key))
          context.addIssue({
            code: 'custom',
            path: [key],
            message: `${JSON.stringify(key)} is none of ${keys.join(', ')}.`,
          })
    })

export const agentCounts = Array.from({ length: mostAgents }, (_, place) => `${place + 1}`)

/** What is written replaces the default head by head; a mode that is to be left out has a low bias. */
export const teamHeadsSchema = z.strictObject({
  modes: headsOf(teamModes, featureNames.modes).optional(),
  agents: headsOf(agentCounts, featureNames.agents).optional(),
  roles: headsOf(roleNames, featureNames.roles).optional(),
  models: headsOf(null, featureNames.models).optional(),
})

export const withDefaults = (written: z.output<typeof teamHeadsSchema> | undefined): TeamHeads => ({
  modes: { ...untrainedHeads.modes, ...written?.modes },
  agents: { ...untrainedHeads.agents, ...written?.agents },
  roles: { ...untrainedHeads.roles, ...written?.roles },
  models: { ...untrainedHeads.models, ...written?.models },
})

/**
 * Chosen by hand, measured in docs/strategies/team.md: easy requests go to one model, middling ones think first, and hard ones
 * with a definite answer are argued or checked. Models go by quality less price, as everywhere.
 */
export const untrainedHeads: TeamHeads = {
  modes: {
    single: { bias: 1, weights: { complexity: -2 } },
    'chain-of-thought': {
      bias: 0,
      weights: { 'task:math': 0.3, 'task:reasoning': 0.3, 'task:creative': -1 },
    },
    debate: {
      bias: -1.3,
      weights: { complexity: 1.6, 'task:knowledge': 0.3, 'task:creative': -1, 'task:chat': -1 },
    },
    reflection: {
      bias: -1.3,
      weights: { complexity: 1.6, 'task:code': 0.5, 'task:math': 0.3, 'task:chat': -1 },
    },
    chain: { bias: -1.8, weights: { complexity: 1.4, 'task:summarisation': 0.8, 'task:creative': 0.8 } },
    full: { bias: -2.2, weights: { complexity: 1.8 } },
  },
  agents: {
    1: { bias: 0, weights: {} },
    2: { bias: 0.5, weights: {} },
    3: { bias: 0, weights: { complexity: 0.8 } },
    4: { bias: -0.6, weights: { complexity: 1 } },
    5: { bias: -1.5, weights: { complexity: 1 } },
    6: { bias: -2, weights: { complexity: 1 } },
  },
  roles: {
    solver: { bias: 0.5, weights: { 'after:solver': -1 } },
    mathematician: { bias: 0, weights: { 'task:math': 1.5, 'task:reasoning': 0.5 } },
    logician: { bias: 0, weights: { 'task:reasoning': 1.5, 'task:math': 0.5 } },
    programmer: { bias: 0, weights: { 'task:code': 1.5, code: 1 } },
    expert: { bias: 0, weights: { 'task:knowledge': 1.5 } },
    writer: { bias: 0, weights: { 'task:creative': 1.5, 'task:rewriting': 1.5, 'task:translation': 1 } },
    analyst: { bias: 0, weights: { 'task:extraction': 1.5, 'task:classification': 1 } },
    critic: { bias: 0.4, weights: {} },
    'fact-checker': { bias: 0, weights: { 'task:knowledge': 1, 'task:summarisation': 1 } },
    tester: { bias: 0, weights: { 'task:code': 1, 'task:math': 0.5 } },
    editor: { bias: 0, weights: { 'task:creative': 1, 'task:rewriting': 1 } },
  },
  models: { '*': { bias: 0, weights: { quality: 10, price: -10 } } },
}
