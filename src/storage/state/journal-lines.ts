/**
 * The lines of a journal, one for each thing that happened: a checksum, a space, and one of
 *
 *     a NUMBER PERIOD BEGAN SPENT "NAME"     an account, its period and what it has spent of it
 *     p NUMBER BEGAN SPENT                   the account stands in another period
 *     h ID NUMBER AMOUNT NUMBER AMOUNT …     set aside
 *     c ID AMOUNT AMOUNT …                   other amounts, in the order of `h`
 *     s ID AMOUNT AMOUNT …                   what it came to
 *
 * All of it is ASCII, so that characters are bytes.
 */

import { type LimitPeriod, limitPeriods } from '../../domain/limits.ts'
import type { Entry, OpenSet } from './account-book.ts'
import { settledAmount } from './amounts.ts'
import type { Account } from './shared-state.ts'

export const accountLine = ({ account, line, beganAt, spent }: Entry): string =>
  sealed(`a ${line} ${account.per} ${beganAt} ${spent} ${asciiJson(account.name)}`)

export const periodLine = ({ line, beganAt, spent }: Entry): string => sealed(`p ${line} ${beganAt} ${spent}`)

export function heldLine({ id, entries, amounts }: OpenSet): string {
  let text = `h ${id}`
  for (let index = 0; index < entries.length; index++) text += ` ${entries[index]!.line} ${amounts[index]}`
  return sealed(text)
}

export function amountsLine(kind: 'c' | 's', id: number, amounts: readonly number[]): string {
  let text = `${kind} ${id}`
  for (let index = 0; index < amounts.length; index++) text += ` ${amounts[index]}`
  return sealed(text)
}

/** FNV-1a, 32 bits: a line that was torn or overwritten passes for a whole one once in four thousand million times. */
function checksum(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

const sealed = (text: string): string => `${checksum(text)} ${text}\n`

const asciiJson = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

export type ReplayedAccount = {
  readonly account: Account
  beganAt: number
  spent: number
}

export type Replayed = {
  readonly accounts: readonly ReplayedAccount[]
  /** What was set aside and never settled. */
  readonly open: readonly { readonly account: Account; readonly amount: number }[]
  /** Lines that can't be read, but for a last one that was torn. */
  readonly unreadable: number
}

type OpenLine = { readonly accounts: readonly ReplayedAccount[]; amounts: readonly number[] }

/** What a journal's text comes to. Never throws: a line that can't be read is counted and passed over. */
export function replay(text: string): Replayed {
  const accounts = new Map<number, ReplayedAccount>()
  const open = new Map<number, OpenLine>()
  let unreadable = 0
  const lines = text.split('\n')
  // After the last line's end there is nothing, or what was torn.
  lines.pop()
  for (const line of lines) if (!apply(line, accounts, open)) unreadable += 1
  return {
    accounts: [...accounts.values()],
    open: [...open.values()].flatMap(({ accounts: held, amounts }) =>
      held.map(({ account }, index) => ({ account, amount: amounts[index]! })),
    ),
    unreadable,
  }
}

function apply(line: string, accounts: Map<number, ReplayedAccount>, open: Map<number, OpenLine>): boolean {
  const text = line.slice(9)
  if (checksum(text) !== line.slice(0, 8)) return false
  const kind = text[0]
  if (kind === 'a') return applyAccount(text, accounts)
  const [id = Number.NaN, ...rest] = text.slice(2).split(' ').map(Number)
  switch (kind) {
    case 'p': {
      const account = accounts.get(id)
      if (!account) return false
      ;[account.beganAt = 0, account.spent = 0] = rest
      return true
    }
    case 'h': {
      const pairs = rest.flatMap((number, index) => {
        const account = index % 2 === 0 ? accounts.get(number) : undefined
        return account ? [{ account, amount: rest[index + 1] ?? 0 }] : []
      })
      open.set(id, {
        accounts: pairs.map(({ account }) => account),
        amounts: pairs.map(({ amount }) => amount),
      })
      return pairs.length * 2 === rest.length
    }
    case 'c':
    case 's': {
      const held = open.get(id)
      if (!held) return false
      const amounts = held.amounts.map((amount, index) => settledAmount(rest[index], amount))
      if (kind === 'c') held.amounts = amounts
      else {
        open.delete(id)
        held.accounts.forEach((account, index) => {
          account.spent += amounts[index]!
        })
      }
      return true
    }
    default:
      return false
  }
}

const accountPattern = /^a (\d+) (\w+) (-?\d+) (\d+) (".*")$/

function applyAccount(text: string, accounts: Map<number, ReplayedAccount>): boolean {
  const [, line, per, beganAt, spent, name] = accountPattern.exec(text) ?? []
  if (name === undefined || !limitPeriods.includes(per as LimitPeriod)) return false
  const account = { name: JSON.parse(name) as string, per: per as LimitPeriod }
  accounts.set(Number(line), { account, beganAt: Number(beganAt), spent: Number(spent) })
  return true
}
