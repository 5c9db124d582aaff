import { z } from 'zod'
import { taskTypes } from '../domain/signals.ts'

const text = z.string().min(1)

const systemChangeSchema = z.strictObject({
  prepend: text.optional().describe('Put in front of the system prompt.'),
  append: text.optional().describe('Put behind it.'),
  replace: text.optional().describe('In place of the whole of it.'),
})

const promptSchema = z.strictObject({
  policy: text.optional().describe('Only where this policy chose the model; else whoever did.'),
  model: text
    .refine((value) => /^[^/\s*]+\/(?:\*|[^\s*]+)$/.test(value), {
      error: ({ input }) =>
        `${JSON.stringify(input)} names no model. Write vendor/name, or vendor/* for all of a vendor's.`,
    })
    .describe("vendor/name, or vendor/* for all of a vendor's."),
  system: systemChangeSchema.optional().describe('What becomes of the system prompt.'),
  template: text
    .optional()
    .describe("Put around the text of the user's last message, which {{prompt}} stands for."),
  when: z
    .strictObject({
      systemHash: z
        .string()
        .regex(/^[0-9a-f]{16}$/, {
          error:
            'is no hash of a system prompt. Take the one that `fairlead adapt` writes, or remove the key.',
        })
        .optional()
        .describe('Only behind the system prompt that the variant was found with.'),
      tags: z.array(text).min(1).optional().describe('Only for requests that have each of these.'),
      taskType: z.enum(taskTypes).optional().describe('Only for requests of this type.'),
    })
    .optional()
    .describe('All that is said must hold of the request.'),
  measured: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('What `fairlead adapt` found of it: for people to read.'),
})
export type PromptEntry = z.output<typeof promptSchema>

/** As `fairlead adapt --write` writes one. */
export const promptsFileSchema = z.strictObject({
  version: z.literal(1),
  prompts: z.array(promptSchema),
})

export const promptsSchema = z
  .union([text, z.array(promptSchema)])
  .describe('How requests are worded for a model: a list, or the file that `fairlead adapt` writes.')
export type PromptsEntry = z.output<typeof promptsSchema>
