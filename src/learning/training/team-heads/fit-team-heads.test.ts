import { describe, expect, test } from 'vitest'
import { aCandidate, aModel, aSignals, aTurn } from '../../../../test/support/builders.ts'
import { answerText } from '../../../domain/answer.ts'
import { seededDraw } from '../../../domain/random.ts'
import type { CallResult, Turn } from '../../../domain/strategy.ts'
import type { Candidate } from '../../../domain/candidate.ts'
import type { Request } from '../../../domain/request.ts'
import { simulate } from '../../../engine/simulate.ts'
import { simulateAnswer } from '../../../providers/simulated/answer.ts'
import { requestFor } from '../../../providers/simulated/sample.ts'
import { checkAnswer, generateTasks } from '../../../providers/simulated/tasks/index.ts'
import type { Task } from '../../../providers/simulated/tasks/task.ts'
import { type TeamHeads, untrainedHeads } from '../../../strategies/team/heads.ts'
import { noAids } from '../../../strategies/strategy.ts'
import { team } from '../../../strategies/team.ts'
import { exploreTeam, softened } from './explore.ts'
import { fitTeamHeads, teamFit, type TeamOutcome } from './fit-team-heads.ts'

const models = [
  { id: 'simulated/nano', quality: 0.58, usd: 0.00004, usdPerMillion: { input: 0.1, output: 0.4 } },
  { id: 'simulated/mid', quality: 0.78, usd: 0.0002, usdPerMillion: { input: 0.5, output: 2 } },
  { id: 'simulated/frontier', quality: 0.94, usd: 0.0014, usdPerMillion: { input: 3, output: 15 } },
].map(({ id, quality, usd, usdPerMillion }) =>
  aCandidate({ model: aModel({ id, usdPerMillion }), quality, usd }),
)

const lambda = 400

const turnFor = (task: Task): Turn =>
  aTurn({
    request: requestFor(task),
    candidates: models,
    signals: aSignals({ taskType: 'math', complexity: task.level / 5 - 0.1 }),
    objective: { lambda, mu: 0, maxCostUsd: null, statedAs: 'a test' },
  })

function respond(candidate: Candidate, request: Request): CallResult {
  const { answer } = simulateAnswer(candidate.model, request, 'teams')
  const { input, output } = candidate.model.prices
  const usd = (answer.usage.inputTokens * Number(input) + answer.usage.outputTokens * Number(output)) / 1e6
  return { kind: 'answered', candidate, answer, usd, latencyMs: 1 }
}

function explored(tasks: readonly Task[], teams: number): readonly TeamOutcome[] {
  const draw = seededDraw('explore')
  return tasks.flatMap((task, index) =>
    Array.from({ length: teams }, () =>
      exploreTeam(turnFor(task), `${index}`, draw, {
        respond,
        score: (answer) => (checkAnswer(task, answerText(answer)) ? 1 : 0),
        rules: { rounds: 1, contributionChars: 3000 },
        most: 3,
        heads: softened(untrainedHeads, 0.5),
      }),
    ).filter((outcome): outcome is TeamOutcome => outcome !== null),
  )
}

function utility(heads: TeamHeads, tasks: readonly Task[]): number {
  const options = team.options.parse({ most: 3 })
  const total = tasks.reduce((sum, task) => {
    const turn = turnFor(task)
    const { final, usd } = simulate(
      (one) => team.choose(one, options, { ...noAids, prepared: heads }),
      turn,
      respond,
    )
    const right = final?.kind === 'answered' && checkAnswer(task, answerText(final.answer))
    return sum + (right ? 1 : 0) - lambda * usd!
  }, 0)
  return total / tasks.length
}

describe('heads trained on teams that were put together by lot', () => {
  test('bring more utility on tasks that they have not seen than untrained ones', () => {
    const heads = fitTeamHeads(explored(generateTasks('to learn', 135), 6), teamFit(lambda))
    const others = generateTasks('to show', 180)
    expect(utility(heads, others)).toBeGreaterThan(utility(untrainedHeads, others) + 0.02)
  })
})

const decision = (probability: number): TeamOutcome['decisions'][number] => ({
  head: 'modes',
  alternatives: [
    { keys: ['single'], features: {} },
    { keys: ['debate'], features: {} },
  ],
  chosen: 0,
  probability,
})

test('dollars count: of two that are equally right the cheaper becomes likelier', () => {
  const outcomes = Array.from({ length: 40 }, (_, index): TeamOutcome[] => [
    { decisions: [decision(0.5)], score: 1, usd: 0.001, group: `${index}` },
    { decisions: [{ ...decision(0.5), chosen: 1 }], score: 1, usd: 0.01, group: `${index}` },
  ]).flat()
  const { modes } = fitTeamHeads(outcomes, teamFit(10))
  expect(modes.single!.bias).toBeGreaterThan(untrainedHeads.modes.single!.bias)
  expect(modes.debate!.bias).toBeLessThan(untrainedHeads.modes.debate!.bias)
})

test('an outcome alone in its group says nothing', () => {
  const outcomes = [{ decisions: [decision(0.5)], score: 1, usd: 0, group: 'a' }]
  expect(fitTeamHeads(outcomes, teamFit(1)).modes).toEqual(untrainedHeads.modes)
})

test.each([
  [{ score: 1.2 }, 'the score 1.2'],
  [{ usd: Number.NaN }, 'NaN dollars'],
  [{ decisions: [decision(0)] }, 'probability'],
])('an outcome with %j is refused by its number', (changes, said) => {
  const outcome = { decisions: [decision(0.5)], score: 1, usd: 0, group: 'a', ...changes }
  expect(() => fitTeamHeads([outcome], teamFit(1))).toThrow(new RegExp(`outcome 1 .*${said}`))
})
