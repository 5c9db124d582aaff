import { resolve as absolute } from 'node:path'
import { Secret } from '../domain/secret.ts'
import { serverNamePattern } from '../mcp/names.ts'
import { ownServer } from '../mcp/own-server.ts'
import {
  defaultSharing,
  mcpDefaults,
  mcpServerDefaults,
  type McpOAuth,
  type McpReach,
  type McpRoots,
  type McpServerSettings,
  type McpSettings,
} from '../mcp/settings.ts'
import type { Path, ReportFault } from './faults.ts'
import type { McpEntry, McpServerEntry } from './mcp-fields.ts'
import type { Surroundings } from './surroundings.ts'
import { textOf, webUrlOf } from './written-text.ts'

export type McpContext = {
  /** The folder that relative ones are relative to. */
  readonly base: string
  readonly environment: Surroundings['environment']
  readonly report: ReportFault
}

/** The MCP servers of the file that have no fault; every fault is reported. */
export function resolveMcp(entry: McpEntry | undefined, context: McpContext): McpSettings {
  if (entry === undefined) return mcpDefaults
  const { servers, sessions, toolSelection, audit, ...rest } = entry
  return {
    ...rest,
    servers: Object.entries(servers).flatMap(([name, server]) => resolveServer(name, server, context) ?? []),
    sessions: sessions ?? mcpDefaults.sessions,
    toolSelection: toolSelection ?? mcpDefaults.toolSelection,
    auditArguments: audit?.arguments ?? mcpDefaults.auditArguments,
  }
}

function resolveServer(name: string, entry: McpServerEntry, context: McpContext): McpServerSettings | null {
  const path = ['mcp', 'servers', name]
  const { report } = context
  if (!serverNamePattern.test(name))
    report(path, 'is no name of a server. Write up to 24 lower-case letters, digits and dashes.', 'key')
  else if (name === ownServer) report(path, "is the name of Fairlead's own tools. Choose another.", 'key')
  const reach = reachOf(entry, path, context)
  const roots = rootsOf(entry.roots, [...path, 'roots'], report)
  if (entry.timeoutMs > entry.maxTimeoutMs)
    report(
      [...path, 'timeoutMs'],
      `is above maxTimeoutMs (${entry.maxTimeoutMs}). Raise that, or lower this.`,
    )
  if (reach === null) return null
  const usual = defaultSharing(reach)
  return {
    name,
    reach,
    roots,
    sharing: entry.sharing ?? usual.sharing,
    maxConnections: entry.maxConnections ?? usual.maxConnections,
    connectTimeoutMs: entry.connectTimeoutMs,
    timeoutMs: entry.timeoutMs,
    maxTimeoutMs: entry.maxTimeoutMs,
    maxResultBytes: entry.maxResultBytes,
    maxMessageBytes: entry.maxMessageBytes,
    breaker: { ...mcpServerDefaults.breaker, ...entry.breaker },
    sampling: entry.sampling,
    elicitation: entry.elicitation,
  }
}

const ofCommands = ['args', 'env', 'cwd'] as const
const ofUrls = ['headers', 'oauth', 'transport'] as const

function reachOf(entry: McpServerEntry, path: Path, context: McpContext): McpReach | null {
  const { report } = context
  const { command, url } = entry
  if ((command === undefined) === (url === undefined)) {
    const message =
      command === undefined
        ? 'has neither a command nor a url. Write one of them.'
        : 'has a command and a url. Keep one of them.'
    report(path, message, 'key')
    return null
  }
  const [strange, kind] =
    command === undefined ? ([ofCommands, 'command'] as const) : ([ofUrls, 'url'] as const)
  for (const field of strange)
    if (entry[field] !== undefined) report([...path, field], `goes with a ${kind} only. Remove it.`, 'key')
  return command === undefined
    ? httpReach(url ?? '', entry, path, context)
    : stdioReach(command, entry, path, context)
}

function stdioReach(command: string, entry: McpServerEntry, path: Path, context: McpContext): McpReach {
  const { args = [], env = {}, cwd } = entry
  return {
    kind: 'stdio',
    command: filledText(command, [...path, 'command'], context),
    args: args.map((argument, index) => new Secret(filledText(argument, [...path, 'args', index], context))),
    environment: secrets(env, [...path, 'env'], context),
    folder: cwd === undefined ? null : absolute(context.base, filledText(cwd, [...path, 'cwd'], context)),
  }
}

function httpReach(url: string, entry: McpServerEntry, path: Path, context: McpContext): McpReach {
  const { headers = {}, oauth, transport = 'streamable' } = entry
  return {
    kind: 'http',
    url: new Secret(urlOf(url, [...path, 'url'], context)),
    headers: secrets(headers, [...path, 'headers'], context),
    oauth: oauth === undefined ? null : oauthOf(oauth, [...path, 'oauth'], context),
    transport,
  }
}

function oauthOf(entry: NonNullable<McpServerEntry['oauth']>, path: Path, context: McpContext): McpOAuth {
  const { clientId, clientSecret, issuer, scope, refreshToken } = entry
  if (clientSecret === undefined && refreshToken === undefined)
    context.report(path, 'has neither a clientSecret nor a refreshToken. Write one of them.', 'key')
  return {
    clientId: filledText(clientId, [...path, 'clientId'], context),
    clientSecret:
      clientSecret === undefined
        ? null
        : new Secret(filledText(clientSecret, [...path, 'clientSecret'], context)),
    issuer: urlOf(issuer, [...path, 'issuer'], context),
    scope: scope ?? null,
    grant:
      refreshToken === undefined
        ? { kind: 'client-credentials' }
        : {
            kind: 'refresh-token',
            token: new Secret(filledText(refreshToken, [...path, 'refreshToken'], context)),
          },
  }
}

function rootsOf(roots: McpServerEntry['roots'], path: Path, report: ReportFault): McpRoots {
  if (typeof roots === 'string') return { kind: roots }
  for (const [index, uri] of roots.entries())
    if (!URL.canParse(uri) || new URL(uri).protocol !== 'file:')
      report([...path, index], 'is no file: URI. Write one such as file:///srv/docs.')
  return { kind: 'fixed', uris: roots }
}

const secrets = (
  written: Readonly<Record<string, string>>,
  path: Path,
  context: McpContext,
): Readonly<Record<string, Secret>> =>
  Object.fromEntries(
    Object.entries(written).map(([name, value]) => [
      name,
      new Secret(filledText(value, [...path, name], context)),
    ]),
  )

/** What is faulty is empty from here on: its fault has been reported. */
const filledText = (written: string, path: Path, context: McpContext): string =>
  textOf(written, path, context) ?? ''

const urlOf = (written: string, path: Path, context: McpContext): string =>
  webUrlOf(written, path, context, {
    example: 'https://mcp.example.com/mcp',
    credentials: 'Send them in a header: write headers.authorization.',
  }) ?? ''
