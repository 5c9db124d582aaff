import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aDecision, anAttempt, anOutcome } from '../../test/support/a-decision.ts'
import type { DecisionId } from '../domain/decision.ts'
import { modelId } from '../domain/model.ts'
import { microUsd } from '../domain/money.ts'
import { auditing } from './contract/audit.contract.ts'
import { accounting, searching } from './contract/decisions.contract.ts'
import { keepingDocuments } from './contract/documents.contract.ts'
import { givingFeedback } from './contract/feedback.contract.ts'
import { figures } from './contract/figures.contract.ts'
import { forgetting } from './contract/forgetting.contract.ts'
import { keepingKeys } from './contract/keys.contract.ts'
import { spending } from './contract/spending.contract.ts'
import { keepingReplies, keepingState } from './contract/kept.contract.ts'
import type { Store } from './store.ts'

const id = (text: string) => text as DecisionId
const everything = { since: null, policy: null, limit: 100 }

/** What every store does. `open` gives a new, empty one each time. */
export function storeContract(open: () => Promise<Store>): void {
  describe('the contract of a store', () => {
    let store: Store
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    describe('append', () => appending(() => store))
    describe('decisions', () => listing(() => store))
    describe('a decision', () => searching(() => store))
    describe('the ledger', () => accounting(() => store))
    describe('report', () => reporting(() => store))
    describe('figures', () => figures(() => store))
    describe('spending', () => spending(() => store))
    describe('forgetting', () => forgetting(() => store))
    describe('feedback', () => givingFeedback(() => store))
    describe('a key', () => keepingKeys(() => store))
    describe('a document', () => keepingDocuments(() => store))
    describe('the audit', () => auditing(() => store))
    describe('state', () => keepingState(() => store))
    describe('a kept reply', () => keepingReplies(() => store))
  })
}

function appending(store: () => Store): void {
  it('gives back a decision and its outcome as they were', async () => {
    const decision = aDecision()
    const fallback = anAttempt({ model: modelId('acme/large'), role: 'fallback' })
    const outcome = anOutcome({ attempts: [failedAttempt, fallback] })
    await store().append({ decisions: [decision], outcomes: [outcome] })
    expect(await store().decision(decision.id)).toEqual({ decision, outcome })
  })

  it('knows nothing of an id that was never appended', async () => {
    expect(await store().decision(id('never'))).toBeNull()
  })

  it('takes an outcome in a later batch', async () => {
    await store().append({ decisions: [aDecision()], outcomes: [] })
    expect((await store().decision(id('d-1')))?.outcome).toBeNull()
    await store().append({ decisions: [], outcomes: [anOutcome()] })
    expect((await store().decision(id('d-1')))?.outcome).toEqual(anOutcome())
  })

  it('takes an outcome before its decision', async () => {
    await store().append({ decisions: [], outcomes: [anOutcome()] })
    await store().append({ decisions: [aDecision()], outcomes: [] })
    expect((await store().decision(id('d-1')))?.outcome).toEqual(anOutcome())
  })

  it('takes an empty batch', async () => {
    await store().append({ decisions: [], outcomes: [] })
    expect(await store().decisions(everything)).toEqual([])
  })

  it('replaces the earlier row of an id, attempts included, also within one batch', async () => {
    const failed = anOutcome({ status: 'failed', model: null, attempts: [failedAttempt, failedAttempt] })
    await store().append({ decisions: [aDecision({ because: 'first' })], outcomes: [failed] })
    const last = aDecision({ because: 'third', chosen: null })
    await store().append({
      decisions: [aDecision({ because: 'second' }), last],
      outcomes: [failed, anOutcome()],
    })
    expect(await store().decisions(everything)).toEqual([{ decision: last, outcome: anOutcome() }])
  })

  it('keeps nothing of a batch that has one bad member', async () => {
    const bad = aDecision({ id: 'bad', refused: [{ id: modelId('a/b'), rule: 'x', reason: 1n as never }] })
    const batch = { decisions: [aDecision(), bad], outcomes: [anOutcome({ latencyMs: 5 })] }
    await expect(store().append(batch)).rejects.toThrow()
    const half = { decisions: [aDecision()], outcomes: [anOutcome({ latencyMs: null as never })] }
    await expect(store().append(half)).rejects.toThrow()
    expect(await store().decisions(everything)).toEqual([])
    await store().append({ decisions: [aDecision()], outcomes: [] })
    expect(await store().decisions(everything)).toHaveLength(1)
  })

  it('keeps any text that a client may write, but for NUL and halves of characters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const decision = aDecision({
          askedModel: text,
          because: text,
          objective: { ...objective, statedAs: text },
        })
        await store().append({ decisions: [decision], outcomes: [] })
        const read = (await store().decision(decision.id))?.decision
        const kept = Buffer.from(text, 'utf16le').toString('utf16le').replaceAll('\0', '\uFFFD')
        const whole = Buffer.from(kept, 'utf8').toString('utf8')
        expect(read?.askedModel).toBe(whole)
        expect(read?.because).toBe(whole)
        expect(read?.objective.statedAs).toBe(text)
      }),
      { numRuns: 50 },
    )
  })
}

