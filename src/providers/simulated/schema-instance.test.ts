import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { instanceOf } from './schema-instance.ts'

const offer = (prompt = '') => ({ prompt, fixed: new Map<string, unknown>(), otherwise: 'nothing was said' })

/** Shapes whose JSON Schema zod writes, and which judge what was made of it. */
const shape: fc.Arbitrary<z.ZodType> = fc.letrec<{ any: z.ZodType; leaf: z.ZodType }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom<z.ZodType>(
      z.string(),
      z.boolean(),
      z.null(),
      z.number().positive(),
      z.number().gt(3).lt(3.5),
      z.int().max(-2),
      z.int().multipleOf(7).min(20),
      z.string().min(5).max(8),
      z.email(),
      z.iso.date(),
      z.iso.datetime(),
      z.uuid(),
      z.literal('fixed'),
      z.enum(['red', 'green']),
      z.union([z.string(), z.number()]),
      z.number().nullable(),
    ),
    fc.integer({ min: -50, max: 50 }).map((low) =>
      z
        .int()
        .min(low)
        .max(low + 3),
    ),
  ),
  any: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.tuple(tie('any'), fc.integer({ min: 0, max: 3 })).map(([item, least]) =>
      z
        .array(item)
        .min(least)
        .max(least + 1),
    ),
    fc
      .dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), tie('any'), { maxKeys: 4 })
      .map((fields) => z.strictObject(Object.fromEntries(Object.entries(fields)))),
  ),
})).any

describe('instanceOf', () => {
  it('satisfies the schema, whatever the prompt', () => {
    fc.assert(
      fc.property(shape, fc.string(), (type, prompt) => {
        const schema = z.toJSONSchema(type) as Record<string, unknown>
        expect(() => type.parse(instanceOf(schema, offer(prompt)))).not.toThrow()
      }),
      { numRuns: 300 },
    )
  })

  it('takes numbers, quotes, members and places from the prompt', () => {
    const schema = {
      type: 'object',
      properties: {
        city: { type: 'string' },
        days: { type: 'integer' },
        note: { type: 'string' },
        unit: { enum: ['celsius', 'fahrenheit'] },
      },
      required: ['city', 'days', 'note', 'unit'],
    }
    const prompt =
      'What will the weather be in Buenos Aires for the next 5 days in fahrenheit? Write "hot" if it is hot.'
    expect(instanceOf(schema, offer(prompt))).toEqual({
      city: 'hot',
      days: 5,
      note: 'nothing was said',
      unit: 'fahrenheit',
    })
    expect(instanceOf(schema, offer('Weather in Buenos Aires, note: urgent'))).toMatchObject({
      city: 'Buenos Aires',
      note: 'urgent',
    })
  })

  it('follows references, also recursive ones, and merges allOf', () => {
    const schema = {
      $defs: {
        node: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            children: { type: 'array', items: { $ref: '#/$defs/node' } },
          },
          required: ['name', 'children'],
        },
      },
      allOf: [{ $ref: '#/$defs/node' }, { properties: { size: { type: 'integer' } }, required: ['size'] }],
    }
    expect(instanceOf(schema, offer('size 12'))).toMatchObject({ name: 'nothing was said', size: 12 })
  })

  it('fills every property where none is required', () => {
    expect(instanceOf({ properties: { a: { type: 'null' }, b: { type: 'boolean' } } }, offer())).toEqual({
      a: null,
      b: true,
    })
  })
})
