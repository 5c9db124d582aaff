import { type Draw, normal, seededDraw } from '../../src/domain/random.ts'
import {
  addToSession,
  type ArmSums,
  moveSession,
  noArmSums,
  type SessionSums,
} from '../../src/statistics/arm-sums.ts'
import { defaultReading, readExperiment, type Stage } from '../../src/statistics/experiment-reading.ts'
import { sampleRatio } from '../../src/statistics/sample-ratio.ts'
import { beginArm, trackAndStop, updateArm } from '../../src/statistics/track-and-stop.ts'
import { verdicts } from '../../src/statistics/verdict.ts'
import { type CoverageCase, watch } from './case.ts'

/** Sessions of one to eight decisions that share a mood; costs are skewed; half of the decisions are graded. */
type World = {
  readonly name: string
  readonly arms: readonly string[]
  readonly quality: number
  readonly lift: number
  /** Deviation of the log of a decision's cost. */
  readonly costDeviation: number
  /** Cost of a treatment's decision over that of the control's. */
  readonly costRatio: number
}

const days = 20
const sessionsADay = 150

function* experiment(world: World, seed: string): Generator<readonly Stage[]> {
  const draw = seededDraw(`${world.name} ${seed}`)
  const stages: { shares: Record<string, number>; arms: Record<string, ArmSums> }[] = []
  for (let day = 0; day < days; day++) {
    // A ramp: a tenth of the sessions at first, then half.
    if (day === 0) stages.push(stageOf(world.arms, 0.1))
    if (day === 5) stages.push(stageOf(world.arms, 0.5))
    const stage = stages.at(-1)!
    for (let session = 0; session < sessionsADay; session++) {
      const arm = drawArm(stage.shares, draw)
      stage.arms[arm] = moveSession(stage.arms[arm]!, null, aSession(world, arm !== 'control', day, draw))
    }
    yield stages
  }
}

function stageOf(arms: readonly string[], treated: number) {
  const each = treated / (arms.length - 1)
  return {
    shares: Object.fromEntries(arms.map((arm) => [arm, arm === 'control' ? 1 - treated : each])),
    arms: Object.fromEntries(arms.map((arm) => [arm, noArmSums])),
  }
}

function drawArm(shares: Readonly<Record<string, number>>, draw: Draw): string {
  let mark = draw()
  for (const [arm, share] of Object.entries(shares)) {
    mark -= share
    if (mark < 0) return arm
  }
  return 'control'
}

function aSession(world: World, treated: boolean, day: number, draw: Draw): SessionSums {
  let session: SessionSums = {}
  const mood = draw()
  const decisions = 1 + Math.floor(8 * draw() ** 2)
  for (let decision = 0; decision < decisions; decision++) {
    const difficulty = (mood + draw()) / 2
    const base = clamp(world.quality + 0.3 * (0.5 - difficulty) - (day >= 5 ? 0.05 : 0))
    const quality = clamp(base + (treated ? world.lift : 0))
    const usd = 0.001 * Math.exp(world.costDeviation * normal(draw)) * (treated ? world.costRatio : 1)
    session = addToSession(session, 'usd', usd, difficulty)
    if (draw() < 0.5) session = addToSession(session, 'quality', draw() < quality ? 1 : 0, difficulty)
  }
  return session
}

const clamp = (share: number): number => Math.min(1, Math.max(0, share))

const options = { ...defaultReading, control: 'control' }

const truthOf = (world: World, metric: 'quality' | 'usd'): number =>
  metric === 'quality' ? world.lift : 0.001 * Math.exp(world.costDeviation ** 2 / 2) * (world.costRatio - 1)

const interval = (world: World, metric: 'quality' | 'usd'): CoverageCase => ({
  group: 'experiments',
  method: `difference in ${metric}, sessions, ramp, CUPED`,
  outcomes: world.name,
  size: `${days} days`,
  looks: 'daily',
  run: (seed) => {
    function* readings() {
      for (const stages of experiment(world, seed)) {
        const { reading } = readExperiment(stages, options).arms[0]!.differences[metric]
        yield reading.kind === 'interval' ? reading : null
      }
    }
    return watch(readings(), truthOf(world, metric))
  },
})

/** Stops at the first verdict that would end it. */
const falseStop = (world: World): CoverageCase => ({
  group: 'experiments',
  method: `A/A, ${world.arms.length} arms: no verdict`,
  outcomes: world.name,
  size: `${days} days`,
  looks: 'daily',
  run: (seed) => {
    for (const stages of experiment(world, seed)) {
      const found = verdicts(readExperiment(stages, options), { qualityMargin: 0 })
      if (found.some(({ kind }) => kind !== 'undecided')) return 'missed'
    }
    return 'covered'
  },
})

const ratioCheck: CoverageCase = {
  group: 'experiments',
  method: 'sample ratio as intended: never blocked',
  outcomes: 'three arms',
  size: '3,000',
  looks: 'every value',
  run: (seed) => {
    const draw = seededDraw(`ratio ${seed}`)
    const arms = [
      { units: 0, share: 0.8 },
      { units: 0, share: 0.15 },
      { units: 0, share: 0.05 },
    ]
    for (let unit = 0; unit < 3_000; unit++) {
      const mark = draw()
      arms[mark < 0.8 ? 0 : mark < 0.95 ? 1 : 2]!.units++
      if (sampleRatio([arms]).watchedPValue < 0.05) return 'missed'
    }
    return 'covered'
  },
}

const bestArm = (means: readonly number[]): CoverageCase => ({
  group: 'experiments',
  method: 'track-and-stop: the winner is the best',
  outcomes: `yes or no, ${means.join(', ')}`,
  size: '10,000 at most',
  looks: 'every value',
  run: (seed) => {
    const draw = seededDraw(`track ${means.join()} ${seed}`)
    const arms = means.map((_, place) => beginArm(String(place)))
    const pull = (place: number) => {
      arms[place] = updateArm(arms[place]!, draw() < means[place]! ? 1 : 0)
    }
    for (;;) {
      const found = trackAndStop(arms)
      if (found.kind === 'winner')
        return !found.certain
          ? 'withheld'
          : means[Number(found.arm)] === Math.max(...means)
            ? 'covered'
            : 'missed'
      if (found.kind === 'nursery') pull(Number(found.next))
      // A batch between two updates, as a schedule has it.
      else for (let one = 0; one < 50; one++) pull(Number(drawArm(found.shares, draw)) || 0)
    }
  },
})

const plain: World = {
  name: 'quality 0.8, costs lognormal 0.7',
  arms: ['control', 'treatment'],
  quality: 0.8,
  lift: 0,
  costDeviation: 0.7,
  costRatio: 1,
}

export const experimentCases: readonly CoverageCase[] = [
  interval(plain, 'quality'),
  interval(plain, 'usd'),
  interval({ ...plain, name: 'quality 0.6, lift 0.05', quality: 0.6, lift: 0.05 }, 'quality'),
  interval(
    { ...plain, name: 'costs lognormal 1.5, half as dear', costDeviation: 1.5, costRatio: 0.5 },
    'usd',
  ),
  interval({ ...plain, name: 'costs lognormal 0.7, half as dear', costRatio: 0.5 }, 'usd'),
  falseStop(plain),
  falseStop({ ...plain, name: 'costs lognormal 1.5', costDeviation: 1.5 }),
  falseStop({ ...plain, arms: ['control', 'b', 'c', 'd'] }),
  ratioCheck,
  bestArm([0.8, 0.7]),
  bestArm([0.95, 0.85, 0.8]),
  bestArm([0.8, 0.7, 0.6, 0.5]),
]
