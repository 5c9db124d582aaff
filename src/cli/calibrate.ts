import { createCatalog } from '../catalog/catalog.ts'
import { defaultStrategy } from '../config/schema.ts'
import type { Model } from '../domain/model.ts'
import type { ObjectiveStatement } from '../domain/policy.ts'
import { type CalibrationReport, calibrate } from '../learning/calibration/calibrate.ts'
import { artefactPredictor } from '../learning/evaluation/artefact-predictor.ts'
import { crossValidated } from '../learning/evaluation/cross-validate.ts'
import { predictAll } from '../learning/evaluation/policy-curve.ts'
import { choosePool, type Pool } from '../learning/evaluation/pool.ts'
import type { CreatePredictor } from '../learning/evaluation/predictor.ts'
import { buildTable, type OutcomeTable } from '../learning/evaluation/table.ts'
import { createCosting } from '../learning/outcomes/costing.ts'
import { type OutcomeRow, promptOf } from '../learning/outcomes/outcome-row.ts'
import { outcomesOfPreference } from '../learning/outcomes/preference-row.ts'
import { describeCalibration } from './calibrate-report.ts'
import { readTarget } from './calibrate-target.ts'
import { type CliCommand, UserError } from './command.ts'
import { pricesFor } from './eval.ts'
import { openArtefact } from './open-artefact.ts'
import { count, list } from './option-values.ts'
import { createProgress, type Progress } from './progress.ts'
import { resolvedConfig } from './session.ts'
import { readChecked } from './training-rows.ts'

export type CalibrateOptions = {
  readonly policy?: string
  readonly config?: string
  readonly pool?: readonly string[]
  readonly exclude: readonly string[]
  readonly target?: string
  readonly artefact?: string
  readonly prices?: string
  readonly split?: readonly string[]
  readonly inputOverheadTokens: number
  readonly folds: number
  readonly seed: string
  readonly resamples: number
  readonly skipBad: boolean
  readonly json: boolean
  readonly format?: string
  readonly scoreRange?: string
  readonly lowerIsBetter?: boolean
}

/** What `fairlead calibrate` found, and what has to be known of it. */
export type Calibrated = {
  readonly report: CalibrationReport
  readonly router: string
  /** The policy to write the result into, and the ids of its pool. */
  readonly policy: string
  readonly pool: readonly PoolMember[]
  readonly notes: readonly string[]
}

export type PoolMember = {
  readonly name: string
  /** `null`: the catalogue does not know the name. */
  readonly id: string | null
}

/** `fairlead calibrate`; `fitted` makes the router that is fitted on the rows at hand. */
export function calibrateCommand(fitted: CreatePredictor): CliCommand {
  return (program) => {
    program
      .command('calibrate')
      .description('find the lambda that meets a target on recorded outcomes, and what it costs and gives')
      .argument('<path...>', 'outcome files or folders of them')
      .option(
        '--target <field=value>',
        'what to meet, as a policy would state it (default: the policy’s own)',
      )
      .option('--policy <name>', 'a policy of the configuration: its pool, and its objective')
      .option('--config <file>', 'the configuration that has the policy')
      .option('--pool <models>', 'models to choose among, with commas between (default: chosen)', list)
      .option('--exclude <models>', 'models never to choose', list, [])
      .option('--artefact <file>', '`shipped`, a file, or `fitted`: fitted on these rows, cross-fitted')
      .option('--prices <file>', 'prices (default: a prices.json beside the data or one folder above)')
      .option('--split <names>', 'only rows of these splits (default: all)', list)
      .option('--input-overhead-tokens <n>', 'tokens before each prompt that the file lacks', count(0), 0)
      .option('--folds <n>', 'folds of the cross-fitting', count(2), 5)
      .option('--seed <text>', 'seed of all random draws', '1')
      .option('--resamples <n>', 'bootstrap resamples', count(100), 1000)
      .option('--skip-bad', 'read past bad lines and count them', false)
      .option('--format <name>', 'read every file in this format (default: by content)')
      .option('--score-range <least,most>', 'what the scores of score tables run from and to (default: 0,1)')
      .option('--lower-is-better', 'in score tables the lowest score is the best')
      .option('--json', 'print the whole report as JSON', false)
      .action(async (paths: string[], options: CalibrateOptions) => {
        const result = await calibrateFiles(paths, options, fitted, createProgress(process.stderr))
        console.log(options.json ? JSON.stringify(result, null, 2) : describeCalibration(result))
      })
  }
}

/** What is calibrated for: the data's models are matched to the policy's by what the catalogue knows of their names. */
type Aim = {
  readonly policy: string
  readonly statement: ObjectiveStatement
  readonly identify: (name: string) => Model | null
  /** Ids; `null`: any. */
  readonly ids: ReadonlySet<string> | null
  readonly artefact: string
}

