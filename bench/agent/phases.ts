/** What the program around an agent tells it, in the words of several such programs. */

import type { Draw } from '../../src/domain/random.ts'
import { pick } from '../../src/domain/random.ts'

export const phases = ['plan', 'explore', 'edit', 'repair', 'sum', 'alone'] as const
export type Phase = (typeof phases)[number]

const prompts: Readonly<Record<Phase, readonly string[]>> = {
  plan: [
    'Make a plan first, and change nothing yet.',
    'Before you change anything, write a short plan.',
    'Outline how you would approach this; no edits so far.',
  ],
  explore: [
    'Read what the plan needs, with the tools, and say what you found.',
    'Look at the files that the plan names and report what you find.',
    'Now explore: open the files in question and tell what is in them.',
  ],
  edit: ['Now make the changes.', 'Go ahead and write the code.', 'Implement what you found to be needed.'],
  repair: ['I ran the tests, and they failed:', 'The tests are failing:', 'npm test says:'],
  sum: [
    'The work is done. Write a summary of the changes for the pull request.',
    'Sum up what you have changed.',
    'Draft the pull request description.',
  ],
  alone: ['Work on your own with the tools until the tests pass, then sum up what you did.'],
}

export const promptOf = (phase: Phase, draw: Draw): string => pick(draw, prompts[phase])

export function phaseOf(text: string): Phase {
  const found = phases.find((phase) => prompts[phase].some((prompt) => text.includes(prompt)))
  if (found === undefined) throw new Error('this is no prompt of the program around the agent')
  return found
}
