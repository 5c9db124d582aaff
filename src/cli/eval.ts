import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { plotReport } from '../learning/evaluation/plot.ts'
import type { CreatePredictor } from '../learning/evaluation/predictor.ts'
import type { EvaluationReport } from '../learning/evaluation/report.ts'
import { type EvaluationRequest, runEvaluation } from '../learning/evaluation/run.ts'
import { formatNames } from '../learning/outcomes/formats/index.ts'
import { outcomesOfPreference } from '../learning/outcomes/preference-row.ts'
import { findPrices, type PriceBook, readPrices } from '../learning/outcomes/prices.ts'
import { type CliCommand, UserError } from './command.ts'
import { compareTwo, leaveOut, leaveOutSets, predictorFrom } from './eval-measurements.ts'
import { describeComparison, describeLeftOutModels, describeLeftOutSets } from './eval-measurements-report.ts'
import { describeReport } from './eval-report.ts'
import { count, list } from './option-values.ts'
import { createProgress, type Progress } from './progress.ts'
import { faultsError, readChecked } from './training-rows.ts'

export type EvalOptions = {
  readonly fitSplit: string
  readonly scoreSplit: string
  readonly pool?: readonly string[]
  readonly exclude: readonly string[]
  readonly prices?: string
  readonly inputOverheadTokens: number
  readonly seed: string
  readonly resamples: number
  readonly skipBad: boolean
  /** Measure this artefact as it is, rather than a router fitted on the fit rows. */
  readonly artefact?: string
  readonly plot?: string
  readonly json: boolean
  readonly format?: string
  readonly scoreRange?: string
  readonly lowerIsBetter?: boolean
  /** Two of `fitted`, `shipped` and paths of artefacts. */
  readonly compare?: readonly string[]
  readonly leaveOutSet?: readonly string[]
  readonly leaveOneSetOut?: boolean
  readonly leaveOutModels?: readonly string[]
}

/** `fairlead eval`; `createPredictor` makes the router that is measured. */
export function evalCommand(createPredictor: CreatePredictor): CliCommand {
  return (program) => {
    withOptions(program.command('eval'))
      .description('measure a router on recorded outcomes, against the controls it must beat')
      .argument('<path...>', 'outcome files (.jsonl, .jsonl.gz) or folders of them')
      .action(async (paths: string[], options: EvalOptions) => {
        console.log(await measureAs(paths, options, createPredictor, createProgress(process.stderr)))
      })
  }
}

function withOptions(command: Command): Command {
  return command
    .option('--fit-split <name>', 'split to fit on', 'train')
    .option('--score-split <name>', 'split to score on', 'dev')
    .option('--pool <models>', 'models to choose among, with commas between (default: chosen)', list)
    .option('--exclude <models>', 'models never to choose', list, [])
    .option('--prices <file>', 'prices (default: a prices.json beside the data or one folder above)')
    .option('--input-overhead-tokens <n>', 'tokens before each prompt that the file lacks', count(0), 0)
    .option('--seed <text>', 'seed of all random draws', '1')
    .option('--resamples <n>', 'bootstrap resamples', count(100), 1000)
    .option('--skip-bad', 'read past bad lines and count them', false)
    .option(
      '--artefact <file>',
      'measure this artefact as it is (`shipped`: the shipped one), fitting nothing',
    )
    .option(
      '--compare <routers...>',
      'two of `fitted`, `shipped` and artefacts, after the paths: how they differ',
    )
    .option('--leave-out-set <names>', 'fit on the other data sets, score these, one by one', list)
    .option('--leave-one-set-out', 'the same for each data set in turn')
    .option('--leave-out-models <models>', 'what models are worth unseen, beside training on them', list)
    .option('--format <name>', `read every file as ${formatNames.join(', ')} (default: by content)`)
    .option('--score-range <least,most>', 'what the scores of score tables run from and to (default: 0,1)')
    .option('--lower-is-better', 'in score tables the lowest score is the best')
    .option('--plot <file>', 'write a cost-quality plot (SVG)')
    .option('--json', 'print the whole report as JSON', false)
}

