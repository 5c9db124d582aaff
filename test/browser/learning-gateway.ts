/** A gateway with a policy that learns, whose record holds an afternoon of it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInSurroundings } from '../../src/config/built-in.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { CandidateRecord } from '../../src/domain/decision.ts'
import type { Feedback, FeedbackId } from '../../src/domain/feedback.ts'
import { modelId } from '../../src/domain/model.ts'
import { microUsd } from '../../src/domain/money.ts'
import { seededDraw } from '../../src/domain/random.ts'
import { openStoredGateway } from '../../src/gateway/open-gateway.ts'
import { type Saved, versionKind } from '../../src/gateway/learning/versions.ts'
import { startServer } from '../../src/http/server.ts'
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import type { Store } from '../../src/storage/store.ts'
import { aDecision, anOutcome } from '../support/a-decision.ts'
import { adminToken, readToken } from './busy-gateway.ts'

const pool = ['simulated/nano', 'simulated/mid', 'simulated/frontier']
const decisions = 1_500
const everyMs = 10_000

/** From here on decisions say what the policy believed; those before them are of an older gateway. */
const beliefsFrom = 500
/** Good answers and dollars that frontier is believed to give up. */
const triedFor = { usd: 0.019, worth: 0.15 }

/** By model: what is predicted, what is true, what it costs, and how often it is drawn. */
const models = [
  { id: 'simulated/nano', predicted: 0.75, truth: 0.55, usd: 0.0001, chance: 0.2 },
  { id: 'simulated/mid', predicted: 0.7, truth: 0.9, usd: 0.001, chance: 0.6 },
  { id: 'simulated/frontier', predicted: 0.85, truth: 0.92, usd: 0.02, chance: 0.2 },
] as const

const candidates = models.map(
  ({ id, predicted, usd }): CandidateRecord => ({
    id: modelId(id),
    quality: { mean: predicted, deviation: 0.1 },
    cost: { kind: 'known', usd: { mean: usd, deviation: 0 } },
    latencyMs: { mean: 500, deviation: 100 },
  }),
)

export async function openLearningGateway(): Promise<{ url: string; close: () => Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-learning-'))
  const file = join(directory, 'fairlead.yaml')
  const written = {
    simulated: { pace: 0.02 },
    admin: { token: 'env:ADMIN', readToken: 'env:READER' },
    policies: {
      auto: { strategy: 'linucb', lambda: 10, pool, explore: { usd: 6, per: 'day' } },
      careful: { strategy: 'thompson', lambda: 10, pool },
      plain: { strategy: 'cheapest', pool },
    },
  }
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify(written))
  const variables = { ADMIN: adminToken, READER: readToken }
  const surroundings = builtInSurroundings([], readEnvironment(variables))
  const result = await loadConfig({ file, directory, surroundings })
  if (result.kind === 'faulty') throw new Error(JSON.stringify(result.faults))
  const store = await openSqliteStore({ path: result.config.log.path })
  await writeAfternoon(store, Date.now() - decisions * everyMs)
  await store.close()
  const gateway = await openStoredGateway(result.config, { seed: 'learning', onLogProblem: console.error })
  const server = await startServer(gateway, {
    host: '127.0.0.1',
    port: 0,
    bodyLimitBytes: 1_000_000,
    shutdownGraceMs: 500,
    onError: console.error,
  })
  return {
    url: server.url,
    close: async () => {
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function writeAfternoon(store: Store, beganMs: number): Promise<void> {
  const draw = seededDraw('an afternoon')
  const made = Array.from({ length: decisions }, (_, at) => oneOf(draw, at, beganMs + at * everyMs))
  await store.append({
    decisions: made.map(({ decision }) => decision),
    outcomes: made.map(({ outcome }) => outcome),
  })
  await store.addFeedback(made.flatMap(({ said }) => said))
  const versions = [saved('begun', 0), saved('saved', 2), saved('saved', 3.4), saved('rolled-back', 0, 2)]
  for (const [place, text] of versions.entries()) {
    const changedAt = new Date(beganMs + (0.1 + place * 0.25) * decisions * everyMs).toISOString()
    await store.putDocument({ kind: versionKind, id: 'auto', version: place + 1, changedAt, text }, place)
  }
}

function oneOf(draw: () => number, at: number, atMs: number) {
  const share = draw()
  const chosen = share < 0.2 ? models[0] : share < 0.8 ? models[1] : models[2]
  const [right, isGraded] = [draw() < chosen.truth, draw() < 0.8]
  const time = new Date(atMs).toISOString()
  const decision = aDecision({
    id: `dec_${at}`,
    time,
    strategy: 'linucb',
    candidates,
    chosen: modelId(chosen.id),
    propensity: chosen.chance,
    objective: { lambda: 10, mu: 0, maxCostUsd: null, statedAs: 'lambda 10' },
  })
  const { trace } = decision
  const explores = chosen === models[2] ? triedFor : null
  const end = trace.end.kind === 'forward' ? { ...trace.end, explores } : trace.end
  const written = at < beliefsFrom ? decision : { ...decision, trace: { ...trace, end } }
  const feedback: Feedback = {
    id: `f_${at}` as FeedbackId,
    about: { kind: 'decision', decision: decision.id },
    at: time,
    source: 'client',
    metric: 'quality',
    score: right ? 1 : 0,
    comment: null,
    correction: null,
    author: 'anonymous',
  }
  const outcome = anOutcome({
    decision: decision.id,
    model: modelId(chosen.id),
    cost: microUsd(chosen.usd),
  })
  return { decision: written, outcome, said: isGraded ? [feedback] : [] }
}

const saved = (why: Saved['why'], spentUsd: number, restoredFrom: number | null = null): string =>
  JSON.stringify({
    basis: { learner: 'an earlier one', artefact: 'an earlier one' },
    beganAt: 0,
    why,
    restoredFrom,
    tally: { lessons: 10, quality: 8, billed: 10, usd: 0.1 },
    window: { lessons: 10, meanQuality: 0.8 },
    exploration: { spentUsd, limitUsd: 6 },
    mark: 0,
    sums: {},
  } satisfies Saved)
