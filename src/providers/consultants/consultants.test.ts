import { describe, expect, onTestFinished, test } from 'vitest'
import {
  aConsultantServer,
  type AskedConsultant,
  type ConsultantReply,
} from '../../../test/support/a-consultant-server.ts'
import { aCandidate, anAnswer, aRequest, aUserMessage } from '../../../test/support/builders.ts'
import { modelId } from '../../domain/model.ts'
import { Secret } from '../../domain/secret.ts'
import type { Question } from '../../domain/strategy.ts'
import type { ConsultantFunction } from './function-consultant.ts'
import { type ConsultantSettings, openConsultants } from './index.ts'

const key = 'Bearer consultant-key-0123456789'
const never = new AbortController().signal

const aQuestion = (changes: Partial<Question> = {}): Question => ({
  consultant: 'checker',
  request: aRequest({ text: 'What is 2 + 2?' }),
  about: null,
  models: [],
  ...changes,
})

const limits = { name: 'checker', timeoutMs: 2_000, maxConcurrent: 4 }

function open(...settings: ConsultantSettings[]) {
  const consultants = openConsultants(settings)
  onTestFinished(consultants.close)
  return consultants
}

async function overHttp(
  reply: (asked: AskedConsultant) => ConsultantReply,
  changes: Partial<ConsultantSettings> = {},
) {
  const server = await aConsultantServer(reply)
  const settings = {
    ...limits,
    kind: 'http',
    url: new Secret(server.url),
    headers: { authorization: new Secret(key) },
    ...changes,
  } as ConsultantSettings
  return { ...server, consultants: open(settings) }
}

const json = (body: unknown) => (): ConsultantReply => ({ kind: 'json', body })