/** Whichever of the measurements is asked for, as text. */
export async function measureAs(
  paths: readonly string[],
  options: EvalOptions,
  createPredictor: CreatePredictor,
  progress: Progress,
): Promise<string> {
  const { compare, leaveOutSet, leaveOneSetOut, leaveOutModels, artefact, json } = options
  const asked = [compare, leaveOutSet, leaveOneSetOut, leaveOutModels, artefact].filter(Boolean).length
  if (asked > 1) {
    throw new UserError(
      '--compare, --leave-out-set, --leave-one-set-out, --leave-out-models and --artefact are measurements of their own: ask for one.',
    )
  }
  const print = <Report>(report: Report, describe: (report: Report) => string) =>
    json ? JSON.stringify(report, null, 2) : describe(report)
  const request = () => evaluationRequest(paths, options, progress)
  if (compare !== undefined)
    return print(await compareTwo(compare, await request(), createPredictor), describeComparison)
  if (leaveOutSet !== undefined || leaveOneSetOut === true)
    return print(
      await leaveOutSets(leaveOutSet ?? null, await request(), createPredictor),
      describeLeftOutSets,
    )
  if (leaveOutModels !== undefined)
    return print(await leaveOut(leaveOutModels, await request()), describeLeftOutModels)
  const create = artefact === undefined ? createPredictor : await predictorFrom(artefact)
  return print(await evaluateFiles(paths, options, create, progress), describeReport)
}

/** Reads, evaluates, and writes the plot; what a person can mend is thrown as a `UserError`. */
export async function evaluateFiles(
  paths: readonly string[],
  options: EvalOptions,
  createPredictor: CreatePredictor,
  progress: Progress,
): Promise<EvaluationReport> {
  const request = await evaluationRequest(paths, options, progress)
  const result = await runEvaluation(request, createPredictor)
  progress.finish()
  if (result.kind === 'impossible') throw new UserError(`${result.problem}. ${result.remedy}`)
  return options.plot === undefined ? result.report : withPlot(options.plot, result.report)
}

/** Rows and prices read; preferences among the rows as outcomes. */
async function evaluationRequest(
  paths: readonly string[],
  options: EvalOptions,
  progress: Progress,
): Promise<EvaluationRequest> {
  const read = await readChecked(paths, options, progress)
  const { book, notes } = await pricesFor(paths, options.prices)
  const { fitSplit, scoreSplit, exclude, inputOverheadTokens, seed, resamples } = options
  return {
    rows: [...read.rows, ...read.preferences.map(outcomesOfPreference)],
    prices: book,
    fitSplit,
    scoreSplit,
    pool: options.pool ?? null,
    exclude,
    inputOverheadTokens,
    seed,
    resamples,
    notes: [...read.notes, ...notes],
    onProgress: progress.step,
  }
}

export async function pricesFor(
  paths: readonly string[],
  given: string | undefined,
): Promise<{ book: PriceBook | null; notes: string[] }> {
  const path = given ?? (await findPrices(paths[0]!))
  if (path === null) {
    return { book: null, notes: ['No prices.json beside the data: only recorded dollars are known.'] }
  }
  const prices = await readPrices(path)
  if (prices.kind === 'faulty') throw faultsError({ faults: prices.faults, more: 0 })
  return { book: prices.book, notes: [`Prices: ${path}.`] }
}

/** Writes the plot; where there is nothing to plot the report says so, since the tables are still worth reading. */
async function withPlot(path: string, report: EvaluationReport): Promise<EvaluationReport> {
  const svg = plotReport(report)
  if (svg === null) {
    return {
      ...report,
      notes: [...report.notes, `${path} was not written: without costs there is no plane to plot.`],
    }
  }
  await writeFile(path, svg).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`Cannot write the plot to ${path} (${error.code}). Check that the folder is there.`)
  })
  return report
}
