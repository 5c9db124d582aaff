import { expect, it, test } from 'vitest'
import { StoreError } from '../store-error.ts'
import { postgresAddress } from './address.ts'
import { explainError } from './explain-error.ts'

const explain = (code: string | undefined, message = 'its own words') =>
  explainError(Object.assign(new Error(message), { code }), 'The database')

it.each([
  ['57P01', 'unreachable'],
  ['57P03', 'unreachable'],
  ['08006', 'unreachable'],
  ['ECONNREFUSED', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
  ['53300', 'busy'],
  ['40P01', 'busy'],
  ['57014', 'busy'],
  ['53100', 'disk-full'],
  ['28P01', 'not-writable'],
  ['28000', 'not-writable'],
  ['3D000', 'not-writable'],
  ['42501', 'not-writable'],
  ['25006', 'not-writable'],
  ['XX001', 'corrupt'],
  ['42P01', 'failed'],
])('PostgreSQL’s %s is %s', (code, kind) => {
  const error = explain(code)
  expect(error).toBeInstanceOf(StoreError)
  expect(error).toMatchObject({ kind, message: expect.stringContaining('The database') })
})

it.each([
  'Connection terminated unexpectedly',
  'timeout exceeded when trying to connect',
  'Query read timeout',
])('the driver’s word without a code is a lost connection: %s', (message) =>
  expect(explain(undefined, message)).toMatchObject({ kind: 'unreachable' }),
)

test('several addresses that can not be reached are one fault, with what each said', () => {
  const error = Object.assign(
    new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]),
    {
      code: 'ECONNREFUSED',
    },
  )
  expect(explainError(error, 'The database')).toMatchObject({
    message: expect.stringContaining('127.0.0.1 refused'),
  })
})

it.each(['22003', '23502', '23505', '54000'])(
  'what is wrong with a row, %s, is no fault of the store',
  (code) => {
    expect(explain(code)).not.toBeInstanceOf(StoreError)
  },
)

test('what is none of theirs stays as it is', () => {
  const bug = new TypeError('x is not a function')
  expect(explainError(bug, 'The database')).toBe(bug)
  expect(explainError('text', 'The database')).toBe('text')
})

test('an address is split into what the driver reads and what people read', () => {
  expect(postgresAddress('postgres://u:p%40ss@db:5433/log?schema=a_1&sslmode=disable')).toEqual({
    connection: 'postgres://u:p%40ss@db:5433/log?sslmode=disable',
    place: 'The PostgreSQL database log at db:5433 (schema a_1)',
    schema: 'a_1',
  })
  expect(postgresAddress('postgres:///log?host=/run/postgresql')).toMatchObject({
    place: 'The PostgreSQL database log at /run/postgresql',
  })
})
