/** What attempts say that they were made for, over real HTTP. */

import { describe, expect, test } from 'vitest'
import { aJob, anEngine } from '../../../test/support/an-engine.ts'
import { aCandidate, aModel } from '../../../test/support/builders.ts'
import { aFaultServer, aRefusedUrl, type Behaviour } from '../../../test/support/fault-server.ts'
import type { Candidate } from '../../domain/candidate.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import type { StreamRecovery } from '../../domain/policy.ts'
import { nothingSpent } from '../health/hedge-spending.ts'
import { askModel } from './ask.ts'
import { defaultStreamRules, type Hedging, type Job } from './call-target.ts'
import { type Forwarded, forwardTo } from './forward.ts'
import type { EngineLimits } from './limits.ts'
import { roleOf } from './role.ts'

const candidates: NonEmpty<Candidate> = [
  aCandidate({ model: aModel({ id: 'acme/small' }) }),
  aCandidate({ model: aModel({ id: 'acme/middle' }) }),
  aCandidate({ model: aModel({ id: 'acme/large' }) }),
]
const [small] = candidates
const models = candidates.map(({ model }) => model)
const nobody = () => new AbortController().signal

const sound: Behaviour = { kind: 'answer' }
const late: Behaviour = { kind: 'answer', delayMs: 300 }
const silent: Behaviour = { kind: 'never-answer' }
const failing: Behaviour = { kind: 'status', status: 500, body: { error: { message: 'failed' } } }
const limited: Behaviour = { ...failing, status: 429, headers: { 'retry-after': '20' } }

type Setting = {
  readonly limits?: Partial<EngineLimits>
  readonly baseUrls?: Readonly<Record<string, readonly string[]>>
  readonly words?: readonly string[]
}

async function open(script: Readonly<Record<string, readonly Behaviour[]>>, setting: Setting = {}) {
  const { limits, baseUrls, words } = setting
  const { baseUrl } = await aFaultServer(script, { ...(words && { said: { words } }) })
  const engine = anEngine({
    baseUrl,
    models,
    limits: { sameTargetRetries: 0, answerMs: 5_000, firstContentMs: 5_000, idleMs: 500, ...limits },
    parts: { pause: () => Promise.resolve() },
    ...(baseUrls && { baseUrls }),
  })
  const ask = async (changes: Parameters<typeof aJob>[0] = {}, asked: NonEmpty<Candidate> = candidates) =>
    rolesOf(await readOut(await forwardTo(engine, asked, aJob(changes), nobody())))
  return { engine, baseUrl, ask }
}

async function readOut(forwarded: Forwarded): Promise<Forwarded> {
  if (forwarded.kind === 'stream') {
    for await (const _ of forwarded.frames);
    await forwarded.done
  }
  return forwarded
}

const rolesOf = ({ attempts }: Pick<Forwarded, 'attempts'>): readonly string[] =>
  attempts.map(({ role, target, outcome }) =>
    [role, target, outcome.kind === 'answered' ? 'answered' : outcome.failure].join(' '),
  )

describe.each([false, true])('an attempt says what it was made for (stream: %s)', (stream) => {
  test('the first, where nobody was asked before', async () => {
    const { ask } = await open({ small: [sound] })
    expect(await ask({ stream })).toEqual(['first acme/small@1 answered'])
  })

  test('a retry, where its target was asked before', async () => {
    const { ask } = await open({ small: [failing, sound] }, { limits: { sameTargetRetries: 1 } })
    expect(await ask({ stream })).toEqual(['first acme/small@1 unavailable', 'retry acme/small@1 answered'])
  })

  test('another target, where its model was asked before', async () => {
    const { baseUrl } = await open({ small: [sound] })
    const { ask } = await open({}, { baseUrls: { 'acme/small': [await aRefusedUrl(), baseUrl] } })
    expect(await ask({ stream })).toEqual([
      'first acme/small@1 unavailable',
      'other-target acme/small@2 answered',
    ])
  })

  test('a fallback, where only other models were asked before', async () => {
    const { ask } = await open({ small: [failing], middle: [failing], large: [sound] })
    expect(await ask({ stream })).toEqual([
      'first acme/small@1 unavailable',
      'fallback acme/middle@1 unavailable',
      'fallback acme/large@1 answered',
    ])
  })

  test('a hedge, whether it wins or is overtaken', async () => {
    const { ask: slowly } = await open({ small: [silent], middle: [sound] })
    expect(await slowly({ stream, hedging: hedging() })).toEqual([
      'first acme/small@1 cancelled',
      'hedge acme/middle@1 answered',
    ])
    const { ask: soon } = await open({ small: [late], middle: [silent] })
    expect(await soon({ stream, hedging: hedging() })).toEqual([
      'hedge acme/middle@1 cancelled',
      'first acme/small@1 answered',
    ])
  })

  test('a hedge that fails with the first is no beginning: who follows is a fallback', async () => {
    const script = { small: [silent], middle: [failing], large: [sound] }
    const { ask } = await open(script, { limits: { answerMs: 300, firstContentMs: 300 } })
    expect(await ask({ stream, hedging: hedging() })).toEqual([
      'hedge acme/middle@1 unavailable',
      'first acme/small@1 timed-out',
      'fallback acme/large@1 answered',
    ])
  })

  test('an escalation, where the caller says so, and a fallback from there', async () => {
    const { ask } = await open({ small: [failing], middle: [sound] })
    expect(await ask({ stream, opening: 'escalation' })).toEqual([
      'escalation acme/small@1 unavailable',
      'fallback acme/middle@1 answered',
    ])
  })
})

