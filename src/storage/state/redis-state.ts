/**
 * The state of several processes, in Redis or Valkey. While Redis can't be reached, each process decides by what it knows, and tells Redis what
 * happened when it is back; `redis/reach.ts` says when that is so.
 */

import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../domain/transport.ts'
import { accountKey } from './amounts.ts'
import { createBooks, type StateBooks, type StateBounds, usualBounds } from './memory-state.ts'
import { type Link, openLink } from './redis/link.ts'
import { createReach, lost, type Reach } from './redis/reach.ts'
import { createRemote, type Remote } from './redis/remote.ts'
import { createSharedHolds, lostEpoch, type SharedHolds } from './redis/shared-holds.ts'
import { createSharedRates, createSharedSlots, type SharedSlots } from './redis/shared-rates.ts'
import { createSharedSums, type SharedSums } from './redis/shared-sums.ts'
import { createChannels } from './redis/channels.ts'
import { createUntold, type Untold } from './redis/untold.ts'
import type { Account, Balance, SharedState, StateProblem } from './shared-state.ts'

export type RedisStateOptions = {
  readonly clock: Clock
  readonly report: (problem: StateProblem) => void
  /** `redis://…` or `rediss://…`. */
  readonly url: string
  /** Whether the URL is one node of a Redis Cluster. */
  readonly cluster?: boolean
  /** Begins every key, so that several Fairleads can use one Redis. */
  readonly prefix?: string
  /** Nobody waits longer for Redis. */
  readonly commandTimeoutMs?: number
  /** What others have spent is asked for again so often, for accounts that were looked at lately. */
  readonly refreshEveryMs?: number
  readonly probeAfterMs?: number
  readonly probeAtMostMs?: number
  /** How long opening waits for the first answer, before it goes on without. */
  readonly openTimeoutMs?: number
  readonly bounds?: Partial<StateBounds>
}

const usualPrefix = 'fairlead'

/** Opens whether Redis answers or not. Throws `StateError` at a URL that is none. */
export async function openRedisState(options: RedisStateOptions): Promise<SharedState> {
  const link = openLink({
    url: options.url,
    cluster: options.cluster ?? false,
    commandTimeoutMs: options.commandTimeoutMs ?? 150,
  })
  const state = stateOver(link, options)
  const { openTimeoutMs = 2000, clock } = options
  const until = clock.now() + openTimeoutMs
  while (!link.ready() && clock.now() < until) await sleep(5)
  await state.begin()
  return state.shared
}

/** Settlements that are kept apart until Redis can be told; more are added up by account. */
const mostEnds = 20_000
/** Accounts that somebody looked at in the last minute are asked for in the background. */
const seenMs = 60_000
const mostSeen = 512

