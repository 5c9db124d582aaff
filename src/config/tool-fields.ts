/** What a policy says of requests with many tools. */

import { z } from 'zod'
import type { KeptTools } from '../domain/tool-filter.ts'
import { share } from './share.ts'

const name = z.string().min(1)

/** `"25%"` and `0.25` are shares, `12` is a number of tools; `1` could be either, so it is refused. */
const keep = z
  .union([z.number(), z.string()])
  .transform((value, context): KeptTools => {
    const read = keptBy(value)
    if (typeof read !== 'string') return read
    context.issues.push({ code: 'custom', message: read, input: value })
    return z.NEVER
  })
  .describe('How many tools are kept: a share of them (0.5 or 50%) or a number (12).')

/** What was written, or what is wrong with it. */
function keptBy(value: number | string): KeptTools | string {
  if (value === 1) return '1 may be one tool or all of them. Write 100% for all, or a number of 2 and more.'
  if (typeof value === 'number' && value > 1) {
    if (Number.isInteger(value)) return { kind: 'count', count: value }
    return `${value} is neither a share nor a whole number. Write 50% or 12.`
  }
  const read = share.safeParse(value)
  if (!read.success) return read.error.issues[0]!.message
  return read.data > 0
    ? { kind: 'share', share: read.data }
    : '0 would keep no tool. Write a share such as 50% or a number such as 20.'
}

export const toolFilterSchema = z
  .strictObject({
    above: z
      .number()
      .int()
      .min(1)
      .default(20)
      .describe('Requests with no more tools than this keep them all.'),
    keep: keep.default({ kind: 'share', share: 0.5 }),
    always: z
      .array(name)
      .max(200)
      .default([])
      .describe('Tools that are never dropped, by name; `github_*` stands for all that begin so.'),
  })
  .describe('Of requests with many tools only those are sent on that the conversation may want.')
