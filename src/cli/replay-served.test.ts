import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { builtInSurroundings } from '../config/built-in.ts'
import { readEnvironment } from '../config/environment.ts'
import type { FeedbackId } from '../domain/feedback.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import { replay } from './replay.ts'

const requests = 240

test('what a gateway has served can be replayed through another policy', async () => {
  const path = join(aFolder(), 'log.db')
  const config = {
    simulated: { pace: 0 },
    log: { path },
    policies: {
      auto: { strategy: 'weighted', weights: { 'simulated/nano': 1, 'simulated/mid': 1 } },
      strong: { strategy: 'fixed', model: 'simulated/mid' },
    },
  }
  const { gateway, folder, stored } = await aGateway({ config })
  for (let place = 0; place < requests; place++) {
    const request = incoming({ model: 'auto', messages: say(`What is ${place} times ${place + 3}?`) })
    await gateway.chat(request, new AbortController().signal)
  }
  const decisions = await stored()
  expect(new Set(decisions.map(({ decision }) => decision.propensity))).toEqual(new Set([0.5]))
  const store = await openSqliteStore({ path })
  await store.addFeedback(
    decisions.map(({ decision }, place) => ({
      id: `f-${place}` as FeedbackId,
      about: { kind: 'decision', decision: decision.id },
      at: decision.time,
      source: 'client',
      metric: 'quality',
      // Two of three answers of the small model are good, and nine of ten of the other's.
      score: place % (decision.chosen === 'simulated/nano' ? 3 : 10) === 0 ? 0 : 1,
      comment: null,
      correction: null,
      author: 'client',
    })),
  )
  await store.close()
  const found = JSON.parse(
    await replay(
      { policy: 'strong', metric: 'quality', limit: '1000', json: true },
      { directory: folder, surroundings: builtInSurroundings([], readEnvironment({})), now: new Date() },
    ),
  )
  expect(found).toMatchObject({ decisions: requests, graded: requests, choices: { 'simulated/mid': 1 } })
  const { quality, usd } = found.evaluation.metrics
  const own = decisions.filter(({ decision }) => decision.chosen === 'simulated/mid')
  const meanUsd = own.reduce((sum, { outcome }) => sum + outcome!.cost! / 1e6, 0) / own.length
  expect(quality.estimates.dr.kind === 'interval' || quality.diagnostics.effectiveSampleSize < 100).toBe(true)
  expect(quality.estimates.direct.estimate).toBeGreaterThan(0.75)
  expect(usd.estimates.direct.estimate / meanUsd).toBeGreaterThan(0.8)
  expect(usd.estimates.direct.estimate / meanUsd).toBeLessThan(1.25)
  expect(usd.diagnostics.meanWeight).toBeCloseTo(1, 0)
})
