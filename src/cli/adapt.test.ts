import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { resolvedIn } from '../../test/support/a-gateway.ts'
import { acmeConfig, acmeKey } from '../../test/support/acme-config.ts'
import { promptsFileSchema } from '../config/adaptation-fields.ts'
import { readPromptsFile } from '../config/resolve-adaptation.ts'
import { readExamples } from './adapt-examples.ts'
import { adaptationText } from './adapt-report.ts'
import { type AdaptOptions, adaptPrompts } from './adapt.ts'
import { UserError } from './command.ts'
import { silent } from './progress.ts'

type Asked = {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
}

/** Over real HTTP: a model that is right when it is told to be brief, one that proposes, one that judges. */
async function aVendorOf(
  answers: {
    readonly proposer?: string
    readonly status?: number
    readonly onAsked?: (count: number) => void
  } = {},
) {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked
      asked.push(body)
      answers.onAsked?.(asked.length)
      const { status = 200 } = answers
      const content = said(body, answers.proposer ?? proposals)
      const whole = {
        id: 'one',
        object: 'chat.completion',
        created: 1,
        model: body.model,
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 50, completion_tokens: 20, total_tokens: 70 },
      }
      const error = { error: { message: 'out of order', code: null } }
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(status === 200 ? whole : error))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked }
}

const proposals = JSON.stringify({
  variants: [
    { system: { append: 'Take your time.' }, why: 'patience' },
    { system: { append: 'Answer in one word.' }, why: 'the answers are one word' },
    { template: 'Please: {{prompt}}', why: 'politeness' },
  ],
})

function said({ model, messages }: Asked, proposed: string): string {
  const text = messages.map(({ content }) => content).join('\n')
  if (model === 'large') return proposed
  if (model === 'judge')
    return /\[\[begin answer \w+\]\]\n(.*)\n/.exec(text)![1] === 'Paris' ? 'right' : 'wrong'
  const number = Number(/question (\d+)/.exec(text)![1])
  return text.includes('one word') || number % 4 === 0 ? 'Paris' : 'Paris, I think'
}

const examples = Array.from({ length: 80 }, (_, index) =>
  JSON.stringify({ prompt: `question ${index}`, answer: 'Paris' }),
).join('\n')

async function adapted(
  changes: Partial<AdaptOptions> & Parameters<typeof aVendorOf>[0] = {},
  signal = new AbortController().signal,
) {
  const { proposer, status, onAsked, ...options } = changes
  const vendor = await aVendorOf({
    ...(proposer !== undefined && proposer !== 'acme/large' && { proposer }),
    ...(status !== undefined && { status }),
    ...(onAsked !== undefined && { onAsked }),
  })
  const folder = aFolder()
  const judge = {
    id: 'acme/judge',
    prices: { input: 1, output: 1 },
    contextWindow: 32_000,
    maxOutputTokens: 4_000,
  }
  const unpriced = { id: 'acme/unpriced', prices: 'unknown', contextWindow: 32_000 }
  const config = await resolvedIn(folder, acmeConfig(vendor.baseUrl, { models: [judge, unpriced] }), acmeKey)
  const file = join(folder, 'examples.jsonl')
  writeFileSync(file, examples)
  const result = adaptPrompts(
    config,
    {
      examples: file,
      model: 'acme/small',
      metric: 'exact',
      budgetUsd: 5,
      variants: 4,
      seed: 'cli',
      concurrency: 8,
      nonInferiorAndCheaper: false,
      margin: 0.02,
      ...options,
      proposer: 'acme/large',
    },
    silent,
    signal,
  )
  return { result, asked: vendor.asked, folder }
}

