/** RouteLLM's benchmark: GPT-4-1106 and Mixtral-8x7B, by cross-validation over questions, from content alone. */
import { join } from 'node:path'
import { percent } from '../../src/cli/table.ts'
import { crossValidated } from '../../src/learning/evaluation/cross-validate.ts'
import { evaluate } from '../../src/learning/evaluation/evaluate.ts'
import { createCosting } from '../../src/learning/outcomes/costing.ts'
import type { OutcomeRow } from '../../src/learning/outcomes/outcome-row.ts'
import { readOutcomes } from '../../src/learning/outcomes/read-outcomes.ts'
import { createLearnedPredictor } from '../../src/learning/training/learned-predictor.ts'
import { difference, figure, resamples, seed } from './options.ts'

const folds = 5
/** How questions fall into folds moves the figure by some hundredths: one partition would be luck. */
const partitions = ['1', '2', '3', '4']
const models = ['gpt-4-1106-preview', 'mistralai/Mixtral-8x7B-Instruct-v0.1']
const published: Readonly<Record<string, string>> = { mmlu: '0.603', gsm8k: '0.622' }

export async function routeLlmTable(folder: string): Promise<string> {
  const read = await readOutcomes([join(folder, 'routellm_gold')])
  if (read.kind === 'faulty') throw new Error('routellm_gold has faults')
  const lines: string[] = []
  for (const partition of partitions) lines.push(...(await partitionRows(read.rows, partition)))
  return [
    '| benchmark | partition | rows | APGR | CPT50 | CPT80 | APGR of prompt length | ahead of it | best published APGR |',
    '|---|---|---|---|---|---|---|---|---|',
    ...lines.sort(),
  ].join('\n')
}

async function partitionRows(all: readonly OutcomeRow[], partition: string): Promise<string[]> {
  const costing = createCosting(null)
  const onProgress = () => {}
  const predictor = await crossValidated(
    { fitRows: all, pool: models, costing, priced: false, seed: partition, onProgress },
    createLearnedPredictor,
    folds,
  )
  return [...new Set(all.map(({ dataset }) => dataset))].map((dataset) => {
    const rows = all.filter((row) => row.dataset === dataset)
    const result = evaluate({
      splits: { fitRows: rows, scoreRows: rows, fitName: 'all', scoreName: 'all', notes: [] },
      pool: { models, priced: false, notes: [] },
      costing,
      predictor,
      seed,
      resamples,
      notes: [],
      onProgress,
    })
    if (result.kind === 'impossible') throw new Error(result.problem)
    const [router, length] = result.report.twoModels!.routers
    const cells = [
      dataset,
      partition,
      rows.length,
      figure(router!.apgr),
      percent(router!.cpt50.value),
      percent(router!.cpt80.value),
      figure(length!.apgr),
      difference(length!.difference!),
      published[dataset] ?? '',
    ]
    return `| ${cells.join(' | ')} |`
  })
}
