import type { Model } from '../../domain/model.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'
import { textOfRow } from '../outcomes/row-request.ts'
import { anyModel, type Example, intentPrefix } from './corpus.ts'
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
  [groupLabel]: 0.5,
  ...Object.fromEntries(intentSets.map((set) => [intentSet(set), 0.8])),
})

const intentSet = (set: string): string => `${intentPrefix}${set}`

/** Which rows the data itself puts together, by data set and category: a set of intents. No file of texts has a slash in its name. */
export const groupLabel = intentSet('set/category')

/** Of a smaller group nothing is learnt. */
const leastOfGroup = 20

/** What each prompt is compared with when it is read: the largest groups are kept. */
const mostGroups = 64

/** Rows to learn from, each with its group where that is one of those kept. */
export function rowExamples(
  rows: readonly OutcomeRow[],
  identify: (name: string) => Model | null,
): readonly Example[] {
  const groups = keptGroups(rows)
  return rows.map((row) => {
    const example = exampleOf(row, identify)
    const group = groupOf(row)
    return groups.has(group) ? { ...example, labels: { ...example.labels, [groupLabel]: group } } : example
  })
}

const groupOf = ({ dataset, category }: OutcomeRow): string => `${dataset}/${category ?? ''}`

/** None where there is but one: it would tell nothing apart. */
function keptGroups(rows: readonly OutcomeRow[]): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(groupOf(row), (counts.get(groupOf(row)) ?? 0) + 1)
  const kept = [...counts]
    .filter(([, count]) => count >= leastOfGroup)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, mostGroups)
  return new Set(kept.length < 2 ? [] : kept.map(([group]) => group))
}

function exampleOf(row: OutcomeRow, identify: (name: string) => Model | null): Example {
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
