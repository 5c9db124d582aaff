import type { TargetChoice } from './target-choice.ts'

/** At random, each as often as its weight says. */
export const weighted: TargetChoice = {
  name: 'weighted',
  summary: 'at random, in proportion to their weights',
  choose: (ready, { draw }) => {
    let total = 0
    for (const { target } of ready) total += target.weight
    let mark = draw() * total
    for (const [index, { target }] of ready.entries()) {
      mark -= target.weight
      if (mark < 0) return index
    }
    // Rounding may leave a hair of the mark over.
    return ready.length - 1
  },
}
