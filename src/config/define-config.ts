import type { strategies } from '../strategies/index.ts'
import type { ConfigInput } from './schema.ts'

export type FairleadConfig = ConfigInput<(typeof strategies)[number]>

/** For `fairlead.config.ts`: gives the configuration back as it is, so that an editor checks and completes it. */
export const defineConfig = (config: FairleadConfig): FairleadConfig => config
