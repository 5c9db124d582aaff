import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../support/a-folder.ts'
import { run, serve } from '../support/a-process.ts'
import { easyAndHardRows } from '../support/outcome-rows.ts'

const printed = async (folder: string, ...args: string[]) => {
  const { code, stdout, stderr } = await run(folder, args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

describe('fairlead route', () => {
  test('prints the choice, why, and every candidate', async () => {
    const text = await printed(aFolder(), 'route', 'What is 17 * 23?')
    expect(text).toMatch(/^simulated\/\w+: best value for /)
    expect(text).toContain('Policy auto (utility)')
    for (const model of ['nano', 'mid', 'frontier', 'reasoning'])
      expect(text).toMatch(
        new RegExp(`simulated/${model} +[01]\\.\\d{3} ± 0\\.\\d{3} +\\$[\\d.]+ +[\\d.]+ s`),
      )
  })

  test('as JSON is the decision that would be stored', async () => {
    const decision = JSON.parse(await printed(aFolder(), 'route', 'Hello', '--json', '--quality', '0.5'))
    expect(decision).toMatchObject({ policy: 'auto', objective: { statedAs: 'quality 0.5' }, propensity: 1 })
    expect(decision.candidates).toHaveLength(4)
  })

  test.each([
    [['--policy', 'atuo'], 'Did you mean auto?'],
    [['--quality', '95'], 'fairlead.quality: 95 is above 1'],
  ])('%j is told what to write', async (flags, message) => {
    const { code, stderr } = await run(aFolder(), ['route', 'Hello', ...flags])
    expect(code).toBe(1)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('    at ')
  })
})

describe('a file that can not be written', () => {
  test('is told without a stack', async () => {
    const folder = aFolder()
    const { code, stderr } = await run(folder, ['demo', '--tasks', '1', '--pace', '0', '--plot', folder])
    expect(code).toBe(1)
    expect(stderr).toContain(`${folder} can't be opened (EISDIR). Check that`)
    expect(stderr).not.toContain('    at ')
  })
})

describe('fairlead check', () => {
  test('says what the defaults amount to', async () => {
    const text = await printed(aFolder(), 'check')
    expect(text).toContain('No configuration file: the defaults hold.')
    expect(text).toContain('simulated/frontier')
  })

  test('prints every fault with its line', async () => {
    const folder = aFolder()
    writeFileSync(join(folder, 'fairlead.yaml'), 'sever: {}\nlog: {level: loud}\nmodels: [{id: nobody}]\n')
    const { code, stderr } = await run(folder, ['check'])
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /fairlead\.yaml:1:1 sever: [\s\S]*:2:\d+ log\.level: [\s\S]*:3:\d+ models\[0\]\.id: /,
    )
    expect(stderr).toContain('3 faults in fairlead.yaml.')
  })
})

describe('fairlead models', () => {
  test('lists prices, and each figure with its source', async () => {
    const text = await printed(aFolder(), 'models', '--vendor', 'openai')
    expect(text).toContain('openai/gpt-5-mini')
    const sources = await printed(aFolder(), 'models', 'gpt-5-mini', '--sources')
    expect(sources).toMatch(/price, input +[\d.]+ +\d{4}-\d{2}-\d{2} .*https:\/\//)
  })

  test('as JSON', async () => {
    const models = JSON.parse(await printed(aFolder(), 'models', '--json'))
    expect(models.length).toBeGreaterThan(50)
    expect(models[0]).toMatchObject({ id: expect.stringContaining('/'), prices: expect.anything() })
  })
})

describe('fairlead report', () => {
  test('sums up what a gateway has served', async () => {
    const { url, folder, process: child, ended } = await serve({ config: { simulated: { pace: 0 } } })
    for (const model of ['auto', 'simulated/nano']) {
      const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'What is 2 + 2?' }] })
      const reply = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body })
      expect(reply.status).toBe(200)
    }
    // Written within moments also while the gateway runs on.
    const decisions = async () => JSON.parse(await printed(folder, 'report', '--json')).totals.decisions
    await expect.poll(decisions, { timeout: 30_000 }).toBe(2)
    child.kill('SIGTERM')
    await ended
    const report = JSON.parse(await printed(folder, 'report', '--json'))
    expect(report.totals).toMatchObject({ decisions: 2, answered: 2, failed: 0, unpriced: 0 })
    expect(report.totals.microUsd).toBeGreaterThan(0)
    const text = await printed(folder, 'report')
    expect(text).toContain('auto')
    expect(text).toContain('simulated/nano')
  })

  test('without a log says how to get one', async () => {
    const { code, stderr } = await run(aFolder(), ['report'])
    expect(code).toBe(1)
    expect(stderr).toContain('There is no decision log at ')
    expect(stderr).toContain('fairlead serve')
  })
})

describe('fairlead eval', () => {
  const lines = () =>
    [...easyAndHardRows(200, 'train'), ...easyAndHardRows(100, 'dev')]
      .map(({ outcomes, ...row }) =>
        JSON.stringify({
          ...row,
          outcomes: Object.fromEntries(
            [...outcomes].map(([model, { score, costUsd }]) => [model, { score, cost_usd: costUsd }]),
          ),
        }),
      )
      .join('\n')

  test('measures a sound file', async () => {
    const folder = aFolder()
    writeFileSync(join(folder, 'outcomes.jsonl'), lines())
    const { code, stdout } = await run(folder, ['eval', 'outcomes.jsonl', '--json', '--resamples', '100'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toBeTypeOf('object')
  })

  test('says which line of a truncated file is broken', async () => {
    const folder = aFolder()
    const text = lines()
    writeFileSync(join(folder, 'outcomes.jsonl'), text.slice(0, -40))
    const { code, stdout, stderr } = await run(folder, ['eval', 'outcomes.jsonl'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/outcomes\.jsonl:300/)
    expect(stderr).not.toContain('    at ')
  })

  test('says that a compressed file was cut off', async () => {
    const folder = aFolder()
    const bytes = gzipSync(lines())
    writeFileSync(join(folder, 'outcomes.jsonl.gz'), bytes.subarray(0, bytes.length / 2))
    const { code, stderr } = await run(folder, ['eval', 'outcomes.jsonl.gz'])
    expect(code).toBe(1)
    expect(stderr).toContain('outcomes.jsonl.gz')
    expect(stderr).not.toContain('    at ')
  })

  test('says that there is no such file', async () => {
    const { code, stderr } = await run(aFolder(), ['eval', 'nowhere.jsonl'])
    expect(code).toBe(1)
    expect(stderr).toContain('nowhere.jsonl')
    expect(stderr).not.toContain('    at ')
  })
})