describe('fairlead adapt', () => {
  test('finds what helps, keeps it by held-out examples, and writes it for the configuration to read', async () => {
    const file = join(aFolder(), 'deep', 'prompts.json')
    const { result, asked } = await adapted({ write: file, policy: 'auto' })
    const adaptation = await result
    const { report } = adaptation
    expect(report.outcome).toMatchObject({ kind: 'kept', heldOut: { pairs: 20, losses: 0 } })
    expect(adaptation.written).toBe(file)
    const written = promptsFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    expect(written.prompts).toMatchObject([
      {
        policy: 'auto',
        model: 'acme/small',
        system: { append: 'Answer in one word.' },
        when: { systemHash: expect.stringMatching(/^[0-9a-f]{16}$/) },
      },
    ])
    // Vendors that were asked and what was booked for it: each answer 50 tokens in and 20 out.
    const answers = asked.filter(({ model }) => model === 'small').length
    expect(report.calls).toBe(answers)
    expect(report.spentUsd).toBeCloseTo(
      (answers * (50 * 1 + 20 * 10) + (asked.length - answers) * (50 * 10 + 20 * 100)) / 1e6,
      9,
    )
    const text = adaptationText(adaptation)
    expect(text).toContain('Kept: prompt-')
    expect(text).toContain('"append": "Answer in one word."')
  })

  test('takes the place of what was written for the same requests, and stands before what is for more', async () => {
    const file = join(aFolder(), 'prompts.json')
    const wide = { model: 'acme/*', system: { append: 'Wide.' } }
    const narrow = { policy: 'auto', model: 'acme/small', system: { append: 'Narrow.' } }
    const write = (prompts: readonly object[]) => writeFileSync(file, JSON.stringify({ version: 1, prompts }))
    const found = () => readPromptsFile(file, () => expect.fail('no fault'))
    const kept = { model: 'acme/small', system: { append: 'Answer in one word.' } }
    write([narrow, wide])
    await (await adapted({ write: file })).result
    expect(found()).toMatchObject([narrow, kept, wide])
    const [, written] = found()
    write([wide, { ...written, system: { append: 'Old.' } }])
    const { report } = await (await adapted({ write: file })).result
    expect(found()).toMatchObject([wide, kept])
    // What was in use took part.
    expect(report.variants.map(({ why }) => why)).toContain('in use')
  })

  test('writes nothing where nothing helps', async () => {
    const file = join(aFolder(), 'prompts.json')
    const proposer = JSON.stringify({ variants: [{ system: { append: 'Take your time.' } }] })
    const { report, written } = await (await adapted({ write: file, proposer })).result
    expect(report.outcome.kind).toBe('nothing-better')
    expect(written).toBeNull()
    expect(() => readFileSync(file)).toThrow()
  })

  test('lets a model judge, and asks it but once of the same answer', async () => {
    const { result, asked } = await adapted({ metric: 'judge:acme/judge' })
    expect((await result).report.outcome.kind).toBe('kept')
    const judged = asked.filter(({ model }) => model === 'judge').map((one) => JSON.stringify(one))
    expect(new Set(judged).size).toBe(judged.length)
  })

  test('says what a garbled proposer said, in words that no terminal obeys', async () => {
    const adaptation = await (await adapted({ proposer: 'no \u001b[31m JSON' })).result
    expect(adaptation.report.outcome.kind).toBe('no-variants')
    expect(adaptationText(adaptation)).toContain("The proposer's answer is not the JSON")
    expect(adaptationText(adaptation)).not.toContain('\u001b')
  })

  test('stops where every call fails, having spent nothing', async () => {
    const { report } = await (await adapted({ status: 500 })).result
    expect(report.outcome).toMatchObject({
      kind: 'stopped',
      because: 'all-failed',
      message: expect.stringContaining('out of order'),
    })
    expect(report.spentUsd).toBe(0)
  })

  test('a budget that is too small buys no call', async () => {
    const { result, asked } = await adapted({ budgetUsd: 0.01 })
    const adaptation = await result
    expect(adaptation.report.outcome).toMatchObject({ kind: 'stopped', because: 'budget' })
    expect(asked).toEqual([])
    expect(adaptationText(adaptation)).toContain('Raise --budget-usd')
  })

  test('an interruption leaves a summary', async () => {
    const controller = new AbortController()
    const onAsked = (count: number) => count === 30 && controller.abort()
    const { result, asked } = await adapted({ onAsked }, controller.signal)
    const adaptation = await result
    expect(asked.length).toBeLessThan(40)
    expect(adaptation.report.outcome).toMatchObject({ kind: 'stopped', because: 'interrupted' })
    expect(adaptationText(adaptation)).toContain('Interrupted before')
  })

  test.each<readonly [string, Partial<AdaptOptions>, string]>([
    [
      'a model that is none',
      { model: 'acme/smal' },
      '--model acme/smal: there is no such model. Did you mean acme/small',
    ],
    ['a model without a price', { model: 'acme/unpriced' }, 'prices are not known'],
    [
      'a metric that is none',
      { metric: 'bleu' },
      '--metric bleu is none. Write exact, contains, json, numeric',
    ],
    ['a policy that is none', { policy: 'none' }, '--policy none: there is no such policy'],
  ])('%s is refused before anything is asked', async (_name, options, message) => {
    const { result, asked } = await adapted(options)
    await expect(result).rejects.toThrow(UserError)
    await expect(result).rejects.toThrow(message)
    expect(asked).toEqual([])
  })

  test('a file that is none of prompts is refused before money is spent', async () => {
    const file = join(aFolder(), 'prompts.json')
    writeFileSync(file, '{"version": 1, "prompts": [{"model": "x"}]}')
    const { result, asked } = await adapted({ write: file })
    await expect(result).rejects.toThrow('prompts[0].model')
    expect(asked).toEqual([])
  })
})

describe('examples', () => {
  async function read(lines: readonly unknown[]) {
    const file = join(aFolder(), 'examples.jsonl')
    writeFileSync(
      file,
      lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
    )
    return readExamples(file)
  }
  const good = Array.from({ length: 40 }, (_, index) => ({ prompt: `${index}`, answer: 7 }))

  test('are prompts or conversations, with one answer or several', async () => {
    const messages = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hello' },
    ]
    const found = await read([...good, '', { messages, answers: ['a', { b: 1 }] }])
    expect(found).toHaveLength(41)
    expect(found[0]).toMatchObject({ id: '1', answers: [7] })
    expect(found[40]).toMatchObject({
      id: '42',
      answers: ['a', { b: 1 }],
      request: { messages: [{ role: 'system' }, { role: 'user' }] },
    })
  })

  test.each<readonly [string, unknown, RegExp]>([
    ['no JSON', '{', /examples\.jsonl:41 is no valid JSON/],
    ['no object', '[1]', /:41 is no object/],
    ['no answer', { prompt: 'a' }, /:41 has no answer/],
    ['no prompt', { answer: 'a' }, /:41 needs one of/],
    ['both', { prompt: 'a', messages: [], answer: 'a' }, /:41 needs one of/],
    ['a bad message', { messages: [{ role: 'nobody', content: 'a' }], answer: 'a' }, /:41 .*messages\[0\]/],
  ])('%s on a line is named with it', async (_name, line, message) => {
    await expect(read([...good, line])).rejects.toThrow(message)
  })

  test('too few are refused with how many are needed', async () => {
    await expect(read(good.slice(1))).rejects.toThrow('has 39 examples. 40 are needed')
  })
})
