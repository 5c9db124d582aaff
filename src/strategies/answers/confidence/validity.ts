import { z } from 'zod'
import { type Answer, answerText } from '../../../domain/answer.ts'
import type { Request, ToolCall } from '../../../domain/request.ts'
import { schemaFault } from './json-schema.ts'
import { asItIs, type ConfidenceSignal, free, learnt, missing, score } from './signal.ts'

export const validityOptions = z.strictObject({ kind: z.literal('validity'), ...learnt })

/** Whether the answer is what the request's tools and response format ask for: 1 or 0; missing where they ask for nothing. */
export const validity: ConfidenceSignal<z.output<typeof validityOptions>> = {
  // An answer that breaks its schema is of no use, whatever it says; one that keeps to it may still be wrong.
  untrained: { kind: 'isotonic', scores: [0, 1], probabilities: [0.03, 0.55], baseRate: 0.5 },
  untrainedAuroc: 0.6,
  speaks: ({ request }) => asksForForm(request),
  usd: free,
  wanted: asItIs,
  *read({ turn, answer }) {
    if (!asksForForm(turn.request)) return missing('the request asks for no form')
    return score(validityFault(answer, turn.request) === null ? 1 : 0)
  },
}

const asksForForm = ({ tools, responseFormat }: Request): boolean =>
  tools.length > 0 || responseFormat.kind !== 'text'

/** What is wrong with the form of an answer; `null`: nothing. */
export function validityFault(answer: Answer, request: Request): string | null {
  if (answer.finish.kind === 'length') return 'it was cut at the most tokens allowed'
  const calls = answer.parts.filter((part): part is ToolCall => part.kind === 'tool-call')
  for (const call of calls) {
    const fault = callFault(call, request)
    if (fault !== null) return fault
  }
  const { toolChoice, responseFormat } = request
  if (calls.length > 0) return toolChoice?.kind === 'none' ? 'it calls a tool, and none may be' : null
  if (toolChoice?.kind === 'required' || toolChoice?.kind === 'named')
    return 'it calls no tool, and one must be'
  return responseFormat.kind === 'text' ? null : textFault(answerText(answer), responseFormat)
}

function callFault({ name, argumentsText }: ToolCall, { tools, toolChoice }: Request): string | null {
  const tool = tools.find((one) => one.name === name)
  if (!tool) return `it calls ${name}, which is no tool of the request`
  if (toolChoice?.kind === 'named' && toolChoice.name !== name)
    return `it calls ${name}, not ${toolChoice.name}`
  const parsed = parseJson(argumentsText.trim() === '' ? '{}' : argumentsText)
  if (!parsed) return `the arguments of ${name} are not JSON`
  return tool.parameters === null ? null : schemaFault(parsed.value, tool.parameters)
}

function textFault(
  text: string,
  format: Exclude<Request['responseFormat'], { kind: 'text' }>,
): string | null {
  const parsed = parseJson(text)
  if (!parsed) return 'it is not JSON'
  return format.kind === 'json' ? null : schemaFault(parsed.value, format.schema)
}

function parseJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return null
  }
}
