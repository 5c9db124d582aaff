import { seededDraw } from '../../src/domain/random.ts'
import type { Outcome, OutcomeRow } from '../../src/learning/outcomes/outcome-row.ts'

export const anOutcome = (fields: Partial<Outcome> = {}): Outcome => ({
  score: 1,
  costUsd: null,
  inputTokens: null,
  outputTokens: null,
  latencyS: null,
  outputChars: null,
  answer: null,
  ...fields,
})

type RowFields = Partial<Omit<OutcomeRow, 'outcomes'>> & {
  readonly outcomes?: Readonly<Record<string, Partial<Outcome>>>
}

let made = 0

/** An outcome row; each has an id and a question of its own. */
export function aRow({ outcomes = { cheap: {}, dear: {} }, ...fields }: RowFields = {}): OutcomeRow {
  const id = `row-${made++}`
  return {
    id,
    dataset: 'set',
    split: 'train',
    qhash: id,
    prompt: 'Why?',
    category: null,
    tools: [],
    inRouteLlm: false,
    reference: null,
    ...fields,
    outcomes: new Map(Object.entries(outcomes).map(([model, outcome]) => [model, anOutcome(outcome)])),
  }
}

/**
 * Two kinds of prompt: on `easy` ones all models are right, on `hard` ones only `dear` and often `middle`. The category
 * tells them apart, so that a router that reads it has something to gain; length does not.
 */
export function easyAndHardRows(count: number, split: string, seed = 'rows'): OutcomeRow[] {
  const draw = seededDraw(`${seed} ${split}`)
  return Array.from({ length: count }, () => {
    const hard = draw() < 0.5
    const score = (whenHard: number) => (draw() < (hard ? whenHard : 0.97) ? 1 : 0)
    return aRow({
      split,
      category: hard ? 'hard' : 'easy',
      prompt: 'word '.repeat(1 + Math.floor(draw() * 200)),
      outcomes: {
        cheap: { score: score(0.1), costUsd: 0.0001 },
        middle: { score: score(0.5), costUsd: 0.001 },
        dear: { score: score(0.9), costUsd: 0.01 },
      },
    })
  })
}
