/** Spending limits as a form has them. Pure. */

import type { LimitPeriod, SpendLimit } from '../../../../src/domain/limits.ts'
import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import { money, tokens } from '../../ui/format.ts'

export type LimitDraft = {
  readonly unit: SpendLimit['unit']
  /** Empty: there is no such limit. */
  readonly amount: string
  readonly per: LimitPeriod
  /** Percent; empty: never. */
  readonly softAt: string
  /** No field has these: they stay what they are. `null`: what Fairlead usually does. */
  readonly alertAt: readonly number[] | null
}

/** As the admin API takes one. */
export type LimitEntry = { readonly per: LimitPeriod } & Partial<{
  readonly usd: number
  readonly tokens: number
  readonly softAt: number
  readonly alertAt: readonly number[]
}>

export const emptyLimit: LimitDraft = { unit: 'usd', amount: '', per: 'month', softAt: '', alertAt: null }

export const limitDraftOf = ({ unit, limit, per, softAt, alertAt }: SpendLimit): LimitDraft => ({
  unit,
  amount: String(limit),
  per,
  // 0.07 x 100 is 7.000000000000001.
  softAt: softAt === null ? '' : String(Number((softAt * 100).toFixed(6))),
  alertAt,
})

/** Limits that are filled in; faults by the place of the limit. */
export function limitsOf(drafts: readonly LimitDraft[]): {
  readonly entries: readonly LimitEntry[]
  readonly faults: ReadonlyMap<number, string>
} {
  const faults = new Map<number, string>()
  const entries: LimitEntry[] = []
  for (const [index, draft] of drafts.entries()) {
    if (draft.amount.trim() === '') continue
    const fault = faultOf(draft) ?? twiceIn(drafts, index)
    if (fault === null) entries.push(entryOf(draft))
    else faults.set(index, fault)
  }
  return { entries, faults }
}

const amountOf = ({ amount }: LimitDraft): number => Number(amount.replace('$', ''))

/** The ledger counts in micro-dollars. */
const leastUsd = 1e-6

function faultOf(draft: LimitDraft): string | null {
  const { unit, softAt } = draft
  const amount = amountOf(draft)
  if (unit === 'usd' && !(amount >= leastUsd && Number.isFinite(amount)))
    return 'Write dollars, 0.000001 at least, or nothing for no limit.'
  if (unit === 'tokens' && !(Number.isSafeInteger(amount) && amount > 0))
    return 'Write a whole number of tokens above 0, or nothing for no limit.'
  const share = Number(softAt)
  return softAt.trim() !== '' && !(share >= 0 && share <= 100)
    ? 'Write from which percent on cheaper models answer, 0 to 100, or nothing.'
    : null
}

/** Both would be counted in one account. */
function twiceIn(drafts: readonly LimitDraft[], index: number): string | null {
  const { unit, per } = drafts[index]!
  const twice = drafts
    .slice(0, index)
    .some((other) => other.unit === unit && other.per === per && other.amount.trim() !== '')
  return twice
    ? `There is a limit of ${unit === 'usd' ? 'dollars' : 'tokens'} for this time already. Empty one of them.`
    : null
}

function entryOf(draft: LimitDraft): LimitEntry {
  const { unit, per, softAt, alertAt } = draft
  return {
    [unit]: amountOf(draft),
    per,
    ...(softAt.trim() !== '' && { softAt: Number((Number(softAt) / 100).toFixed(8)) }),
    ...(alertAt !== null && { alertAt }),
  }
}

/** What has been used of the same time by now; `null`: nothing has been counted for it. */
export const usedOf = (
  { unit, per }: Pick<LimitDraft, 'unit' | 'per'>,
  statuses: readonly LimitStatus[],
): LimitStatus | null => statuses.find((status) => status.unit === unit && status.per === per) ?? null

/** What is to be known before a limit is saved. `refuses`: nothing is left of it as it is written. */
export function sayUsed(
  draft: LimitDraft,
  used: LimitStatus | null,
): { readonly text: string; readonly refuses: boolean } {
  if (used === null) return { text: 'Counted from when such a limit stands.', refuses: false }
  const say = used.unit === 'usd' ? money : tokens
  const text = `${used.per === 'lifetime' ? 'So far' : `This ${used.per}`} ${say(used.spent)} used`
  const amount = amountOf(draft)
  if (draft.amount.trim() === '') return { text: `${text}.`, refuses: false }
  if (!(amount <= used.spent)) return { text: `${text}.`, refuses: false }
  const until = used.per === 'lifetime' ? 'until it is raised' : `until it is raised or the ${used.per} ends`
  return { text: `${text} already: requests will be refused ${until}.`, refuses: true }
}
