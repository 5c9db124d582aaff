import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { createCatalog } from '../catalog/catalog.ts'
import type { Model } from '../domain/model.ts'
import { type RouterArtefact, writeRouterArtefact } from '../estimate/router-artefact.ts'
import { formatNames } from '../learning/outcomes/formats/index.ts'
import type { OutcomeRow } from '../learning/outcomes/outcome-row.ts'
import { textOfRow } from '../learning/outcomes/row-request.ts'
import { checkRows } from '../learning/training/check-rows.ts'
import { type LabelledText, readLabelledTexts } from '../learning/training/labelled-texts.ts'
import type { PromptReader } from '../learning/training/pairwise/pairs.ts'
import { simulatedRows } from '../learning/training/simulated-rows.ts'
import { enoughOutcomes, trainRouter } from '../learning/training/train-router.ts'
import { createEncoder, unitTextVector } from '../signals/encoder/network.ts'
import { type CliCommand, UserError } from './command.ts'
import { createProgress, type Progress } from './progress.ts'
import { fitComparisons } from './train-comparisons.ts'
import { type GivenEncoder, givenEncoder } from './train-encoder.ts'
import { onboardFrom } from './train-onboard.ts'
import { describeTraining } from './train-report.ts'
import { closestTo, type ReadingFlags, readTrainingRows } from './training-rows.ts'

type TrainFlags = ReadingFlags & {
  readonly texts: readonly string[]
  readonly simulated: string
  readonly seed: string
  readonly out: string
  readonly onboard?: string
  readonly from?: string
  /** A configuration whose encoder the heads are fitted over. */
  readonly encoder?: string
}

export const trainCommand: CliCommand = (program) => {
  program
    .command('train')
    .description('train a router on outcomes and write it as one artefact')
    .argument(
      '<path...>',
      'outcomes, preference pairs, score tables (.jsonl, .csv, gzipped or not), folders of them, or a decision log',
    )
    .option('--format <name>', `read every file as ${formatNames.join(', ')} (default: by content)`)
    .option('--score-range <least,most>', 'what the scores of score tables run from and to (default: 0,1)')
    .option('--lower-is-better', 'in score tables the lowest score is the best')
    .option('--feedback <file>', 'scores of logged decisions: {"decision", "score"} a line')
    .option('--prompts <file>', 'texts of logged decisions: {"decision" or "queryHash", "prompt"} a line')
    .option('--skip-bad', 'read past bad lines and count them')
    .option('--onboard <model>', 'teach one model to the artefact of --from, leaving the rest as it is')
    .option('--from <file>', 'the artefact to teach (`shipped`: the shipped one)')
    .option('--texts <files...>', 'files of short texts with labels, for the encoder', [])
    .option('--encoder <config>', 'fit over the encoder of this configuration, not the built-in one')
    .option('--split <name>', 'the split to train on; rows of others are left alone', 'train')
    .option('--simulated <tasks>', 'simulated tasks to add, so that simulated models are known too', '0')
    .option('--seed <text>', 'the same data and seed make the same artefact', 'fairlead')
    .option('-o, --out <file>', 'where to write it', 'router.fairlead')
    .action(train)
}

async function train(paths: string[], flags: TrainFlags): Promise<void> {
  const progress = createProgress(process.stderr)
  if (flags.onboard !== undefined || flags.from !== undefined) {
    console.log(await onboardFrom(paths, flags, progress))
    return
  }
  console.log(await trainArtefact(paths, flags, progress))
}

