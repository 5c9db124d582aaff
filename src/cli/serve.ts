import packageFile from '../../package.json' with { type: 'json' }
import type { ResolvedConfig } from '../config/resolved.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { openStoredGateway } from '../gateway/open-gateway.ts'
import { openGatewayMcp } from '../http/open-mcp.ts'
import { startServer } from '../http/server.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { StateProblem } from '../storage/state/shared-state.ts'
import { createLog, type Log } from '../telemetry/log.ts'
import { type CliCommand, UserError } from './command.ts'
import { watchConfig } from './config-changes.ts'
import { resolvedConfig } from './session.ts'
import { openColleagues } from './worker-metrics.ts'
import { isWorker, superviseWorkers } from './workers.ts'

type ServeFlags = { readonly config?: string; readonly host?: string; readonly port?: string }

export const serveCommand: CliCommand = (program) => {
  program
    .command('serve')
    .description('run the gateway')
    .option(
      '-c, --config <file>',
      'configuration file; without it, fairlead.yaml or fairlead.config.ts of this folder',
    )
    .option('--host <address>', 'address to listen on, over the configured one')
    .option('-p, --port <number>', 'port to listen on, over the configured one')
    .action(serve)
}

async function serve(flags: ServeFlags): Promise<void> {
  const config = await resolvedConfig(flags.config ?? null)
  const log = createLog({ level: config.log.level })
  if (config.workers > 1 && !isWorker()) return superviseWorkers(config.workers, log)
  const colleagues = isWorker() ? openColleagues() : null
  const gateway = await openStoredGateway(config, {
    ...(colleagues && { otherProcesses: colleagues.others }),
    onLogProblem: (problem) => log.error(problem, 'the decision log could not be written'),
    processLog: log,
    version: packageFile.version,
    onStateProblem: (problem) => tellOfState(problem, log),
    onSinkProblem: ({ sink, error, failures }) =>
      log.error({ sink, failures, err: error }, 'something that listens to what happens has failed'),
  })
  colleagues?.tell(gateway.metrics.collect)
  const host = flags.host ?? config.server.host
  const port = flags.port === undefined ? config.server.port : portOf(flags.port)
  const { bodyLimitBytes, shutdownGraceMs } = config.server
  const onError = (error: unknown) => log.error({ err: error }, 'a request failed inside Fairlead')
  // Before anybody is told that it serves: a signal must not find the process without its handlers.
  const { stopped, hurried } = stopSignals(log)
  const mcp = openGatewayMcp(gateway, config.mcp, packageFile.version, (problem) =>
    log.warn(problem, 'an MCP server has a problem'),
  )
  const server = await startServer(gateway, {
    host,
    port,
    bodyLimitBytes,
    shutdownGraceMs,
    onError,
    mcp,
  }).catch(async (error: NodeJS.ErrnoException) => {
    await mcp.close()
    await gateway.close()
    throw listenError(error, host, port)
  })
  console.log(welcome(config, server.url))
  const unwatch = watchConfig(config.file, () => reload(gateway, config, flags.config ?? null, log))
  await stopped
  unwatch()
  void hurried.then(server.cut)
  await server.close()
}

function tellOfState(problem: StateProblem, log: Log): void {
  switch (problem.kind) {
    case 'degraded':
      log.warn(
        { reason: problem.reason },
        'the shared state can’t be reached: limits, budgets and sessions are this process’s own until it can',
      )
      return
    case 'recovered':
      log.info({ afterMs: problem.afterMs }, 'the shared state is back, and was told what it missed')
      return
    case 'journal-failed':
      log.error({ reason: problem.reason }, 'what is spent can’t be written down beside the database')
      return
    default:
      unreachable(problem)
  }
}

