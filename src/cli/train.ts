import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { createCatalog } from '../catalog/catalog.ts'
import type { Model } from '../domain/model.ts'
import { writeRouterArtefact } from '../estimate/router-artefact.ts'
import { describeFault } from '../learning/outcomes/fault.ts'
import type { OutcomeRow } from '../learning/outcomes/outcome-row.ts'
import { readOutcomes } from '../learning/outcomes/read-outcomes.ts'
import { type LabelledText, readLabelledTexts } from '../learning/training/labelled-texts.ts'
import { simulatedRows } from '../learning/training/simulated-rows.ts'
import { trainRouter } from '../learning/training/train-router.ts'
import { type CliCommand, UserError } from './command.ts'
import { createProgress } from './progress.ts'
import { percent, table } from './table.ts'

type TrainFlags = {
  readonly texts: readonly string[]
  readonly split: string
  readonly simulated: string
  readonly seed: string
  readonly out: string
}

export const trainCommand: CliCommand = (program) => {
  program
    .command('train')
    .description('train a router on outcomes and write it as one artefact')
    .argument('<path...>', 'outcome files (.jsonl, .jsonl.gz) or folders of them')
    .option('--texts <files...>', 'files of short texts with labels, for the encoder', [])
    .option('--split <name>', 'the split to train on; rows of others are left alone', 'train')
    .option('--simulated <tasks>', 'simulated tasks to add, so that simulated models are known too', '0')
    .option('--seed <text>', 'the same data and seed make the same artefact', 'fairlead')
    .option('-o, --out <file>', 'where to write it', 'router.fairlead')
    .action(train)
}

async function train(paths: string[], flags: TrainFlags): Promise<void> {
  const progress = createProgress(process.stderr)
  const read = await readOutcomes(paths, {
    onFile: (path, rows) => progress.step(`read ${rows} rows of ${path}`, 1, 1),
  })
  if (read.kind === 'faulty') throw new UserError(read.faults.map(describeFault).join('\n'))
  const rows = read.rows.filter(({ split }) => split === flags.split)
  if (rows.length === 0)
    throw new UserError(`No row has the split ${flags.split}. Name one that is there with --split.`)
  const catalog = createCatalog()
  const models = catalog.list().map(({ model }) => model)
  const artefact = trainRouter({
    rows: [...rows, ...simulated(flags, models)],
    texts: await labelledTexts(flags.texts),
    identify: catalog.identify,
    catalogue: models.filter((model) => !model.simulated),
    name: basename(flags.out),
    command: commandText(paths, flags),
    network: { seed: flags.seed },
    onProgress: progress.step,
  })
  progress.finish()
  const bytes = writeRouterArtefact(artefact)
  await mkdir(dirname(flags.out), { recursive: true })
  await writeFile(flags.out, bytes)
  const { heldOut, trainedOn } = artefact.about
  console.log(
    [
      `${flags.out}: ${(bytes.length / 1e6).toFixed(1)} MB, ${artefact.models.length} models with outcomes of their own`,
      '',
      table(
        [{ title: 'set' }, { title: 'prompts', align: 'right' }, { title: 'outcomes', align: 'right' }],
        trainedOn.map(({ set, prompts, cells }) => [set, `${prompts}`, cells === 0 ? '' : `${cells}`]),
      ),
      '',
      `On ${heldOut.cells} outcomes kept back for calibration: log loss ${heldOut.logLoss?.toFixed(4)}, AUROC ${heldOut.auroc?.toFixed(4)}, calibration error ${percent(heldOut.ece ?? 0)}.`,
    ].join('\n'),
  )
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
function commandText(paths: readonly string[], { texts, simulated: tasks, seed, split }: TrainFlags): string {
  const set = (path: string) => basename(path)
  const text = (path: string) => `${basename(dirname(path))}/${basename(path)}`
  return [
    `fairlead train ${paths.map(set).join(' ')}`,
    ...(texts.length === 0 ? [] : [`--texts ${texts.map(text).join(' ')}`]),
    `--simulated ${tasks} --seed ${seed} --split ${split}`,
  ].join(' ')
}