describe('a consultant over HTTP', () => {
  test('gets the request, the answer in question and its headers, and says what it thinks', async () => {
    const { consultants, seen } = await overHttp(json({ score: 0.75, because: 'close', more: [1] }))
    const result = await consultants.ask(
      aQuestion({
        about: { candidate: aCandidate({ id: 'acme/small' }), answer: anAnswer({ text: 'It is 4.' }) },
        models: [modelId('acme/small'), modelId('acme/large')],
      }),
      never,
    )
    expect(result).toEqual({
      kind: 'said',
      consultant: 'checker',
      opinion: { score: 0.75, because: 'close' },
      latencyMs: expect.any(Number),
    })
    expect(seen[0]).toMatchObject({ path: '/check', headers: { authorization: key } })
    expect(seen[0]!.body).toEqual({
      consultant: 'checker',
      text: 'What is 2 + 2?',
      messages: [{ role: 'user', text: 'What is 2 + 2?' }],
      tools: [],
      model: 'acme/small',
      answer: 'It is 4.',
      toolCalls: [],
      finish: 'stop',
      models: ['acme/small', 'acme/large'],
    })
  })

  test('is asked of the request alone without fields of an answer', async () => {
    const { consultants, seen } = await overHttp(json({ label: 'legal', scores: { 'acme/small': 0.2 } }))
    const result = await consultants.ask(aQuestion(), never)
    expect(result).toMatchObject({ opinion: { label: 'legal', scores: { 'acme/small': 0.2 } } })
    expect(Object.keys(seen[0]!.body)).toEqual(['consultant', 'text', 'messages', 'tools'])
  })

  test('gets the end of a conversation that is too long', async () => {
    const { consultants, seen } = await overHttp(json({ score: 1 }))
    const long = 'x'.repeat(150_000)
    const messages = [aUserMessage(`first ${long}`), aUserMessage(long), aUserMessage('last')]
    await consultants.ask(aQuestion({ request: aRequest({ messages }) }), never)
    expect(seen[0]!.body.messages).toEqual([
      { role: 'user', text: long },
      { role: 'user', text: 'last' },
    ])
  })

  test.each<[string, () => ConsultantReply, string, RegExp]>([
    ['is not JSON', () => ({ kind: 'text', text: 'fine' }), 'unreadable', /did not answer with a JSON/],
    ['is a list', json([0.5]), 'unreadable', /did not answer with a JSON object/],
    ['is empty', () => ({ kind: 'text', text: '' }), 'unreadable', /did not answer with a JSON object/],
    ['says nothing', json({ verdict: 'good' }), 'unreadable', /neither score nor scores nor label/],
    ['only gives reasons', json({ because: 'so' }), 'unreadable', /neither score nor scores nor label/],
    ['has a score above 1', json({ score: 95 }), 'unreadable', /score 95, which is no number from 0 to 1/],
    ['has a score below 0', json({ score: -0.1 }), 'unreadable', /score -0.1, which is no number/],
    ['has a score of text', json({ score: key }), 'unreadable', /score \(string\), which is no number/],
    ['has scores of text', json({ scores: { 'acme/small': 'good' } }), 'unreadable', /score \(string\)/],
    ['has scores in a list', json({ scores: [0.5] }), 'unreadable', /no map of models to numbers/],
    ['breaks off', () => ({ kind: 'cut' }), 'truncated', /closed the connection before its answer/],
    ['has no end', () => ({ kind: 'endless' }), 'unreadable', /more than 1000000 bytes/],
    ['is a redirect', () => ({ kind: 'status', status: 302 }), 'unreadable', /Write the URL that it points/],
    ['is a 401', () => ({ kind: 'status', status: 401, text: key }), 'credential', /Check its headers/],
    ['is a 429', () => ({ kind: 'status', status: 429 }), 'rate-limited', /status 429/],
    ['is a 500', () => ({ kind: 'status', status: 500, text: key }), 'unavailable', /status 500/],
    ['does not come', () => ({ kind: 'never' }), 'timed-out', /said nothing within 100 ms/],
  ])('whose reply %s is silent, and its key is not told', async (_, reply, kind, message) => {
    const { consultants } = await overHttp(reply, { timeoutMs: kind === 'timed-out' ? 100 : 2_000 })
    const result = await consultants.ask(aQuestion(), never)
    expect(result).toMatchObject({ kind: 'silent', consultant: 'checker', failure: { kind } })
    expect(JSON.stringify(result)).toMatch(message)
    expect(JSON.stringify(result)).not.toContain('consultant-key')
  })

  test('that quotes its key says the rest', async () => {
    const { consultants } = await overHttp(json({ score: 1, because: `you sent ${key}`, label: key }))
    const result = await consultants.ask(aQuestion(), never)
    expect(result).toMatchObject({ opinion: { because: 'you sent [secret]', label: '[secret]' } })
  })

  test('that is down is silent, and neither path nor query of its URL is told', async () => {
    const url = new Secret('http://127.0.0.1:9/hook-4711?key=abcdef')
    const consultants = open({ ...limits, kind: 'http', url, headers: {} })
    const result = await consultants.ask(aQuestion(), never)
    expect(result).toMatchObject({ kind: 'silent', failure: { kind: 'unavailable' } })
    expect(JSON.stringify(result)).not.toMatch(/4711|abcdef/)
  })

  test('null fields count as nothing said', async () => {
    const { consultants } = await overHttp(
      json({ score: 0, scores: { 'acme/small': null }, label: null, because: ' ' }),
    )
    expect(await consultants.ask(aQuestion(), never)).toMatchObject({ opinion: { score: 0 } })
  })

  test('hears no more of a request that was cancelled', async () => {
    const { consultants, hungUp, seen } = await overHttp(() => ({ kind: 'never' }))
    const client = new AbortController()
    const asked = consultants.ask(aQuestion(), client.signal)
    await until(() => seen.length === 1)
    client.abort()
    expect(await asked).toMatchObject({ kind: 'silent', failure: { kind: 'cancelled' } })
    await until(() => hungUp() === 1)
  })

  test('is asked so many questions at one time, and the others wait', async () => {
    const { consultants, mostAtOnce } = await overHttp(
      () => ({ kind: 'json', body: { score: 1 }, afterMs: 20 }),
      { maxConcurrent: 2 },
    )
    const results = await Promise.all(Array.from({ length: 7 }, () => consultants.ask(aQuestion(), never)))
    expect(results.every(({ kind }) => kind === 'said')).toBe(true)
    expect(mostAtOnce()).toBe(2)
  })

  test('the wait for a free place counts, and places of questions that timed out come free', async () => {
    let slow = true
    const { consultants, seen } = await overHttp(
      () => (slow ? { kind: 'never' } : { kind: 'json', body: { score: 1 } }),
      { maxConcurrent: 1, timeoutMs: 80 },
    )
    const both = await Promise.all([consultants.ask(aQuestion(), never), consultants.ask(aQuestion(), never)])
    expect(both.map((one) => one.kind === 'silent' && one.failure.kind)).toEqual(['timed-out', 'timed-out'])
    expect(seen).toHaveLength(1)
    slow = false
    expect((await consultants.ask(aQuestion(), never)).kind).toBe('said')
  })
})

