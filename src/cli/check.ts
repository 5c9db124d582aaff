import { dirname } from 'node:path'
import { ProviderPackageError } from '../providers/ai-sdk/provider-package-error.ts'
import { openAiSdkTransport } from '../providers/ai-sdk/transport.ts'
import { builtInSurroundings } from '../config/built-in.ts'
import { faultsText } from '../config/faults.ts'
import { loadConfig } from '../config/load.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import { configJsonSchema } from '../config/schema.ts'
import type { Surroundings } from '../config/surroundings.ts'
import { readHead } from '../learning/outcomes/read-head.ts'
import { unreachable } from '../domain/unreachable.ts'
import { ArtefactError } from '../estimate/artefact-file.ts'
import { openDecider } from '../gateway/open-deciders.ts'
import { TextModelError } from '../providers/encoders/text-model-error.ts'
import { policyTable, strategyTable } from './check-policies.ts'
import type { CliCommand } from './command.ts'
import { dollars, table } from './table.ts'

export { objectiveText } from './check-policies.ts'

type CheckOptions = {
  readonly file: string | null
  readonly directory: string
  readonly surroundings: Surroundings
}

/** What `fairlead check` prints, and its exit code: 1 where the configuration has faults. */
export async function check(options: CheckOptions): Promise<{ text: string; exitCode: 0 | 1 }> {
  const surroundings = { ...options.surroundings, readOutcomeHead: readHead }
  const result = await loadConfig({ ...options, surroundings })
  switch (result.kind) {
    case 'faulty':
      return { text: faultsText(result.file, result.faults), exitCode: 1 }
    case 'resolved': {
      const fault = await openingFault(result.config)
      return fault === null ? { text: summary(result.config), exitCode: 0 } : { text: fault, exitCode: 1 }
    }
    default:
      return unreachable(result)
  }
}

/** What only opening them shows of the artefact and of the text models. */
async function openingFault(config: ResolvedConfig): Promise<string | null> {
  try {
    const decider = await openDecider(config)
    await decider.close()
    // Packages are loaded when a gateway opens: one that is not installed is found out here.
    const base = config.file === null ? process.cwd() : dirname(config.file)
    await openAiSdkTransport(
      config.vendors.map(({ vendor }) => vendor),
      base,
    )
    return null
  } catch (error) {
    const mendable = [ArtefactError, TextModelError, ProviderPackageError]
    if (mendable.some((kind) => error instanceof kind)) return (error as Error).message
    throw error
  }
}

function summary(config: ResolvedConfig): string {
  const title =
    config.file === null ? 'No configuration file: the defaults hold.' : `${config.file} has no faults.`
  return [
    title,
    config.notes.map((note) => `- ${note}`).join('\n'),
    vendorTable(config),
    modelTable(config),
    policyTable(config.policies),
    `Serves on ${config.server.host}:${config.server.port}; decisions go to ${config.log.path}.`,
  ].join('\n\n')
}

const vendorTable = ({ vendors, models }: ResolvedConfig): string =>
  table(
    [{ title: 'Vendor' }, { title: 'Models', align: 'right' }, { title: 'Key' }, { title: 'URL' }],
    vendors.map(({ vendor, credential, source }) => [
      vendor.name,
      String(models.filter((model) => model.vendor === vendor.name).length),
      credential === null ? 'none needed' : `from the ${source === 'config' ? 'configuration' : source}`,
      vendor.baseUrl,
    ]),
  )

const modelTable = ({ models }: ResolvedConfig): string =>
  table(
    [
      { title: 'Model' },
      { title: '$/M input', align: 'right' },
      { title: '$/M output', align: 'right' },
      { title: 'Context', align: 'right' },
    ],
    models.map(({ id, prices, contextWindow }) => [
      id,
      priceText(prices.input),
      priceText(prices.output),
      contextWindow.toLocaleString('en-US'),
    ]),
  )

const priceText = (price: number | 'unknown'): string => (price === 'unknown' ? price : dollars(price))

type CheckFlags = { readonly schema?: boolean; readonly strategies?: boolean }

export const checkCommand: CliCommand = (program) => {
  program
    .command('check')
    .description('check a configuration: every fault with its place and remedy, or what it amounts to')
    .argument('[file]', 'the configuration; without it, the one in this folder')
    .option('--schema', 'print the JSON Schema of a configuration, for editors')
    .option('--strategies', 'list the strategies that a policy may name')
    .action(async (file: string | undefined, { schema, strategies }: CheckFlags) => {
      const surroundings = builtInSurroundings()
      if (schema) {
        console.log(JSON.stringify(configJsonSchema(surroundings.strategies), null, 2))
        return
      }
      if (strategies) {
        console.log(strategyTable(surroundings.strategies))
        return
      }
      const { text, exitCode } = await check({ file: file ?? null, directory: process.cwd(), surroundings })
      if (exitCode === 0) console.log(text)
      else console.error(text)
      process.exitCode = exitCode
    })
}