/** Trains, writes the artefact, and returns the report on it. */
export async function trainArtefact(
  paths: readonly string[],
  flags: TrainFlags,
  progress: Progress,
): Promise<string> {
  const { rows, preferences, notes } = await readTrainingRows(paths, flags, progress)
  const catalog = createCatalog()
  const checks = checkRows(rows, {
    closestTo: (name) => closestTo(catalog, name),
    leastOutcomes: enoughOutcomes,
  })
  if (checks.faults.length > 0) throw new UserError(checks.faults.join('\n'))
  const models = catalog.list().map(({ model }) => model)
  const allRows = [...rows, ...simulated(flags, models)]
  const texts = await labelledTexts(flags.texts)
  const given =
    flags.encoder === undefined
      ? null
      : await givenEncoder(flags.encoder, textsToRead(allRows, texts), progress)
  const trained = trainRouter({
    rows: allRows,
    texts,
    ...(given && { given }),
    identify: catalog.identify,
    catalogue: models.filter((model) => !model.simulated),
    name: basename(flags.out),
    command: commandText(paths, flags),
    warnings: [...notes, ...checks.warnings],
    network: { seed: flags.seed },
    onProgress: progress.step,
  })
  const comparisons = fitComparisons(
    preferences,
    promptReader(trained, given),
    (name) => catalog.identify(name)?.id ?? name,
    flags.seed,
    progress,
  )
  const artefact = { ...trained, pairwise: comparisons.part }
  progress.finish()
  const bytes = writeRouterArtefact(artefact)
  await mkdir(dirname(flags.out), { recursive: true })
  await writeFile(flags.out, bytes)
  return [
    `${flags.out}: ${(bytes.length / 1e6).toFixed(1)} MB, ${artefact.models.length} models with outcomes of their own`,
    describeTraining(artefact.about),
    ...(comparisons.text === '' ? [] : [comparisons.text]),
  ].join('\n\n')
}

const textsToRead = (
  rows: readonly OutcomeRow[],
  texts: Readonly<Record<string, readonly LabelledText[]>>,
): readonly string[] => [
  ...rows.map(textOfRow),
  ...Object.values(texts).flatMap((list) => list.map(({ text }) => text)),
]

/** Comparisons are learnt over what the heads are fitted over. */
function promptReader({ encoder }: RouterArtefact, given: GivenEncoder | null): PromptReader {
  return {
    encode: given?.encode ?? createEncoder(encoder).encode,
    vector: (encoding) => unitTextVector(encoding, encoder.textDims),
  }
}

function simulated({ simulated: tasks, seed }: TrainFlags, models: readonly Model[]): readonly OutcomeRow[] {
  const count = Number(tasks)
  if (!Number.isInteger(count) || count < 0) {
    throw new UserError(`--simulated ${tasks} is not a number of tasks. Write a whole number, such as 3000.`)
  }
  return count === 0
    ? []
    : simulatedRows(
        `${seed} training`,
        count,
        models.filter((model) => model.simulated),
      )
}

/** Sets go by the name of their folder: two files named `train` are not one set. */
async function labelledTexts(files: readonly string[]): Promise<Record<string, readonly LabelledText[]>> {
  const sets: Record<string, readonly LabelledText[]> = {}
  for (const file of files) {
    try {
      sets[basename(dirname(file))] = await readLabelledTexts(file)
    } catch (error) {
      throw new UserError((error as Error).message)
    }
  }
  return sets
}

/** Without folders above the sets: an artefact says what it was made of, not where that lay. */
function commandText(paths: readonly string[], flags: TrainFlags): string {
  const { texts, simulated: tasks, seed, split, format, scoreRange, lowerIsBetter, feedback } = flags
  const set = (path: string) => basename(path)
  const text = (path: string) => `${basename(dirname(path))}/${basename(path)}`
  return [
    `fairlead train ${paths.map(set).join(' ')}`,
    ...(format === undefined ? [] : [`--format ${format}`]),
    ...(scoreRange === undefined ? [] : [`--score-range ${scoreRange}`]),
    ...(lowerIsBetter === true ? ['--lower-is-better'] : []),
    ...(feedback === undefined ? [] : [`--feedback ${set(feedback)}`]),
    ...(texts.length === 0 ? [] : [`--texts ${texts.map(text).join(' ')}`]),
    `--simulated ${tasks} --seed ${seed} --split ${split}`,
  ].join(' ')
}
