import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aCandidate, anAnswer, aTurn } from '../../test/support/builders.ts'
import { randomAnswers, randomOpinions, type Weather } from '../../test/support/random-answers.ts'
import {
  hashedEmbedder,
  type NamedByOptions,
  nestedPolicies,
  randomTurns,
} from '../../test/support/random-turns.ts'
import { answerText } from '../domain/answer.ts'
import type { Candidate } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import {
  nothingAsked,
  type Strategy,
  type TextEmbedder,
  type Turn,
  type Verdict,
} from '../domain/strategy.ts'
import type { Trace } from '../domain/trace.ts'
import { explain } from '../engine/explain.ts'
import { replay } from '../engine/replay.ts'
import { simulate } from '../engine/simulate.ts'
import { waysOver } from '../domain/ways.ts'
import type { Aids, StrategyDefinition } from './strategy.ts'

/** Any member of the family: which options go with which `choose` is known where the member is written. */
export type Member = Pick<StrategyDefinition, 'name' | 'summary' | 'needs' | 'options'> & {
  readonly models: (options: never) => readonly string[] | null
  readonly ways?: (options: never) => readonly string[]
  readonly advisers?: (options: never) => readonly string[]
  readonly prepare?: (options: never, embedder: TextEmbedder | null) => unknown
  readonly explore?: (options: never) => unknown
  readonly faults?: (options: never) => readonly unknown[]
  readonly choose: (turn: Turn, options: never, aids: Aids<never>) => ReturnType<Strategy>
}

export const contractModels = ['acme/m0', 'acme/m1', 'acme/m2', 'acme/m3', 'acme/m4'] as const

const saidByAll = answerText(anAnswer())