function listing(store: () => Store): void {
  beforeEach(async () => {
    const at = (time: string, name: string, policy = 'auto') => aDecision({ id: name, time, policy })
    await store().append({
      decisions: [
        at('2026-03-01T10:00:00.000Z', 'a'),
        at('2026-03-03T10:00:00.000Z', 'c', 'support'),
        at('2026-03-02T10:00:00.000Z', 'b'),
      ],
      outcomes: [anOutcome({ decision: 'b' })],
    })
  })
  const ids = async (filter: Partial<Parameters<Store['decisions']>[0]>) =>
    (await store().decisions({ ...everything, ...filter })).map(({ decision }) => decision.id)

  it('come newest first', async () => {
    expect(await ids({})).toEqual(['c', 'b', 'a'])
  })

  it('come with the outcomes that there are', async () => {
    const outcomes = (await store().decisions(everything)).map(({ outcome }) => outcome)
    expect(outcomes).toEqual([null, anOutcome({ decision: 'b' }), null])
  })

  it('are limited in number, by policy and by time, the time itself included', async () => {
    expect(await ids({ limit: 2 })).toEqual(['c', 'b'])
    expect(await ids({ limit: 0 })).toEqual([])
    expect(await ids({ policy: 'auto' })).toEqual(['b', 'a'])
    expect(await ids({ policy: "auto' or '1'='1" })).toEqual([])
    expect(await ids({ since: '2026-03-02T10:00:00.000Z' })).toEqual(['c', 'b'])
  })
}

function reporting(store: () => Store): void {
  it('is empty where nothing was decided', async () => {
    expect(await store().report({ since: null, policy: null })).toEqual([])
  })

  it('counts a decision for the model that answered, with all its attempts', async () => {
    const fallback = anOutcome({
      decision: 'b',
      model: modelId('acme/large'),
      attempts: [failedAttempt, anAttempt({ model: modelId('acme/large') })],
      cost: microUsd(0.002),
      latencyMs: 1500,
    })
    await store().append({
      decisions: [aDecision({ id: 'a' }), aDecision({ id: 'b' }), aDecision({ id: 'c' })],
      outcomes: [anOutcome({ decision: 'a', latencyMs: 500 }), fallback, anOutcome({ decision: 'c' })],
    })
    expect(await store().report({ since: null, policy: null })).toEqual([
      row({
        model: 'acme/large',
        fallbacks: 1,
        inputTokens: 240,
        outputTokens: 128,
        microUsd: 2000,
        meanLatencyMs: 1500,
      }),
      row({
        decisions: 2,
        answered: 2,
        inputTokens: 240,
        outputTokens: 128,
        microUsd: 240,
        meanLatencyMs: 700,
      }),
    ])
  })

  it('keeps unknown costs out of the sum, and failures out of the latency', async () => {
    await store().append({
      decisions: ['a', 'b', 'c', 'd'].map((name) => aDecision({ id: name })),
      outcomes: [
        anOutcome({ decision: 'a' }),
        anOutcome({ decision: 'b', cost: null }),
        anOutcome({
          decision: 'c',
          status: 'failed',
          model: null,
          failure: 'timed-out',
          cost: null,
          latencyMs: 9e5,
        }),
      ],
    })
    expect(await store().report({ since: null, policy: null })).toEqual([
      row({ decisions: 4, answered: 2, failed: 1, unpriced: 2, inputTokens: 360, outputTokens: 192 }),
    ])
  })

  it('has a row for decisions without any model, and looks no further back than it is told', async () => {
    await store().append({
      decisions: [
        aDecision({ id: 'old', time: '2026-01-01T00:00:00.000Z' }),
        aDecision({ id: 'refused', chosen: null, policy: 'support' }),
      ],
      outcomes: [],
    })
    expect(await store().report({ since: '2026-02-01T00:00:00.000Z', policy: null })).toEqual([
      row({
        policy: 'support',
        model: 'none',
        answered: 0,
        inputTokens: 0,
        outputTokens: 0,
        microUsd: 0,
        meanLatencyMs: 0,
      }),
    ])
  })
}

const { objective } = aDecision()

const failedAttempt = anAttempt({
  role: 'first',
  lost: ['tools: web_search', 'a "thing"'],
  variant: 'prompt-0123456789ab',
  firstContentAfterMs: null,
  cost: null,
  outcome: { kind: 'failed', failure: 'rate-limited', message: 'slow down', vendorStatus: 429 },
})

const row = (changes: Partial<Awaited<ReturnType<Store['report']>>[number]>) => ({
  policy: 'auto',
  model: 'acme/small',
  decisions: 1,
  answered: 1,
  failed: 0,
  fallbacks: 0,
  cached: 0,
  inputTokens: 120,
  outputTokens: 64,
  microUsd: 120,
  unpriced: 0,
  meanLatencyMs: 900,
  ...changes,
})
