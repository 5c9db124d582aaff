/** What each attempt was for, in the order in which they began, and which of them belong together. */

import type { Outcome } from '../../api/types.ts'

export type Attempt = Outcome['attempts'][number]

export type AttemptRole = NonNullable<Attempt['role']>

export type ToldAttempt = {
  readonly attempt: Attempt
  readonly number: number
  readonly role: AttemptRole
  /** The attempt does not say its role itself: its time, its model and how those before it ended do. */
  readonly inferred: boolean
  /** Broke off after its first content. */
  readonly cut: boolean
  /** Cancelled because another, beside it, answered first. */
  readonly overtaken: boolean
  /** The attempt whose stream it goes on with; `null`: it goes on with none. */
  readonly goesOnFrom: ToldAttempt | null
}

const roleWords: Readonly<Record<AttemptRole, string>> = {
  first: 'first',
  step: 'step: the strategy asked',
  retry: 'retry: the same target again',
  'other-target': 'other target of the model',
  fallback: 'fallback to another model',
  hedge: 'hedge: beside one that was slow',
  continuation: 'continuation of a stream that broke off',
  escalation: 'escalation: the answer before was of no use',
}

/** `status`: of the whole request. */
export function toldAttempts({
  attempts,
  status,
}: Pick<Outcome, 'attempts' | 'status'>): readonly ToldAttempt[] {
  // They are recorded as they end: of a race who lost comes first.
  const ordered = [...attempts].sort((one, two) => one.startedAfterMs - two.startedAfterMs)
  const told: ToldAttempt[] = []
  let lastCut: ToldAttempt | null = null
  for (const [index, attempt] of ordered.entries()) {
    const role = attempt.role ?? inferredRole(attempt, ordered.slice(0, index))
    const one: ToldAttempt = {
      attempt,
      number: index + 1,
      role,
      inferred: attempt.role === undefined,
      cut: isCut(attempt),
      // Where the client had gone, that is why.
      overtaken:
        status !== 'cancelled' &&
        isCancelled(attempt) &&
        ordered.some((other) => answeredBeside(other, attempt)),
      goesOnFrom: role === 'continuation' ? lastCut : null,
    }
    if (one.cut) lastCut = one
    told.push(one)
  }
  return told
}

/** Whether, down the list from one of them, somebody goes on with it, or with one above it. */
export const isGoneOnWith = (told: readonly ToldAttempt[], index: number): boolean =>
  told.some((later, at) => at > index && (later.goesOnFrom?.number ?? Infinity) <= told[index]!.number)

const isCancelled = ({ outcome }: Attempt): boolean =>
  outcome.kind === 'failed' && outcome.failure === 'cancelled'

/** An attempt that failed with content already there; one that lost a race was cancelled and is none. */
const isCut = (attempt: Attempt): boolean =>
  attempt.outcome.kind === 'failed' && !isCancelled(attempt) && attempt.firstContentAfterMs !== null

/** A stream that broke off later had begun to. */
const answeredBeside = (other: Attempt, attempt: Attempt): boolean =>
  (other.outcome.kind === 'answered' || isCut(other)) &&
  other.startedAfterMs < attempt.endedAfterMs &&
  attempt.startedAfterMs < other.endedAfterMs

/** For records from before attempts said it. */
function inferredRole(attempt: Attempt, before: readonly Attempt[]): AttemptRole {
  if (before.length === 0) return 'first'
  if (before.some(({ endedAfterMs }) => endedAfterMs > attempt.startedAfterMs)) return 'hedge'
  const last = before.findLast((one) => !isCancelled(one))
  if (last?.outcome.kind === 'failed' && before.some(isCut)) return 'continuation'
  if (before.some(({ target }) => target === attempt.target)) return 'retry'
  return before.some(({ model }) => model === attempt.model) ? 'other-target' : 'fallback'
}

/** What an attempt was for, in a few words. */
export function roleText({ role, number, goesOnFrom }: ToldAttempt): string {
  if (goesOnFrom !== null) return `continuation of attempt ${goesOnFrom.number}, which broke off`
  // Nobody failed before it: the model that was chosen was closed off, or full.
  if (role === 'fallback' && number === 1) return 'fallback: the chosen model could not be asked'
  return roleWords[role]
}

/** What an attempt came to, in a few words. */
export function endWords({ attempt: { outcome }, overtaken }: ToldAttempt): string {
  if (outcome.kind === 'answered') return `answered (${outcome.finish})`
  if (overtaken) return 'overtaken: another answered first'
  const status = outcome.vendorStatus === null ? '' : `, status ${outcome.vendorStatus}`
  return `${outcome.failure}${status}`
}
