/** What every strategy keeps, as checks that any test runner can run. */

import assert from 'node:assert/strict'
import type { AnyStrategy } from '../../config/schema.ts'
import type { Candidate } from '../../domain/candidate.ts'
import { seededDraw } from '../../domain/random.ts'
import type { Strategy, TextEmbedder, Turn, Verdict } from '../../domain/strategy.ts'
import { waysOver } from '../../domain/ways.ts'
import { explain } from '../../engine/explain.ts'
import { replay } from '../../engine/replay.ts'
import { simulate } from '../../engine/simulate.ts'
import { aCandidate, anAnswer, aTurn } from './builders.ts'
import { randomAnswers, randomOpinions, weathers } from './random-answers.ts'
import { type NamedByOptions, nestedPolicies, randomTurn } from './random-turns.ts'

export type ContractOptions = {
  /** Options that a policy may write, one after another; each is checked. */
  readonly options: readonly object[]
  /** How many turns each rule is tried on, for each of the options. */
  readonly runs?: number
  /** The same seed, the same turns. */
  readonly seed?: string
}

/** `check` throws an AssertionError that says what was broken. */
export type ContractRule = { readonly name: string; readonly check: () => void }

/**
 * The rules that the engine, the decision log and offline evaluation rely on: one choice for one turn, lawful candidates,
 * honest propensities, an end whatever is answered, money within the limit.
 *
 *     for (const { name, check } of strategyContract(mine, { options: [{}] })) test(name, check)
 */
export function strategyContract(strategy: AnyStrategy, options: ContractOptions): readonly ContractRule[] {
  const { options: written, runs = 100, seed = 'contract' } = options
  const subjects = written.map((one) => subjectOf(strategy, one))
  const trial: Trial = {
    strategy,
    written,
    subjects,
    seed,
    eachTurn: (budgeted, check) =>
      subjects.forEach((subject, place) => {
        for (let run = 0; run < runs; run++) {
          const luck = `${seed} ${place} ${run}`
          check(subject, randomTurn(luck, subject.named, { budgeted }), luck)
        }
      }),
  }
  return rules.map(({ name, check }) => ({ name, check: () => check(trial) }))
}

type Trial = {
  readonly strategy: AnyStrategy
  readonly written: readonly object[]
  readonly subjects: readonly Subject[]
  readonly seed: string
  readonly eachTurn: (
    budgeted: boolean,
    check: (subject: Subject, turnOf: TurnOf, luck: string) => void,
  ) => void
}

const rules: readonly { readonly name: string; readonly check: (trial: Trial) => void }[] = [
  {
    name: 'says what it is, and refuses options that it does not know',
    check: ({ strategy, written }) => {
      assert.notEqual(strategy.summary, '', 'the summary is empty')
      for (const one of written) {
        const { success } = strategy.options.safeParse({ ...one, nonsense: 1 })
        assert.equal(success, false, 'options with an unknown key are taken')
      }
    },
  },
  {
    name: 'comes to the same end on the same turn, and leaves the turn as it was',
    check: ({ eachTurn }) => eachTurn(false, ({ choose }, turnOf, luck) => sameEnd(choose, turnOf, luck)),
  },
  {
    name: 'forwards to lawful candidates only, none of them twice, with a reason and a propensity in (0, 1]',
    check: ({ eachTurn }) => eachTurn(false, ({ choose }, turnOf) => lawful(turnOf(), choose)),
  },
  {
    name: 'makes each choice as often as its propensity says',
    check: ({ subjects, seed }) => {
      for (const [place, { choose, named }] of subjects.entries())
        for (let run = 0; run < 3; run++)
          honest(choose, randomTurn(`${seed} ${place} ${run}`, named, { budgeted: false }))
    },
  },
  {
    name: 'stands when no model that it names may serve',
    check: ({ subjects }) => {
      const stranger = aCandidate({ id: 'other/stranger' })
      for (const { choose } of subjects) {
        const verdict = verdictOf(choose, aTurn({ candidates: [stranger] }))
        const fine = verdict.kind === 'refuse' || chosenBy(verdict)[0] === stranger
        assert.ok(fine, 'it neither refuses nor sends the request to the one model that may serve')
      }
    },
  },
  {
    name: 'leaves one trace with every driver, and the trace survives JSON',
    check: ({ eachTurn }) => eachTurn(false, ({ choose }, turnOf) => oneTrace(choose, turnOf)),
  },
  {
    name: 'comes to an end whatever is asked, answered or missing',
    check: ({ eachTurn }) => eachTurn(false, ({ choose }, turnOf, luck) => ends(choose, turnOf(), luck)),
  },
  {
    name: 'spends what the request may cost, and no more than one estimate beyond',
    check: ({ eachTurn }) =>
      eachTurn(true, ({ choose }, turnOf, luck) => withinBudget(choose, turnOf(), luck)),
  },
]

/** All rules at once. @throws AssertionError of the first that is broken */
export function checkStrategy(strategy: AnyStrategy, options: ContractOptions): void {
  for (const { check } of strategyContract(strategy, options)) check()
}

type Subject = { readonly choose: Strategy; readonly named: NamedByOptions }
type TurnOf = (diceSeed?: string) => Turn

