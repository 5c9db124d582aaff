/** Rates and numbers of requests at one time: who may come in now. */

import { type Failure, failure } from '../domain/failure.ts'
import type { Admission, Awaitable, Rate, SharedState, Slots } from '../storage/state/shared-state.ts'
import { narrowest } from './narrowest.ts'
import { ownerOf } from './purse.ts'
import { requestRate, type Subject, tokenRate } from './subjects.ts'

/** A request that is in. */
export type Inside = {
  /** Once, however it ended: tokens of prompt and answers together. */
  readonly leave: (tokens: number) => void
}

export type Door = {
  /** `tokens`: those that the request is expected to come to. */
  readonly enter: (subjects: readonly Subject[], tokens: number, forMs: number) => Awaitable<Inside | Failure>
}

const anywhere: Inside = { leave: () => {} }

type Claims = {
  readonly rates: readonly { readonly rate: Rate; readonly amount: number }[]
  readonly slots: readonly Slots[]
}

export function createDoor(state: Pick<SharedState, 'admit' | 'enter'>): Door {
  const known = new WeakMap<readonly Subject[], Terms | 'none'>()
  /** Worked out once for a list of subjects; `null`: none of them has a rate or places. */
  const termsFor = (subjects: readonly Subject[]): Terms | null => {
    const found = known.get(subjects) ?? termsOf(subjects) ?? 'none'
    known.set(subjects, found)
    return found === 'none' ? null : found
  }
  return {
    enter: (subjects, tokens, forMs) => {
      const terms = termsFor(subjects)
      return terms === null ? anywhere : enter(state, subjects, claimsOf(terms, tokens), forMs)
    },
  }
}

/** At once where the state answers at once: most requests need not wait for a turn of the loop. */
const after = <T, R>(found: Awaitable<T>, next: (found: T) => Awaitable<R>): Awaitable<R> =>
  found instanceof Promise ? found.then(next) : next(found)

function enter(
  state: Pick<SharedState, 'admit' | 'enter'>,
  subjects: readonly Subject[],
  { rates, slots }: Claims,
  forMs: number,
): Awaitable<Inside | Failure> {
  // Places first: one that is full must not use up the rate.
  return after(slots.length === 0 ? null : state.enter(slots, forMs), (entrance) => {
    if (entrance?.kind === 'full') return tooMany(subjects, entrance.slots)
    const leavePlace = () => {
      if (entrance?.kind === 'entered') void entrance.leave()
    }
    return after(rates.length === 0 ? null : state.admit(rates), (admission) => {
      if (admission?.kind !== 'refused') return inside(rates, leavePlace, admission)
      leavePlace()
      return tooFast(subjects, admission.rate, admission.retryAfterMs)
    })
  })
}

function inside(
  rates: Claims['rates'],
  leavePlace: () => void,
  admission: Extract<Admission, { kind: 'admitted' }> | null,
): Inside {
  let stays = true
  return {
    leave: (tokens) => {
      if (!stays) return
      stays = false
      leavePlace()
      if (admission !== null)
        void admission.correct(rates.map(({ rate, amount }) => (isTokens(rate) ? tokens : amount)))
    },
  }
}

const isTokens = ({ name }: Rate): boolean => name.startsWith('tokens ')

/** What the limits of subjects ask for, whatever the request. */
type Terms = {
  readonly requests: readonly Rate[]
  readonly tokens: readonly Rate[]
  readonly slots: readonly Slots[]
}

function termsOf(subjects: readonly Subject[]): Terms | null {
  const terms: Terms = {
    requests: narrowest(
      subjects.flatMap((subject) => requestRate(subject) ?? []),
      nameOf,
    ),
    tokens: narrowest(
      subjects.flatMap((subject) => tokenRate(subject) ?? []),
      nameOf,
    ),
    slots: narrowest(subjects.flatMap(placesOf), nameOf),
  }
  return terms.requests.length + terms.tokens.length + terms.slots.length === 0 ? null : terms
}

const nameOf = ({ name }: { readonly name: string }): string => name

const placesOf = ({ scope, name, rateLimits: { concurrency } }: Subject): readonly Slots[] =>
  concurrency === null ? [] : [{ name: `places ${scope} ${name}`, limit: concurrency }]

const claimsOf = ({ requests, tokens: perMinute, slots }: Terms, tokens: number): Claims => ({
  rates: [
    ...requests.map((rate) => ({ rate, amount: 1 })),
    // One that is larger than the limit itself would never come in: it takes all there is.
    ...perMinute.map((rate) => ({ rate, amount: Math.min(tokens, rate.limit) })),
  ],
  slots,
})

const subjectOf = (subjects: readonly Subject[], name: string): string => {
  const found = subjects.find((subject) => name.endsWith(` ${subject.scope} ${subject.name}`))
  return found ? ownerOf(found) : name
}

const tooFast = (subjects: readonly Subject[], { name, limit }: Rate, retryAfterMs: number): Failure =>
  failure(
    'rate-limited',
    `The limit of ${limit} ${name.startsWith('tokens ') ? 'tokens' : 'requests'} per minute of ${subjectOf(subjects, name)} is reached. Try again in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} s.`,
    { retryAfterMs },
  )

/** When a place is free nobody knows: soon is a fair guess. */
const tooMany = (subjects: readonly Subject[], { name, limit }: Slots): Failure =>
  failure(
    'rate-limited',
    `${limit} requests of ${subjectOf(subjects, name)} are being answered, which is as many as may be at one time. Try again when one of them has ended.`,
    { code: 'concurrency_limit_exceeded', retryAfterMs: 1_000 },
  )
