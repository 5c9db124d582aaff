import { describe, expect, test } from 'vitest'
import { aCandidate, anAnswer, aRequest, aTurn } from '../../test/support/builders.ts'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { callsOf } from '../../test/support/calls-of.ts'
import type { Candidate } from '../domain/candidate.ts'
import { failure } from '../domain/failure.ts'
import { type Request, textOf } from '../domain/request.ts'
import type { CallResult, Turn } from '../domain/strategy.ts'
import { simulate } from '../engine/simulate.ts'
import { ensemble } from './ensemble.ts'
import { noAids } from './strategy.ts'

const small = aCandidate({ id: 'acme/small', quality: 0.7, usd: 0.0001 })
const middle = aCandidate({ id: 'acme/middle', quality: 0.75, usd: 0.0002 })
const large = aCandidate({ id: 'acme/large', quality: 0.9, usd: 0.002 })
const judge = aCandidate({ id: 'acme/judge', quality: 0.8, usd: 0.001 })

type Said = (candidate: Candidate, request: Request) => string | null

/** Runs the strategy over what each model says to a request; `null`: it fails. */
function ran(written: object, said: Said, turned: Partial<Turn> = {}) {
  const requests: { readonly id: string; readonly request: Request }[] = []
  const turn = aTurn({
    candidates: [small, middle, large],
    advisers: [judge],
    objective: { lambda: 1, mu: 0, maxCostUsd: null, statedAs: 'a test' },
    ...turned,
  })
  const respond = (candidate: Candidate, request: Request): CallResult => {
    requests.push({ id: candidate.id, request })
    const text = said(candidate, request)
    return text === null
      ? { kind: 'failed', candidate, failure: failure('unavailable', 'down') }
      : { kind: 'answered', candidate, answer: anAnswer({ text }), usd: 0.001, latencyMs: 1 }
  }
  const options = ensemble.options.parse(written)
  const run = simulate((one) => ensemble.choose(one, options, noAids), turn, respond)
  const asked = run.trace.steps.flatMap(callsOf).map(({ model }) => model)
  return { ...run, requests, asked }
}

const saying =
  (texts: Readonly<Record<string, string>>): Said =>
  ({ id }) =>
    texts[id] ?? null

const systemText = ({ messages }: Request) =>
  messages
    .filter(({ role }) => role === 'system')
    .map(textOf)
    .join('\n')

describe('a vote', () => {
  test('asks all at once and gives what most agree on, written by the best of them', () => {
    const run = ran({}, saying({ 'acme/small': 'B', 'acme/middle': '(b)', 'acme/large': 'C' }))
    expect(run.trace.steps).toHaveLength(1)
    expect(run.verdict).toMatchObject({
      kind: 'reply',
      candidate: middle,
      because: expect.stringContaining('2 of 3 answers agree'),
    })
  })

  test('weighs one very good model above two that hardly know', () => {
    const candidates = [
      aCandidate({ id: 'acme/small', quality: 0.3 }),
      aCandidate({ id: 'acme/middle', quality: 0.3 }),
      aCandidate({ id: 'acme/large', quality: 0.95 }),
    ] as const
    const run = ran({}, saying({ 'acme/small': 'B', 'acme/middle': 'B', 'acme/large': 'C' }), { candidates })
    expect(run.verdict).toMatchObject({ kind: 'reply', candidate: { id: 'acme/large' } })
  })

  test('gives the answer of the best model where answers are texts of their own', () => {
    const essay = (name: string) => `${name} ${'word '.repeat(60)}`
    const run = ran({}, ({ id }) => essay(id))
    expect(run.verdict).toMatchObject({
      kind: 'reply',
      candidate: large,
      because: expect.stringContaining("can't be compared"),
    })
  })

  test('goes on without those that fail, and without empty answers', () => {
    const run = ran({}, saying({ 'acme/small': 'B', 'acme/large': ' ' }))
    expect(run.verdict).toMatchObject({ kind: 'reply', candidate: small })
  })

  test('asks one after another until enough agree', () => {
    const run = ran({ minAgreeing: 2 }, saying({ 'acme/small': 'B', 'acme/middle': 'B', 'acme/large': 'C' }))
    expect(run.asked).toEqual(['acme/small', 'acme/middle'])
    expect(run.verdict).toMatchObject({ kind: 'reply', answer: { parts: [{ text: 'B' }] } })
  })

  test('forwards the request as it was when nobody answers', () => {
    const run = ran({}, () => null)
    expect(run.verdict).toMatchObject({
      kind: 'forward',
      request: null,
      because: expect.stringContaining('none of 3'),
    })
  })

  test('leaves out what the request may not cost', () => {
    const run = ran({ maxUsd: 0.0005 }, saying({ 'acme/small': 'B', 'acme/middle': 'B' }))
    expect(run.asked.sort()).toEqual(['acme/middle', 'acme/small'])
    expect(ran({ maxUsd: 0.00015 }, () => 'B').verdict).toMatchObject({ kind: 'forward' })
  })

  test('does not try to make one answer of several that the client wants', () => {
    const run = ran({}, () => 'B', { request: aRequest({ sampling: { answers: 3 } }) })
    expect(run.asked).toEqual([])
    expect(run.verdict).toMatchObject({ kind: 'forward', because: expect.stringContaining('3 answers') })
  })
})

