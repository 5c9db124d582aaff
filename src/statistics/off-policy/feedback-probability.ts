/**
 * How likely a decision is to be graded, by the model that answered and by one thing more: grades are given more often to some
 * answers than to others, and each one that is given stands for those that are not (inverse-probability weighting: Rosenbaum
 * 1987). What depends on the grade itself, as where only the angry write, no weighting mends.
 */

export type Gradable = {
  readonly model: string
  /** What else the chance may differ by, of few values: how hard the prompt was, or when it was asked. */
  readonly group: number
  readonly graded: boolean
}

/** Decisions that what is known of a model altogether counts as, for each of its groups. */
const modelWeight = 20
const leastProbability = 0.01

/** For each decision; in (0, 1]. 1 where all are graded. */
export function feedbackProbabilities(decisions: readonly Gradable[]): readonly number[] {
  const models = rates(decisions, ({ model }) => model)
  const cells = rates(decisions, cellOf)
  return decisions.map((decision) => {
    const model = models.get(decision.model)!
    const cell = cells.get(cellOf(decision))!
    const share = (cell.graded + (modelWeight * model.graded) / model.all) / (cell.all + modelWeight)
    return Math.max(leastProbability, share)
  })
}

const cellOf = ({ model, group }: Gradable): string => `${group} ${model}`

type Rate = { graded: number; all: number }

function rates(decisions: readonly Gradable[], keyOf: (decision: Gradable) => string): Map<string, Rate> {
  const found = new Map<string, Rate>()
  for (const decision of decisions) {
    const key = keyOf(decision)
    const rate = found.get(key) ?? { graded: 0, all: 0 }
    rate.all++
    if (decision.graded) rate.graded++
    found.set(key, rate)
  }
  return found
}
