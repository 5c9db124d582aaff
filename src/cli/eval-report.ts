import { unreachable } from '../domain/unreachable.ts'
import type { Interval } from '../learning/evaluation/bootstrap.ts'
import type { Calibration } from '../learning/evaluation/calibration.ts'
import type { ConstantWarning } from '../learning/evaluation/constant.ts'
import type {
  CurveReport,
  EvaluationReport,
  PricedComparison,
  QualityComparison,
  SideReport,
  TwoModelReport,
} from '../learning/evaluation/report.ts'
import { type Column, dollars, percent, table } from './table.ts'

/** The report as a person reads it: what was measured, tables, warnings, notes. Intervals are at 95 %. */
export function describeReport(report: EvaluationReport): string {
  const { comparison } = report
  const sections = [
    heading(report),
    ...(comparison.kind === 'priced' ? pricedSections(comparison) : qualitySections(comparison)),
    ...(report.twoModels ? [twoModelSection(report.twoModels)] : []),
    calibrationSection(report.calibration),
    ...(comparison.constant ? [constantLine(comparison.constant)] : []),
    ...(report.notes.length > 0 ? [['Notes', ...report.notes.map((note) => `- ${note}`)].join('\n')] : []),
  ]
  return sections.join('\n\n')
}

const left = (title: string): Column => ({ title })
const right = (title: string): Column => ({ title, align: 'right' })

function heading({ router, datasets, fit, score, resamples, seed }: EvaluationReport): string {
  const sets = datasets.map(({ name, scoreRows }) => `${name} (${scoreRows})`)
  return [
    `Router: ${router}`,
    `Data sets, with rows scored: ${sets.join(', ')}`,
    `Fitted on ${side(fit)}; scored on ${side(score)}`,
    `Intervals: 95 %, ${resamples} paired resamples, seed ${seed}`,
  ].join('\n')
}

function side({ split, rows, droppedMissing, droppedUncosted }: SideReport): string {
  const dropped = droppedMissing + droppedUncosted
  const why = `${droppedMissing} lack a model of the pool, ${droppedUncosted} lack a cost`
  return `${rows} ${split} rows${dropped > 0 ? ` (${dropped} dropped: ${why})` : ''}`
}

function pricedSections(comparison: PricedComparison): string[] {
  return [
    singleModels(comparison),
    curves(comparison),
    points(comparison),
    targets(comparison),
    promise(comparison),
  ]
}

function singleModels({ models, cheapest, bestSingle }: PricedComparison): string {
  const rows = [...models]
    .sort((a, b) => a.costUsd - b.costUsd)
    .map(({ model, quality, costUsd }) => {
      const roles = [model === cheapest ? 'cheapest' : '', model === bestSingle ? 'best single' : '']
      return [model, interval(quality), dollars(costUsd * 1000), roles.filter(Boolean).join(', ')]
    })
  const columns = [left('model'), right('quality'), right('$ per 1,000'), left('')]
  return `Single models\n${table(columns, rows)}`
}

function curves({ router, controls, usefulRange }: PricedComparison): string {
  const row = (curve: CurveReport) => [
    curve.name,
    interval(curve.usefulQuality),
    curve === router ? '' : signed(curve.usefulDifference),
    figure(curve.auc.value),
    figure(curve.aiq.value),
    curve === router ? '' : signed(curve.aiqDifference),
  ]
  const columns = [
    left('curve'),
    right('mean quality'),
    right('router ahead by'),
    right('AUC'),
    right('AIQ'),
    right('router ahead by'),
  ]
  const { fromUsd, toUsd } = usefulRange
  return [
    `Quality at equal cost, averaged over ${dollars(fromUsd * 1000)} to ${dollars(toUsd * 1000)} per 1,000 prompts`,
    '(AUC and AIQ: over the whole pool’s range of costs)',
    table(columns, [router, ...controls].map(row)),
  ].join('\n')
}

function points({ points: controls }: PricedComparison): string {
  const rows = controls.map(({ name, quality, costUsd, routerDifference }) => [
    name,
    interval(quality),
    dollars(costUsd * 1000),
    signed(routerDifference),
  ])
  const columns = [left('control'), right('quality'), right('$ per 1,000'), right('router there ahead by')]
  return `Points\n${table(columns, rows)}`
}

function targets({ targets: reports, bestSingle }: PricedComparison): string {
  const columns = [
    left('curve'),
    ...reports.map(({ qualityShare }) => right(`${percent(qualityShare, 0)} of its quality`)),
  ]
  const names = reports[0]!.byCurve.map(({ name }) => name)
  const rows = names.map((name, index) => [
    name,
    ...reports.map(({ byCurve }) => costShare(byCurve[index]!.costShare)),
  ])
  return `Cost of reaching a share of ${bestSingle}, as a share of its cost\n${table(columns, rows)}`
}

