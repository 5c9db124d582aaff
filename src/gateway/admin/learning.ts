import { z } from 'zod'
import type { Policy } from '../../domain/policy.ts'
import { CalibrationError, calibrationHistory } from '../learning/correction/state.ts'
import type { Learning, LearningReport } from '../learning/learning.ts'
import { learntHistory, LearningError } from '../learning/versions.ts'
import { type AdminCall, AdminError, bodyAs, explained, notFound, param, value, wholeNumber } from './call.ts'
import { regretCalls, type RegretParts } from './learning-regret.ts'

const rollBackBody = z.strictObject({ version: z.number().int().positive().optional() })
const mostVersions = 200

export type LearningCallParts = RegretParts & {
  readonly learning: Pick<Learning, 'report' | 'rollBack' | 'calibration'>
}

/** What `GET /admin/learning` answers. */
export type LearningPage = LearningReport & {
  /** Policies that learn or try models: what regret can be asked of. */
  readonly regretOf: readonly string[]
}

export const learningCalls = (parts: LearningCallParts): readonly AdminCall[] =>
  explained(
    [...policyCalls(parts), ...calibrationCalls(parts.store, parts.learning), ...regretCalls(parts)],
    (error) => error instanceof LearningError || error instanceof CalibrationError,
  )

const regretOf = (policies: readonly Policy[]): readonly string[] =>
  policies.filter(({ learner, explore }) => learner || explore).map(({ name }) => name)

const policyCalls = ({ store, learning, succession }: LearningCallParts): readonly AdminCall[] => [
  {
    method: 'GET',
    path: '/learning',
    run: async () => {
      const page: LearningPage = { ...learning.report(), regretOf: regretOf(succession.current().policies) }
      return value(page)
    },
  },
  {
    method: 'GET',
    path: '/policies/:name/history',
    run: async (request) => {
      const name = param(request, 'name')
      const limit = wholeNumber(request.query.limit, 'limit', 50, mostVersions)
      const versions = await learntHistory(store, name, limit)
      if (versions.length === 0) throw notFound('learnt version of a policy', name)
      return value({ policy: name, versions })
    },
  },
  {
    method: 'POST',
    path: '/policies/:name/rollback',
    run: async (request) => {
      const name = param(request, 'name')
      const { version = null } = bodyAs(rollBackBody, request.body)
      return value(await learning.rollBack(name, version), name)
    },
  },
]

const calibrationCalls = (
  store: LearningCallParts['store'],
  { calibration }: LearningCallParts['learning'],
): readonly AdminCall[] => [
  {
    method: 'GET',
    path: '/correction/history',
    run: async ({ query }) => {
      const limit = wholeNumber(query.limit, 'limit', 50, mostVersions)
      return value({ versions: await calibrationHistory(store, limit) })
    },
  },
  {
    method: 'POST',
    path: '/correction/fit',
    run: async () => {
      if (!calibration.isOn()) throw notConfigured()
      await calibration.tick()
      const [newest = null] = await calibrationHistory(store, 1)
      return value(newest, 'correction')
    },
  },
  {
    method: 'POST',
    path: '/correction/rollback',
    run: async ({ body }) => {
      const { version = null } = bodyAs(rollBackBody, body)
      if (!calibration.isOn()) throw notConfigured()
      return value(await calibration.rollBack(version), 'correction')
    },
  },
]

const notConfigured = (): AdminError =>
  new AdminError(
    409,
    'not_configured',
    'Predictions are not corrected by feedback. Write `learning: { calibration: {} }` into the configuration.',
  )
