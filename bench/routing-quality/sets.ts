/** Every outcome set of a folder: a router fitted on its fit rows, and the shipped artefact as it is. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createCatalog } from '../../src/catalog/catalog.ts'
import { UserError } from '../../src/cli/command.ts'
import { type EvalOptions, evaluateFiles } from '../../src/cli/eval.ts'
import { silent } from '../../src/cli/progress.ts'
import { dollars } from '../../src/cli/table.ts'
import { loadRouter } from '../../src/gateway/load-routers.ts'
import { artefactPredictor } from '../../src/learning/evaluation/artefact-predictor.ts'
import type { CreatePredictor } from '../../src/learning/evaluation/predictor.ts'
import type { EvaluationReport, PricedComparison } from '../../src/learning/evaluation/report.ts'
import { createLearnedPredictor } from '../../src/learning/training/learned-predictor.ts'
import { costShare, difference, evalDefaults, figure, mmluProOverheadTokens } from './options.ts'

/** What the notes on the data say of single sets: examples that stand before each prompt, entries that are broken. */
const perSet: Readonly<Record<string, Partial<EvalOptions>>> = {
  mmlu_pro: { inputOverheadTokens: mmluProOverheadTokens },
  bfcl: { exclude: ['NousResearch_Hermes-2-Theta-Llama-3-70B', 'gpt-4o-2024-08-06', 'mistral-large-2407'] },
}

/** Two tables, in Markdown: sets with costs, and sets without. */
export async function setTables(folder: string): Promise<string> {
  const router = artefactPredictor(await loadRouter(null), createCatalog().identify)
  const sets = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  const priced: string[] = []
  const unpriced: string[] = []
  for (const set of sets.sort()) {
    for (const [label, create] of [
      ['fitted', createLearnedPredictor],
      ['shipped', router],
    ] as const) {
      const report = await evaluate(join(folder, set), perSet[set] ?? {}, create)
      if (report === null) continue
      if (report.comparison.kind === 'priced') priced.push(pricedRow(set, label, report, report.comparison))
      else unpriced.push(unpricedRow(set, label, report))
    }
  }
  return [
    '| set | router | rows | quality at equal cost | ahead of random mix | ahead of prompt length | ahead of a table told the group | 95 % of best single at | 99 % at | AIQ | ECE | oracle |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...priced,
    '',
    '| set | router | rows | quality, best predicted model | ahead of best single | ahead of random mix | ahead of prompt length | ahead of a table told the group | ECE |',
    '|---|---|---|---|---|---|---|---|---|',
    ...unpriced,
  ].join('\n')
}

/** `null`: the folder holds no outcomes. */
async function evaluate(
  path: string,
  options: Partial<EvalOptions>,
  create: CreatePredictor,
): Promise<EvaluationReport | null> {
  try {
    return await evaluateFiles([path], { ...evalDefaults, ...options }, create, silent)
  } catch (error) {
    if (error instanceof UserError && error.message.includes('not outcomes')) return null
    throw error
  }
}

function pricedRow(
  set: string,
  label: string,
  { score, calibration }: EvaluationReport,
  found: PricedComparison,
): string {
  const ahead = (prefix: string) => {
    const control = found.controls.find(({ name }) => name.startsWith(prefix))
    return control ? difference(control.usefulDifference) : ''
  }
  const target = (share: number) =>
    costShare(found.targets.find(({ qualityShare }) => qualityShare === share)!.byCurve[0]!.costShare.value)
  const oracle = found.points.find(({ name }) => name === 'oracle')
  return [
    '',
    set,
    label,
    score.rows,
    figure(found.router.usefulQuality),
    ahead('random mix'),
    ahead('prompt length'),
    ahead('per '),
    target(0.95),
    target(0.99),
    found.router.aiq.value.toFixed(3),
    calibration.all.ece.toFixed(3),
    oracle ? `${oracle.quality.value.toFixed(3)} at ${dollars(1000 * oracle.costUsd)} per 1,000` : '',
    '',
  ]
    .join(' | ')
    .trim()
}

function unpricedRow(
  set: string,
  label: string,
  { score, comparison, calibration }: EvaluationReport,
): string {
  if (comparison.kind !== 'quality-only') return ''
  const ahead = (prefix: string) => {
    const control = comparison.controls.find(({ name }) => name.startsWith(prefix))
    return control ? difference(control.difference) : ''
  }
  const cells = ['best single', 'random mix', 'prompt length', 'per '].map(ahead)
  return [
    '',
    set,
    label,
    score.rows,
    figure(comparison.router.quality),
    ...cells,
    calibration.all.ece.toFixed(3),
    '',
  ]
    .join(' | ')
    .trim()
}
