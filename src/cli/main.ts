import { Command } from 'commander'
import packageFile from '../../package.json' with { type: 'json' }
import { ArtefactError } from '../estimate/artefact-file.ts'
import { createLearnedPredictor } from '../learning/training/learned-predictor.ts'
import { TextModelError } from '../providers/encoders/text-model-error.ts'
import { ProviderPackageError } from '../providers/ai-sdk/provider-package-error.ts'
import { StateError } from '../storage/state/state-error.ts'
import { StoreError } from '../storage/store-error.ts'
import { adaptCommand } from './adapt.ts'
import { calibrateCommand } from './calibrate.ts'
import { checkCommand } from './check.ts'
import { type CliCommand, UserError } from './command.ts'
import { demoCommand } from './demo.ts'
import { evalCommand } from './eval.ts'
import { mcpCommand } from './mcp.ts'
import { explainCommand } from './explain.ts'
import { keysCommand } from './keys.ts'
import { modelsCommand } from './models.ts'
import { policiesCommand } from './policies.ts'
import { replayCommand } from './replay.ts'
import { reportCommand } from './report.ts'
import { routeCommand } from './route.ts'
import { serveCommand } from './serve.ts'
import { trainCommand } from './train.ts'

/** The subcommands of `fairlead`, in the order in which its help lists them. */
const commands: readonly CliCommand[] = [
  serveCommand,
  mcpCommand,
  demoCommand,
  routeCommand,
  modelsCommand,
  checkCommand,
  reportCommand,
  explainCommand,
  keysCommand,
  policiesCommand,
  replayCommand,
  trainCommand,
  evalCommand(createLearnedPredictor),
  calibrateCommand(createLearnedPredictor),
  adaptCommand,
]

const program = new Command('fairlead')
  .description('An LLM router: each request goes to the cheapest model that will answer it well.')
  .version(packageFile.version)
for (const add of commands) add(program)

/** What the person at the terminal is told of an error that they can mend; `null` for a bug. */
function remedyOf(error: unknown): string | null {
  const mendable = [UserError, StoreError, StateError, ArtefactError, TextModelError, ProviderPackageError]
  if (mendable.some((kind) => error instanceof kind)) return (error as Error).message
  // A file that an option names, which only the file system knows not to be one.
  const { code, path } = error as NodeJS.ErrnoException
  return typeof code === 'string' && typeof path === 'string'
    ? `${path} can't be opened (${code}). Check that its folder exists and that this user may use it.`
    : null
}

try {
  await program.parseAsync()
} catch (error) {
  const remedy = remedyOf(error)
  if (remedy === null) throw error
  console.error(remedy)
  process.exitCode = 1
}
