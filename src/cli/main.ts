import { Command } from 'commander'
import packageFile from '../../package.json' with { type: 'json' }
import { createLearnedPredictor } from '../learning/training/learned-predictor.ts'
import { checkCommand } from './check.ts'
import { demoCommand } from './demo.ts'
import { type CliCommand, UserError } from './command.ts'
import { evalCommand } from './eval.ts'
import { modelsCommand } from './models.ts'
import { reportCommand } from './report.ts'
import { routeCommand } from './route.ts'
import { serveCommand } from './serve.ts'
import { trainCommand } from './train.ts'

/** The subcommands of `fairlead`, in the order in which its help lists them. */
const commands: readonly CliCommand[] = [
  serveCommand,
  demoCommand,
  routeCommand,
  modelsCommand,
  checkCommand,
  reportCommand,
  trainCommand,
  evalCommand(createLearnedPredictor),
]

const program = new Command('fairlead')
  .description('An LLM router: each request goes to the cheapest model that will answer it well.')
  .version(packageFile.version)
for (const add of commands) add(program)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof UserError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
