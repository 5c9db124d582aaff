import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { builtInSurroundings } from '../../src/config/built-in.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { ResolvedConfig } from '../../src/config/resolved.ts'
import type { AnyStrategy } from '../../src/config/schema.ts'
import type { Gateway, Incoming } from '../../src/gateway/gateway.ts'
import { openStoredGateway } from '../../src/gateway/open-gateway.ts'
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import type { StoredDecision } from '../../src/storage/store.ts'
import type { DecisionLogProblem } from '../../src/telemetry/decision-log.ts'
import { wireFormat } from '../../src/wire/index.ts'
import { aFolder } from './a-folder.ts'

export type GatewayOptions = {
  /** As a configuration file has it. */
  readonly config?: object
  readonly variables?: Readonly<Record<string, string>>
  /** Beside those that Fairlead has. */
  readonly strategies?: readonly AnyStrategy[]
}

export type OpenedGateway = {
  readonly gateway: Gateway
  readonly config: ResolvedConfig
  readonly folder: string
  readonly problems: readonly DecisionLogProblem[]
  readonly close: () => Promise<void>
  /** Closes the gateway and reads what it has written, oldest first. */
  readonly stored: () => Promise<readonly StoredDecision[]>
}

/** Simulated models at their quickest: the answer is there at once. */
export const atOnce = { simulated: { pace: 0 } }

/** A gateway over a configuration that was read from a file, with its decision log in a folder of its own. */
export async function aGateway({
  config: written = atOnce,
  variables = {},
  strategies = [],
}: GatewayOptions = {}): Promise<OpenedGateway> {
  const folder = aFolder()
  const config = await resolvedIn(folder, written, variables, strategies)
  const problems: DecisionLogProblem[] = []
  const gateway = await openStoredGateway(config, { onLogProblem: (problem) => problems.push(problem) })
  let closing: Promise<void> | null = null
  const close = () => {
    closing ??= gateway.close()
    return closing
  }
  onTestFinished(close)
  const stored = async () => {
    await close()
    return readDecisions(config.log.path)
  }
  return { gateway, config, folder, problems, close, stored }
}

/** A configuration as Fairlead reads it from a file of this folder. */
export async function resolvedIn(
  directory: string,
  written: object,
  variables: Readonly<Record<string, string>> = {},
  strategies: readonly AnyStrategy[] = [],
): Promise<ResolvedConfig> {
  const file = join(directory, 'fairlead.yaml')
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify(written))
  const builtIn = builtInSurroundings([], readEnvironment(variables))
  const surroundings = { ...builtIn, strategies: [...builtIn.strategies, ...strategies] }
  const result = await loadConfig({ file, directory, surroundings })
  if (result.kind === 'faulty') throw new Error(JSON.stringify(result.faults))
  return result.config
}

/** All that a decision log holds, oldest first. */
export async function readDecisions(path: string): Promise<readonly StoredDecision[]> {
  const store = await openSqliteStore({ path })
  try {
    return [...(await store.decisions({ since: null, policy: null, limit: 1000 }))].reverse()
  } finally {
    await store.close()
  }
}

/** A chat request as the door of the house hands it in. */
export function incoming(body: string | object): Incoming {
  const format = wireFormat('openai-chat')
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const decoded = format.decodeRequest(JSON.parse(text))
  if (decoded.kind === 'failed') throw new Error(decoded.failure.message)
  return { format, text, asked: decoded.value }
}

export const say = (content: string) => [{ role: 'user', content }]
