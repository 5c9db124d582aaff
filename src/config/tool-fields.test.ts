import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { toolFilterSchema } from './tool-fields.ts'

const messageOf = (value: unknown): string => toolFilterSchema.safeParse(value).error!.issues[0]!.message

describe('how many tools are kept', () => {
  test('is a share, as a number or in percent', () => {
    expect(toolFilterSchema.parse({ keep: 0.25 }).keep).toEqual({ kind: 'share', share: 0.25 })
    expect(toolFilterSchema.parse({ keep: '40%' }).keep).toEqual({ kind: 'share', share: 0.4 })
    expect(toolFilterSchema.parse({ keep: '100%' }).keep).toEqual({ kind: 'share', share: 1 })
  })

  test('or a number of tools', () => {
    expect(toolFilterSchema.parse({ keep: 12 }).keep).toEqual({ kind: 'count', count: 12 })
  })

  test('is refused where it may be either, with what to write', () => {
    expect(messageOf({ keep: 1 })).toContain('Write 100% for all')
    expect(messageOf({ keep: 2.5 })).toContain('Write 50% or 12')
    expect(messageOf({ keep: 0 })).toContain('would keep no tool')
    expect(messageOf({ keep: '140%' })).toContain('above 1')
    expect(messageOf({ keep: 'half' })).toContain('is not a share')
    expect(messageOf({ keep: -3 })).toContain('below 0')
  })
})

test('what is left out has a default', () => {
  expect(toolFilterSchema.parse({})).toEqual({ above: 20, keep: { kind: 'share', share: 0.5 }, always: [] })
})

test('unknown fields and empty names are refused', () => {
  expect(toolFilterSchema.safeParse({ keeep: 3 }).success).toBe(false)
  expect(toolFilterSchema.safeParse({ always: [''] }).success).toBe(false)
  expect(toolFilterSchema.safeParse({ above: 0 }).success).toBe(false)
})

test('an editor can be given its JSON Schema', () => {
  const schema = z.toJSONSchema(toolFilterSchema, { io: 'input', unrepresentable: 'any' })
  expect(Object.keys(schema.properties!)).toEqual(['above', 'keep', 'always'])
})
