/** Strategies that learn in worlds whose truth is known: regret, what the prior is worth, changes, and the limit on trying. */

import type { Objective } from '../../src/domain/objective.ts'
import {
  type Change,
  type KnownItem,
  type KnownWorld,
  knownWorld,
  knowsNothing,
  regrets,
} from '../../src/learning/bandit/known-world.ts'
import { type Contender, runStream, type StreamChoice } from '../../src/learning/bandit/stream.ts'
import { linUcbWith, msPerRequest, thompsonWith, utilityContender } from './contenders.ts'
import { plusMinus, percent, spreadOf, tableOf } from './figures.ts'

const lambda = 8
export const objective = (rate: number): Objective => ({
  lambda: rate,
  mu: 0,
  maxCostUsd: null,
  statedAs: `lambda ${rate}`,
})

const offline = { error: 0.1, claimedDeviation: 0.1 }
const plain: Omit<KnownWorld, 'seed' | 'requests'> = { kinds: 6, models: 6, offline, changes: [] }

type Run = { readonly regret: Float64Array; readonly choices: readonly StreamChoice[] }

function runIn(items: readonly KnownItem[], contender: Contender, seed: string, exploreUsd: number): Run {
  const choices = runStream(items, contender, {
    objective: objective(lambda),
    seed,
    budgetUsd: null,
    exploreUsd,
    feedbackAfter: 0,
    msPerRequest,
  })
  return {
    regret: regrets(
      items,
      choices.map(({ model }) => model),
      lambda,
    ),
    choices,
  }
}

const unlimited = 1e9

export type Line = {
  readonly name: string
  /** Cumulative regret at each of `at`: mean, and half of its 95 % interval. */
  readonly dots: readonly { readonly at: number; readonly mean: number; readonly halfWidth: number }[]
  /** By seed, at each of `at`. */
  readonly bySeed: readonly (readonly number[])[]
}

type Named = {
  readonly name: string
  readonly contender: () => Contender
  readonly world: Partial<KnownWorld>
}

/** Nothing is spread evenly here: the theory of both has no floor. `optimism: 2` and `width: 1` are what it asks for, not the defaults. */
const learning = (written: object) => ({ halfLife: null, tries: true, written: { floor: 0, ...written } })
const learners: readonly Named[] = [
  { name: 'utility: does not learn', contender: utilityContender, world: {} },
  {
    name: 'linucb, no prior',
    contender: () => linUcbWith(learning({ optimism: 2 })),
    world: { offline: knowsNothing },
  },
  { name: 'linucb', contender: () => linUcbWith(learning({ optimism: 2 })), world: {} },
  { name: 'thompson', contender: () => thompsonWith(learning({ width: 1 })), world: {} },
  { name: 'linucb, defaults', contender: () => linUcbWith({ halfLife: null, tries: true }), world: {} },
  { name: 'thompson, defaults', contender: () => thompsonWith({ halfLife: null, tries: true }), world: {} },
]

export function regretLines(requests: number, seeds: number): readonly Line[] {
  const at = Array.from({ length: 40 }, (_, place) => Math.round((requests * (place + 1)) / 40))
  for (const early of [50, 100]) if (!at.includes(early)) at.unshift(early)
  at.sort((a, b) => a - b)
  return learners.map(({ name, contender, world }) => {
    const bySeed = Array.from({ length: seeds }, (_, seed) => {
      const items = knownWorld({ ...plain, requests, seed: `${seed}`, ...world })
      const { regret } = runIn(items, contender(), `${seed}`, unlimited)
      return cumulative(regret, at)
    })
    const dots = at.map((place, column) => ({ at: place, ...spreadOf(bySeed.map((row) => row[column]!)) }))
    console.error(`  ${name}: ${plusMinus(dots.at(-1)!, 1)} after ${requests}`)
    return { name, dots, bySeed }
  })
}

function cumulative(regret: Float64Array, at: readonly number[]): number[] {
  const sums: number[] = []
  let sum = 0
  regret.forEach((lost, place) => {
    sum += lost
    if (at.includes(place + 1)) sums.push(sum)
  })
  return sums
}

/** Regret grows as a power of the number of requests: 1 where nothing is learnt, 1/2 in the worst case of theory, less where gaps are clear. */
export function regretTable(lines: readonly Line[]): string {
  const rows = lines.map(({ name, dots, bySeed }) => {
    const last = dots.length - 1
    const half = dots.findIndex(({ at }) => at >= dots[last]!.at / 4)
    const power = spreadOf(
      bySeed.map((row) => Math.log(row[last]! / row[half]!) / Math.log(dots[last]!.at / dots[half]!.at)),
    )
    const by = (request: number) => dots.find(({ at }) => at >= request)!
    return [
      name,
      ...[by(100), by(dots[last]!.at / 4), dots[last]!].map((dot) => plusMinus(dot, 1)),
      plusMinus(power, 2),
    ]
  })
  const ends = lines[0]!.dots
  const last = ends.at(-1)!.at
  return tableOf(
    ['', ...[100, last / 4, last].map((at) => `regret after ${at}`), `power of growth from ${last / 4} on`],
    rows,
  )
}