/** Of a policy that has spent enough for any second call. */
const hedging = (): Hedging => ({
  rules: { percentile: 0.95, afterMs: 30, maxExtraCostShare: 0.05 },
  spending: { ...nothingSpent(), spentUsd: 100 },
})

test('a target that is asked again after others is a retry all the same', async () => {
  const { ask } = await open(
    { small: [limited, sound], middle: [failing, failing] },
    { limits: { sameTargetRetries: 1 } },
  )
  expect(await ask({}, [small, candidates[1]!])).toEqual([
    'first acme/small@1 rate-limited',
    'fallback acme/middle@1 unavailable',
    'retry acme/middle@1 unavailable',
    'retry acme/small@1 answered',
  ])
})

test('the only attempt of a request whose model breakers close off is a fallback', async () => {
  const refused = await aRefusedUrl()
  const { ask } = await open({ middle: [sound] }, { baseUrls: { 'acme/small': [refused, refused] } })
  for (let request = 0; request < 5; request++) await ask()
  expect(await ask()).toEqual(['fallback acme/middle@1 answered'])
})

test('what a strategy asks for is a step, and what follows on its failure is not', async () => {
  const { engine } = await open({ small: [failing, sound] }, { limits: { sameTargetRetries: 1 } })
  const asked = await askModel(engine, small, aJob(), nobody())
  expect(rolesOf(asked)).toEqual(['step acme/small@1 unavailable', 'retry acme/small@1 answered'])
})

describe('after a stream that broke off', () => {
  const words = Array.from({ length: 24 }, (_, index) => `word${index + 1} `)
  const cut: Behaviour = { kind: 'cut', afterWords: 9, how: 'close' }
  const streaming = (recovery: StreamRecovery): Partial<Job> & { readonly stream: true } => ({
    stream: true,
    streamRules: { ...defaultStreamRules, recovery },
  })

  test('whoever is asked to go on with what the client has makes a continuation, whatever came of it', async () => {
    const script = { small: [cut], middle: [failing], large: [{ kind: 'answer', asked: 'go-on' }] } as const
    const { ask } = await open(script, { words })
    expect(await ask(streaming('continue'))).toEqual([
      'first acme/small@1 truncated',
      'continuation acme/middle@1 unavailable',
      'continuation acme/large@1 answered',
    ])
  })

  test('the same target goes on: no retry but a continuation', async () => {
    const script = { small: [cut, { kind: 'answer', asked: 'go-on' }] } as const
    const { ask } = await open(script, { words, limits: { sameTargetRetries: 1 } })
    expect(await ask(streaming('continue'), [small])).toEqual([
      'first acme/small@1 truncated',
      'continuation acme/small@1 answered',
    ])
  })

  test('of which the client has nothing yet, another begins anew: a fallback', async () => {
    const { ask } = await open({ small: [cut], middle: [sound] }, { words })
    expect(await ask(streaming('buffer'))).toEqual([
      'first acme/small@1 truncated',
      'fallback acme/middle@1 answered',
    ])
  })
})

test('a target that was too full to be asked leaves the first attempt to its sibling', () => {
  const [one, other] = [
    anEngine({ baseUrl: 'http://127.0.0.1:1', models }).targets(small.id).known[0]!,
    small,
  ]
  const stop = { ...one, candidate: other }
  expect(roleOf({ attempts: [], wanted: small.id }, stop, aJob())).toBe('first')
  expect(roleOf({ attempts: [], wanted: candidates[1]!.id }, stop, aJob())).toBe('fallback')
})
