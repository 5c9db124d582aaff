import type { Command } from 'commander'

/** A subcommand of `fairlead`: adds itself to the program. The list of members is in `main.ts`. */
export type CliCommand = (program: Command) => void

/** An error that the person at the terminal can mend: printed as one message, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError'
}
