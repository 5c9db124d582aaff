import { describe, expect, it } from 'vitest'
import { statusOf } from '../../domain/failure.ts'
import { decodeRequest } from './decode-request.ts'
import {
  deletedResponse,
  expandRequest,
  listInputItems,
  previousResponseNotFound,
  readStoreWish,
  responseAtEnd,
  responseNotFound,
  retrievedResponse,
  type StoredResponse,
  storedResponse,
  turnsUpTo,
} from './stored.ts'

const answered = (id: string, ...output: unknown[]) => ({
  id,
  object: 'response',
  instructions: 'Sing.',
  output,
})
const said = (text: string) => ({
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
})
const call = { id: 'fc_1', type: 'function_call', call_id: 'c1', name: 'add', arguments: '{}' }

const first = storedResponse(
  { model: 'auto', input: 'One', instructions: 'Sing.' },
  answered('resp_1', said('Uno')),
)
const second = storedResponse(
  { model: 'auto', input: [{ role: 'user', content: 'Add' }], previous_response_id: 'resp_1' },
  answered('resp_2', call),
)
const find = (id: string): StoredResponse | null => [first, second].find((one) => one.id === id) ?? null

describe('a conversation that was stored', () => {
  it('stands before the new input, without the instructions of then', () => {
    const turns = turnsUpTo('resp_2', find)
    if (turns.kind === 'failed') throw new Error(turns.failure.message)
    const text =
      '{"model":"auto","instructions":"Talk.","previous_response_id":"resp_2", "input":[ {"type":"function_call_output","call_id":"c1","output":"3"} ],"top_p":1.0}'
    const expanded = expandRequest(text, turns.value)
    expect(JSON.parse(expanded)).toEqual({
      model: 'auto',
      instructions: 'Talk.',
      top_p: 1,
      input: [
        { type: 'message', role: 'user', content: 'One' },
        said('Uno'),
        { role: 'user', content: 'Add' },
        call,
        { type: 'function_call_output', call_id: 'c1', output: '3' },
      ],
    })
    expect(expanded).toContain(',"top_p":1.0}')
    const read = decodeRequest(JSON.parse(expanded))
    expect(read.kind === 'decoded' && read.value.request.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
      'assistant',
      'tool',
    ])
  })

  it('goes on with a prompt, or with nothing at all', () => {
    const inputOf = (text: string) => JSON.parse(expandRequest(text, [first])).input
    expect(inputOf('{"input":"Two"}')).toHaveLength(3)
    expect(inputOf('{}')).toEqual([{ type: 'message', role: 'user', content: 'One' }, said('Uno')])
  })

  it('is not gone on from where a turn of it is missing', () => {
    expect(turnsUpTo('resp_2', (id) => (id === 'resp_1' ? null : find(id)))).toMatchObject({
      kind: 'failed',
      failure: { code: 'previous_response_not_found', param: 'previous_response_id' },
    })
  })

  it('has an end even where it is a circle', () => {
    const circle = { ...second, previousResponseId: 'resp_2' }
    expect(turnsUpTo('resp_2', () => circle).kind).toBe('failed')
  })
})

describe('whether to store', () => {
  it.each([
    [{}, { store: true, previousResponseId: null }],
    [{ store: null }, { store: true, previousResponseId: null }],
    [
      { store: false, previous_response_id: 'resp_1' },
      { store: false, previousResponseId: 'resp_1' },
    ],
    ['no object', { store: false, previousResponseId: null }],
  ])('is read of %j', (body, value) => {
    expect(readStoreWish(body)).toEqual({ kind: 'decoded', value })
  })

  it.each([
    [{ store: 'yes' }, 'store'],
    [{ previous_response_id: 1 }, 'previous_response_id'],
    [{ previous_response_id: 'resp_1', conversation: 'conv_1' }, 'previous_response_id'],
  ])('is at fault: %j', (body, param) => {
    expect(readStoreWish(body)).toMatchObject({ kind: 'failed', failure: { kind: 'rejected', param } })
  })
})

describe('what a client gets of a stored response', () => {
  it('is the response, or that it is deleted, or that there is none', () => {
    expect(retrievedResponse(first)).toBe(first.response)
    expect(deletedResponse('resp_1')).toEqual({ id: 'resp_1', object: 'response.deleted', deleted: true })
    expect(statusOf(responseNotFound('resp_1'))).toBe(404)
    expect(statusOf(previousResponseNotFound('resp_1'))).toBe(400)
    expect(responseNotFound('resp_1').message).toContain('Send the whole conversation')
  })

  const items = storedResponse(
    {
      input: [
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'Two' },
        { type: 'function_call', id: 'fc_9', call_id: 'c' },
      ],
    },
    answered('resp_dec1'),
  )
  const list = (query: Record<string, unknown>) => {
    const read = listInputItems(items, query)
    if (read.kind === 'failed') throw new Error(read.failure.message)
    return read.value as { data: { id: string }[]; first_id: string; last_id: string; has_more: boolean }
  }

  it('is a list of the items that it answered, each with an id and parts', () => {
    expect(list({ order: 'asc' })).toEqual({
      object: 'list',
      data: [
        { id: 'msg_dec1_in0', type: 'message', role: 'user', content: [{ type: 'input_text', text: 'One' }] },
        {
          id: 'msg_dec1_in1',
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Two' }],
        },
        { type: 'function_call', id: 'fc_9', call_id: 'c' },
      ],
      first_id: 'msg_dec1_in0',
      last_id: 'fc_9',
      has_more: false,
    })
  })

  it('comes page by page, the last first', () => {
    const page = list({ limit: '2' })
    expect(page).toMatchObject({ first_id: 'fc_9', last_id: 'msg_dec1_in1', has_more: true })
    expect(list({ limit: '2', after: page.last_id })).toMatchObject({
      first_id: 'msg_dec1_in0',
      has_more: false,
    })
    expect(list({ after: 'msg_dec1_in0' })).toMatchObject({ data: [], first_id: null, last_id: null })
  })

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ limit: 'many' }, 'limit'],
    [{ order: 'up' }, 'order'],
    [{ after: 'msg_x' }, 'after'],
  ])('is refused with the field at fault: %j', (query, param) => {
    expect(listInputItems(items, query)).toMatchObject({ kind: 'failed', failure: { param } })
  })
})

describe('the response in a stream', () => {
  const event = (type: string) => ({ name: type, data: JSON.stringify({ type, response: { id: 'resp_1' } }) })

  it('is that of the last event', () => {
    expect(responseAtEnd(event('response.completed'))).toEqual({ id: 'resp_1' })
    expect(responseAtEnd(event('response.incomplete'))).toEqual({ id: 'resp_1' })
    expect(responseAtEnd(event('response.created'))).toBeNull()
    expect(responseAtEnd({ name: '', data: '{"type":"response.completed"' })).toBeNull()
  })
})
