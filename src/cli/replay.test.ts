import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aDecision, anAttempt, anOutcome } from '../../test/support/a-decision.ts'
import { acmeConfig, acmeKey, acmeModel } from '../../test/support/acme-config.ts'
import { aFolder } from '../../test/support/a-folder.ts'
import { builtInSurroundings } from '../config/built-in.ts'
import { readEnvironment } from '../config/environment.ts'
import type { Decision, DecisionId, Outcome } from '../domain/decision.ts'
import type { Feedback, FeedbackId } from '../domain/feedback.ts'
import { modelId } from '../domain/model.ts'
import { microUsd } from '../domain/money.ts'
import { seededDraw } from '../domain/random.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import { type ReplayFlags, replay } from './replay.ts'

const models = ['acme/small', 'acme/large'] as const
const truth = { 'acme/small': { quality: 0.7, usd: 0.001 }, 'acme/large': { quality: 0.9, usd: 0.01 } }

const config = acmeConfig('http://127.0.0.1:1/v1', {
  models: [acmeModel('new', 2)],
  policies: {
    auto: { strategy: 'weighted', weights: { 'acme/small': 0.6, 'acme/large': 0.4 } },
    cheap: { strategy: 'fixed', model: 'acme/small' },
    dear: { strategy: 'fixed', model: 'acme/large' },
    split: { strategy: 'weighted', weights: { 'acme/small': 1, 'acme/large': 3 } },
    value: { strategy: 'utility', pool: models, lambda: 1 },
    either: {
      strategy: 'rules',
      rules: [{ name: 'fast', priority: 1, when: { tier: 'fast' }, to: 'acme/small' }],
      default: 'acme/large',
    },
    signals: {
      strategy: 'rules',
      rules: [{ name: 'hard', priority: 1, when: { complexity: { atLeast: 0.4 } }, to: 'acme/large' }],
      default: 'acme/small',
    },
    asks: { strategy: 'cascade', pool: models, lambda: 1 },
    wide: { strategy: 'utility', pool: [...models, 'acme/new'], lambda: 1 },
  },
})

/** Decisions drawn 60 : 40 (or as `share` says) with outcomes and, for the most part, scores. */
function aLog(size: number, share = 0.4) {
  const draw = seededDraw(`replayed ${share}`)
  const decisions: Decision[] = []
  const outcomes: Outcome[] = []
  const feedback: Feedback[] = []
  for (let place = 0; place < size; place++) {
    const chosen = models[draw() < share ? 1 : 0]
    const id = `d-${String(place).padStart(6, '0')}`
    const propensity = chosen === 'acme/large' ? share : 1 - share
    const { quality, usd } = truth[chosen]
    const model = modelId(chosen)
    decisions.push(
      aDecision({
        id,
        seed: id,
        strategy: 'weighted',
        chosen: model,
        propensity,
        refused: [],
        candidates: models.map((one) => ({
          id: modelId(one),
          quality: { mean: truth[one].quality, deviation: 0.05 },
          cost: { kind: 'known', usd: { mean: truth[one].usd, deviation: 0.0001 } },
          latencyMs: { mean: 800, deviation: 200 },
        })),
      }),
    )
    const cost = microUsd(usd * (0.5 + draw()))
    outcomes.push(anOutcome({ decision: id, model, cost, attempts: [anAttempt({ model, cost })] }))
    if (draw() < 0.8)
      feedback.push({
        id: `f-${id}` as FeedbackId,
        about: { kind: 'decision', decision: id as DecisionId },
        at: '2026-03-01T11:00:00.000Z',
        source: 'client',
        metric: 'quality',
        score: draw() < quality ? 1 : 0,
        comment: null,
        correction: null,
        author: 'client',
      })
  }
  return { decisions, outcomes, feedback }
}

async function aFolderWith(
  { decisions, outcomes, feedback }: ReturnType<typeof aLog>,
  directory = aFolder(),
) {
  writeFileSync(join(directory, 'fairlead.yaml'), JSON.stringify(config))
  const store = await openSqliteStore({ path: join(directory, '.fairlead', 'fairlead.db') })
  await store.append({ decisions, outcomes })
  await store.addFeedback(feedback)
  await store.close()
  const context = {
    directory,
    surroundings: builtInSurroundings([], readEnvironment(acmeKey)),
    now: new Date('2026-03-02T09:00:00.000Z'),
  }
  return (flags: Partial<ReplayFlags>) =>
    replay({ policy: 'cheap', metric: 'quality', limit: '20000', ...flags }, context)
}

type Run = Awaited<ReturnType<typeof aFolderWith>>