/** A configuration that can't be used changes nothing, and the log says why. */
async function reload(gateway: Gateway, first: ResolvedConfig, file: string | null, log: Log): Promise<void> {
  try {
    const config = await resolvedConfig(file)
    await gateway.reload(config)
    log.info({ notes: config.notes }, 'the configuration was read again and serves from now on')
    const fixed = fixedSettings(first, config)
    if (fixed.length > 0) log.warn({ settings: fixed }, 'these settings change only with a restart')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    log.error({ reason }, 'the changed configuration is not used: the one before goes on')
  }
}

/** What has been opened already: sockets, the decision log. */
function fixedSettings(first: ResolvedConfig, config: ResolvedConfig): string[] {
  const { server, log, reliability } = config
  return [
    ...(Object.keys(server) as (keyof typeof server)[])
      .filter((name) => server[name] !== first.server[name])
      .map((name) => `server.${name}`),
    ...(sameText(config.storage, first.storage) ? [] : ['storage']),
    ...(sameText(config.mcp, first.mcp) ? [] : ['mcp']),
    ...(sameText(config.state, first.state) ? [] : ['state']),
    ...(config.workers === first.workers ? [] : ['workers']),
    ...(log.level === first.log.level ? [] : ['log.level']),
    ...(reliability.connectMs === first.reliability.connectMs ? [] : ['timeouts.connectMs']),
  ]
}

/** Secrets are shown as such in JSON: a changed password alone is seen at the next start. */
const sameText = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port
  throw new UserError(`--port ${text} is not a port. Write a number from 0 to 65535.`)
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new UserError(
        `Port ${port} is in use. Stop what runs there, or choose another with --port or server.port.`,
      )
    case 'EACCES':
      return new UserError(
        `Port ${port} may not be used by this user. Choose one above 1023 with --port or server.port.`,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UserError(
        `${host} is not an address of this machine. Set server.host to 127.0.0.1 or 0.0.0.0.`,
      )
    default:
      return error
  }
}

type StopSignals = { readonly stopped: Promise<void>; readonly hurried: Promise<void> }

/** A terminal's Ctrl-C reaches a program that npm runs twice, within moments: once from the terminal, once from npm. */
const sameSignalMs = 500

/** The first SIGINT or SIGTERM stops, the second hurries, the third ends the process at once. */
function stopSignals(log: Log): StopSignals {
  let stop = () => {}
  let hurry = () => {}
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  const hurried = new Promise<void>((resolve) => {
    hurry = resolve
  })
  let stoppedAt: number | null = null
  let hurrying = false
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now()
    if (stoppedAt === null) {
      stoppedAt = now
      log.info({ signal }, 'stopping: finishing the answers under way; a second signal cuts them short')
      stop()
    } else if (hurrying) process.exit(130)
    else if (now - stoppedAt > sameSignalMs) {
      hurrying = true
      hurry()
    }
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return { stopped, hurried }
}

/** Addresses that others than this machine can reach. */
const isOpen = (host: string): boolean => !/^(localhost|127\.|::1$|\[::1\])/.test(host)

function warnings({ governance, admin, server }: ResolvedConfig): readonly string[] {
  if (!isOpen(server.host) || governance.keysRequired) return []
  const advice = admin.full === null ? ', and set admin.token so that you can make keys' : ''
  return [`anybody who reaches ${server.host} may use it: write \`keys: { required: true }\`${advice}`]
}

function welcome(config: ResolvedConfig, url: string): string {
  const { notes, policies, storage } = config
  const names = policies.map(({ name, strategy }) => `${name} (${strategy})`).join(', ')
  const body = `{"model":"auto","messages":[{"role":"user","content":"What is 17 * 23?"}]}`
  return [
    `Fairlead serves on ${url}`,
    ...[...notes, ...warnings(config)].map((note) => `  ${note}`),
    `  policies: ${names}`,
    `  dashboard: ${url}`,
    `  decisions: ${storage.kind === 'sqlite' ? storage.path : 'PostgreSQL'} (read them with \`npx fairlead report\`)`,
    '',
    'Try it:',
    `  curl -i ${url}/v1/chat/completions -H 'content-type: application/json' -d '${body}'`,
  ].join('\n')
}
