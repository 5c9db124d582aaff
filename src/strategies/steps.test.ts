import { describe, expect, test } from 'vitest'
import { agentRequest, a, bad, c, r, u } from '../../test/support/agent-conversations.ts'
import { aCandidate, anAnswer, aSignals, aTurn } from '../../test/support/builders.ts'
import type { Request } from '../domain/request.ts'
import { nothingAsked, type SessionFacts, type Turn } from '../domain/strategy.ts'
import { simulate } from '../engine/simulate.ts'
import { agentSignals } from '../signals/agent/index.ts'
import { orderOf, verdictOf } from './strategies.contract.ts'
import { noAids } from './strategy.ts'
import { steps } from './steps.ts'

const candidates = [
  aCandidate({ id: 'acme/light', quality: 0.7, usd: 0.001 }),
  aCandidate({ id: 'acme/middle', quality: 0.85, usd: 0.005 }),
  aCandidate({ id: 'acme/strong', quality: 0.95, usd: 0.04 }),
]

const task = u('Repair the parser and extend its tests, please.')
const planning = agentRequest('claudeCode', [task])
const reading = agentRequest('claudeCode', [task, c('Read', { file_path: 'a.ts' }), r('text')])
const failing = c('Bash', { command: 'npm test' })
const error = bad('Exit code 1\n1 failed')
const recovering = agentRequest('claudeCode', [task, failing, error])
const troubled = agentRequest('claudeCode', [
  task,
  failing,
  error,
  c('Edit', { a: 1 }),
  bad('<tool_use_error>no</tool_use_error>'),
  failing,
  error,
])

function turnOf(request: Request, changes: Parameters<typeof aTurn>[0] = {}): Turn {
  const agent = agentSignals(request)
  return aTurn({
    request,
    candidates,
    signals: aSignals({ inputTokens: 500, ...(agent && { agent }) }),
    objective: { lambda: 20, mu: 0, maxCostUsd: null, statedAs: 'lambda 20' },
    ...changes,
  })
}

const strategyOf = (written: object) => {
  const options = steps.options.parse(written)
  return (turn: Turn) => steps.choose(turn, options, noAids)
}
const chosen = (turn: Turn, written: object = {}) => {
  const verdict = verdictOf(strategyOf(written), turn)
  return { model: orderOf(verdict)[0], because: verdict.because }
}
const session = (model: string, changes: Partial<SessionFacts> = {}): SessionFacts => ({
  model: model as SessionFacts['model'],
  warmTokens: 0,
  switches: 0,
  ...changes,
})
const named = { steps: { planning: 'acme/strong', digestion: 'acme/light', recovery: 'acme/strong' } }

describe('a step', () => {
  test('weighs by what its errors cost: the strong model plans and recovers, a light one reads', () => {
    expect(chosen(turnOf(planning)).model).toBe('acme/middle')
    expect(chosen(turnOf(planning), { weights: { planning: 20 } }).model).toBe('acme/strong')
    expect(chosen(turnOf(reading))).toMatchObject({
      model: 'acme/light',
      because: 'step digestion (what Read gave is to be read); acme/light is worth most',
    })
  })

  test('goes to the model that is named for it, and by value where that one may not serve', () => {
    expect(chosen(turnOf(planning), named).model).toBe('acme/strong')
    expect(chosen(turnOf(reading), named).model).toBe('acme/light')
    const other = { steps: { digestion: 'other/gone' } }
    expect(chosen(turnOf(reading), other)).toMatchObject({
      model: 'acme/light',
      because: expect.stringContaining('other/gone may not serve'),
    })
  })

  test('is what the client says it is', () => {
    const asked = { ...nothingAsked, step: 'error_recovery' }
    expect(chosen(turnOf(reading, { asked }), named)).toMatchObject({
      model: 'acme/strong',
      because: expect.stringContaining('step recovery (the client says so)'),
    })
  })

  test('counts for more in a long conversation, as its price does', () => {
    const long = aSignals({ inputTokens: 50_000, agent: agentSignals(reading)! })
    const dearer = candidates.map((one, place) =>
      aCandidate({ id: one.id, quality: one.quality.mean, usd: [0.1, 0.5, 4][place]! }),
    )
    expect(chosen(turnOf(reading, { signals: long, candidates: dearer })).model).toBe('acme/light')
    expect(chosen(turnOf(reading, { signals: long })).model).toBe('acme/strong')
  })

  test('of nobody’s is decided by the value alone', () => {
    expect(chosen(turnOf(agentRequest('graphNode', [u('Tell me of Lyon.')])), named).because).toMatch(
      /^no step of an agent/,
    )
  })
})

describe('trouble', () => {
  test('latches the strong model, whatever the switch costs', () => {
    const turn = turnOf(troubled, { session: session('acme/light', { warmTokens: 400, switches: 99 }) })
    expect(chosen(turn)).toMatchObject({
      model: 'acme/strong',
      because: expect.stringContaining('in trouble (errors)'),
    })
    expect(chosen(turn, { strong: 'acme/middle' }).model).toBe('acme/middle')
  })

  test('is not one error, nor what was before a fresh start', () => {
    expect(chosen(turnOf(recovering)).because).not.toMatch(/in trouble/)
    const later = agentRequest('claudeCode', [
      task,
      failing,
      error,
      failing,
      error,
      failing,
      error,
      a('I am stuck.'),
      u('Never mind. Find where the config is read.'),
    ])
    expect(chosen(turnOf(later)).because).not.toMatch(/in trouble/)
  })

  test('takes as many confirmations as the policy says', () => {
    expect(chosen(turnOf(troubled), { confirmations: 5 }).because).not.toMatch(/in trouble/)
  })
})

