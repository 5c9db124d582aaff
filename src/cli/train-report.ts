import type { ArtefactReport } from '../estimate/router-artefact.ts'
import type { HeldOutFigures, TrainingReport } from '../estimate/training-report.ts'
import { type Column, percent, table } from './table.ts'

const left = (title: string): Column => ({ title })
const right = (title: string): Column => ({ title, align: 'right' })

/** What an artefact was trained on and how well it predicts prompts kept back, beside what knows less. */
export function describeTraining({ trainedOn, report }: ArtefactReport): string {
  return [
    table(
      [left('set'), right('prompts'), right('outcomes')],
      trainedOn.map(({ set, prompts, cells }) => [set, `${prompts}`, cells === 0 ? '' : `${cells}`]),
    ),
    ...(report === undefined
      ? []
      : [heldOutText(report), modelsText(report), ...warningsText(report.warnings)]),
  ].join('\n\n')
}

export const warningsText = (warnings: readonly string[]): string[] =>
  warnings.length === 0 ? [] : [['Warnings', ...warnings.map((warning) => `- ${warning}`)].join('\n')]

function heldOutText({ split, router, controls, languages }: TrainingReport): string {
  const row = (name: string, { logLoss, auroc, ece }: HeldOutFigures) => [
    name,
    logLoss.toFixed(4),
    auroc === null ? '-' : auroc.toFixed(4),
    percent(ece),
  ]
  const shares = Object.entries(languages)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([code, share]) => `${code} ${percent(share, 0)}`)
  return [
    `Fitted on ${split.fitPrompts} prompts; checked on ${router.cells} outcomes of ${split.heldOutPrompts} others`,
    `Languages: ${shares.join(', ') || 'none that tells'}`,
    table(
      [left('predicted by'), right('log loss'), right('AUROC'), right('calibration error')],
      [row('the router', router), ...controls.map((control) => row(control.name, control))],
    ),
  ].join('\n')
}

function modelsText({ models }: TrainingReport): string {
  const rows = models.map(({ model, fitCells, heldOutCells, meanScore, logLoss, logLossOfMean }) => [
    model,
    `${fitCells}`,
    `${heldOutCells}`,
    meanScore.toFixed(3),
    logLoss.toFixed(4),
    logLossOfMean.toFixed(4),
  ])
  return `By model, on the prompts kept back\n${table(
    [
      left('model'),
      right('fitted'),
      right('checked'),
      right('mean score'),
      right('log loss'),
      right('of its mean alone'),
    ],
    rows,
  )}`
}