/** `options` draws what a policy may write, over `contractModels`; a turn need not have those models. */
export function strategyContract(member: Member, options: fc.Arbitrary<object>): void {
  const checked = options.map((written) => member.options.parse(written))
  const strategyWith = (parsed: unknown): Strategy => {
    const to = waysOver(nestedPolicies(namedBy(member, parsed).policies))
    // Once for an encoder, as config does it.
    const prepared = new Map<TextEmbedder | null, unknown>()
    return (turn) => {
      if (!prepared.has(turn.embedder))
        prepared.set(turn.embedder, member.prepare?.(parsed as never, turn.embedder))
      return member.choose(turn, parsed as never, { to, prepared: prepared.get(turn.embedder) as never })
    }
  }

  describe(`the contract of a strategy: ${member.name}`, () => {
    it('says what it is and refuses options that it does not know', () => {
      fc.assert(
        fc.property(options, (written) => {
          expect(member.options.safeParse({ ...written, nonsense: 1 }).success).toBe(false)
        }),
      )
      expect(member.summary).not.toBe('')
    })

    it('names the models of its options, or leaves the pool to the policy', () => {
      fc.assert(
        fc.property(checked, (parsed) => {
          const named = member.models(parsed as never)
          if (named !== null) expect(contractModels).toEqual(expect.arrayContaining([...named]))
        }),
      )
    })

    it('makes one verdict of one turn', () => {
      fc.assert(
        fc.property(turns, checked, (turnOf, parsed) => {
          const strategy = strategyWith(parsed)
          expect(verdictOf(strategy, turnOf())).toEqual(verdictOf(strategy, turnOf()))
        }),
      )
    })

    it('leaves the turn as it was', () => {
      fc.assert(
        fc.property(turns, checked, (turnOf, parsed) => {
          const turn = turnOf()
          Object.freeze(turn.candidates)
          const before = turn.candidates.map(({ id }) => id)
          verdictOf(strategyWith(parsed), turn)
          expect(turn.candidates.map(({ id }) => id)).toEqual(before)
        }),
      )
    })

    it('forwards to lawful candidates only, none of them twice, with a propensity in (0, 1]', () => {
      fc.assert(
        fc.property(turns, checked, (turnOf, parsed) => {
          const turn = turnOf()
          const verdict = verdictOf(strategyWith(parsed), turn)
          for (const candidate of chosenBy(verdict)) expect(turn.candidates.includes(candidate)).toBe(true)
          expect(new Set(chosenBy(verdict)).size).toBe(chosenBy(verdict).length)
          expect(verdict.propensity).toBeGreaterThan(0)
          expect(verdict.propensity).toBeLessThanOrEqual(1)
          expect(verdict.because).not.toBe('')
        }),
      )
    })

    it('says what it gives up to learn of a model, if it is one that tries models, and nothing else does', () => {
      fc.assert(
        fc.property(turns, checked, (turnOf, parsed) => {
          const verdict = verdictOf(strategyWith(parsed), turnOf())
          if (verdict.kind !== 'forward') return
          expect('explores' in verdict).toBe(member.explore !== undefined)
          if (!verdict.explores) return
          const { usd, worth } = verdict.explores
          expect(verdict.to.length).toBeGreaterThan(1)
          for (const amount of [usd, worth]) {
            expect(amount).toBeGreaterThanOrEqual(0)
            expect(Number.isFinite(amount)).toBe(true)
          }
        }),
      )
    })

    it('makes each choice as often as its propensity says', () => {
      fc.assert(
        fc.property(turns, checked, (turnOf, parsed) => {
          const strategy = strategyWith(parsed)
          // Who throws no dice chooses the same whatever the seed.
          let draws = 0
          const turn = turnOf()
          const counted = () => {
            draws++
            return turn.draw()
          }
          const { propensity } = verdictOf(strategy, { ...turn, draw: counted })
          if (draws === 0) expect(propensity).toBe(1)
          else expectHonestPropensities((seed) => verdictOf(strategy, turnOf(seed)))
        }),
        // One seed: over all seeds there is one where luck is five standard errors out.
        { numRuns: 10, seed: 1 },
      )
    })

    it('stands when no model that it names may serve', () => {
      fc.assert(
        fc.property(checked, (parsed) => {
          const stranger = aCandidate({ id: 'other/stranger' })
          const turn = aTurn({ candidates: [stranger] })
          const verdict = verdictOf(strategyWith(parsed), turn)
          expect(verdict.kind === 'refuse' || chosenBy(verdict)[0] === stranger).toBe(true)
        }),
      )
    })

    it('leaves one trace with every driver, and the trace survives JSON', () => {
      fc.assert(
        fc.property(turns, checked, (turnOf, parsed) => {
          const strategy = strategyWith(parsed)
          const traces: readonly Trace[] = [
            explain(strategy, turnOf()).trace,
            replay(strategy, turnOf(), () => ({ score: 1, usd: 0.001, latencyMs: 10, text: saidByAll }))
              .trace,
            simulate(strategy, turnOf(), (candidate) => ({
              kind: 'answered',
              candidate,
              answer: anAnswer(),
              usd: null,
              latencyMs: 10,
            })).trace,
          ]
          for (const trace of traces) expect(JSON.parse(JSON.stringify(trace))).toEqual(trace)
          expect(traces[2]!.end).toEqual(traces[1]!.end)
          if (!traces[0]!.end.kind.startsWith('would-')) expect(traces[0]!.end).toEqual(traces[1]!.end)
        }),
      )
    })

    const lives = (budgeted: boolean) =>
      checked
        .filter((parsed) => (member.faults?.(parsed as never) ?? []).length === 0)
        .chain((parsed) =>
          fc.record({
            parsed: fc.constant(parsed),
            turnOf: randomTurns(namedBy(member, parsed), { budgeted }),
            weather: fc.constantFrom<Weather>('mixed', 'mixed', 'mixed', 'fair', 'all-fail', 'all-cancelled'),
            luck: fc.string(),
          }),
        )
    const lived = (strategy: Strategy, turn: Turn, luck: string, weather: Weather) =>
      simulate(strategy, turn, randomAnswers(luck, weather), randomOpinions(luck, weather))

    // The engine throws where a strategy asks too often, names who may not be asked, or takes no end.
    it('comes to an end whatever is asked, answered, or missing, and to the same one again', () => {
      fc.assert(
        fc.property(lives(false), ({ parsed, turnOf, weather, luck }) => {
          const strategy = strategyWith(parsed)
          const { verdict, trace } = lived(strategy, turnOf(), luck, weather)
          expect(verdict.because).not.toBe('')
          expect(verdict.propensity).toBeGreaterThan(0)
          expect(verdict.propensity).toBeLessThanOrEqual(1)
          expect(new Set(chosenBy(verdict)).size).toBe(chosenBy(verdict).length)
          expect(JSON.parse(JSON.stringify(trace))).toEqual(trace)
          expect(lived(strategy, turnOf(), luck, weather).trace).toEqual(trace)
        }),
        { numRuns: lifeRuns },
      )
    })

    it('spends what the request may cost and no more than one estimate beyond', () => {
      fc.assert(
        fc.property(lives(true), ({ parsed, turnOf, weather, luck }) => {
          const turn = turnOf()
          const { usd } = lived(strategyWith(parsed), turn, luck, weather)
          const known = [...turn.candidates, ...turn.advisers].map(({ cost }) =>
            cost.kind === 'known' ? cost.usd.mean : 0,
          )
          expect(usd).toBeLessThanOrEqual((turn.objective.maxCostUsd! + Math.max(...known)) * (1 + 1e-9))
        }),
        { numRuns: lifeRuns },
      )
    })
  })
}

