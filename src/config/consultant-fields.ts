import { z } from 'zod'
import type { ConsultantFunction } from '../providers/consultants/function-consultant.ts'

const text = z.string().min(1)

/** Of a program's configuration alone: a file of YAML holds no functions. */
export const consultantFunctionSchema = z.custom<ConsultantFunction>((value) => typeof value === 'function', {
  error: 'is no consultant. Write its url, as in `url: http://127.0.0.1:8080/check`, or a function.',
})

const consultantFieldsSchema = z
  .strictObject({
    url: text.optional().describe('Where questions are posted as JSON, such as http://127.0.0.1:8080/check.'),
    ask: consultantFunctionSchema
      .optional()
      .describe('A function in its place, where the configuration is a program.'),
    timeoutMs: z
      .number()
      .int()
      .positive()
      .default(2_000)
      .describe('How long a request waits for its opinion; then it goes on without.'),
    headers: z
      .record(text, z.string())
      .optional()
      .describe(`Sent with every question; values may hold \${NAME}.`),
    maxConcurrent: z
      .number()
      .int()
      .positive()
      .default(16)
      .describe('Questions that it is asked at one time; the others wait, within their time limit.'),
  })
  .describe('A checker or scorer of your own, which is asked by policies that name it.')

export const consultantSchema = z.union([consultantFieldsSchema, consultantFunctionSchema])
export type ConsultantEntry = z.output<typeof consultantSchema>

/** What holds for a function that stands for itself. */
export const consultantDefaults = consultantFieldsSchema.parse({})
