import type { strategies } from '../strategies/index.ts'
import type { AnyStrategy, ConfigInput } from './schema.ts'

/** A configuration as a program writes it; `Own`: strategies of the user's own, which its policies may name too. */
export type FairleadConfig<Own extends readonly AnyStrategy[] = readonly []> = Omit<
  ConfigInput<(typeof strategies)[number] | Own[number]>,
  'strategies'
> & {
  /** Beside those that Fairlead has; `defineStrategy` of fairlead/strategies makes one. */
  readonly strategies?: Own
}

/** For `fairlead.config.ts`: gives the configuration back as it is, so that an editor checks and completes it. */
export const defineConfig = <const Own extends readonly AnyStrategy[] = readonly []>(
  config: FairleadConfig<Own>,
): FairleadConfig<Own> => config
