import type { CandidateRecord, Decision } from '../domain/decision.ts'
import type { LabelProbabilities } from '../domain/text-model.ts'
import { openDecider } from '../gateway/open-deciders.ts'
import { wireFormat } from '../wire/index.ts'
import { type CliCommand, UserError } from './command.ts'
import { stepLines } from './route-steps.ts'
import { resolvedConfig } from './session.ts'
import { dollars, percent, table } from './table.ts'

type RouteFlags = {
  readonly config?: string
  readonly policy: string
  readonly quality?: string
  readonly tier?: string
  readonly step?: string
  readonly user?: string
  readonly tag?: readonly string[]
  readonly header?: readonly string[]
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
    .option('--tier <name>', 'the tier that the client would name')
    .option('--step <name>', 'the step of an agent that the client would name')
    .option('--user <id>', 'the user that the client would name')
    .option('--tag <tags...>', 'tags of the request')
    .option('--header <name=value...>', 'headers of the request that policies may read')
    .option('--json', 'print the decision as JSON')
    .action(async (prompt: string, flags: RouteFlags) => {
      const decision = await route(prompt, flags)
      console.log(flags.json ? JSON.stringify(decision, null, 2) : describeDecision(decision))
    })
}

async function route(prompt: string, flags: RouteFlags): Promise<Decision> {
  const { config, policy, quality, tier, step, user, tag: tags } = flags
  const headers = headersOf(flags.header ?? [])
  const decider = await openDecider(await resolvedConfig(config ?? null))
  const body = {
    model: policy,
    messages: [{ role: 'user', content: prompt }],
    // What is not said is left out of the JSON.
    fairlead: { quality: quality === undefined ? undefined : Number(quality), tier, step, user, tags },
  }
  const decoded = wireFormat('openai-chat').decodeRequest(JSON.parse(JSON.stringify(body)))
  if (decoded.kind === 'failed') throw new UserError(decoded.failure.message)
  const asked = { ...decoded.value, options: { ...decoded.value.options, headers } }
  const text = (await decider.readText?.(asked)) ?? null
  const routed = decider.route(asked, text)
  await decider.close()
  if (routed.kind === 'failed') throw new UserError(routed.failure.message)
  return routed.decision
}

/** @throws UserError for one without a value */
function headersOf(written: readonly string[]): Readonly<Record<string, string>> {
  const pairs = written.map((text) => {
    const place = text.indexOf('=')
    if (place < 1) throw new UserError(`--header ${text} has no value. Write name=value.`)
    return [text.slice(0, place).trim().toLowerCase(), text.slice(place + 1).trim()] as const
  })
  return Object.fromEntries(pairs)
}

/** Why a decision was made: its signals, candidates, and those that were refused. */
export function describeDecision(decision: Decision): string {
  const { signals, chosen, because, objective, candidates, refused, trace } = decision
  const { taskType, complexity, subject, language, inputTokens, classes = {}, warnings = [] } = signals
  const rate = objective.lambda > 0 ? `; a point of quality is worth ${dollars(0.01 / objective.lambda)}` : ''
  return [
    headLine(chosen, because, trace.end.kind),
    ...stepLines(trace),
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

/** Whom a strategy chooses after it has consulted somebody nobody can say beforehand. */
const headLine = (chosen: string | null, because: string, end: Decision['trace']['end']['kind']): string =>
  `${chosen ?? (end === 'would-consult' ? 'not decided yet' : 'no model')}: ${because}`

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