const lifeRuns = 60

/** What the options send requests to, or ask. */
function namedBy(member: Member, parsed: unknown): NamedByOptions {
  const ways = member.ways?.(parsed as never) ?? []
  const isModel = (way: string) => way.includes('/')
  return {
    models: [...(member.models(parsed as never) ?? contractModels), ...ways.filter(isModel)],
    advisers: member.advisers?.(parsed as never) ?? [],
    policies: ways.filter((way) => !isModel(way)),
  }
}

/** The verdict of a strategy whose every call fails. */
export function verdictOf(strategy: Strategy, turn: Turn): Verdict {
  return replay(strategy, turn, () => null).verdict
}

/** The ids of a forward, the first choice first. */
export const orderOf = (verdict: Verdict): string[] => chosenBy(verdict).map(({ id }) => id)

function chosenBy(verdict: Verdict): readonly Candidate[] {
  switch (verdict.kind) {
    case 'forward':
      return verdict.to
    case 'reply':
      return [verdict.candidate]
    case 'refuse':
      return []
  }
}

const seeds = 2000

/** Within five standard errors of a binomial share; a choice that is reported as certain must be. */
function expectHonestPropensities(verdictAt: (seed: string) => Verdict): void {
  const seen = new Map<string, { count: number; propensity: number }>()
  for (let seed = 0; seed < seeds; seed++) {
    const verdict = verdictAt(`seed ${seed}`)
    const choice = orderOf(verdict)[0] ?? 'refuse'
    const known = seen.get(choice)
    if (known) {
      known.count++
      expect(verdict.propensity).toBe(known.propensity)
    } else seen.set(choice, { count: 1, propensity: verdict.propensity })
  }
  for (const { count, propensity } of seen.values()) {
    const error = Math.sqrt((propensity * (1 - propensity)) / seeds)
    expect(Math.abs(count / seeds - propensity)).toBeLessThanOrEqual(5 * error + 1 / seeds)
  }
}

const share = fc.double({ min: 0, max: 1, noNaN: true })
const price = fc.option(fc.double({ min: 0, max: 0.2, noNaN: true }), { freq: 5 })

// Rarer than this a choice may not be seen in 2,000 turns, whatever its propensity.
const mixed = fc.double({ min: 0.02, max: 0.98, noNaN: true })

const strongFrom = (id: string, first: number, second: number, shareOfSecond: number) => ({
  [modelId(id)]: { probability: first, mixture: { probability: second, share: shareOfSecond } },
})

/** Turns over some of `contractModels`; each can be made again, under its own seed or another. */
export const turns: fc.Arbitrary<(seed?: string) => Turn> = fc
  .record({
    pool: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom(...contractModels),
        quality: share,
        usd: price,
        latencyMs: fc.integer({ min: 1, max: 60_000 }),
      }),
      { minLength: 1, maxLength: contractModels.length, selector: ({ id }) => id },
    ),
    lambda: fc.oneof(fc.constant(0), fc.double({ min: 1e-4, max: 1e6, noNaN: true })),
    mu: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
    mixture: fc.option(fc.record({ lambda: fc.double({ min: 1e-4, max: 1e6, noNaN: true }), share: mixed })),
    strong: fc.option(fc.tuple(fc.constantFrom(...contractModels), share, share, mixed)),
    budget: fc.option(
      fc.record({ limitUsd: fc.constant(10), spentUsd: fc.constantFrom(0, 4, 11), elapsedShare: share }),
    ),
    asked: fc.constantFrom(nothingAsked, {
      ...nothingAsked,
      tier: 'gold',
      tags: ['a'],
      headers: { 'x-plan': 'free' },
    }),
    embedder: fc.constantFrom(null, hashedEmbedder),
    seed: fc.string(),
  })
  .map(({ pool, lambda, mu, mixture, strong, seed: own, ...beside }) => {
    const candidates = pool.map((fields) => aCandidate({ ...fields, id: modelId(fields.id) }))
    const objective = {
      lambda,
      mu,
      maxCostUsd: null,
      statedAs: `lambda ${lambda}`,
      ...(mixture && { mixture }),
      ...(strong && { strongFrom: strongFrom(...strong) }),
    }
    return (seed = own) => aTurn({ ...beside, candidates: [...candidates], objective, seed })
  })
