import type { Model, ModelId } from '../../domain/model.ts'
import {
  type DecisionCost,
  type DecisionFilter,
  type SpendGrouping,
  spendGroupings,
  type Store,
} from '../../storage/store.ts'
import { AdminError, type AdminCall, type AdminParts, type AdminRequest, value } from './call.ts'
import { decisionFilter } from './filter.ts'
import { holdOutOf, type Saving, savingOf } from './saving.ts'
import { shortlyKept } from './shortly-kept.ts'

/** A page that is left open asks once a minute. */
const savingKeptMs = 20_000

export function reportCalls(parts: AdminParts): readonly AdminCall[] {
  const kept = shortlyKept<Saving | null>(savingKeptMs)
  return [
    {
      method: 'GET',
      path: '/report',
      run: async (request) => {
        const by = groupingOf(request)
        const { limit: _, after: __, ...filter } = decisionFilter(request, parts.clock.wall())
        const rows = await parts.store.spending(filter, by)
        return value({ by, since: filter.since, until: filter.until ?? null, rows })
      },
    },
    {
      method: 'GET',
      path: '/saving',
      run: async (request) => {
        const filter = decisionFilter(request, parts.clock.wall())
        const { models } = parts.config()
        const saving = await kept(JSON.stringify(request.query), () =>
          readSaving(parts.store, filter, models, request.query.baseline ?? null),
        )
        return value({ saving })
      },
    },
  ]
}

function groupingOf({ query }: AdminRequest): SpendGrouping {
  const { by = 'policy' } = query
  const found = spendGroupings.find((one) => one === by)
  if (found) return found
  throw new AdminError(400, 'invalid_request', `by must be one of ${spendGroupings.join(', ')}.`)
}

/** The last so many decisions are what the saving is estimated from. */
const mostDecisions = 20_000

export async function readSaving(
  store: Pick<Store, 'costs'>,
  filter: DecisionFilter,
  models: readonly Model[],
  asked: string | null,
): Promise<Saving | null> {
  const found = await read(store, filter)
  // Those that the baseline answered in a policy's place are under the baseline's name.
  const held =
    filter.policy === null
      ? []
      : await read(store, { ...filter, policy: null, experiment: holdOutOf(filter.policy) })
  found.push(...held)
  const baseline = baselineFor(models, found, asked)
  return baseline === null ? null : savingOf(found, baseline)
}

async function read(store: Pick<Store, 'costs'>, filter: DecisionFilter): Promise<DecisionCost[]> {
  const found: DecisionCost[] = []
  let { after = null } = filter
  while (found.length < mostDecisions) {
    const page = await store.costs({ ...filter, limit: 1_000, after })
    found.push(...page)
    const last = page.at(-1)
    if (last === undefined || page.length < 1_000) break
    after = last.decision
  }
  return found
}

/** The one that was asked for, else the model of the best predicted quality over these decisions. */
export function baselineFor(
  models: readonly Model[],
  found: readonly DecisionCost[],
  asked: string | null,
): ModelId | null {
  if (asked !== null) return models.find(({ id }) => id === asked)?.id ?? (asked as ModelId)
  const sums = new Map<ModelId, { sum: number; count: number }>()
  for (const { decision } of found)
    for (const { id, quality } of decision.candidates) {
      const one = sums.get(id) ?? { sum: 0, count: 0 }
      one.sum += quality.mean
      one.count += 1
      sums.set(id, one)
    }
  let best: { readonly id: ModelId; readonly mean: number } | null = null
  // A model that stood for few of them says little of the rest.
  for (const [id, { sum, count }] of sums)
    if (count * 2 >= found.length && (best === null || sum / count > best.mean))
      best = { id, mean: sum / count }
  return best?.id ?? null
}
