/** What a policy of exchange rates would have made of an outcome set: read, matched, predicted, looked up. */

import { readFile } from 'node:fs/promises'
import type {
  MeasuredFrontier,
  MeasureEvent,
  MeasureProgress,
  MeasureRequest,
} from '../../../domain/measured-frontier.ts'
import { groupBy } from '../../../domain/group-by.ts'
import { ArtefactError } from '../../../estimate/artefact-file.ts'
import { meansAt, predictSample } from '../../../estimate/reference-sample.ts'
import { createRouter, type Router } from '../../../estimate/router.ts'
import { readRouterArtefact } from '../../../estimate/router-artefact.ts'
import { artefactPredictor } from '../../evaluation/artefact-predictor.ts'
import { predictAll } from '../../evaluation/policy-curve.ts'
import { buildTable, type OutcomeTable } from '../../evaluation/table.ts'
import { type Costing, createCosting } from '../costing.ts'
import { describeFault } from '../fault.ts'
import { type OutcomeRow, promptOf } from '../outcome-row.ts'
import { outcomesOfPreference } from '../preference-row.ts'
import { findPrices, type PriceBook, readPrices } from '../prices.ts'
import { isDecisionLog, whyNoLog } from '../read-head.ts'
import { readOutcomes } from '../read-outcomes.ts'
import { identifyBy, type Matched, matchModels, type Member } from './matched-models.ts'
import { pricesOfToday } from './prices-of-today.ts'
import { setFrontier } from './set-frontier.ts'

const reasonsShown = 5
const namesShown = 6

type Ended = Exclude<MeasureEvent, { readonly kind: 'progress' }>
type Tell = (progress: MeasureProgress) => void

/** What the person who has written the configuration or the file can mend. */
class Impossible extends Error {
  readonly remedy: string
  constructor(problem: string, remedy: string) {
    super(problem)
    this.remedy = remedy
  }
}

export async function measureSet(request: MeasureRequest, tell: Tell): Promise<Ended> {
  try {
    return { kind: 'measured', frontier: await measured(request, tell) }
  } catch (error) {
    if (error instanceof Impossible)
      return { kind: 'impossible', problem: error.message, remedy: error.remedy }
    if (error instanceof ArtefactError)
      return { kind: 'impossible', problem: "The router can't be read", remedy: error.message }
    throw error
  }
}

async function measured(request: MeasureRequest, tell: Tell): Promise<MeasuredFrontier> {
  const read = await rowsOf(request, tell)
  const beside = await pricesBeside(request.path)
  const costing = createCosting(pricesOfToday(identifyBy(request.known), beside.book))
  const matched = matchModels(read.rows, costing, request)
  const table = tableOf(read.rows, matched, costing, request)
  const router = await routerOf(request.artefact)
  return {
    ...(await planeOf(router, table, matched, costing, request, tell)),
    rows: { inFile: read.found, drawn: read.rows.length, used: table.rows.length },
    datasets: datasetsOf(table.rows),
    setModels: matched.set,
    poolSize: request.pool.length,
    costs: costsOf(table),
    seen: seenBy(router, table),
    notes: [...read.notes, ...beside.notes, ...priceNotes(matched.members, beside.book)],
  }
}

/** @throws Impossible, ArtefactError */
async function routerOf(path: string): Promise<Router> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Impossible(`The router ${path} can't be read (${error.code})`, 'Name another under `artefact`.')
  })
  return createRouter(readRouterArtefact(bytes, path))
}

/** @throws Impossible */
function tableOf(
  rows: readonly OutcomeRow[],
  matched: Matched,
  costing: Costing,
  { pool }: MeasureRequest,
): OutcomeTable {
  if (matched.members.length < 2) throw tooFewModels(matched, pool.length)
  const names = matched.members.map(({ name }) => name)
  const table = buildTable(rows, names, costing)
  if (table.rows.length >= 2) return table
  throw new Impossible(
    `Of ${rows.length} rows ${table.rows.length} have an outcome and a cost of each of ${names.join(', ')}`,
    'Give a file whose rows have outcomes of the same models.',
  )
}

async function planeOf(
  router: Router,
  table: OutcomeTable,
  { members }: Matched,
  costing: Costing,
  request: MeasureRequest,
  tell: Tell,
) {
  const { seed, resamples } = request
  const fitting = { pool: table.pool, priced: true, costing, seed, onProgress: () => {}, fitRows: table.rows }
  const predictor = await artefactPredictor(router, identifyBy(request.known))(fitting)
  const predictions = predictAll(predictor, table.rows.map(promptOf), table.pool, true, (done, total) =>
    tell({ stage: 'predicting', done, total }),
  )
  return setFrontier({
    table,
    predictions,
    names: members.map(({ model }) => model.id),
    promised: promiseOf(request, router),
    bootstrap: { seed, resamples, onProgress: (done, total) => tell({ stage: 'resampling', done, total }) },
  })
}

