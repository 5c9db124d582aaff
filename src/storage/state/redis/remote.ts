/** The shared state as it stands in Redis: its operations, typed. Each rejects where Redis doesn't answer in time, or with an error. */

import { periodAt } from '../../../domain/period.ts'
import { askedMs } from '../amounts.ts'
import type { Account, Balance, Hold, Rate, Slots } from '../shared-state.ts'
import type { Sums } from '../sum-book.ts'
import type { Link } from './link.ts'

/** Redis is not in the epoch that was named: it has lost what it knew then. */
export type Moved = { readonly kind: 'moved' }

export type RemoteHeld =
  | { readonly kind: 'held'; readonly balances: readonly Balance[] }
  | { readonly kind: 'refused'; readonly index: number; readonly balance: Balance }
  /** It was settled already, late. */
  | { readonly kind: 'told' }
  | Moved

/** `missing`: nothing is set aside under the id, in the epoch named. */
export type RemoteEnded =
  | { readonly kind: 'ok'; readonly balances: readonly Balance[] }
  | { readonly kind: 'missing'; readonly epoch: string }

export type Told = {
  readonly id: string
  /** Where nothing is set aside under the id. */
  readonly otherwise: 'add' | 'ignore'
  readonly entries: readonly {
    readonly account: Account
    readonly amount: number
    readonly beganAt: number
    /** When it was settled last. */
    readonly at: number
  }[]
}

export type Remote = ReturnType<typeof createRemote>

/** An answer to a change that was lost may be asked for again for so long without counting it twice. */
const rememberMs = 3_600_000
/** Of vectors, sent in one command. */
const mostNumbersAtOnce = 16_384

export function createRemote(link: Link, prefix: string) {
  const budgets = `{${prefix}:budgets}`
  const rates = `{${prefix}:rates}`
  const slots = `{${prefix}:slots}`
  const sumsKey = (key: string) => `{${prefix}:sums:${key}}`
  const textKey = (key: string) => `${prefix}:text:${key}`

  return {
    /** The epoch of what Redis knows, which `name` becomes where it knows nothing. */
    epoch: async (name: string) => String(await link.run('epoch', budgets, [name])),
    hold: async (epoch: string, id: string, holds: readonly Hold[], forMs: number): Promise<RemoteHeld> => {
      const args = holds.flatMap(({ account, amount, limit }) => [
        account.per,
        account.name,
        Math.ceil(amount),
        limitText(limit),
      ])
      const reply = await link.run('hold', budgets, [epoch, id, Math.ceil(forMs), ...args])
      return heldOf(
        reply,
        holds.map(({ account }) => account),
      )
    },
    adopt: async (
      epoch: string,
      id: string,
      accounts: readonly Account[],
      amounts: readonly number[],
      forMs: number,
    ): Promise<RemoteHeld> => {
      const args = accounts.flatMap(({ per, name }, index) => [per, name, amounts[index]!])
      return heldOf(await link.run('adopt', budgets, [epoch, id, Math.ceil(forMs), ...args]), accounts)
    },
    change: async (id: string, accounts: readonly Account[], amounts: readonly number[]) =>
      endedOf(await link.run('change', budgets, [id, ...amounts]), accounts),
    settle: async (id: string, accounts: readonly Account[], amounts: readonly number[]) =>
      endedOf(await link.run('settle', budgets, [id, ...amounts]), accounts),
    tellLater: async (epoch: string, { id, otherwise, entries }: Told): Promise<'ok' | 'moved'> => {
      const args = entries.flatMap(({ account, amount, beganAt, at }) => [
        account.per,
        account.name,
        amount,
        beganAt,
        at,
      ])
      return kindOf(await link.run('tellLater', budgets, [epoch, id, otherwise, rememberMs, ...args]))
    },
    restore: async (epoch: string, known: readonly (Balance & { readonly account: Account })[]) => {
      const args = known.flatMap(({ account, beganAt, spent }) => [account.per, account.name, beganAt, spent])
      return kindOf(await link.run('restore', budgets, [epoch, ...args]))
    },
    balances: async (
      epoch: string,
      accounts: readonly Account[],
    ): Promise<{ readonly kind: 'ok'; readonly balances: readonly Balance[] } | Moved> => {
      const args = accounts.flatMap(({ per, name }) => [per, name])
      const [kind, ...numbers] = listOf(await link.run('balances', budgets, [epoch, ...args]))
      return kind === 'ok' ? { kind, balances: balancesOf(numbers, accounts) } : { kind: 'moved' }
    },
    admit: async (claims: readonly { readonly rate: Rate; readonly amount: number }[]) => {
      const args = claims.flatMap(({ rate, amount }) => [
        rate.name,
        askedMs(rate.windowMs),
        Number.isNaN(rate.limit) ? 0 : rate.limit,
        Math.ceil(amount),
      ])
      const [kind, ...numbers] = listOf(await link.run('admit', rates, args)) as [string, ...number[]]
      return kind === 'admitted'
        ? ({ kind, parts: numbers } as const)
        : ({ kind: 'refused', index: numbers[0]!, retryAfterMs: numbers[1]! } as const)
    },
    correct: (changes: readonly { readonly rate: Rate; readonly part: number; readonly by: number }[]) =>
      link.run(
        'correct',
        rates,
        changes.flatMap(({ rate, part, by }) => [rate.name, askedMs(rate.windowMs), part, by]),
      ),
    /** The index of the first that is full; `null`: entered. */
    enter: async (id: string, wanted: readonly Slots[], forMs: number): Promise<number | null> => {
      const args = wanted.flatMap(({ name, limit }) => [name, Number.isNaN(limit) ? 0 : limit])
      const [kind, index] = listOf(await link.run('enter', slots, [id, Math.ceil(forMs), ...args]))
      return kind === 'entered' ? null : Number(index)
    },
    leave: (id: string, names: readonly string[]) => link.run('leave', slots, [id, ...names]),
    read: (key: string) => link.get(textKey(key)),
    write: (key: string, text: string, forMs: number) => link.set(textKey(key), text, forMs),
    /** `id` as a whole is added once; long ones go in several commands. */
    addSums: async (id: string, key: string, sums: Sums) => {
      for (const [part, args] of packed(sums).entries()) {
        await link.run('addSums', sumsKey(key), [`${id}:${part}`, rememberMs, ...args])
      }
    },
    readSums: async (key: string): Promise<Sums> =>
      Object.fromEntries(
        Object.entries(await link.fields(sumsKey(key))).map(([field, bytes]) => [field, unpacked(bytes)]),
      ),
    /** Whether it was: `absent` keeps what is there. */
    replaceSums: async (key: string, sums: Sums, when: 'always' | 'absent'): Promise<boolean> =>
      (await link.run('replaceSums', sumsKey(key), [when, ...packed(sums).flat()])) === 1,
  }
}