describe('fairlead replay', () => {
  let run: Run
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-'))
  beforeAll(async () => {
    run = await aFolderWith(aLog(1_500), folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    ['cheap', 0.7, 0.001],
    ['dear', 0.9, 0.01],
    // A quarter and three quarters.
    ['split', 0.85, 0.00775],
    // 0.2 of quality is worth $0.009 at a lambda of 1.
    ['value', 0.9, 0.01],
    // All prompts have a complexity of 0.42.
    ['signals', 0.9, 0.01],
  ])('tells what %s would have come to', async (policy, quality, usd) => {
    const found = JSON.parse(await run({ policy, json: true }))
    expect(found).toMatchObject({ policy, decisions: 1_500, randomShare: 1, leftOut: {} })
    for (const [metric, value, widest] of [
      ['quality', quality, 0.15],
      ['usd', usd, 0.001],
    ] as const) {
      const { best, estimates } = found.evaluation.metrics[metric]
      expect(best.kind, JSON.stringify(best)).toBe('interval')
      expect(best.low).toBeLessThan(value)
      expect(best.high).toBeGreaterThan(value)
      expect(best.high - best.low).toBeLessThan(widest)
      expect(estimates.snips.estimate).toBeCloseTo(value, 1)
    }
  })

  it('says which models it would choose', async () => {
    const { choices } = JSON.parse(await run({ policy: 'split', json: true }))
    expect(choices).toEqual({ 'acme/large': 0.75, 'acme/small': 0.25 })
  })

  it('prints it for people, with what it did not know', async () => {
    const text = await run({ policy: 'dear' })
    expect(text).toMatch(/^dear, replayed on 1,500 decisions of the log, 1\d\d\d of them graded\./)
    expect(text).toContain('It would choose acme/large 100.0 %.')
    expect(text).toMatch(/dear: 0\.\d{3} \[0\.\d{3}, 0\.\d{3}\] \(doubly robust\); \+0\.1\d\d \[/)
    expect(text).toMatch(/dear: \$0\.0\d+ \[\$0\.0\d+, \$0\.0\d+\]/)
    expect(text).toContain('100.0 % of the decisions were left to chance.')
    expect(text).toContain('Facts of sessions are not on record')
  })

  it('compares two policies pairwise', async () => {
    const { against } = JSON.parse(await run({ policy: 'cheap', against: 'dear', json: true }))
    expect(against.difference.quality.high).toBeLessThan(0)
    expect(against.difference.quality.low).toBeLessThan(-0.2)
    expect(against.difference.usd.high).toBeLessThan(-0.008)
    expect(await run({ policy: 'cheap', against: 'dear' })).toMatch(
      /cheap less dear, paired\nQuality: -0\.\d+ \[/,
    )
  })

  it('reads no more than it is told', async () => {
    const { decisions } = JSON.parse(await run({ limit: '400', json: true }))
    expect(decisions).toBe(400)
    await expect(run({ since: '1m' })).rejects.toThrow('There are no decisions since 1m')
    await expect(run({ of: 'other' })).rejects.toThrow('There are no decisions of other')
  })

  it('knows no quality where nobody has said anything of this metric', async () => {
    const text = await run({ metric: 'helpfulness' })
    expect(text).toContain('no decision has a score')
    expect(text).toContain('Cost (dollars per decision)\ncheap: $0.00')
  })

  it('refuses what the log does not keep, and says what', async () => {
    await expect(run({ policy: 'either' })).rejects.toThrow(
      'either goes by something that the log does not keep: what the client said beside the request',
    )
    await expect(run({ policy: 'asks' })).rejects.toThrow(
      'asks goes by something that the log does not keep: the request itself',
    )
    await expect(run({ policy: 'wide' })).rejects.toThrow(
      'wide may choose acme/new, which 1500 of the 1500 decisions have no estimate of',
    )
  })

  it('refuses names and numbers that are none', async () => {
    await expect(run({ policy: 'chepa' })).rejects.toThrow('--policy chepa')
    await expect(run({ against: 'nothing' })).rejects.toThrow('--against nothing')
    await expect(run({ limit: '0' })).rejects.toThrow('--limit 0')
    await expect(run({ since: 'then' })).rejects.toThrow('--since then is not a time')
    await expect(run({ db: 'nowhere.db' })).rejects.toThrow(/There is no decision log at .*nowhere\.db/)
  })
})

describe('fairlead replay on a log that left nothing to chance', () => {
  it('says that only the direct method and full information are possible', async () => {
    const run = await aFolderWith(aLog(200, 0))
    const text = await run({ policy: 'dear' })
    expect(text).toContain(
      'Refused: on 200 of 200 decisions it would choose a model that the log had no chance of choosing',
    )
    expect(text).toContain('only the direct method, whose error nothing bounds, and full information')
    const same = JSON.parse(await run({ policy: 'cheap', json: true }))
    expect(same.evaluation.metrics.usd.fullInformation.kind).toBe('interval')
  })
})
