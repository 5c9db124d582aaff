import { basename } from 'node:path'
import type { MeasuredFrontier, MeasureProgress } from '../../domain/measured-frontier.ts'
import type { Policy } from '../../domain/policy.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { shippedArtefact } from '../load-routers.ts'
import type { MeasuringConfig, OutcomeSets } from '../outcome-sets/outcome-sets.ts'
import type { ResolvedConfig } from '../../config/resolved.ts'
import { defaultStrategy } from '../../config/schema.ts'
import { type AdminCall, AdminError, param, value } from './call.ts'
import type { PolicyObjective } from './frontier-calls.ts'

export type OutcomeSetLine = { readonly name: string; readonly file: string }

/** What a policy comes to on an outcome set, along its exchange rates. */
export type SetReport = MeasuredFrontier & {
  readonly name: string
  readonly policy: string
  readonly strategy: string
  readonly objective: PolicyObjective
}

/** What `GET /admin/outcome-sets/:name/frontier` answers: ask again while it is being measured. */
export type SetAnswer =
  | {
      readonly kind: 'measuring'
      readonly progress: MeasureProgress | { readonly stage: 'waiting' }
    }
  | { readonly kind: 'measured'; readonly report: SetReport }

export type SetCallParts = {
  readonly sets: OutcomeSets
  readonly config: () => MeasuringConfig & Pick<ResolvedConfig, 'artefact' | 'encoder' | 'calibration'>
  /** @throws AdminError */
  readonly policyOf: (name: string) => Policy
  readonly objectiveOf: (policy: Policy) => PolicyObjective
}

export const setCalls = ({ sets, config, policyOf, objectiveOf }: SetCallParts): readonly AdminCall[] => [
  {
    method: 'GET',
    path: '/outcome-sets',
    run: async () => {
      const lines = config().outcomeSets.map(
        ({ name, path }): OutcomeSetLine => ({ name, file: basename(path) }),
      )
      return value({ sets: lines })
    },
  },
  {
    method: 'GET',
    path: '/outcome-sets/:name/frontier',
    run: async (request) => {
      const serving = config()
      const set = setOf(serving.outcomeSets, param(request, 'name'))
      const policy = policyOf(request.query.policy || 'auto')
      const found = await sets.ask(set, policy, serving, await artefactOf(serving))
      switch (found.kind) {
        case 'measuring':
          return value(found satisfies SetAnswer)
        case 'measured': {
          const report: SetReport = {
            ...found.frontier,
            notes: [...found.frontier.notes, ...notesOn(policy, serving)],
            name: set.name,
            policy: policy.name,
            strategy: policy.strategy,
            objective: objectiveOf(policy),
          }
          return value({ kind: 'measured', report } satisfies SetAnswer)
        }
        case 'impossible':
          throw new AdminError(409, 'set_not_measured', `${found.problem}. ${found.remedy}`)
        case 'busy':
          throw new AdminError(409, 'busy', 'Several measurements wait already. Ask again in a minute.')
        default:
          return unreachable(found)
      }
    },
  },
]

/** Names of the configuration, and nothing else: no caller can have a file read by its path. */
function setOf(known: MeasuringConfig['outcomeSets'], name: string): MeasuringConfig['outcomeSets'][number] {
  const found = known.find((set) => set.name === name)
  if (found !== undefined) return found
  const names = known.map((set) => set.name)
  const instead =
    names.length === 0
      ? 'The configuration names none: write some under `outcomeSets`.'
      : `There are ${names.join(', ')}.`
  throw new AdminError(
    404,
    'not_found',
    `There is no outcome set ${JSON.stringify(name.slice(0, 100))}. ${instead}`,
  )
}

type Serving = ReturnType<SetCallParts['config']>

/** Over an encoder outside, an artefact can't be asked here without asking that one: the shipped one stands in, as it does where it fails. */
const artefactOf = async ({ artefact, encoder }: Serving): Promise<string> =>
  artefact !== null && encoder === null ? artefact : shippedArtefact()

function notesOn({ name, strategy }: Policy, { encoder, calibration }: Serving): readonly string[] {
  return [
    ...(strategy === defaultStrategy
      ? []
      : [
          `${name} is a ${strategy}: what is shown is what ${defaultStrategy} would choose among its models.`,
        ]),
    ...(encoder === null
      ? []
      : [
          'Predictions are those of the shipped router over the built-in encoder: the configured encoder is not asked.',
        ]),
    ...(calibration === null ? [] : ['Predictions are those of before what feedback corrects of them.']),
  ]
}