describe('a function as a consultant', () => {
  const asking = (ask: ConsultantFunction, changes: object = {}) =>
    open({ ...limits, kind: 'function', ask, ...changes })

  test('gets the question as one over HTTP does', async () => {
    const consultants = asking(({ text, answer }) => ({ score: answer === undefined ? 0 : text.length / 20 }))
    const about = { candidate: aCandidate(), answer: anAnswer() }
    expect(await consultants.ask(aQuestion({ about }), never)).toMatchObject({ opinion: { score: 0.7 } })
  })

  test('that throws, at once or later, is silent; what it throws is not told', async () => {
    const atOnce = asking(() => {
      throw new TypeError(key)
    })
    const later = asking(() => Promise.reject(key))
    for (const consultants of [atOnce, later]) {
      const result = await consultants.ask(aQuestion(), never)
      expect(result).toMatchObject({ kind: 'silent', failure: { kind: 'unavailable' } })
      expect(JSON.stringify(result)).toMatch(/threw \((TypeError|string)\)/)
      expect(JSON.stringify(result)).not.toContain('consultant-key')
    }
  })

  test('that gives back nonsense is silent', async () => {
    const result = await asking(() => 'good').ask(aQuestion(), never)
    expect(result).toMatchObject({ kind: 'silent', failure: { kind: 'unreadable' } })
  })

  test('that never ends is told to stop, and holds its place', async () => {
    const stopped: unknown[] = []
    const consultants = asking(
      (_, signal) => new Promise(() => signal.addEventListener('abort', () => stopped.push(signal.reason))),
      { timeoutMs: 30, maxConcurrent: 1 },
    )
    const first = await consultants.ask(aQuestion(), never)
    const second = await consultants.ask(aQuestion(), never)
    expect([first, second]).toMatchObject([
      { kind: 'silent', failure: { kind: 'timed-out' } },
      { kind: 'silent', failure: { kind: 'timed-out' } },
    ])
    expect(stopped).toHaveLength(1)
  })

  test('more questions than can wait are refused at once', async () => {
    const consultants = asking(() => new Promise(() => {}), { timeoutMs: 200, maxConcurrent: 1 })
    const results = await Promise.all(Array.from({ length: 258 }, () => consultants.ask(aQuestion(), never)))
    const kinds = results.map((one) => (one.kind === 'silent' ? one.failure.kind : 'said'))
    expect(kinds.filter((kind) => kind === 'overloaded')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'timed-out')).toHaveLength(257)
  })
})

test('one that is not there is silent, and says where to add it', async () => {
  expect(await open().ask(aQuestion(), never)).toMatchObject({
    kind: 'silent',
    failure: { message: 'There is no consultant checker. Add it under consultants.' },
  })
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2))
}
