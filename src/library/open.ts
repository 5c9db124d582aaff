/** From what a program passes to an open gateway. */

import { builtInSurroundings } from '../config/built-in.ts'
import type { FairleadConfig } from '../config/define-config.ts'
import { readEnvironment } from '../config/environment.ts'
import { type ConfigFault, faultsText, pathText } from '../config/faults.ts'
import { loadConfig, resolveWritten } from '../config/load.ts'
import { withOwnStrategies } from '../config/own-strategies.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import type { AnyStrategy } from '../config/schema.ts'
import type { Surroundings } from '../config/surroundings.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { findLocalModels } from '../gateway/find-local-models.ts'
import { openStoredGateway } from '../gateway/open-gateway.ts'
import type { DecisionLogProblem } from '../telemetry/decision-log.ts'
import { ConfigError } from './fairlead-error.ts'
import type { FairleadOptions } from './options.ts'

/** An object as `fairlead.config.ts` has it, the path of a file, or nothing: then as `fairlead serve` without a file. */
export type ConfigSource = FairleadConfig<readonly AnyStrategy[]> | string | undefined

/** @throws ConfigError with every fault */
export async function resolveSource(source: ConfigSource, options: FairleadOptions): Promise<ResolvedConfig> {
  const directory = options.directory ?? process.cwd()
  const surroundings = await surroundingsFor(source, options)
  const result =
    typeof source === 'object'
      ? resolveWritten(source, directory, surroundings)
      : await loadConfig({ file: source ?? null, directory, surroundings })
  if (result.kind === 'resolved') return result.config
  throw new ConfigError(faultsText(typeof source === 'object' ? 'config' : result.file, result.faults))
}

async function surroundingsFor(source: ConfigSource, options: FairleadOptions): Promise<Surroundings> {
  const environment = readEnvironment(options.environment)
  const known = builtInSurroundings([], environment)
  const faults: ConfigFault[] = []
  const strategies = withOwnStrategies(options, known.strategies, (path, message) =>
    faults.push({ path: pathText(path), line: null, column: null, message }),
  )
  if (faults.length > 0) throw new ConfigError(faultsText('options', faults))
  const looksAround = options.findLocalModels ?? typeof source !== 'object'
  const localModels = looksAround ? await findLocalModels(known.vendors) : []
  return { ...builtInSurroundings(localModels, environment), strategies }
}

/** @throws StoreError, ArtefactError, TextModelError */
export async function openFor(config: ResolvedConfig, options: FairleadOptions): Promise<Gateway> {
  const onProblem = options.onProblem ?? warn
  return openStoredGateway(config, {
    inMemory: options.decisionLog === 'memory',
    onLogProblem: (problem) => onProblem(problemError(problem)),
    ...(options.seed !== undefined && { seed: options.seed }),
  })
}

const warn = (problem: Error): void => process.emitWarning(problem)

function problemError(problem: DecisionLogProblem): Error {
  switch (problem.kind) {
    case 'not-written': {
      const what = `${problem.queued} entries of the decision log are not written yet; they are tried again`
      return new Error(what, { cause: problem.error })
    }
    case 'dropped':
      return new Error(`${problem.dropped} entries of the decision log are lost: ${problem.why}`)
  }
}
