import type { Brand } from './brand.ts'

/** Whole millionths of a dollar: what the ledger adds up, so that sums are exact. */
export type MicroUsd = Brand<number, 'MicroUsd'>

export const microUsd = (usd: number): MicroUsd => Math.round(usd * 1e6) as MicroUsd

export const usdOf = (amount: MicroUsd): number => amount / 1e6
