/**
 * How a simulated model directs others (the strategy router-model): it asks the model whose place among the tools, cheapest
 * first, is where the task stands between easy and hard; checks what comes back; and asks the next dearer one where it sees a
 * fault. It hands the last answer over as it stands.
 */

import type { Model } from '../../../domain/model.ts'
import type { Draw } from '../../../domain/random.ts'
import type { Request, ToolCall } from '../../../domain/request.ts'
import { textOf } from '../../../domain/request.ts'
import { sectionsOf } from './instruction.ts'
import { chanceOfSeeing, isRight, perceivedDifficulty, taskIn } from './opinions.ts'

export type Direction =
  | { readonly kind: 'call'; readonly name: string; readonly argumentsText: string }
  | { readonly kind: 'say'; readonly text: string }

export function directionOf(model: Model, draw: Draw, request: Request, prompt: string): Direction {
  const pool = request.tools.filter(({ name }) => name.startsWith('ask_')).map(({ name }) => name)
  const asked = callsIn(request).filter(({ name }) => pool.includes(name))
  const perceived = perceivedDifficulty(model, draw, prompt)
  const mayCall = pool.length > 0 && request.toolChoice?.kind !== 'none'
  if (asked.length === 0) {
    if (!mayCall) return { kind: 'say', text: 'I was given nobody to ask.' }
    const place = Math.round(((Math.min(5, Math.max(1, perceived)) - 1) / 4) * (pool.length - 1))
    return { kind: 'call', name: pool[place]!, argumentsText: '{}' }
  }
  const last = asked.at(-1)!
  const answer = resultOf(request, last)
  if (!mayCall) return { kind: 'say', text: answer ?? 'Nobody has answered.' }
  const next = pool[pool.indexOf(last.name) + 1]
  const satisfied = answer !== null && seemsRight(model, draw, prompt, answer)
  if (!satisfied && next !== undefined) return { kind: 'call', name: next, argumentsText: '{}' }
  return answer === null
    ? { kind: 'say', text: 'Nobody has answered.' }
    : { kind: 'call', name: 'give_answer_of', argumentsText: JSON.stringify({ tool: last.name }) }
}

function seemsRight(model: Model, draw: Draw, prompt: string, answer: string): boolean {
  const known = taskIn(prompt)
  if (!known) return true
  return isRight(known, answer) === draw() < chanceOfSeeing(model, known)
}

const callsIn = ({ messages }: Request): readonly ToolCall[] =>
  messages.flatMap((message) =>
    message.role === 'assistant'
      ? message.content.filter((part): part is ToolCall => part.kind === 'tool-call')
      : [],
  )

/** `null`: the tool has failed. */
function resultOf({ messages }: Request, { id }: ToolCall): string | null {
  const result = messages.find((message) => message.role === 'tool' && message.toolCallId === id)
  return result ? (sectionsOf(textOf(result))[0]?.text ?? null) : null
}
