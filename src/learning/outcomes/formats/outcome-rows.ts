import { BadRow, type Fields, parsing, type RowFormat, textField } from './row-format.ts'
import type { Outcome, OutcomeRow } from '../outcome-row.ts'
import { questionHash } from '../question-hash.ts'

/** The schema of the outcome sets: a prompt, and `outcomes` from model to score, cost and length. */
export const outcomeRows: RowFormat = {
  name: 'outcomes',
  about: 'JSON Lines with `prompt` and `outcomes`',
  recognises: (names) => names.includes('outcomes'),
  parse: (json) =>
    parsing(() => {
      if (json.outcomes === undefined && typeof json.text === 'string' && json.label !== undefined) {
        return {
          kind: 'not-outcomes',
          problem: 'holds labelled texts (`text`, `label`), not outcomes of models',
          remedy: 'Give files whose rows have `prompt` and `outcomes`.',
        }
      }
      return { kind: 'row', row: rowOf(json) }
    }),
}

function rowOf(json: Fields): OutcomeRow {
  const prompt = textField(json, 'prompt')
  const category = json.category ?? json.domain ?? json.source_set
  return {
    id: textField(json, 'id'),
    dataset: textField(json, 'dataset'),
    split: textField(json, 'split'),
    qhash: typeof json.qhash === 'string' ? json.qhash : questionHash(prompt),
    prompt,
    category: typeof category === 'string' ? category : null,
    tools: Array.isArray(json.tools) ? json.tools : [],
    inRouteLlm: json.in_routellm === true,
    reference: json.reference ?? null,
    outcomes: outcomesOf(json.outcomes),
  }
}

function outcomesOf(value: unknown): Map<string, Outcome> {
  if (!isObject(value)) {
    throw new BadRow('has no `outcomes`', 'Give `outcomes` as an object from model to {"score": 0..1}.')
  }
  const entries = Object.entries(value)
  if (entries.length === 0) throw new BadRow('has empty `outcomes`', 'Give the score of at least one model.')
  return new Map(entries.map(([model, outcome]) => [model, outcomeOf(model, outcome)]))
}

function outcomeOf(model: string, value: unknown): Outcome {
  const at = `outcomes.${model}`
  if (!isObject(value)) throw new BadRow(`\`${at}\` is not an object`, 'Write it as {"score": 0..1}.')
  const { score, answer } = value
  if (typeof score !== 'number' || !(score >= 0 && score <= 1)) {
    const written = score === undefined ? 'missing' : JSON.stringify(score)
    throw new BadRow(`\`${at}.score\` is ${written}`, 'Write a number from 0 to 1, or leave the model out.')
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

function amount(outcome: Fields, field: string, at: string): number | null {
  const value = outcome[field]
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value
  throw new BadRow(
    `\`${at}.${field}\` is ${JSON.stringify(value)}`,
    'Write a number of 0 or more, or leave it out where it is not known.',
  )
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
