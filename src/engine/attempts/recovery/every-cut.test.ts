/** A stream cut at every byte: the client gets the whole answer or an error, and never less that looks like more. */

import { describe, expect, test } from 'vitest'
import { aTransport, aVendor, anEngine, aJob, aTarget } from '../../../../test/support/an-engine.ts'
import { aCandidate, aModel, aRequest } from '../../../../test/support/builders.ts'
import { looksComplete, readChatStream } from '../../../../test/support/chat-stream.ts'
import { aFaultServer } from '../../../../test/support/fault-server.ts'
import type { OnContinuation } from '../../../../test/support/faults/behaviour.ts'
import { openaiChatSpoken } from '../../../../test/support/faults/openai-chat.ts'
import type { Said } from '../../../../test/support/faults/said.ts'
import type { Candidate } from '../../../domain/candidate.ts'
import type { NonEmpty } from '../../../domain/non-empty.ts'
import type { StreamRecovery } from '../../../domain/policy.ts'
import type { VendorQuirks } from '../../../domain/vendor.ts'
import { defaultStreamRules } from '../call-target.ts'
import { forwardTo } from '../forward.ts'

const models = ['acme/small', 'acme/middle'].map((id) => aModel({ id }))
const candidates = models.map((model) => aCandidate({ model })) as unknown as NonEmpty<Candidate>
const toolCall = { name: 'look_up', argumentsPieces: ['{"city": ', '"Paris"}'] }

type Setting = {
  readonly recovery: StreamRecovery
  readonly said: Said
  readonly asked?: OnContinuation
  readonly prefill?: VendorQuirks['prefill']
  /** Cut at every so many bytes. */
  readonly step: number
}

/** What the client got for each place at which the first stream was cut. */
async function cutEverywhere({ recovery, said, asked, prefill, step }: Setting) {
  const stream = openaiChatSpoken.events({ model: 'small', stream: true, continues: null }, said)
  const bytes = Buffer.byteLength(stream.map(({ text }) => text).join(''))
  const places = Array.from({ length: Math.floor(bytes / step) + 1 }, (_, index) => index * step)
  const server = await aFaultServer(
    {
      small: places.map((after) => ({ kind: 'cut-bytes', after })),
      middle: [asked === undefined ? { kind: 'status', status: 503, body: {} } : { kind: 'answer', asked }],
    },
    { said },
  )
  const quirks = {
    streamUsageOption: true,
    maxTokensField: 'max_tokens',
    ...(prefill && { prefill }),
  } as const
  const vendor = aVendor({ quirks })
  const transport = aTransport()
  const got = []
  for (const place of places) {
    // One for each cut: the breakers of a target that is always cut would soon spare it.
    const engine = anEngine({
      baseUrl: server.baseUrl,
      models,
      transport,
      limits: { sameTargetRetries: 0, backoffMs: 0 },
      parts: {
        targetsOf: (id) =>
          models
            .filter((model) => model.id === id)
            .map((model) => aTarget({ id, model, vendor, baseUrl: server.baseUrl })),
      },
    })
    const job = aJob({
      request: aRequest({ stream: true }),
      streamRules: { ...defaultStreamRules, recovery },
    })
    const forwarded = await forwardTo(engine, candidates, job, new AbortController().signal)
    let text = ''
    if (forwarded.kind === 'stream')
      for await (const frame of forwarded.frames) text += Buffer.from(frame).toString()
    got.push({ place, ...readChatStream(text) })
  }
  return got
}

const words = ['The answer ', 'is that it ', 'depends.']
const plain: Said = { words, reasoning: [], toolCall: null, usage: false }
const calling: Said = { words: ['Let me see. '], reasoning: [], toolCall, usage: false }

describe('a stream cut anywhere comes whole', () => {
  test.each<readonly [string, Setting]>([
    [
      'continue, by prefill',
      { recovery: 'continue', said: plain, asked: 'go-on', prefill: 'last-message', step: 1 },
    ],
    [
      'continue, by prefill given back',
      { recovery: 'continue', said: plain, asked: 'repeat', prefill: 'prefix-field', step: 7 },
    ],
    ['continue, by instruction', { recovery: 'continue', said: plain, asked: 'go-on', step: 5 }],
    ['continue, all again', { recovery: 'continue', said: plain, asked: 'repeat', step: 5 }],
    ['buffer', { recovery: 'buffer', said: plain, asked: 'repeat', step: 5 }],
    ['continue, with a call', { recovery: 'continue', said: calling, asked: 'repeat', step: 5 }],
    ['buffer, with a call', { recovery: 'buffer', said: calling, asked: 'repeat', step: 7 }],
  ])(
    '%s',
    async (_name, setting) => {
      const all = await cutEverywhere(setting)
      // Some were cut after the client had something, or this would be no test.
      expect(all.some(({ comments }) => comments.length > 0)).toBe(setting.recovery === 'continue')
      for (const one of all) {
        expect(one).toMatchObject({ error: null, endMarked: true, content: setting.said.words.join('') })
        expect(one.finishes).toEqual([setting.said.toolCall ? 'tool_calls' : 'stop'])
        expect(one.toolArguments).toEqual(setting.said.toolCall ? ['{"city": "Paris"}'] : [])
        expect([one.ids.length, one.models.length, one.createds.length, one.roles]).toEqual([1, 1, 1, 1])
      }
    },
    60_000,
  )
})

describe('less than the whole never looks complete', () => {
  test.each<readonly [string, Setting]>([
    ['error', { recovery: 'error', said: calling, step: 5 }],
    ['continue, with nobody to go on', { recovery: 'continue', said: calling, step: 5 }],
    [
      'continue, with one who says something else',
      { recovery: 'continue', said: plain, asked: 'other', step: 5 },
    ],
    ['buffer, with nobody else', { recovery: 'buffer', said: calling, step: 7 }],
  ])(
    '%s',
    async (_name, setting) => {
      const { said } = setting
      for (const one of await cutEverywhere(setting)) {
        const whole =
          one.content === said.words.join('') &&
          one.toolArguments.join() === (said.toolCall?.argumentsPieces.join('') ?? '')
        const other = one.content === 'Something else altogether.'
        if (!whole && !other) expect(looksComplete(one)).toBe(false)
      }
    },
    60_000,
  )
})
