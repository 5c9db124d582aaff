import type { TaskType } from '../../domain/signals.ts'

/** `solve`: gives an answer. `review`: says what is wrong with those that there are. */
export type Part = 'solve' | 'review'

/** What a member of a team is: data, so that one can be added without code. */
export type Role = {
  readonly name: string
  readonly part: Part
  readonly instruction: string
  readonly tasks: readonly TaskType[] | 'all'
}

export const roles: readonly Role[] = [
  {
    name: 'solver',
    part: 'solve',
    instruction: 'Answer the request directly and completely.',
    tasks: 'all',
  },
  {
    name: 'mathematician',
    part: 'solve',
    instruction:
      'Set up what is given and what is sought, calculate exactly, and check the result by another way.',
    tasks: ['math', 'reasoning'],
  },
  {
    name: 'logician',
    part: 'solve',
    instruction: 'List the conditions, derive what follows from each, and rule out every case but one.',
    tasks: ['reasoning', 'math', 'knowledge', 'classification'],
  },
  {
    name: 'programmer',
    part: 'solve',
    instruction:
      'Write or trace the code exactly, with the state after each step and the edge cases in mind.',
    tasks: ['code', 'reasoning', 'tool-use'],
  },
  {
    name: 'expert',
    part: 'solve',
    instruction:
      'Answer from the knowledge of the field that the request belongs to, and say what the answer rests on.',
    tasks: ['knowledge', 'reasoning', 'classification', 'chat'],
  },
  {
    name: 'writer',
    part: 'solve',
    instruction:
      'Write for the reader that the request has in mind, in the tone and length that it asks for.',
    tasks: ['creative', 'rewriting', 'summarisation', 'translation', 'chat'],
  },
  {
    name: 'analyst',
    part: 'solve',
    instruction: 'Take from the text exactly what is asked for, and nothing that is not in it.',
    tasks: ['extraction', 'classification', 'summarisation', 'tool-use'],
  },
  {
    name: 'critic',
    part: 'review',
    instruction:
      'Look for mistakes of reasoning, of fact and of form in the latest answer, one after another.',
    tasks: 'all',
  },
  {
    name: 'fact-checker',
    part: 'review',
    instruction: 'Check every claim of the latest answer that could be false.',
    tasks: ['knowledge', 'summarisation', 'extraction', 'chat'],
  },
  {
    name: 'tester',
    part: 'review',
    instruction: 'Try the latest answer on concrete cases, the smallest and the strangest among them.',
    tasks: ['code', 'math', 'reasoning'],
  },
  {
    name: 'editor',
    part: 'review',
    instruction: 'Check that the latest answer does what was asked, no less and no more, and reads well.',
    tasks: ['creative', 'rewriting', 'summarisation', 'translation'],
  },
]

export const roleNames = roles.map(({ name }) => name)

export const rolesFor = (task: TaskType, part: Part | 'any'): readonly Role[] =>
  roles.filter(
    (role) => (part === 'any' || role.part === part) && (role.tasks === 'all' || role.tasks.includes(task)),
  )
