/** Conditions as a policy writes them. */

import { z } from 'zod'
import { subjects, taskTypes } from '../../domain/signals.ts'

const text = z.string().min(1).max(200)
const texts = z.union([text, z.array(text).min(1).max(200)])

/** Several tests of one fact must all hold; several texts of one test: one of them is enough. */
const textTests = z.strictObject({
  is: texts.optional().describe('The text as a whole; one of several.'),
  contains: texts.optional().describe('Anywhere in it, within words too.'),
  mentions: texts.optional().describe('As whole words, one after the other.'),
  startsWith: texts.optional(),
  endsWith: texts.optional(),
  matches: texts
    .optional()
    .describe('A pattern for the whole text: * stands for any characters, ? for one of them.'),
  atLeast: z.number().optional().describe('Read as a number.'),
  below: z.number().optional().describe('Read as a number.'),
  present: z.boolean().optional().describe('Whether the request has it at all.'),
})

const numberTests = z.strictObject({
  is: z.union([z.number(), z.array(z.number()).min(1).max(200)]).optional(),
  atLeast: z.number().optional(),
  below: z.number().optional(),
})

const textTest = z.union([text, z.array(text).min(1).max(200), textTests])
const numberTest = z.union([z.number(), numberTests])
const choice = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.union([z.enum(names), z.array(z.enum(names)).min(1)])

const factTests = {
  taskType: choice(taskTypes),
  subject: choice(subjects),
  complexity: numberTest,
  inputTokens: numberTest,
  language: textTest,
  text: textTest.describe('The last thing that the user said.'),
  stream: z.boolean(),
  tier: textTest,
  step: textTest,
  user: textTest,
  tags: textTest.describe('Holds if it does of one of the tags.'),
  structure: z.strictObject({
    promptChars: numberTest.optional(),
    lastUserChars: numberTest.optional(),
    turns: numberTest.optional(),
    codeShare: numberTest.optional(),
    tools: numberTest.optional(),
    images: numberTest.optional(),
    jsonSchema: z.boolean().optional(),
  }),
  headers: z.record(text, textTest),
  metadata: z.record(text, textTest),
  classes: z.record(text, z.record(text, numberTest)).describe('By classifier and label.'),
} as const

const factShape = z.strictObject(factTests).partial().shape

export type TextTests = z.output<typeof textTests>
export type NumberTests = z.output<typeof numberTests>
export type WrittenTest = z.output<typeof textTest> | z.output<typeof numberTest> | boolean

export type WrittenFacts = z.output<z.ZodObject<typeof factShape>>

/** Everything that stands in one condition must hold. */
export type WrittenCondition = WrittenFacts & {
  readonly all?: readonly WrittenCondition[] | undefined
  readonly any?: readonly WrittenCondition[] | undefined
  readonly not?: WrittenCondition | undefined
}

/** An empty condition would hold always: what is meant by that is `default`. */
const isSaid = (condition: object): boolean => Object.keys(condition).length > 0

type ConditionList = z.ZodOptional<z.ZodArray<z.ZodType<WrittenCondition, WrittenCondition>>>

export const conditionSchema = z
  .strictObject({
    get all(): ConditionList {
      return z.array(conditionSchema).min(1).max(100).optional() as ConditionList
    },
    get any(): ConditionList {
      return z.array(conditionSchema).min(1).max(100).optional() as ConditionList
    },
    get not(): z.ZodOptional<z.ZodType<WrittenCondition, WrittenCondition>> {
      return conditionSchema.optional() as never
    },
    ...factShape,
  })
  .refine(isSaid, {
    error: 'is empty. Write what must hold, such as taskType: code. What is left over goes to default.',
    // A misspelt key is a fault of its own.
    when: ({ issues }) => issues.length === 0,
  })
