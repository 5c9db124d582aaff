import { builtInSurroundings } from '../config/built-in.ts'
import { faultsText } from '../config/faults.ts'
import { loadConfig } from '../config/load.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { findLocalModels, openGateway } from '../gateway/open-gateway.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import type { DecisionLogProblem } from '../telemetry/decision-log.ts'
import { UserError } from './command.ts'

/** The configuration of the folder or of `file`, local servers included; its faults are what the person must mend. */
export async function resolvedConfig(
  file: string | null,
  directory = process.cwd(),
): Promise<ResolvedConfig> {
  const known = builtInSurroundings()
  const surroundings = builtInSurroundings(await findLocalModels(known.vendors), known.environment)
  const result = await loadConfig({ file, directory, surroundings })
  if (result.kind === 'faulty') throw new UserError(faultsText(result.file, result.faults))
  return result.config
}

/** Opens the decision log and the gateway over it. @throws StoreError, ArtefactError */
export async function gatewayFor(
  config: ResolvedConfig,
  options: {
    readonly onLogProblem: (problem: DecisionLogProblem) => void
    readonly path?: string
    readonly seed?: string
  },
): Promise<Gateway> {
  const store = await openSqliteStore({ path: options.path ?? config.log.path })
  try {
    return await openGateway(config, { store, ...options })
  } catch (error) {
    await store.close()
    throw error
  }
}
