/** The spending limits of one request, as its attempts are paid and as its choice is narrowed by them. */

import type { Attempt } from '../domain/attempt.ts'
import type { Estimate } from '../domain/estimate.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { SpendLimit } from '../domain/limits.ts'
import type { Model, ModelId } from '../domain/model.ts'
import { microUsd } from '../domain/money.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { Purse, PurseHold } from '../engine/attempts/purse.ts'
import type { Account, Balance, Held, Hold, OpenHold, SharedState } from '../storage/state/shared-state.ts'
import { narrowest } from './narrowest.ts'
import type { Subject } from './subjects.ts'

/** One limit of one subject. `limit` in micro-dollars or tokens. */
export type LimitedAccount = {
  readonly subject: Subject
  readonly terms: SpendLimit
  readonly account: Account
  readonly limit: number
}

export const accountsOf = (subjects: readonly Subject[]): readonly LimitedAccount[] =>
  subjects.flatMap((subject) =>
    subject.spendLimits.map((terms) => ({
      subject,
      terms,
      account: { name: `${terms.unit} ${subject.scope} ${subject.name}`, per: terms.per },
      limit: terms.unit === 'usd' ? microUsd(terms.limit) : terms.limit,
    })),
  )

/** What an attempt may come to, at the high end of what is expected. */
export type SpendEstimate = { readonly usd: number; readonly tokens: number }

/** Nine in ten answers are shorter: mean and 1.28 deviations. */
const highEnd = 1.28

/**
 * Dollars and tokens of one call, at plain input prices: that a cache will be hit is not certain. `null` for dollars where a price
 * is not known.
 */
export function spendEstimate(model: Model, promptTokens: number, output: Estimate): SpendEstimate {
  const outputTokens = Math.min(output.mean + highEnd * output.deviation, model.maxOutputTokens)
  const tokens = Math.ceil(promptTokens + outputTokens)
  const { input, output: price } = model.prices
  if (input === 'unknown' || price === 'unknown') return { usd: Number.POSITIVE_INFINITY, tokens }
  return { usd: (promptTokens * input + outputTokens * price) / 1e6, tokens }
}

export type PurseTold = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Settled accounts, with what each has come to: for alerts. */
  readonly onSettled: (account: LimitedAccount, balance: Balance) => void
}

export function createPurse(
  state: Pick<SharedState, 'hold' | 'balance'>,
  accounts: readonly LimitedAccount[],
  outputOf: (model: ModelId) => Estimate,
  { onSettled, now }: PurseTold,
): Purse {
  const counted = narrowest(accounts, ({ account }) => `${account.per} ${account.name}`)
  const open = (model: Model, promptTokens: number, forMs: number) => {
    const estimate = spendEstimate(model, promptTokens, outputOf(model.id))
    const unpriced = !Number.isFinite(estimate.usd) && accounts.find(({ terms }) => terms.unit === 'usd')
    if (unpriced) return unknownPrice(unpriced, model)
    const holds = counted.map(
      ({ account, limit, terms }): Hold => ({ account, limit, amount: amountOf(terms, estimate) }),
    )
    const held = state.hold(holds, forMs)
    return held instanceof Promise ? held.then(opened) : opened(held)
  }
  const opened = (held: Held): PurseHold | Failure => {
    switch (held.kind) {
      case 'refused':
        return exhausted(limitAt(counted, held.at), held.balance, now())
      case 'held':
        return purseHold(held.hold)
      default:
        return unreachable(held)
    }
  }
  const purseHold = (hold: OpenHold): PurseHold => ({
    settle: (attempt) => {
      const settled = hold.settle(counted.map(({ terms }) => spentBy(attempt, terms)))
      const tell = () => {
        for (const account of accounts) onSettled(account, state.balance(account.account))
      }
      if (settled instanceof Promise) void settled.then(tell)
      else tell()
    },
    keep: () => void hold.keep(),
  })
  return { open }
}

const amountOf = ({ unit }: SpendLimit, { usd, tokens }: SpendEstimate): number =>
  unit === 'usd' ? Math.ceil(usd * 1e6) : tokens

/** A cost that nobody knows can't be held to a limit in dollars: such models are refused before they are asked. */
function spentBy({ cost, usage }: Attempt, { unit }: SpendLimit): number {
  if (unit === 'tokens') return usage.inputTokens + usage.outputTokens
  return cost ?? 0
}

