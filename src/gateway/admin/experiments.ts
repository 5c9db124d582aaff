import { z } from 'zod'
import { experimentSchema } from '../../config/experiment-fields.ts'
import { experimentOf } from '../../config/resolve-experiments.ts'
import { ExperimentError } from '../experiments.ts'
import {
  type AdminCall,
  AdminError,
  type AdminParts,
  bodyAs,
  explained,
  notFound,
  param,
  value,
} from './call.ts'

const beginBody = experimentSchema.extend({ id: z.string().trim().min(1).max(100) })
const endBody = z.strictObject({ winner: z.string().optional() })

const ways = { stop: 'stopped', promote: 'promoted', 'roll-back': 'rolled-back' } as const

export function experimentCalls({ experiments, config }: AdminParts): readonly AdminCall[] {
  const calls: readonly AdminCall[] = [
    { method: 'GET', path: '/experiments', run: async () => value({ experiments: experiments.list() }) },
    {
      method: 'GET',
      path: '/experiments/:id',
      run: async (request) => {
        const id = param(request, 'id')
        const found = experiments.find(id)
        if (found === null) throw notFound('experiment', id)
        return value(found)
      },
    },
    {
      method: 'POST',
      path: '/experiments',
      run: async ({ body }) => {
        const { id, ...entry } = bodyAs(beginBody, body)
        const faults: string[] = []
        const names = config().policies.map(({ name }) => name)
        const definition = experimentOf(id, entry, names, [], (path, message) =>
          faults.push(`${path.join('.')} ${message}`),
        )
        if (faults.length > 0) throw new AdminError(400, 'invalid_request', faults.join('; '))
        return value(await experiments.begin(definition), id)
      },
    },
    {
      method: 'POST',
      path: '/experiments/:id/look',
      run: async (request) => {
        await experiments.look()
        const id = param(request, 'id')
        const found = experiments.find(id)
        if (found === null) throw notFound('experiment', id)
        return value(found, id)
      },
    },
    ...Object.entries(ways).map(
      ([way, how]): AdminCall => ({
        method: 'POST',
        path: `/experiments/:id/${way}`,
        run: async (request) => {
          const { winner = null } = bodyAs(endBody, request.body)
          const id = param(request, 'id')
          return value(await experiments.end(id, how, winner, 'an administrator'), id)
        },
      }),
    ),
  ]
  return explained(calls, (error) => error instanceof ExperimentError)
}
