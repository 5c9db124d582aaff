/** Fairlead's own tools, which are there whatever else is configured: `fairlead__route`, `fairlead__models`, `fairlead__explain`. */

import type { Tool } from '@modelcontextprotocol/sdk/types.js'
import type { McpCaller, OwnTool, OwnToolResult } from './host.ts'

export type OwnToolParts = {
  /** Decides who would answer a prompt; no model is called. */
  readonly decide: (
    prompt: string,
    policy: string,
    caller: McpCaller,
  ) => Promise<
    | { readonly kind: 'decided'; readonly decision: Readonly<Record<string, unknown>> }
    | { readonly kind: 'failed'; readonly message: string }
  >
  readonly models: (caller: McpCaller) => {
    readonly policies: readonly Readonly<Record<string, unknown>>[]
    readonly models: readonly Readonly<Record<string, unknown>>[]
  }
  /** A decision that was made, by its id; `null`: there is none that is kept, and none that this caller may see. */
  readonly decision: (id: string, caller: McpCaller) => Promise<Readonly<Record<string, unknown>> | null>
}

const readOnly = { readOnlyHint: true, openWorldHint: false }

const routeTool: Tool = {
  name: 'route',
  title: 'Which model would answer',
  description:
    'Decides which language model would answer a prompt best for its price, and why. Calls no model and costs nothing.',
  inputSchema: {
    type: 'object',
    properties: {
      prompt: { type: 'string', description: 'What a user would ask.' },
      policy: {
        type: 'string',
        description: 'A policy or model by its name, as fairlead__models lists them. auto, if left out.',
      },
    },
    required: ['prompt'],
  },
  annotations: readOnly,
}

const modelsTool: Tool = {
  name: 'models',
  title: 'Policies and models',
  description: 'Lists the policies and models that can be asked here, with prices and context windows.',
  inputSchema: { type: 'object', properties: {} },
  annotations: readOnly,
}

const explainTool: Tool = {
  name: 'explain',
  title: 'Why a model was chosen',
  description:
    'Tells of a decision that was made: which models stood to choose, which were refused and why, and what came of it.',
  inputSchema: {
    type: 'object',
    properties: {
      decision: { type: 'string', description: 'The id, from the header x-fairlead-decision of an answer.' },
    },
    required: ['decision'],
  },
  annotations: readOnly,
}

export function createOwnTools({ decide, models, decision }: OwnToolParts): readonly OwnTool[] {
  return [
    {
      definition: routeTool,
      call: async ({ prompt, policy = 'auto' }, { caller }) => {
        if (typeof prompt !== 'string' || prompt === '') return missing('prompt', 'what a user would ask')
        if (typeof policy !== 'string') return missing('policy', 'the name of a policy or a model')
        const decided = await decide(prompt, policy, caller)
        return decided.kind === 'decided'
          ? { kind: 'answer', value: decided.decision }
          : { kind: 'refused', message: decided.message }
      },
    },
    { definition: modelsTool, call: async (_, { caller }) => ({ kind: 'answer', value: models(caller) }) },
    {
      definition: explainTool,
      call: async ({ decision: id }, { caller }) => {
        if (typeof id !== 'string' || id === '') return missing('decision', 'the id of a decision')
        const found = await decision(id, caller)
        if (found !== null) return { kind: 'answer', value: found }
        return {
          kind: 'refused',
          message: `There is no decision ${id.slice(0, 100)}. Take the id from the header x-fairlead-decision of an answer.`,
        }
      },
    },
  ]
}

const missing = (field: string, what: string): OwnToolResult => ({
  kind: 'refused',
  message: `The argument ${field} is missing. Give ${what} as a text.`,
})
