import type { Attempt } from '../domain/attempt.ts'
import type { Decision, DecisionId, Outcome } from '../domain/decision.ts'
import type { Feedback } from '../domain/feedback.ts'
import { usdOf } from '../domain/money.ts'
import { wholeStory } from '../gateway/admin/decisions.ts'
import { type CliCommand, UserError } from './command.ts'
import { type StoreFlags, storeOf } from './open-store.ts'
import { describeDecision } from './route.ts'
import { dollars, table } from './table.ts'

type ExplainFlags = StoreFlags & { readonly json?: boolean }

export const explainCommand: CliCommand = (program) => {
  program
    .command('explain')
    .description('the whole story of a request: why it went where, what was tried, what it cost')
    .argument('<id>', 'of the decision, as the header x-fairlead-decision has it')
    .option('-c, --config <file>', 'configuration file')
    .option('--db <path>', 'the SQLite file, where it is not the configuration’s')
    .option('--json', 'print JSON')
    .action(async (id: string, flags: ExplainFlags) => {
      const story = await readStory(id, flags)
      console.log(flags.json ? JSON.stringify(story, null, 2) : storyText(story))
    })
}

type Story = {
  readonly decision: Decision
  readonly outcome: Outcome | null
  readonly feedback: readonly Feedback[]
}

async function readStory(id: string, flags: ExplainFlags): Promise<Story> {
  const { store } = await storeOf(flags)
  try {
    const found = await store.decision(id as DecisionId)
    if (found === null)
      throw new UserError(
        `There is no decision ${id}. The header x-fairlead-decision of a reply has its id; \`fairlead report\` lists the last ones.`,
      )
    return await wholeStory({ store }, found)
  } finally {
    await store.close()
  }
}

export function storyText({ decision, outcome, feedback }: Story): string {
  return [
    `${decision.id}, ${decision.time}`,
    whoText(decision),
    `${decision.askedModel} was asked for: policy ${decision.policy} (${decision.strategy}, version ${decision.policyVersion}), propensity ${decision.propensity}`,
    '',
    describeDecision(decision),
    triedText(decision),
    '',
    ...outcomeLines(outcome),
    ...(feedback.length > 0 ? ['', 'Feedback', ...feedback.map(feedbackLine)] : []),
  ]
    .filter((line) => line !== null)
    .join('\n')
}

function triedText({ trace: { end } }: Decision): string | null {
  if (end.kind !== 'forward' || !end.explores) return null
  const { usd, worth } = end.explores
  return `Tried to learn of it: by its own beliefs it gave up ${dollars(usd)} and ${worth.toFixed(3)} good answers`
}

function whoText({ caller, cache, experiment }: Decision): string | null {
  const said = [
    caller?.key ? `key ${caller.key}` : null,
    caller?.team ? `team ${caller.team}` : null,
    caller?.project ? `project ${caller.project}` : null,
    caller?.user ? `user ${caller.user}` : null,
    caller?.session ? `session ${caller.session}` : null,
    caller && caller.tags.length > 0 ? `tags ${caller.tags.join(', ')}` : null,
    cache ? `answered from the ${cache} cache` : null,
    experiment ? `experiment ${experiment.id}, arm ${experiment.arm}` : null,
  ].filter((one) => one !== null)
  return said.length === 0 ? null : `By ${said.join('; ')}`
}

function outcomeLines(outcome: Outcome | null): readonly string[] {
  if (outcome === null) return ['No outcome: it is under way, or its process died.']
  const { status, model, failure, cost, latencyMs, attempts } = outcome
  const by = model === null ? '' : ` by ${model}`
  const why = failure === null ? '' : ` (${failure})`
  const paid = cost === null ? 'at an unknown cost' : `for ${dollars(usdOf(cost))}`
  return [
    `${capitalised(status)}${by}${why} after ${milliseconds(latencyMs)}, ${paid}`,
    ...(attempts.length === 0 ? [] : [attemptTable(attempts)]),
  ]
}

const attemptTable = (attempts: readonly Attempt[]): string =>
  table(
    [
      { title: 'Attempt' },
      { title: 'Role' },
      { title: 'Begun', align: 'right' },
      { title: 'First content', align: 'right' },
      { title: 'Ended', align: 'right' },
      { title: 'Tokens in', align: 'right' },
      { title: 'cached', align: 'right' },
      { title: 'out', align: 'right' },
      { title: 'Cost', align: 'right' },
      { title: 'What came of it' },
    ],
    attempts.map((attempt) => [
      attempt.target,
      attempt.role ?? '-',
      milliseconds(attempt.startedAfterMs),
      attempt.firstContentAfterMs === null ? '-' : milliseconds(attempt.firstContentAfterMs),
      milliseconds(attempt.endedAfterMs),
      String(attempt.usage.inputTokens),
      String(attempt.usage.cachedReadTokens),
      `${attempt.usage.outputTokens}${attempt.usage.source === 'estimated' ? ' (estimated)' : ''}`,
      attempt.cost === null ? 'unknown' : dollars(usdOf(attempt.cost)),
      attemptText(attempt),
    ]),
  )

const attemptText = ({ outcome, lost = [], variant }: Attempt): string => {
  const worded = variant === undefined ? '' : `; worded by ${variant}`
  const left = `${worded}${lost.length === 0 ? '' : `; left out: ${lost.join(', ')}`}`
  return outcome.kind === 'answered'
    ? `answered (${outcome.finish})${left}`
    : `${outcome.failure}: ${outcome.message}${left}`
}

const feedbackLine = ({ at, source, metric, score, comment }: Feedback): string =>
  `  ${at} ${source}: ${metric} ${score ?? 'without a score'}${comment === null ? '' : `, ${JSON.stringify(comment)}`}`

const milliseconds = (duration: number): string => `${Math.round(duration)} ms`
const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
