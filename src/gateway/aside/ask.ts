/** Asks the gateway itself, on an account of the purpose's own, for nobody: no client pays for it, waits for it or is limited by it. */

import type { Answer } from '../../domain/answer.ts'
import type { Decision, ExperimentMark } from '../../domain/decision.ts'
import { type Failure, failure } from '../../domain/failure.ts'
import { noRateLimits } from '../../domain/limits.ts'
import { microUsd } from '../../domain/money.ts'
import type { Request } from '../../domain/request.ts'
import {
  dataPolicies,
  noRoutingOptions,
  type RoutingOptions,
  type VendorConditions,
} from '../../domain/routing-options.ts'
import type { Clock } from '../../domain/transport.ts'
import { nobody } from '../../domain/virtual-key.ts'
import type { AsideBudget } from '../../config/resolve-aside.ts'
import type { Entry, Governor } from '../../governance/governor.ts'
import type { Identity } from '../../governance/key-ring.ts'
import { type LimitedAccount, meansOf } from '../../governance/purse.ts'
import type { SharedState } from '../../storage/state/shared-state.ts'
import type { Gateway } from '../gateway.ts'
import { answerIn, ownFormat } from '../../wire/own-format.ts'
import type { Sample } from './sample.ts'

export type Question = {
  /** A policy or a model. */
  readonly model: string
  readonly request: Request
  readonly options: RoutingOptions
  readonly mark: ExperimentMark
  readonly account: LimitedAccount
  /** Whose texts these are. */
  readonly about: Sample
}

export type Asked =
  | { readonly kind: 'answered'; readonly answer: Answer; readonly decision: Decision }
  | { readonly kind: 'failed'; readonly failure: Failure }

export type Ask = (question: Question, signal: AbortSignal) => Promise<Asked>

export type AskParts = {
  readonly governor: Pick<Governor, 'entry'>
  readonly state: Pick<SharedState, 'balance'>
  readonly chat: Gateway['chat']
  readonly clock: Pick<Clock, 'now'>
}

/** An account with too little left is not tried again for a while: to find that out takes as long as a decision. */
const restMs = 1_000

/** Its name is that of the account in the shared state: `usd aside judge`, `usd aside shadow NAME`. */
export const asideAccount = (purpose: string, { usd, per }: AsideBudget): LimitedAccount => ({
  subject: { scope: 'policy', name: purpose, spendLimits: [], rateLimits: noRateLimits },
  terms: { unit: 'usd', limit: usd, per, softAt: null, alertAt: [] },
  account: { name: `usd aside ${purpose}`, per },
  limit: microUsd(usd),
})

export function createAsk({ governor, state, chat, clock }: AskParts): Ask {
  const resting = new Map<string, { readonly until: number; readonly failure: Failure }>()
  return async ({ model, request, options, mark, account, about }, signal) => {
    const rest = resting.get(account.account.name)
    if (rest !== undefined && clock.now() < rest.until) return { kind: 'failed', failure: rest.failure }
    const entry = entryOf(governor, state, model, about.incoming.identity ?? null, account)
    if ('kind' in entry) return { kind: 'failed', failure: entry }
    const asked = {
      model,
      request: { ...request, stream: false },
      options: withinBounds(options, about),
      usageWanted: true,
    }
    const reply = await chat({ format: ownFormat, text: '', asked, aside: { entry, mark } }, signal)
    switch (reply.kind) {
      case 'failed': {
        const { kind, failure: why } = reply
        if (why.kind === 'budget-exhausted')
          resting.set(account.account.name, { until: clock.now() + restMs, failure: why })
        return { kind, failure: why }
      }
      case 'buffered':
        return { kind: 'answered', answer: answerIn(reply.bytes), decision: reply.served!.decision }
      case 'stream':
        for await (const _ of reply.frames) void _
        return {
          kind: 'failed',
          failure: failure('unavailable', 'a whole answer was asked for, and a stream came'),
        }
    }
  }
}

/**
 * Nobody's, so that no session, rate or limit of a client knows of it. It is held to what the purpose may spend and to the limits of
 * all requests together; and a key's texts go to no model that the key may not use.
 */
export function entryOf(
  governor: Pick<Governor, 'entry'>,
  state: Pick<SharedState, 'balance'>,
  model: string,
  identity: Identity | null,
  account: LimitedAccount | null,
): Entry | Failure {
  const general = governor.entry(null, noRoutingOptions, model)
  if ('kind' in general) return general
  const access =
    identity === null ? [] : [identity.key, identity.project, identity.team].filter((one) => one !== null)
  const shared = general.accounts.filter(({ subject }) => subject.scope === 'all')
  const accounts = account === null ? [] : [...shared, account]
  return {
    caller: nobody,
    access,
    subjects: [],
    accounts,
    means: accounts.length === 0 ? null : meansOf(state, accounts),
  }
}

/** Texts go nowhere where the request that they are of might not have gone: its own conditions hold, and those of its policy. */
export function withinBounds(options: RoutingOptions, { incoming, policy }: Sample): RoutingOptions {
  const stated = [incoming.asked.options.vendors, policy.vendors].filter((one) => one !== undefined)
  const { vendors, ...rest } = options
  const [first, ...others] = stated
  return first === undefined ? rest : { ...rest, vendors: others.reduce(stricter, first) }
}

const stricter = (one: VendorConditions, other: VendorConditions): VendorConditions => ({
  only: both(one.only, other.only),
  ignore: [...new Set([...one.ignore, ...other.ignore])],
  data: dataPolicies.indexOf(one.data) > dataPolicies.indexOf(other.data) ? one.data : other.data,
  regions: both(one.regions, other.regions),
})

function both(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  if (one === null || other === null) return one ?? other
  return one.filter((name) => other.includes(name))
}
