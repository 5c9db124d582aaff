import type { Outcome } from '../outcome-row.ts'
import { questionHash } from '../question-hash.ts'
import {
  BadRow,
  type Fields,
  identityOf,
  optionalText,
  type ParsedRow,
  parsing,
  type Place,
  type RowFormat,
  type ScoreReading,
} from './row-format.ts'

/**
 * A table with a column of prompts and columns per model, as Not Diamond's custom routers take it: `<model>/score`,
 * `<model>/response`; also `<model>: score` and `<model>_score`, and `cost`, `latency`, `input_tokens`, `output_tokens`
 * in place of the last word. An empty cell: the model was not run on that prompt.
 */
export const scoreTable: RowFormat = {
  name: 'scores',
  about: 'CSV with `prompt`, and `<model>/score` and `<model>/response` for each model',
  recognises: (names) => names.some((name) => columnOf(name)?.measure === 'score'),
  parse: (fields, place, scores) => parsing(() => rowOf(fields, place, scores)),
}

const measures: Readonly<Record<string, keyof Outcome | 'response'>> = {
  score: 'score',
  response: 'response',
  answer: 'response',
  output: 'response',
  cost: 'costUsd',
  cost_usd: 'costUsd',
  latency: 'latencyS',
  latency_s: 'latencyS',
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
}

const pattern = new RegExp(
  `^(.*[^\\s/:_.|])\\s*[/:_.|\\s]\\s*(${Object.keys(measures)
    .sort((a, b) => b.length - a.length)
    .join('|')})$`,
  'i',
)

function columnOf(
  name: string,
): { readonly model: string; readonly measure: keyof Outcome | 'response' } | null {
  const found = pattern.exec(name.trim())
  return found ? { model: found[1]!, measure: measures[found[2]!.toLowerCase()]! } : null
}

const promptNames = ['prompt', 'query', 'question', 'input']

function rowOf(fields: Fields, place: Place, scores: ScoreReading): ParsedRow {
  const prompt = promptNames.map((name) => optionalText(fields[name])).find((text) => text !== null) ?? null
  if (prompt === null) {
    throw new BadRow('lacks a prompt', `Give it in a column named ${promptNames.join(', ')}.`)
  }
  const cells = cellsByModel(fields)
  const unscored = [...cells].find(([, { score }]) => score === undefined)
  if (unscored) {
    const [model] = unscored
    return {
      kind: 'not-outcomes',
      problem: `has columns of ${model} but no score of it`,
      remedy: `Add a column ${model}/score, or take ${model} out.`,
    }
  }
  const outcomes = new Map<string, Outcome>()
  for (const [model, found] of cells) {
    const score = scoreOf(found.score, model, scores)
    if (score !== null) outcomes.set(model, outcomeOf(score, found, model))
  }
  if (outcomes.size === 0) throw new BadRow('has no score of any model', 'Give one, or leave the row out.')
  return {
    kind: 'row',
    row: {
      ...identityOf(fields, place),
      qhash: optionalText(fields.qhash) ?? questionHash(prompt),
      prompt,
      tools: [],
      inRouteLlm: false,
      reference: null,
      outcomes,
    },
  }
}

type ModelCells = Partial<Record<keyof Outcome | 'response', unknown>>

function cellsByModel(fields: Fields): Map<string, ModelCells> {
  const cells = new Map<string, ModelCells>()
  for (const [name, value] of Object.entries(fields)) {
    const column = columnOf(name)
    if (column) cells.set(column.model, { ...cells.get(column.model), [column.measure]: value ?? '' })
  }
  return cells
}

/** Null for an empty cell. */
function scoreOf(cell: unknown, model: string, { range, lowerIsBetter }: ScoreReading): number | null {
  if (cell === '') return null
  const [least, most] = range
  const value = numberIn(cell)
  if (!(value >= least && value <= most)) {
    throw new BadRow(
      `the score of ${model} is ${JSON.stringify(cell)}`,
      Number.isFinite(value)
        ? `Scores are read as running from ${least} to ${most}: say otherwise with --score-range, such as --score-range 1,10.`
        : 'Write a number, or leave the cell empty where the model was not run.',
    )
  }
  const share = (value - least) / (most - least)
  return lowerIsBetter ? 1 - share : share
}

function outcomeOf(score: number, cells: ModelCells, model: string): Outcome {
  const amount = (measure: 'costUsd' | 'latencyS' | 'inputTokens' | 'outputTokens'): number | null => {
    const cell = cells[measure] ?? ''
    if (cell === '') return null
    const value = numberIn(cell)
    if (value >= 0 && Number.isFinite(value)) return value
    throw new BadRow(
      `${model} has ${JSON.stringify(cell)} for its ${measure}`,
      'Write a number of 0 or more, or leave the cell empty.',
    )
  }
  const response = optionalText(cells.response)
  return {
    score,
    costUsd: amount('costUsd'),
    inputTokens: amount('inputTokens'),
    outputTokens: amount('outputTokens'),
    latencyS: amount('latencyS'),
    outputChars: response === null ? null : response.length,
    answer: null,
  }
}

const numberIn = (cell: unknown): number =>
  typeof cell === 'number'
    ? cell
    : typeof cell === 'string' && cell.trim() !== ''
      ? Number(cell.trim())
      : Number.NaN