/** Nothing: no limit. */
const limitText = (limit: number | null): string | number => {
  if (limit === null || limit === Number.POSITIVE_INFINITY) return ''
  return Number.isNaN(limit) ? -1 : limit
}

const listOf = (reply: unknown): readonly (string | number)[] => {
  if (Array.isArray(reply)) return reply
  throw new Error(`Redis answered a script with ${typeof reply}`)
}

const kindOf = (reply: unknown): 'ok' | 'moved' => (listOf(reply)[0] === 'ok' ? 'ok' : 'moved')

function heldOf(reply: unknown, accounts: readonly Account[]): RemoteHeld {
  const [kind, ...numbers] = listOf(reply)
  if (kind === 'held') return { kind, balances: balancesOf(numbers, accounts) }
  if (kind === 'refused') {
    const index = Number(numbers[0]) - 1
    return { kind, index, balance: balancesOf(numbers.slice(1), [accounts[index]!])[0]! }
  }
  return kind === 'told' ? { kind } : { kind: 'moved' }
}

function endedOf(reply: unknown, accounts: readonly Account[]): RemoteEnded {
  const [kind, ...rest] = listOf(reply)
  return kind === 'ok'
    ? { kind, balances: balancesOf(rest, accounts) }
    : { kind: 'missing', epoch: String(rest[0]) }
}

/** Three numbers for each account. */
const balancesOf = (numbers: readonly (string | number)[], accounts: readonly Account[]): Balance[] =>
  accounts.map(({ per }, index) => {
    const [beganAt = 0, spent = 0, reserved = 0] = numbers.slice(index * 3, index * 3 + 3).map(Number)
    return { spent, reserved, ...periodAt(per, new Date(beganAt)) }
  })

/** Fields and their doubles, in groups for one command each. */
function packed(sums: Sums): (string | Buffer)[][] {
  const groups: (string | Buffer)[][] = [[]]
  let room = mostNumbersAtOnce
  for (const [field, vector] of Object.entries(sums)) {
    if (room < vector.length && room < mostNumbersAtOnce) {
      groups.push([])
      room = mostNumbersAtOnce
    }
    const bytes = Buffer.allocUnsafe(vector.length * 8)
    for (let index = 0; index < vector.length; index++) bytes.writeDoubleLE(vector[index]!, index * 8)
    groups.at(-1)?.push(field, bytes)
    room -= vector.length
  }
  return groups
}

function unpacked(bytes: Buffer): number[] {
  const vector = new Array<number>(Math.floor(bytes.length / 8))
  for (let index = 0; index < vector.length; index++) vector[index] = bytes.readDoubleLE(index * 8)
  return vector
}
