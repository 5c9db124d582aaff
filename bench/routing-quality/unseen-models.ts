/**
 * Models left out of training, one by one and in pairs, and placed by the catalogue's descriptors of them: what share they
 * give of the gain that training on them gives. `npx tsx bench/routing-quality/unseen-models.ts FOLDER [SET]` prints it alone.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createCatalog } from '../../src/catalog/catalog.ts'
import { percent } from '../../src/cli/table.ts'
import type { Benchmark, Model } from '../../src/domain/model.ts'
import type { Interval } from '../../src/learning/evaluation/bootstrap.ts'
import {
  isTold,
  judgeInTurn,
  type LeftOutCase,
  type LeftOutInTurn,
  type LeftOutModels,
} from '../../src/learning/evaluation/left-out-models.ts'
import type { Predictions } from '../../src/learning/evaluation/policy-curve.ts'
import { type Prepared, predictWith, prepare } from '../../src/learning/evaluation/prepare.ts'
import { readPrices } from '../../src/learning/outcomes/prices.ts'
import { readOutcomes } from '../../src/learning/outcomes/read-outcomes.ts'
import { artefactTrainer } from '../../src/learning/training/artefact-trainer.ts'
import { mmluProPool, withListPrices } from './mmlu-pro-pool.ts'
import { evalDefaults, figure, mmluProOverheadTokens, resamples, seed } from './options.ts'

type Setting = {
  readonly title: string
  readonly set: string
  readonly pool: readonly string[] | null
  readonly exclude: readonly string[]
  readonly inputOverheadTokens: number
  /** Beside each model alone. */
  readonly groups: readonly (readonly string[])[]
  /** Scores that the models left out are not to have: those of the very questions that are asked. */
  readonly hidden: readonly Benchmark[]
}

const mmluProGroups = [
  ['gpt-4o-2024-05', 'gemini-1.5-pro-002'],
  ['gpt-4o-2024-05', 'gemini-1.5-flash-002'],
  ['gemini-1.5-pro-002', 'gemini-1.5-flash-002'],
  ['gemini-1.5-pro-002', 'DeepSeek-Coder-V2'],
  ['Meta-Llama-3_1-70B-Instruct', 'DeepSeek-Coder-V2'],
]

const mmluPro: Setting = {
  title: 'mmlu_pro, five models',
  set: 'mmlu_pro',
  pool: mmluProPool,
  exclude: [],
  inputOverheadTokens: mmluProOverheadTokens,
  groups: mmluProGroups,
  hidden: [],
}

/** Lengths on record leave out what the reasoning models thought, which the catalogue's cost of them does not. */
const zeroEval: Setting = {
  title: 'zeroeval',
  set: 'zeroeval',
  pool: null,
  exclude: [],
  inputOverheadTokens: 0,
  groups: [
    ['o1-mini-2024-09-12', 'gpt-4o-mini-2024-07-18'],
    ['gpt-4o-mini-2024-07-18', 'gemini-1.5-flash', 'gemma-2-9b-it'],
  ],
  hidden: [],
}

const settings: readonly Setting[] = [
  mmluPro,
  {
    ...mmluPro,
    title: 'mmlu_pro, five models, without their published MMLU-Pro scores',
    hidden: ['mmlu-pro'],
  },
  zeroEval,
  {
    ...zeroEval,
    title: 'zeroeval, without reasoning models',
    exclude: ['o1-mini-2024-09-12', 'o1-preview-2024-09-12'],
    groups: [['gpt-4o-mini-2024-07-18', 'gemini-1.5-flash', 'gemma-2-9b-it']],
  },
]

/** In Markdown; of one set only, where one is named. */
export const unseenModelsTable = (folder: string, only?: string): Promise<string> =>
  withListPrices(folder, async (pricesPath) => {
    const read = await readPrices(pricesPath)
    if (read.kind === 'faulty') throw new Error(read.faults[0]!.problem)
    const parts: string[] = []
    for (const setting of settings.filter(({ set }) => only === undefined || set === only)) {
      const ready = await preparedFor(folder, setting, read.book)
      parts.push(describe(setting, ready, await measure(setting, ready)))
    }
    return parts.join('\n\n')
  })

type PriceBook = Extract<Awaited<ReturnType<typeof readPrices>>, { kind: 'read' }>['book']

