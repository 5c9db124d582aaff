/** `tools/call`: whose tool it is, whether it may be used, what comes back, and the row that is written of it. */

import { type Failure, failure } from '../domain/failure.ts'
import { unreachable } from '../domain/unreachable.ts'
import { type Asked, failureError, invalidParams } from './asked.ts'
import { auditRow } from './audit.ts'
import { callToolName, findToolsName, foundTools, isNarrowed } from './find-tools.ts'
import type { McpAuditRow, OwnTool } from './host.ts'
import { exposedName, serverOf } from './names.ts'
import { ownServer } from './own-server.ts'
import { jsonBytes, limitResult } from './result-limits.ts'
import type { Conversation, Exchange } from './conversation.ts'
import { exposedResult } from './uris.ts'

type Loose = Readonly<Record<string, unknown>>

/** @throws RpcError for what is no call, or names no tool that this caller may use */
export async function callTool(conversation: Conversation, exchange: Exchange): Promise<Loose> {
  const { name, arguments: arguments_ = {} } = exchange.params
  if (
    typeof name !== 'string' ||
    typeof arguments_ !== 'object' ||
    arguments_ === null ||
    Array.isArray(arguments_)
  )
    throw invalidParams('tools/call needs a name and, as an object, arguments.')
  return callNamed(conversation, exchange, name, arguments_ as Loose)
}

async function callNamed(
  conversation: Conversation,
  exchange: Exchange,
  name: string,
  arguments_: Loose,
): Promise<Loose> {
  const { host, settings, servers, party } = conversation
  const { toolSelection } = settings
  const caller = party.caller()
  if (isNarrowed(toolSelection, host.selectTools) && host.selectTools !== undefined) {
    if (name === findToolsName)
      return foundTools(arguments_, servers.tools(caller), toolSelection.limit, host.selectTools)
    if (name === callToolName) {
      const { name: inner, arguments: given = {} } = arguments_
      if (typeof inner !== 'string' || inner === callToolName || typeof given !== 'object' || given === null)
        throw invalidParams(`${callToolName} needs the name of a tool and, as an object, its arguments.`)
      return callNamed(conversation, exchange, inner, given as Loose)
    }
  }
  const ownTool = host.ownTools.find(({ definition }) => exposedName(ownServer, definition.name) === name)
  if (ownTool !== undefined && host.mayUse(caller, ownServer, ownTool.definition.name))
    return callOwn(conversation, exchange, ownTool, arguments_)
  const found = ownTool === undefined ? await servers.findTool(caller, name) : null
  if (found === null) {
    const asked = { server: serverOf(name) ?? '', method: 'tools/call', item: name, arguments: arguments_ }
    host.record(auditRow(conversation, asked)('rejected', 0))
    throw invalidParams(`There is no tool ${name.slice(0, 100)}. tools/list names them all.`)
  }
  const { upstream, own } = found
  const { name: server, maxResultBytes } = upstream.settings
  const row = auditRow(conversation, { server, method: 'tools/call', item: own, arguments: arguments_ })
  const asked = await upstream.call({
    party,
    method: 'tools/call',
    params: { ...exchange.params, name: own, arguments: arguments_ },
    signal: exchange.signal,
    during: exchange.id,
    onProgress: exchange.onProgress,
  })
  return toolResult(asked, server, maxResultBytes, (outcome, bytesOut) => host.record(row(outcome, bytesOut)))
}

function toolResult(
  asked: Asked,
  server: string,
  maxResultBytes: number,
  note: (outcome: McpAuditRow['outcome'], bytesOut: number) => void,
): Loose {
  switch (asked.kind) {
    case 'failed':
      note(asked.failure.kind, 0)
      return failedTool(asked.failure)
    case 'error':
      note('tool-error', 0)
      throw asked.error
    case 'result': {
      const unreadable = unreadableResult(server, asked.result)
      if (unreadable !== null) {
        note(unreadable.kind, 0)
        return failedTool(unreadable)
      }
      const limited = limitResult(asked.result, maxResultBytes)
      if (limited.kind === 'too-large') {
        note('truncated', limited.bytes)
        return failedTool(failure('truncated', limited.message))
      }
      note(limited.result.isError === true ? 'tool-error' : 'ok', limited.bytes)
      return exposedResult(server, limited.result)
    }
    default:
      return unreachable(asked)
  }
}

/** A result of a tool that clients would choke on. Servers of the first protocol versions leave `content` out. */
function unreadableResult(server: string, { content, structuredContent, toolResult }: Loose): Failure | null {
  const hasContent = Array.isArray(content) && content.every((block) => typeof block?.type === 'string')
  if (hasContent || (content === undefined && (structuredContent ?? toolResult) !== undefined)) return null
  return failure('unreadable', `The MCP server ${server} sent a result that is no content of a tool.`)
}

async function callOwn(
  conversation: Conversation,
  { signal }: Exchange,
  { definition, call }: OwnTool,
  arguments_: Loose,
): Promise<Loose> {
  const { host, party } = conversation
  const row = auditRow(conversation, {
    server: ownServer,
    method: 'tools/call',
    item: definition.name,
    arguments: arguments_,
  })
  const result = await call(arguments_, { caller: party.caller(), signal }).catch((error: unknown) => {
    host.record(row('unavailable', 0))
    host.onProblem?.({ server: ownServer, message: error instanceof Error ? error.message : String(error) })
    return { kind: 'refused', message: 'Something went wrong inside Fairlead; its log says what.' } as const
  })
  switch (result.kind) {
    case 'answer':
      host.record(row('ok', jsonBytes(result.value)))
      return {
        content: [{ type: 'text', text: JSON.stringify(result.value) }],
        structuredContent: result.value,
      }
    case 'refused':
      host.record(row('tool-error', Buffer.byteLength(result.message)))
      return { content: [{ type: 'text', text: result.message }], isError: true }
    default:
      return unreachable(result)
  }
}

/** The model that called is told, so that it can go another way. */
const failedTool = ({ message, kind, code }: Failure): Loose => ({
  content: [{ type: 'text', text: message }],
  isError: true,
  _meta: { 'fairlead/failure': { kind, code } },
})

/** What the client gets of anything but a tool. @throws RpcError */
export function resultOf(
  asked: Asked,
  server: string,
  maxResultBytes: number,
  note: (outcome: McpAuditRow['outcome'], bytesOut: number) => void,
): Loose {
  switch (asked.kind) {
    case 'failed':
      note(asked.failure.kind, 0)
      throw failureError(asked.failure)
    case 'error':
      note('tool-error', 0)
      throw asked.error
    case 'result': {
      const limited = limitResult(asked.result, maxResultBytes)
      if (limited.kind === 'too-large') {
        note('truncated', limited.bytes)
        throw failureError(failure('truncated', limited.message))
      }
      note('ok', limited.bytes)
      return exposedResult(server, limited.result)
    }
    default:
      return unreachable(asked)
  }
}
