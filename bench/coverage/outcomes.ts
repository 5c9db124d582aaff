import { type Draw, normal } from '../../src/domain/random.ts'

/** What values may be like, with their true mean. */
export type OutcomeKind = {
  readonly name: string
  readonly mean: number
  readonly bounded: boolean
  readonly draw: (draw: Draw) => number
}

const bernoulli = (share: number): OutcomeKind => ({
  name: `yes or no, ${share}`,
  mean: share,
  bounded: true,
  draw: (draw) => (draw() < share ? 1 : 0),
})

const lognormal = (deviation: number): OutcomeKind => ({
  name: `lognormal, deviation ${deviation}`,
  mean: Math.exp(deviation ** 2 / 2),
  bounded: false,
  draw: (draw) => Math.exp(deviation * normal(draw)),
})

export const outcomeKinds: readonly OutcomeKind[] = [
  bernoulli(0.5),
  bernoulli(0.8),
  bernoulli(0.02),
  bernoulli(0.98),
  bernoulli(0.005),
  { name: 'uniform', mean: 0.5, bounded: true, draw: (draw) => draw() },
  {
    name: 'scores, mostly 1',
    mean: 0.95 + 0.05 * 0.5,
    bounded: true,
    draw: (draw) => (draw() < 0.95 ? 1 : draw()),
  },
  { name: 'normal', mean: 0, bounded: false, draw: normal },
  { name: 'exponential', mean: 1, bounded: false, draw: (draw) => -Math.log(1 - draw()) },
  lognormal(1),
  lognormal(1.5),
  lognormal(2),
  {
    name: 'a tenth costs 50 times the rest',
    mean: 0.9 * 0.001 + 0.1 * 0.05,
    bounded: false,
    draw: (draw) => (draw() < 0.1 ? -0.05 * Math.log(1 - draw()) : 0.001),
  },
  {
    name: 'Pareto, index 2.5',
    mean: 2.5 / 1.5,
    bounded: false,
    draw: (draw) => (1 - draw()) ** (-1 / 2.5),
  },
]
