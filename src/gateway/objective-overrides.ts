/**
 * Objectives that an administrator has set while the gateway serves: they stand in place of the configuration's until they are
 * lifted, in every process over the same store. Kept as documents, so that what held before can be looked up.
 */

import { z } from 'zod'
import type { ObjectiveStatement } from '../domain/policy.ts'
import type { Clock } from '../domain/transport.ts'
import type { SharedState } from '../storage/state/shared-state.ts'
import type { Document, Store } from '../storage/store.ts'
import type { Estimates } from './consider.ts'

export type ObjectiveOverrides = {
  /** `null`: the configuration's own holds. */
  readonly of: (policy: string) => ObjectiveStatement | null
  /** It holds when this resolves; the other processes hear of it. `null` lifts it. @throws StoreError */
  readonly set: (policy: string, statement: ObjectiveStatement | null) => Promise<void>
  /** What is stated of a policy, by what has been set: what a request states itself is left alone. */
  readonly over: (resolve: Estimates['objective']) => Estimates['objective']
  readonly close: () => void
}

const kind = 'objective'
const channel = 'objectives'
/** How often others' changes are looked for, though nobody tells of them. */
const refreshMs = 5_000
const mostTries = 5

const share = z.number().min(0).max(1)
const statementSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('lambda'),
    lambda: z.number().min(0),
    mixture: z.object({ lambda: z.number().min(0), share }).optional(),
  }),
  z.object({ kind: z.literal('quality'), share }),
  z.object({ kind: z.literal('max-quality-loss'), share }),
  z.object({ kind: z.literal('willingness-to-pay'), usdPerTenPoints: z.number().positive() }),
  z.object({ kind: z.literal('mean-cost'), usd: z.number().positive() }),
  z.object({ kind: z.literal('strong-share'), share }),
])
const savedSchema = z.object({ statement: statementSchema.nullable() })

export type ObjectiveOverridesParts = {
  readonly store: Pick<Store, 'document' | 'documents' | 'putDocument'>
  readonly state: Pick<SharedState, 'publish' | 'subscribe'>
  readonly clock: Pick<Clock, 'wall'>
  readonly onProblem: (error: unknown) => void
}

export async function openObjectiveOverrides({
  store,
  state,
  clock,
  onProblem,
}: ObjectiveOverridesParts): Promise<ObjectiveOverrides> {
  let known: ReadonlyMap<string, ObjectiveStatement> = new Map()
  const refresh = async (): Promise<void> => {
    known = new Map((await store.documents(kind)).flatMap(readOverride))
  }
  await refresh()
  const refreshing = setInterval(() => void refresh().catch(onProblem), refreshMs)
  refreshing.unref()
  const unheard = state.subscribe(channel, () => void refresh().catch(onProblem))
  return {
    of: (policy) => known.get(policy) ?? null,
    set: async (policy, statement) => {
      const text = JSON.stringify({ statement })
      for (let tries = 0; tries < mostTries; tries++) {
        const after = (await store.document(kind, policy))?.version ?? 0
        const changedAt = clock.wall().toISOString()
        if (await store.putDocument({ kind, id: policy, version: after + 1, changedAt, text }, after)) break
      }
      // Whoever was quicker each time has the last word.
      await refresh()
      state.publish(channel, policy)
    },
    over: (resolve) => (policy, statement) =>
      resolve(policy, statement === policy.objective ? (known.get(policy.name) ?? statement) : statement),
    close: () => {
      clearInterval(refreshing)
      unheard()
    },
  }
}

/** What another version of Fairlead wrote and this one can't read is as if it were not there. */
function readOverride({ id, text }: Document): readonly (readonly [string, ObjectiveStatement])[] {
  try {
    const statement = savedSchema.safeParse(JSON.parse(text)).data?.statement ?? null
    return statement === null ? [] : [[id, statement as ObjectiveStatement]]
  } catch {
    return []
  }
}
