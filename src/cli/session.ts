import { builtInSurroundings } from '../config/built-in.ts'
import { faultsText } from '../config/faults.ts'
import { loadConfig } from '../config/load.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import { readHead } from '../learning/outcomes/read-head.ts'
import { findLocalModels } from '../gateway/find-local-models.ts'
import { UserError } from './command.ts'

/** The configuration of the folder or of `file`, local servers included; its faults are what the person must mend. */
export async function resolvedConfig(
  file: string | null,
  directory = process.cwd(),
): Promise<ResolvedConfig> {
  const known = builtInSurroundings()
  const surroundings = {
    ...builtInSurroundings(await findLocalModels(known.vendors), known.environment),
    readOutcomeHead: readHead,
  }
  const result = await loadConfig({ file, directory, surroundings })
  if (result.kind === 'faulty') throw new UserError(faultsText(result.file, result.faults))
  return result.config
}
