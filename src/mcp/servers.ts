/** All MCP servers behind the gateway, and which of what they offer a caller may use. */

import type { Prompt, Resource, ResourceTemplate, Tool } from '@modelcontextprotocol/sdk/types.js'
import type { McpCaller, McpHost } from './host.ts'
import { serverOf } from './names.ts'
import type { Upstream } from './upstream.ts'
import { serverUri } from './uris.ts'

export type Found = { readonly upstream: Upstream; readonly own: string }

export type Servers = {
  readonly all: readonly Upstream[]
  /** Resolves once every server was read or could not be, or after a while: who is slow comes later. */
  readonly known: () => Promise<void>
  readonly tools: (caller: McpCaller) => readonly Tool[]
  readonly prompts: (caller: McpCaller) => readonly Prompt[]
  readonly resources: (caller: McpCaller) => readonly Resource[]
  readonly templates: (caller: McpCaller) => readonly ResourceTemplate[]
  /** `null`: there is none that this caller may use. Why not is not said: names are nobody's business either. */
  readonly findTool: (caller: McpCaller, exposed: string) => Promise<Found | null>
  readonly findPrompt: (caller: McpCaller, exposed: string) => Promise<Found | null>
  readonly findResource: (caller: McpCaller, exposed: string) => Found | null
}

/** What a client that lists is made to wait for servers that are still starting. */
const patienceMs = 5_000
/** A name that is not known makes lists be read anew, but not more often than this. */
const rereadMs = 5_000

export function createServers(upstreams: readonly Upstream[], host: McpHost): Servers {
  const byName = new Map(upstreams.map((upstream) => [upstream.settings.name, upstream]))
  const rereadAt = new Map<string, number>()
  const mayUse = (caller: McpCaller, { settings }: Upstream, tool: string | null) =>
    host.mayUse(caller, settings.name, tool)
  const open = (caller: McpCaller) => upstreams.filter((upstream) => mayUse(caller, upstream, null))
  const find = async (
    caller: McpCaller,
    exposed: string,
    kind: 'tools' | 'prompts',
  ): Promise<Found | null> => {
    const upstream = byName.get(serverOf(exposed) ?? '')
    if (upstream === undefined) return null
    if (!upstream.catalogue()[kind].has(exposed)) await reread(upstream)
    const own = upstream.catalogue()[kind].get(exposed)?.own
    if (own === undefined || !mayUse(caller, upstream, kind === 'tools' ? own : null)) return null
    return { upstream, own }
  }
  const reread = async (upstream: Upstream): Promise<void> => {
    const { name } = upstream.settings
    await withPatience(upstream.known())
    const now = performance.now()
    if (now - (rereadAt.get(name) ?? Number.NEGATIVE_INFINITY) < rereadMs) return
    rereadAt.set(name, now)
    await withPatience(upstream.refresh())
  }
  return {
    all: upstreams,
    known: () => withPatience(Promise.all(upstreams.map((upstream) => upstream.known()))),
    tools: (caller) =>
      upstreams.flatMap((upstream) =>
        [...upstream.catalogue().tools.values()]
          .filter(({ own }) => mayUse(caller, upstream, own))
          .map(({ shown }) => shown),
      ),
    prompts: (caller) =>
      open(caller).flatMap((upstream) =>
        [...upstream.catalogue().prompts.values()].map(({ shown }) => shown),
      ),
    resources: (caller) => open(caller).flatMap((upstream) => upstream.catalogue().resources),
    templates: (caller) => open(caller).flatMap((upstream) => upstream.catalogue().templates),
    findTool: (caller, exposed) => find(caller, exposed, 'tools'),
    findPrompt: (caller, exposed) => find(caller, exposed, 'prompts'),
    findResource: (caller, exposed) => {
      const at = serverUri(exposed)
      const upstream = at === null ? undefined : byName.get(at.server)
      if (at === null || upstream === undefined || !mayUse(caller, upstream, null)) return null
      return { upstream, own: at.uri }
    },
  }
}

async function withPatience(waiting: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs)
    timer.unref()
  })
  await Promise.race([waiting, over])
  clearTimeout(timer)
}
