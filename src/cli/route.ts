import type { CandidateRecord, Decision } from '../domain/decision.ts'
import type { LabelProbabilities } from '../domain/text-model.ts'
import { openDecider } from '../gateway/open-gateway.ts'
import { wireFormat } from '../wire/index.ts'
import { type CliCommand, UserError } from './command.ts'
import { resolvedConfig } from './session.ts'
import { dollars, percent, table } from './table.ts'

type RouteFlags = {
  readonly config?: string
  readonly policy: string
  readonly quality?: string
  readonly json?: boolean
}

export const routeCommand: CliCommand = (program) => {
  program
    .command('route')
    .description('show which model would answer a prompt, and why; no model is called')
    .argument('<prompt>', 'what the user would say')
    .option('-c, --config <file>', 'configuration file')
    .option('--policy <name>', 'policy or model to ask for', 'auto')
    .option(
      '--quality <share>',
      "keep this share of the best model's quality, over the policy's own objective",
    )
    .option('--json', 'print the decision as JSON')
    .action(async (prompt: string, flags: RouteFlags) => {
      const decision = await route(prompt, flags)
      console.log(flags.json ? JSON.stringify(decision, null, 2) : describe(decision))
    })
}

async function route(prompt: string, { config, policy, quality }: RouteFlags): Promise<Decision> {
  const decider = await openDecider(await resolvedConfig(config ?? null))
  const body = {
    model: policy,
    messages: [{ role: 'user', content: prompt }],
    ...(quality === undefined ? {} : { fairlead: { quality: Number(quality) } }),
  }
  const decoded = wireFormat('openai-chat').decodeRequest(body)
  if (decoded.kind === 'failed') throw new UserError(decoded.failure.message)
  const text = (await decider.readText?.(decoded.value)) ?? null
  const routed = decider.route(decoded.value, text)
  await decider.close()
  if (routed.kind === 'failed') throw new UserError(routed.failure.message)
  return routed.decision
}

function describe(decision: Decision): string {
  const { signals, chosen, because, objective, candidates, refused } = decision
  const { taskType, complexity, subject, language, inputTokens, classes = {}, warnings = [] } = signals
  const rate = objective.lambda > 0 ? `; a point of quality is worth ${dollars(0.01 / objective.lambda)}` : ''
  return [
    `${chosen ?? 'no model'}: ${because}`,
    `Policy ${decision.policy} (${decision.strategy}), ${objective.statedAs}${rate}.`,
    `Task ${taskType}, complexity ${complexity.toFixed(2)}, subject ${subject.name} (${percent(subject.probability, 0)}), language ${language}, about ${inputTokens} tokens.`,
    ...Object.entries(classes).map(
      ([name, probabilities]) => `Classifier ${name}: ${likeliest(probabilities)}.`,
    ),
    ...warnings.map((warning) => `Decided without the ${warning}`),
    '',
    candidateTable(candidates, decision),
    ...(refused.length === 0
      ? []
      : [
          '',
          'Refused',
          table(
            [{ title: 'model' }, { title: 'why' }],
            refused.map(({ id, reason }) => [id, reason]),
          ),
        ]),
  ].join('\n')
}

const labelsShown = 3

const likeliest = (probabilities: LabelProbabilities): string =>
  Object.entries(probabilities)
    .sort(([, a], [, b]) => b - a)
    .slice(0, labelsShown)
    .map(([label, probability]) => `${label} ${percent(probability, 0)}`)
    .join(', ')

/** By value, as `utility` orders them: the first line is its choice. */
function candidateTable(candidates: readonly CandidateRecord[], { chosen, objective }: Decision): string {
  const value = ({ quality, cost }: CandidateRecord) =>
    quality.mean -
    (objective.lambda === 0
      ? 0
      : objective.lambda * (cost.kind === 'known' ? cost.usd.mean : Number.POSITIVE_INFINITY))
  return table(
    [
      { title: '' },
      { title: 'model' },
      { title: 'quality', align: 'right' },
      { title: 'cost', align: 'right' },
      { title: 'latency', align: 'right' },
      { title: 'value', align: 'right' },
    ],
    [...candidates]
      .sort((a, b) => value(b) - value(a))
      .map((candidate) => [
        candidate.id === chosen ? '->' : '',
        candidate.id,
        `${candidate.quality.mean.toFixed(3)} ± ${candidate.quality.deviation.toFixed(3)}`,
        candidate.cost.kind === 'known' ? dollars(candidate.cost.usd.mean) : 'unknown',
        `${(candidate.latencyMs.mean / 1000).toFixed(1)} s`,
        value(candidate).toFixed(3),
      ]),
  )
}