function promise({ promise: at, bestSingle }: PricedComparison): string {
  const shares = Object.entries(at.shares)
    .filter(([, share]) => share > 0)
    .sort((a, b) => b[1] - a[1])
    .map(([model, share]) => [model, percent(share)])
  return [
    `Asked for ${percent(at.qualityShare, 0)} of the best single model’s quality, by its own predictions alone, the router`,
    `kept ${percentInterval(at.reachedShare)} of ${bestSingle} at ${percentInterval(at.costShare)} of its cost`,
    `(quality ${interval(at.quality)}, ${dollars(at.costUsd * 1000)} per 1,000 prompts, ${lambdaText(at.lambda)})`,
    table([left('model'), right('share of calls')], shares),
  ].join('\n')
}

function qualitySections({ models, bestSingle, router, controls }: QualityComparison): string[] {
  const modelRows = [...models]
    .sort((a, b) => b.quality.value - a.quality.value)
    .map(({ model, quality }) => [
      model,
      interval(quality),
      percent(router.shares[model]!),
      model === bestSingle ? 'best single' : '',
    ])
  const rows = controls.map(({ name, quality, difference }) => [name, interval(quality), signed(difference)])
  return [
    `Single models; costs are not known\n${table([left('model'), right('quality'), right('share of router’s calls'), left('')], modelRows)}`,
    [
      'Quality, each prompt to the model of the best prediction (lambda 0)',
      table(
        [left(''), right('quality'), right('router ahead by')],
        [['router', interval(router.quality), ''], ...rows],
      ),
    ].join('\n'),
  ]
}

function twoModelSection({ weak, strong, weakQuality, strongQuality, routers }: TwoModelReport): string {
  const rows = routers.map(({ name, apgr, cpt20, cpt50, cpt80, difference }) => [
    name,
    interval(apgr),
    ...[cpt20, cpt50, cpt80].map((cpt) => (Number.isFinite(cpt.value) ? percent(cpt.value) : 'never')),
    difference ? signed(difference) : '',
  ])
  const columns = [
    left(''),
    right('APGR'),
    right('CPT20'),
    right('CPT50'),
    right('CPT80'),
    right('router ahead by'),
  ]
  return [
    `Two models: ${weak} (${figure(weakQuality)}) and ${strong} (${figure(strongQuality)}), by share of calls to the latter`,
    table(columns, rows),
  ].join('\n')
}

function calibrationSection({ all, byModel }: EvaluationReport['calibration']): string {
  const row = (name: string, c: Calibration) => [
    name,
    figure(c.meanPredicted),
    figure(c.meanScore),
    figure(c.ece),
    figure(c.brier),
    figure(c.brierOfMean),
    figure(c.logLoss),
    figure(c.auroc),
  ]
  const titles = ['predicted', 'score', 'ECE', 'Brier', 'of mean', 'log-loss', 'AUROC']
  const rows = [row('all', all), ...Object.entries(byModel).map(([model, c]) => row(model, c))]
  return `Calibration of predicted quality\n${table([left('model'), ...titles.map(right)], rows)}`
}

function constantLine(warning: ConstantWarning): string {
  switch (warning.kind) {
    case 'one-model':
      return `WARNING: the router is effectively constant: at nearly every setting it sends ${percent(warning.share)} of the prompts to one model (such as ${warning.model}).`
    case 'no-better-than-random':
      return `WARNING: at equal cost the router is not shown to be better than a random mix (ahead by ${signed(warning.difference)}).`
    default:
      return unreachable(warning)
  }
}

const figure = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(3))

export const interval = ({ value, low, high }: Interval): string =>
  `${figure(value)} [${figure(low)}, ${figure(high)}]`

const plus = (value: number): string =>
  Number.isNaN(value) ? '-' : `${value < 0 ? '' : '+'}${value.toFixed(3)}`

export const signed = ({ value, low, high }: Interval): string =>
  `${plus(value)} [${plus(low)}, ${plus(high)}]`

const wholePercent = (value: number): string =>
  Number.isNaN(value) ? '-' : Number.isFinite(value) ? percent(value, 0) : value > 0 ? '∞' : '-∞'

export const percentInterval = ({ value, low, high }: Interval): string =>
  `${percent(value)} [${wholePercent(low)}, ${wholePercent(high)}]`

export const costShare = (share: Interval): string =>
  Number.isFinite(share.value) ? percentInterval(share) : 'not reached'

/** Where the cheapest model is the best one, no price of quality is too high. */
const lambdaText = (lambda: number): string =>
  Number.isFinite(lambda) ? `lambda ${lambda.toPrecision(4)}` : 'always the cheapest model'
