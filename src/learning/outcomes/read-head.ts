/** The first rows of an outcome set: enough to say whether it can be read at all, and of which models it speaks. */

import { stat } from 'node:fs/promises'
import type { OutcomeHead } from '../../domain/measured-frontier.ts'
import { outcomesOfPreference } from './preference-row.ts'
import { readOutcomes } from './read-outcomes.ts'
import { isSqlite } from './records.ts'

const firstRows = 200

/** @param path a file of outcomes, or a folder of them */
export async function readHead(path: string): Promise<OutcomeHead> {
  if (await isDecisionLog(path)) return { kind: 'faulty', ...whyNoLog }
  const read = await readOutcomes([path], { skipBad: true, first: firstRows })
  if (read.kind === 'faulty') {
    const { line, problem, remedy } = read.faults[0]!
    return { kind: 'faulty', problem: `${line === null ? '' : `line ${line} `}${problem}`, remedy }
  }
  const rows = [...read.rows, ...read.preferences.map(outcomesOfPreference)]
  return { kind: 'models', names: [...new Set(rows.flatMap(({ outcomes }) => [...outcomes.keys()]))] }
}

export const whyNoLog = {
  problem: 'is a decision log: of each request it knows what one model made of it',
  remedy: 'Give outcomes of several models on the same prompts.',
} as const

export async function isDecisionLog(path: string): Promise<boolean> {
  const isFile = await stat(path).then(
    (found) => found.isFile() && found.size > 0,
    () => false,
  )
  try {
    return isFile && (await isSqlite(path))
  } catch {
    // What can't be read is told of by whoever reads it.
    return false
  }
}
