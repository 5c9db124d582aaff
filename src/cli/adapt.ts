import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { PromptVariant } from '../adaptation/variant.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import { closest } from '../config/closest.ts'
import type { Model } from '../domain/model.ts'
import { openStoredGateway } from '../gateway/open-gateway.ts'
import { modelNames } from '../gateway/model-names.ts'
import type { Example } from '../learning/adaptation/example.ts'
import type { Goal } from '../learning/adaptation/held-out.ts'
import { type MetricName, metricNames } from '../learning/adaptation/metric.ts'
import type { AdaptationReport } from '../learning/adaptation/report.ts'
import { searchVariants } from '../learning/adaptation/search.ts'
import { type CalledModel, pricedModel } from './adapt-calls.ts'
import { commonSystemHash, readExamples } from './adapt-examples.ts'
import { type Adaptation, adaptationText, promptEntryOf } from './adapt-report.ts'
import { gatewayWorld, type Metric } from './adapt-world.ts'
import { type PromptScope, readPrompts, variantInUse, writePrompt } from './adapt-write.ts'
import { type CliCommand, UserError } from './command.ts'
import { count } from './option-values.ts'
import { createProgress, type Progress } from './progress.ts'
import { resolvedConfig } from './session.ts'

export type AdaptOptions = {
  readonly examples: string
  readonly model: string
  readonly proposer: string
  readonly metric: string
  readonly budgetUsd: number
  readonly variants: number
  readonly seed: string
  readonly maxOutputTokens?: number
  readonly concurrency: number
  readonly policy?: string
  readonly nonInferiorAndCheaper: boolean
  readonly margin: number
  readonly write?: string
}

type AdaptFlags = AdaptOptions & { readonly config?: string; readonly json: boolean }

export const adaptCommand: CliCommand = (program: Command) => {
  program
    .command('adapt')
    .description(
      'search a better prompt for one model on labelled examples, and keep it only if held-out ones say so',
    )
    .requiredOption('--examples <file>', 'JSON lines of {"prompt" | "messages", "answer"}')
    .requiredOption('--model <vendor/name>', 'the model that is adapted to')
    .requiredOption('--proposer <vendor/name>', 'the model that writes variants')
    .requiredOption('--metric <name>', `${metricNames.join(', ')}, or judge:vendor/name`)
    .option('--budget-usd <dollars>', 'the most that all calls together may cost', dollarsOf, 2)
    .option('--variants <n>', 'variants to ask for', count(1), 16)
    .option('--seed <text>', 'of the split, and of simulated models', '1')
    .option('--max-output-tokens <n>', 'of each answer (default: 1024, or 8192 with thinking)', count(1))
    .option('--concurrency <n>', 'calls under way at once', count(1), 4)
    .option('--policy <name>', 'the variant is for requests of this policy alone')
    .option('--non-inferior-and-cheaper', 'keep what writes less and loses no more than --margin', false)
    .addOption(new Option('--margin <share>', 'of the score').argParser(shareOf).default(0.02))
    .option('--write <file>', 'a file of prompts that a variant which is kept is written to')
    .option('-c, --config <file>', 'the configuration that has the models')
    .option('--json', 'print JSON', false)
    .action(adapt)
}

async function adapt({ config: file, json, ...options }: AdaptFlags): Promise<void> {
  const config = await resolvedConfig(file ?? null)
  const controller = new AbortController()
  // A second one ends the process, as it does without us.
  const stop = () => controller.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const progress = createProgress(process.stderr)
  try {
    const adaptation = await adaptPrompts(config, options, progress, controller.signal)
    progress.finish()
    console.log(json ? JSON.stringify(adaptation, null, 2) : adaptationText(adaptation))
    const { outcome } = adaptation.report
    if (outcome.kind === 'stopped') process.exitCode = outcome.because === 'interrupted' ? 130 : 1
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop)
  }
}

