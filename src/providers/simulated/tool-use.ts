import type { Request, Tool } from '../../domain/request.ts'
import { instanceOf } from './schema-instance.ts'

/** The tool that a simulated model calls for this request, or `null`: it answers in words. */
export function toolFor({ tools, toolChoice }: Request, prompt: string): Tool | null {
  if (tools.length === 0 || toolChoice?.kind === 'none') return null
  if (toolChoice?.kind === 'named') return tools.find((tool) => tool.name === toolChoice.name) ?? null
  const [best] = tools
    .map((tool) => ({ tool, overlap: overlapOf(tool.name, prompt) }))
    .sort((a, b) => b.overlap - a.overlap)
  if (toolChoice?.kind === 'required') return best!.tool
  return best!.overlap >= 0.5 ? best!.tool : null
}

const fillers = new Set([
  'get',
  'set',
  'do',
  'run',
  'the',
  'of',
  'a',
  'for',
  'to',
  'current',
  'tool',
  'function',
  'fetch',
])

/** The share of the words of a tool's name that the prompt has, by their first five letters: `convert` is in "conversion". */
function overlapOf(toolName: string, prompt: string): number {
  const words = toolName
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2 && !fillers.has(word))
  if (words.length === 0) return 0
  const said = new Set((prompt.toLowerCase().match(/[a-z0-9]+/g) ?? []).map((word) => word.slice(0, 5)))
  return words.filter((word) => said.has(word.slice(0, 5))).length / words.length
}

/** Arguments that satisfy the tool's parameter schema, drawn from the prompt where it offers them. */
export function argumentsFor({ parameters }: Tool, prompt: string): string {
  if (parameters === null) return '{}'
  const made = instanceOf(parameters, { prompt, fixed: new Map(), otherwise: prompt.slice(0, 200) })
  return JSON.stringify(typeof made === 'object' && made !== null ? made : {})
}
