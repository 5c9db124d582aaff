/** Whether an answer is one that an agent can go on with: where it is not, the step is given to another model at once. */

import { type Answer, answerText } from '../../domain/answer.ts'
import type { Request, ToolCall } from '../../domain/request.ts'
import type { AgentSignals } from '../../domain/signals.ts'
import { validityFault } from '../answers/confidence/validity.ts'

/** What is wrong with it that anybody can see; `null`: nothing. */
export function stepFault(answer: Answer, request: Request, agent: AgentSignals | null): string | null {
  const calls = answer.parts.filter((part): part is ToolCall => part.kind === 'tool-call')
  if (answer.parts.some(({ kind }) => kind === 'refusal')) return 'it is a refusal'
  if (calls.length === 0 && answerText(answer).trim() === '') return 'it is empty'
  const invalid = validityFault(answer, request)
  if (invalid !== null) return invalid
  if (agent?.lastTool?.failed !== true && (agent?.repeats ?? 0) === 0) return null
  const before = lastCalls(request)
  const again = calls.find((call) => before.some((one) => isSame(one, call)))
  return again ? `it calls ${again.name} once more as it has before, for nothing` : null
}

const isSame = (one: ToolCall, other: ToolCall): boolean =>
  one.name === other.name && one.argumentsText === other.argumentsText

function lastCalls({ messages }: Request): readonly ToolCall[] {
  const last = messages.findLast(({ role }) => role === 'assistant')
  if (last?.role !== 'assistant') return []
  return last.content.filter((part): part is ToolCall => part.kind === 'tool-call')
}
