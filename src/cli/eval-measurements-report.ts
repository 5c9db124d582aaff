import { unreachable } from '../domain/unreachable.ts'
import type { PairedFigures, RouterComparison } from '../learning/evaluation/compare-routers.ts'
import type { LeftOutModels } from '../learning/evaluation/left-out-models.ts'
import type { LeftOutSets } from '../learning/evaluation/left-out-sets.ts'
import type { Noted } from './eval-measurements.ts'
import { costShare, interval, percentInterval, signed } from './eval-report.ts'
import { type Column, percent, table } from './table.ts'

const left = (title: string): Column => ({ title })
const right = (title: string): Column => ({ title, align: 'right' })

const notesText = (notes: readonly string[]): string[] =>
  notes.length === 0 ? [] : [['Notes', ...notes.map((note) => `- ${note}`)].join('\n')]

const measures: Readonly<Record<RouterComparison['measure'], string>> = {
  'equal-cost': 'mean quality at equal cost, from the cheapest model’s to the best single one’s',
  'best-predicted': 'quality of the model with the best prediction; costs are not known',
}

export function describeComparison({ report, notes }: Noted<RouterComparison>): string {
  const { names, rows, overall, bySet, targets, measure } = report
  const line = (name: string, count: string, { first, second, difference }: PairedFigures) => [
    name,
    count,
    interval(first),
    interval(second),
    signed(difference),
  ]
  const columns = [left('set'), right('rows'), right(names[0]), right(names[1]), right('difference')]
  return [
    verdictText(report),
    `By set: ${measures[measure]}; 95 % intervals, paired\n${table(columns, [
      line('all', `${rows}`, overall),
      ...bySet.map((figures) => line(figures.set, `${figures.rows}`, figures)),
    ])}`,
    ...(targets.length === 0 ? [] : [targetsText(report)]),
    ...notesText(notes),
  ].join('\n\n')
}

function targetsText({ names, targets }: RouterComparison): string {
  const rows = targets.map(({ qualityShare, first, second, difference }) => [
    percent(qualityShare, 0),
    costShare(first),
    costShare(second),
    Number.isFinite(difference.value) ? percentInterval(difference) : '-',
  ])
  return `Cost of a share of the best single model’s quality, as a share of its cost\n${table(
    [left('quality'), right(names[0]), right(names[1]), right('difference')],
    rows,
  )}`
}

function verdictText({ names: [first, second], overall, verdict, measure }: RouterComparison): string {
  const where = measure === 'equal-cost' ? 'at equal cost' : 'by best prediction'
  const by = signed(overall.difference)
  switch (verdict) {
    case 'first ahead':
      return `${first} is ahead of ${second} ${where}: ${by}.`
    case 'second ahead':
      return `${first} is behind ${second} ${where}: ${by}.`
    case 'not told apart':
      return `${first} and ${second} are not told apart ${where}: the difference of ${by} may be chance.`
    default:
      return unreachable(verdict)
  }
}

export function describeLeftOutSets({ report, notes }: Noted<LeftOutSets>): string {
  const { sets, mean } = report
  const controls = Object.keys(mean.aheadOf)
  const line = (name: string, { rows, quality, aheadOf }: LeftOutSets['mean']) => [
    name,
    `${rows}`,
    interval(quality),
    ...controls.map((control) => (aheadOf[control] ? signed(aheadOf[control]) : '')),
  ]
  const columns = [left('set left out'), right('rows'), right('quality')]
  return [
    `Each set scored by a router fitted on the others; how far it is ahead of the controls\n${table(
      [...columns, ...controls.map(right)],
      [...sets.map((set) => line(set.set, set)), ...(sets.length > 1 ? [line('mean', mean)] : [])],
    )}`,
    ...notesText(notes),
  ].join('\n\n')
}

export function describeLeftOutModels({ report, notes }: Noted<LeftOutModels>): string {
  const { models, rows, priced, uninformed, fromDescriptors, trained, shareOfGain } = report
  const measure = priced ? 'mean quality at equal cost' : 'quality by best prediction'
  const baseline = priced ? 'mix of cheapest and best single model' : 'best single model'
  const gain = trained.value - uninformed.value
  return [
    `Left out of training and placed from descriptors: ${models.join(', ')} (${rows} rows scored)`,
    table(
      [left('router'), right(measure)],
      [
        [`none: ${baseline}`, interval(uninformed)],
        ['these models from descriptors', interval(fromDescriptors)],
        ['these models trained on', interval(trained)],
      ],
    ),
    gain > 0
      ? `Descriptors give ${percentInterval(shareOfGain)} of the gain that training on these models gives.`
      : 'Training on these models gains nothing here, so that there is no gain to have a share of.',
    ...notesText(notes),
  ].join('\n\n')
}
