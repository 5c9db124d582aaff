import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate, aSignals, aTurn } from '../../test/support/builders.ts'
import type { Candidate } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import type { Objective } from '../domain/objective.ts'
import { orderOf, verdictOf } from './strategies.contract.ts'
import { noAids } from './strategy.ts'
import { threshold, winProbability } from './threshold.ts'

const strong = (quality: number) => aCandidate({ id: 'acme/strong', quality, usd: 0.01 })
const weak = (quality: number) => aCandidate({ id: 'acme/weak', quality, usd: 0.0001 })

const choose = (candidates: readonly Candidate[], options: object = {}) =>
  verdictOf(
    (turn) =>
      threshold.choose(
        turn,
        threshold.options.parse({ strong: 'acme/strong', weak: 'acme/weak', ...options }),
        noAids,
      ),
    aTurn({ candidates }),
  )

test('the strong model answers where it is likely enough to win, the weak one elsewhere', () => {
  expect(orderOf(choose([weak(0.3), strong(0.9)]))).toEqual(['acme/strong', 'acme/weak'])
  expect(orderOf(choose([weak(0.88), strong(0.9)]))).toEqual(['acme/weak', 'acme/strong'])
})

test('a win probability at the very threshold is enough', () => {
  const two = [weak(0.25), strong(0.75)]
  expect(orderOf(choose(two, { threshold: 0.75 }))[0]).toBe('acme/strong')
  expect(orderOf(choose(two, { threshold: 0.7500001 }))[0]).toBe('acme/weak')
})

test('threshold 0 is always the strong model, threshold 1 the weak one but for certain wins', () => {
  expect(orderOf(choose([weak(1), strong(0)], { threshold: 0 }))[0]).toBe('acme/strong')
  expect(orderOf(choose([weak(0.01), strong(1)], { threshold: 1 }))[0]).toBe('acme/weak')
  expect(orderOf(choose([weak(0), strong(1)], { threshold: 1 }))[0]).toBe('acme/strong')
})

test('the win probability is that of independent answers, a tie counting half', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(share, share, (s, w) => {
      const byCases = s * (1 - w) + (s * w + (1 - s) * (1 - w)) / 2
      expect(winProbability(strong(s), weak(w))).toBeCloseTo(byCases, 12)
      expect(winProbability(strong(s), weak(w)) + winProbability(weak(w), strong(s))).toBeCloseTo(1, 12)
    }),
  )
})

describe('a stated share of calls to the strong one', () => {
  const objective: Objective = {
    lambda: 1,
    mu: 0,
    maxCostUsd: null,
    statedAs: 'strong share 30 %',
    strongFrom: {
      [modelId('acme/strong')]: { probability: 0.7, mixture: { probability: 0.6, share: 0.4 } },
      [modelId('acme/weak')]: { probability: 0.2 },
    },
  }
  const verdictAt = (strongQuality: number, options: object, seed: string) =>
    verdictOf(
      (turn) =>
        threshold.choose(
          turn,
          threshold.options.parse({ strong: 'acme/strong', weak: 'acme/weak', ...options }),
          noAids,
        ),
      aTurn({ candidates: [strong(strongQuality), weak(0.5)], objective, seed }),
    )

  test('brings the threshold of the model that the policy calls strong', () => {
    expect(verdictAt(0.95, {}, 'a')).toMatchObject({ propensity: 1, because: expect.stringContaining('0.7') })
    expect(orderOf(verdictAt(0.95, {}, 'a'))[0]).toBe('acme/strong')
    expect(orderOf(verdictAt(0.65, {}, 'a'))[0]).toBe('acme/weak')
    const swapped = { strong: 'acme/weak', weak: 'acme/strong' }
    expect(orderOf(verdictAt(0.95, swapped, 'a'))[0]).toBe('acme/weak')
  })

  test('draws between its two thresholds', () => {
    const verdicts = Array.from({ length: 400 }, (_, seed) => verdictAt(0.8, {}, `${seed}`))
    const wins = verdicts.filter((verdict) => orderOf(verdict)[0] === 'acme/strong')
    expect(wins.length / verdicts.length).toBeGreaterThan(0.3)
    expect(wins.length / verdicts.length).toBeLessThan(0.5)
    for (const verdict of verdicts)
      expect(verdict.propensity).toBe(orderOf(verdict)[0] === 'acme/strong' ? 0.4 : 0.6)
  })

  test('gives way to a threshold that is written', () => {
    expect(orderOf(verdictAt(0.65, { threshold: 0.55 }, 'a'))[0]).toBe('acme/strong')
  })
})

describe('a classifier that says who wins', () => {
  const classifier = { name: 'routellm', winLabels: ['strong-wins'], threshold: 0.4 }
  const chooseBy = (classes: Record<string, Record<string, number>> | null, options: object = {}) =>
    verdictOf(
      (turn) =>
        threshold.choose(
          turn,
          threshold.options.parse({ strong: 'acme/strong', weak: 'acme/weak', classifier, ...options }),
          noAids,
        ),
      aTurn({ candidates: [strong(0.9), weak(0.9)], signals: aSignals(classes === null ? {} : { classes }) }),
    )
  const said = (win: number, tie: number) => ({
    routellm: { 'strong-wins': win, tie, 'weak-wins': 1 - win - tie },
  })

  test('takes the place of the estimates, with a threshold of its own', () => {
    expect(orderOf(chooseBy(said(0.4, 0.3)))).toEqual(['acme/strong', 'acme/weak'])
    expect(orderOf(chooseBy(said(0.39, 0.3)))).toEqual(['acme/weak', 'acme/strong'])
    expect(chooseBy(said(0.39, 0.3)).because).toBe(
      'routellm says that acme/strong beats acme/weak with probability 0.390; the threshold is 0.4',
    )
  })

  test('may count several labels as a win', () => {
    const options = { classifier: { ...classifier, winLabels: ['strong-wins', 'tie'] } }
    expect(orderOf(chooseBy(said(0.2, 0.3), options))[0]).toBe('acme/strong')
    expect(orderOf(chooseBy(said(0.2, 0.3)))[0]).toBe('acme/weak')
  })

  test.each([
    ['has not answered', null],
    ['is not the one that answered', { other: { 'strong-wins': 1 } }],
    ['has other labels', { routellm: { LABEL_0: 1 } }],
  ])('%s: the estimates decide by their own threshold, and the reason says so', (_, classes) => {
    const verdict = chooseBy(classes, { threshold: 0.5 })
    expect(orderOf(verdict)[0]).toBe('acme/strong')
    expect(orderOf(chooseBy(classes))[0]).toBe('acme/weak')
    expect(verdict.because).toContain('routellm has not said who wins; by the estimates')
    expect(verdict.because).toContain('the threshold is 0.5')
  })
})

describe('when one of the two may not serve', () => {
  const stranger = aCandidate({ id: 'other/stranger' })

  test('the other one does, and then whoever else there is', () => {
    const verdict = choose([stranger, strong(0.9)])
    expect(orderOf(verdict)).toEqual(['acme/strong', 'other/stranger'])
    expect(verdict.because).toBe('only acme/strong of the two may serve this request')
    expect(orderOf(choose([stranger, weak(0.2)]))).toEqual(['acme/weak', 'other/stranger'])
  })

  test('and neither may: the reason does not claim that one of them does', () => {
    expect(choose([stranger]).because).toBe(
      'neither of the two may serve this request; other/stranger stands in',
    )
  })
})

test('one model under both names is asked once', () => {
  expect(orderOf(choose([strong(0.9)], { weak: 'acme/strong' }))).toEqual(['acme/strong'])
})