describe('a judge', () => {
  const answers = { 'acme/small': 'B', 'acme/middle': 'C', 'acme/large': 'D' }
  const options = { combine: 'judge', judge: 'acme/judge' }
  const pointingAt =
    (text: string): Said =>
    ({ id }, request) => {
      if (id !== 'acme/judge') return answers[id as keyof typeof answers]
      const asked = textOf(request.messages.at(-1)!)
      return new RegExp(`begin answer ([A-C]) \\w+\\]\\]\\n${text}\\n`).exec(asked)?.[1] ?? 'none'
    }

  test('gives the answer that it points at, whose name it never sees', () => {
    for (const [id, text] of Object.entries(answers)) {
      const run = ran(options, pointingAt(text))
      expect(run.verdict).toMatchObject({ kind: 'reply', candidate: { id } })
      const { request } = run.requests.find((one) => one.id === 'acme/judge')!
      expect(JSON.stringify(request.messages)).not.toMatch(/acme|small|middle|large/)
    }
  })

  test('shows the answers in an order that favours no model, and the same one for the same answers', () => {
    const firsts = Array.from({ length: 60 }, (_, index) => {
      const run = ran(options, ({ id }, request) => {
        if (id !== 'acme/judge') return `${index} ${id.slice(5)}`
        return /answer A \w+\]\]\n\d+ (\w+)/.exec(textOf(request.messages.at(-1)!))![1]!
      })
      return run.requests.find(({ id }) => id === 'acme/judge')!.request
    }).map((request) => /answer A \w+\]\]\n\d+ (\w+)/.exec(textOf(request.messages.at(-1)!))![1])
    for (const name of ['small', 'middle', 'large'])
      expect(firsts.filter((first) => first === name).length).toBeGreaterThan(8)
  })

  test('is not asked where all agree', () => {
    const run = ran(options, () => 'B')
    expect(run.asked).not.toContain('acme/judge')
  })

  test.each([
    ['fails', null],
    ['names nobody', 'They are all fine.'],
    ['names one that there is not', 'F'],
  ])('that %s leaves it to the vote', (_name, said) => {
    const run = ran(options, ({ id }) => (id === 'acme/judge' ? said : answers[id as keyof typeof answers]))
    expect(run.verdict).toMatchObject({
      kind: 'reply',
      candidate: large,
      because: expect.stringContaining('by vote'),
    })
  })

  test('that may not serve is stood in for by the strongest of the pool', () => {
    const run = ran(options, pointingAt('B'), { advisers: [] })
    expect(run.asked.at(-1)).toBe('acme/large')
  })
})

describe('synthesis', () => {
  test('forwards to the strongest, with all answers and the request as it was', () => {
    const run = ran(
      { combine: 'synthesis' },
      saying({ 'acme/small': 'B one', 'acme/middle': 'C two', 'acme/large': 'D three' }),
      {
        request: aRequest({ text: 'Which?', stream: true }),
      },
    )
    expect(run.verdict).toMatchObject({ kind: 'forward', to: [large, middle, small] })
    const rewritten = run.verdict.kind === 'forward' ? run.verdict.request! : null
    expect(rewritten).toMatchObject({ stream: true })
    expect(textOf(rewritten!.messages.at(-1)!)).toBe('Which?')
    for (const text of ['B one', 'C two', 'D three']) expect(systemText(rewritten!)).toContain(text)
  })

  test('lets every further layer see the answers of the one before', () => {
    let round = 0
    const run = ran({ combine: 'synthesis', layers: 2 }, ({ id }) => `${id} says ${round++}`)
    expect(run.trace.steps).toHaveLength(2)
    const second = run.requests.slice(3, 6)
    for (const { request } of second) expect(systemText(request)).toContain('acme/small says')
  })

  test('keeps what is in hand where the window has no room for the answers', () => {
    const narrow = { ...large, model: { ...large.model, contextWindow: 300 } }
    const run = ran(
      { combine: 'synthesis' },
      saying({ 'acme/small': 'B', 'acme/large': 'C', 'acme/middle': 'B' }),
      {
        candidates: [small, middle, narrow],
      },
    )
    expect(run.verdict).toMatchObject({ kind: 'reply', because: expect.stringContaining('no room') })
  })
})

test.each([
  [{ minAgreeing: 4, size: 3 }, 'minAgreeing'],
  [{ judge: 'acme/judge' }, 'judge'],
  [{ layers: 2 }, 'layers'],
  [{ combine: 'synthesis', layers: 2, minAgreeing: 2 }, 'minAgreeing'],
])('options that contradict each other are refused: %j', (written, path) => {
  expect(ensemble.faults!(ensemble.options.parse(written))).toContainEqual(
    expect.objectContaining({ path: [path] }),
  )
})

test.each(['vote', 'judge', 'synthesis'])('a gateway serves %s, and books every call', async (combine) => {
  const config = {
    ...atOnce,
    policies: {
      several: {
        strategy: 'ensemble',
        lambda: 1,
        combine,
        size: 2,
        pool: ['simulated/nano', 'simulated/mid'],
      },
    },
  }
  const { gateway, stored } = await aGateway({ config })
  const body = {
    model: 'several',
    messages: say('What is 127 * 46 - 98 * 12?'),
    stream: combine === 'synthesis',
  }
  const reply = await gateway.chat(incoming(body), new AbortController().signal)
  if (reply.kind === 'stream') {
    let text = ''
    for await (const chunk of reply.frames) text += Buffer.from(chunk).toString('utf8')
    expect(text).toContain('[DONE]')
  } else expect(reply.kind).toBe('buffered')
  const [decision] = await stored()
  expect(decision?.outcome?.attempts.length).toBeGreaterThanOrEqual(2)
})
