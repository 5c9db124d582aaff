import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import packageFile from '../../package.json' with { type: 'json' }
import type { DecisionId } from '../domain/decision.ts'
import { openStoredGateway } from '../gateway/open-gateway.ts'
import { gatewayTools } from '../http/mcp-endpoint.ts'
import { openMcp } from '../mcp/gateway.ts'
import { openHost } from '../mcp/host.ts'
import { openStore } from '../storage/open-store.ts'
import { StoreError } from '../storage/store-error.ts'
import type { CliCommand } from './command.ts'
import { resolvedConfig } from './session.ts'

export const mcpCommand: CliCommand = (program) => {
  program
    .command('mcp')
    .description(
      'serve the configured MCP servers as one on standard input and output, for clients that start it',
    )
    .option(
      '-c, --config <file>',
      'configuration file; without it, fairlead.yaml or fairlead.config.ts of this folder',
    )
    .action(({ config }: { readonly config?: string }) => serveOverStdio(config ?? null))
}

/** Nothing but the protocol goes to standard output: everything for people goes to standard error. */
async function serveOverStdio(file: string | null): Promise<void> {
  const config = await resolvedConfig(file)
  const tell = (text: string) => console.error(`fairlead mcp: ${text}`)
  const store = await openStore(config.storage).catch((error: unknown) => {
    // Clients start this wherever they like, which may be where nothing can be kept.
    if (!(error instanceof StoreError)) throw error
    tell(`decisions can't be looked up: ${error.message}`)
    return null
  })
  // It decides and calls no model, so there is nothing to keep; another process may be serving over the same store.
  const gateway = await openStoredGateway(config, {
    inMemory: true,
    onLogProblem: () => tell('a decision could not be kept'),
  })
  const host = {
    // Whoever starts a program may use what it can.
    ...openHost(gatewayTools(gateway, async (id) => (await store?.decision(id as DecisionId)) ?? null)),
    onProblem: ({ server, message }: { readonly server: string; readonly message: string }) =>
      tell(`${server}: ${message}`),
  }
  const mcp = openMcp(config.mcp, host, { name: packageFile.name, version: packageFile.version })
  const transport = new StdioServerTransport()
  const leave = () => void transport.close()
  // The client closes our input when it has had enough; the SDK does not listen for that.
  process.stdin.once('end', leave).once('close', leave)
  process.stdout.once('error', leave)
  process.once('SIGINT', leave).once('SIGTERM', leave)
  await mcp.serve(transport as Transport, { id: 'local' })
  await mcp.close()
  await gateway.close()
  await store?.close()
}
