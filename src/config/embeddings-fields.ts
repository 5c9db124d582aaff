import { z } from 'zod'

const text = z.string().min(1)

/** A model that turns texts into vectors; of one that Fairlead knows an id is enough. */
export const embeddingsSchema = z.strictObject({
  id: text
    .refine((value) => /^[^/\s]+\/\S+$/.test(value), {
      error: ({ input }) =>
        `${JSON.stringify(input)} has no vendor. Write vendor/name, such as openai/text-embedding-3-small.`,
    })
    .describe('vendor/name'),
  vendorName: text.optional().describe('The name at the vendor, where it is not the second half of the id.'),
  dimensions: z.number().int().positive().optional().describe('Numbers of a vector.'),
  space: text
    .optional()
    .describe(
      "Models whose vectors can be compared have one space; the model's name, where nothing is written.",
    ),
  price: z
    .union([z.number().min(0), z.literal('unknown')])
    .optional()
    .describe('Dollars per million tokens.'),
  contextWindow: z.number().int().positive().optional().describe('Tokens of one text.'),
  fallbacks: z
    .array(text)
    .optional()
    .describe('Models to ask when it fails, whose vectors can be compared with its own.'),
})
export type EmbeddingsModelEntry = z.output<typeof embeddingsSchema>
