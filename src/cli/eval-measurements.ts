import { createCatalog } from '../catalog/catalog.ts'
import { artefactPredictor } from '../learning/evaluation/artefact-predictor.ts'
import { compareRouters, type RouterComparison } from '../learning/evaluation/compare-routers.ts'
import { judgeLeftOut, type LeftOutModels } from '../learning/evaluation/left-out-models.ts'
import {
  type LeftOutSet,
  type LeftOutSets,
  leftOutSet,
  notScored,
  summarise,
  withoutSet,
} from '../learning/evaluation/left-out-sets.ts'
import type { CreatePredictor } from '../learning/evaluation/predictor.ts'
import { type Prepared, predictWith, prepare } from '../learning/evaluation/prepare.ts'
import { type EvaluationRequest, runOnSplits } from '../learning/evaluation/run.ts'
import { splitRows } from '../learning/evaluation/split.ts'
import { artefactTrainer } from '../learning/training/artefact-trainer.ts'
import { languageShares, strangeLanguages } from '../learning/training/check-rows.ts'
import { UserError } from './command.ts'
import { openArtefact } from './open-artefact.ts'
import { closestTo } from './training-rows.ts'

/** A measurement, and what has to be known of it. */
export type Noted<Report> = { readonly report: Report; readonly notes: readonly string[] }

export async function predictorFrom(artefact: string): Promise<CreatePredictor> {
  const { router } = await openArtefact(artefact)
  return artefactPredictor(router, createCatalog().identify)
}

type Impossible = { readonly kind: 'impossible'; readonly problem: string; readonly remedy: string }

const asError = ({ problem, remedy }: Impossible): UserError => new UserError(`${problem}. ${remedy}`)

function prepared(request: EvaluationRequest): Prepared {
  const result = prepare(request)
  if (result.kind === 'impossible') throw asError(result)
  return result.prepared
}

/** Two routers on the same rows. */
export async function compareTwo(
  names: readonly string[],
  request: EvaluationRequest,
  fitted: CreatePredictor,
): Promise<Noted<RouterComparison>> {
  const [first, second] = names
  if (first === undefined || second === undefined || names.length > 2) {
    throw new UserError(
      `--compare takes two routers, each \`fitted\`, \`shipped\` or an artefact, and got ${names.length}. Write the paths of the data before it.`,
    )
  }
  const one = await comparedRouter(first, fitted)
  const other = await comparedRouter(second, fitted)
  const ready = prepared(request)
  const { fit, score, pool } = ready
  const predictions = [
    { name: first, predictions: await predictWith(one.create, ready, request) },
    { name: second, predictions: await predictWith(other.create, ready, request) },
  ] as const
  const report = compareRouters(fit, score, pool.priced, predictions, bootstrapOptions(request))
  const languages = languageShares(score.rows)
  return {
    report,
    notes: [
      ...encoderNote([one, other]),
      ...[one, other].flatMap((router) => strangeNote(router, languages)),
      ...notesOf(request, ready),
    ],
  }
}

type ComparedArtefact = {
  readonly name: string
  readonly create: CreatePredictor
  readonly encoder: string | null
  readonly languages: Readonly<Record<string, number>> | null
}

async function comparedRouter(name: string, fitted: CreatePredictor): Promise<ComparedArtefact> {
  if (name === 'fitted') return { name, create: fitted, encoder: null, languages: null }
  const { router, encoder } = await openArtefact(name)
  const create = artefactPredictor(router, createCatalog().identify)
  return { name, create, encoder, languages: router.artefact.about.report?.languages ?? null }
}

function encoderNote([one, other]: readonly [ComparedArtefact, ComparedArtefact]): string[] {
  if (one.encoder === null || other.encoder === null) return []
  return one.encoder === other.encoder
    ? [`Both have the encoder ${one.encoder}: the difference is that of their heads.`]
    : [
        `${one.name} has the encoder ${one.encoder}, ${other.name} ${other.encoder}: the difference is of encoder and heads together.`,
      ]
}

function strangeNote(
  { name, languages }: ComparedArtefact,
  scored: Readonly<Record<string, number>>,
): string[] {
  const strange = languages === null ? [] : strangeLanguages(scored, languages)
  return strange.length === 0 ? [] : [`${name} was trained on hardly any prompts in ${strange.join(', ')}.`]
}

/** Each of the sets (`null`: every one) scored by a router fitted on the others. */
export async function leaveOutSets(
  names: readonly string[] | null,
  request: EvaluationRequest,
  create: CreatePredictor,
): Promise<Noted<LeftOutSets>> {
  const split = splitRows(request.rows, request.fitSplit, request.scoreSplit)
  if (split.kind === 'impossible') throw asError(split)
  const { splits } = split
  const known = [...new Set(splits.scoreRows.map(({ dataset }) => dataset))].sort()
  const unknown = (names ?? []).filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new UserError(
      `No row that is scored is of ${unknown.join(', ')}. The sets are: ${known.join(', ')}.`,
    )
  if (known.length < 2)
    throw new UserError(
      `There is one data set only, ${known.join(', ')}: without it there is nothing to fit on.`,
    )
  const sets: LeftOutSet[] = []
  const notes: string[] = []
  for (const set of names ?? known) {
    const apart = withoutSet(splits, set)
    const exclude = request.pool === null ? [...request.exclude, ...notScored(apart)] : request.exclude
    const result = await runOnSplits(apart, { ...request, exclude }, create)
    if (result.kind === 'report') sets.push(leftOutSet(set, result.report))
    else if (names !== null) throw asError(result)
    else notes.push(`${set} was passed over: ${result.problem}. ${result.remedy}`)
  }
  if (sets.length === 0) throw new UserError(notes.join('\n'))
  return { report: summarise(sets), notes: [...notes, ...request.notes, ...splits.notes] }
}

/** Models placed from descriptors, against the same models trained on. */
export async function leaveOut(
  models: readonly string[],
  request: EvaluationRequest,
): Promise<Noted<LeftOutModels>> {
  const ready = prepared(request)
  const { fit, score, pool } = ready
  const outside = models.filter((model) => !pool.models.includes(model))
  if (outside.length > 0) {
    throw new UserError(
      `${outside.join(', ')} is not in the pool that is compared. It is: ${pool.models.join(', ')}; name others with --pool.`,
    )
  }
  const catalog = createCatalog()
  const catalogue = catalog.list().flatMap(({ model }) => (model.simulated ? [] : [model]))
  const trainer = (leftOut: readonly string[]) =>
    artefactTrainer({ identify: catalog.identify, catalogue }, leftOut)
  const report = judgeLeftOut(
    models,
    { fit, score, priced: pool.priced },
    {
      fromDescriptors: await predictWith(trainer(models), ready, request),
      trained: await predictWith(trainer([]), ready, request),
    },
    bootstrapOptions(request),
  )
  const undescribed = models.filter((model) => closestTo(catalog, model) !== null)
  return {
    report,
    notes: [
      ...(undescribed.length === 0
        ? []
        : [
            `The catalogue does not know ${undescribed.join(', ')}: without descriptors a model is placed as a middling one.`,
          ]),
      ...notesOf(request, ready),
    ],
  }
}

const bootstrapOptions = ({ seed, resamples, onProgress }: EvaluationRequest) => ({
  seed,
  resamples,
  onProgress: (done: number, total: number) => onProgress('resampling', done, total),
})

const notesOf = ({ notes }: EvaluationRequest, { splits, pool }: Prepared): string[] => [
  ...notes,
  ...splits.notes,
  ...pool.notes,
]
