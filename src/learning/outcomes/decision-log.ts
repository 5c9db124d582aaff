import type { Decision, Outcome as ServedOutcome } from '../../domain/decision.ts'
import { usdOf } from '../../domain/money.ts'
import type { Fault } from './fault.ts'
import { optionalText } from './formats/row-format.ts'
import type { Outcome, OutcomeRow } from './outcome-row.ts'
import { questionHash } from './question-hash.ts'
import { readFault } from './read-fault.ts'
import { type FileRecord, readRecords } from './records.ts'

export type LoggedDecision = { readonly decision: Decision; readonly outcome: ServedOutcome | null }

/** A decision log that stands open. The caller opens it: training knows no stores. */
export type DecisionLog = {
  readonly find: (id: string) => Promise<LoggedDecision | null>
  readonly close: () => Promise<void>
}

/** The log holds hashes and signals, no text and no judgement: both come from files. */
export type DecisionSources = {
  /** @throws Error with a message for the user where the file can't be opened */
  readonly open: (path: string) => Promise<DecisionLog>
  /** JSON Lines or CSV: `decision`, `score`. */
  readonly feedback: string | null
  /** JSON Lines or CSV: `decision` or `queryHash`, `prompt`. */
  readonly prompts: string | null
}

export type DecisionRows = {
  readonly rows: readonly OutcomeRow[]
  readonly faults: readonly Fault[]
  readonly notes: readonly string[]
}

/** Served decisions that somebody scored and whose prompts are at hand, as rows of one outcome each. */
export async function readDecisionLog(path: string, sources: DecisionSources | null): Promise<DecisionRows> {
  const missing = missingSource(path, sources)
  if (missing) return { rows: [], faults: [missing], notes: [] }
  const { open, feedback, prompts } = sources!
  const faults: Fault[] = []
  const scores = await readScores(feedback!, faults)
  const texts = await readPrompts(prompts!, faults)
  if (faults.length > 0) return { rows: [], faults, notes: [] }
  const log = await open(path)
  try {
    return await join(path, log, scores, texts, { feedback: feedback!, prompts: prompts! })
  } finally {
    await log.close()
  }
}

function missingSource(path: string, sources: DecisionSources | null): Fault | null {
  const fault = (problem: string, remedy: string): Fault => ({ path, line: null, problem, remedy })
  if (sources === null)
    return fault('is a decision log, which is read by `fairlead train` only', 'Give outcome files here.')
  if (sources.feedback === null) {
    return fault(
      'is a decision log: it says which model answered, not how well',
      'Give scores with --feedback FILE, one {"decision": id, "score": 0..1} a line.',
    )
  }
  if (sources.prompts === null) {
    return fault(
      'is a decision log: it keeps hashes and signals of prompts, not their text, and nothing can be learnt without the text',
      'Give the texts with --prompts FILE, one {"decision": id, "prompt": text} (or "queryHash" for "decision") a line.',
    )
  }
  return null
}

/** The records that can be read; what can't be is added to the faults. */
async function* soundRecords(
  path: string,
  faults: Fault[],
): AsyncGenerator<Extract<FileRecord, { kind: 'fields' }>> {
  let count = 0
  try {
    for await (const record of readRecords(path)) {
      count++
      if (record.kind === 'fields') yield record
      else faults.push({ path, line: record.line, problem: record.problem, remedy: record.remedy })
    }
  } catch (error) {
    faults.push(readFault(path, error, count))
  }
}

type Score = { readonly score: number; readonly line: number }

async function readScores(path: string, faults: Fault[]): Promise<Map<string, Score>> {
  const scores = new Map<string, Score>()
  for await (const { line, fields } of soundRecords(path, faults)) {
    const id = optionalText(fields.decision)
    const written = fields.score
    const score = typeof written === 'string' && written.trim() !== '' ? Number(written) : written
    const fault = (problem: string, remedy: string) => faults.push({ path, line, problem, remedy })
    if (id === null)
      fault('lacks `decision`', 'Give the id of the decision (the header x-fairlead-decision).')
    else if (typeof score !== 'number' || !(score >= 0 && score <= 1))
      fault(`\`score\` is ${JSON.stringify(written) ?? 'missing'}`, 'Write a number from 0 to 1.')
    else if (scores.has(id))
      fault(`scores ${id} a second time, after line ${scores.get(id)!.line}`, 'Keep one score per decision.')
    else scores.set(id, { score, line })
  }
  return scores
}

async function readPrompts(path: string, faults: Fault[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for await (const { line, fields } of soundRecords(path, faults)) {
    const { decision, queryHash, prompt } = fields
    const keys = [optionalText(decision), optionalText(queryHash)].filter((key) => key !== null)
    const text = optionalText(prompt)
    if (keys.length > 0 && text !== null) for (const key of keys) texts.set(key, text)
    else {
      const problem = text === null ? 'lacks `prompt`' : 'lacks `decision` and `queryHash`'
      faults.push({ path, line, problem, remedy: 'Give `prompt` and one of `decision`, `queryHash`.' })
    }
  }
  return texts
}

async function join(
  path: string,
  log: DecisionLog,
  scores: ReadonlyMap<string, Score>,
  texts: ReadonlyMap<string, string>,
  files: { readonly feedback: string; readonly prompts: string },
): Promise<DecisionRows> {
  const rows: OutcomeRow[] = []
  const without = { decision: 0, text: 0, answer: 0 }
  for (const [id, { score }] of scores) {
    const found = await log.find(id)
    const text = texts.get(id) ?? (found ? texts.get(found.decision.queryHash) : undefined)
    if (found === null) without.decision++
    else if (found.outcome?.status !== 'answered' || found.outcome.model === null) without.answer++
    else if (text === undefined) without.text++
    else rows.push(rowOf(found.decision, found.outcome, text, score))
  }
  const left = [
    without.decision > 0 ? `${without.decision} name a decision that ${path} lacks` : '',
    without.answer > 0 ? `${without.answer} are of decisions that no model answered` : '',
    without.text > 0 ? `${without.text} have no prompt in ${files.prompts}` : '',
  ].filter((part) => part !== '')
  if (rows.length === 0) {
    const problem = `gives no row: of ${scores.size} scores ${left.join(', ') || 'none could be read'}`
    const remedy = 'Give feedback and prompts of decisions that this log holds.'
    return { rows, faults: [{ path: files.feedback, line: null, problem, remedy }], notes: [] }
  }
  const note = `Of ${scores.size} scores in ${files.feedback} ${rows.length} became rows${left.length > 0 ? `; ${left.join(', ')}` : ''}.`
  return { rows, faults: [], notes: [note] }
}

/** What the last attempt used and cost is the answer's: those before it failed. */
function rowOf(decision: Decision, served: ServedOutcome, prompt: string, score: number): OutcomeRow {
  const last = served.attempts.at(-1)
  const usage = last?.usage.source === 'reported' ? last.usage : null
  const outcome: Outcome = {
    score,
    costUsd: last === undefined || last.cost === null ? null : usdOf(last.cost),
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    latencyS: served.latencyMs / 1000,
    outputChars: null,
    answer: null,
  }
  return {
    id: decision.id,
    dataset: 'decisions',
    split: 'train',
    qhash: questionHash(prompt),
    prompt,
    category: null,
    tools: [],
    inRouteLlm: false,
    reference: null,
    outcomes: new Map([[served.model!, outcome]]),
  }
}