/** What the prior saves of regret in the first requests, by the same seeds. */
export function priorTable(lines: readonly Line[]): string {
  const [without, withPrior] = ['linucb, no prior', 'linucb'].map(
    (name) => lines.find((line) => line.name === name)!,
  )
  const rows = withPrior!.dots.flatMap(({ at }, column) => {
    if (![50, 100, 200, 500, 1000, 2000].includes(at)) return []
    const ratio = spreadOf(
      withPrior!.bySeed.map((row, seed) => row[column]! / without!.bySeed[seed]![column]!),
    )
    return [
      [
        String(at),
        plusMinus(withPrior!.dots[column]!, 1),
        plusMinus(without!.dots[column]!, 1),
        plusMinus(ratio, 2),
      ],
    ]
  })
  return tableOf(['requests', 'regret with the prior', 'without', 'ratio, by seed'], rows)
}

const from = 2000
export const changes: readonly { readonly name: string; readonly changes: readonly Change[] }[] = [
  { name: 'a price falls to a tenth', changes: [{ kind: 'price', from, model: 3, factor: 0.1 }] },
  { name: 'a price is five times as high', changes: [{ kind: 'price', from, model: 2, factor: 5 }] },
  {
    name: 'the second dearest model gets worse by 30 points',
    changes: [{ kind: 'quality', from, model: 4, loss: 0.3 }],
  },
  {
    name: 'a middling model gets worse by 30 points',
    changes: [{ kind: 'quality', from, model: 3, loss: 0.3 }],
  },
  {
    name: 'a new model, placed by its descriptors (off by 15 points)',
    changes: [{ kind: 'arrival', from, model: 3, offline: { error: 0.15, claimedDeviation: 0.15 } }],
  },
]

const window = 200
export const changeHalfLife = 1000

/**
 * A change is absorbed when the regret, averaged over the seeds and over the next `window` requests, is back within a quarter of
 * the way between what it was before the change and what it stays at for one that does not learn.
 */
export function changesTable(seeds: number, wanted = changes): string {
  const requests = from + 2000
  const rows = wanted.map(({ name, changes: changed }) => {
    const meanRegret = (contender: () => Contender) => {
      const mean = new Float64Array(requests)
      for (let seed = 0; seed < seeds; seed++) {
        const items = knownWorld({ ...plain, requests, seed: `${seed}`, changes: changed })
        const { regret } = runIn(items, contender(), `${seed}`, unlimited)
        regret.forEach((lost, place) => {
          mean[place]! += lost / seeds
        })
      }
      return mean
    }
    const unlearning = meanRegret(utilityContender)
    const learners = [
      meanRegret(() => linUcbWith({ halfLife: changeHalfLife, tries: true })),
      meanRegret(() => thompsonWith({ halfLife: changeHalfLife, tries: true })),
    ]
    console.error(`  ${name}`)
    const cells = learners.flatMap((regret) => {
      const before = meanOf(regret, from - 1000, from)
      const stays = meanOf(unlearning, from, requests)
      const allowed = before + Math.max(0, stays - before) / 4
      return [
        absorbedAfter(regret, allowed),
        `${perThousand(before)} → ${perThousand(meanOf(regret, from, from + 100))} → ${perThousand(meanOf(regret, requests - 1000, requests))}`,
      ]
    })
    return [name, perThousand(meanOf(unlearning, from, requests)), ...cells]
  })
  return tableOf(
    [
      'at request 2,000',
      'utility stays at',
      'linucb: absorbed after',
      'before → first 100 → last 1,000',
      'thompson: absorbed after',
      'before → first 100 → last 1,000',
    ],
    rows,
  )
}

const meanOf = (values: Float64Array, begin: number, end: number): number =>
  values.subarray(begin, end).reduce((sum, value) => sum + value, 0) / (end - begin)

const perThousand = (regret: number): string => (1000 * regret).toFixed(0)

function absorbedAfter(regret: Float64Array, allowed: number): string {
  for (let after = 0; from + after + window <= regret.length; after += 50)
    if (meanOf(regret, from + after, from + after + window) <= allowed)
      return after === 0 ? 'at once' : `${after}`
  return 'not within 2,000'
}

/** Dollars spent on trying under a limit, and what the limit costs in regret. */
export function limitTable(requests: number, seeds: number): string {
  const limits = [0, 0.05, 0.2, 1, unlimited]
  const rows = limits.map((limit) => {
    const runs = Array.from({ length: seeds }, (_, seed) =>
      runIn(
        knownWorld({ ...plain, requests, seed: `${seed}` }),
        linUcbWith({ halfLife: changeHalfLife, tries: true }),
        `${seed}`,
        limit,
      ),
    )
    const spent = runs.map(({ choices }) => choices.reduce((sum, { exploredUsd }) => sum + exploredUsd, 0))
    const tried = spreadOf(
      runs.map(({ choices }) => choices.filter((choice) => choice.tried).length / requests),
    )
    const regret = spreadOf(runs.map((run) => run.regret.reduce((sum, lost) => sum + lost, 0)))
    return [
      limit === unlimited ? 'none' : `$${limit}`,
      `$${Math.max(...spent).toFixed(4)}`,
      percent(tried.mean),
      plusMinus(regret, 1),
    ]
  })
  return tableOf(
    ['limit', 'most that any seed spent', 'requests on which a model was tried', `regret after ${requests}`],
    rows,
  )
}
