/** A simulated log whose models' true qualities and costs are known, and policies whose values follow from them. */

import { type Draw, normal, seededDraw } from '../../src/domain/random.ts'
import type { LoggedRow, TargetPolicy } from '../../src/learning/off-policy/logged-row.ts'

export type World = {
  readonly name: string
  readonly qualities: readonly number[]
  readonly usd: readonly number[]
  /** Deviation of the log of a cost. */
  readonly costDeviation: number
  /** Deviation, in log-odds, of the estimates about the truth. */
  readonly estimateError: number
  /** What each model is tried with at least. */
  readonly floor: number
  /** Decisions of one session, which share a mood that shifts all qualities. */
  readonly sessionLength: number
  /** Chance of a grade, for good answers of the first model and for all else. */
  readonly feedback: { readonly first: number; readonly others: number }
}

export type Policy = (context: Context) => readonly number[]

export type Context = {
  readonly difficulty: number
  /** Estimated qualities. */
  readonly estimates: readonly number[]
  readonly truth: readonly number[]
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const logit = (p: number): number => Math.log(p / (1 - p))

function drawContext(world: World, mood: number, draw: Draw): Context {
  const difficulty = draw()
  const truth = world.qualities.map((quality, model) =>
    sigmoid(logit(quality) + (0.5 - difficulty) * (model === 0 ? 3 : 1) + mood),
  )
  return {
    difficulty,
    truth,
    estimates: truth.map((quality) => sigmoid(logit(quality) + world.estimateError * normal(draw))),
  }
}

/** Softmax of the estimates with a floor. */
const loggingChoice = (world: World, { estimates }: Context): readonly number[] => {
  const scores = estimates.map((quality) => Math.exp(4 * quality))
  const sum = scores.reduce((total, score) => total + score, 0)
  return scores.map((score) => world.floor + (1 - scores.length * world.floor) * (score / sum))
}

export type SimulatedLog = { readonly rows: readonly LoggedRow[]; readonly target: TargetPolicy }

export function simulateLog(world: World, policy: Policy, size: number, seed: string): SimulatedLog {
  const draw = seededDraw(`${world.name} ${seed}`)
  const rows: LoggedRow[] = []
  const choices: (readonly number[])[] = []
  for (let place = 0; place < size; place++) {
    const session = Math.floor(place / world.sessionLength)
    const context = drawContext(world, moodOf(world, `${seed} ${session}`), draw)
    const shares = loggingChoice(world, context)
    const chosen = drawIndex(shares, draw)
    const quality = draw() < context.truth[chosen]! ? 1 : 0
    const usd = world.usd[chosen]! * Math.exp(world.costDeviation * normal(draw))
    const feedback = chosen === 0 ? world.feedback.first : world.feedback.others
    const graded = draw() < feedback
    choices.push(policy(context))
    rows.push({
      id: String(place),
      unit: String(session),
      chosen,
      actions: context.estimates.map((estimate, model) => ({
        model: String(model),
        predicted: { quality: estimate, usd: world.usd[model]! },
        seen:
          model === chosen
            ? {
                propensity: shares[chosen]!,
                quality: graded ? quality : null,
                feedbackProbability: feedback,
                usd,
              }
            : null,
      })),
    })
  }
  return { rows, target: { name: 'target', choices } }
}

const moodOf = (world: World, seed: string): number =>
  world.sessionLength === 1 ? 0 : normal(seededDraw(`mood ${seed}`))

function drawIndex(shares: readonly number[], draw: Draw): number {
  let mark = draw()
  for (const [place, share] of shares.entries()) {
    mark -= share
    if (mark < 0) return place
  }
  return shares.length - 1
}

/** By running the policy on contexts of its own. */
export function truthOf(world: World, policy: Policy): { readonly quality: number; readonly usd: number } {
  const draw = seededDraw(`truth ${world.name}`)
  const runs = 400_000
  let quality = 0
  let usd = 0
  for (let run = 0; run < runs; run++) {
    const mood = world.sessionLength === 1 ? 0 : normal(draw)
    const context = drawContext(world, mood, draw)
    policy(context).forEach((share, model) => {
      quality += share * context.truth[model]!
      usd += share * world.usd[model]!
    })
  }
  return { quality: quality / runs, usd: (usd / runs) * Math.exp(world.costDeviation ** 2 / 2) }
}