type Parts = {
  readonly link: Link
  readonly remote: Remote
  readonly reach: Reach
  readonly books: StateBooks
  readonly learn: (accounts: readonly Account[], balances: readonly Balance[]) => void
  readonly untold: Untold
  readonly holds: SharedHolds
  readonly slots: SharedSlots
  readonly sums: SharedSums
  /** In which Redis was found last; empty: not yet. */
  readonly epoch: { name: string }
  /** What tells Redis must not be told twice side by side. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>
}

/** `process` tells this one from the others. */
function createParts(link: Link, process: string, options: RedisStateOptions): Parts {
  const { clock } = options
  let made = 0
  const newId = () => `${process}:${(made++).toString(36)}`
  const bounds = { ...usualBounds, ...options.bounds }
  const books = createBooks(clock, bounds)
  const remote = createRemote(link, options.prefix ?? usualPrefix)
  const untold = createUntold(newId, mostEnds)
  const epoch = { name: '' }
  const alone = oneAtATime()
  const learn: Parts['learn'] = (accounts, balances) => {
    accounts.forEach((account, index) => {
      const { spent, reserved, beganAt } = balances[index]!
      books.accounts.seed(account, { spent: spent + untold.of(account), reserved, beganAt })
    })
  }
  const reach: Reach = createReach({
    now: clock.now,
    report: options.report,
    catchUp: () => alone(() => catchUp(parts, newId())),
    probeAfterMs: options.probeAfterMs ?? 100,
    probeAtMostMs: options.probeAtMostMs ?? 2000,
    renew: link.renew,
  })
  const holds = createSharedHolds({
    ...{ remote, reach, learn, untold, newId },
    book: books.accounts,
    now: clock.now,
    wall: () => clock.wall().getTime(),
    epoch: () => epoch.name,
  })
  const slots = createSharedSlots(remote, reach, books.slots, newId)
  const sums = createSharedSums(remote, reach, newId, bounds.sums)
  const parts: Parts = { link, remote, reach, books, learn, untold, holds, slots, sums, epoch, alone }
  return parts
}

function stateOver(link: Link, options: RedisStateOptions) {
  const { clock, prefix = usualPrefix, refreshEveryMs = 2000, commandTimeoutMs = 150 } = options
  const process = randomBytes(9).toString('base64url')
  const parts = createParts(link, process, options)
  const { reach, alone } = parts
  const seen = new LRUCache<string, { readonly account: Account; readonly at: number }>({ max: mostSeen })

  const refresh = async (): Promise<void> => {
    parts.holds.sweep()
    const lately = [...seen.values()].filter(({ at }) => at > clock.now() - seenMs)
    await reach.ask(() =>
      alone(async () => {
        await tellAll(parts)
        await learnBalances(
          parts,
          lately.map(({ account }) => account),
        )
      }),
    )
  }
  const timer = setInterval(() => void refresh(), refreshEveryMs).unref()
  const look = (account: Account): Balance => {
    seen.set(accountKey(account), { account, at: clock.now() })
    return parts.books.accounts.balance(account)
  }
  const close = async (): Promise<void> => {
    clearInterval(timer)
    // Bounded by the time that commands have; what can't be told then is lost with the process.
    const told = reach.mode() === 'shared' ? reach.ask(() => alone(() => tellAll(parts))) : reach.probe()
    await Promise.race([told, sleep(commandTimeoutMs * 10, undefined, { ref: false })])
    reach.close()
    link.close()
  }
  const channels = createChannels(link, process, prefix)
  return { shared: sharedState(parts, look, channels, close), begin: reach.probe }
}

function sharedState(
  { remote, reach, books, learn, holds, slots, sums, epoch }: Parts,
  look: (account: Account) => Balance,
  channels: ReturnType<typeof createChannels>,
  close: () => Promise<void>,
): SharedState {
  return {
    hold: holds.hold,
    balance: look,
    balances: async (accounts) => {
      const answer = await reach.ask(() => remote.balances(epoch.name, accounts))
      if (answer === lost) return accounts.map(books.accounts.balance)
      if (answer.kind === 'moved') {
        reach.degrade(lostEpoch)
        return accounts.map(books.accounts.balance)
      }
      learn(accounts, answer.balances)
      return answer.balances
    },
    admit: createSharedRates(remote, reach, books.rates),
    enter: slots.enter,
    read: async (key) => {
      const text = await reach.ask(() => remote.read(key))
      return text === lost ? books.texts.read(key) : text
    },
    write: async (key, text, forMs) => {
      books.texts.write(key, text, forMs)
      await reach.ask(() => remote.write(key, text, forMs))
    },
    publish: (channel, text) => {
      void reach.ask(() => channels.publish(channel, text))
    },
    subscribe: channels.subscribe,
    addSums: sums.add,
    readSums: sums.read,
    replaceSums: sums.replace,
    mode: reach.mode,
    close,
  }
}

/** Before anybody asks Redis again. Rejects where it fails: then all of it is tried again, and counts once. */
async function catchUp(parts: Parts, newName: string): Promise<void> {
  const { link, remote, untold, epoch } = parts
  if (!link.ready()) throw new Error('there is no connection to Redis')
  const found = await remote.epoch(newName)
  if (epoch.name !== '' && found !== epoch.name) {
    await giveBack(parts, found)
    // What was ended meanwhile was set aside in the epoch that is lost.
    untold.moved()
  }
  epoch.name = found
  await tellAll(parts)
}

/** In this order: who has left makes room, what was settled is counted before what is still open is set aside. */
async function tellAll({ remote, untold, holds, slots, sums, epoch }: Parts): Promise<void> {
  await slots.flush()
  await sums.flush()
  await untold.flush(async (told) => {
    if ((await remote.tellLater(epoch.name, told)) === 'moved') throw new Error(lostEpoch)
  })
  await holds.adopt()
}

/** Redis has lost what it knew: each process gives it what it knows from it, and the largest holds. What it was never told is told after. */
async function giveBack({ remote, books, untold, sums }: Parts, epoch: string): Promise<void> {
  const known = [...books.accounts.entries()].map(({ account, beganAt, endsAt, spent }) => ({
    account,
    beganAt,
    endsAt,
    reserved: 0,
    spent: Math.max(0, spent - untold.of(account)),
  }))
  for (let at = 0; at < known.length; at += 64) {
    if ((await remote.restore(epoch, known.slice(at, at + 64))) === 'moved') throw new Error(lostEpoch)
  }
  await sums.restore()
}

async function learnBalances({ remote, learn, epoch }: Parts, accounts: readonly Account[]) {
  // With no accounts at all, an answer all the same: whether Redis is there, and has lost nothing.
  let at = 0
  do {
    const some = accounts.slice(at, at + 64)
    const answer = await remote.balances(epoch.name, some)
    if (answer.kind === 'moved') throw new Error(lostEpoch)
    learn(some, answer.balances)
    at += 64
  } while (at < accounts.length)
}

function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work)
    last = next.catch(() => {})
    return next
  }
}
