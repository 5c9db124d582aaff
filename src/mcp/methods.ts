/** What the gateway answers to each method of the protocol. */

import type { Found, Servers } from './servers.ts'
import { invalidParams, type Asked } from './asked.ts'
import { auditRow } from './audit.ts'
import { callTool, resultOf } from './call-tool.ts'
import type { Conversation, Exchange } from './conversation.ts'
import { callTool as callToolDefinition, findTool, isKept, isNarrowed } from './find-tools.ts'
import { exposedName } from './names.ts'
import { ownServer } from './own-server.ts'

type Loose = Readonly<Record<string, unknown>>
type Answer = (conversation: Conversation, exchange: Exchange) => Promise<Loose>
export type Methods = Readonly<Record<string, Answer>>

export const methods: Methods = {
  'tools/list': listTools,
  'tools/call': callTool,
  'prompts/list': async ({ servers, party }) => {
    await servers.known()
    return { prompts: servers.prompts(party.caller()) }
  },
  'prompts/get': getPrompt,
  'resources/list': async ({ servers, party }) => {
    await servers.known()
    return { resources: servers.resources(party.caller()) }
  },
  'resources/templates/list': async ({ servers, party }) => {
    await servers.known()
    return { resourceTemplates: servers.templates(party.caller()) }
  },
  'resources/read': readResource,
  'resources/subscribe': (conversation, exchange) => subscribe(conversation, exchange, 'add'),
  'resources/unsubscribe': (conversation, exchange) => subscribe(conversation, exchange, 'remove'),
  'completion/complete': complete,
}

async function listTools({
  servers,
  party,
  host,
  settings: { toolSelection },
}: Conversation): Promise<Loose> {
  const caller = party.caller()
  await servers.known()
  const own = host.ownTools
    .filter(({ definition }) => host.mayUse(caller, ownServer, definition.name))
    .map(({ definition }) => ({ ...definition, name: exposedName(ownServer, definition.name) }))
  const tools = [...own, ...servers.tools(caller)]
  if (!isNarrowed(toolSelection, host.selectTools)) return { tools }
  const kept = tools.filter(({ name }) => isKept(name, toolSelection.keep))
  return { tools: [findTool, callToolDefinition, ...kept] }
}

async function getPrompt(conversation: Conversation, exchange: Exchange): Promise<Loose> {
  const { servers, party } = conversation
  const { name } = exchange.params
  if (typeof name !== 'string') throw invalidParams('prompts/get needs the name of a prompt.')
  const found = await servers.findPrompt(party.caller(), name)
  if (found === null)
    throw invalidParams(`There is no prompt ${name.slice(0, 100)}. prompts/list names them all.`)
  return askServer(conversation, exchange, found, 'prompts/get', { ...exchange.params, name: found.own })
}

async function readResource(conversation: Conversation, exchange: Exchange): Promise<Loose> {
  const found = resourceOf(conversation.servers, conversation, exchange)
  return askServer(conversation, exchange, found, 'resources/read', { ...exchange.params, uri: found.own })
}

function resourceOf(servers: Servers, { party }: Conversation, { params: { uri } }: Exchange): Found {
  if (typeof uri !== 'string') throw invalidParams('This needs the uri of a resource.')
  const found = servers.findResource(party.caller(), uri)
  if (found !== null) return found
  throw invalidParams(
    `No server has the resource ${uri.slice(0, 200)}. resources/list names those that there are, with their server.`,
  )
}

async function askServer(
  conversation: Conversation,
  { signal, id, onProgress }: Exchange,
  { upstream, own }: Found,
  method: string,
  params: Loose,
): Promise<Loose> {
  const { name: server, maxResultBytes } = upstream.settings
  const { host, party } = conversation
  const row = auditRow(conversation, { server, method, item: own, arguments: params.arguments ?? {} })
  const asked = await upstream.call({ party, method, params, signal, during: id, onProgress })
  return resultOf(asked, server, maxResultBytes, (outcome, bytesOut) => host.record(row(outcome, bytesOut)))
}

async function subscribe(
  conversation: Conversation,
  exchange: Exchange,
  change: 'add' | 'remove',
): Promise<Loose> {
  const { party, servers } = conversation
  const { upstream, own } = resourceOf(servers, conversation, exchange)
  if (!party.lasting) throw invalidParams('A subscription needs a session. Begin with initialize.')
  return plain(await upstream.subscriptions[change](party, own), upstream.settings.name)
}

const plain = (asked: Asked, server: string): Loose =>
  resultOf(asked, server, Number.POSITIVE_INFINITY, () => {})

async function complete(conversation: Conversation, exchange: Exchange): Promise<Loose> {
  const { servers, party } = conversation
  const ref = exchange.params.ref as { type?: unknown; name?: unknown; uri?: unknown } | undefined
  const caller = party.caller()
  if (ref?.type === 'ref/prompt' && typeof ref.name === 'string') {
    const found = await servers.findPrompt(caller, ref.name)
    if (found !== null) return completeAt(found, { ...ref, name: found.own })
    throw invalidParams(`There is no prompt ${ref.name.slice(0, 100)}. prompts/list names them all.`)
  }
  if (ref?.type === 'ref/resource' && typeof ref.uri === 'string') {
    const found = servers.findResource(caller, ref.uri)
    if (found !== null) return completeAt(found, { ...ref, uri: found.own })
    throw invalidParams(`No server has the resource ${ref.uri.slice(0, 200)}.`)
  }
  throw invalidParams('completion/complete needs a ref to a prompt or a resource.')

  async function completeAt({ upstream }: Found, own: object): Promise<Loose> {
    const { id, signal, params } = exchange
    const asked = await upstream.call({
      party,
      method: 'completion/complete',
      params: { ...params, ref: own },
      signal,
      during: id,
    })
    return plain(asked, upstream.settings.name)
  }
}