async function preparedFor(
  folder: string,
  { set, pool, exclude, inputOverheadTokens }: Setting,
  prices: PriceBook,
): Promise<Prepared> {
  const read = await readOutcomes([join(folder, set)])
  if (read.kind === 'faulty') throw new Error(read.faults[0]!.problem)
  const { fitSplit, scoreSplit } = evalDefaults
  const result = prepare({
    rows: read.rows,
    prices,
    fitSplit,
    scoreSplit,
    pool,
    exclude,
    inputOverheadTokens,
    seed,
    resamples,
    notes: read.notes,
    onProgress: quiet,
  })
  if (result.kind === 'impossible') throw new Error(result.problem)
  return result.prepared
}

const quiet = () => {}

type Measured = { readonly alone: LeftOutInTurn; readonly together: LeftOutInTurn }

async function measure(setting: Setting, ready: Prepared): Promise<Measured> {
  const { fit, score, pool } = ready
  const trained = await predictionsWithout([], setting, ready)
  const judge = async (groups: Setting['groups']): Promise<LeftOutInTurn> => {
    const cases: LeftOutCase[] = []
    for (const models of groups) {
      console.error(`  ${setting.title}: without ${models.join(', ')} …`)
      cases.push({ models, fromDescriptors: await predictionsWithout(models, setting, ready) })
    }
    return judgeInTurn(cases, { fit, score, priced: pool.priced }, trained, { seed, resamples })
  }
  return { alone: await judge(describedModels(ready)), together: await judge(setting.groups) }
}

function predictionsWithout(
  leftOut: readonly string[],
  { hidden }: Setting,
  ready: Prepared,
): Promise<Predictions> {
  const catalog = createCatalog()
  const gone = new Set(leftOut.map((name) => catalog.identify(name)?.id))
  // One record per model: a model's place is remembered by its record.
  const known = new Map(
    catalog
      .list()
      .filter(({ model }) => !model.simulated)
      .map(({ model }) => [model.id, gone.has(model.id) ? withoutScores(model, hidden) : model]),
  )
  const identify = (name: string): Model | null => {
    const model = catalog.identify(name)
    return model && (known.get(model.id) ?? null)
  }
  const trainer = artefactTrainer({ identify, catalogue: [...known.values()] }, leftOut)
  return predictWith(trainer, ready, { seed, onProgress: quiet })
}

const withoutScores = (model: Model, hidden: readonly Benchmark[]): Model => ({
  ...model,
  benchmarks: Object.fromEntries(
    Object.entries(model.benchmarks).filter(([name]) => !hidden.includes(name as Benchmark)),
  ),
})

/** Each model of the pool that the catalogue describes; names of one model go together. */
function describedModels({ pool }: Prepared): readonly (readonly string[])[] {
  const catalog = createCatalog()
  const names = new Map<string, string[]>()
  for (const name of pool.models) {
    const id = catalog.identify(name)?.id
    if (id !== undefined) names.set(id, [...(names.get(id) ?? []), name])
  }
  return [...names.values()]
}

function describe({ title }: Setting, { score, pool }: Prepared, { alone, together }: Measured): string {
  const { uninformed, trained } = alone.cases[0]!
  return [
    `**${title}**: ${score.rows.length} rows; of ${pool.models.join(', ')}. Quality at equal cost: uninformed ${figure(uninformed)}, trained on all ${figure(trained)}.`,
    '',
    '| left out | from descriptors | share of the gain | without them | share of what they add |',
    '|---|---|---|---|---|',
    ...alone.cases.map(row),
    summary('each alone, all of these', alone),
    ...together.cases.map(row),
    summary('several at once, all of these', together),
  ].join('\n')
}

const summary = (label: string, { shareOfGain, shareOfAddition }: LeftOutInTurn): string =>
  `| ${label} | | ${share(shareOfGain)} | | ${share(shareOfAddition)} |`

function row(one: LeftOutModels): string {
  const cells = [
    one.models.join(' and '),
    figure(one.fromDescriptors),
    isTold(one.gain) ? share(one.shareOfGain) : 'training gains nothing sure',
    one.without.value.toFixed(3),
    isTold(one.addition) ? share(one.shareOfAddition) : 'they add nothing sure',
  ]
  return `| ${cells.join(' | ')} |`
}

const share = ({ value, low, high }: Interval): string =>
  `${percent(value)} [${percent(low)}, ${percent(high)}]`

const [, script, folder, only] = process.argv
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  if (folder === undefined) throw new Error('Name the folder that holds the outcome sets.')
  console.log(await unseenModelsTable(folder, only))
}
