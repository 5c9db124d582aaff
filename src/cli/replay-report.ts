import { type Estimator, estimators } from '../learning/off-policy/estimators.ts'
import type { MetricEvaluation, PolicyEvaluation } from '../learning/off-policy/evaluate.ts'
import type { LoggedMetric } from '../learning/off-policy/logged-row.ts'
import type { Reading } from '../statistics/interval.ts'
import { leftOutText, type Replay } from './replay-log.ts'
import { type Column, dollars, percent, table } from './table.ts'

/** For people: what the policy would have come to, and how far the log can be trusted to say so. */
export function replayText(replay: Replay): string {
  const { policy, decisions, graded, leftOut, against } = replay
  const skipped = Object.keys(leftOut).length === 0 ? '' : ` Left out: ${leftOutText(leftOut)}.`
  return [
    `${policy}, replayed on ${plural(decisions, 'decision')} of the log, ${graded} of them graded.${skipped}`,
    `It would choose ${shares(replay.choices)}.`,
    ...metricText(replay.evaluation, 'quality', graded === 0),
    ...metricText(replay.evaluation, 'usd', false),
    ...(against ? [againstText(policy, against)] : []),
    ...notes(replay),
  ].join('\n\n')
}

const right = (title: string): Column => ({ title, align: 'right' })

function metricText(
  { metrics, policy }: PolicyEvaluation,
  metric: LoggedMetric,
  nothingGraded: boolean,
): readonly string[] {
  const title = metric === 'quality' ? 'Quality (score, 0 to 1)' : 'Cost (dollars per decision)'
  if (nothingGraded)
    return [
      `${title}\nNothing is known of it: no decision has a score. Send some with POST /v1/feedback, or name their metric with --metric.`,
    ]
  const found = metrics[metric]
  return [
    `${title}\n${headline(policy, metric, found)}`,
    table(
      [{ title: 'by' }, right('estimate'), right('95 % interval')],
      [
        ...(found.fullInformation ? [row('full information', metric, found.fullInformation)] : []),
        ...estimators.map((estimator) => row(names[estimator], metric, found.estimates[estimator])),
        row('what the log did', metric, found.logged),
        row(`${policy} less the log, paired`, metric, found.lessLogged),
      ],
    ),
    diagnosticsText(found),
  ]
}

const names: Readonly<Record<Estimator, string>> = {
  direct: 'direct method (predictions alone)',
  ips: 'IPS, clipped',
  snips: 'SNIPS',
  dr: 'doubly robust',
  sndr: 'self-normalised doubly robust',
  'switch-dr': 'SWITCH-DR',
}

function row(name: string, metric: LoggedMetric, reading: Reading): readonly string[] {
  const value = (number: number) => figure(metric, number)
  if (reading.kind === 'interval')
    return [name, value(reading.estimate), `[${value(reading.low)}, ${value(reading.high)}]`]
  return [name, reading.estimate === null ? '-' : value(reading.estimate), 'none']
}

function headline(
  policy: string,
  metric: LoggedMetric,
  { best, lessLogged, fullInformation }: MetricEvaluation,
): string {
  if (best.kind === 'withheld') return `Refused: ${best.because}.`
  const by = fullInformation ? 'known, since the log shows all that it would have done' : 'doubly robust'
  const value = (number: number) => figure(metric, number)
  const change =
    lessLogged.kind === 'withheld'
      ? `no interval of the difference to the log (${lessLogged.because})`
      : `${signed(metric, lessLogged.estimate)} [${signed(metric, lessLogged.low)}, ${signed(metric, lessLogged.high)}] against the log`
  return `${policy}: ${value(best.estimate)} [${value(best.low)}, ${value(best.high)}] (${by}); ${change}.`
}

function diagnosticsText({ diagnostics }: MetricEvaluation): string {
  const { effectiveSampleSize, meanWeight, meanWeightError, greatestShare, seen, decisions } = diagnostics
  return [
    `${seen} of ${decisions} outcomes known, worth ${effectiveSampleSize.toFixed(0)} decisions of its own`,
    `mean weight ${meanWeight.toFixed(3)} ± ${meanWeightError.toFixed(3)}`,
    `greatest share of one ${percent(greatestShare)}`,
    `${percent(diagnostics.unsupportedShare)} of its choices out of the log's reach.`,
  ].join(', ')
}

function againstText(policy: string, { evaluation, difference }: NonNullable<Replay['against']>): string {
  const line = (metric: LoggedMetric, name: string) => {
    const reading = difference[metric]
    return reading.kind === 'withheld'
      ? `${name}: refused: ${reading.because}.`
      : `${name}: ${signed(metric, reading.estimate)} [${signed(metric, reading.low)}, ${signed(metric, reading.high)}].`
  }
  return [
    `${policy} less ${evaluation.policy}, paired`,
    line('quality', 'Quality'),
    line('usd', 'Cost'),
  ].join('\n')
}

function notes({ randomShare, evaluation }: Replay): readonly string[] {
  const found = [
    'Facts of sessions are not on record: each decision is replayed as if it began a conversation.',
  ]
  const known = evaluation.metrics.usd.fullInformation !== null
  if (randomShare === 0 && !known)
    found.unshift(
      'The log left no choice to chance (no propensity below 1 is on record): only the direct method, whose error nothing bounds, and full information can say something of another policy. Let a share of the traffic be drawn, by `weighted`, a mixture or the floor of a bandit, and replay again.',
    )
  else if (!known) found.unshift(`${percent(randomShare)} of the decisions were left to chance.`)
  return found
}

const figure = (metric: LoggedMetric, value: number): string =>
  metric === 'quality' ? value.toFixed(3) : negativeDollars(value)
const negativeDollars = (value: number): string => (value < 0 ? `-${dollars(-value)}` : dollars(value))
const signed = (metric: LoggedMetric, value: number): string =>
  `${value >= 0 ? '+' : ''}${figure(metric, value)}`
const plural = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
const shares = (choices: Replay['choices']): string =>
  Object.entries(choices)
    .map(([model, share]) => `${model} ${percent(share)}`)
    .join(', ')
