import { builtInModels } from '../catalog/models/index.ts'
import { vendors } from '../providers/vendors/index.ts'
import { strategies } from '../strategies/index.ts'
import { type Environment, readEnvironment } from './environment.ts'
import type { LocalModel, Surroundings } from './surroundings.ts'

/** What Fairlead ships, the process's environment, and the local models that somebody found. */
export const builtInSurroundings = (
  localModels: readonly LocalModel[] = [],
  environment: Environment = readEnvironment(),
): Surroundings => ({ environment, vendors, entries: builtInModels, strategies, localModels })
