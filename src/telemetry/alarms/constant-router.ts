import type { Decision } from '../../domain/decision.ts'
import { type AnyAlarmRule, between, defineAlarm, good, percent } from './alarm.ts'
import type { ShareLimits } from './share-rule.ts'

type State = {
  readonly count: number
  readonly byModel: Readonly<Record<string, number>>
}

/** Estimates that differ by less say nothing: points of quality, and a share of the dearer one's cost. */
const leastDifference = { quality: 0.02, cost: 0.1 }

/**
 * One model gets nearly every request though several were lawful and the router sees a difference between them. Such a router
 * costs its own time and saves nothing.
 */
export const constantRouter = (
  { window, raiseAbove, clearBelow }: ShareLimits,
  routes: (policy: string) => boolean,
): AnyAlarmRule =>
  defineAlarm<State>({
    name: 'constant-router',
    subjectOf: (event) =>
      event.kind === 'decided' && routes(event.decision.policy) && hadAChoice(event.decision)
        ? event.decision.policy
        : null,
    start: { count: 0, byModel: {} },
    step: ({ count, byModel }, event) => {
      if (event.kind !== 'decided' || event.decision.chosen === null) return { count, byModel }
      const { chosen } = event.decision
      return { count: count + 1, byModel: { ...byModel, [chosen]: (byModel[chosen] ?? 0) + 1 } }
    },
    judge: ({ count, byModel }, subject) => {
      if (count < window) return null
      const [model, most] = Object.entries(byModel).reduce((one, two) => (two[1] > one[1] ? two : one))
      const share = most / count
      if (share > raiseAbove)
        return {
          level: 'bad',
          message: `${subject}: ${model} got ${percent(share)} of the last ${count} requests, though others were lawful and expected to differ. Ask for more quality or for less (\`quality\`, \`willingnessToPay\`), or name the model directly and save the routing.`,
          numbers: { share, requests: count, limit: raiseAbove },
        }
      return share < clearBelow ? good : between
    },
    restarts: true,
  })

function hadAChoice({ candidates, chosen }: Decision): boolean {
  if (chosen === null || candidates.length < 2) return false
  let [lowQuality, highQuality] = [1, 0]
  let [lowUsd, highUsd] = [Number.POSITIVE_INFINITY, 0]
  for (const { quality, cost } of candidates) {
    lowQuality = Math.min(lowQuality, quality.mean)
    highQuality = Math.max(highQuality, quality.mean)
    if (cost.kind === 'unknown') continue
    lowUsd = Math.min(lowUsd, cost.usd.mean)
    highUsd = Math.max(highUsd, cost.usd.mean)
  }
  return (
    highQuality - lowQuality >= leastDifference.quality &&
    highUsd > 0 &&
    (highUsd - lowUsd) / highUsd >= leastDifference.cost
  )
}
