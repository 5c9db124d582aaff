import type { Interval } from './bootstrap.ts'
import type { CostRange } from './controls.ts'
import type { Point } from './cost-quality.ts'
import { sharesOf } from './curve.ts'

/** A router that decides nothing, whatever its quality looks like. */
export type ConstantWarning =
  /** At nearly all settings (nearly) every prompt gets the same model. */
  | { readonly kind: 'one-model'; readonly model: string; readonly share: number }
  /** It spreads the calls, but no better than chance would at the same cost. */
  | { readonly kind: 'no-better-than-random'; readonly difference: Interval }

const constantShare = 0.98
const constantSettings = 0.9

type Settings = {
  readonly choices: readonly Uint16Array[]
  readonly points: readonly Point[]
  readonly pool: readonly string[]
}

/** Looks at the settings strictly inside the useful range: its ends are single models by nature. */
export function constantWarning(
  { choices, points, pool }: Settings,
  range: CostRange,
  differenceToRandom: Interval,
): ConstantWarning | null {
  const margin = 0.02 * (range.to - range.from)
  const inside = choices.filter((_, setting) => {
    const { costUsd } = points[setting]!
    return costUsd > range.from + margin && costUsd < range.to - margin
  })
  const tops = (inside.length > 0 ? inside : choices).map((setting) => topOf(setting, pool))
  const constant = tops.filter(({ share }) => share > constantShare)
  if (constant.length >= constantSettings * tops.length) return { kind: 'one-model', ...constant[0]! }
  // Written so that an undefined interval warns too: what cannot be told from chance has not been shown to route.
  if (!(differenceToRandom.low > 0)) return { kind: 'no-better-than-random', difference: differenceToRandom }
  return null
}

/** For one setting: the model that gets the most calls, and warning only where that is nearly all. */
export function oneModelWarning(choices: Uint16Array, pool: readonly string[]): ConstantWarning | null {
  const top = topOf(choices, pool)
  return top.share > constantShare ? { kind: 'one-model', ...top } : null
}

function topOf(choices: Uint16Array, pool: readonly string[]): { model: string; share: number } {
  const shares = sharesOf(choices, pool.length)
  const share = Math.max(...shares)
  return { model: pool[shares.indexOf(share)]!, share }
}
