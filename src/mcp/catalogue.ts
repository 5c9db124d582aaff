/** What one MCP server offers, by the names under which clients see it. */

import type {
  Prompt,
  Resource,
  ResourceTemplate,
  ServerCapabilities,
  Tool,
} from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import type { Asked } from './asked.ts'
import { exposedName } from './names.ts'
import { exposedUri } from './uris.ts'

/** A member of a list: what clients see of it, and the server's own name for it. */
export type Offered<Item> = { readonly own: string; readonly shown: Item }

export type Catalogue = {
  /** By exposed name. */
  readonly tools: ReadonlyMap<string, Offered<Tool>>
  readonly prompts: ReadonlyMap<string, Offered<Prompt>>
  readonly resources: readonly Resource[]
  readonly templates: readonly ResourceTemplate[]
  /** Tools that can only be called in ways that the gateway has not. */
  readonly hiddenTools: number
}

export const emptyCatalogue: Catalogue = {
  tools: new Map(),
  prompts: new Map(),
  resources: [],
  templates: [],
  hiddenTools: 0,
}

export type ListKind = 'tools' | 'prompts' | 'resources'
export const listKinds: readonly ListKind[] = ['tools', 'prompts', 'resources']

/** Of one list of one server; what is beyond it is not shown. */
const maxItems = 2_000
const maxPages = 100

const tool = z.looseObject({
  name: z.string().min(1),
  inputSchema: z.looseObject({ type: z.literal('object') }),
})
const named = z.looseObject({ name: z.string().min(1) })
const resource = z.looseObject({ uri: z.string().min(1), name: z.string() })
const template = z.looseObject({ uriTemplate: z.string().min(1), name: z.string() })

type Ask = (method: string, params: object) => Promise<Asked>

/**
 * Reads the lists that `kinds` names and keeps the others. An item that is none is left out; a list that can't be read
 * stays what it was.
 */
export async function readCatalogue(
  server: string,
  abilities: ServerCapabilities,
  before: Catalogue,
  kinds: ReadonlySet<ListKind>,
  ask: Ask,
): Promise<Catalogue> {
  const list = async (method: string, key: string) => (await readList(ask, method, key)) ?? null
  const wants = (kind: ListKind) => kinds.has(kind) && abilities[kind] !== undefined
  const [tools, prompts, resources, templates] = await Promise.all([
    wants('tools') ? list('tools/list', 'tools') : null,
    wants('prompts') ? list('prompts/list', 'prompts') : null,
    wants('resources') ? list('resources/list', 'resources') : null,
    wants('resources') ? list('resources/templates/list', 'resourceTemplates') : null,
  ])
  return {
    ...(tools === null
      ? { tools: before.tools, hiddenTools: before.hiddenTools }
      : offeredTools(server, tools)),
    prompts: prompts === null ? before.prompts : offeredPrompts(server, prompts),
    resources:
      resources === null
        ? before.resources
        : good(resource, resources).map(
            (item) => ({ ...item, uri: exposedUri(server, item.uri) }) as Resource,
          ),
    templates:
      templates === null
        ? before.templates
        : good(template, templates).map(
            (item) => ({ ...item, uriTemplate: exposedUri(server, item.uriTemplate) }) as ResourceTemplate,
          ),
  }
}

async function readList(ask: Ask, method: string, key: string): Promise<readonly unknown[] | null> {
  const items: unknown[] = []
  let cursor: unknown
  for (let page = 0; page < maxPages && items.length < maxItems; page++) {
    const asked = await ask(method, cursor === undefined ? {} : { cursor })
    if (asked.kind !== 'result') return null
    const found = asked.result[key]
    if (!Array.isArray(found)) return null
    items.push(...found.slice(0, maxItems - items.length))
    cursor = asked.result.nextCursor
    if (typeof cursor !== 'string') break
  }
  return items
}

const good = <Schema extends z.ZodType>(schema: Schema, items: readonly unknown[]): z.output<Schema>[] =>
  items.flatMap((item) => {
    const parsed = schema.safeParse(item)
    return parsed.success ? [parsed.data] : []
  })

function offeredTools(server: string, items: readonly unknown[]) {
  const tools = new Map<string, Offered<Tool>>()
  let hiddenTools = 0
  for (const { execution, ...item } of good(tool, items)) {
    if ((execution as { taskSupport?: unknown } | undefined)?.taskSupport === 'required') {
      hiddenTools++
      continue
    }
    const name = exposedName(server, item.name)
    // A server that names two tools alike means the first.
    if (!tools.has(name)) tools.set(name, { own: item.name, shown: { ...item, name } as unknown as Tool })
  }
  return { tools, hiddenTools }
}

function offeredPrompts(server: string, items: readonly unknown[]): ReadonlyMap<string, Offered<Prompt>> {
  const prompts = new Map<string, Offered<Prompt>>()
  for (const item of good(named, items)) {
    const name = exposedName(server, item.name)
    if (!prompts.has(name)) prompts.set(name, { own: item.name, shown: { ...item, name } as Prompt })
  }
  return prompts
}

/** Which lists differ. */
export function changedLists(before: Catalogue, after: Catalogue): ReadonlySet<ListKind> {
  const text = (catalogue: Catalogue): Readonly<Record<ListKind, string>> => ({
    tools: JSON.stringify([...catalogue.tools]),
    prompts: JSON.stringify([...catalogue.prompts]),
    resources: JSON.stringify([catalogue.resources, catalogue.templates]),
  })
  const [was, is] = [text(before), text(after)]
  return new Set(listKinds.filter((kind) => was[kind] !== is[kind]))
}
