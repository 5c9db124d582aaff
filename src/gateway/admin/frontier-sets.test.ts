import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../../../test/support/a-folder.ts'
import { resolvedIn } from '../../../test/support/a-gateway.ts'
import { writeOutcomeSet } from '../../../test/support/an-outcome-set.ts'
import type { Generation } from '../generation.ts'
import { openSqliteStore } from '../../storage/sqlite/sqlite-store.ts'
import { type Measure, measureOnThread } from '../outcome-sets/measuring-thread.ts'
import { AdminError } from './call.ts'
import { frontierCalls } from './frontier-calls.ts'
import type { OutcomeSetLine, SetAnswer, SetReport } from './frontier-sets.ts'

const simulated = ['simulated/nano', 'simulated/mid', 'simulated/frontier', 'simulated/reasoning']
const pool = simulated.slice(0, 3)

/** Another pool for each number up to 14. */
const poolOf = (n: number): readonly string[] => simulated.filter((_, at) => ((n + 1) >> at) & 1)

/** The calls of a gateway with one set, whose file is written by the caller, and with so many more policies. */
async function opened(
  write: (file: string) => void = writeOutcomeSet,
  measure: Measure = measureOnThread,
  more = 0,
) {
  const folder = aFolder()
  const file = join(folder, 'tickets.jsonl')
  write(file)
  const config = await resolvedIn(folder, {
    simulated: {},
    policies: {
      auto: { pool },
      alone: { pool: pool.slice(0, 1) },
      frugal: { pool, willingnessToPay: 0.001 },
      stairs: { strategy: 'cascade', pool },
      ...Object.fromEntries(Array.from({ length: more }, (_, n) => [`p${n}`, { pool: poolOf(n) }])),
    },
    outcomeSets: { tickets: 'tickets.jsonl' },
  })
  const store = await openSqliteStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const generation = { policies: config.policies } as unknown as Generation
  const started: string[] = []
  const calls = frontierCalls(
    {
      store,
      objectives: { of: () => null, set: async () => {} },
      succession: { current: () => generation },
      config: () => config,
    },
    (request, tell) => {
      started.push(request.path)
      return measure(request, tell)
    },
  )
  const get = async (path: string, asked: object = {}): Promise<unknown> => {
    const found = calls.find((one) => one.method === 'GET' && one.path === path)!
    const answer = await found.run({ params: {}, query: {}, body: undefined, ...asked })
    return answer.kind === 'value' ? answer.value : null
  }
  const ask = async (query: object = {}, name = 'tickets') =>
    (await get('/outcome-sets/:name/frontier', { params: { name }, query })) as SetAnswer
  return { file, started, get, ask }
}

