import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aDecision, anAttempt, anOutcome } from '../../test/support/a-decision.ts'
import { aFolder } from '../../test/support/a-folder.ts'
import { surroundings } from '../../test/support/surroundings.ts'
import type { Decision, Outcome } from '../domain/decision.ts'
import { modelId } from '../domain/model.ts'
import { microUsd } from '../domain/money.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import { report, sinceOption } from './report.ts'

const now = new Date('2026-03-02T09:00:00.000Z')
const large = modelId('acme/large')

async function aLogWith(decisions: Decision[], outcomes: Outcome[]) {
  const directory = aFolder()
  const path = join(directory, '.fairlead', 'fairlead.db')
  const store = await openSqliteStore({ path })
  await store.append({ decisions, outcomes })
  await store.close()
  const context = { directory, surroundings: surroundings(), now }
  const print = (flags: Partial<Parameters<typeof report>[0]> = {}) =>
    report({ decisions: '10', ...flags }, context)
  return { path, print }
}

const anOrdinaryLog = () =>
  aLogWith(
    [
      aDecision({ id: 'd-1' }),
      aDecision({ id: 'd-2', time: '2026-03-02T08:00:00.000Z', because: 'the lowest expected cost' }),
      aDecision({ id: 'd-3', time: '2026-03-02T08:30:00.000Z', policy: 'support' }),
      aDecision({ id: 'd-4', time: '2026-03-02T08:45:00.000Z', policy: 'support' }),
    ],
    [
      anOutcome({ decision: 'd-1' }),
      anOutcome({ decision: 'd-2', model: large, cost: microUsd(0.002), latencyMs: 1234 }),
      anOutcome({
        decision: 'd-3',
        status: 'failed',
        failure: 'timed-out',
        model: null,
        attempts: [],
        cost: microUsd(0),
      }),
    ],
  )

