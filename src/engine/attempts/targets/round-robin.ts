import type { TargetChoice } from './target-choice.ts'

export const roundRobin: TargetChoice = {
  name: 'round-robin',
  summary: 'each in its turn',
  choose: (ready, { turn }) => turn % ready.length,
}
