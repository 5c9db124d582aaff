/** `fairlead report --by`: what decisions came to, by whom or by what, and what routing saved. */

import type { Saving } from '../gateway/admin/saving.ts'
import { type SpendGrouping, spendGroupings, type SpendRow } from '../storage/store.ts'
import { UserError } from './command.ts'
import { dollars, percent, table } from './table.ts'

export type SpendingReport = {
  readonly by: SpendGrouping
  /** ISO 8601; `null`: from the beginning. */
  readonly since: string | null
  readonly rows: readonly SpendRow[]
  readonly saving: Saving | null
}

/** @throws UserError */
export function groupingOption(text: string): SpendGrouping {
  const found = spendGroupings.find((one) => one === text)
  if (found) return found
  throw new UserError(`--by ${text} is nothing to group by. Write one of ${spendGroupings.join(', ')}.`)
}

export function spendingText({ by, since, rows, saving }: SpendingReport): string {
  const span = since === null ? 'all decisions' : `decisions since ${since}`
  if (rows.length === 0) return `There are no ${span}.`
  const right = (title: string) => ({ title, align: 'right' as const })
  const columns = [
    { title: by.charAt(0).toUpperCase() + by.slice(1) },
    right('Decisions'),
    right('Answered'),
    right('Failed'),
    right('Fallbacks'),
    right('From cache'),
    right('Input tokens'),
    right('Output tokens'),
    right('Cost'),
    right('Mean latency'),
  ]
  return [
    `Report on ${span}, by ${by}`,
    table(columns, rows.map(cells)),
    ...(by === 'tag' ? ['A decision with several tags counts for each of them.'] : []),
    savingText(saving),
  ].join('\n\n')
}

const cells = (row: SpendRow): string[] => [
  row.group,
  count(row.decisions),
  count(row.answered),
  count(row.failed),
  count(row.fallbacks),
  count(row.cached),
  count(row.inputTokens),
  count(row.outputTokens),
  row.unpriced === 0
    ? dollars(row.microUsd / 1e6)
    : `${dollars(row.microUsd / 1e6)} + ${count(row.unpriced)} unknown`,
  row.answered === 0 ? '-' : `${count(Math.round(row.meanLatencyMs))} ms`,
]

export function savingText(saving: Saving | null): string {
  if (saving === null)
    return 'What was saved can’t be told: of no decision both its cost and that of another model are known.'
  const { baseline, by, share, usd, baselineUsd, decisions, heldOut } = saving
  const interval = Number.isFinite(share.low) ? ` [${percent(share.low)}, ${percent(share.high)}]` : ''
  const how =
    by === 'hold-out'
      ? `measured: ${count(heldOut ?? 0)} requests, drawn at random, were answered by it`
      : 'estimated from what it was predicted to cost for the same requests; set holdOut on a policy to measure it'
  return `Saved against ${baseline}: ${percent(share.mean)}${interval} (${dollars(usd)} in place of ${dollars(baselineUsd)} for ${count(decisions)} decisions; ${how}).`
}

const count = (number: number): string => number.toLocaleString('en-US')
