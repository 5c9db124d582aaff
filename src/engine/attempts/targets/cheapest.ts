import type { Prices } from '../../../domain/model.ts'
import { smallest, type TargetChoice } from './target-choice.ts'

/** By what a prompt with an answer a quarter as long costs: such is the mean of chat traffic. */
const outputShare = 0.25

export const cheapest: TargetChoice = {
  name: 'cheapest',
  summary: 'the one with the lowest price',
  choose: (ready, choosing) => smallest(ready, choosing, ({ target }) => priceOf(target.model.prices)),
}

/** An unknown price never looks cheap. */
const priceOf = ({ input, output }: Prices): number =>
  input === 'unknown' || output === 'unknown' ? Number.POSITIVE_INFINITY : input + outputShare * output