describe('the session’s model', () => {
  test('goes on wherever it has to, whatever is named', () => {
    for (const held of ['tool-loop', 'seals', 'vendor-state'] as const) {
      const turn = turnOf(troubled, { session: session('acme/light', { held }) })
      expect(chosen(turn, named)).toMatchObject({
        model: 'acme/light',
        because: expect.stringContaining('acme/light goes on'),
      })
    }
  })

  test('is kept where another is worth little more', () => {
    const near = [
      aCandidate({ id: 'acme/a', quality: 0.8, usd: 0.001 }),
      aCandidate({ id: 'acme/b', quality: 0.805, usd: 0.001 }),
    ]
    const quiet = turnOf(reading, { candidates: near })
    expect(chosen(quiet).model).toBe('acme/b')
    expect(chosen({ ...quiet, session: session('acme/a') }).model).toBe('acme/a')
  })

  test('is kept after many changes, unless something has to be put right', () => {
    const many = { session: session('acme/strong', { switches: 8 }) }
    expect(chosen(turnOf(reading, many), named)).toMatchObject({
      model: 'acme/strong',
      because: expect.stringContaining('after 8 changes'),
    })
    const light = { session: session('acme/light', { switches: 8 }) }
    expect(chosen(turnOf(recovering, light), named).model).toBe('acme/strong')
  })

  test('is not left for a lesser one that would not pay, though that one is named', () => {
    // The light one is the dearer of the two by now: all of the conversation lies in the strong one's cache.
    const cached = [
      aCandidate({ id: 'acme/light', quality: 0.7, usd: 0.02 }),
      aCandidate({ id: 'acme/strong', quality: 0.95, usd: 0.01 }),
    ]
    const turn = turnOf(reading, { candidates: cached, session: session('acme/strong', { warmTokens: 400 }) })
    expect(chosen(turn, named)).toMatchObject({
      model: 'acme/strong',
      because: expect.stringContaining('kept in place of acme/light'),
    })
  })

  test('has no part in calls beside the work', () => {
    const title = agentRequest('claudeSide', [
      u('Please write a 5-10 word title for the following conversation: …'),
    ])
    expect(chosen(turnOf(title, { session: session('acme/strong') })).model).toBe('acme/light')
  })
})

describe('an episode with a budget', () => {
  const episode = { episode: { usd: 0.2, steps: 10 } }
  const spending = (usd: number, steps: number) => ({
    session: session('acme/light', { episode: { usd, steps, switches: 0 } }),
  })

  test('goes to cheaper models as the money runs out, and is answered to the end', () => {
    const at = (usd: number, steps: number) =>
      chosen(turnOf(recovering, spending(usd, steps)), { ...episode, ...named })
    expect(at(0, 0).model).toBe('acme/strong')
    expect(at(0.15, 5)).toMatchObject({
      model: 'acme/middle',
      because: expect.stringContaining('75 % of the episode'),
    })
    expect(at(0.5, 9)).toMatchObject({
      model: 'acme/light',
      because: expect.stringContaining('is the cheapest'),
    })
  })

  test('binds the strong model of a session in trouble too', () => {
    expect(chosen(turnOf(troubled, spending(0.15, 5)), episode).model).toBe('acme/middle')
  })
})

describe('confidence', () => {
  test('makes money count less the more has gone wrong', () => {
    const near = { session: null }
    const twice = agentRequest('claudeCode', [task, failing, error, c('Edit', { b: 1 }), bad('Error')])
    const written = { weights: { recovery: 3 }, confirmations: 50 }
    expect(chosen(turnOf(twice, near), written).model).toBe('acme/middle')
    expect(chosen(turnOf(twice, near), { ...written, confidence: {} }).model).toBe('acme/strong')
  })
})

describe('with `check`', () => {
  const strategy = strategyOf({ check: true })
  const answers = (text: string) => (turn: Turn) =>
    simulate(strategy, turn, (candidate) => ({
      kind: 'answered',
      candidate,
      answer: anAnswer({ text: candidate.id === 'acme/light' ? text : 'Better.' }),
      usd: 0.001,
      latencyMs: 5,
    }))

  test('a sound answer is given', () => {
    const { verdict } = answers('I have read it.')(turnOf(reading))
    expect(verdict).toMatchObject({ kind: 'reply', candidate: { id: 'acme/light' } })
  })

  test('a step that went wrong is given to the strong model', () => {
    const { verdict, final } = answers('')(turnOf(reading))
    expect(verdict.because).toMatch(/it is empty: acme\/strong takes over/)
    expect(final).toMatchObject({ kind: 'answered', candidate: { id: 'acme/strong' } })
  })

  test('streams pass unchecked', () => {
    const { verdict } = answers('')(turnOf({ ...reading, stream: true }))
    expect(verdict).toMatchObject({ kind: 'forward', to: [{ id: 'acme/light' }, {}, {}] })
  })
})
