import { describe, expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { aCandidate, aSignals, aTurn } from '../../test/support/builders.ts'
import type { TaskType } from '../domain/signals.ts'
import type { Turn } from '../domain/strategy.ts'
import { matrix } from './matrix.ts'
import { orderOf, verdictOf } from './strategies.contract.ts'
import { noAids } from './strategy.ts'

const nano = aCandidate({ id: 'acme/nano', quality: 0.5, usd: 0.0001 })
const mid = aCandidate({ id: 'acme/mid', quality: 0.75, usd: 0.001 })
const large = aCandidate({ id: 'acme/large', quality: 0.9, usd: 0.05 })

const rows = {
  code: { 'acme/nano': 'no', 'acme/mid': 'fair', 'acme/large': 'good' },
  math: { 'acme/nano': 'no', 'acme/mid': 'fair' },
  creative: { 'acme/nano': 'no', 'acme/mid': 'no', 'acme/large': 'no' },
  other: { 'acme/nano': 'good', 'acme/mid': 'good' },
}

function chosen(taskType: TaskType, changes: object = {}, turn: Partial<Turn> = {}) {
  const options = matrix.options.parse({ matrix: rows, ...changes })
  const verdict = verdictOf(
    (one) => matrix.choose(one, options, noAids),
    aTurn({ candidates: [nano, mid, large], signals: aSignals({ taskType }), ...turn }),
  )
  return { order: orderOf(verdict), because: verdict.because, verdict }
}

describe('a model', () => {
  test('that is good at a task goes before any that is fair, whatever their value', () => {
    expect(chosen('code')).toMatchObject({
      order: ['acme/large'],
      because: 'code: 1 of 3 models are good at it, of which acme/large is the best value',
    })
  })

  test('that is fair gets it where no good one may serve, or always if so said', () => {
    expect(chosen('code', {}, { candidates: [nano, mid] }).order).toEqual(['acme/mid'])
    expect(chosen('code', { fair: 'always' }).order).toEqual(['acme/mid', 'acme/large'])
  })

  test('that says no never gets it, not as a fallback either', () => {
    expect(chosen('creative').verdict).toMatchObject({
      kind: 'refuse',
      failure: { code: 'no_eligible_model', message: expect.stringContaining('no model for creative') },
    })
    expect(chosen('code', {}, { candidates: [nano] }).verdict.kind).toBe('refuse')
  })

  test('that a row does not name is fair at it, or what is said of such', () => {
    expect(chosen('math').order).toEqual(['acme/mid', 'acme/large'])
    expect(chosen('math', { unlisted: 'no' }).order).toEqual(['acme/mid'])
    expect(chosen('math', { unlisted: 'good' }).order).toEqual(['acme/large'])
  })

  test('is free to do what no row is about', () => {
    expect(chosen('chat').order).toEqual(['acme/mid', 'acme/nano'])
    const { other: _, ...without } = rows
    expect(chosen('chat', { matrix: without, by: 'cost' }).order).toEqual([
      'acme/nano',
      'acme/mid',
      'acme/large',
    ])
  })
})

test('the names of its models and its policy are its ways; a model is no policy to choose among', () => {
  const options = matrix.options.parse({ matrix: rows, policy: 'thrifty' })
  expect(matrix.ways!(options)).toEqual(['thrifty', 'acme/nano', 'acme/mid', 'acme/large'])
  expect(matrix.faults!(options)).toEqual([])
  expect(matrix.faults!({ ...options, policy: 'acme/mid' })).toMatchObject([{ path: ['policy'] }])
  expect(matrix.options.safeParse({ matrix: { coding: {} } }).success).toBe(false)
  expect(matrix.options.safeParse({ matrix: {} }).success).toBe(false)
})

test('another policy chooses among those that the matrix leaves it, in a gateway', async () => {
  const all = ['simulated/nano', 'simulated/mid', 'simulated/frontier']
  const { gateway } = await aGateway({
    config: {
      ...atOnce,
      policies: {
        auto: {
          strategy: 'matrix',
          policy: 'thrifty',
          matrix: { code: { 'simulated/nano': 'no', 'simulated/mid': 'good', 'simulated/frontier': 'good' } },
        },
        thrifty: { strategy: 'cheapest', pool: all },
      },
    },
  })
  const decided = (content: string) => {
    const routed = gateway.route(incoming({ model: 'auto', messages: say(content) }).asked)
    return routed.kind === 'decided' ? routed.decision : null
  }
  expect(decided('Write a Python function that sorts a list.')).toMatchObject({
    chosen: 'simulated/mid',
    because: 'code: thrifty: the lowest expected cost',
  })
  expect(decided('Translate this into French: good morning.')?.chosen).toBe('simulated/nano')
})
