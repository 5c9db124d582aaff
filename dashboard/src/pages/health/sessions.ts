/** Sessions of the health page, in words. Pure. */

import { unreachable } from '../../../../src/domain/unreachable.ts'
import type { SessionRow, SessionsReport, WhyHeld } from '../../api/types.ts'
import { count, tokens } from '../../ui/format.ts'

/** Names are their clients' to choose, and some are as long as a page is wide. */
const mostNameChars = 36

/** Its beginning and its end: names that are made by programs often differ in one of them. */
export function shortName(name: string): string {
  if (name.length <= mostNameChars) return name
  const half = Math.floor((mostNameChars - 1) / 2)
  return `${name.slice(0, half)}…${name.slice(-half)}`
}

/** Its decisions; `null`: decisions don't know it by a name. */
export const decisionsOf = ({ session }: Pick<SessionRow, 'session'>): string | null =>
  session === null ? null : `/decisions?${new URLSearchParams({ session })}`

export type Reason = { readonly label: string; readonly tone: 'plain' | 'accent' | 'warn' }

/** Why whoever answered goes on answering. */
export function sayWhy(why: WhyHeld): Reason {
  switch (why) {
    case 'vendor-state':
      return { label: 'pinned: its vendor keeps the conversation', tone: 'accent' }
    case 'seals':
      return { label: 'held: sealed reasoning', tone: 'accent' }
    case 'tool-loop':
      return { label: 'held: open tool loop', tone: 'accent' }
    case 'in-trouble':
      return { label: 'in trouble', tone: 'warn' }
    case 'warm-cache':
      return { label: 'prompt cache is warm', tone: 'plain' }
    case 'answered-last':
      return { label: 'answered last', tone: 'plain' }
    default:
      return unreachable(why)
  }
}

/** What stands beneath the reason; `null`: nothing more is known. */
export function sayDetail({ trouble, inTrouble, warmTokens, why, policy }: SessionRow): string | null {
  if (trouble !== null && inTrouble)
    return `${signs[trouble.sign]}, ${trouble.rounds} ${trouble.rounds === 1 ? 'round' : 'rounds in a row'}`
  if (why === 'warm-cache') return `${tokens(warmTokens)} of its prompt`
  return policy === null ? 'told by another process' : null
}

const signs: Readonly<Record<NonNullable<SessionRow['trouble']>['sign'], string>> = {
  errors: 'errors',
  spinning: 'the same again and again',
  'no-progress': 'nothing written or passed',
}

/** Whose sessions these are. */
export function sayWhose(state: SessionsReport['state']): string {
  switch (state) {
    case 'alone':
      return 'Conversations that this process remembers, and who goes on with each.'
    case 'shared':
      return 'Conversations that this process knows of: its own, and those that others told it about. Another process may know of more.'
    case 'local':
      return 'Conversations that this process knows of. The shared state can’t be reached: what others answer now is not among them.'
    default:
      return unreachable(state)
  }
}

/** What the counts are counted among, where that is not everything. */
export const sayLooked = ({ looked, remembered }: SessionsReport): string | null =>
  looked < remembered
    ? `Counted among the ${count(looked)} entries that were used last, of ${count(remembered)}.`
    : null