/** Reads, predicts, calibrates; what a person can mend is thrown as a `UserError`. */
export async function calibrateFiles(
  paths: readonly string[],
  options: CalibrateOptions,
  fitted: CreatePredictor,
  progress: Progress,
): Promise<Calibrated> {
  const aim = await aimOf(options)
  const { rows, notes } = await readRows(paths, options, progress)
  const { book, notes: priceNotes } = await pricesFor(paths, options.prices)
  const costing = createCosting(book, options.inputOverheadTokens)
  const models = options.pool ?? (aim.ids === null ? null : modelsOf(rows, aim))
  const chosen = choosePool(rows, costing, { models, exclude: options.exclude })
  if (chosen.kind === 'impossible') throw new UserError(`${chosen.problem}. ${chosen.remedy}`)
  const { pool } = chosen
  if (!pool.priced) throw new UserError(uncosted(pool))
  const outcomes = buildTable(rows, pool.models, costing)
  const { create, trainedOn } = await routerOf(aim, fitted, options.folds)
  const context = { pool: pool.models, priced: true, costing, seed: options.seed, onProgress: progress.step }
  const predictor = await create({ ...context, fitRows: outcomes.rows })
  const predictions = predictAll(predictor, outcomes.rows.map(promptOf), pool.models, true, (done, total) =>
    progress.step('predicting', done, total),
  )
  const { folds, seed, resamples } = options
  const { statement } = aim
  const result = calibrate({
    statement,
    outcomes,
    predictions,
    folds,
    seed,
    resamples,
    onProgress: progress.step,
  })
  progress.finish()
  if (result.kind === 'impossible') throw new UserError(`${result.problem}. ${result.remedy}`)
  return {
    report: result.report,
    router: aim.artefact,
    policy: aim.policy,
    pool: pool.models.map((name) => ({ name, id: aim.identify(name)?.id ?? null })),
    notes: [
      ...seenNotes(aim, trainedOn, outcomes),
      ...notes,
      ...priceNotes,
      ...pool.notes,
      ...dropped(outcomes),
    ],
  }
}

async function aimOf(options: CalibrateOptions): Promise<Aim> {
  const stated = options.target === undefined ? null : readTarget(options.target)
  if (options.policy === undefined) {
    if (stated === null)
      throw new UserError(
        'What is to be met? Write --target, such as quality=0.95, or --policy to take its own.',
      )
    const { identify } = createCatalog()
    return { policy: 'auto', statement: stated, identify, ids: null, artefact: options.artefact ?? 'shipped' }
  }
  const config = await resolvedConfig(options.config ?? null)
  const policy = config.policies.find(({ name }) => name === options.policy)
  if (!policy) {
    const names = config.policies.map(({ name }) => name).join(', ')
    throw new UserError(`There is no policy ${options.policy}. The policies are: ${names}.`)
  }
  if (policy.strategy !== defaultStrategy)
    throw new UserError(
      `The policy ${policy.name} goes by ${policy.strategy}, which reads no lambda. Calibrate a policy of the strategy ${defaultStrategy}.`,
    )
  return {
    policy: policy.name,
    statement: stated ?? policy.objective,
    identify: config.catalog.identify,
    ids: new Set(policy.pool === 'all' ? config.models.map(({ id }) => id) : policy.pool),
    artefact: options.artefact ?? config.artefact ?? 'shipped',
  }
}

async function readRows(
  paths: readonly string[],
  options: CalibrateOptions,
  progress: Progress,
): Promise<{ readonly rows: readonly OutcomeRow[]; readonly notes: readonly string[] }> {
  const read = await readChecked(paths, options, progress)
  const all = [...read.rows, ...read.preferences.map(outcomesOfPreference)]
  const { split } = options
  const rows = split === undefined ? all : all.filter((row) => split.includes(row.split))
  if (rows.length > 0) return { rows, notes: read.notes }
  const splits = [...new Set(all.map((row) => row.split))].sort().join(', ')
  throw new UserError(`No row has the split ${split?.join(' or ')}. The splits are: ${splits}.`)
}

function modelsOf(rows: readonly OutcomeRow[], { ids, identify, policy }: Aim): readonly string[] {
  const names = new Set(rows.flatMap(({ outcomes }) => [...outcomes.keys()]))
  const known = [...names].filter((name) => {
    const id = identify(name)?.id
    return id !== undefined && ids!.has(id)
  })
  if (known.length >= 2) return known
  throw new UserError(
    `Of the pool of ${policy} the data has ${known.length === 0 ? 'no model' : `only ${known[0]}`}. ` +
      `It has ${[...names].sort().slice(0, 12).join(', ')}. Name those to choose among with --pool.`,
  )
}

const uncosted = ({ notes }: Pool): string =>
  `${notes.join(' ')} A lambda weighs dollars: give their prices with --prices, or name other models with --pool.`

type Routing = { readonly create: CreatePredictor; readonly trainedOn: readonly string[] }

async function routerOf(
  { artefact, identify }: Aim,
  fitted: CreatePredictor,
  folds: number,
): Promise<Routing> {
  if (artefact === 'fitted')
    return { create: (context) => crossValidated(context, fitted, folds), trainedOn: [] }
  const { router } = await openArtefact(artefact)
  return {
    create: artefactPredictor(router, identify),
    trainedOn: router.artefact.about.trainedOn.map(({ set }) => set),
  }
}

/** Of rows that it was fitted on a router knows too much. */
function seenNotes({ artefact }: Aim, trainedOn: readonly string[], { rows }: OutcomeTable): string[] {
  if (artefact === 'fitted')
    return [
      'The router was fitted on these rows, each fold by the others, to show what fitting gives. A lambda belongs to its router: train an artefact with `fairlead train` and calibrate that one before you use it.',
    ]
  const sets = [...new Set(rows.map(({ dataset }) => dataset))].filter((set) => trainedOn.includes(set))
  const seen = rows.filter(({ dataset, split }) => sets.includes(dataset) && split === 'train').length
  return seen === 0
    ? []
    : [
        `${seen} of the rows may be ones that the router was trained on (${sets.join(', ')}): what it gives there flatters it. Name rows that it has not seen with --split.`,
      ]
}

function dropped({ dropped: { missing, uncosted: unknown } }: OutcomeTable): string[] {
  return missing + unknown === 0
    ? []
    : [`${missing} rows that lack a model of the pool and ${unknown} that lack a cost were left out.`]
}
