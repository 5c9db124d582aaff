import type { Tool } from '../../src/domain/request.ts'

/** A request, and the names of the tools that it takes: all of them. */
export type ToolCase = { readonly text: string; readonly needs: readonly string[] }

export type Catalogue = { readonly tools: readonly Tool[]; readonly cases: readonly ToolCase[] }

/** Parameters by name: what is said of them, or the values that they may have. */
type Inputs = Readonly<Record<string, string | readonly string[]>>

export const aTool = (name: string, description: string, inputs: Inputs = {}): Tool => ({
  name,
  description,
  strict: null,
  parameters: {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(inputs).map(([input, about]) => [
        input,
        typeof about === 'string' ? { type: 'string', description: about } : { type: 'string', enum: about },
      ]),
    ),
    required: Object.keys(inputs).slice(0, 1),
  },
})

/** @param lines requests, each with the tools that it needs after it */
export const casesOf = (lines: readonly (readonly [string, ...string[]])[]): readonly ToolCase[] =>
  lines.map(([text, ...needs]) => ({ text, needs }))
