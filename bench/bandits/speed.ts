import type { Candidate } from '../../src/domain/candidate.ts'
import { addTo, type Learnt, type Lesson, type Sums } from '../../src/domain/learner.ts'
import { modelId } from '../../src/domain/model.ts'
import type { NonEmpty } from '../../src/domain/non-empty.ts'
import { seededDraw } from '../../src/domain/random.ts'
import type { Turn } from '../../src/domain/strategy.ts'
import { undescribed } from '../../src/estimate/quality/undescribed.ts'
import { knownWorld } from '../../src/learning/bandit/known-world.ts'
import type { Contender } from '../../src/learning/bandit/stream.ts'
import { aTurn } from '../../src/library/testing/builders.ts'
import { linUcbWith, msPerRequest, thompsonWith } from './contenders.ts'
import { tableOf } from './figures.ts'

const models = 46
const lessons = 2000
const turns = 2000

/** Microseconds of one choice over 46 candidates with features of the usual length; sums that stand, and one arm new at each choice. */
export function speedTable(): string {
  const draw = seededDraw('speed')
  const base = knownWorld({
    kinds: 6,
    models: 1,
    requests: turns,
    seed: 'speed',
    offline: { error: 0, claimedDeviation: 0.05 },
    changes: [],
  })
  const candidates = Array.from({ length: models }, (_, place): Candidate => {
    const usd = 0.0001 * 1.1 ** place
    return {
      ...base[0]!.candidates[0],
      id: modelId(`speed/m${place}`),
      model: undescribed(`speed/m${place}`),
      quality: { mean: 0.5 + 0.4 * draw(), deviation: 0.03 + 0.1 * draw() },
      cost: { kind: 'known', usd: { mean: usd, deviation: usd / 4 } },
    }
  }) as unknown as NonEmpty<Candidate>
  const asked = base.map(({ signals, vector }) =>
    aTurn({
      signals,
      vector,
      candidates,
      exploration: { limitUsd: 1000, spentUsd: 0, elapsedShare: 0.5 },
    }),
  )
  const contenders: readonly (readonly [string, Contender])[] = [
    ['`linucb`, tries nothing', linUcbWith({ halfLife: 10_000, tries: false })],
    ['`linucb`', linUcbWith({ halfLife: 10_000, tries: true })],
    ['`thompson`', thompsonWith({ halfLife: 10_000, tries: true })],
  ]
  const rows = contenders.map(([name, contender]) => [
    name,
    ...[false, true].flatMap((fresh) => {
      const took = timed(contender, asked, fresh).sort((a, b) => a - b)
      return [0.5, 0.99].map((share) => `${took[Math.floor(share * took.length)]!.toFixed(0)} µs`)
    }),
  ])
  return tableOf(
    ['46 candidates', 'sums that stand: median', 'p99', 'one arm new at each choice: median', 'p99'],
    rows,
  )
}

function timed({ choose, learner }: Contender, asked: readonly Turn[], fresh: boolean): number[] {
  let sums: Sums = new Map()
  for (let lesson = 0; lesson < lessons; lesson++)
    sums = addTo(sums, learner!.learn(lessonOn(learner!.features(asked[lesson]!), lesson))!)
  const atMs = lessons * msPerRequest
  return asked.map((turn, place) => {
    if (fresh) sums = addTo(sums, learner!.learn(lessonOn(learner!.features(turn), lessons + place))!)
    const learnt: Learnt = { learner: learner!.id, sums, atMs }
    const began = performance.now()
    choose({ ...turn, learnt }).next()
    return (performance.now() - began) * 1000
  })
}

const lessonOn = (features: Float64Array, place: number): Lesson => ({
  model: modelId(`speed/m${place % models}`),
  features,
  quality: place % 3 === 0 ? 0 : 1,
  expectedQuality: 0.7,
  usd: null,
  expectedUsd: null,
  propensity: 1,
  atMs: place * msPerRequest,
  weight: 1,
})