/** As config makes a policy of it: prepared once for an encoder. */
function subjectOf(strategy: AnyStrategy, written: object): Subject {
  const parsed = strategy.options.parse(written) as never
  const ways = strategy.ways?.(parsed) ?? []
  const isModel = (way: string) => way.includes('/')
  const named = {
    models: [...(strategy.models(parsed) ?? ['acme/one', 'acme/two']), ...ways.filter(isModel)],
    advisers: strategy.advisers?.(parsed) ?? [],
    policies: ways.filter((way) => !isModel(way)),
  }
  const to = waysOver(nestedPolicies(named.policies))
  const prepared = new Map<TextEmbedder | null, unknown>()
  const choose: Strategy = (turn) => {
    if (!prepared.has(turn.embedder)) prepared.set(turn.embedder, strategy.prepare?.(parsed, turn.embedder))
    return strategy.choose(turn, parsed, { to, prepared: prepared.get(turn.embedder) as never })
  }
  return { choose, named }
}

function sameEnd(choose: Strategy, turnOf: TurnOf, luck: string): void {
  const live = (turn: Turn) =>
    simulate(choose, turn, randomAnswers(luck, 'mixed'), randomOpinions(luck, 'mixed')).trace
  const turn = turnOf()
  const before = JSON.stringify([turn.request, turn.candidates, turn.advisers])
  Object.freeze(turn.candidates)
  const first = live(turn)
  assert.equal(JSON.stringify([turn.request, turn.candidates, turn.advisers]), before, 'it changes the turn')
  assert.deepEqual(live(turnOf()), first, 'the same turn comes to another end')
}

function lawful(turn: Turn, choose: Strategy): void {
  const verdict = verdictOf(choose, turn)
  const chosen = chosenBy(verdict)
  const known = [...turn.candidates, ...Object.values(turn.nested).flatMap(allowedWithin)]
  for (const candidate of chosen)
    assert.ok(known.includes(candidate), `${candidate.id} is none of the turn's candidates`)
  assert.equal(new Set(chosen).size, chosen.length, 'it names a candidate twice')
  assert.ok(verdict.propensity > 0 && verdict.propensity <= 1, `a propensity of ${verdict.propensity}`)
  assert.notEqual(verdict.because, '', 'the reason is empty')
}

const allowedWithin = ({ candidates, fallbacks }: Turn['nested'][string]) => [...candidates, ...fallbacks]

const seeds = 2_000

/** Within five standard errors of a binomial share; a choice that is reported as certain must be. */
function honest(choose: Strategy, turnOf: TurnOf): void {
  let thrown = 0
  const turn = turnOf()
  const counted = seededDraw('counted')
  const draw = () => {
    thrown++
    return counted()
  }
  const { propensity } = verdictOf(choose, { ...turn, draw })
  if (thrown === 0) {
    assert.equal(propensity, 1, 'no dice were thrown, so the choice was certain')
    return
  }
  const seen = new Map<string, { count: number; propensity: number }>()
  for (let seed = 0; seed < seeds; seed++) {
    const verdict = verdictOf(choose, turnOf(`dice ${seed}`))
    const choice = chosenBy(verdict)[0]?.id ?? 'refuse'
    const known = seen.get(choice)
    if (known) known.count++
    else seen.set(choice, { count: 1, propensity: verdict.propensity })
  }
  for (const [choice, { count, propensity: stated }] of seen) {
    const error = Math.sqrt((stated * (1 - stated)) / seeds)
    const off = Math.abs(count / seeds - stated)
    const message = `${choice} was chosen ${count} times of ${seeds}, with a propensity of ${stated}`
    assert.ok(off <= 5 * error + 1 / seeds, message)
  }
}

function oneTrace(choose: Strategy, turnOf: TurnOf): void {
  const text = 'Paris.'
  const explained = explain(choose, turnOf()).trace
  const replayed = replay(choose, turnOf(), () => ({ score: 1, usd: 0.001, latencyMs: 10, text })).trace
  const simulated = simulate(choose, turnOf(), (candidate) => ({
    kind: 'answered',
    candidate,
    answer: anAnswer({ text }),
    usd: null,
    latencyMs: 10,
  })).trace
  for (const trace of [explained, replayed, simulated])
    assert.deepEqual(JSON.parse(JSON.stringify(trace)), trace, 'a trace does not survive JSON')
  assert.deepEqual(simulated.end, replayed.end, 'replayed and simulated it comes to different ends')
  if (!explained.end.kind.startsWith('would-'))
    assert.deepEqual(explained.end, replayed.end, 'explained and replayed it comes to different ends')
}

/** The engine throws where a strategy asks too often, names who may not be asked, or takes no end. */
function ends(choose: Strategy, turn: Turn, luck: string): void {
  for (const weather of weathers) {
    const { verdict } = simulate(choose, turn, randomAnswers(luck, weather), randomOpinions(luck, weather))
    assert.ok(verdict.propensity > 0 && verdict.propensity <= 1, `a propensity of ${verdict.propensity}`)
    assert.notEqual(verdict.because, '', 'the reason is empty')
  }
}

function withinBudget(choose: Strategy, turn: Turn, luck: string): void {
  const { usd } = simulate(choose, turn, randomAnswers(luck, 'mixed'), randomOpinions(luck, 'mixed'))
  const known = [...turn.candidates, ...turn.advisers, ...Object.values(turn.nested).flatMap(allowedWithin)]
  const dearest = Math.max(...known.map(({ cost }) => (cost.kind === 'known' ? cost.usd.mean : 0)))
  const most = (turn.objective.maxCostUsd! + dearest) * (1 + 1e-9)
  assert.ok(
    usd !== null && usd <= most,
    `$${usd} were spent where $${turn.objective.maxCostUsd} was the most`,
  )
}

/** The verdict where every call fails. */
const verdictOf = (choose: Strategy, turn: Turn): Verdict => replay(choose, turn, () => null).verdict

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
