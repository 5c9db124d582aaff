import type { Model } from '../../domain/model.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'
import { textOfRow } from '../outcomes/row-request.ts'
import { anyModel, type Example } from './corpus.ts'
import { subjectOf, taskTypeOfDataset, taskTypeOfKind } from './label-map.ts'
import type { LabelledText } from './labelled-texts.ts'

/**
 * No outcome is known for short commands ("set an alarm for seven"), and any chat model does them: so much is assumed, at a
 * small weight, for want of which the shortest prompts would get the difficulty of the shortest exam questions.
 */
const easyCommand = { score: 0.96, weight: 0.12 }

/** There are more commands than all other prompts: were all of them examples of chat, every short question would be chat. */
const taughtOneIn = 6

/** Scores of judges are softer than right and wrong. */
const judgedWeight = 0.6

/** Weights of the label sets; those of intents make up for the small weight of `easyCommand`. */
export const labelWeights = (intentSets: readonly string[]): Readonly<Record<string, number>> => ({
  subject: 0.3,
  task: 0.25,
  ...Object.fromEntries(intentSets.map((set) => [intentSet(set), 0.8])),
})

const intentSet = (set: string): string => `intent ${set}`

export function exampleOf(row: OutcomeRow, identify: (name: string) => Model | null): Example {
  const simulated = row.dataset === 'simulated'
  const task = simulated ? taskTypeOfKind[row.category ?? ''] : taskTypeOfDataset[row.dataset]
  const subject = subjectOf(row.dataset, row.category)
  const graded = [...row.outcomes.values()].some(({ score }) => score > 0 && score < 1)
  return {
    text: textOfRow(row),
    scores: [...row.outcomes].map(([name, { score }]) => ({ model: identify(name)?.id ?? name, score })),
    labels: { ...(task ? { task } : {}), ...(subject ? { subject } : {}) },
    weight: (graded ? judgedWeight : 1) * (row.weight ?? 1),
  }
}

export function commandExamples(texts: Readonly<Record<string, readonly LabelledText[]>>): Example[] {
  return Object.entries(texts).flatMap(([set, list]) =>
    list.map(({ text, label }, index) => ({
      text,
      scores: [{ model: anyModel, score: easyCommand.score }],
      labels: {
        [intentSet(set)]: label,
        ...(index % taughtOneIn === 0 ? { task: 'chat', subject: 'general' } : {}),
      },
      weight: easyCommand.weight,
    })),
  )
}

/** Commands have no outcome of any model. */
export const hasOutcomes = ({ scores }: Example): boolean => scores.some(({ model }) => model !== anyModel)
