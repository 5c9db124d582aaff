import { createHash } from 'node:crypto'
import type { Outcome, OutcomeRow } from './outcome-row.ts'

export type ParsedLine =
  | { readonly kind: 'row'; readonly row: OutcomeRow }
  | { readonly kind: 'bad'; readonly problem: string; readonly remedy: string }
  /** The line is sound, but of another kind of file. */
  | { readonly kind: 'not-outcomes'; readonly problem: string; readonly remedy: string }

type Json = Readonly<Record<string, unknown>>

/** Why a line was refused; thrown and caught within this file only. */
class BadLine extends Error {
  readonly remedy: string
  constructor(problem: string, remedy: string) {
    super(problem)
    this.remedy = remedy
  }
}

/** One line of an outcome file: sound, or what is wrong with it. */
export function parseRow(text: string): ParsedLine {
  try {
    const json = parseJson(text)
    if (json.outcomes === undefined && typeof json.text === 'string' && json.label !== undefined) {
      return {
        kind: 'not-outcomes',
        problem: 'holds labelled texts (`text`, `label`), not outcomes of models',
        remedy: 'Give files whose rows have `prompt` and `outcomes`.',
      }
    }
    return { kind: 'row', row: rowOf(json) }
  } catch (error) {
    if (error instanceof BadLine) return { kind: 'bad', problem: error.message, remedy: error.remedy }
    throw error
  }
}

function parseJson(text: string): Json {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (/[:[,]\s*-?(NaN|Infinity)\b/.test(text)) {
      throw new BadLine('holds NaN or Infinity, which JSON has not', 'Leave a model without a score out.')
    }
    throw new BadLine(
      `is not JSON: ${(error as Error).message}`,
      'Mend the line, or read past it with --skip-bad.',
    )
  }
  if (!isObject(value)) throw new BadLine('is not a JSON object', 'Write one row per line as an object.')
  return value
}

function rowOf(json: Json): OutcomeRow {
  const prompt = text(json, 'prompt')
  const category = json.category ?? json.domain ?? json.source_set
  return {
    id: text(json, 'id'),
    dataset: text(json, 'dataset'),
    split: text(json, 'split'),
    qhash: typeof json.qhash === 'string' ? json.qhash : questionHash(prompt),
    prompt,
    category: typeof category === 'string' ? category : null,
    tools: Array.isArray(json.tools) ? json.tools : [],
    inRouteLlm: json.in_routellm === true,
    reference: json.reference ?? null,
    outcomes: outcomesOf(json.outcomes),
  }
}

/** The question's identity where the file states none: its words, whatever their case and spacing. */
function questionHash(prompt: string): string {
  const words = prompt.toLowerCase().replace(/\s+/g, ' ').trim()
  return createHash('sha256').update(words).digest('hex').slice(0, 16)
}

function outcomesOf(value: unknown): Map<string, Outcome> {
  if (!isObject(value)) {
    throw new BadLine('has no `outcomes`', 'Give `outcomes` as an object from model to {"score": 0..1}.')
  }
  const entries = Object.entries(value)
  if (entries.length === 0) throw new BadLine('has empty `outcomes`', 'Give the score of at least one model.')
  return new Map(entries.map(([model, outcome]) => [model, outcomeOf(model, outcome)]))
}

function outcomeOf(model: string, value: unknown): Outcome {
  const at = `outcomes.${model}`
  if (!isObject(value)) throw new BadLine(`\`${at}\` is not an object`, 'Write it as {"score": 0..1}.')
  const { score, answer } = value
  if (typeof score !== 'number' || !(score >= 0 && score <= 1)) {
    const written = score === undefined ? 'missing' : JSON.stringify(score)
    throw new BadLine(`\`${at}.score\` is ${written}`, 'Write a number from 0 to 1, or leave the model out.')
  }
  return {
    score,
    costUsd: amount(value, 'cost_usd', at),
    inputTokens: amount(value, 'input_tokens', at),
    outputTokens: amount(value, 'output_tokens', at),
    latencyS: amount(value, 'latency_s', at),
    outputChars: amount(value, 'output_chars', at),
    answer: answer === undefined || answer === null ? null : String(answer),
  }
}

function amount(outcome: Json, field: string, at: string): number | null {
  const value = outcome[field]
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value
  throw new BadLine(
    `\`${at}.${field}\` is ${JSON.stringify(value)}`,
    'Write a number of 0 or more, or leave it out where it is not known.',
  )
}

function text(json: Json, field: string): string {
  const value = json[field]
  if (typeof value === 'string' && value !== '') return value
  throw new BadLine(
    value === undefined ? `lacks \`${field}\`` : `\`${field}\` is ${JSON.stringify(value)?.slice(0, 60)}`,
    `Give \`${field}\` as a text that is not empty.`,
  )
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
