import { describe, expect, test } from 'vitest'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { acmeConfig, acmeKey } from '../../test/support/acme-config.ts'
import { anAnswer, aRequest } from '../../test/support/builders.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'
import { isOfNoUse } from './escalation.ts'

describe('an answer is of no use', () => {
  const json = aRequest({ responseFormat: { kind: 'json' } })
  test.each([
    [true, 'when it is empty', anAnswer({ text: ' \n' }), aRequest()],
    [true, 'when it is not the JSON that was asked for', anAnswer({ text: '{"a":' }), json],
    [false, 'when it is that JSON', anAnswer({ text: '{"a":1}' }), json],
    [false, 'when it says anything', anAnswer({ text: 'Paris' }), aRequest()],
    [
      false,
      'when it calls a tool',
      anAnswer({ parts: [{ kind: 'tool-call', id: '1', name: 'look', argumentsText: '{}' }] }),
      json,
    ],
    [false, 'when it refuses', anAnswer({ parts: [{ kind: 'refusal', text: 'no' }] }), json],
    [
      false,
      'when a content filter held it back',
      anAnswer({ text: '', finish: { kind: 'content-filter', raw: 'content_filter' } }),
      aRequest(),
    ],
  ])('%s: %s', (useless, _name, answer, request) => {
    expect(isOfNoUse(answer, request)).toBe(useless)
  })
})

const policy = {
  auto: { strategy: 'fixed', model: 'acme/small', fallbacks: { qualityEscalation: ['acme/large'] } },
}
const chat = incoming({
  model: 'auto',
  messages: say('a number, as JSON'),
  response_format: { type: 'json_object' },
})

test('such an answer is asked of the models that the policy names for it, and both are on record', async () => {
  const vendor = await aFaultServer({
    small: [{ kind: 'answer', text: 'seven' }],
    large: [{ kind: 'answer', text: '{"number":7}' }],
  })
  const config = acmeConfig(vendor.baseUrl, { policies: policy })
  const { gateway, stored } = await aGateway({ config, variables: acmeKey })
  const reply = await gateway.chat(chat, new AbortController().signal)
  expect(reply).toMatchObject({ kind: 'buffered', served: { model: 'acme/large' } })
  const [{ outcome } = {}] = await stored()
  expect(outcome?.attempts.map(({ model }) => model)).toEqual(['acme/small', 'acme/large'])
  expect(outcome?.attempts.map(({ role }) => role)).toEqual(['first', 'escalation'])
})

test('where those fail, the first answer has to do', async () => {
  const vendor = await aFaultServer({
    small: [{ kind: 'answer', text: 'seven' }],
    large: [{ kind: 'status', status: 500, body: {} }],
  })
  const config = acmeConfig(vendor.baseUrl, { policies: policy })
  const { gateway } = await aGateway({ config, variables: acmeKey })
  const reply = await gateway.chat(chat, new AbortController().signal)
  expect(reply).toMatchObject({ kind: 'buffered', served: { model: 'acme/small' } })
})
