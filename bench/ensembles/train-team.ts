/** Heads of the strategy `team`, trained on teams that were put together by lot and worked on generated tasks. */

import { answerText } from '../../src/domain/answer.ts'
import { seededDraw } from '../../src/domain/random.ts'
import { callCost } from '../../src/estimate/cost.ts'
import type { Decider } from '../../src/gateway/decider.ts'
import type { Respond } from '../../src/engine/drive.ts'
import { exploreTeam, softened } from '../../src/learning/training/team-heads/explore.ts'
import {
  fitTeamHeads,
  teamFit,
  type TeamOutcome,
} from '../../src/learning/training/team-heads/fit-team-heads.ts'
import { simulateAnswer } from '../../src/providers/simulated/answer.ts'
import { requestFor } from '../../src/providers/simulated/sample.ts'
import { checkAnswer, generateTasks } from '../../src/providers/simulated/tasks/index.ts'
import { type TeamHeads, untrainedHeads } from '../../src/strategies/team/heads.ts'
import type { ClientRequest } from '../../src/wire/wire-format.ts'

export type TeamTraining = {
  readonly tasks: number
  /** Teams that are put together for each task. */
  readonly teams: number
  readonly seed: string
  readonly lambda: number
}

/** `asked` makes of a request what the policy that is trained for would be asked. */
export function trainedTeamHeads(
  decider: Decider,
  asked: (request: ReturnType<typeof requestFor>) => ClientRequest,
  { tasks, teams, seed, lambda }: TeamTraining,
): TeamHeads {
  const draw = seededDraw(`teams ${seed}`)
  const outcomes = generateTasks(seed, tasks).flatMap((task, index) => {
    const consideration = decider.consider(asked(requestFor(task)))
    if (consideration.kind === 'failed') throw new Error(consideration.failure.message)
    const { turn } = consideration.considered
    return Array.from({ length: teams }, (): TeamOutcome[] => {
      const outcome = exploreTeam(turn, `${index}`, draw, {
        respond: respondAs(seed),
        score: (answer) => (checkAnswer(task, answerText(answer)) ? 1 : 0),
        rules: { rounds: 1, contributionChars: 3000 },
        most: 4,
        heads: softened(untrainedHeads, 0.5),
      })
      return outcome ? [outcome] : []
    }).flat()
  })
  return rounded(fitTeamHeads(outcomes, teamFit(lambda)))
}

const respondAs =
  (seed: string): Respond =>
  (candidate, request) => {
    const { answer, latency } = simulateAnswer(candidate.model, request, seed)
    const { inputTokens, outputTokens } = answer.usage
    const cost = callCost(candidate.model, inputTokens, { mean: outputTokens, deviation: 0 })
    const usd = cost.kind === 'known' ? cost.usd.mean : null
    return { kind: 'answered', candidate, answer, usd, latencyMs: latency.totalMs }
  }

/** As one would write them in a configuration. */
function rounded(heads: TeamHeads): TeamHeads {
  return JSON.parse(
    JSON.stringify(heads, (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toFixed(3)) : value,
    ),
  ) as TeamHeads
}
