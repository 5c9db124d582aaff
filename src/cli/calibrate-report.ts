import type { ObjectiveStatement } from '../domain/policy.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { Rate } from '../estimate/staircase.ts'
import type { CalibrationReport } from '../learning/calibration/calibrate.ts'
import type { Interval } from '../learning/evaluation/bootstrap.ts'
import type { Calibrated, PoolMember } from './calibrate.ts'
import { objectiveText } from './check.ts'
import { interval, percentInterval } from './eval-report.ts'
import { type Column, dollars, percent, table } from './table.ts'

/** What was found, what it costs and gives, and the lines to paste. */
export function describeCalibration(result: Calibrated): string {
  const { report, notes } = result
  return [
    heading(result),
    outcome(report),
    modelTable(report),
    foldTable(report),
    configLines(result),
    ...(notes.length > 0 ? [['Notes', ...notes.map((note) => `- ${note}`)].join('\n')] : []),
  ].join('\n\n')
}

const left = (title: string): Column => ({ title })
const right = (title: string): Column => ({ title, align: 'right' })

function heading({ router, report: { statement, rows, folds, resamples, seed, rate } }: Calibrated): string {
  return [
    `Target: ${objectiveText(statement)}`,
    `Router: ${router}; ${rows} rows, ${folds.length} folds by question`,
    `Found: ${rateText(rate)}`,
    `Figures are out of fold: each row is judged at the lambda that was found without its fold. Intervals: 95 %, ${resamples} resamples, seed ${seed}`,
  ].join('\n')
}

const digits = (lambda: number): string => `${Number(lambda.toPrecision(6))}`

const rateText = ({ lambda, mixture }: Rate): string =>
  mixture
    ? `lambda ${digits(lambda)}, and for ${percent(mixture.share)} of the requests, at random, ${digits(mixture.lambda)}`
    : `lambda ${digits(lambda)}`

function outcome(report: CalibrationReport): string {
  const { bestSingle, quality, qualityShare, costUsd, costShare } = report
  const rows = [
    ['quality', interval(quality), percentInterval(qualityShare)],
    ['$ per 1,000', thousand(costUsd), percentInterval(costShare)],
  ]
  const columns = [left(''), right('mean'), right(`of ${bestSingle.model}`)]
  return [table(columns, rows), ...met(report)].join('\n')
}

const thousand = ({ value, low, high }: Interval): string =>
  `${dollars(value * 1000)} [${dollars(low * 1000)}, ${dollars(high * 1000)}]`

/** Whether the target lies within what was measured, and if not, why it may not. */
function met({ statement, qualityShare, costUsd, models, dearest }: CalibrationReport): string[] {
  const quality = (target: number) =>
    verdict('quality', qualityShare, target, {
      below: 'It is out of reach of this router and pool.',
      above: 'Even the cheapest choices keep more.',
    })
  switch (statement.kind) {
    case 'quality':
      return [quality(statement.share)]
    case 'max-quality-loss':
      return [quality(1 - statement.share)]
    case 'mean-cost':
      return [
        verdict('mean cost', costUsd, statement.usd, {
          below: 'The choices of the best predicted quality cost no more.',
          above: 'Even the cheapest choices cost more.',
        }),
      ]
    case 'strong-share': {
      const { share } = models.find(({ model }) => model === dearest)!
      return [
        verdict(`share of ${dearest}`, share, statement.share, {
          below: 'It is the better of the two on no more calls.',
          above: 'It is the cheaper of the two on the others.',
        }),
      ]
    }
    case 'lambda':
    case 'willingness-to-pay':
      return []
    default:
      return unreachable(statement)
  }
}

function verdict(
  what: string,
  { value, low, high }: Interval,
  target: number,
  why: { readonly below: string; readonly above: string },
): string {
  const off = percent(Math.abs(value / target - 1))
  const apart = `The ${what} is ${off} ${value < target ? 'below' : 'above'} its target`
  if (high < target) return `${apart}, more than chance explains. ${why.below}`
  if (low > target) return `${apart}, more than chance explains. ${why.above}`
  return `${apart}, which lies in the interval.`
}

function modelTable({ models, bestSingle, dearest }: CalibrationReport): string {
  const rows = [...models]
    .sort((a, b) => a.costUsd - b.costUsd)
    .map(({ model, quality, costUsd, share }) => {
      const roles = [model === bestSingle.model ? 'best single' : '', model === dearest ? 'dearest' : '']
      return [
        model,
        percentInterval(share),
        quality.toFixed(3),
        dollars(costUsd * 1000),
        roles.filter(Boolean).join(', '),
      ]
    })
  return table(
    [left('model'), right('share of calls'), right('its quality'), right('its $ per 1,000'), left('')],
    rows,
  )
}

function foldTable({ folds, bestSingle, dearest }: CalibrationReport): string {
  const rows = folds.map(({ rows: count, rate, quality, costUsd, dearestShare }, fold) => [
    `${fold + 1}`,
    `${count}`,
    foldRate(rate),
    quality.toFixed(3),
    percent(quality / bestSingle.quality),
    dollars(costUsd * 1000),
    percent(dearestShare),
  ])
  const columns = [
    'fold',
    'rows',
    'lambda of the others',
    'quality',
    `of ${bestSingle.model}'s mean`,
    '$ per 1,000',
    `to ${dearest}`,
  ]
  return table(columns.map(right), rows)
}

const foldRate = ({ lambda, mixture }: Rate): string =>
  mixture
    ? `${lambda.toPrecision(4)}, ${mixture.lambda.toPrecision(4)} for ${percent(mixture.share)}`
    : lambda.toPrecision(4)

/** YAML for the configuration. A name that the catalogue does not know is left for the reader to settle. */
function configLines({ policy, pool, report: { rate, statement } }: Calibrated): string {
  const unknown = pool.filter(({ id }) => id === null).map(({ name }) => name)
  // Data may have several runs of one model.
  const names = [...new Set(pool.map(poolName))]
  return [
    'For fairlead.yaml:',
    '',
    'policies:',
    `  ${policy}:`,
    `    pool: [${names.join(', ')}]`,
    `    lambda: ${rateYaml(rate)}  # ${fieldText(statement)}`,
    ...(unknown.length > 0
      ? [
          '',
          `The catalogue does not know ${unknown.join(', ')}: write an id in place of each, or add it under models.`,
        ]
      : []),
  ].join('\n')
}

const poolName = ({ name, id }: PoolMember): string => id ?? JSON.stringify(name)

const rateYaml = ({ lambda, mixture }: Rate): string =>
  mixture
    ? `{ first: ${digits(lambda)}, second: ${digits(mixture.lambda)}, shareOfSecond: ${Number(mixture.share.toPrecision(4))} }`
    : digits(lambda)

const fieldText = (statement: ObjectiveStatement): string => `calibrated to ${objectiveText(statement)}`