/** Asks until it is there, as a page does. */
async function measured(ask: () => Promise<SetAnswer>): Promise<SetReport> {
  for (;;) {
    const answer = await ask()
    if (answer.kind === 'measured') return answer.report
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const faultOf = async (ask: () => Promise<SetAnswer>): Promise<AdminError> => {
  const problem = await measured(ask).catch((error: unknown) => error)
  expect(problem).toBeInstanceOf(AdminError)
  return problem as AdminError
}

test('GET /admin/outcome-sets lists those of the configuration, and no path of the machine', async () => {
  const { get } = await opened()
  const { sets } = (await get('/outcome-sets')) as { sets: readonly OutcomeSetLine[] }
  expect(sets).toEqual([{ name: 'tickets', file: 'tickets.jsonl' }])
})

describe('GET /admin/outcome-sets/:name/frontier', () => {
  test('measures models, controls and rates on true outcomes, on a thread', async () => {
    const { ask } = await opened()
    expect(await ask()).toEqual({
      kind: 'measuring',
      progress: { stage: 'reading', done: 0, total: null },
    })
    const report = await measured(ask)
    expect(report).toMatchObject({
      name: 'tickets',
      policy: 'auto',
      strategy: 'utility',
      objective: { set: null },
      rows: { inFile: 120, drawn: 120, used: 120 },
      datasets: ['own'],
      poolSize: 3,
      seen: { rows: 0 },
    })
    expect(report.models.map(({ name }) => name).sort()).toEqual([...pool].sort())
    expect(report.models.every(({ quality }) => quality.count === 120 && quality.low !== null)).toBe(true)
    const others = report.setModels.filter(({ name }) => !pool.includes(name))
    expect(others.length).toBeGreaterThan(0)
    expect(new Set(others.map(({ leftOut }) => leftOut))).toEqual(
      new Set(['the policy does not choose among it']),
    )
    const [best, cheapest] = [report.frontier[0]!, report.frontier.at(-1)!]
    expect(cheapest.usd.mean).toBeLessThan(best.usd.mean)
    expect(report.oracle.quality.mean).toBeGreaterThanOrEqual(
      Math.max(...report.frontier.map(({ quality }) => quality.mean)),
    )
    expect(best.promised).toBeGreaterThan(cheapest.promised!)
  })

  test('measures once for all who ask, and again when the file has changed', async () => {
    const { ask, started, file } = await opened()
    await Promise.all([measured(ask), measured(ask), measured(ask)])
    const frugal = await measured(() => ask({ policy: 'frugal' }))
    expect(frugal.objective.configured).toEqual({ kind: 'willingness-to-pay', usdPerTenPoints: 0.001 })
    expect(frugal.notes).toEqual([])
    const stairs = await measured(() => ask({ policy: 'stairs' }))
    expect(stairs.notes.join()).toContain('what is shown is what utility would choose')
    expect(started).toHaveLength(1)
    writeOutcomeSet(file, { tasks: 90 })
    expect((await measured(ask)).rows.used).toBe(90)
    expect(started).toHaveLength(2)
  })

  test('shows how far it has come, one measurement after the other', async () => {
    const never: Measure = (_request, tell) => {
      tell({ stage: 'predicting', done: 3, total: 9 })
      return new Promise(() => {})
    }
    const { ask } = await opened(undefined, never)
    await ask()
    expect(await ask()).toEqual({
      kind: 'measuring',
      progress: { stage: 'predicting', done: 3, total: 9 },
    })
    expect(await ask({ policy: 'alone' })).toEqual({ kind: 'measuring', progress: { stage: 'waiting' } })
  })

  test('lets few wait, and says so to the others', async () => {
    const { ask, started } = await opened(undefined, () => new Promise(() => {}), 12)
    const answers = []
    for (let n = 0; n < 12; n++) answers.push(await ask({ policy: `p${n}` }).catch((error: unknown) => error))
    expect(answers.filter((one) => one instanceof AdminError)).toHaveLength(4)
    expect(answers.at(-1)).toMatchObject({ status: 409, code: 'busy' })
    expect(started).toHaveLength(1)
  })

  test('knows names of the configuration, and takes no path for one', async () => {
    const { ask, file } = await opened()
    for (const name of ['others', file, '../tickets.jsonl'])
      await expect(ask({}, name)).rejects.toThrow('There are tickets.')
    await expect(ask({ policy: 'nobody' })).rejects.toThrow('no policy')
  })

  test.each([
    ['is empty', '', 'is empty'],
    ['is no outcome file', 'Dear all,\nplease find attached\n', 'JSON'],
    [
      'has other models',
      `${JSON.stringify({ id: 'a', dataset: 'd', split: 'dev', qhash: 'q', prompt: 'Why?', outcomes: { theirs: { score: 1 }, ours: { score: 0 } } })}\n`,
      'theirs (the catalogue has no model of this name)',
    ],
  ])('says what to do where the file %s, and tries again when asked again', async (_, text, words) => {
    const { ask, started, file } = await opened((path) => writeFileSync(path, text))
    const fault = await faultOf(ask)
    expect(fault).toMatchObject({ status: 409, code: 'set_not_measured' })
    expect(fault.message).toContain(words)
    await faultOf(ask)
    expect(started).toHaveLength(2)
    writeOutcomeSet(file)
    expect((await measured(ask)).rows.used).toBe(120)
  })

  test('has nothing to say of a policy with one model, and of a file that is gone', async () => {
    const { ask } = await opened()
    expect((await faultOf(() => ask({ policy: 'alone' }))).message).toContain('two are needed')
    const gone: Measure = (request, tell) => measureOnThread({ ...request, path: '/not/here.jsonl' }, tell)
    const other = await opened(undefined, gone)
    expect((await faultOf(other.ask)).message).toContain('is not there')
  })
})
