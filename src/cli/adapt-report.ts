import { unreachable } from '../domain/unreachable.ts'
import type {
  AdaptationOutcome,
  AdaptationReport,
  HeldOutReading,
  VariantReport,
} from '../learning/adaptation/report.ts'
import type { PromptScope } from './adapt-write.ts'
import { type Column, dollars, percent, table } from './table.ts'

/** A report with what it is about. */
export type Adaptation = {
  readonly model: string
  readonly proposer: string
  readonly metric: string
  readonly report: AdaptationReport
  /** The file that the variant was written to; `null`: none was. */
  readonly written: string | null
}

const mostShown = 10

export function adaptationText({ model, proposer, metric, report, written }: Adaptation): string {
  const { parts, variants, baseScore } = report
  return [
    `${model}, ${metric}, variants by ${proposer}: ${parts.search} examples to search on, ${parts.selection} to choose by, ${parts.heldOut} held out (seed ${report.seed})`,
    ...(baseScore === null ? [] : [`The prompt as it is: ${percent(baseScore)} on what it was searched on.`]),
    ...(variants.length === 0 ? [] : [variantTable(variants)]),
    ...problemLines(report),
    outcomeText(report.outcome, report.goal),
    ...keptVariant(report),
    ...(written === null
      ? []
      : [`Written to ${written}. Name it in the configuration: \`prompts: ${written}\`.`]),
    `${report.calls} answers${report.failedCalls === 0 ? '' : `, ${report.failedCalls} of them failed calls`}; ${dollars(report.spentUsd)} of ${dollars(report.limitUsd)} spent.`,
  ].join('\n\n')
}

const right = (title: string): Column => ({ title, align: 'right' })

function variantTable(variants: readonly VariantReport[]): string {
  const rows = variants
    .slice(0, mostShown)
    .map(({ name, examples, searchDifference, selectionDifference, why }) => [
      name,
      String(examples),
      points(searchDifference),
      selectionDifference === null ? '-' : points(selectionDifference),
      oneLine(why, 60),
    ])
  const left = variants.length - rows.length
  const shown = table(
    [{ title: 'Variant' }, right('Examples'), right('Search'), right('Selection'), { title: 'Why' }],
    rows,
  )
  return left === 0 ? shown : `${shown}\nand ${left} more that were dropped before them.`
}

/** A model wrote it: no control characters reach the terminal. */
const oneLine = (text: string, most: number): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, most)

const points = (difference: number): string =>
  `${difference < 0 ? '-' : '+'}${Math.abs(difference * 100).toFixed(1)}`

function problemLines({ problems, refusedProposals, outcome }: AdaptationReport): string[] {
  const refused = refusedProposals === 0 ? [] : [`${refusedProposals} proposals could not be used.`]
  // Where nothing else came of it, the outcome says the last of them.
  const told = outcome.kind === 'no-variants' ? problems.filter((one) => one !== outcome.because) : problems
  const lines = [...new Set(told)].map((problem) => oneLine(problem, 300))
  return [...refused, ...lines]
}

function outcomeText(outcome: AdaptationOutcome, goal: AdaptationReport['goal']): string {
  switch (outcome.kind) {
    case 'kept':
      return `Kept: ${outcome.variant}. ${heldOutText(outcome.heldOut, goal)}`
    case 'rejected':
      return `Nothing was kept. ${outcome.variant} was the best of the search. ${heldOutText(outcome.heldOut, goal)} That is not enough to tell it from luck: keep the prompt as it is, or come back with more examples.`
    case 'nothing-better':
      return 'Nothing was kept: no variant did better than the prompt as it is, even on the examples it was searched on. The held-out part was not looked at.'
    case 'no-variants':
      return `Nothing was kept, as there was nothing to try. ${oneLine(outcome.because, 300)}`
    case 'stopped':
      return `Nothing was kept. ${stoppedText(outcome)}`
    default:
      return unreachable(outcome)
  }
}

type Stopped = Extract<AdaptationOutcome, { readonly kind: 'stopped' }>

function stoppedText({ because, message }: Stopped): string {
  switch (because) {
    case 'budget':
      return `${message} Raise --budget-usd, lower --max-output-tokens, or give fewer examples.`
    case 'interrupted':
      return message
    case 'all-failed':
      return `Every call failed. The first one said: ${oneLine(message, 300)}`
    default:
      return unreachable(because)
  }
}

function heldOutText(reading: HeldOutReading, goal: AdaptationReport['goal']): string {
  const { pairs, wins, losses, baseScore, variantScore, difference, lowerBound, lossBound } = reading
  const scores = `On ${pairs} held-out examples: ${percent(baseScore)} before, ${percent(variantScore)} with it (${wins} better, ${losses} worse).`
  return goal === 'better'
    ? `${scores} The gain is ${points(difference)} points, and at least ${points(lowerBound)} with 95 % confidence.`
    : `${scores} The score changes by ${points(difference)} points, and by no less than ${points(lossBound)}; it saves ${percent(reading.saving)} of output tokens, and at least ${percent(reading.savingLowerBound)}, each with 95 % confidence.`
}

function keptVariant({ outcome, variants }: AdaptationReport): string[] {
  if (outcome.kind !== 'kept') return []
  const kept = variants.find(({ name }) => name === outcome.variant)
  return kept === undefined ? [] : [JSON.stringify(kept.written, null, 2)]
}

/** What a file of prompts has of a variant that was kept; `null`: nothing was. */
export function promptEntryOf({ report, metric }: Pick<Adaptation, 'report' | 'metric'>, scope: PromptScope) {
  const { outcome, variants, seed, goal } = report
  if (outcome.kind !== 'kept') return null
  const kept = variants.find(({ name }) => name === outcome.variant)
  const measured = { variant: outcome.variant, metric, seed, goal, ...outcome.heldOut }
  return kept === undefined ? null : { ...scope, ...kept.written, measured }
}