/** Searches, writes what is kept; what a person can mend is thrown as a `UserError`. */
export async function adaptPrompts(
  config: ResolvedConfig,
  options: AdaptOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Adaptation> {
  const models = namedModels(config, options)
  const policy = policyOf(config, options.policy)
  const examples = await readExamples(options.examples)
  const systemHash = commonSystemHash(examples)
  const scope: PromptScope = {
    ...(policy !== null && { policy }),
    model: models.model.model.id,
    ...(systemHash !== null && { when: { systemHash } }),
  }
  // What can't be written to later is better known before money is spent.
  const inUse = options.write === undefined ? null : variantInUse(readPrompts(options.write), scope)
  const about = { model: scope.model, proposer: models.proposer.model.id, metric: options.metric }
  const report = await searchThrough(config, models, examples, inUse, options, progress, signal)
  const entry = promptEntryOf({ ...about, report }, scope)
  const { write = null } = options
  if (entry !== null && write !== null) await writePrompt(write, entry)
  return { ...about, report, written: entry === null ? null : write }
}

/** Over a gateway of its own, that keeps nothing. */
async function searchThrough(
  config: ResolvedConfig,
  models: NamedModels,
  examples: readonly Example[],
  inUse: PromptVariant | null,
  options: AdaptOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<AdaptationReport> {
  const { seed, variants, budgetUsd, concurrency, maxOutputTokens = null } = options
  const gateway = await openStoredGateway(searchConfig(config), {
    inMemory: true,
    seed,
    onLogProblem: () => {},
  })
  try {
    const world = gatewayWorld({ gateway, ...models, examples, maxOutputTokens })
    const goal: Goal = options.nonInferiorAndCheaper
      ? { kind: 'cheaper', margin: options.margin }
      : { kind: 'better' }
    const known = inUse === null ? [] : [{ variant: inUse, why: 'in use' }]
    const onProgress = progress.step
    const search = { examples, seed, variants, known, budgetUsd, goal, concurrency, signal, onProgress }
    return await searchVariants(search, world)
  } finally {
    await gateway.close()
  }
}

/**
 * Each model alone and as it comes: no variants of the configuration on top, no other model in its place, and no attempt beside
 * the one that the budget has set aside; the search itself asks once more.
 */
function searchConfig(config: ResolvedConfig): ResolvedConfig {
  const { reliability } = config
  return {
    ...config,
    prompts: [],
    experiments: [],
    modelFallbacks: new Map(),
    reliability: { ...reliability, limits: { ...reliability.limits, maxAttempts: 1, sameTargetRetries: 0 } },
  }
}

type NamedModels = {
  readonly model: CalledModel
  readonly proposer: CalledModel
  readonly metric: Metric
}

function namedModels(config: ResolvedConfig, { model, proposer, metric }: AdaptOptions): NamedModels {
  return {
    model: pricedModel(modelOf(config, model, '--model'), '--model'),
    proposer: pricedModel(modelOf(config, proposer, '--proposer'), '--proposer'),
    metric: metricOf(config, metric),
  }
}

function metricOf(config: ResolvedConfig, written: string): Metric {
  if (metricNames.includes(written as MetricName)) return { kind: 'rule', name: written as MetricName }
  const judge = /^judge:(.+)$/.exec(written)?.[1]
  if (judge === undefined)
    throw new UserError(
      `--metric ${written} is none. Write ${metricNames.join(', ')}, or judge: and a model, as in judge:openai/gpt-5-mini.`,
    )
  return { kind: 'judge', judge: pricedModel(modelOf(config, judge, '--metric'), '--metric') }
}

function modelOf(config: ResolvedConfig, name: string, option: string): Model {
  const found = modelNames(config).model(name)
  if (found !== null) return found
  const ids = config.models.map(({ id }) => id)
  const near = closest(name, ids)
  const known = config.catalog.get(name) !== undefined
  throw new UserError(
    `${option} ${name}: ${known ? 'its vendor can not be reached: set its key.' : 'there is no such model.'} ${near.length > 0 && !known ? `Did you mean ${near.join(' or ')}?` : '`fairlead models` lists those that can be used.'}`,
  )
}

function policyOf({ policies }: ResolvedConfig, name: string | undefined): string | null {
  if (name === undefined || policies.some((policy) => policy.name === name)) return name ?? null
  throw new UserError(
    `--policy ${name}: there is no such policy. There are ${policies.map((policy) => policy.name).join(', ')}.`,
  )
}

function dollarsOf(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && Number.isFinite(value)) return value
  throw new InvalidArgumentError('Write dollars, as in 2 or 0.5.')
}

function shareOf(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value < 1) return value
  throw new InvalidArgumentError('Write a share from 0 to below 1, as in 0.02.')
}
