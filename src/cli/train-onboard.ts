import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Catalog, createCatalog } from '../catalog/catalog.ts'
import type { Model } from '../domain/model.ts'
import { withTrainedModel } from '../estimate/edit-artefact.ts'
import { undescribed } from '../estimate/quality/undescribed.ts'
import type { Router } from '../estimate/router.ts'
import type { OutcomeRow } from '../learning/outcomes/outcome-row.ts'
import { textOfRow } from '../learning/outcomes/row-request.ts'
import { checkRows, languageShares, strangeLanguages } from '../learning/training/check-rows.ts'
import { type OnboardReport, onboard } from '../learning/training/onboard.ts'
import { UserError } from './command.ts'
import { openArtefact } from './open-artefact.ts'
import type { Progress } from './progress.ts'
import { percent, table } from './table.ts'
import { warningsText } from './train-report.ts'
import { closestTo, type ReadingFlags, readTrainingRows } from './training-rows.ts'

export type OnboardFlags = ReadingFlags & {
  readonly onboard?: string
  readonly from?: string
  readonly out: string
}

/** Below this many labelled prompts, what changes is mostly the model's level. */
const fewOutcomes = 200

/** Teaches one model to an artefact and writes it anew; returns what changed. */
export async function onboardFrom(
  paths: readonly string[],
  flags: OnboardFlags,
  progress: Progress,
): Promise<string> {
  const { onboard: name, from, out } = flags
  if (name === undefined || from === undefined) {
    throw new UserError(
      '--onboard MODEL and --from ARTEFACT go together: the model, and the artefact to teach it to.',
    )
  }
  const { path, bytes, router, encoder } = await openArtefact(from)
  const { rows, notes } = await readTrainingRows(paths, flags, progress)
  const catalog = createCatalog()
  const model = catalog.identify(name) ?? undescribed(name)
  const own = rowsOf(model, rows, catalog)
  if (own.length === 0) throw nothingOf(name, rows)
  const checks = checkRows(own, {
    closestTo: (written) => closestTo(catalog, written),
    leastOutcomes: fewOutcomes,
  })
  if (checks.faults.length > 0) throw new UserError(checks.faults.join('\n'))
  progress.step(`teaching ${model.id}`, 0, 1)
  const taught = onboard(
    router,
    model,
    own.map((row) => labelled(row, router)),
  )
  progress.finish()
  const { report } = taught
  const record = {
    model: model.id,
    rows: report.rows,
    logLossBefore: report.before.logLoss,
    logLossAfter: report.after.logLoss,
  }
  await mkdir(dirname(out), { recursive: true })
  await writeFile(out, withTrainedModel(bytes, path, { ...taught, record }))
  const few = own.length < fewOutcomes ? [fewWarning(own.length)] : []
  const others = checks.warnings.filter((warning) => !warning.startsWith('Fewer than'))
  return [
    `${out}: ${path} with ${model.id} ${report.before.from === 'descriptors' ? 'added' : 'refined'}; all else is as it was (encoder ${encoder})`,
    changes(report),
    ...warningsText([...notes, ...few, ...others, ...strange(own, router)]),
  ].join('\n\n')
}

/** The rows with an outcome of the model under any of its names, and no other outcome. */
function rowsOf(model: Model, rows: readonly OutcomeRow[], catalog: Catalog): readonly OutcomeRow[] {
  return rows.flatMap((row) => {
    const found = [...row.outcomes].find(([name]) => (catalog.identify(name)?.id ?? name) === model.id)
    return found ? [{ ...row, outcomes: new Map([found]) }] : []
  })
}

const shown = 20

function nothingOf(name: string, rows: readonly OutcomeRow[]): UserError {
  const names = [...new Set(rows.flatMap(({ outcomes }) => [...outcomes.keys()]))].sort()
  const rest = names.length > shown ? ` and ${names.length - shown} more` : ''
  return new UserError(
    `No row has an outcome of ${name}. The models are: ${names.slice(0, shown).join(', ')}${rest}.`,
  )
}

function labelled(row: OutcomeRow, { readText }: Router) {
  const [{ score, outputTokens, outputChars }] = [...row.outcomes.values()] as [
    NonNullable<ReturnType<OutcomeRow['outcomes']['get']>>,
  ]
  return {
    question: row.qhash,
    prompt: readText(textOfRow(row)),
    score,
    tokens: outputTokens ?? (outputChars === null ? null : outputChars / 4),
  }
}

const fewWarning = (rows: number): string =>
  `${rows} labelled prompts teach little more than how good the model is on average; from some ${fewOutcomes} on they begin to tell on which.`

/** Languages that the artefact's own training data hardly had. */
function strange(rows: readonly OutcomeRow[], { artefact }: Router): string[] {
  const { report } = artefact.about
  if (report === undefined) return []
  const codes = strangeLanguages(languageShares(rows), report.languages)
  return codes.length === 0
    ? []
    : [
        `The artefact was trained on hardly any prompts in ${codes.join(', ')}: its encoder says little of them, and the head rests on these rows alone.`,
      ]
}

function changes({ rows, meanScore, before, after, baseRate, freedom, verbosity }: OnboardReport): string {
  const line = (name: string, { logLoss, auroc, ece, meanPredicted }: OnboardReport['after']) => [
    name,
    logLoss.toFixed(4),
    Number.isNaN(auroc) ? '-' : auroc.toFixed(4),
    percent(ece),
    meanPredicted.toFixed(3),
  ]
  const start = before.from === 'descriptors' ? 'before: placed by descriptors' : 'before: its own head'
  const titles = ['log loss', 'AUROC', 'calibration error', 'mean predicted']
  return [
    `${rows} prompts, mean score ${meanScore.toFixed(3)}; the model is predicted by`,
    table(
      [{ title: '' }, ...titles.map((title) => ({ title, align: 'right' as const }))],
      [
        line(start, before),
        line('after, cross-validated', after),
        ['its mean score alone', baseRate.logLoss.toFixed(4), '', '', meanScore.toFixed(3)],
      ],
    ),
    freedom === 0
      ? 'Cross-validation found no better head than the one before: only the calibration was fitted.'
      : `The head was let ${freedom === 1 ? 'the whole of' : `${freedom} of`} the prior’s variance.`,
    verbosity.lengths === 0
      ? 'No lengths of answers are known: its verbosity stays as it was.'
      : `Verbosity ${verbosity.before.toFixed(2)} -> ${verbosity.after.toFixed(2)}, from ${verbosity.lengths} answers.`,
    'These figures hold for prompts that the artefact itself was not trained on: on those it was, it is surer than it should be.',
  ].join('\n')
}
