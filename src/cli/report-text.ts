import type { Outcome } from '../domain/decision.ts'
import { usdOf } from '../domain/money.ts'
import type { ReportRow, StoredDecision } from '../storage/store.ts'
import type { PolicyEscalation, Report, Totals } from './report-figures.ts'
import { type Column, dollars, percent, table } from './table.ts'

export function reportText(report: Report): string {
  const span = report.since === null ? 'all decisions' : `decisions since ${report.since}`
  if (report.rows.length === 0)
    return `There are no decisions${report.since === null ? '' : ` since ${report.since}`}. Send a request to \`fairlead serve\` first, or look further back with --since.`
  return [
    `Report on ${span}`,
    rowTable(report),
    ...costLines(report),
    ...report.escalations.map(escalationLine),
    ...(report.decisions.length > 0 ? ['Last decisions', decisionTable(report.decisions)] : []),
  ].join('\n\n')
}

const right = (title: string): Column => ({ title, align: 'right' })

function rowTable({ rows, totals }: Report): string {
  const columns = [
    { title: 'Policy' },
    { title: 'Model' },
    right('Decisions'),
    right('Share'),
    right('Input tokens'),
    right('Output tokens'),
    right('Cost'),
    right('Fallbacks'),
    right('Failures'),
    right('Mean latency'),
  ]
  const cells = (row: Totals, latency: string): string[] => [
    count(row.decisions),
    percent(row.decisions / totals.decisions),
    count(row.inputTokens),
    count(row.outputTokens),
    costText(row),
    count(row.fallbacks),
    count(row.failed),
    latency,
  ]
  return table(columns, [
    ...rows.map((row) => [
      row.policy,
      row.model,
      ...cells(row, row.answered === 0 ? '-' : milliseconds(row.meanLatencyMs)),
    ]),
    ['total', '', ...cells(totals, '')],
  ])
}

/** A sum that leaves something out says so. */
const costText = ({ microUsd, unpriced }: Pick<ReportRow, 'microUsd' | 'unpriced'>): string =>
  unpriced === 0 ? dollars(microUsd / 1e6) : `${dollars(microUsd / 1e6)} + ${count(unpriced)} unknown`

function costLines({ totals, dearest }: Report): string[] {
  const unknown =
    totals.unpriced === 0
      ? []
      : [
          `The cost of ${count(totals.unpriced)} of the decisions is unknown and in no sum. Write their models' prices under models.`,
        ]
  if (dearest === null) return unknown
  const { model, estimatedUsd, usd, decisions } = dearest
  const saved = estimatedUsd > usd ? `, ${percent(1 - usd / estimatedUsd)} saved` : ''
  return [
    ...unknown,
    `Estimate: with as many tokens, ${model} (the dearest model known here) would have cost ${dollars(estimatedUsd)} for the ${plural(decisions, 'decision')} whose cost is known; the actual cost was ${dollars(usd)}${saved}. Caching and the other model's own length of answers are not counted.`,
  ]
}

const escalationLine = ({ policy, asked, share, alarm }: PolicyEscalation): string =>
  alarm === null
    ? `${policy} asked before it decided ${plural(asked, 'time')}, and went on past the first model in ${percent(share)} of them.`
    : `Alarm: ${policy}: ${alarm}`

function decisionTable(decisions: readonly StoredDecision[]): string {
  const columns = [
    { title: 'Time' },
    { title: 'Decision' },
    { title: 'Policy' },
    { title: 'Model' },
    { title: 'Outcome' },
    right('Cost'),
    { title: 'Reason' },
  ]
  return table(
    columns,
    decisions.map(({ decision, outcome }) => [
      decision.time,
      decision.id,
      decision.policy,
      outcome?.model ?? decision.chosen ?? 'none',
      outcomeText(outcome),
      outcome?.cost == null ? '-' : dollars(usdOf(outcome.cost)),
      decision.because,
    ]),
  )
}

function outcomeText(outcome: Outcome | null): string {
  if (outcome === null) return 'none yet'
  return outcome.failure === null ? outcome.status : `${outcome.status}: ${outcome.failure}`
}

const plural = (number: number, noun: string): string => `${count(number)} ${noun}${number === 1 ? '' : 's'}`
const count = (number: number): string => number.toLocaleString('en-US')
const milliseconds = (duration: number): string => `${count(Math.round(duration))} ms`
