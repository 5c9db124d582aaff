import { plainRequest, type Request, type Tool } from '../../domain/request.ts'
import { routedText } from '../../signals/routed-text.ts'
import type { PromptRow } from './outcome-row.ts'

/** The request that a recorded prompt would have come as, so that offline code reads the same signals as the gateway. */
export const requestOf = ({ prompt, tools }: Pick<PromptRow, 'prompt' | 'tools'>): Request => ({
  ...plainRequest(prompt),
  tools: tools.map(toolOf),
})

export const textOfRow = (row: Pick<PromptRow, 'prompt' | 'tools'>): string => routedText(requestOf(row))

function toolOf(tool: unknown): Tool {
  const { name, description, parameters } = (tool ?? {}) as Readonly<Record<string, unknown>>
  return {
    name: typeof name === 'string' ? name : 'unnamed',
    description: typeof description === 'string' ? description : null,
    parameters: typeof parameters === 'object' ? (parameters as Tool['parameters']) : null,
    strict: null,
  }
}
