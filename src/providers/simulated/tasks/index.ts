import { seededDraw, shuffle } from '../../../domain/random.ts'
import { arithmetic } from './arithmetic.ts'
import { dates } from './dates.ts'
import { jsonExtraction } from './extraction/json-extraction.ts'
import { logic } from './logic/logic.ts'
import { jsonIn } from './matching.ts'
import { codeTracing } from './program/code-tracing.ts'
import { sorting } from './sorting.ts'
import { strings } from './strings.ts'
import { levels, type Recognised, type Task, type TaskFamily, type TaskKind } from './task.ts'
import { unitConversion } from './units.ts'
import { wordProblems } from './word-problems.ts'

/** Every kind of task. Where two could read a prompt, the earlier one does: the more exact in what it wants stands first. */
export const taskFamilies: readonly TaskFamily[] = [
  jsonExtraction,
  codeTracing,
  logic,
  dates,
  strings,
  unitConversion,
  arithmetic,
  wordProblems,
  sorting,
]

export const familyOf = (kind: TaskKind): TaskFamily => taskFamilies.find((family) => family.kind === kind)!

/** A balanced mix in random order: over every whole round of kinds x levels each pair stands equally often. */
export function generateTasks(seed: string, count: number): Task[] {
  const draw = seededDraw(`tasks ${seed}`)
  const pairs = taskFamilies.flatMap((family) => levels.map((level) => ({ family, level })))
  const tasks: Task[] = []
  while (tasks.length < count) {
    for (const { family, level } of shuffle(draw, pairs).slice(0, count - tasks.length)) {
      tasks.push(family.generate(draw, level))
    }
  }
  return tasks
}

export type RecognisedTask = Recognised & { readonly family: TaskFamily }

/** Longer prompts are read by no family: none generates such, and reading them would cost the server time. */
const longestPromptChars = 8_000

export function recogniseTask(prompt: string): RecognisedTask | null {
  if (prompt.length > longestPromptChars) return null
  for (const family of taskFamilies) {
    const recognised = family.recognise(prompt)
    if (recognised) return { ...recognised, family }
  }
  return null
}

/** Does the text give the task's answer? An answer wrapped in a JSON object is looked at without its wrapping. */
export function checkAnswer(task: Task, text: string): boolean {
  const family = familyOf(task.kind)
  const unwrapped =
    task.kind !== 'json-extraction' && /^\s*(?:```(?:json)?\s*)?\{/.test(text) ? unwrap(jsonIn(text)) : null
  return family.check(task, unwrapped ?? text)
}

function unwrap(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const fields = Object.entries(value)
  const [, answer] =
    fields.find(([name]) => /^(?:final_?)?(?:answer|result|value|output)$/i.test(name)) ?? fields.at(-1) ?? []
  if (Array.isArray(answer)) return answer.join(', ')
  return typeof answer === 'string' || typeof answer === 'number' ? String(answer) : null
}
