/** Rates and numbers of requests at one time: who may come in now. */

import { type Failure, failure } from '../domain/failure.ts'
import type { Awaitable, Rate, SharedState, Slots } from '../storage/state/shared-state.ts'
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
  return {
    enter: (subjects, tokens, forMs) => {
      const claims = claimsOf(subjects, tokens)
      if (claims === null) return anywhere
      return enter(state, subjects, claims, forMs)
    },
  }
}

async function enter(
  state: Pick<SharedState, 'admit' | 'enter'>,
  subjects: readonly Subject[],
  { rates, slots }: Claims,
  forMs: number,
): Promise<Inside | Failure> {
  // Places first: one that is full must not use up the rate.
  const entrance = slots.length === 0 ? null : await state.enter(slots, forMs)
  if (entrance?.kind === 'full') return tooMany(subjects, entrance.slots)
  const leavePlace = () => {
    if (entrance?.kind === 'entered') void entrance.leave()
  }
  const admission = rates.length === 0 ? null : await state.admit(rates)
  if (admission?.kind === 'refused') {
    leavePlace()
    return tooFast(subjects, admission.rate, admission.retryAfterMs)
  }
  let inside = true
  return {
    leave: (tokens) => {
      if (!inside) return
      inside = false
      leavePlace()
      if (admission?.kind === 'admitted')
        void admission.correct(rates.map(({ rate, amount }) => (isTokens(rate) ? tokens : amount)))
    },
  }
}

const isTokens = ({ name }: Rate): boolean => name.startsWith('tokens ')

function claimsOf(subjects: readonly Subject[], tokens: number): Claims | null {
  const rates: { rate: Rate; amount: number }[] = []
  const slots: Slots[] = []
  for (const subject of subjects) {
    const requests = requestRate(subject)
    if (requests) rates.push({ rate: requests, amount: 1 })
    const perMinute = tokenRate(subject)
    // One that is larger than the limit itself would never come in: it takes all there is.
    if (perMinute) rates.push({ rate: perMinute, amount: Math.min(tokens, perMinute.limit) })
    const { concurrency } = subject.rateLimits
    if (concurrency !== null)
      slots.push({ name: `places ${subject.scope} ${subject.name}`, limit: concurrency })
  }
  return rates.length + slots.length === 0 ? null : { rates, slots }
}

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
