import { type Draw, pick, shuffle } from '../../domain/random.ts'
import type { Level, TaskFamily } from './tasks/task.ts'
import { tokensOf } from './tokens.ts'

/** What the models say around an answer. None of it tells whether the answer is right. */
const steps = [
  'First I note what is given and what is asked.',
  'I take the parts one at a time, in the order in which they come.',
  'Each intermediate result goes into the next step.',
  'I read the question once more to make sure that nothing is left out.',
  'No part needs anything that is not stated.',
  'I go through the work a second time before settling on the result.',
  'The form of the answer follows what was asked for.',
]

const thoughts = [
  'Let me restate the problem in my own words before I start.',
  'There may be a shortcut, but working it through is safer.',
  'I keep the result so far and go on with the next part.',
  'Wait, I should check that step again.',
  'That holds, so I can build on it.',
  'Trying it from the other end gives me something to compare with.',
  'One more check of the details, since slips happen there.',
  'Is there another reading of the question? I do not see one that fits better.',
  'So far everything agrees.',
]

const lastLines: readonly ((answer: string) => string)[] = [
  (answer) => `The answer is ${answer}.`,
  (answer) => `Answer: ${answer}`,
  (answer) => `So the final answer is ${answer}.`,
  (answer) => `**Answer:** ${answer}`,
]

/** A little longer for harder tasks: about 15 tokens a step. `inFull`: with all the steps there are. */
export function explanation(draw: Draw, family: TaskFamily, level: Level, inFull = false): string {
  const said = shuffle(draw, steps).slice(0, inFull ? steps.length : 1 + Math.ceil(level / 2))
  return [...family.approach, ...said].join(' ')
}

/** An explanation and, on a line of its own, the answer. `answerAt` is where the answer begins. */
export function explainedAnswer(
  draw: Draw,
  said: string,
  answer: string,
): { text: string; answerAt: number } {
  const line = pick(draw, lastLines)(answer)
  const text = `${said}\n\n${line}`
  return { text, answerAt: text.length - line.length + line.indexOf(answer) }
}

/** Thinking aloud, about `tokens` tokens of it. */
export function reasoning(draw: Draw, family: TaskFamily, tokens: number): string {
  const said = [...family.approach]
  let length = tokensOf(said.join(' ')).length
  while (length < tokens) {
    const thought = pick(draw, thoughts)
    said.push(thought)
    length += tokensOf(thought).length
  }
  return said.join(' ')
}

export const notice =
  'This is a simulation: no real model has answered. Simulated models solve only the tasks that Fairlead generates ' +
  '(arithmetic, dates, units, sorting, strings, logic puzzles, JSON extraction, code tracing, word problems). ' +
  'For real answers, put the API key of a vendor into the environment or start a model server on this machine, ' +
  'then start Fairlead again. `fairlead check` shows which vendors it has found.'