async function rowsOf({ path, mostRows, seed }: MeasureRequest, tell: Tell) {
  if (await isDecisionLog(path)) throw new Impossible(`${path} ${whyNoLog.problem}`, whyNoLog.remedy)
  const read = await readOutcomes([path], {
    skipBad: true,
    sample: { most: mostRows, seed },
    onRows: (done) => tell({ stage: 'reading', done, total: null }),
  })
  if (read.kind === 'faulty') {
    const { path: file, line, problem, remedy } = read.faults[0]!
    const others = read.faults.length + read.more - 1
    const more = others > 0 ? ` There are ${others} more faults.` : ''
    throw new Impossible(`${file}${line === null ? '' : `:${line}`} ${problem}`, `${remedy}${more}`)
  }
  const rows: readonly OutcomeRow[] = [...read.rows, ...read.preferences.map(outcomesOfPreference)]
  return { rows, found: read.found, notes: read.notes }
}

async function pricesBeside(
  path: string,
): Promise<{ readonly book: PriceBook | null; readonly notes: readonly string[] }> {
  const file = await findPrices(path)
  if (file === null) return { book: null, notes: [] }
  const read = await readPrices(file)
  if (read.kind === 'read') return { book: read.book, notes: [] }
  return { book: null, notes: [`Prices were not read: ${describeFault(read.faults[0]!)}`] }
}

function tooFewModels({ members, set }: Matched, pool: number): Impossible {
  const shown = [...groupBy(set, ({ leftOut }) => leftOut ?? '')]
    .slice(0, reasonsShown)
    .map(([why, models]) => {
      const names = models.slice(0, namesShown).map(({ name }) => name)
      const more = models.length > names.length ? ` and ${models.length - names.length} more` : ''
      return `${names.join(', ')}${more}${why === '' ? '' : ` (${why})`}`
    })
  return new Impossible(
    `Of the ${pool} models that the policy chooses among the set has ${members.length} with outcomes and costs, and two are needed`,
    `The set has ${shown.join('; ')}. Add such models to the policy's pool, name models in the file by their ids, as vendor/name, or give costs, tokens or lengths of answers.`,
  )
}

/** What `quality` leads to which rate: over the router's reference prompts and all models of the pool, as the policy reckons it. */
function promiseOf({ pool }: MeasureRequest, router: Router): (lambda: number) => number | null {
  const sample = predictSample(pool, router)
  if (sample.models * sample.size === 0 || !(sample.bestSingle > 0)) return () => null
  return (lambda) => meansAt(sample, lambda).quality / sample.bestSingle
}

const datasetsOf = (rows: readonly OutcomeRow[]): readonly string[] =>
  [...new Set(rows.map(({ dataset }) => dataset))].sort()

/** Of rows that it was fitted on a router knows too much. */
function seenBy({ artefact }: Router, { rows }: OutcomeTable): MeasuredFrontier['seen'] {
  const trainedOn = new Set(artefact.about.trainedOn.map(({ set }) => set))
  const seen = rows.filter(({ dataset, split }) => split === 'train' && trainedOn.has(dataset))
  return { rows: seen.length, datasets: datasetsOf(seen) }
}

function costsOf({ costBasis }: OutcomeTable): string {
  const [billed, reported, estimated] = [
    costBasis.billed,
    costBasis['reported tokens'],
    costBasis['estimated tokens'],
  ]
  const total = billed + reported + estimated
  const parts = [
    [reported, 'the set’s token counts at today’s prices'],
    [estimated, 'a quarter of the characters of its prompts and answers as tokens, at today’s prices'],
    [billed, 'the dollars that the set says were billed'],
  ] as const
  const said = parts.filter(([cells]) => cells > 0)
  if (said.length === 1) return `Costs are ${said[0]![1]}.`
  return `Costs are ${said.map(([cells, words]) => `for ${Math.round((cells / total) * 100)} % of outcomes ${words}`).join(', ')}.`
}

function priceNotes(members: readonly Member[], beside: PriceBook | null): readonly string[] {
  const unpriced = members.filter(
    ({ model: { prices } }) => prices.input === 'unknown' || prices.output === 'unknown',
  )
  if (unpriced.length === 0 || beside === null) return []
  return [
    `Where tokens are priced, ${unpriced.map(({ name }) => name).join(', ')} by ${beside.path}: the catalogue has no price.`,
  ]
}
