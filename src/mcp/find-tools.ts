/** Two tools in the place of many: one finds tools that suit what is to be done, the other calls them. */

import type { Tool } from '@modelcontextprotocol/sdk/types.js'
import { invalidParams } from './asked.ts'
import type { SelectTools } from './host.ts'
import { exposedName } from './names.ts'
import { ownServer } from './own-server.ts'
import type { McpToolSelection } from './settings.ts'

export const findToolsName = exposedName(ownServer, 'find_tools')
export const callToolName = exposedName(ownServer, 'call_tool')

/** Most tools that one search may ask for. */
const mostFound = 50

export const findTool: Tool = {
  name: findToolsName,
  title: 'Find tools',
  description: `Finds tools that are not listed, by what they should do. Call what you find with ${callToolName}.`,
  inputSchema: {
    type: 'object',
    properties: {
      query: { type: 'string', description: 'What the tool should do, in a sentence.' },
      limit: { type: 'integer', minimum: 1, maximum: mostFound, description: 'How many tools at most.' },
    },
    required: ['query'],
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
}

export const callTool: Tool = {
  name: callToolName,
  title: 'Call a tool',
  description: `Calls a tool that ${findToolsName} has found.`,
  inputSchema: {
    type: 'object',
    properties: {
      name: { type: 'string', description: 'The name of the tool, as it was found.' },
      arguments: { type: 'object', description: 'Its arguments, as its input schema says.' },
    },
    required: ['name'],
  },
}

/** Whether clients see a choice of tools; without somebody who finds the others, everything is listed. */
export const isNarrowed = (
  selection: McpToolSelection,
  select: SelectTools | undefined,
): selection is McpToolSelection & { readonly mode: 'find' } =>
  selection.mode === 'find' && select !== undefined

/** Those that are always kept stand by exposed name, or as `server__*` for all of a server. */
export const isKept = (name: string, keep: readonly string[]): boolean =>
  keep.some((kept) => (kept.endsWith('*') ? name.startsWith(kept.slice(0, -1)) : kept === name))

/** @throws RpcError for arguments that can't be read */
export async function foundTools(
  arguments_: Readonly<Record<string, unknown>>,
  tools: readonly Tool[],
  defaultLimit: number,
  select: SelectTools,
): Promise<Record<string, unknown>> {
  const { query, limit = defaultLimit } = arguments_
  if (typeof query !== 'string' || query.trim() === '')
    throw invalidParams(`${findToolsName} needs a query: what the tool should do, in a sentence.`)
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > mostFound)
    throw invalidParams(`The limit of ${findToolsName} is a whole number from 1 to ${mostFound}.`)
  const names = await select(query, tools, limit)
  const byName = new Map(tools.map((tool) => [tool.name, tool]))
  const found = names.slice(0, limit).flatMap((name) => byName.get(name) ?? [])
  const shown = found.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
  const text =
    shown.length === 0 ? 'No tool was found. Say in other words what it should do.' : JSON.stringify(shown)
  return { content: [{ type: 'text', text }] }
}
