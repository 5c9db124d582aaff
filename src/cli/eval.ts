import { writeFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { createCatalog } from '../catalog/catalog.ts'
import { ArtefactError } from '../estimate/artefact-file.ts'
import { loadRouter } from '../gateway/open-gateway.ts'
import { artefactPredictor } from '../learning/evaluation/artefact-predictor.ts'
import { plotReport } from '../learning/evaluation/plot.ts'
import type { CreatePredictor } from '../learning/evaluation/predictor.ts'
import type { EvaluationReport } from '../learning/evaluation/report.ts'
import { runEvaluation } from '../learning/evaluation/run.ts'
import { describeFault, type Fault } from '../learning/outcomes/fault.ts'
import { findPrices, type PriceBook, readPrices } from '../learning/outcomes/prices.ts'
import { readOutcomes } from '../learning/outcomes/read-outcomes.ts'
import { type CliCommand, UserError } from './command.ts'
import { describeReport } from './eval-report.ts'
import { createProgress, type Progress } from './progress.ts'

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
}

/** `fairlead eval`; `createPredictor` makes the router that is measured. */
export function evalCommand(createPredictor: CreatePredictor): CliCommand {
  return (program) => {
    withOptions(program.command('eval'))
      .description('measure a router on recorded outcomes, against the controls it must beat')
      .argument('<path...>', 'outcome files (.jsonl, .jsonl.gz) or folders of them')
      .action(async (paths: string[], options: EvalOptions) => {
        const progress = createProgress(process.stderr)
        const create = options.artefact === undefined ? createPredictor : await artefactFrom(options.artefact)
        const report = await evaluateFiles(paths, options, create, progress)
        console.log(options.json ? JSON.stringify(report, null, 2) : describeReport(report))
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
    .option('--plot <file>', 'write a cost-quality plot (SVG)')
    .option('--json', 'print the whole report as JSON', false)
}

async function artefactFrom(path: string): Promise<CreatePredictor> {
  try {
    const router = await loadRouter(path === 'shipped' ? null : path)
    return artefactPredictor(router, createCatalog().identify)
  } catch (error) {
    if (error instanceof ArtefactError) throw new UserError(error.message)
    throw new UserError(`${path} can't be read: ${(error as Error).message}`)
  }
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

function count(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= least) return value
    throw new InvalidArgumentError(`Write a whole number of ${least} or more.`)
  }
}

/** Reads, evaluates, and writes the plot; what a person can mend is thrown as a `UserError`. */
export async function evaluateFiles(
  paths: readonly string[],
  options: EvalOptions,
  createPredictor: CreatePredictor,
  progress: Progress,
): Promise<EvaluationReport> {
  const read = await readOutcomes(paths, {
    skipBad: options.skipBad,
    onFile: (path, rows) => progress.step(`read ${rows} rows of ${path}`, 1, 1),
  })
  if (read.kind === 'faulty') throw faultsError(read.faults, read.more)
  const { book, notes } = await pricesFor(paths, options.prices)
  const result = await runEvaluation(
    {
      rows: read.rows,
      prices: book,
      fitSplit: options.fitSplit,
      scoreSplit: options.scoreSplit,
      pool: options.pool ?? null,
      exclude: options.exclude,
      inputOverheadTokens: options.inputOverheadTokens,
      seed: options.seed,
      resamples: options.resamples,
      notes: [...read.notes, ...notes],
      onProgress: progress.step,
    },
    createPredictor,
  )
  progress.finish()
  if (result.kind === 'impossible') throw new UserError(`${result.problem}. ${result.remedy}`)
  return options.plot === undefined ? result.report : withPlot(options.plot, result.report)
}

async function pricesFor(
  paths: readonly string[],
  given: string | undefined,
): Promise<{ book: PriceBook | null; notes: string[] }> {
  const path = given ?? (await findPrices(paths[0]!))
  if (path === null) {
    return { book: null, notes: ['No prices.json beside the data: only recorded dollars are known.'] }
  }
  const prices = await readPrices(path)
  if (prices.kind === 'faulty') throw faultsError(prices.faults, 0)
  return { book: prices.book, notes: [`Prices: ${path}.`] }
}

function faultsError(faults: readonly Fault[], more: number): UserError {
  const lines = faults.map(describeFault)
  if (more > 0) lines.push(`… and ${more} more.`)
  return new UserError(lines.join('\n'))
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
