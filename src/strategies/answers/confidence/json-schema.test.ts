import { describe, expect, test } from 'vitest'
import { schemaFault } from './json-schema.ts'

const person = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1 },
    age: { type: 'integer', minimum: 0, maximum: 150 },
    tags: { type: 'array', items: { enum: ['a', 'b'] }, maxItems: 2 },
    boss: { anyOf: [{ $ref: '#' }, { type: 'null' }] },
  },
  required: ['name'],
  additionalProperties: false,
}

test.each([
  [{ name: 'Ann' }],
  [{ name: 'Ann', age: 40, tags: ['a', 'b'], boss: null }],
  [{ name: 'Ann', boss: { name: 'Bob', boss: { name: 'Cid' } } }],
])('%j is what the schema asks for', (value) => {
  expect(schemaFault(value, person)).toBeNull()
})

test.each([
  [{ age: 3 }, '$.name is missing'],
  [{ name: '' }, '$.name is too short or too long'],
  [{ name: 'Ann', age: 1.5 }, '$.age is not of type integer'],
  [{ name: 'Ann', age: -1 }, '$.age is too small'],
  [{ name: 'Ann', tags: ['c'] }, '$.tags[0] is none of the values'],
  [{ name: 'Ann', tags: ['a', 'a', 'b'] }, '$.tags has too few items or too many'],
  [{ name: 'Ann', pet: 'dog' }, '$.pet may not be there'],
  [{ name: 'Ann', boss: { age: 3 } }, '$.boss is none of the forms'],
  ['Ann', '$ is not of type object'],
  [null, '$ is not of type object'],
])('%j is not: %s', (value, fault) => {
  expect(schemaFault(value, person)).toContain(fault)
})

describe('words of schemas', () => {
  test.each([
    [{ type: ['string', 'null'] }, null, 1],
    [{ const: { a: [1] } }, { a: [1] }, { a: [2] }],
    [{ multipleOf: 0.1 }, 0.3, 0.35],
    [{ exclusiveMinimum: 1, exclusiveMaximum: 3 }, 2, 3],
    [{ prefixItems: [{ type: 'string' }], items: { type: 'number' } }, ['a', 1], [1, 1]],
    [{ allOf: [{ type: 'number' }, { minimum: 2 }] }, 2, 1],
    [{ oneOf: [{ minimum: 0 }, { maximum: 10 }] }, 11, 5],
    [{ not: { type: 'string' } }, 1, 'a'],
    [{ $defs: { 'a/b': { type: 'number' } }, $ref: '#/$defs/a~1b' }, 1, 'a'],
    [{ additionalProperties: { type: 'number' } }, { x: 1 }, { x: 'a' }],
  ])('%j takes %j and refuses %j', (schema, good, bad) => {
    expect(schemaFault(good, schema)).toBeNull()
    expect(schemaFault(bad, schema)).not.toBeNull()
  })

  test('patterns are not run, nor unknown words read; a schema that refers to itself for ever ends', () => {
    expect(schemaFault('aaaa!', { pattern: '^(a+)+$', unheardOf: true })).toBeNull()
    expect(schemaFault(1, { $ref: '#' })).toBeNull()
    expect(schemaFault(1, { $ref: '#/nowhere' })).toBeNull()
    expect(
      schemaFault(JSON.parse('{"__proto__": 1}'), { properties: {}, additionalProperties: false }),
    ).toContain('__proto__')
  })
})