const limitAt = (accounts: readonly LimitedAccount[], at: Hold): LimitedAccount =>
  accounts.find(({ account }) => account.name === at.account.name && account.per === at.account.per) ??
  accounts[0]!

/** What is left for a request when its model is chosen. */
export type Means = {
  /** Dollars and tokens that may still be begun; infinite where nothing limits them. */
  readonly leftUsd: number
  readonly leftTokens: number
  /** How much more a dollar is worth than the objective says: 1, or more where a soft limit is passed. */
  readonly squeeze: number
  /** What to say where nothing is left. */
  readonly exhausted: (now: number) => Failure
}

export const amplyProvided: Means = {
  leftUsd: Number.POSITIVE_INFINITY,
  leftTokens: Number.POSITIVE_INFINITY,
  squeeze: 1,
  exhausted: () => failure('budget-exhausted', 'No money is left.'),
}

export function meansOf(state: Pick<SharedState, 'balance'>, accounts: readonly LimitedAccount[]): Means {
  let leftUsd = Number.POSITIVE_INFINITY
  let leftTokens = Number.POSITIVE_INFINITY
  let squeeze = 1
  let tightest: { readonly one: LimitedAccount; readonly share: number; readonly balance: Balance } | null =
    null
  for (const one of accounts) {
    const balance = state.balance(one.account)
    const used = balance.spent + balance.reserved
    const left = Math.max(0, one.limit - used)
    if (one.terms.unit === 'usd') leftUsd = Math.min(leftUsd, left / 1e6)
    else leftTokens = Math.min(leftTokens, left)
    const share = one.limit > 0 ? used / one.limit : 1
    squeeze = Math.max(squeeze, squeezeAt(share, one.terms.softAt))
    if (tightest === null || share > tightest.share) tightest = { one, share, balance }
  }
  const worst = tightest
  return {
    leftUsd,
    leftTokens,
    squeeze,
    exhausted: (now) =>
      worst === null ? amplyProvided.exhausted(now) : exhausted(worst.one, worst.balance, now),
  }
}

/**
 * Past the soft limit a dollar counts ten times as much as the objective says, and at the hard one a thousand times: from "mind the
 * price" to "the cheapest that may serve".
 */
function squeezeAt(share: number, softAt: number | null): number {
  if (softAt === null || share < softAt) return 1
  const way = softAt >= 1 ? 1 : Math.min(1, (share - softAt) / (1 - softAt))
  return 10 ** (1 + 2 * way)
}

export function exhausted({ subject, terms }: LimitedAccount, balance: Balance, now: number): Failure {
  const { unit, limit, per } = terms
  const amount = unit === 'usd' ? `$${limit}` : `${limit} tokens`
  const begins = Number.isFinite(balance.endsAt)
    ? `The next ${per} begins at ${new Date(balance.endsAt).toISOString()}.`
    : 'It is for good.'
  const used = unit === 'usd' ? `$${(balance.spent / 1e6).toFixed(4)}` : `${balance.spent} tokens`
  return failure(
    'budget-exhausted',
    `The limit of ${amount} per ${per} of ${ownerOf(subject)} leaves too little for this request (${used} spent${reservedText(balance, unit)}). ${begins} Raise the limit, or wait.`,
    { retryAfterMs: Number.isFinite(balance.endsAt) ? Math.max(0, balance.endsAt - now) : null },
  )
}

const reservedText = ({ reserved }: Balance, unit: SpendLimit['unit']): string =>
  reserved === 0
    ? ''
    : `, ${unit === 'usd' ? `$${(reserved / 1e6).toFixed(4)}` : `${reserved} tokens`} set aside for requests under way`

export const ownerOf = ({ scope, name }: Pick<Subject, 'scope' | 'name'>): string =>
  scope === 'all' ? 'all requests together' : `${scope} ${name}`

const unknownPrice = ({ subject, terms }: LimitedAccount, { id }: Model): Failure =>
  failure(
    'budget-exhausted',
    `What ${id} costs is not known, so the limit of $${terms.limit} per ${terms.per} of ${ownerOf(subject)} can't be kept with it. Give its prices under models.`,
    { code: 'unknown_price' },
  )