describe('fairlead report', () => {
  it('sums up decisions, tokens, dollars, fallbacks, failures and latency by policy and model', async () => {
    const { print } = await anOrdinaryLog()
    const lines = (await print()).split('\n').map((line) => line.split(/ {2,}/))
    expect(lines).toContainEqual([
      'auto',
      'acme/large',
      '1',
      '25.0 %',
      '120',
      '64',
      '$0.00200',
      '1',
      '0',
      '1,234 ms',
    ])
    expect(lines).toContainEqual([
      'auto',
      'acme/small',
      '1',
      '25.0 %',
      '120',
      '64',
      '$0.000120',
      '0',
      '0',
      '900 ms',
    ])
    expect(lines).toContainEqual(['support', 'acme/small', '2', '50.0 %', '0', '0', '$0', '0', '1', '-'])
    expect(lines.find(([first]) => first === 'total')).toEqual([
      'total',
      '4',
      '100.0 %',
      '240',
      '128',
      '$0.00212',
      '1',
      '1',
    ])
  })

  it('lists the last decisions with their reasons, newest first', async () => {
    const { print } = await anOrdinaryLog()
    const listedIn = (text: string) => text.split('Last decisions\n\n')[1]?.split('\n').slice(2) ?? []
    const listed = listedIn(await print()).map((line) => line.split(/ {2,}/))
    expect(listed.map(([, id, , , outcome]) => [id, outcome])).toEqual([
      ['d-4', 'none yet'],
      ['d-3', 'failed: timed-out'],
      ['d-2', 'answered'],
      ['d-1', 'answered'],
    ])
    expect(listed[2]?.at(-1)).toBe('the lowest expected cost')
    expect(listedIn(await print({ decisions: '1' }))).toHaveLength(1)
    expect(await print({ decisions: '0' })).not.toContain('Last decisions')
  })

  it('estimates, and says that it does, what the dearest known model would have cost', async () => {
    const { print } = await anOrdinaryLog()
    // (240 * 10 + 128 * 40) / 1e6 dollars at acme/large's prices; support's row has no answers.
    expect(await print()).toContain(
      'Estimate: with as many tokens, acme/large (the dearest model known here) would have cost $0.00752 for the 2 decisions whose cost is known; the actual cost was $0.00212, 71.8 % saved.',
    )
  })

  it('keeps traffic of unknown cost out of the estimate and says so', async () => {
    const { print } = await aLogWith([aDecision()], [anOutcome({ cost: null })])
    const text = await print()
    expect(text).toContain('$0 + 1 unknown')
    expect(text).toContain('The cost of 1 of the decisions is unknown and in no sum.')
    expect(text).not.toContain('Estimate')
  })

  it('compares simulated traffic with simulated models', async () => {
    const nano = modelId('simulated/nano')
    const { print } = await aLogWith(
      [aDecision({ chosen: nano })],
      [anOutcome({ model: nano, attempts: [anAttempt({ model: nano })] })],
    )
    expect(await print()).toMatch(/with as many tokens, simulated\/\w+ \(the dearest/)
  })

  it('tells how often a policy goes on past the model that it asks first, and gives alarm where that is nearly always', async () => {
    const small = modelId('acme/small')
    const step = {
      kind: 'ask' as const,
      until: 'all' as const,
      calls: [{ model: small, result: { kind: 'cancelled' as const } }],
    }
    const asked = (index: number, model: typeof small, policy: string) =>
      aDecision({
        id: `${policy}-${index}`,
        policy,
        trace: {
          driver: 'live',
          steps: [step],
          end: { kind: 'forward', models: [model], rewritten: false, because: 'so', propensity: 1 },
        },
      })
    const { print } = await aLogWith(
      Array.from({ length: 40 }, (_, index) => [
        asked(index, index < 10 ? large : small, 'calm'),
        asked(index, large, 'stale'),
      ]).flat(),
      [],
    )
    const text = await print({ decisions: '0' })
    expect(text).toContain(
      'calm asked before it decided 40 times, and went on past the first model in 25.0 % of them.',
    )
    expect(text).toMatch(/Alarm: stale: 100 % of 40 decisions went on past the model asked first/)
    const { print: plain } = await anOrdinaryLog()
    expect(await plain()).not.toContain('went on past')
  })

  it('looks no further back than it is told', async () => {
    const { print } = await anOrdinaryLog()
    const text = await print({ since: '2h' })
    expect(text).toContain('Report on decisions since 2026-03-02T07:00:00.000Z')
    expect(text).not.toContain('d-1')
    expect(await print({ since: '1m' })).toMatch(
      /^There are no decisions since 2026-03-02T08:59:00.000Z\. Send/,
    )
  })

  it('prints JSON that holds the same figures', async () => {
    const { print } = await anOrdinaryLog()
    const figures = JSON.parse(await print({ json: true, decisions: '1' }))
    expect(figures).toMatchObject({
      since: null,
      totals: { decisions: 4, microUsd: 2120, failed: 1 },
      dearest: { model: 'acme/large', estimatedUsd: 0.00752, usd: 0.00212, decisions: 2 },
    })
    expect(figures.rows).toHaveLength(3)
    expect(figures.decisions).toMatchObject([{ decision: { id: 'd-4' }, outcome: null }])
  })

  it('reads the log that it is given', async () => {
    const { path } = await anOrdinaryLog()
    const elsewhere = { directory: aFolder(), surroundings: surroundings(), now }
    expect(await report({ decisions: '0', db: path }, elsewhere)).toContain('total')
  })
})

describe('fairlead report says what to do', () => {
  it('where there is no log, and makes none', async () => {
    const context = { directory: aFolder(), surroundings: surroundings(), now }
    const missing = /There is no decision log at .*fairlead\.db\. Name one with --db/
    await expect(report({ decisions: '1' }, context)).rejects.toThrow(missing)
    await expect(report({ decisions: '1' }, context)).rejects.toThrow(missing)
  })

  it('where the log is no database', async () => {
    const directory = aFolder()
    writeFileSync(join(directory, 'x.db'), 'not a database. '.repeat(500))
    const context = { directory, surroundings: surroundings(), now }
    await expect(report({ decisions: '1', db: 'x.db' }, context)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('Move it away'),
    })
  })

  it('where the configuration has faults', async () => {
    const directory = aFolder()
    writeFileSync(join(directory, 'fairlead.yaml'), 'log: {lvl: info}')
    const context = { directory, surroundings: surroundings(), now }
    await expect(report({ decisions: '1' }, context)).rejects.toThrow(/log\.lvl: is not a known key/)
  })

  it('where a flag is wrong', async () => {
    const { print } = await aLogWith([], [])
    await expect(print({ since: 'yesterday' })).rejects.toThrow('Write a span such as 30m, 24h or 7d')
    await expect(print({ decisions: '-3' })).rejects.toThrow('--decisions -3 is not a whole number')
  })
})

describe('a point in time', () => {
  it.each([
    ['30m', '2026-03-02T08:30:00.000Z'],
    ['24h', '2026-03-01T09:00:00.000Z'],
    ['7d', '2026-02-23T09:00:00.000Z'],
    ['1w', '2026-02-23T09:00:00.000Z'],
    ['2026-01-05', '2026-01-05T00:00:00.000Z'],
    ['2026-01-05T10:00:00+02:00', '2026-01-05T08:00:00.000Z'],
  ])('may be written %s', (text, time) => {
    expect(sinceOption(text, now)).toBe(time)
  })

  it.each(['', '5', '5y', 'h', '2026-13-01', '999999999999999w'])('may not be written "%s"', (text) => {
    expect(() => sinceOption(text, now)).toThrow('is not a time')
  })
})
